"""The transparency log of real scans: recomputed by other code, mirrored, tampered with, rolled back."""
import base64
import datetime
import hashlib
import json
import re
import shutil
import struct
import subprocess
import unittest

import jsonschema

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
ORIGIN = "scanner.agency.example/cw/log1"
BEGIN = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)


def hour(number):
    """So many hours after the first scan, which is a day after the keys were made."""
    return (BEGIN + datetime.timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def tree_root(leaves):
    """RFC 6962 section 2.1, as it stands there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


def other_digit(line):
    """The same line with another first digit."""
    return ("A" if line[0] != "A" else "B") + line[1:]


class Log:
    """A log folder, read without our program; small ones only."""

    def __init__(self, folder):
        self.folder = folder
        self.note = (folder / "checkpoint").read_bytes()
        self.text, _, self.signatures = self.note.partition(b"\n\n")
        self.text += b"\n"
        origin, size, root = self.text.decode().splitlines()
        self.origin, self.size, self.root = origin, int(size), base64.b64decode(root)
        self.bundle = (folder / ("tile/entries/000.p/%d" % self.size)).read_bytes()
        self.entries = []
        at = 0
        while at < len(self.bundle):
            length, = struct.unpack_from(">H", self.bundle, at)
            self.entries.append(self.bundle[at + 2:at + 2 + length])
            at += 2 + length

    def leaves(self):
        return [hashlib.sha256(b"\0" + entry).digest() for entry in self.entries]

    def values(self, kind):
        return [value for value in map(json.loads, self.entries) if value["t"] == kind]


class LogTest(harness.Case):
    def setUp(self):
        super().setUp()
        self.url = self.lists.put("/list.txt", "%s\n" % FBI)
        self.home.feed("fbi", self.url)
        self.home.rule("case-1", [FBI, RONIN])
        self.home.now = hour(0)
        self.folder = self.home.path / "state" / "log"

    def scan(self, code=0, now=None):
        if now is not None:
            self.home.now = now
        found, report, stderr = self.home.scan("--force")
        self.assertEqual(found, code, stderr)
        return report, stderr

    def verify(self, *args, code=0):
        done = self.home.run("log", "verify", "--json", *args)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def vkey(self):
        return self.home.run("key", "show", "--role", "log", "--format", "vkey").stdout.strip()

    def test_other_code_finds_the_same_root_and_openssl_the_signature(self):
        report, _ = self.scan()
        log = Log(self.folder)
        self.assertEqual(log.origin, ORIGIN)
        self.assertEqual(report["log"], {"size": log.size, "error": None})
        self.assertEqual(len(log.entries), log.size)
        self.assertEqual(tree_root(log.leaves()), log.root)
        tile = (self.folder / ("tile/0/000.p/%d" % log.size)).read_bytes()
        self.assertEqual(tile, b"".join(log.leaves()))
        line = log.signatures.decode().rstrip("\n").split(" ")
        self.assertEqual(line[:2], ["\u2014", ORIGIN])
        signature = base64.b64decode(line[2])
        work = self.home.base
        (work / "log.pem").write_text(self.home.run("key", "show", "--role", "log", "--format",
                                                    "pem").stdout)
        (work / "text").write_bytes(log.text)
        (work / "sig").write_bytes(signature[4:])
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "log.pem", "-rawin", "-in",
                   "text", "-sigfile", "sig"]
        self.assertEqual(subprocess.run(command, cwd=work, capture_output=True).returncode, 0)

    def test_entries_tell_keys_snapshot_alert_and_run(self):
        report, _ = self.scan()
        log = Log(self.folder)
        schema = json.loads((harness.ROOT / "docs/schemas/log-entry-1.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema,
                                                    format_checker=jsonschema.FormatChecker())
        for entry in log.entries:
            validator.validate(json.loads(entry))
            self.assertEqual(entry, json.dumps(json.loads(entry), sort_keys=True,
                                               separators=(",", ":")).encode())
        kinds = [json.loads(entry)["t"] for entry in log.entries]
        self.assertEqual(kinds[:3], ["key", "key", "key"])
        self.assertEqual(kinds[-1], "run")
        self.assertEqual([key["role"] for key in log.values("key")], ["alert", "log", "delivery"])
        body = self.lists.documents["/list.txt"][1]
        digest = hashlib.sha256(body).hexdigest()
        snapshot, = log.values("snapshot")
        self.assertEqual((snapshot["feed"], snapshot["sha256"], snapshot["bytes"]),
                         ("fbi", digest, len(body)))
        alert, = log.values("alert")
        run, = log.values("run")
        self.assertEqual(run["feeds"], [{"id": "fbi", "sha256": digest, "status": "ok"}])
        self.assertEqual((run["alerts"], run["at"]), (1, hour(0)))
        self.assertEqual(alert["id"], report["alerts"][0]["id"])
        headers, posted = self.receiver.posts[0]
        self.assertEqual(alert["sha256"], hashlib.sha256(posted).hexdigest())
        self.assertEqual(alert["sig"], headers["cryptowatch-jws"].split(".")[2])

    def test_silence_is_an_entry_too(self):
        self.scan()
        before = Log(self.folder).size
        self.scan(now=hour(1))
        log = Log(self.folder)
        self.assertEqual(log.size, before + 1)
        run = json.loads(log.entries[-1])
        self.assertEqual((run["t"], run["alerts"], run["feeds"][0]["status"]),
                         ("run", 0, "unchanged"))
        self.lists.put("/list.txt", b"gone", status=500)
        self.scan(code=20, now=hour(2))
        run = json.loads(Log(self.folder).entries[-1])
        self.assertEqual(run["feeds"][0]["status"], "failed")
        self.assertEqual(self.verify()["result"], "valid")

    def test_a_dry_run_writes_nothing_and_an_offline_one_asked_nobody(self):
        self.home.run("scan", "--dry-run")
        self.assertFalse(self.folder.exists())
        self.scan()
        self.home.now = hour(1)
        self.assertEqual(self.home.run("scan", "--offline").returncode, 0)
        run = json.loads(Log(self.folder).entries[-1])
        self.assertEqual((run["t"], run["feeds"]), ("run", []))

    def test_a_proof_stands_for_its_alert_and_for_no_other(self):
        self.scan()
        self.lists.put("/list.txt", "%s\n%s\n" % (FBI, RONIN))
        self.scan(now=hour(1))
        ids = [alert["id"] for alert in self.receiver.alerts()]
        files = []
        for i, alert_id in enumerate(ids):
            jws, proof = self.home.base / ("%d.jws" % i), self.home.base / ("%d.proof" % i)
            jws.write_text(self.home.run("alert", "export", alert_id).stdout)
            done = self.home.run("alert", "export", alert_id, "--proof")
            self.assertEqual(done.returncode, 0, done.stderr)
            proof.write_text(done.stdout)
            files.append((jws, proof))

        def verify(jws, proof, *more):
            done = self.home.run("verify", "--json", "--proof", proof, *more, jws)
            return done.returncode, json.loads(done.stdout)

        for jws, proof in files:
            code, found = verify(jws, proof)
            self.assertEqual((code, found["log_proof"]["result"]), (0, "valid"), found)
            self.assertEqual(found["log_proof"]["origin"], ORIGIN)
            self.assertEqual(verify(jws, proof, "--vkey", self.vkey())[0], 0)
        code, found = verify(files[0][0], files[1][1])
        self.assertEqual(code, 1)
        self.assertIn("names another alert", found["error"])
        text = files[0][1].read_text()
        lines = text.split("\n")
        altered = {
            "index": text.replace("index 3", "index 2", 1),
            "root": "\n".join(lines[:-4] + [other_digit(lines[-4])] + lines[-3:]),
            "hash": "\n".join(lines[:3] + [other_digit(lines[3])] + lines[4:]),
            "size": re.sub(r"(?m)^(%s\n)\d+$" % re.escape(ORIGIN), r"\g<1>99", text),
            "no extra": "\n".join(line for line in lines if not line.startswith("extra ")),
            "cut": text[:len(text) // 2],
            "empty": "",
        }
        for what, content in altered.items():
            self.assertNotEqual(content, text, what)
            files[0][1].write_text(content)
            code, found = verify(*files[0])
            self.assertEqual(code, 1, (what, found))
        files[0][1].write_text(text)
        other = "partner.agency.example/witness+486869b7+BPXCpZMQMt99ZOFM1E1hSrN6fSCVtidY+uyOgEdGE55C"
        code, found = verify(*files[0], "--vkey", other)
        self.assertEqual((code, found["result"]), (2, "unchecked"))
        self.assertEqual(verify(files[0][0], self.home.base / "nothing")[0], 2)
        self.assertEqual(self.home.run("alert", "export", ids[0][:-1] + "x", "--proof").returncode,
                         65)

    def test_a_flipped_bit_anywhere_in_the_log_is_found(self):
        self.scan()
        size = Log(self.folder).size
        vkey = self.vkey()
        for name in ("checkpoint", "tile/0/000.p/%d" % size, "tile/entries/000.p/%d" % size):
            path = self.folder / name
            good = path.read_bytes()
            for at in range(0, len(good), max(1, len(good) // 12)):
                path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
                done = self.home.run("log", "verify", self.folder, "--vkey", vkey)
                # an altered name or size makes a checkpoint for which there is no key
                self.assertIn(done.returncode, (1, 2) if name == "checkpoint" else (1,),
                              (name, at, done.stdout))
            path.write_bytes(good)
        self.assertEqual(self.home.run("verify", self.folder).returncode, 0)
        self.assertEqual(self.home.run("verify", "--vkey", vkey, self.folder).returncode, 0)

    def test_the_commands_of_the_document_work(self):
        document = (harness.ROOT / "docs/log.md").read_text()
        blocks = re.findall(r"(?m)(?:^    .*\n)+", document)
        self.assertEqual(len(blocks), 4)
        self.scan()
        work = self.home.base / "partner"
        work.mkdir()
        env = dict(self.home.env(), PATH="%s:/usr/bin:/bin" % harness.BIN.resolve(), LOG=str(self.folder),
                   ID=self.receiver.alerts()[0]["id"], CRYPTOWATCH_CONFIG=str(self.home.config))
        shutil.copy(self.home.path / "keys" / "keys.jwks.json", work / "scanner.jwks.json")

        def sh(block):
            script = "set -e\n" + re.sub(r"(?m)^    ", "", block)
            return subprocess.run(["sh", "-c", script], cwd=work, env=env, capture_output=True,
                                  text=True)

        for block in blocks[:3]:
            done = sh(block)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.scan(now=hour(1))
        self.assertEqual(sh(blocks[1]).returncode, 0)  # the mirror grows
        mirror = work / "mirror"
        older = work / "older"
        shutil.copytree(self.folder, older)
        self.scan(now=hour(2))
        self.assertEqual(sh(blocks[1]).returncode, 0)
        shutil.rmtree(self.folder)
        shutil.copytree(older, self.folder)
        done = sh(blocks[1])  # the partner sees what the scanner was made to forget
        self.assertEqual(done.returncode, 1)
        self.assertIn("an older copy of the log was put back", done.stdout)
        self.home.configure(log={"origin": "scanner.example/cryptowatch/log2"})
        done = sh(blocks[3])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("log-1", done.stderr)
        self.assertEqual(self.verify()["entries"]["log"], 1)
        self.assertTrue((mirror / "checkpoint").exists())

    def test_a_log_put_back_stops_no_alert_and_says_what_to_do(self):
        self.scan()
        older = self.home.base / "older"
        newer = self.home.base / "newer"
        shutil.copytree(self.folder, older)
        self.scan(now=hour(1))
        self.folder.rename(newer)
        older.rename(self.folder)
        self.lists.put("/list.txt", "%s\n%s\n" % (FBI, RONIN))
        report, _ = self.scan(code=20, now=hour(2))
        self.assertIn("an older copy was put back", report["log"]["error"])
        self.assertEqual(len(self.receiver.posts), 2)
        done = self.home.run("scan", "--force")
        self.assertEqual(done.returncode, 20)
        self.assertIn("docs/log.md", done.stderr)
        self.assertIn("older copy", self.verify(code=1)["error"])
        done = self.home.run("log", "checkpoint")
        self.assertEqual(done.returncode, 20)
        second = self.receiver.alerts()[1]["id"]
        self.assertEqual(self.home.run("alert", "export", second, "--proof").returncode, 20)
        shutil.rmtree(self.folder)
        newer.rename(self.folder)
        self.scan(now=hour(3))
        self.assertEqual(self.verify()["result"], "valid")
        self.assertEqual(self.home.run("alert", "export", second, "--proof").returncode, 0)
        done = self.home.run("log", "checkpoint", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["pending"]), (0, 0))
        self.assertEqual(json.loads(done.stdout)["checkpoint"].encode(), Log(self.folder).note)

    def test_a_missing_log_key_stops_no_alert(self):
        key = self.home.path / "keys" / "log.pem"
        away = self.home.base / "log.pem"
        key.rename(away)
        report, _ = self.scan(code=20)
        self.assertIn("key new --role log", report["log"]["error"])
        self.assertEqual(len(self.receiver.posts), 1)
        away.rename(key)
        self.scan(now=hour(1))
        log = Log(self.folder)
        self.assertEqual(len(log.values("alert")), 1)
        self.assertEqual(len(log.values("run")), 2)

    def kill_scan(self, *where):
        """Kills a scan at a system call; false when it came to its end before."""
        report = self.home.base / "killed"
        done = subprocess.run([harness.BIN / "kill_at", *map(str, where), "--report", report, "--",
                               *self.home.command("scan")], capture_output=True, text=True,
                              env=self.home.env(), timeout=120)
        if done.returncode == 69:
            self.skipTest("ptrace: " + done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        return "disturbed=1" in report.read_text().splitlines()

    def test_deliver_publishes_what_a_killed_scan_left(self):
        """Killed before each call that changes a name in the log: nothing was sent, and the next
        `deliver` publishes before it sends."""
        start = self.home.base / "start"
        shutil.copytree(self.home.path, start)
        points = 0
        while self.kill_scan("--calls", "rename,mkdir", "--under", self.folder, "--at", points + 1):
            points += 1
            self.assertEqual(self.receiver.posts, [])
            done = self.home.run("deliver", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            said = json.loads(done.stdout)
            log = Log(self.folder)
            self.assertEqual((said["sent"], said["log"]), (1, {"size": log.size, "error": None}))
            (alert,) = self.receiver.alerts()
            self.assertEqual([a["id"] for a in log.values("alert")], [alert["id"]])
            self.assertEqual(self.verify()["result"], "valid")
            self.assertEqual(self.home.run("alert", "export", alert["id"], "--proof").returncode, 0)
            # nothing waits any more, and a log that nobody asks for is not read
            shutil.move(self.folder, self.home.base / "away")
            done = self.home.run("deliver", "--json")
            self.assertEqual((done.returncode, json.loads(done.stdout)["log"]), (0, None))
            shutil.rmtree(self.home.base / "away")
            shutil.rmtree(self.home.path)
            shutil.copytree(start, self.home.path)
            self.receiver.posts.clear()
        self.assertGreaterEqual(points, 6)  # three folders, two tiles and the checkpoint

    def test_deliver_sends_though_the_log_is_not_continued(self):
        done = self.home.run("scan", "--no-deliver")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.lists.put("/list.txt", "%s\n%s\n" % (FBI, RONIN))
        self.home.now = hour(1)
        key = self.home.path / "keys" / "log.pem"
        key.rename(self.home.base / "log.pem")
        self.assertEqual(self.home.run("scan", "--no-deliver").returncode, 20)
        done = self.home.run("deliver", "--json")
        self.assertEqual((done.returncode, len(self.receiver.posts)), (20, 2))
        self.assertIn("key new --role log", json.loads(done.stdout)["log"]["error"])
        self.assertIn("key new --role log", done.stderr)
        (self.home.base / "log.pem").rename(key)
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(len(Log(self.folder).values("alert")), 2)

    def test_wrong_usage_is_said(self):
        self.scan()
        for args, code, word in (
                ((), 64, "say verify"), (("grow",), 64, "say verify"),
                (("verify", "a", "b"), 64, "one folder"),
                (("verify", "--vkey", "nonsense"), 64, "NAME+ID+KEY"),
                (("verify", "--new-log", "x"), 64, "log checkpoint"),
                (("checkpoint", "--against", "x"), 64, "log verify"),
                (("checkpoint", "--new-log", "other.example/log"), 78, "log.origin"),
                (("checkpoint", "--new-log", ORIGIN), 65, "give the new one another"),
                (("verify", str(self.home.base / "nothing"), "--vkey", self.vkey()), 2, "")):
            done = self.home.run("log", *args)
            self.assertEqual(done.returncode, code, (args, done.stdout, done.stderr))
            self.assertIn(word, done.stderr)
        many = ["--vkey", self.vkey()] * 17
        self.assertEqual(self.home.run("log", "verify", *many[:-2]).returncode, 0)
        self.assertEqual(self.home.run("log", "verify", *many).returncode, 64)


if __name__ == "__main__":
    harness.main()
