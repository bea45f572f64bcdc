"""Receipts and countersignatures through the programs: what was asked can be proven, and what a
partner adds is counted by the policy."""
import base64
import gzip
import hashlib
import json
import os
import resource
import signal
import subprocess
import unittest

import jsonschema

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
CLEAR = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
KEY1_P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
KEY1_P2WPKH = CLEAR  # of the same key: related where the other is listed
SECRET = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
SCHEMA = json.loads((harness.ROOT / "docs/schemas/receipt-1.schema.json").read_text())
POLICY = json.loads((harness.ROOT / "docs/schemas/policy.schema.json").read_text())
ALERTS = harness.ROOT / "tests/fixtures/alert"
# of the worked example, where it lies as a seed
PROOF = harness.ROOT / "tests/fuzz/corpus/log_proof/alert"
LOG = "scanner.agency.example/cryptowatch/log1+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB"
WITNESS = "partner.agency.example/witness+486869b7+BPXCpZMQMt99ZOFM1E1hSrN6fSCVtidY+uyOgEdGE55C"


class Receipts(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.rule("ronin", [OTHER])
        self.list = ("%s\n" % RONIN).encode()
        self.home.feed("example", self.lists.put("/list.txt", self.list))
        self.assertEqual(self.home.scan()[0], 0)
        self.file = self.home.base / "receipt.jws.json"

    def body(self):
        receipt = json.loads(harness.unbase64url(json.loads(self.file.read_text())["payload"]))
        jsonschema.validate(receipt, SCHEMA)
        return receipt

    def ask(self, *args, stdin=None):
        self.file.unlink(missing_ok=True)
        return self.home.run("check", "--quiet", "--receipt", str(self.file), *args, stdin=stdin)

    def verify(self, *args):
        done = self.home.run("verify", "--json", *args, str(self.file))
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def test_a_no_can_be_proven_and_examined_again(self):
        done = self.ask(CLEAR)
        self.assertEqual(done.returncode, 0, done.stderr)
        receipt = self.body()
        (answer,) = receipt["answers"]
        self.assertEqual(answer["verdict"], "clear")
        self.assertEqual(answer["input"], {"bytes": len(CLEAR), "text": CLEAR, "sha256":
                                           hashlib.sha256(CLEAR.encode()).hexdigest()})
        (feed,) = receipt["data"]["feeds"]
        self.assertEqual(feed["snapshot_sha256"], hashlib.sha256(self.list).hexdigest())
        # again, from the very bytes that the receipt names
        stored = self.home.path / "state/snapshots" / feed["snapshot_sha256"]
        self.assertEqual(hashlib.sha256(stored.read_bytes()).hexdigest(), feed["snapshot_sha256"])
        parsed = self.home.run("feed", "parse", "--json", "--format", "lines", str(stored))
        found = [json.loads(line)["canonical"] for line in parsed.stdout.splitlines()]
        self.assertNotIn(answer["canonical"], found)
        rule = (self.home.path / "rules/ronin.json").read_bytes()
        self.assertEqual(receipt["rules"]["cases"],
                         [{"id": "ronin", "sha256": hashlib.sha256(rule).hexdigest()}])
        code, found = self.verify()
        self.assertEqual((code, found["kind"], found["result"]), (0, "receipt", "valid"))
        self.assertEqual(found["receipt"], receipt)
        self.assertIn("signatures", found["checked"])
        self.assertIn("transparency log proof", found["not_checked"])
        words = self.home.run("verify", str(self.file))
        self.assertIn("clear for 1 address, generation 1, 1 of 1 lists fresh", words.stdout)
        self.assertIn("proves that its issuer gave this answer", words.stdout)
        # with nothing but the published set, and by OpenSSL
        jwks = self.home.path / "keys/keys.jwks.json"
        self.assertEqual(self.verify("--jwks", str(jwks))[0], 0)
        jws = json.loads(self.file.read_text())
        self.assertTrue(harness.openssl_accepts(
            self.home, jws["signatures"][0]["protected"], jws["payload"],
            jws["signatures"][0]["signature"]))

    def test_every_verdict_has_its_receipt_and_its_exit_code(self):
        for text, code, verdict in ((CLEAR, 0, "clear"), (RONIN, 10, "listed"),
                                    ("nonsense", 20, "cannot-say")):
            self.assertEqual(self.ask(text).returncode, code)
            self.assertEqual(self.body()["answers"][0]["verdict"], verdict)
            self.assertEqual(self.verify()[0], 0)
        done = self.ask(CLEAR, RONIN, "nonsense")
        self.assertEqual(done.returncode, 10)
        self.assertEqual([a["verdict"] for a in self.body()["answers"]],
                         ["clear", "listed", "cannot-say"])
        (match,) = self.body()["answers"][1]["matches"]
        self.assertEqual((match["source"], match["active"]),
                         ({"id": "example", "kind": "feed"}, True))

    def test_what_must_not_be_shown_is_not(self):
        self.assertEqual(self.ask("--hashed", CLEAR).returncode, 0)
        self.assertEqual(self.body()["answers"][0]["input"],
                         {"bytes": len(CLEAR),
                          "sha256": hashlib.sha256(CLEAR.encode()).hexdigest()})
        self.assertNotIn("canonical", self.body()["answers"][0])
        # the list's own spelling, the entry and the reasons would give it away as well
        for text in (RONIN, RONIN.lower(), RONIN[:-1] + "7", "nonsense-word"):
            self.assertIn(self.ask("--hashed", text).returncode, (10, 20))
            for secret in (RONIN, RONIN.lower(), RONIN[2:20], "nonsense-word"):
                self.assertNotIn(secret.lower(), json.dumps(self.body()).lower(), text)
        self.assertEqual(self.ask(SECRET).returncode, 20)
        self.assertEqual(self.body()["answers"][0]["input"], {"withheld": True})
        self.assertNotIn(hashlib.sha256(SECRET.encode()).hexdigest(), json.dumps(self.body()))
        self.assertEqual(self.home.run("check", "--hashed", CLEAR).returncode, 64)
        past = self.home.run("check", "--on", "2026-01-02", "--receipt", str(self.file), CLEAR)
        self.assertEqual(past.returncode, 64)
        self.assertIn("not with --on", past.stderr)

    def test_without_a_receipt_there_is_no_answer(self):
        self.assertEqual(self.ask(CLEAR).returncode, 0)
        before = self.file.read_bytes()
        done = self.home.run("check", "--receipt", str(self.file), CLEAR)
        self.assertEqual(done.returncode, 73)  # evidence is never overwritten
        self.assertEqual(self.file.read_bytes(), before)
        done = self.home.run("check", "--receipt", str(self.home.base / "no/such/folder"), CLEAR)
        self.assertEqual(done.returncode, 73)
        done = self.ask("-", stdin="".join(CLEAR + "\n" for _ in range(201)))
        self.assertEqual(done.returncode, 20)
        self.assertFalse(self.file.exists())
        done = self.ask("-", stdin="".join(CLEAR + "\n" for _ in range(200)))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.body()["answers"]), 200)
        (self.home.path / "keys/alert.pem").chmod(0o644)
        self.assertEqual(self.ask(CLEAR).returncode, 77)
        self.assertFalse(self.file.exists())

    def test_a_changed_receipt_is_refused(self):
        self.ask(CLEAR)
        jws = json.loads(self.file.read_text())
        body = harness.unbase64url(jws["payload"]).replace(b'"clear"', b'"maybe"')
        jws["payload"] = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
        self.file.write_text(json.dumps(jws, separators=(",", ":")))
        code, found = self.verify()
        self.assertEqual((code, found["receipt"], found["checked"]), (1, None, []))


class Screened(harness.Case):
    """Receipts of `screen`: which bytes were read, and what was found in them."""

    def setUp(self):
        super().setUp()
        self.home.rule("other", [OTHER])
        self.home.feed("example", self.lists.put("/list.txt", RONIN + "\n" + KEY1_P2PKH + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        self.file = self.home.base / "receipt.jws.json"

    def put(self, name, content):
        path = self.home.base / name
        path.write_bytes(content)
        return path

    def screen(self, *args, stdin=b"", **options):
        """Exit code, what was printed, and the receipt when there is one."""
        self.file.unlink(missing_ok=True)
        done = subprocess.run(self.home.command("screen", "--receipt", self.file, *args),
                              input=stdin, capture_output=True, env=self.home.env(), timeout=120,
                              **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def body(self):
        receipt = json.loads(harness.unbase64url(json.loads(self.file.read_text())["payload"]))
        jsonschema.validate(receipt, SCHEMA)
        return receipt

    def verify(self):
        done = self.home.run("verify", "--json", str(self.file))
        return done.returncode, json.loads(done.stdout)

    def leftovers(self):
        return sorted(p.name for p in self.home.base.iterdir() if "receipt" in p.name)

    def test_a_clear_names_the_bytes_that_were_read(self):
        text = b"id,to\n1,%s\n" % CLEAR.encode().replace(b"w508", b"w509")
        path = self.put("transfers.csv", text)
        code, out, words = self.screen(path)
        self.assertEqual((code, out), (0, ""), words)
        receipt = self.body()
        self.assertEqual(receipt["kind"], "screen")
        self.assertEqual(receipt["screened"], {
            "against": "all", "bytes": len(text), "every_token": False, "hits": [],
            "hits_sha256": hashlib.sha256(b"").hexdigest(), "lines": 2, "listed": 0, "related": 0,
            "verdict": "clear",
            "files": [{"bytes": len(text), "lines": 2, "listed": 0, "name": str(path),
                       "related": 0, "sha256": hashlib.sha256(text).hexdigest()}]})
        (feed,) = receipt["data"]["feeds"]
        self.assertEqual((feed["id"], feed["status"]), ("example", "fresh"))
        self.assertEqual(receipt["rules"]["cases"][0]["id"], "other")
        code, found = self.verify()
        self.assertEqual((code, found["kind"], found["receipt"]), (0, "receipt", receipt))
        words = self.home.run("verify", str(self.file)).stdout
        self.assertIn("clear for the file with SHA-256 " + hashlib.sha256(text).hexdigest(), words)
        self.assertIn("0 listed and 0 related hits", words)

    def test_what_was_found_stands_in_it_and_is_hashed_as_printed(self):
        one = self.put("one.csv", b"1,%s\n2,%s\n" % (RONIN.lower().encode(), KEY1_P2WPKH.encode()))
        two = self.put("two.csv", b"%s\n" % OTHER.encode())
        code, out, _ = self.screen("--json", one, two)
        self.assertEqual(code, 10)
        said = self.body()["screened"]
        self.assertEqual(said["hits_sha256"], hashlib.sha256(out.encode()).hexdigest())
        self.assertEqual((said["verdict"], said["listed"], said["related"]), ("listed", 2, 1))
        self.assertEqual([(f["name"], f["listed"], f["related"]) for f in said["files"]],
                         [(str(one), 1, 1), (str(two), 1, 0)])
        lines = [json.loads(line) for line in out.splitlines()]
        for hit, line in zip(said["hits"], lines, strict=True):
            self.assertEqual(said["files"][hit["file"]]["name"], line["file"])
            self.assertEqual((hit["line"], hit["offset"], hit["verdict"], hit["found"]["text"]),
                             (line["line"], line["offset"], line["verdict"], line["value"]))
            self.assertEqual(hit["match"]["source"], line["matches"][0]["source"])
        self.assertEqual(self.verify()[0], 0)
        # however it is printed, the hash is that of the same lines
        for how in ((), ("--count",), ("--quiet",), ("--context", "line"),
                    ("--json", "--context", "line"), ("--threads", "1")):
            self.assertEqual(self.screen(*how, one, two)[0], 10)
            self.assertEqual(self.body()["screened"], said, how)
        self.assertEqual(self.screen("--against", "rules", one, two)[0], 10)
        said = self.body()["screened"]
        self.assertEqual((said["against"], said["listed"], said["related"]), ("rules", 1, 0))

    def test_every_verdict_has_its_exit_code(self):
        old = "2030-01-02T03:04:05Z"
        for text, now, code, verdict in ((b"", None, 0, "clear"),
                                         (KEY1_P2WPKH.encode(), None, 11, "related"),
                                         (RONIN.encode(), None, 10, "listed"),
                                         (b"nothing", old, 20, "cannot-say"),
                                         (KEY1_P2WPKH.encode(), old, 20, "cannot-say"),
                                         (RONIN.encode(), old, 10, "listed")):
            self.home.now = now
            self.assertEqual(self.screen(self.put("x", text))[0], code, (text, now))
            self.assertEqual(self.body()["screened"]["verdict"], verdict)
            self.assertEqual(self.body()["data"]["feeds"][0]["status"],
                             "fresh" if now is None else "stale")
            self.assertEqual(self.screen("--against", "rules", self.put("x", b"none"))[0], 0)
            self.assertEqual(self.body()["screened"]["verdict"], "clear")

    def test_the_text_of_hits_has_a_limit(self):
        """CW_RECEIPT_HITS_TEXT_MAX: sixteen hits that have all of it, and a byte more."""
        kibibyte = 1024  # a sixteenth of the limit
        addresses = ["0x%040x" % (0xabcdef << 128 | i) for i in range(16)]
        key = "evm:account:" + 40 * "0"  # the entry's id too, where a list has none
        name_bytes = kibibyte - 2 * len(addresses[0]) - 2 * len(key)
        path = self.put("x", "\n".join(addresses).encode())
        for more, kept in ((0, 16), (1, 15)):
            rows = ["address,name"] + ["%s,%s" % (address, name_bytes * "n")
                                       for address in addresses]
            rows[-1] += more * "n"
            self.home.feed("names", self.lists.put("/names.csv", "\n".join(rows) + "\n"), "csv")
            self.assertEqual(self.home.scan("--force")[0], 0)
            self.assertEqual(self.screen(path)[0], 10)
            said = self.body()["screened"]
            self.assertEqual((said["listed"], len(said["hits"])), (16, kept))
            self.assertEqual(self.verify()[0], 0)

    def test_standard_input_is_a_dash_and_may_be_a_file(self):
        text = b"%s\n" % RONIN.encode()
        self.assertEqual(self.screen(stdin=text)[0], 10)
        (file,) = self.body()["screened"]["files"]
        self.assertEqual((file["name"], file["sha256"]), ("-", hashlib.sha256(text).hexdigest()))
        path = self.put("x", b"head\n" + text)
        with path.open("rb", buffering=0) as stdin:
            stdin.read(5)  # the document is what the descriptor gives, as for cat and grep
            code = subprocess.run(self.home.command("screen", "--quiet", "--receipt",
                                                    self.home.base / "receipt2", "-"),
                                  stdin=stdin, env=self.home.env()).returncode
        self.assertEqual(code, 10)
        self.file = self.home.base / "receipt2"
        self.assertEqual(self.body()["screened"]["files"], [file])

    def test_a_packed_file_is_named_by_its_stored_bytes(self):
        text = b"".join(b"%d,%d\n" % (i, i * i) for i in range(50000)) + RONIN.encode() + b"\n"
        stored = gzip.compress(text)
        code, out, _ = self.screen("--json", self.put("a.gz", stored))
        self.assertEqual(code, 10)
        (file,) = self.body()["screened"]["files"]
        self.assertEqual((file["bytes"], file["sha256"], file["lines"]),
                         (len(stored), hashlib.sha256(stored).hexdigest(), 50001))
        (hit,) = self.body()["screened"]["hits"]
        self.assertEqual((hit["line"], hit["offset"]), (50001, len(text) - 43))

    def test_a_big_file_is_hashed_as_it_is_screened(self):
        rows = [b"%d,%s" % (i, RONIN.encode() if i % 99991 == 7 else b"0x" + b"5a" * 20)
                for i in range(250000)]
        text = b"\n".join(rows)  # twelve megabytes: several parts of two
        path = self.put("big.csv", text)
        plain = subprocess.run(self.home.command("screen", "--json", path), capture_output=True,
                               env=self.home.env())
        for threads in ("1", "2", "7"):
            code, out, _ = self.screen("--json", "--threads", threads, path)
            self.assertEqual((code, out), (10, plain.stdout.decode()))
            said = self.body()["screened"]
            self.assertEqual((said["files"][0]["sha256"], said["bytes"], said["lines"]),
                             (hashlib.sha256(text).hexdigest(), len(text), len(rows) - 1))
            self.assertEqual(said["hits_sha256"], hashlib.sha256(plain.stdout).hexdigest())
        self.assertEqual(self.screen("--json", stdin=text)[0], 10)
        self.assertEqual(self.body()["screened"]["files"][0]["sha256"],
                         hashlib.sha256(text).hexdigest())

    def test_of_many_hits_the_first_of_each_verdict_are_shown(self):
        text = (KEY1_P2WPKH + "\n") * 120 + (RONIN + "\n") * 120
        self.assertEqual(self.screen("--quiet", self.put("x", text.encode()))[0], 10)
        said = self.body()["screened"]
        self.assertEqual((said["listed"], said["related"]), (120, 120))
        self.assertEqual([h["line"] for h in said["hits"]],
                         list(range(1, 51)) + list(range(121, 171)))
        self.assertEqual(self.verify()[0], 0)

    def test_hashed_names_no_file_and_no_address(self):
        text = RONIN.encode()
        self.assertEqual(self.screen("--hashed", "--quiet", self.put("secret-name", text))[0], 10)
        shown = json.dumps(self.body()).lower()
        for secret in ("secret-name", RONIN.lower(), RONIN[2:20].lower()):
            self.assertNotIn(secret, shown)
        (hit,) = self.body()["screened"]["hits"]
        self.assertEqual(hit["found"], {"bytes": 42, "sha256": hashlib.sha256(text).hexdigest()})
        self.assertEqual(self.verify()[0], 0)
        done = self.home.run("screen", "--hashed", str(self.home.base / "secret-name"))
        self.assertEqual(done.returncode, 64)

    def test_a_file_that_could_not_be_read_is_said_and_makes_no_clear(self):
        good = self.put("good", b"nothing\n")
        code, _, words = self.screen(good, self.home.base / "absent")
        self.assertEqual(code, 20, words)
        said = self.body()["screened"]
        self.assertEqual((said["verdict"], said["bytes"]), ("cannot-say", 8))
        self.assertEqual(said["files"][1], {"error": "cannot be opened: No such file or directory",
                                            "listed": 0, "related": 0,
                                            "name": str(self.home.base / "absent")})
        self.assertEqual(self.verify()[0], 0)
        cut = self.put("cut.gz", gzip.compress(os.urandom(300000))[:-5000])
        self.assertEqual(self.screen(good, cut, self.put("x", RONIN.encode()))[0], 10)
        self.assertIn("exit code 74", self.body()["screened"]["files"][1]["error"])
        # nothing was read at all: no answer, and no receipt of one
        self.assertEqual(self.screen(self.home.base / "absent", cut)[0], 74)
        self.assertEqual(self.screen(stdin=gzip.compress(b"x"))[0], 74)
        self.assertEqual(self.leftovers(), [])

    def test_without_a_receipt_there_is_no_answer(self):
        path = self.put("x", RONIN.encode())
        absent = self.home.base / "no/such/folder"
        self.assertEqual(self.screen(path)[0], 10)
        before = self.file.read_bytes()
        for place in (self.file, absent):
            done = self.home.run("screen", "--receipt", str(place), str(path))
            # known before anything was read: nothing is printed either
            self.assertEqual((done.returncode, done.stdout), (73, ""), done.stderr)
        self.assertEqual(self.file.read_bytes(), before)
        code, out, words = self.screen(*[path] * 201)
        self.assertEqual((code, out), (64, ""))
        self.assertIn("200 files", words)
        self.assertEqual(self.screen("--quiet", *[path] * 200)[0], 10)
        self.assertEqual(len(self.body()["screened"]["files"]), 200)
        (self.home.path / "keys/alert.pem").chmod(0o644)
        code, out, _ = self.screen(path)
        self.assertEqual((code, out, self.file.exists()), (77, "", False))

    def test_a_disk_that_fails_leaves_nothing_half_written(self):
        path = self.put("x", RONIN.encode())

        def small_files():  # every write beyond a hundred bytes fails
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        code, _, words = self.screen("--quiet", path, preexec_fn=small_files)
        self.assertEqual(code, 74, words)
        self.assertEqual(self.leftovers(), [])
        with open("/dev/full", "wb") as full:  # what nobody could read is not signed
            done = subprocess.run(self.home.command("screen", "--receipt", self.file, path),
                                  stdout=full, stderr=subprocess.PIPE, env=self.home.env())
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual(self.leftovers(), [])

    def test_a_changed_receipt_is_refused(self):
        self.assertEqual(self.screen(self.put("x", RONIN.encode()))[0], 10)
        whole = json.loads(self.file.read_text())
        body = harness.unbase64url(whole["payload"])
        sha256 = hashlib.sha256(RONIN.encode()).hexdigest().encode()
        for old, new in ((b'"listed":1', b'"listed":0'), (sha256, sha256[::-1]),
                         (b'"verdict":"listed"}', b'"verdict":"clear"}'),
                         (b'"hits":[{', b'"hits":[]')):
            self.assertIn(old, body)
            forged = dict(whole, payload=base64.urlsafe_b64encode(
                body.replace(old, new)).rstrip(b"=").decode())
            self.file.write_text(json.dumps(forged, separators=(",", ":")))
            code, found = self.verify()
            self.assertEqual((code, found["receipt"], found["checked"]), (1, None, []))


class Partners(harness.Case):
    """The worked example, imported by an agency that trusts two others."""

    def setUp(self):
        super().setUp()
        self.trust = self.home.path / "trust.d"
        self.alert = ALERTS / "001-listed.jws.json"
        self.both = ALERTS / "001-listed.countersigned.jws.json"
        for name in ("scanner", "partner"):
            (self.trust / (name + ".jwks.json")).write_text(
                (ALERTS / (name + ".jwks.json")).read_text())

    def verify(self, *args):
        return self.home.run("verify", *map(str, args))

    def policy(self, **members):
        jsonschema.validate(members, POLICY)
        (self.trust / "policy.json").write_text(json.dumps(members) + "\n")

    def test_the_policy_says_how_many_must_sign(self):
        for members, single, double, word in (
                ({}, 0, 0, ""), ({"signers": 1}, 0, 0, ""), ({"signers": 2}, 1, 0, "2 signers"),
                ({"signers": 3}, 1, 1, "3 signers"), ({"witnesses": 1}, 2, 2, "log proof")):
            self.policy(**members)
            for path, code in ((self.alert, single), (self.both, double)):
                done = self.verify(path)
                self.assertEqual(done.returncode, code, (members, done.stdout))
                self.assertIn(word if code else "checked: form", done.stdout)
                if code:
                    self.assertNotIn("EXAMPLE-2026-001", done.stdout)

    def test_a_policy_that_is_none_stops_verification(self):
        for text, word in (('{"signers": 0}', "signers"), ('{"signer": 1}', "signer"),
                           ("{", "policy.json"), ('{"signers": 1, "signers": 9}', "twice")):
            (self.trust / "policy.json").write_text(text)
            done = self.verify(self.alert)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(word, done.stderr)
            with self.assertRaises((jsonschema.ValidationError, ValueError, AssertionError)):
                jsonschema.validate(json.loads(text), POLICY)
                self.assertNotIn("signers\": 1, \"signers", text)
        self.policy(signers=1)
        (self.trust / "policy.json").chmod(0o666)
        self.assertEqual(self.verify(self.alert).returncode, 2)

    def test_witnesses_of_a_checked_proof_count_for_the_policy(self):
        half = self.home.base / "half.tlog-proof"
        half.write_text("\n".join(line for line in PROOF.read_text().split("\n")
                                  if not line.startswith("\u2014 partner")))
        other = self.home.base / "other.tlog-proof"
        other.write_text(PROOF.read_text().replace("SGhptwAAAABrA9Zg", "SGhptwAAAABrA9Zh"))
        for wanted, proof, keys, code, word in (
                (1, PROOF, (LOG, WITNESS), 0, "checked: form"),
                (1, PROOF, (WITNESS, LOG, WITNESS), 0, "checked: form"),
                (2, PROOF, (LOG, WITNESS, WITNESS), 1, "wants 2 witnesses, and 1 signed"),
                (1, PROOF, (LOG,), 1, "wants 1 witnesses, and 0 signed"),
                (1, half, (LOG, WITNESS), 1, "wants 1 witnesses, and 0 signed"),
                (0, half, (LOG, WITNESS), 0, "checked: form"),
                (1, other, (LOG, WITNESS), 1, "partner.agency.example/witness"),
                (1, PROOF, (WITNESS,), 2, "--vkey"),
                (0, PROOF, (), 2, "--vkey")):
            self.policy(witnesses=wanted)
            vkeys = [word for key in keys for word in ("--vkey", key)]
            done = self.verify("--proof", proof, *vkeys, self.alert)
            self.assertEqual(done.returncode, code, (wanted, keys, done.stdout))
            self.assertIn(word, done.stdout)
            if code:
                self.assertNotIn("EXAMPLE-2026-001", done.stdout)
            else:
                self.assertIn("transparency log proof", done.stdout.split("not checked")[0])
        self.policy(witnesses=1)
        self.assertEqual(self.verify("--vkey", LOG, "--vkey", WITNESS, self.alert).returncode, 2)

    def test_a_witness_saves_what_it_saw_before_the_key_was_compromised(self):
        """alerts.md section 5.3, with the cosignature of the worked example."""
        seen = 1795413600  # says the partner's cosignature
        keys = json.loads((ALERTS / "scanner.jwks.json").read_text())
        half = self.home.base / "half.tlog-proof"
        half.write_text("".join(line for line in PROOF.read_text().splitlines(True)
                                if "partner" not in line))
        both = (LOG, WITNESS)
        self.policy()
        for at, proof, vkeys, code, word in (
                (seen + 1, PROOF, both, 0, "a witness before its key was compromised"),
                (seen, PROOF, both, 1, "compromised"),
                (seen - 1, PROOF, both, 1, "compromised"),
                (seen + 1, None, both, 1, "a trusted witness cosigned before"),
                (seen + 1, PROOF, (LOG,), 1, "compromised"),
                (seen + 1, PROOF, (WITNESS,), 2, "--vkey"),
                (seen + 1, half, both, 1, "compromised"),
                (seen + 1, self.home.base / "none", both, 2, "none")):
            keys["keys"][0]["revoked"] = {"reason": "compromised", "revoked_at": at}
            (self.trust / "scanner.jwks.json").write_text(json.dumps(keys))
            args = [word for key in vkeys for word in ("--vkey", key)]
            args += ["--proof", proof] if proof else []
            done = self.verify(*args, self.alert)
            self.assertEqual(done.returncode, code, (at, done.stdout + done.stderr))
            self.assertIn(word, done.stdout)
            self.assertEqual("EXAMPLE-2026-001" in done.stdout, code == 0)
            found = json.loads(self.verify("--json", *args, self.alert).stdout)
            (signature,) = found["signatures"]
            self.assertEqual((signature["state"], signature["saved_by_log"]),
                             ("good", True) if code == 0 else
                             ("key revoked as compromised", False))
        keys["keys"][0]["revoked"]["revoked_at"] = seen + 1
        (self.trust / "scanner.jwks.json").write_text(json.dumps(keys))
        args = ("--proof", PROOF, "--vkey", LOG, "--vkey", WITNESS)
        self.assertEqual(self.verify(*args, self.alert).returncode, 0)
        self.assertEqual(self.verify(*args, ALERTS / "002-changed.jws.json").returncode, 1)
        self.assertEqual(self.verify("--countersign", "verified", *args, self.alert).returncode, 0)
        keys["keys"][0]["revoked"]["revoked_at"] = seen  # another set knows of an earlier theft
        (self.trust / "later.jwks.json").write_text(json.dumps(keys))
        self.assertEqual(self.verify(*args, self.alert).returncode, 1)

    def test_verified_is_said_of_an_alert_whose_place_in_the_log_was_checked(self):
        out = self.home.base / "verified.jws.json"
        changed = self.home.base / "changed.tlog-proof"
        changed.write_text(PROOF.read_text().replace("index 2", "index 3"))

        def countersign(*args):
            return self.home.run("verify", "--countersign", "verified", *map(str, args))

        for args, code, word in (
                ((self.alert,), 2, "--proof"),
                (("--vkey", LOG, self.alert), 2, "--proof"),
                (("--proof", PROOF, "--vkey", WITNESS, self.alert), 2, "--vkey"),
                (("--proof", changed, "--vkey", LOG, self.alert), 1, "do not lead"),
                (("--proof", self.home.base / "none", "--vkey", LOG, self.alert), 2, "none"),
                (("--proof", PROOF, "--vkey", LOG, ALERTS / "002-changed.jws.json"), 1,
                 "another alert")):
            done = countersign("--output", out, *args)
            self.assertEqual(done.returncode, code, (args, done.stderr))
            self.assertIn(word, done.stderr)
            self.assertFalse(out.exists())
        done = countersign("--output", out, "--proof", PROOF, "--vkey", LOG, self.alert)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.verify("--json", "--proof", PROOF, "--vkey", LOG, out)
        self.assertEqual(done.returncode, 0, done.stdout)
        found = json.loads(done.stdout)
        self.assertEqual([s["purpose"] for s in found["signatures"]], ["issue", "verified"])
        self.assertEqual(found["log_proof"]["result"], "valid")
        self.assertEqual(found["log_proof"]["index"], 2)

    def test_a_receipt_stands_in_no_log(self):
        self.home.feed("example", self.lists.put("/list.txt", RONIN + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        receipt = self.home.base / "receipt.jws.json"
        self.assertEqual(self.home.run("check", "--receipt", str(receipt), CLEAR).returncode, 0)
        done = self.verify("--proof", PROOF, "--vkey", LOG, receipt)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("only alerts", done.stdout)

    def test_our_own_alerts_need_no_policy(self):
        self.policy(signers=9)
        self.home.rule("ronin", [RONIN])
        self.home.feed("example", self.lists.put("/list.txt", RONIN + "\n"))
        _, report, _ = self.home.scan()
        path = self.home.base / "own.jws.json"
        path.write_text(self.home.run("alert", "export", report["alerts"][0]["id"]).stdout)
        done = self.verify(path)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("not checked: policy", done.stdout)

    def test_a_signature_of_ours_is_added_and_counted(self):
        out = self.home.base / "out.jws.json"
        done = self.home.run("verify", "--countersign", "concur", "--output", str(out),
                             str(self.alert))
        self.assertEqual(done.returncode, 0, done.stderr)
        before = json.loads(self.alert.read_text())
        after = json.loads(out.read_text())
        self.assertEqual((after["payload"], after["signatures"][:1]),
                         (before["payload"], before["signatures"]))
        self.policy(signers=2)
        self.assertEqual(self.verify(out).returncode, 0)
        again = self.home.run("verify", "--countersign", "concur", str(out))
        self.assertEqual((again.returncode, again.stdout), (65, ""))
        self.assertIn("already", again.stderr)
        # on standard output, from a detached file with its bytes beside it
        (self.home.base / "x.json").write_bytes((ALERTS / "001-listed.json").read_bytes())
        (self.home.base / "x.jws.json").write_bytes(
            (ALERTS / "001-listed.detached.jws.json").read_bytes())
        self.policy()
        self.assertEqual(self.verify(self.home.base / "x.jws.json").returncode, 0)
        done = self.home.run("verify", "--countersign", "received",
                             str(self.home.base / "x.jws.json"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("payload", json.loads(done.stdout))
        self.assertEqual(len(json.loads(done.stdout)["signatures"]), 2)

    def test_what_is_not_signed(self):
        bad = self.home.base / "bad.jws.json"
        bad.write_text(self.alert.read_text().replace('"T9rYq', '"T9rYr'))
        for args, code, word in (
                (("concur", bad), 1, "did not sign"), (("received", bad), 1, "did not sign"),
                (("verified", self.alert), 2, "log was checked"),
                (("agree", self.alert), 64, "received, verified or concur")):
            done = self.home.run("verify", "--countersign", args[0], str(args[1]))
            self.assertEqual((done.returncode, done.stdout), (code, ""), args)
            self.assertIn(word, done.stderr)
        (self.trust / "scanner.jwks.json").unlink()  # whoever issued it is a stranger now
        self.assertEqual(self.verify(self.alert).returncode, 2)
        done = self.home.run("verify", "--countersign", "concur", str(self.alert))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        done = self.home.run("verify", "--countersign", "received", str(self.alert))
        self.assertEqual((done.returncode, len(json.loads(done.stdout)["signatures"])), (0, 2))


if __name__ == "__main__":
    harness.main()
