"""What a server of lists can do to us, rules 1 to 11: each list that fails is said to have failed, once,
with why; the last good list goes on answering; and no other list suffers."""
import gzip
import json
import re
import shutil
import ssl
import subprocess
import threading
import time
import warnings

import fault_server
import harness
from fault_server import KNOWN, answer
from test_scan import ofac

SHORT = ("drip", "silent", "endless-extension")


def address(number):
    return "0x%040x" % (0xabcdef000000 + number)


CLASSIC = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://lists.example/sdn.xsd">
  <publshInformation><Publish_Date>11/20/2026</Publish_Date></publshInformation>
  <sdnEntry><uid>1</uid><lastName>EXAMPLE GROUP</lastName><sdnType>Entity</sdnType>
    <programList><program>DPRK3</program></programList>
    <idList>
      <id><uid>2</uid><idType>Digital Currency Address - ETH</idType><idNumber>%s</idNumber></id>
      <id><uid>3</uid><idType>Digital Currency Address - ETH</idType><idNumber>%s</idNumber></id>
    </idList>
  </sdnEntry>
</sdnList>
"""
NOT_WHOLE = "not XML, or cut: (no element found|unclosed token)"
LAST = address(1)  # of each of these documents
XML = {"ofac-advanced": ofac(("1", "ETH", KNOWN), ("2", "ETH", LAST)).encode(),
       "ofac-classic": (CLASSIC % (KNOWN, LAST)).encode()}


def answers_cut_at(whole, at):
    """(way, answer, word of the error): a document that ends in the middle, and how it is sent."""
    return [("open", answer(whole[:at], length=False), NOT_WHOLE),
            ("chunks", fault_server.chunked(whole[:at]), NOT_WHOLE),  # well sent, and cut before
            ("length", answer(whole[:at]), NOT_WHOLE),
            ("no-last-chunk", fault_server.chunked(whole[:at], b""), "closed"),
            ("half-a-chunk", fault_server.chunked(whole)[:at - len(whole) - 7], "closed"),
            ("half-a-length", answer(whole)[:at - len(whole)], "closed")]


class Faults(fault_server.Case):
    def add(self, feed_id, what, form="lines", server=None, **members):
        url = (server or self.server).put("/" + feed_id, what)
        members = dict({"stale_after": "60d", "max_stale": "90d"}, **members)
        self.home.feed(feed_id, url, form, **members)

    def at(self, now, *args):
        code, feeds, alerts = self.scan_at(now, *args)
        return code, feeds, [(a["type"], a["feed"]) for a in alerts]

    def listed(self, text):
        return self.home.check(text)[0]


class Ways(Faults):
    def test_every_way_to_fail_is_told_once_and_leaves_the_last_good_list(self):
        """Some forty lists that were good, and then each is bad in its own way, side by side."""
        bad = {}
        for number, (name, what, word) in enumerate(
                fault_server.ways(b"x", "/loop", self.server.host)):
            good = b"%s\n%s\n" % (KNOWN.encode(), address(number).encode())
            self.add(name, answer(good, 200, "Content-Type: image/png"),  # nobody's evidence
                     bytes_max=65536 if name.startswith("too-long") else 4 << 20,
                     timeout="1s" if name in SHORT else "20s")
            bad[name] = (number, good)
        code, feeds, alerts = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {f["status"] for f in feeds.values()}), (0, {"updated"}))
        self.assertEqual(len(alerts), len(bad))
        words = {}
        for name, (number, good) in bad.items():
            what, word = next((w, r) for n, w, r in
                              fault_server.ways(good, "/loop", self.server.host) if n == name)
            self.server.put("/" + name, what)
            words[name] = word
        for hour in ("01", "02", "03"):
            code, feeds, alerts = self.at("2026-11-20T%s:00:00Z" % hour)
            self.assertEqual(code, 20)
            for name, feed in feeds.items():
                with self.subTest(way=name, hour=hour):
                    self.assertEqual((feed["status"], feed["added"]), ("failed", 0))
                    self.assertRegex(feed["error"], words[name])
            self.assertEqual(len(alerts), len(bad) if hour == "03" else 0)
        self.assertEqual(sorted(alerts), sorted(("feed.failed", name) for name in bad))
        self.assertEqual(self.at("2026-11-20T04:00:00Z")[2], [])  # once, not every run
        code, answers = self.home.check(KNOWN, *[address(n) for n, _ in bad.values()])
        self.assertEqual({a["verdict"] for a in answers}, {"listed"})
        status = [json.loads(line) for line in
                  self.home.run("feed", "status", "--json").stdout.splitlines()]
        self.assertEqual({s["status"] for s in status}, {"failed"})
        for name, (_, good) in bad.items():
            self.server.put("/" + name, answer(good))
        code, feeds, alerts = self.at("2026-11-20T09:00:00Z")
        self.assertEqual((code, {f["status"] for f in feeds.values()}), (0, {"unchanged"}))
        self.assertEqual(sorted(alerts), sorted(("feed.recovered", name) for name in bad))
        self.assertEqual(self.at("2026-11-20T10:00:00Z")[2], [])


class Rules(Faults):
    def tls(self, feed_id, certificate, most=None, ca="ca"):
        folder = self.home.base / "tls"
        if not folder.exists():
            folder.mkdir()
            fault_server.make_certificates(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TLS 1.1 is asked for on purpose
            server = fault_server.FaultServer(fault_server.tls_context(folder, certificate, most))
        self.addCleanup(server.close)
        self.add(feed_id, answer(b"%s\n" % KNOWN.encode()), server=server,
                 ca_file=str(folder / (ca + ".pem")))
        return server

    def lower_openssl(self):
        """From now on the network program, which main starts without an environment, has an OpenSSL
        that would speak TLS 1.0. The path of its configuration."""
        folder = self.home.base / "lowered"
        folder.mkdir()
        for name in ("cryptowatch", "cryptowatch-parse"):
            shutil.copy2(harness.BIN / name, folder / name)
        (folder / "openssl.cnf").write_text(
            "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
            "MinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n")
        (folder / "cryptowatch-net").write_text(
            "#!/bin/sh\nOPENSSL_CONF='%s' exec '%s' \"$@\"\n" % (
                folder / "openssl.cnf", harness.BIN / "cryptowatch-net"))
        (folder / "cryptowatch-net").chmod(0o700)
        self.addCleanup(setattr, harness, "PROGRAM", harness.PROGRAM)
        harness.PROGRAM = folder / "cryptowatch"
        return folder / "openssl.cnf"

    def test_rule_1_only_verified_https(self):
        self.tls("good", "good")
        self.tls("expired", "past")
        self.tls("not-yet", "future")
        self.tls("other-host", "other")
        self.tls("other-authority", "good", ca="no")
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual(code, 20)
        self.assertEqual({name for name, feed in feeds.items() if feed["status"] == "updated"},
                         {"good"})
        for name in ("expired", "not-yet"):
            self.assertIn("clock", feeds[name]["error"])
        self.assertEqual(self.listed(KNOWN), 10)
        self.home.configure(allow_private_hosts=[], endpoints=[])
        self.home.feed("plain", "http://lists.example/x")
        self.assertEqual(self.home.run("scan").returncode, 78)  # no plain http but where allowed

    def test_rule_1_no_tls_before_1_2_where_openssl_would_speak_it(self):
        """OpenSSL 3 refuses it by itself at the security level of most machines, but not of all."""
        versions = {"tls-1-0": ssl.TLSVersion.TLSv1, "tls-1-1": ssl.TLSVersion.TLSv1_1,
                    "tls-1-2": ssl.TLSVersion.TLSv1_2}
        servers = {name: self.tls(name, "good", most=most) for name, most in versions.items()}
        lowered = self.lower_openssl()
        for name, server in servers.items():  # a client without our rule connects to each
            done = subprocess.run(
                ["openssl", "s_client", "-connect", server.host, "-verify_return_error", "-CAfile",
                 self.home.base / "tls/ca.pem", "-min_protocol", "TLSv1"],
                env=dict(self.home.env(), OPENSSL_CONF=str(lowered)), capture_output=True,
                stdin=subprocess.DEVNULL, timeout=30)
            self.assertEqual(done.returncode, 0, (name, done.stderr))
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {name: feed["status"] for name, feed in feeds.items()}),
                         (20, {"tls-1-0": "failed", "tls-1-1": "failed", "tls-1-2": "updated"}))
        for name, server in servers.items():
            self.assertEqual(len(server.heads), 1 if name == "tls-1-2" else 0, name)
            if name != "tls-1-2":
                self.assertIn("protocol version", feeds[name]["error"])

    def test_rule_2_redirects_by_hand_and_credentials_to_the_origin_only(self):
        other = fault_server.FaultServer()
        self.addCleanup(other.close)
        other.put("/there", answer(b"%s\n" % KNOWN.encode()))
        (self.home.base / "headers").write_text("X-Api-Key: secret\n")
        (self.home.base / "headers").chmod(0o600)
        members = {"headers_file": str(self.home.base / "headers")}
        self.add("allowed", answer(b"", 302, "Location: " + other.url("/there")),
                 redirect_hosts=["127.0.0.1"], **members)
        self.add("refused", answer(b"", 302, "Location: " + other.url("/there")), **members)
        self.add("escaped", answer(b"", 302, "Location: http://x.example/\x1b[31m"), **members)
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, feeds["allowed"]["status"]), (20, "updated"))
        self.assertIn("not in redirect_hosts", feeds["refused"]["error"])
        self.assertNotIn("\x1b", feeds["escaped"]["error"])
        self.assertIn("X-Api-Key: secret", self.server.asked("/allowed")[0])
        self.assertEqual([head.split(" ")[1] for head in other.heads], ["/there"])
        self.assertNotIn("secret", other.heads[0])

    def test_rule_3_no_proxy_no_cookies_no_credentials_of_the_machine(self):
        (self.home.base / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
        self.add("baker", answer(b"%s\n" % KNOWN.encode(), 200, "Set-Cookie: a=b; Path=/"))
        env = self.home.env
        self.home.env = lambda: dict(env(), http_proxy="http://127.0.0.1:1", ALL_PROXY="socks5://x",
                                     CURL_CA_BUNDLE="/nonexistent")
        for now in ("2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z"):
            self.assertEqual(self.at(now)[0], 0)
        for head in self.server.asked("/baker"):
            self.assertNotRegex(head, "(?i)cookie|authorization|proxy")

    def test_rule_4_private_addresses_are_not_spoken_to(self):
        self.home.configure(allow_private_hosts=[], endpoints=[])
        hosts = {"v4": "127.0.0.1", "v4-mapped": "[::ffff:127.0.0.1]", "v6": "[::1]",
                 "metadata": "169.254.169.254", "ten": "10.1.2.3", "name": "localhost"}
        for name, host in hosts.items():
            port = self.server.host.split(":")[1]
            self.home.feed(name, "https://%s:%s/x" % (host, port), timeout="5s")
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual(code, 20)
        for name, feed in feeds.items():
            self.assertIn("allow_private_hosts", feed["error"], name)
        self.assertEqual(self.server.heads, [])

    def test_rule_5_caps_hold_whatever_the_length_says(self):
        self.add("liar", answer(b"#" * 3000, 200, "Content-Length: 10", length=False),
                 bytes_max=2000)
        self.add("chunks", fault_server.chunked(b"#" * 3000), bytes_max=2000)
        self.add("extension", fault_server.endless_extension, bytes_max=2000, timeout="2s")
        began = time.monotonic()
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual({name: feed["status"] for name, feed in feeds.items()},
                         {"chunks": "failed", "extension": "failed",
                          "liar": "held"})  # ten bytes were read: no address, and no list

    def test_rule_6_asks_for_identity_and_believes_no_other_coding(self):
        self.add("coded", answer(b"x", 200, "Content-Encoding: deflate"))
        _, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertIn("coded as", feeds["coded"]["error"])
        self.assertIn("Accept-Encoding: identity", self.server.asked("/coded")[0])

    def test_rule_7_without_an_end_only_what_proves_its_own(self):
        entries = json.dumps([KNOWN, address(1)]).encode()
        self.add("plain", answer(b"%s\n" % KNOWN.encode(), length=False))
        self.add("proven", answer(entries, length=False), "json")
        self.add("proven-and-cut", answer(entries[:-3], length=False), "json")
        _, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual({name: feed["status"] for name, feed in feeds.items()},
                         {"plain": "failed", "proven": "updated", "proven-and-cut": "failed"})

    def test_rule_7_xml_that_ends_in_the_middle_is_no_list(self):
        """Cut in an address, behind the last of them, before the last tag and within it. What stood
        behind the cut stays listed, and what stood before it is no new list."""
        sent = {}
        for form, whole in XML.items():
            last, end = whole.rindex(LAST.encode()), whole.rindex(b"</")
            for cut, at in (("address", last + 20), ("behind", last + len(LAST)), ("end", end),
                            ("byte", whole.rindex(b">"))):
                for way, answered, word in answers_cut_at(whole, at):
                    sent["%s-%s-%s" % (form, cut, way)] = (form, answered, word)
            packed = gzip.compress(whole, mtime=0)
            for at in (len(packed) // 2, len(packed) - 1):
                sent["%s-packed-%d" % (form, at)] = (form, answer(packed[:at], length=False),
                                                     "gzip: cut")
        for name, (form, _, _) in sent.items():
            self.add(name, answer(XML[form], length=False), form)  # whole, and it shows by itself
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {(f["status"], f["added"]) for f in feeds.values()}),
                         (0, {("updated", 2)}))
        for name, (_, answered, _) in sent.items():
            self.server.put("/" + name, answered)
        told = []
        for hour in ("01", "02", "03", "04"):
            code, feeds, alerts = self.at("2026-11-20T%s:00:00Z" % hour)
            self.assertEqual(code, 20)
            told += alerts
            for name, feed in feeds.items():
                with self.subTest(list=name, hour=hour):
                    self.assertEqual((feed["status"], feed["added"], feed["removed"]),
                                     ("failed", 0, 0))
                    self.assertRegex(feed["error"], sent[name][2])
        self.assertEqual(sorted(told), sorted(("feed.failed", name) for name in sent))
        for text in (KNOWN, LAST):
            code, answers = self.home.check(text)
            lists = [m["source"]["id"] for m in answers[0]["matches"]
                     if m["source"]["kind"] == "feed" and m["active"]]
            self.assertEqual((code, sorted(lists)), (10, sorted(sent)), text)

    def test_rule_8_a_server_that_turns_us_away_is_left_alone(self):
        good = answer(b"%s\n" % KNOWN.encode())
        cases = {  # id: (status, Retry-After, seconds until it is asked again)
            "seconds": (503, "7200", 7200), "date": (429, "Fri, 20 Nov 2026 04:00:00 GMT", 10800),
            "short": (429, "1", 60), "long": (503, "999999999", 86400), "past": (
                503, "Thu, 19 Nov 2026 00:00:00 GMT", 60), "nonsense": (503, "soon", 900),
            "nothing": (403, None, 900), "forbidden": (403, "3600", 3600)}
        for name in cases:
            self.add(name, good)
        self.at("2026-11-20T00:00:00Z")
        for name, (status, after, _) in cases.items():
            extra = [] if after is None else ["Retry-After: " + after]
            self.server.put("/" + name, answer(b"later", status, *extra))
        self.assertEqual(self.at("2026-11-20T01:00:00Z")[0], 20)
        for name in cases:
            self.assertEqual(len(self.server.asked("/" + name)), 2, name)  # one request a run
            self.server.put("/" + name, good)
        for name, (_, _, wait) in cases.items():
            for seconds, is_asked in ((wait - 1, False), (wait, True)):
                now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1795136400 + seconds))
                before = len(self.server.asked("/" + name))
                code, feeds, _ = self.at(now, "--feed", name, "--force")
                self.assertEqual((len(self.server.asked("/" + name)) - before, feeds[name]["status"]),
                                 (1, "unchanged") if is_asked else (0, "skipped"), name)
        self.assertEqual(self.listed(KNOWN), 10)

    def test_rule_8_not_modified_counts_only_where_it_was_asked_for(self):
        good = answer(b"%s\n" % KNOWN.encode(), 200, 'ETag: "1"')
        unchanged = answer(b"", 304, 'ETag: "2"', length=False)
        self.add("unasked", unchanged)
        self.add("asked", good)
        _, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertEqual(feeds["unasked"]["status"], "failed")
        self.server.put("/asked", unchanged)
        code, feeds, _ = self.at("2026-11-20T01:00:00Z")
        self.assertEqual(feeds["asked"]["status"], "unchanged")
        for path in (self.home.path / "state/snapshots").iterdir():
            path.unlink()
        self.at("2026-11-20T02:00:00Z")
        self.assertNotIn("If-None-Match", self.server.asked("/asked")[-1])

    def test_rule_9_whole_every_seven_days(self):
        self.add("list", answer(b"%s\n" % KNOWN.encode(), 200, 'ETag: "1"'))
        self.at("2026-11-20T00:00:00Z")

        def broken_cache(connection, head):
            connection.sendall(answer(b"", 304, length=False) if "If-None-Match" in head else
                               answer(b"%s\n%s\n" % (KNOWN.encode(), address(7).encode())))

        self.server.put("/list", broken_cache)
        for day in range(21, 27):
            _, feeds, _ = self.at("2026-11-%02dT00:00:00Z" % day)
            self.assertEqual(feeds["list"]["status"], "unchanged")
        self.assertEqual(self.listed(address(7)), 0)
        _, feeds, _ = self.at("2026-11-27T00:00:00Z")
        self.assertEqual((feeds["list"]["status"], feeds["list"]["added"]), ("updated", 1))
        self.assertEqual(self.listed(address(7)), 10)

    def test_rule_9_conditions_are_those_of_the_accepted_snapshot(self):
        """A document that was held or refused leaves nothing behind that a server could later call
        not modified: we would take its silence for a word on the list that is in force."""
        whole = [KNOWN.encode(), *(address(n).encode() for n in range(40))]
        told = {word: "Thu, %02d Nov 2026 00:00:00 GMT" % day for day, word in
                enumerate(("accepted", "part", "small", "page", "error", "silence"), 11)}

        def send(word, lines, status=200):
            return answer(b"".join(line + b"\n" for line in lines), status, 'ETag: "%s"' % word,
                          "Last-Modified: " + told[word])

        def conditions():
            head = self.server.asked("/list")[-1]
            return re.findall(r"(?im)^(?:If-None-Match|If-Modified-Since): ([^\r\n]*)", head)

        def step(hour, sent, status):
            self.server.put("/list", sent)
            before = len(self.server.asked("/list"))
            _, feeds, _ = self.at("2026-11-20T%02d:00:00Z" % hour)
            self.assertEqual((feeds["list"]["status"], len(self.server.asked("/list")) - before),
                             (status, 1), (hour, feeds["list"]["error"]))
            return conditions()

        of = lambda word: ['"%s"' % word, told[word]]
        good = send("accepted", whole)
        bare = answer(b"".join(line + b"\n" for line in whole))  # and takes no condition back
        part = send("part", [*whole[:20], address(99).encode()])  # what it adds is in force
        self.add("list", good, removed_max_percent=15, entries_min=10)
        self.assertEqual(step(0, good, "updated"), [])
        steps = [  # (what is served, outcome)
            (send("page", [b"<html>down</html>"]), "failed"), (send("error", whole, 500), "failed"),
            (send("silence", [], 304), "unchanged"),  # of which nothing counts but the status
            (part, "held"), (part, "held"), (send("error", whole, 500), "failed"),
            (bare, "updated"), (bare, "unchanged"), (send("small", whole[:3]), "held"),
            (bare, "updated"), (bare, "unchanged")]
        for hour, (sent, status) in enumerate(steps, 1):
            self.assertIn(step(hour, sent, status), (of("accepted"), []), hour)
        self.assertEqual(conditions(), of("accepted"))
        step(13, part, "held")
        self.assertEqual(self.home.run("feed", "accept", "list").returncode, 0)
        step(14, part, "updated")
        self.assertEqual(step(15, part, "unchanged"), of("part"))  # it is the accepted one now

    def test_rule_10_says_who_asks(self):
        self.add("ours", answer(b"%s\n" % KNOWN.encode()))
        self.add("own", answer(b"%s\n" % KNOWN.encode()), user_agent="Example Agency list reader/2")
        self.at("2026-11-20T00:00:00Z")
        self.assertRegex(self.server.asked("/ours")[0],
                         r"User-Agent: Mozilla/5\.0 \(compatible; cryptowatch/[0-9.]+; .{10,}\)")
        self.assertIn("User-Agent: Example Agency list reader/2", self.server.asked("/own")[0])

    def test_rule_11_no_list_waits_for_another_beyond_its_time(self):
        together = threading.Barrier(12, timeout=15)

        def wait_for_all(connection, _):
            together.wait()
            connection.sendall(answer(b"%s\n" % KNOWN.encode()))

        for number in range(12):
            self.add("side-%d" % number, wait_for_all)
        self.add("silent", fault_server.silent, timeout="2s")
        began = time.monotonic()
        code, feeds, _ = self.at("2026-11-20T00:00:00Z")
        self.assertLess(time.monotonic() - began, 12)
        self.assertEqual({name for name, f in feeds.items() if f["status"] != "updated"}, {"silent"})
        self.assertTrue(re.search("time|Time", feeds["silent"]["error"]))


if __name__ == "__main__":
    harness.main()
