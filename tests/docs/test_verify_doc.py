"""docs/verify.md: each snippet takes what was really sent, and refuses it with one byte changed.

The third argument names the tools whose snippets are run: openssl, node, python. Exit 77 when node is
asked for and is not there."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import harness  # noqa: E402

TOOLS = tuple("-" + tool for tool in sys.argv[3].split(","))
SKIPPED = 77
EXAMPLE = harness.ROOT / "tests/fixtures/alert"
LOG = b"scanner.agency.example/cryptowatch/log1+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB"
WITNESS = b"partner.agency.example/witness+486869b7+BPXCpZMQMt99ZOFM1E1hSrN6fSCVtidY+uyOgEdGE55C"
WITNESSED_AT = 1795413600
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
SNIPPET = re.compile(r"<!-- run: ([a-z-]+) -->\n```(\w+)\n(.*?)\n```\n", re.S)
RUNNERS = {"sh": (["sh", "-e"], "snippet.sh"), "js": (["node", "--no-warnings"], "snippet.mjs"),
           "python": (["/usr/bin/python3", "-B"], "snippet.py")}


def snippets():
    text = (harness.ROOT / "docs/verify.md").read_text()
    return {name: (language, code) for name, language, code in SNIPPET.findall(text)}


def other(data, at):
    """One byte by another of the same alphabet."""
    return data[:at] + (b"B" if data[at:at + 1] == b"A" else b"A") + data[at + 1:]


class VerifyDocument(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.feed("fbi", self.lists.put("/list.txt", "%s\n" % FBI))
        self.home.rule("example", [FBI])
        code, _, stderr = self.home.scan()
        self.assertEqual(code, 0, stderr)
        self.folder = self.home.base / "partner"
        self.folder.mkdir()
        headers, body = self.receiver.posts[0]
        self.put("body", body)
        self.put("headers", "".join("%s: %s\n" % one for one in headers.items()).encode())
        self.put("alert.jws.json",
                 self.home.run("alert", "export", headers["webhook-id"]).stdout.encode())
        self.put("scanner.jwks.json", self.home.run("key", "show", "--format", "jwks")
                 .stdout.encode())
        self.put("alert.pem", self.home.run("key", "show", "--format", "pem").stdout.encode())
        self.put("delivery.pem", self.home.run("key", "show", "--role", "delivery", "--format",
                                               "pem").stdout.encode())

    def put(self, name, data):
        (self.folder / name).write_bytes(data)

    def read(self, name):
        return (self.folder / name).read_bytes()

    def run_snippet(self, name):
        language, code = snippets()[name]
        command, file = RUNNERS[language]
        (self.folder / file).write_text(code + "\n")
        path = "%s:%s" % (harness.BIN.resolve(), os.environ["PATH"])
        return subprocess.run(command + [file], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, PATH=path), timeout=60)

    def each(self, prefix):
        found = [name for name in snippets() if name.startswith(prefix)]
        self.assertEqual(len(found), 3, "one for OpenSSL, Node and Python each")
        return [name for name in found if name.endswith(TOOLS)]

    def refuses(self, name, file, changed, what):
        good = self.read(file)
        self.assertNotEqual(good, changed, what)
        self.put(file, changed)
        done = self.run_snippet(name)
        self.put(file, good)
        self.assertNotEqual(done.returncode, 0, "%s took %s" % (name, what))

    def test_an_alert_is_taken_and_a_changed_one_refused(self):
        jws = self.read("alert.jws.json")
        for name in self.each("alert-"):
            done = self.run_snippet(name)
            self.assertEqual(done.returncode, 0, "%s: %s" % (name, done.stderr))
            for member in (b'"payload":"', b'"protected":"', b'"signature":"'):
                at = jws.index(member) + len(member) + 30
                self.refuses(name, "alert.jws.json", other(jws, at), "another " + member.decode())

    def test_an_alert_of_another_scanner_or_time_is_refused(self):
        keys = json.loads(self.read("scanner.jwks.json"))
        strange = json.dumps(dict(keys, sources=["https://other.example/"])).encode()
        late = json.dumps(dict(keys, keys=[dict(key, nbf=4000000000, exp=5000000000)
                                           for key in keys["keys"]])).encode()
        for name in self.each("alert-"):
            if name.endswith("-openssl"):
                continue  # it is given a key, and knows no set
            self.refuses(name, "scanner.jwks.json", strange, "an alert of another source")
            self.refuses(name, "scanner.jwks.json", late, "a key that was not good yet")

    @unittest.skipUnless("-openssl" in TOOLS, "needs none of these tools")
    def test_a_witness_saves_an_alert_of_a_compromised_key(self):
        """With the worked example: our own log has no witness."""
        keys = json.loads((EXAMPLE / "scanner.jwks.json").read_text())
        keys["keys"][0]["revoked"] = {"reason": "compromised", "revoked_at": WITNESSED_AT + 1}
        self.put("scanner.jwks.json", json.dumps(keys).encode())
        self.put("alert.jws.json", (EXAMPLE / "001-listed.jws.json").read_bytes())
        self.put("alert.tlog-proof",
                 (harness.ROOT / "tests/fuzz/corpus/log_proof/alert").read_bytes())
        self.put("log.vkey", LOG)
        self.put("witness.vkey", WITNESS)
        done = self.run_snippet("witnessed")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.refuses("witnessed", "witness.vkey", LOG, "no witness")
        keys["keys"][0]["revoked"]["revoked_at"] -= 1
        self.refuses("witnessed", "scanner.jwks.json", json.dumps(keys).encode(), "a later look")

    def test_a_delivery_is_taken_and_a_changed_one_refused(self):
        headers, body = self.read("headers"), self.read("body")
        sent_at = int(re.search(rb"webhook-timestamp: (\d+)", headers).group(1))
        for name in self.each("delivery-"):
            done = self.run_snippet(name)
            self.assertEqual(done.returncode, 0, "%s: %s" % (name, done.stderr))
            self.refuses(name, "body", other(body, 100), "another body")
            self.refuses(name, "body", body + b"\n", "a longer body")
            signature = headers.index(b"v1a,") + 20
            self.refuses(name, "headers", other(headers, signature), "another signature")
            at = headers.index(b"webhook-id: ") + len(b"webhook-id: ")
            self.refuses(name, "headers", other(headers, at), "another id")
            for moved in (sent_at + 1, sent_at - 3600):
                self.refuses(name, "headers", headers.replace(b"%d" % sent_at, b"%d" % moved),
                             "another time")


if __name__ == "__main__":
    if "-node" in TOOLS and shutil.which("node") is None:
        print("skipped: there is no node", file=sys.stderr)
        sys.exit(SKIPPED)
    harness.main()
