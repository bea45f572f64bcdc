"""No control character of a stranger reaches a terminal or a log line: planted in every word of every list
format, in cases, file names, arguments, answers and signed alerts, and looked for in every byte that
any command writes. JSON is the only raw form, and it is JSON."""
import concurrent.futures
import csv
import io
import json
import os
import re
import subprocess
import tempfile
import unittest

import fault_server
import harness
import hostile_lists
from fault_server import KNOWN, answer

# C0, DEL, C1, line and paragraph separators, bidirectional controls (src/base/text.h).
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Sets a title, colours, goes back over the line, turns the direction of what follows.
MILD = "=x\x7f\x9b31m\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069"
WILD = MILD + "\x1b]0;y\x07\x1b[31m\x08\x0b\x0c\x01\t\r"
BAD_BYTES = b"\x9b31m\xc2\x1b[31m\xff"  # not UTF-8, and a control in an 8-bit terminal
FIXTURES = {  # of each format one document that has all of its fields
    "lines": "lines/valid/note-after-address", "csv": "csv/valid/all-columns",
    "json": "json/valid/array-of-objects", "ndjson": "ndjson/valid/objects-and-texts",
    "ofac-advanced": "ofac_advanced/valid/entities-and-references",
    "ofac-classic": "ofac_classic/valid/whole-document",
    "ofac-csv": "ofac_csv/valid/whole-document",
    "ftm": "ftm/valid/wallet-before-holder-and-sanction", "text": "text/valid/html",
    "misp": "misp/valid/coin-address-objects", "stix": "stix/valid/wallet-and-holder",
    "tagpack": "tagpack/valid/whole-document", "ransomwhere": "ransomwhere/valid/with-result",
    "hackscan": "hackscan/valid/by-case-and-chain",
}
# A sanitizer starts slowly, and there are thousands of starts. What it is for is done by tests/fuzz.
IS_SLOW = harness.is_instrumented()
WORDS_MAX = 4 if IS_SLOW else 16  # of a document, evenly spread


def fixture(form):
    folder = harness.ROOT / "tests/fixtures/feed" / FIXTURES[form]
    options = folder / "options"
    pairs = options.read_text().split("\n") if options.exists() else []
    return (folder / "input").read_bytes(), dict(pair.split("=", 1) for pair in pairs if pair)


def spelled(form, text):
    """The characters as the format can carry them."""
    if form in ("json", "ndjson", "ftm", "misp", "stix", "ransomwhere", "hackscan"):
        return json.dumps(text)[1:-1].encode()
    if form in ("ofac-advanced", "ofac-classic"):
        return MILD.encode() + b"&#13;&#9;"
    if form == "tagpack":
        return re.sub("[\x00-\x1f\x7f-\x9f]", "", text).encode() + b"\xc2\x85"
    return text.replace("\r", "").encode()


def words(document):
    """Where the words of a document end."""
    ends = [match.end() for match in re.finditer(rb"[A-Za-z0-9][A-Za-z0-9 ]*", document)]
    return ends[::-(-len(ends) // WORDS_MAX)]


def planted(document, places, what):
    for place in sorted(places, reverse=True):
        document = document[:place] + what + document[place:]
    return document


def untabbed(where, data):
    """Of an output of columns: the bytes without the tabs between them, and what is wrong with them."""
    for line in data.splitlines():
        if line.count(b"\t") != 4 + (b"\tunusable " in line or b"\tsuspicious: " in line):
            return data, "%s: columns: %r" % (where, line)
    return data.replace(b"\t", b" "), None


def is_one_value(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def complain(where, data, is_json):
    """What is wrong with the bytes of an output, or None."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return "%s: not UTF-8: %s" % (where, error)
    if not is_json:
        bad = FORBIDDEN.search(text)
        return bad and "%s: %r in %r" % (where, bad.group(), text[max(0, bad.start() - 60):][:120])
    if is_one_value(text):
        return None
    bad = [line for line in text.split("\n") if line and not is_one_value(line)]
    return bad and "%s: no JSON: %r" % (where, bad[0][:200])


class Escapes(fault_server.Case):
    def ask(self, *args, stdin=None, is_json=False):
        """Runs a command, looks at its bytes; exit code and standard output."""
        command = [os.fsencode(part) for part in self.home.command(*args)]
        command[0] = os.fsencode(harness.PROGRAM.resolve())
        done = subprocess.run(command, capture_output=True, env=self.home.env(), input=stdin,
                              timeout=60, cwd=self.home.base)  # where `init NAME` makes a home
        where = " ".join(repr(part) for part in command[4:]) or repr(command[1:])
        where = "%r %s" % (args[0], where[:150])
        is_json = is_json or "--json" in args
        self.escaped += (done.stdout + done.stderr).count(b"\\u202e")
        out, uneven = done.stdout, None
        if args[:2] == ("feed", "parse") and not is_json:
            out, uneven = untabbed(where, out)
        for complaint in (uneven, complain(where + " stdout", out, is_json),
                          complain(where + " stderr", done.stderr, False),
                          args[:2] == ("feed", "parse") and is_json and done.returncode == 0 and
                          complain(where + " summary", done.stderr, True)):
            if complaint:
                self.complaints.append(complaint)
        self.assertGreaterEqual(done.returncode, 0, where)
        return done.returncode, done.stdout

    def setUp(self):
        super().setUp()
        self.complaints = []
        self.escaped = 0  # what was planted did arrive, and was written in another form

    def check_complaints(self, least=1):
        self.assertGreaterEqual(self.escaped, least)
        self.assertEqual([], self.complaints[:20], "%d in all" % len(self.complaints))

    def parse(self, form, document, options, *args):
        with tempfile.NamedTemporaryFile(dir=self.home.base) as file:
            file.write(document)
            file.flush()
            extra = ["--option", ",".join("%s=%s" % pair for pair in options.items())]
            return self.ask("feed", "parse", "--format", form, *(extra if options else []), *args,
                            file.name)

    def valid(self, form, document, options):
        """Addresses that the document lists, when it is taken."""
        code, out = self.parse(form, document, options, "--json")
        return code == 0 and [e["value"] for e in map(json.loads, out.splitlines()) if e["valid"]]

    def harmless(self, form):
        """Tries every word; a document with a word in each place that leaves an address in it."""
        document, options = fixture(form)
        text = spelled(form, WILD)
        tame = []
        for place in words(document):
            self.parse(form, planted(document, [place], text), options)
            self.parse(form, planted(document, [place], WILD.encode()), options)
            self.parse(form, planted(document, [place], BAD_BYTES), options)
            if self.valid(form, planted(document, [*tame, place], text), options):
                tame.append(place)
        return planted(document, tame, text), len(tame)

    def plant(self):
        """A feed of every format, with what it can carry in every place that it can."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for form, (document, tame) in zip(FIXTURES, pool.map(self.harmless, FIXTURES)):
                with self.subTest(format=form):
                    self.assertGreaterEqual(tame, 0 if IS_SLOW else 1)
                _, options = fixture(form)
                addresses = self.valid(form, document, options)
                self.home.feed(form, self.server.put("/" + form, answer(document)), form,
                               format_options=options, unusable_max_percent=100)
                self.home.rule("case-" + form, addresses[:1])

    def chats(self):
        """A receiver that answers badly, and the chats."""
        key = self.home.path / "keys/pager.key"
        key.write_text("k" * 32 + "\n")
        key.chmod(0o600)
        chats = {kind: harness.Receiver() for kind in ("slack", "teams", "pagerduty")}
        for chat in chats.values():
            self.addCleanup(chat.close)
        endpoints = [{"id": "soc", "url": self.receiver.url}]
        for kind, chat in chats.items():
            endpoints.append({"id": kind, "url": chat.url, "format": kind})
        endpoints[-1]["routing_key_file"] = "keys/pager.key"
        self.home.configure(allow_private_hosts=["127.0.0.1"], endpoints=endpoints)
        evil = "\x1b]0;y\x07\x9b31m"
        self.receiver.plan = [(500, {"Retry-After": evil, "X-" + evil: evil}, WILD.encode()),
                              (302, {"Location": evil}, BAD_BYTES), (400, {}, BAD_BYTES),
                              (410, {}, WILD.encode())] * 2
        return chats

    def check_texts(self, where, value):
        """No text in a note to a chat has one, after its JSON is read."""
        if isinstance(value, dict):
            value = [*value.keys(), *value.values()]
        if isinstance(value, list):
            for item in value:
                self.check_texts(where, item)
        elif isinstance(value, str) and FORBIDDEN.search(value):
            self.complaints.append("%s: %r" % (where, value))

    def both(self, *args, stdin=None):
        self.ask(*args, stdin=stdin)
        return self.ask(*args, "--json", stdin=stdin)

    def test_every_word_of_every_format_and_all_that_tells_of_it(self):
        self.plant()
        chats = self.chats()
        self.both("rule", "list")
        self.both("rule", "lint")
        self.both("feed", "list")
        self.ask("scan", "--dry-run", "--verbose")
        code, out = self.ask("scan", "--json")
        self.assertIn(code, (0, 20), self.home.run("scan").stderr)
        report = json.loads(out)
        self.assertEqual({f["id"]: f["error"] or f["status"] for f in report["feeds"]},
                         {form: "updated" for form in FIXTURES})
        self.assertGreaterEqual(len(report["alerts"]), len(FIXTURES))
        self.ask("scan", "--force", "--verbose")
        self.both("feed", "status")
        self.both("deliver")
        self.both("webhook", "test")
        self.both("alert", "list")
        for kind, chat in chats.items():
            self.assertGreater(len(chat.posts), 0, kind)
            for body in chat.alerts():
                self.check_texts(kind, body)
        for alert in report["alerts"]:
            self.both("alert", "show", alert["id"])
            _, jws = self.ask("alert", "export", alert["id"], is_json=True)
            exported = self.home.base / ("%s.jws.json" % alert["feed"])
            exported.write_bytes(jws)
            self.both("verify", exported)
        named = self.home.base / ("\x1b[31m\u202e" + alert["id"] + ".jws.json")
        named.write_bytes(jws)
        self.both("verify", named)
        values = [a["address"] for a in (json.loads(p.read_text())["addresses"][0] for p in
                                         (self.home.path / "rules").iterdir())]
        self.both("check", *values)
        self.ask("check", "--explain", "--verbose", *values)
        self.ask("check", "--on", "2026-11-21", *values)
        receipt = self.home.base / "\x1b[31mreceipt"
        self.both("check", "--receipt", receipt, values[0], WILD.replace("\x00", ""))
        self.both("verify", receipt)
        self.screen(values)
        self.both("log", "verify")
        self.ask("log", "checkpoint")
        self.check_complaints()

    def screen(self, values):
        text = "".join("%s%s%s %s\n" % (WILD, value, WILD, value) for value in values).encode()
        text += BAD_BYTES + values[0].encode() + BAD_BYTES + b"\n"
        named = os.fsencode(self.home.base) + b"/\x1b[31m\xe2\x80\xae" + BAD_BYTES
        for name in (os.fsencode(self.home.base / "plain"), named):
            with open(name, "wb") as file:
                file.write(text)
            for options in ((), ("--context", "line"), ("--count",), ("--nested",)):
                code, _ = self.both("screen", *options, os.fsdecode(name))
                self.assertEqual(code, 10)
            self.ask("screen", "--receipt", os.fsdecode(name) + "-r", os.fsdecode(name))
            self.both("verify", os.fsdecode(name) + "-r")
        self.both("screen", "--context", "line", stdin=text)
        self.both("screen", os.fsdecode(named) + "missing")

    def listed(self, name, entries):
        """What a list of the name says from now on: (address, entry id, name, programmes)."""
        rows = [*entries, *(("0x%040x" % (0xabcd00 + i), "filler-%d" % i, "filler", "F")
                            for i in range(30))]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([("address", "entry_id", "name", "program"), *rows])
        return self.server.put("/" + name, answer(text.getvalue().encode()))

    def told(self):
        """The alerts of a scan of everything, as (list, type, address), after every form of them."""
        code, out = self.ask("scan", "--force", "--json")
        report = json.loads(out)
        self.assertEqual({f["id"]: f["error"] for f in report["feeds"] if f["error"]}, {})
        self.assertEqual(code, 0)
        for alert in report["alerts"]:
            self.both("alert", "show", alert["id"])
            _, jws = self.ask("alert", "export", alert["id"], is_json=True)
            (self.home.base / "told.jws.json").write_bytes(jws)
            self.both("verify", self.home.base / "told.jws.json")
        return sorted((a["feed"], a["type"].rsplit(".")[-1], a["subject"][-40:])
                      for a in report["alerts"])

    def test_what_changes_and_what_leaves(self):
        """A control in an entry that changed keeps nothing of its list from being told."""
        first, second = ("0x%040x" % i for i in (0xfeed01, 0xfeed02))
        self.home.rule("first", [first])
        self.home.rule("second", [second])
        rows = {"lines": ("Ev\nil", "Z"), "control": ("Ev\x01il", "Z"), "c1": ("Ev\x85il", "Z"),
                "wild": (WILD.replace("\r", ""), "Z"), "alike": ("plain", "A\x01B;A\x02B"),
                "order": ("plain", "\x01Z;A"), "long": ("\x7f" * 1000, "\x01" * 20),
                "nothing": ("", "")}
        for name, (party, programs) in rows.items():
            self.home.feed(name, self.listed(name, [(first, "1", party, programs)]), "csv")
        at = lambda what, address: [(name, what, address[2:]) for name in sorted(rows)]
        self.assertEqual(self.told(), at("listed", first))
        for name in rows:
            self.listed(name, [(first, "1", "other", "O")])
        self.assertEqual(self.told(), at("changed", first))
        for name, (party, programs) in rows.items():
            self.listed(name, [(first, "1", party, programs), (second, "2", party, programs)])
        self.assertEqual(self.told(), sorted(at("changed", first) + at("listed", second)))
        for name, (party, programs) in rows.items():
            self.listed(name, [(first, "1", party.replace("\x01", "\x02"), programs),
                               (second, "2", party, programs)])
        alike = [row for row in at("changed", first) if row[0] in ("control", "wild")]
        self.assertEqual(self.told(), alike)
        for name in rows:
            self.listed(name, [(first, "1", "third", "O")])
        self.assertEqual(self.told(), sorted(at("changed", first) + at("delisted", second)))
        self.check_complaints(0)

    def test_entry_ids_that_read_alike_are_two(self):
        address = "0x%040x" % 0xfeed03
        self.home.rule("third", [address])
        entries = [(address, "i\x01", "a", "Z"), (address, "i\x02", "b", "Z")]
        self.home.feed("ids", self.listed("ids", entries), "csv")
        self.assertEqual(len(self.told()), 2)
        self.listed("ids", [row[:2] + ("c", "Z") for row in entries])
        self.assertEqual(len(self.told()), 2)
        self.listed("ids", [])
        self.assertEqual([what for _, what, _ in self.told()], ["delisted"] * 2)
        self.check_complaints(0)

    def test_arguments(self):
        """What people paste, and what scripts pass on."""
        self.home.rule("ronin", [KNOWN])
        for evil in (WILD, os.fsdecode(BAD_BYTES)):
            self.both("address", evil, KNOWN + evil, "bc1q" + evil)
            self.both("address", "--chain", evil, KNOWN)
            self.both("address", "--compare", evil, KNOWN + evil)
            self.both("address", "-", stdin=os.fsencode(evil + "\n" + KNOWN + evil))
            batch = [json.dumps({"input": evil, "chain": evil}), json.dumps({"a": evil, "b": evil}),
                     evil, '{"%s": 1}' % evil]
            self.ask("address", "--batch", "--json", stdin=os.fsencode("\n".join(batch)))
            self.both("check", evil, "http://x/" + evil)
            self.both("check", "-", stdin=os.fsencode(evil))
            missing = str(self.home.base) + "/" + evil
            for command in (["verify"], ["log", "verify"], ["rule", "lint"], ["rule", "list"],
                            ["screen"], ["feed", "parse", "--format", "lines"], ["init"]):
                self.both(*command, missing)
            for command in (["feed", "accept"], ["alert", "show"], ["alert", "export"],
                            ["alert", "redeliver"], ["webhook", "test"], ["webhook", "enable"],
                            ["key", "revoke"], ["scan", "--feed"], ["alert", "list", "--since"],
                            ["alert", "list", "--type"], ["check", "--on"], ["feed", "parse",
                            "--format"], ["key", "show", "--role"], ["key", "show", "--format"],
                            ["key", "show", "--key"], ["screen", "--against"], ["verify", "--jwks"],
                            ["screen", "--threads"], ["log", "verify", "--vkey"], ["verify",
                            "--vkey"], ["log", "verify", "--against"], ["key", "restore"],
                            ["feed", "accept", "x"], ["address", "--mode"]):
                self.both(*command, evil, *([KNOWN] if command[0] in ("check", "address") else []))
            for command in ("scan", "check", "feed", "rule", "key", "log", "alert", "verify", "init",
                            "screen", "address", "webhook", "deliver"):
                self.ask(command, "--" + evil)
                self.ask(command, evil)
                self.ask(command, "--config", missing)
            for form in hostile_lists.GOOD:
                self.parse(form, hostile_lists.GOOD[form], {evil.replace(",", ""): evil})
            for command in (evil, "--" + evil, "--config=" + missing):
                done = subprocess.run([str(harness.PROGRAM), command], capture_output=True,
                                      env=self.home.env())
                for data in (done.stdout, done.stderr):
                    self.complaints.append(complain("first argument", data, False))
        self.complaints = [complaint for complaint in self.complaints if complaint]
        self.check_complaints()

    @unittest.skipIf(IS_SLOW, "thousands of starts")
    def test_our_own_files(self):
        """Mistakes of cases, feeds, keys and configuration are shown with what stands there."""
        good = {folder: None for folder in ("rules", "feeds")}
        self.home.rule("good", [KNOWN])
        self.home.feed("good", self.server.put("/x", answer(b"x")))
        for folder in good:
            path = self.home.path / folder / "good.json"
            whole = path.read_text()
            for evil in (json.dumps(WILD)[1:-1].encode(), WILD.encode(), BAD_BYTES):
                for place in words(whole.encode()):
                    path.write_bytes(planted(whole.encode(), [place], evil))
                    self.both("rule", "lint") if folder == "rules" else self.ask("feed", "list")
                self.ask("scan")
            path.write_text(whole)
            for name in (b"\x1b[31m\xe2\x80\xae.json", b"=" + BAD_BYTES + b".json"):
                odd = os.fsencode(self.home.path / folder) + b"/" + name
                with open(odd, "w") as file:
                    file.write(whole)
                self.both("rule", "lint")
                self.ask("scan")
                os.unlink(odd)
        whole = self.home.config.read_bytes()
        for evil in (json.dumps(WILD)[1:-1].encode(), BAD_BYTES):
            for place in words(whole):
                self.home.config.write_bytes(planted(whole, [place], evil))
                self.ask("key", "show")
                self.ask("scan", "--offline")
        self.home.config.write_bytes(whole)
        for name, text in (("x.jwks.json", {"keys": [{"kty": WILD, "kid": WILD}]}),
                           ("y.jwks.json", WILD), ("policy.json", {WILD: WILD})):
            path = self.home.path / "trust.d" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(text))
            self.both("verify", path)
            self.both("key", "show", "--format", "jwks")
        self.check_complaints()

    @unittest.skipIf(IS_SLOW, "thousands of starts")
    def test_signed_files_of_others(self):
        """Valid or not, a signature file shows nothing raw."""
        self.home.rule("ronin", [KNOWN])
        self.home.feed("list", self.server.put("/list", answer(KNOWN.encode() + b"\n")))
        _, report, _ = self.home.scan()
        alert = report["alerts"][0]["id"]
        whole = self.home.run("alert", "export", alert).stdout.encode()
        proof = self.home.run("alert", "export", alert, "--proof").stdout.encode()
        bare = json.loads(harness.unbase64url(json.loads(whole)["payload"]))
        path = self.home.base / "theirs.jws.json"
        for evil in (json.dumps(WILD)[1:-1].encode(), WILD.encode(), BAD_BYTES):
            for place in words(whole):
                path.write_bytes(planted(whole, [place], evil))
                self.both("verify", path)
            for place in words(proof):
                (self.home.base / "p").write_bytes(planted(proof, [place], evil))
                path.write_bytes(whole)
                self.ask("verify", "--proof", self.home.base / "p", path)
        path.write_text(json.dumps(bare).replace("Example theft", json.dumps(WILD)[1:-1]))
        self.both("verify", path)
        log = self.home.path / "state/log"
        checkpoint = (log / "checkpoint").read_bytes()
        for place in words(checkpoint):
            for evil in (WILD.encode(), BAD_BYTES):
                (log / "checkpoint").write_bytes(planted(checkpoint, [place], evil))
                self.both("log", "verify", log)
                self.ask("log", "checkpoint")
        self.check_complaints(0)  # what is not valid is not shown at all

    def test_answers_of_servers(self):
        evil = WILD.replace("\r", "").encode()
        plain = answer(KNOWN.encode() + b"\n")
        head = lambda line: plain.replace(b"\r\n", b"\r\n" + line + b"\r\n", 1)
        moved = lambda to: b"HTTP/1.1 302 " + evil + b"\r\nLocation: " + to + b"\r\n\r\n"
        answers = {
            "reason": plain.replace(b"Word", evil), "etag": head(b'ETag: "' + evil + b'"'),
            "type": head(b"Content-Type: " + evil), "name": head(b"X-" + evil + b": y"),
            "modified": head(b"Last-Modified: " + evil), "coding": head(b"Content-Encoding: " + evil),
            "transfer": head(b"Transfer-Encoding: " + evil), "length": head(b"Content-Length: " + evil),
            "bad-etag": head(b'ETag: "' + BAD_BYTES + b'"'), "protocol": evil + plain,
            "moved": moved(evil), "moved-host": moved(b"http://" + evil + b"/"),
            "moved-path": moved(b"http://127.0.0.1/" + evil), "moved-bytes": moved(b"/" + BAD_BYTES),
            "retry": answer(b"", 503, "Retry-After: x").replace(b"x", evil),
            "page": answer(evil, 500), "body": answer(evil), "bytes": answer(BAD_BYTES),
            "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + evil + b"\r\n",
        }
        for name, what in answers.items():
            self.home.feed(name, self.server.put("/" + name, what), timeout="5s")
        for _ in range(2):
            self.both("scan", "--force", "--verbose")
            self.both("feed", "status")
        self.home.feed("file", "file:///nonexistent/" + MILD)
        self.ask("scan", "--feed", "file")
        self.both("feed", "status")
        for record in (self.home.path / "state/snapshots").glob("*.json"):
            self.complaints += filter(None, [complain(record.name, record.read_bytes(), True)])
        self.check_complaints()


if __name__ == "__main__":
    harness.main()
