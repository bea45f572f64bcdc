"""The main job over loopback: lists in, signed alerts out, once, never lost."""
import base64
import json
import signal
import subprocess
import threading
import unittest

import jsonschema

import harness

# Published addresses: Ronin 2022 (OFAC uid 27307) and the FBI notice of 2023-08-22.
RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
RONIN_2 = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
KEY1_P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
KEY1_P2WPKH = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


def ofac(*features, issued="2026-11-20"):
    """A small document of the real shape: one party with features (feature id, tag, address)."""
    year, month, day = issued.split("-")
    tags = sorted({tag for _, tag, _ in features})
    types = "".join('<FeatureType ID="%d" FeatureTypeGroupID="1">Digital Currency Address - %s'
                    '</FeatureType>' % (900 + i, tag) for i, tag in enumerate(tags))
    body = "".join(
        '<Feature ID="%s" FeatureTypeID="%d"><FeatureVersion ID="%s1" ReliabilityID="1">'
        '<Comment/><VersionDetail DetailTypeID="1432">%s</VersionDetail></FeatureVersion>'
        '<IdentityReference IdentityID="1" IdentityFeatureLinkTypeID="1"/></Feature>'
        % (number, 900 + tags.index(tag), number, address)
        for number, tag, address in features)
    return """<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="https://example.invalid/advanced" Version="3">
<DateOfIssue CalendarTypeID="1"><Year>%s</Year><Month>%s</Month><Day>%s</Day></DateOfIssue>
<ReferenceValueSets>
<AliasTypeValues><AliasType ID="1403">Name</AliasType></AliasTypeValues>
<FeatureTypeValues>%s</FeatureTypeValues>
<ListValues><List ID="1550">SDN List</List></ListValues>
<SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType></SanctionsTypeValues>
<ScriptValues><Script ID="215" ScriptCode="Latn">Latin</Script></ScriptValues>
</ReferenceValueSets>
<DistinctParties>
<DistinctParty FixedRef="27307"><Comment/><Profile ID="27307" PartySubTypeID="3">
<Identity ID="1" FixedRef="27307" Primary="true" False="false">
<Alias FixedRef="27307" AliasTypeID="1403" Primary="true" LowQuality="false">
<DocumentedName ID="1" FixedRef="27307" DocNameStatusID="1"><DocumentedNamePart>
<NamePartValue NamePartGroupID="1" ScriptID="215" ScriptStatusID="1" Acronym="false">EXAMPLE GROUP</NamePartValue>
</DocumentedNamePart></DocumentedName></Alias></Identity>
%s</Profile></DistinctParty>
</DistinctParties>
<ProfileRelationships/>
<SanctionsEntries><SanctionsEntry ID="5" ProfileID="27307" ListID="1550">
<EntryEvent ID="6" EntryEventTypeID="1" LegalBasisID="1"><Comment/>
<Date CalendarTypeID="1"><Year>2019</Year><Month>9</Month><Day>13</Day></Date></EntryEvent>
<SanctionsMeasure ID="7" SanctionsTypeID="1"><Comment>DPRK3</Comment></SanctionsMeasure>
</SanctionsEntry></SanctionsEntries>
</Sanctions>
""" % (year, month, day, types, body)


class Scan(harness.Case):
    def serve(self):
        xml = self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN), ("12", "XBT", KEY1_P2PKH)))
        text = self.lists.put("/fbi.txt", "# FBI, 2023-08-22\n%s\n%s # also here\n"
                              % (FBI, RONIN.lower()))
        self.home.feed("sdn", xml, "ofac-advanced")
        self.home.feed("fbi", text, "lines")
        self.home.rule("ronin", [RONIN, RONIN_2])
        self.home.rule("example", [FBI, KEY1_P2WPKH])

    def test_first_scan_tells_every_listed_case_address_once(self):
        self.serve()
        code, report, stderr = self.home.scan()
        self.assertEqual(code, 0, stderr)
        self.assertEqual({f["id"]: f["status"] for f in report["feeds"]},
                         {"fbi": "updated", "sdn": "updated"})
        told = sorted((a["case"], a["feed"], a["type"].split(".")[-1]) for a in report["alerts"])
        self.assertEqual(told, [("example", "fbi", "listed"), ("example", "sdn", "listed"),
                                ("ronin", "fbi", "listed"), ("ronin", "sdn", "listed")])
        self.assertEqual(report["deliveries"], {"sent": 4, "pending": 0, "dead": 0})
        relations = {(a["data"]["case"]["id"], a["data"]["provenance"]["feed"]):
                     a["data"]["match"]["relation"] for a in self.receiver.alerts()}
        self.assertEqual(relations, {("example", "fbi"): "exact", ("ronin", "sdn"): "exact",
                                     ("ronin", "fbi"): "encoding",
                                     ("example", "sdn"): "same-key-hash"})
        listing = next(a["data"]["listing"] for a in self.receiver.alerts()
                       if a["data"]["provenance"]["feed"] == "sdn")
        self.assertEqual((listing["entry_id"], listing["entry_name"], listing["programs"],
                          listing["listed_on"], listing["baseline"]),
                         ("27307", "EXAMPLE GROUP", ["DPRK3"], "2019-09-13", True))

    def test_second_scan_is_silent_on_304_and_on_the_same_bytes(self):
        self.serve()
        self.home.now = "2026-11-22T00:00:00Z"
        self.home.scan()
        code, report, stderr = self.home.scan("--force")
        self.assertEqual((code, report["alerts"]), (0, []), stderr)
        self.assertEqual({f["status"] for f in report["feeds"]}, {"unchanged"})
        self.home.now = "2026-11-28T00:00:00Z"  # within the week in which 304 is good enough
        asked = len(self.lists.requests)
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["alerts"]), (0, []), stderr)
        self.assertEqual({f["status"] for f in report["feeds"]}, {"unchanged"})
        self.assertTrue(all("If-None-Match" in headers
                            for _, headers in self.lists.requests[asked:]))
        self.assertEqual(len(self.receiver.posts), 4)

    def test_cron_sees_nothing_when_there_is_no_news(self):
        self.serve()
        self.home.run("scan")
        quiet = self.home.run("scan", "--force")
        self.assertEqual((quiet.returncode, quiet.stdout, quiet.stderr), (0, "", ""))

    def test_a_new_listing_a_change_and_a_delisting_are_told(self):
        self.serve()
        self.home.scan()
        self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN), ("12", "XBT", KEY1_P2PKH),
                                        ("13", "ETH", RONIN_2), issued="2026-11-21"))
        _, report, _ = self.home.scan("--force")
        self.assertEqual([(a["type"], a["case"]) for a in report["alerts"]],
                         [("cryptowatch.address.listed", "ronin")])
        self.assertFalse(self.receiver.alerts()[-1]["data"]["listing"]["baseline"])
        self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN), ("12", "XBT", KEY1_P2PKH),
                                        ("13", "ETH", RONIN_2), issued="2026-11-22")
                       .replace("DPRK3", "DPRK4"))
        _, report, _ = self.home.scan("--force")
        self.assertEqual({a["type"] for a in report["alerts"]}, {"cryptowatch.address.changed"})
        self.assertEqual(len(report["alerts"]), 3)
        changed = self.receiver.alerts()[-1]["data"]["listing"]
        self.assertEqual(changed["changes"],
                         [{"path": "/programs", "from": ["DPRK3"], "to": ["DPRK4"]}])
        self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN), issued="2026-11-23")
                       .replace("DPRK3", "DPRK4"))
        _, report, _ = self.home.scan("--force")
        self.assertEqual(sorted((a["type"], a["case"]) for a in report["alerts"]),
                         [("cryptowatch.address.delisted", "example"),
                          ("cryptowatch.address.delisted", "ronin")])
        code, answers = self.home.check(RONIN_2)
        self.assertEqual(code, 10)  # still in a case
        self.home.rule("ronin", [RONIN])
        code, answers = self.home.check(RONIN_2)
        self.assertEqual((code, answers[0]["verdict"]), (11, "related"))
        self.assertFalse(answers[0]["matches"][0]["active"])
        self.assertRegex(answers[0]["matches"][0]["delisted_on"], r"^\d{4}-\d\d-\d\d$")

    def test_a_new_rule_is_matched_against_lists_that_did_not_change(self):
        self.serve()
        self.home.scan()
        self.home.rule("later", [FBI])
        _, report, _ = self.home.scan()
        self.assertEqual([(a["case"], a["feed"]) for a in report["alerts"]], [("later", "fbi")])
        self.assertTrue(self.receiver.alerts()[-1]["data"]["listing"]["baseline"])

    def test_a_party_we_follow_gets_a_new_address(self):
        self.serve()
        self.home.rule("party", [], parties=[{"feed": "sdn", "programs": ["DPRK3"]}])
        _, report, _ = self.home.scan()
        self.assertEqual([a for a in report["alerts"] if a["case"] == "party"], [])
        self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN), ("12", "XBT", KEY1_P2PKH),
                                        ("14", "ETH", RONIN_2)))
        _, report, _ = self.home.scan("--force")
        self.assertIn(("party", "cryptowatch.address.listed"),
                      [(a["case"], a["type"]) for a in report["alerts"]])
        entity = next(a for a in self.receiver.alerts() if a["data"]["case"]["id"] == "party")
        self.assertEqual(entity["data"]["match"]["relation"], "entity")

    def test_every_alert_fits_its_schema_and_verifies_with_openssl(self):
        self.serve()
        self.home.scan()
        self.lists.put("/sdn.xml", ofac(("11", "ETH", RONIN)).replace("DPRK3", "DPRK4"))
        self.home.scan("--force")
        schema = json.loads((harness.ROOT / "docs/schemas/alert-1.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        self.assertEqual(len(self.receiver.posts), 6)
        for headers, body in self.receiver.posts:
            validator.validate(json.loads(body))
            exported = self.home.run("alert", "export", headers["webhook-id"])
            jws = json.loads(exported.stdout)
            self.assertEqual(harness.unbase64url(jws["payload"]), body)
            first = jws["signatures"][0]
            self.assertTrue(harness.openssl_accepts(self.home, first["protected"], jws["payload"],
                                                    first["signature"]))
            self.assertEqual(headers["cryptowatch-jws"],
                             "%s..%s" % (first["protected"], first["signature"]))
            flipped = ("A" if jws["payload"][10] != "A" else "B")
            tampered = jws["payload"][:10] + flipped + jws["payload"][11:]
            self.assertFalse(harness.openssl_accepts(self.home, first["protected"], tampered,
                                                     first["signature"]))
            path = self.home.base / "alert.jws.json"
            path.write_text(exported.stdout)
            self.assertEqual(self.home.run("verify", str(path)).returncode, 0)
            path.write_text(exported.stdout.replace(jws["payload"], tampered))
            self.assertEqual(self.home.run("verify", str(path)).returncode, 1)


class Delivery(harness.Case):
    def setUp(self):
        super().setUp()
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.rule("example", [FBI])

    def test_a_receiver_that_fails_twice_gets_the_same_body_newly_signed(self):
        self.receiver.plan = [503, 503]
        self.home.now = "2026-11-20T03:15:01Z"
        code, report, _ = self.home.scan()
        self.assertEqual((code, report["deliveries"]["pending"]), (0, 1))
        self.home.now = "2026-11-20T04:15:01Z"
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.home.now = "2026-11-20T09:15:01Z"
        done = self.home.run("deliver", "--json")
        self.assertEqual(json.loads(done.stdout)["sent"], 1, done.stderr)
        self.assertEqual(len(self.receiver.posts), 3)
        self.assertEqual(len({body for _, body in self.receiver.posts}), 1)
        self.assertEqual(len({h["webhook-id"] for h, _ in self.receiver.posts}), 1)
        self.assertEqual(len({h["webhook-timestamp"] for h, _ in self.receiver.posts}), 3)
        self.assertEqual(len({h["webhook-signature"] for h, _ in self.receiver.posts}), 3)
        self.assertEqual(len({h["cryptowatch-jws"] for h, _ in self.receiver.posts}), 1)

    def test_webhook_signatures_verify(self):
        secret = bytes(range(32))
        path = self.home.path / "keys" / "soc.whsec"
        path.write_text("whsec_" + base64.b64encode(secret).decode() + "\n")
        path.chmod(0o600)
        self.home.endpoint(self.receiver, whsec_file="keys/soc.whsec")
        code, _, stderr = self.home.scan()
        self.assertEqual(code, 0, stderr)
        headers, body = self.receiver.posts[0]
        self.assertEqual(headers["content-type"], "application/cloudevents+json; charset=UTF-8")
        signed = b".".join([headers["webhook-id"].encode(),
                            headers["webhook-timestamp"].encode(), body])
        v1a, v1 = headers["webhook-signature"].split(" ")
        import hashlib
        import hmac
        self.assertEqual(v1, "v1," + base64.b64encode(
            hmac.new(secret, signed, hashlib.sha256).digest()).decode())
        folder = self.home.base
        pem = self.home.run("key", "show", "--role", "delivery", "--format", "pem").stdout
        (folder / "d.pem").write_text(pem)
        (folder / "d.in").write_bytes(signed)
        (folder / "d.sig").write_bytes(base64.b64decode(v1a.split(",")[1]))
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "d.pem",
                               "-rawin", "-in", "d.in", "-sigfile", "d.sig"], cwd=folder,
                              capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_killed_between_commit_and_delivery_nothing_is_lost(self):
        self.receiver.hang = threading.Event()
        scan = self.home.start("scan")
        self.assertTrue(self.receiver.arrived.wait(30))
        scan.send_signal(signal.SIGKILL)
        scan.communicate()
        self.receiver.hang.set()
        self.receiver.hang = None
        first = self.receiver.posts[0]
        self.home.now = "2030-01-01T00:00:00Z"
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["alerts"]), (0, []), stderr)
        self.assertEqual(report["deliveries"]["sent"], 1)
        again = self.receiver.posts[-1]
        self.assertEqual(again[0]["webhook-id"], first[0]["webhook-id"])
        self.assertEqual(again[1], first[1])

    def test_a_receiver_that_is_gone_is_disabled_and_said(self):
        self.receiver.plan = [410]
        code, _, stderr = self.home.scan()
        self.assertEqual(code, 20, stderr)
        self.assertEqual(len(self.receiver.posts), 1)

    def test_a_disabled_endpoint_gets_what_waits_once_it_is_enabled(self):
        self.receiver.plan = [410]
        self.home.scan()
        self.home.now = "2030-01-01T00:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 20)
        self.assertEqual(len(self.receiver.posts), 1)
        done = self.home.run("webhook", "enable", "soc")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("soc: enabled", done.stderr)
        done = self.home.run("deliver", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["sent"]), (0, 1), done.stderr)
        self.assertEqual(self.receiver.posts[0][1], self.receiver.posts[1][1])

    def test_an_endpoint_that_asked_us_to_wait_is_asked_again_once_it_is_enabled(self):
        self.receiver.plan = [(503, {"Retry-After": "86000"})]
        self.home.now = "2026-11-20T03:15:01Z"
        self.home.scan()
        self.home.now = "2026-11-20T04:15:01Z"
        self.home.feed("again", self.lists.put("/again.txt", "%s\n" % FBI))
        _, report, stderr = self.home.scan()
        self.assertEqual((len(report["alerts"]), report["deliveries"]["sent"]), (1, 0), stderr)
        done = self.home.run("webhook", "enable", "soc", "--json")
        self.assertEqual(json.loads(done.stdout), {"endpoint": "soc", "enabled": True})
        done = self.home.run("deliver", "--json")
        self.assertEqual(json.loads(done.stdout)["sent"], 2, done.stderr)
        first, again, second = (headers["webhook-id"] for headers, _ in self.receiver.posts)
        self.assertEqual(first, again)
        self.assertEqual(second, report["alerts"][0]["id"])

    def test_an_endpoint_is_not_enabled_when_nobody_knows_it_or_the_command_is_wrong(self):
        for args, code, word in ((("enable", "nobody"), 78, "no endpoint nobody"),
                                 (("enable", "so"), 78, "no endpoint so"),
                                 (("enable", "SOC"), 78, "no endpoint SOC"),
                                 (("enable", ""), 78, "no endpoint"),
                                 (("enable",), 64, "enable ENDPOINT"),
                                 (("enable", "soc", "soc"), 64, "enable ENDPOINT"),
                                 (("disable", "soc"), 64, "did you mean enable?")):
            done = self.home.run("webhook", *args)
            self.assertEqual((done.returncode, done.stdout), (code, ""), args)
            self.assertIn(word, done.stderr)
        self.assertEqual(list((self.home.path / "state").iterdir()), [])
        self.home.endpoint(self.receiver, enabled=False)
        done = self.home.run("webhook", "enable", "soc")
        self.assertEqual(done.returncode, 0)
        self.assertIn("stays off", done.stderr)

    def test_an_endpoint_is_not_enabled_during_a_run(self):
        self.receiver.hang = threading.Event()
        scan = self.home.start("scan")
        self.assertTrue(self.receiver.arrived.wait(30))
        self.assertEqual(self.home.run("webhook", "enable", "soc").returncode, 75)
        self.receiver.hang.set()
        scan.communicate()

    def test_webhook_test_says_what_came_back(self):
        done = self.home.run("webhook", "test", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["http_status"]), (0, 204))
        self.receiver.plan = [500]
        done = self.home.run("webhook", "test")
        self.assertEqual(done.returncode, 20)
        self.assertIn("500", done.stdout)


class Trouble(harness.Case):
    def test_a_failing_list_leaves_the_others_alone(self):
        good = self.lists.put("/good.txt", "%s\n" % FBI)
        bad = self.lists.put("/bad.txt", "gone", status=500)
        html = self.lists.put("/html.txt", "<html><body>%s</body></html>" % RONIN)
        self.home.feed("good", good)
        self.home.feed("bad", bad)
        self.home.feed("html", html)
        self.home.feed("nobody", "http://127.0.0.1:1/nothing")
        self.home.rule("example", [FBI, RONIN])
        code, report, stderr = self.home.scan()
        self.assertEqual(code, 20, stderr)
        self.assertEqual({f["id"]: f["status"] for f in report["feeds"]},
                         {"good": "updated", "bad": "failed", "html": "failed",
                          "nobody": "failed"})
        self.assertEqual(len(report["alerts"]), 1)
        for feed in report["feeds"]:
            self.assertEqual(feed["error"] is None, feed["id"] == "good")

    def test_a_private_host_that_is_not_allowed_is_refused_by_the_linter(self):
        self.home.configure(allow_private_hosts=[])
        self.home.feed("good", "http://%s/x" % self.lists.host)
        done = self.home.run("scan")
        self.assertEqual(done.returncode, 78)
        self.assertIn("good.json", done.stderr)
        self.assertEqual(self.lists.requests, [])

    def test_a_list_that_shrinks_is_held_until_three_fetches_over_two_days_agree(self):
        many = ["0x%040x" % (0x1000000 + i) for i in range(40)]
        self.home.now = "2026-11-20T00:00:00Z"
        url = self.lists.put("/many.txt", "\n".join(many + [RONIN.lower()]) + "\n")
        self.home.feed("many", url, removed_max_percent=15)
        self.home.rule("example", [RONIN])
        self.assertEqual(self.home.scan()[0], 0)
        self.lists.put("/many.txt", "\n".join(many[:25]) + "\n")
        self.home.now = "2026-11-21T00:00:00Z"
        code, report, _ = self.home.scan()
        self.assertEqual((code, [a["type"] for a in report["alerts"]],
                          report["feeds"][0]["status"]),
                         (20, ["cryptowatch.feed.suspect"], "held"))
        self.assertEqual(self.home.check(RONIN)[0], 10)
        for now in ("2026-11-21T00:00:10Z", "2026-11-22T23:59:59Z"):
            self.home.now = now
            code, report, _ = self.home.scan("--force")
            self.assertEqual((code, report["alerts"], report["feeds"][0]["status"]),
                             (20, [], "held"))
        self.home.now = "2026-11-23T00:00:00Z"
        code, report, _ = self.home.scan("--force")
        self.assertEqual((code, report["feeds"][0]["status"]), (0, "updated"))
        self.assertEqual([a["type"] for a in report["alerts"]], ["cryptowatch.address.delisted"])

    def test_a_list_that_shrinks_keeps_the_unusable_entries_of_the_new_document(self):
        many = ["0x%040x" % (0x1000000 + i) for i in range(40)]
        url = self.lists.put("/many.txt", "\n".join(many + ["was-here-before"]) + "\n")
        self.home.feed("many", url, removed_max_percent=15)
        self.home.scan()
        self.lists.put("/many.txt", "\n".join(many[:5] + ["not-an-address"]) + "\n")
        code, report, stderr = self.home.scan("--force")
        feed = report["feeds"][0]
        self.assertEqual((code, feed["status"], feed["entries"], feed["invalid"]),
                         (20, "held", 6, 1), stderr)
        for text, is_kept in (("not-an-address", True), ("was-here-before", False)):
            _, answers = self.home.check(text)
            self.assertEqual("as an unusable entry" in " ".join(answers[0]["reasons"]), is_kept,
                             text)
        status = json.loads(self.home.run("feed", "status", "--json").stdout)
        self.assertEqual((status["listings"], status["entries"], status["unusable"]), (40, 6, 1))

    def test_what_a_held_list_added_leaves_when_the_list_comes_back(self):
        many = ["0x%040x" % (0x1000000 + i) for i in range(40)]
        good = "\n".join(many) + "\n"
        url = self.lists.put("/many.txt", good)
        self.home.feed("many", url, removed_max_percent=15)
        self.home.rule("example", [RONIN])
        self.home.scan()
        self.lists.put("/many.txt", "\n".join(many[:5] + [RONIN]) + "\n")
        code, report, _ = self.home.scan("--force")
        self.assertEqual((code, [a["type"] for a in report["alerts"]]),
                         (20, ["cryptowatch.address.listed", "cryptowatch.feed.suspect"]))
        self.lists.put("/many.txt", good)
        code, report, _ = self.home.scan("--force")
        self.assertEqual((code, [a["type"] for a in report["alerts"]]),
                         (0, ["cryptowatch.address.delisted"]))

    def test_a_new_rule_asks_a_list_whose_newest_document_is_broken(self):
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.scan()
        self.lists.put("/list.txt", "<html>maintenance</html>")
        self.home.rule("later", [FBI])
        code, report, _ = self.home.scan("--force")
        self.assertEqual((code, [a["case"] for a in report["alerts"]]), (20, ["later"]))

    def test_a_held_list_is_released_by_hand(self):
        many = ["0x%040x" % (0x1000000 + i) for i in range(40)]
        url = self.lists.put("/many.txt", "\n".join(many) + "\n")
        self.home.feed("many", url, removed_max_percent=15)
        self.home.scan()
        self.lists.put("/many.txt", "\n".join(many[:5]) + "\n")
        self.assertEqual(self.home.scan("--force")[0], 20)
        self.assertEqual(self.home.run("feed", "status").returncode, 20)
        self.assertEqual(self.home.run("feed", "accept", "many").returncode, 0)
        self.assertEqual(self.home.scan("--force")[1]["feeds"][0]["status"], "updated")
        self.assertEqual(self.home.run("feed", "accept", "many").returncode, 65)

    def test_feed_parse_gives_every_entry_with_all_its_members(self):
        path = self.home.base / "list.txt"
        path.write_text("%s\n%s\nnot an address\n" % (FBI, RONIN.replace("Aaf", "aaf")))
        done = self.home.run("feed", "parse", "--json", "--format", "lines", str(path))
        self.assertEqual(done.returncode, 0, done.stderr)
        entries = [json.loads(line) for line in done.stdout.splitlines()]
        for entry in entries:
            self.assertEqual(set(entry), {
                "position", "value", "chain", "canonical", "valid", "entry_id", "entry_name",
                "programs", "tag", "listed_on", "note", "related", "checksum", "error",
                "suspicious"})
        self.assertEqual([e["valid"] for e in entries], [True, True, False])
        self.assertEqual([e["checksum"] for e in entries], ["ok", "bad", None])
        self.assertIsNone(entries[0]["error"])
        self.assertEqual(set(entries[2]["error"]), {"code", "text"})
        summary = json.loads(done.stderr)
        self.assertEqual((summary["entries"], summary["unusable"]), (3, 1))

    def test_a_dry_run_writes_and_sends_nothing(self):
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.rule("example", [FBI])
        code, report, stderr = self.home.scan("--dry-run")
        self.assertEqual((code, len(report["alerts"])), (0, 1), stderr)
        self.assertEqual(self.receiver.posts, [])
        self.assertEqual(list((self.home.path / "state").iterdir()), [])

    def test_a_dry_run_announces_what_the_run_then_tells(self):
        days = iter(range(1, 21))  # each document is newer: an older one would be held

        def serve(*features, program="DPRK3"):
            self.lists.put("/sdn.xml", ofac(*features, issued="2026-11-%02d" % next(days))
                           .replace("DPRK3", program))

        one, two = ("11", "ETH", RONIN), ("12", "ETH", RONIN_2)
        serve(one, two)
        self.home.feed("sdn", "http://%s/sdn.xml" % self.lists.host, "ofac-advanced")
        self.home.rule("ronin", [RONIN, RONIN_2])
        self.home.scan()
        for step in (((one,), "DPRK3"), ((one, two), "DPRK3"), ((one, two), "DPRK4"),
                     ((two,), "DPRK5")):
            serve(*step[0], program=step[1])
            code, rehearsed, stderr = self.home.scan("--force", "--dry-run")
            self.assertEqual(code, 0, stderr)
            told = self.home.scan("--force")[1]
            self.assertTrue(told["alerts"])
            self.assertEqual(rehearsed["alerts"], told["alerts"])

    def test_a_new_source_and_a_new_key_are_published_before_they_sign(self):
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.rule("example", [FBI])
        self.home.configure(source="https://other.agency.example/cw")
        (self.home.path / "keys/alert.pem").unlink()
        self.assertEqual(self.home.run("key", "new", "--role", "alert").returncode, 0)
        code, report, stderr = self.home.scan()
        self.assertEqual((code, len(report["alerts"])), (0, 1), stderr)
        exported = self.home.run("alert", "export", report["alerts"][0]["id"]).stdout
        path = self.home.base / "alert.jws.json"
        path.write_text(exported)
        done = self.home.run("verify", str(path))
        self.assertEqual(done.returncode, 0, done.stdout)
        published = json.loads((self.home.path / "keys/keys.jwks.json").read_text())
        self.assertEqual((len(published["keys"]), len(published["sources"])), (2, 2))

    def test_offline_reads_the_stored_snapshots(self):
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.scan()
        asked = len(self.lists.requests)
        self.home.rule("example", [FBI])
        code, report, stderr = self.home.scan("--offline")
        self.assertEqual((code, len(report["alerts"])), (0, 1), stderr)
        self.assertEqual(len(self.lists.requests), asked)

    def test_a_second_scan_at_the_same_time_ends_with_75(self):
        url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", url)
        self.home.rule("example", [FBI])
        self.receiver.hang = threading.Event()
        scan = self.home.start("scan")
        self.assertTrue(self.receiver.arrived.wait(30))
        self.assertEqual(self.home.run("scan").returncode, 75)
        hang, self.receiver.hang = self.receiver.hang, None
        hang.set()
        scan.communicate()
        self.assertEqual(scan.returncode, 0)

    def test_a_vkey_is_named_by_the_source_or_refused(self):
        for source, name in (("https://scanner.agency.example/cw", "scanner.agency.example/cw/log1"),
                             ("https://" + "a" * 400, "a" * 400 + "/log1"),
                             ("urn:example:cw", "urn:example:cw/log1"),
                             ("https://", None), ("https://a.example/b+c", None),
                             ("cw+https://a.example", None)):
            self.home.configure(source=source)
            done = self.home.run("key", "show", "--format", "vkey")
            if name is None:
                self.assertEqual((done.returncode, done.stdout), (78, ""), source)
                self.assertIn("cannot name a vkey", done.stderr)
                self.assertEqual(self.home.run("key", "show", "--format", "pem").returncode, 0)
            else:
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout.split("+")[0], name)

    def test_every_mistake_in_every_file_is_said_and_nothing_is_done(self):
        self.home.feed("one", "https://lists.example/x", "nonsense")
        self.home.rule("two", ["0x1234"])
        self.home.rule("three", [FBI], severity="grave")
        done = self.home.run("scan")
        self.assertEqual(done.returncode, 78)
        for name in ("one.json", "two.json", "three.json"):
            self.assertIn(name, done.stderr)
        self.assertEqual(list((self.home.path / "state").iterdir()), [])


if __name__ == "__main__":
    harness.main()
