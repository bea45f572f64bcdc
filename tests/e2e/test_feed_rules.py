"""What a document can do to us, rules 12 to 23: what is refused, what is held, for how long, and what
goes on being answered meanwhile."""
import datetime
import json

import fault_server
import harness
from fault_server import KNOWN, answer
from test_scan import ofac

START = datetime.datetime(2026, 11, 20)

MANY = ["0x%040x" % (0xabcdef000000 + i) for i in range(60)]


def lines(*addresses):
    return "".join(a + "\n" for a in addresses).encode()


class Rules(fault_server.Case):
    def add(self, feed_id, body, form="lines", **members):
        url = self.server.put("/" + feed_id, answer(body))
        self.home.feed(feed_id, url, form, **dict({"removed_max_percent": 15}, **members))

    def serve(self, feed_id, body):
        self.server.put("/" + feed_id, answer(body))

    def at(self, now, *args):
        code, feeds, alerts = self.scan_at(now, *args)
        return code, feeds, [a["type"] for a in alerts]

    def status(self, feed_id="list"):
        done = self.home.run("feed", "status", "--json")
        return next(s for s in map(json.loads, done.stdout.splitlines()) if s["id"] == feed_id)

    def refuses(self, form, good, cases):
        """Each case is served in the place of a good list, fails, and changes nothing."""
        for name, (body, word) in cases.items():
            self.add(name, good, form)
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {f["status"] for f in feeds.values()}), (0, {"updated"}))
        for name, (body, _) in cases.items():
            self.serve(name, body)
        code, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts), (20, []))
        for name, (_, word) in cases.items():
            with self.subTest(case=name):
                self.assertEqual(feeds[name]["status"], "failed")
                self.assertRegex(feeds[name]["error"], word)
        self.assertEqual(self.home.check(KNOWN)[0], 10)

    def test_rule_12_xml_that_is_hostile_or_of_another_shape(self):
        good = ofac(("1", "ETH", KNOWN))
        head = '<?xml version="1.0"?>\n'
        self.refuses("ofac-advanced", good.encode(), {
            "doctype": (good.replace("<Sanctions", "<!DOCTYPE x [<!ENTITY a 'b'>]>\n<Sanctions", 1)
                        .encode(), "DOCTYPE"),
            "depth": ((head + "<Sanctions>" + "<a>" * 70).encode(), "64|deep|nest"),
            "token": (good.replace("<ProfileRelationships/>", "<a " + "b" * (3 << 20)).encode(),
                      "without|bytes"),
            "text": (good.replace(KNOWN, "x" * 70000).encode(), "long|65536|64"),
            "root": ((head + "<html><body>" + KNOWN + "</body></html>").encode(), "line 2"),
            "no-addresses": (good.replace("Digital Currency Address", "Vessel Flag").encode(),
                             "Digital Currency Address"),
            "cut": (good[:-200].encode(), "cut|ends|end of|no element|unclosed"),
            "soap-error": ((head + "<Error><Code>AccessDenied</Code></Error>").encode(), "line 2")})
        self.add("namespace", good.replace("https://example.invalid/advanced",
                                           "urn:another:namespace").encode(), "ofac-advanced")
        _, feeds, _ = self.at("2026-11-20T02:00:00Z")
        self.assertEqual(feeds["namespace"]["status"], "updated")  # names count, not namespaces

    def test_rule_13_json_that_is_hostile(self):
        good = json.dumps([{"address": KNOWN}]).encode()
        self.refuses("json", good, {
            "twice": (b'[{"address": "%s", "address": "%s"}]' % (MANY[0].encode(), KNOWN.encode()),
                      "[Dd]uplicate|twice"),
            "deep": (b"[" * 100000, "deep"),
            "wide": (b'[[' + b"{}," * 700000 + b"{}]]", "too long"),
            "cut": (good[:-1], "cut"), "tail": (good + b"]", "something follows"),
            "html": (b"<html>" + good, "not JSON"), "comment": (b"// x\n" + good, "not JSON")})

    def test_rule_13_ndjson_whose_last_line_is_cut(self):
        row = b'{"address": "%s"}\n'
        good = row % KNOWN.encode() + b"".join(row % a.encode() for a in MANY)
        self.refuses("ndjson", good, {"page": (b"<html>\n</html>\n", "line 1"),
                                      "cut": (good[:-9], "cut|ends|line 61")})

    def test_rule_14_yaml_that_is_hostile(self):
        good = "title: t\ncreator: c\ncurrency: ETH\nlabel: l\ntags:\n- address: '%s'\n" % KNOWN
        self.refuses("tagpack", good.encode(), {
            "alias": ((good + "- &a address: x\n- *a\n").encode(), "alias|anchor|not YAML"),
            "tag": (good.replace("title: t", "title: !!python/object:os.system t").encode(), "tag"),
            "deep": (b"a: " + b"[" * 100000, "deep|32|nest"),
            "another": (b"hello: world\n", "tags|address|TagPack|title|header")})

    def test_rule_15_csv_that_is_not_strict(self):
        good = b"Address,Note\r\n%s,x\r\n" % KNOWN.encode()
        self.refuses("csv", good, {
            "header": (good.replace(b"Address", b"Holder"), "address"),
            "quote": (good + b'%s,"open\r\n' % MANY[0].encode(), "quote|cut|closed"),
            "long": (good + b'"%s",x\r\n' % (b"x" * 70000), "longer")})

    def test_rule_16_bytes_that_are_fine_and_bytes_that_are_not(self):
        self.add("mark", b"\xef\xbb\xbf" + lines(KNOWN))
        self.add("crlf", lines(KNOWN).replace(b"\n", b"\r\n"))
        self.add("no-newline", lines(KNOWN)[:-1])
        self.add("nul", lines(KNOWN) + b"\0")
        self.add("not-utf-8", lines(KNOWN) + b"\xff\n")
        _, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual({name: f["status"] for name, f in feeds.items()},
                         {"mark": "updated", "crlf": "updated", "no-newline": "updated",
                          "nul": "failed", "not-utf-8": "failed"})

    def test_rule_17_values_that_are_no_addresses_are_named_and_too_many_hold(self):
        odd = ["odd-value-%d" % i for i in range(12)]
        self.add("list", lines(KNOWN, *MANY, "\u200b " + MANY[0] + " \u200b", "0xAbс" + "0" * 37, *odd))
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, feeds["list"]["status"], feeds["list"]["invalid"]),
                         (0, "updated", 13))
        named = self.status()["unusable_entries"]
        self.assertEqual(len(named), 10)
        self.assertEqual(named[1], {"position": "line 64", "value": odd[0], "error": named[1]["error"]})
        self.assertIn("line 64", self.home.run("feed", "status").stdout)
        self.serve("list", lines(KNOWN, *MANY[:40], *odd))  # 12 of 53 are no addresses
        code, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, feeds["list"]["status"], alerts), (20, "held", ["feed.suspect"]))
        self.assertIn("12 of 53 entries are no addresses", feeds["list"]["error"])
        for day in ("22", "25"):
            self.assertEqual(self.at("2026-11-%sT00:00:00Z" % day)[1]["list"]["status"], "held")
        self.assertEqual(self.home.check(MANY[59])[0], 10)
        self.assertEqual(self.home.run("feed", "accept", "list").returncode, 0)
        self.assertEqual(self.at("2026-11-25T01:00:00Z")[1]["list"]["status"], "updated")

    def test_rule_18_a_wrong_shape_however_many_addresses(self):
        page = b"<html><ul>" + b"".join(b"<li>%s</li>" % a.encode() for a in MANY) + b"</ul></html>"
        rows = json.dumps([{"address": a} for a in MANY]).encode()
        self.add("lines", page)
        self.add("csv", page, "csv")
        self.add("json", page, "json")
        self.add("stix", rows, "stix")
        self.add("misp", rows, "misp")
        self.add("error", json.dumps({"error": {"code": 429, "message": KNOWN}}).encode(), "json")
        code, feeds, alerts = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, sum(f["added"] for f in feeds.values())), (20, 0))
        self.assertEqual({n for n, f in feeds.items() if f["status"] == "failed"}, set(feeds))
        self.assertIn('not a list: neither an array nor an address, but "error"',
                      feeds["error"]["error"])
        self.assertNotIn("address.listed", alerts)

    def test_rule_19_below_a_floor_nothing_lifts_the_hold_but_a_person(self):
        self.add("list", lines(KNOWN, *MANY), entries_min=50)
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(*MANY[:49]))
        told = []
        for day in ("21", "23", "25", "27"):
            code, feeds, alerts = self.at("2026-11-%sT00:00:00Z" % day)
            told += alerts
            self.assertEqual((code, feeds["list"]["status"]), (20, "held"))
            self.assertIn("49 usable entries", feeds["list"]["error"])
        self.assertEqual(told.count("feed.suspect"), 1)
        self.assertEqual(self.home.check(KNOWN)[0], 10)

    def test_rule_19_a_kind_of_address_that_is_missing_holds_the_list(self):
        bitcoin = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"
        self.add("list", ofac(("1", "ETH", KNOWN), ("2", "XBT", bitcoin)).encode(), "ofac-advanced",
                 tags_min=2)
        self.assertEqual(self.at("2026-11-20T00:00:00Z")[1]["list"]["status"], "updated")
        self.serve("list", ofac(("1", "ETH", KNOWN), ("2", "ETH", MANY[0])).encode())
        for day in ("21", "23", "25", "27"):
            code, feeds, _ = self.at("2026-11-%sT00:00:00Z" % day)
            self.assertEqual((code, feeds["list"]["status"], feeds["list"]["added"]), (20, "held", 0))
            self.assertIn("1 kinds of address where at least 2", feeds["list"]["error"])
        self.assertEqual(self.home.check(bitcoin)[0], 10)
        self.assertEqual(self.home.run("feed", "accept", "list").returncode, 0)
        self.assertEqual(self.at("2026-11-28T00:00:00Z")[1]["list"]["status"], "updated")

    def test_rule_20_removals_wait_and_additions_do_not(self):
        self.add("list", lines(KNOWN, *MANY))
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(*MANY[:40], "0x" + "ab" * 20))
        code, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, feeds["list"]["status"], feeds["list"]["added"], alerts),
                         (20, "held", 1, ["feed.suspect"]))
        self.assertEqual(self.home.check(KNOWN)[0], 10)
        self.assertEqual(self.home.check("0x" + "ab" * 20)[0], 10)
        self.serve("list", lines(*MANY[:40], "0x" + "ab" * 20, "0x" + "cd" * 20))  # more
        self.assertEqual(self.at("2026-11-21T01:00:00Z")[1]["list"]["status"], "held")
        self.assertEqual(self.at("2026-11-22T00:59:59Z")[1]["list"]["status"], "held")
        code, feeds, alerts = self.at("2026-11-22T01:00:00Z", "--force")
        self.assertEqual((code, feeds["list"]["status"], alerts), (0, "updated", ["address.delisted"]))
        self.assertEqual(self.status()["held_sha256"], "")

    def test_rule_20_a_servers_bad_minute_is_no_second_opinion(self):
        full = [(str(i), "ETH", text) for i, text in enumerate((KNOWN, *MANY))]
        self.add("list", ofac(*full, issued="2026-11-18").encode(), "ofac-advanced", every="6h")
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", ofac(*full[25:], issued="2026-11-19").encode())
        self.assertEqual(self.at("2026-11-20T06:00:00Z")[2], ["feed.suspect"])
        asked = len(self.server.asked("/list"))
        code, feeds, alerts = self.at("2026-11-20T06:30:00Z")  # not asked for whole in every run
        self.assertEqual((code, feeds["list"]["status"], alerts), (20, "skipped", []))
        self.assertEqual(len(self.server.asked("/list")), asked)
        for now in ("2026-11-20T06:00:10Z", "2026-11-20T06:58:59Z"):
            self.assertEqual(self.at(now, "--force")[1]["list"]["status"], "held")
        self.assertEqual(self.home.check(KNOWN)[0], 10)
        code, feeds, alerts = self.at("2026-11-20T07:00:00Z", "--force")
        self.assertEqual((code, feeds["list"]["status"], alerts), (0, "updated", ["address.delisted"]))

    def test_what_has_ended_on_the_day_it_is_read_is_not_listed(self):
        indicator = {"type": "indicator", "id": "indicator--1", "valid_from": "2020-01-01T00:00:00Z",
                     "pattern": "[cryptocurrency-wallet:value = '%s']" % MANY[0]}
        bundle = lambda until: json.dumps({"type": "bundle", "id": "bundle--1", "objects": [
            {**indicator, "valid_until": until + "T00:00:00Z"},
            {"type": "cryptocurrency-wallet", "id": "cryptocurrency-wallet--1", "value": KNOWN},
        ]}).encode()
        self.add("list", bundle("2026-11-21"), "stix")
        self.at("2026-11-20T00:00:00Z")
        self.assertEqual(self.home.check(MANY[0])[0], 10)
        self.serve("list", bundle("2026-11-20"))
        self.at("2026-11-20T12:00:00Z")
        self.assertEqual(self.home.check(MANY[0])[0], 11)  # it was
        self.assertIn("no longer listed: valid until 2026-11-20", json.dumps(self.status()))

    def test_a_list_that_moved_is_asked_for_at_once(self):
        self.add("list", lines(KNOWN), every="24h")
        self.at("2026-11-20T00:00:00Z")
        self.assertEqual(self.at("2026-11-20T01:00:00Z")[1]["list"]["status"], "skipped")
        self.serve("moved", lines(KNOWN, MANY[0]))
        self.home.feed("list", self.server.url("/moved"), every="24h")
        self.assertEqual(self.at("2026-11-20T02:00:00Z")[1]["list"]["status"], "updated")
        self.assertEqual(self.at("2026-11-20T03:00:00Z")[1]["list"]["status"], "skipped")
        self.serve("again", lines(KNOWN, MANY[0]))
        self.home.feed("list", self.server.url("/again"), every="24h")
        self.assertEqual(self.at("2026-11-20T04:00:00Z")[1]["list"]["status"], "unchanged")
        self.assertEqual(self.at("2026-11-20T05:00:00Z")[1]["list"]["status"], "skipped")

    def test_rule_20_a_hold_that_becomes_worse_is_told_again(self):
        self.home.rule("many", ["0x%040x" % (0x99990000000 + i) for i in range(30)])
        self.add("list", lines(*MANY[:40]))
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(*MANY[:25]))
        self.assertEqual(self.at("2026-11-20T01:00:00Z")[2], ["feed.suspect"])
        ours = ["0x%040x" % (0x99990000000 + i) for i in range(30)]
        self.serve("list", lines(*MANY[:25], *ours))  # what it adds counts no longer
        code, feeds, alerts = self.at("2026-11-20T02:00:00Z")
        self.assertEqual((code, feeds["list"]["status"], alerts), (20, "held", ["feed.suspect"]))
        self.assertEqual(self.receiver.alerts()[-1]["data"]["error"]["code"], "ours")
        self.assertEqual(self.at("2026-11-20T03:00:00Z")[2], [])
        self.assertEqual(self.home.run("feed", "accept", "list").returncode, 0)
        code, feeds, alerts = self.at("2026-11-20T03:00:01Z")  # nobody waits for an hour to end
        self.assertEqual((feeds["list"]["status"], alerts.count("address.listed")), ("updated", 30))

    def test_rule_20_half_a_list_or_a_careful_operator_wait_for_a_person(self):
        self.add("half", lines(KNOWN, *MANY[:59]))
        self.add("careful", lines(KNOWN, *MANY[:59]), release_by_itself=False)
        self.at("2026-11-20T00:00:00Z")
        self.serve("half", lines(*MANY[:30]))
        self.serve("careful", lines(*MANY[:40]))
        for day in ("21", "24", "27", "30"):
            _, feeds, _ = self.at("2026-11-%sT00:00:00Z" % day)
            self.assertEqual({f["status"] for f in feeds.values()}, {"held"})
            for feed in feeds.values():
                self.assertNotIn("three fetches", feed["error"])
        held = self.status("half")["held_sha256"]
        self.assertEqual(self.home.run("feed", "accept", "half", "0" * 64).returncode, 65)
        self.assertEqual(self.home.run("feed", "accept", "half", held).returncode, 0)
        _, feeds, _ = self.at("2026-11-30T01:00:00Z")
        self.assertEqual((feeds["half"]["status"], feeds["careful"]["status"]), ("updated", "held"),
                         feeds["half"]["error"])

    def test_rule_20_growth_and_many_of_ours_are_held_whole(self):
        self.add("grown", lines(*MANY[:5]))
        self.add("ours", lines(*["0x%040x" % (0x777770000 + i) for i in range(30)]))
        self.home.rule("many", MANY[30:51])
        self.at("2026-11-20T00:00:00Z")
        self.serve("grown", lines(KNOWN, *MANY[:30], *["0x%040x" % (0x55550000 + i) for i in range(30)]))
        self.serve("ours", lines(*["0x%040x" % (0x777770000 + i) for i in range(30)], *MANY[30:51]))
        code, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts), (20, ["feed.suspect", "feed.suspect"]))
        self.assertEqual([(f["status"], f["added"]) for f in feeds.values()], [("held", 0)] * 2)
        self.assertEqual(self.home.check(MANY[29])[0], 20)  # a list is held: not clear, not listed
        self.at("2026-11-21T01:00:00Z")
        code, feeds, alerts = self.at("2026-11-22T01:00:00Z")
        self.assertEqual((code, [f["status"] for f in feeds.values()]), (0, ["updated"] * 2))
        self.assertEqual(alerts.count("address.listed"), 22)

    def test_rule_21_dates_and_documents_of_the_past(self):
        day = lambda number, *extra: ofac(("1", "ETH", KNOWN), *extra,
                                          issued="2026-11-%02d" % number).encode()
        self.add("list", day(18), "ofac-advanced")
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", day(19, ("2", "ETH", MANY[0])))
        self.assertEqual(self.at("2026-11-20T01:00:00Z")[1]["list"]["status"], "updated")
        for body, code_word, word in ((day(17), "older", "before the one in force of 2026-11-19"),
                                      (day(18), "older", "before the one in force"),
                                      (day(23), "ahead", "days ahead (is the clock")):
            self.serve("list", body)
            code, feeds, _ = self.at("2026-11-20T02:00:00Z", "--force")
            self.assertEqual((code, feeds["list"]["status"]), (20, "held"))
            self.assertIn(word, feeds["list"]["error"])
            self.assertEqual(self.status()["error_code"], code_word)
            self.assertEqual(self.home.check(MANY[0])[0], 10)
        self.assertEqual(self.at("2026-11-21T00:00:00Z")[1]["list"]["status"], "updated")

    def test_rule_21_a_document_that_was_replaced_does_not_come_back_unseen(self):
        self.add("list", lines(KNOWN, MANY[0]))
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(KNOWN))
        self.assertEqual(self.at("2026-11-20T01:00:00Z")[1]["list"]["status"], "updated")
        self.serve("list", lines(KNOWN, MANY[0]))
        code, feeds, _ = self.at("2026-11-20T02:00:00Z")
        self.assertEqual((code, feeds["list"]["status"]), (20, "held"))
        self.assertIn("replaced since", feeds["list"]["error"])
        self.assertNotEqual(self.home.check(MANY[0])[0], 10)

    def test_rule_21_all_of_ours_gone_at_once_is_one_notice_more(self):
        self.home.rule("more", MANY[:3])
        self.add("list", lines(KNOWN, *MANY))
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(*MANY[3:]))
        _, _, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual(sorted(alerts), ["address.delisted"] * 4 + ["feed.suspect"])
        notice = next(a for a in self.receiver.alerts() if a["type"].endswith("feed.suspect"))
        self.assertEqual((notice["severitytext"], notice["data"]["error"]["code"]),
                         ("HIGH", "all-gone"))
        self.assertIn("all 4 addresses", notice["data"]["error"]["detail"])
        self.assertEqual(notice["data"]["text"]["en"],
                         "Every monitored address on feed list left it at once (2026-11-20T01:00:00Z).")
        self.assertEqual(self.at("2026-11-20T02:00:00Z")[2], [])

    def test_rule_22_what_left_a_list_is_remembered_with_its_dates(self):
        self.add("list", lines(KNOWN, *MANY))
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(KNOWN, *MANY[1:]))
        self.at("2026-11-25T00:00:00Z")
        code, answers = self.home.check(MANY[0])
        self.assertEqual((code, answers[0]["verdict"]), (11, "related"))
        match = answers[0]["matches"][0]
        self.assertEqual((match["active"], match["delisted_on"]), (False, "2026-11-25"))
        done = self.home.run("check", "--on", "2026-11-22", MANY[0])
        self.assertEqual(done.returncode, 10, done.stdout + done.stderr)

    def test_rule_23_age_is_that_of_the_last_good_answer(self):
        self.add("list", lines(KNOWN, *MANY), stale_after="3d", max_stale="14d")
        self.at("2026-11-20T00:00:00Z")
        good = self.status()
        self.serve("list", lines(*MANY[:20]))  # held
        self.at("2026-11-21T00:00:00Z")
        self.server.put("/list", answer(b"x", 500))
        _, feeds, alerts = self.at("2026-11-22T00:00:00Z")
        said = self.home.run("scan").stderr
        self.assertIn("status 500 instead of 200; in force is what was seen on 2026-11-20T00:00:00Z",
                      said)
        now = self.status()
        for member in ("retrieved_at", "snapshot_sha256"):
            self.assertEqual(now[member], good[member])
        self.assertEqual(self.home.check(KNOWN)[1][0]["data"]["feeds"][0]["retrieved_at"],
                         "2026-11-20T00:00:00Z")
        self.assertEqual(self.at("2026-11-23T00:00:00Z")[2], ["feed.failed"])
        self.assertEqual(self.at("2026-11-23T00:00:01Z")[2], ["feed.stale"])
        self.assertEqual(self.at("2026-11-24T00:00:00Z")[2], [])
        self.assertEqual(self.status()["status"], "stale")
        self.home.now = "2026-12-04T00:00:01Z"
        code, answers = self.home.check("0x" + "99" * 20)
        self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"))
        code, answers = self.home.check(KNOWN)  # still listed, and said to be old
        self.assertEqual((code, answers[0]["reasons"]),
                         (10, ["list list is stale: last seen 14 days ago"]))
        self.serve("list", lines(KNOWN, *MANY))
        self.assertEqual(self.at("2026-12-04T01:00:00Z")[2], ["feed.recovered"])
        self.assertEqual(self.home.check("0x" + "99" * 20)[0], 0)

    def test_rule_23_a_list_that_never_changes_is_fresh_for_as_long_as_it_is_served(self):
        """Three months of the same bytes, from a server that sends them every time and from one that
        says that nothing was modified: a good list, of which the age of the answer counts and not
        the age of the content. That it is the same, its hash says and the record of its first
        retrieval; a list that dates itself is shown with that date."""
        dated = ofac(("1", "ETH", KNOWN), issued="2026-11-18").encode()

        def cache(connection, head):
            connection.sendall(answer(b"", 304, 'ETag: "1"', length=False)
                               if 'If-None-Match: "1"' in head
                               else answer(lines(KNOWN, *MANY), 200, 'ETag: "1"'))

        self.add("sent", lines(KNOWN, *MANY), stale_after="6d")
        self.add("dated", dated, "ofac-advanced", stale_after="6d")
        self.home.feed("kept", self.server.put("/kept", cache), stale_after="6d")
        day = lambda number, seconds=0: (START + datetime.timedelta(
            days=number, seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.at(day(0))
        first = {name: self.status(name) for name in ("sent", "dated", "kept")}
        for number in range(6, 91, 6):
            code, feeds, alerts = self.at(day(number))
            self.assertEqual((code, {f["status"] for f in feeds.values()}, alerts),
                             (0, {"unchanged"}, []), number)
        heads = self.server.asked("/kept")
        self.assertEqual((len(heads), sum("If-None-Match" in head for head in heads)), (16, 8))
        for name, before in first.items():
            now = self.status(name)
            self.assertIn("last seen " + day(90), now["in_force"])
            self.assertEqual(now, dict(before, status="good", retrieved_at=day(90),
                                       attempted_at=day(90), in_force=now["in_force"]))
            record = self.home.path / "state/snapshots" / (now["snapshot_sha256"] + ".json")
            self.assertEqual(json.loads(record.read_text())["retrieved_at"], day(0))
        self.assertEqual(self.status("dated")["published"], "2026-11-18")
        stranger = "0x" + "99" * 20
        self.home.now = day(96)
        self.assertEqual(self.home.check(stranger)[0], 0)
        code, answers = self.home.check(KNOWN)
        self.assertEqual((code, answers[0]["reasons"]), (10, []))
        self.home.now = day(96, 1)  # nobody has seen it for more than six days
        self.assertEqual({self.status(name)["status"] for name in first}, {"stale"})
        code, answers = self.home.check(stranger)
        self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"))
        code, feeds, alerts = self.at(day(96, 1))  # and as soon as it is served, it is fresh again
        self.assertEqual((code, {f["status"] for f in feeds.values()}, alerts),
                         (0, {"unchanged"}, []))
        self.assertEqual(self.home.check(stranger)[0], 0)

    def test_another_normaliser_reads_what_is_stored_again(self):
        import sqlite3
        self.add("list", lines(KNOWN, *MANY))
        self.at("2026-11-20T00:00:00Z")
        path = self.home.path / "state/state.db"
        norm = lambda: sqlite3.connect(path).execute("SELECT norm FROM feeds").fetchone()[0]
        ours = norm()
        with sqlite3.connect(path) as state:
            state.execute("UPDATE feeds SET norm = 'cryptowatch-norm/0'")
        self.server.put("/list", answer(b"x", 500))  # even when the list cannot be had
        _, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((feeds["list"]["status"], alerts, norm()), ("failed", [], ours))
        self.assertEqual(self.home.check(KNOWN)[0], 10)

    def test_what_a_killed_run_left_is_swept(self):
        self.add("list", lines(KNOWN))
        self.at("2026-11-20T00:00:00Z")
        left = self.home.path / "state/snapshots/tmp.1-0"
        left.write_bytes(b"half a list")
        self.at("2026-11-20T01:00:00Z")
        self.assertFalse(left.exists())


if __name__ == "__main__":
    harness.main()
