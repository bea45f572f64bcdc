"""What an operator reads at three in the morning: what is wrong, and what to type.

Each test damages a home in one way, looks for the line that names it, and where a command can mend
it, types that command and looks again.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
GROUPS = ["config", "keys", "state", "database", "index", "snapshots", "feeds", "outbox", "log",
          "clock", "programs"]


class Shared:
    """One server of lists, one receiver and one home that has scanned and delivered, for all tests:
    each gets a copy of the home, with the times of its files, and the servers as they were."""
    lists = receiver = home = None

    @classmethod
    def open(cls):
        cls.lists = harness.ListServer()
        cls.receiver = harness.Receiver()
        cls.home = harness.Home()
        cls.home.endpoint(cls.receiver)
        cls.home.rule("case", [LISTED])
        cls.home.feed("list", cls.lists.put("/list", LISTED + "\n"))
        code, _, stderr = cls.home.scan()
        assert code == 0, stderr

    @classmethod
    def copy(cls):
        home = harness.Home.__new__(harness.Home)
        home.base = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-e2e-"))
        home.path = home.base / "home"
        home.now = None
        home.config = home.path / "cryptowatch.json"
        shutil.copytree(cls.home.path, home.path, copy_function=shutil.copy2)
        return home

    @classmethod
    def close(cls):
        cls.home.close()
        cls.receiver.close()
        cls.lists.close()


def setUpModule():
    Shared.open()


def tearDownModule():
    Shared.close()


class Doctor(unittest.TestCase):
    """A home that has scanned and delivered once, and what an operator does with it."""

    def setUp(self):
        self.lists = Shared.lists
        self.lists.documents = {}
        self.lists.put("/list", LISTED + "\n")
        self.receiver = Shared.receiver
        self.receiver.posts, self.receiver.plan = [], []
        self.home = Shared.copy()
        self.state = self.home.path / "state"

    def tearDown(self):
        self.home.close()

    def look(self, *groups):
        """(exit code, findings)"""
        done = self.home.run("doctor", "--json", *groups)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def bad(self, name, *groups):
        """(exit code, the first finding of that name that is not ok)"""
        code, findings = self.look(*groups)
        for finding in findings:
            if finding["name"] == name and finding["state"] != "ok":
                return code, finding
        self.fail("%s is ok: %s" % (name, findings))

    def assert_well(self, *groups):
        code, findings = self.look(*groups)
        self.assertEqual([f for f in findings if f["state"] != "ok"], [])
        self.assertEqual(code, 0)

    def type(self, finding, stdin=None, more=""):
        """Types the command, as it stands there, into a shell that finds this program."""
        env = dict(self.home.env(), PATH="%s:%s" % (harness.PROGRAM.resolve().parent, os.environ["PATH"]))
        return subprocess.run(["/bin/sh", "-c", finding["command"] + more], env=env, input=stdin,
                              capture_output=True, text=True, timeout=120)

    def mend(self, finding, expected=0):
        done = self.type(finding)
        self.assertEqual(done.returncode, expected, (finding["command"], done.stderr))


class OneBadFile(Doctor):
    """A slip in a feed file or a rule stops what reads them, and nothing else."""

    def test_keys_log_alerts_and_the_outbox_do_not_wait_for_it(self):
        self.home.rule("second", [LISTED])
        self.assertEqual(self.home.scan("--no-deliver")[0], 0)
        (self.home.path / "feeds" / "bad.json").write_text('{"id": "bad",\n "urll": "x"}\n')
        (self.home.path / "rules" / "bad.json").write_text("{")
        for command in (["key", "show"], ["log", "verify"], ["log", "checkpoint"],
                        ["alert", "list"], ["webhook", "test"], ["deliver"]):
            done = self.home.run(*command)
            self.assertEqual(done.returncode, 0, (command, done.stderr))
        self.assertEqual(len(self.receiver.posts), 2)  # the test event, and the alert that waited
        for command in (["scan"], ["check", LISTED]):
            done = self.home.run(*command)
            self.assertEqual(done.returncode, 78, (command, done.stderr))
            self.assertIn("bad.json:2:", done.stderr)

    def test_feed_status_shows_the_others(self):
        (self.home.path / "feeds" / "bad.json").write_text('{"id": "bad",\n "urll": "x"}\n')
        for verb in ("status", "list"):
            done = self.home.run("feed", verb)
            self.assertEqual(done.returncode, 78)
            self.assertIn("bad.json:2:", done.stderr)
            self.assertRegex(done.stdout, r"(?m)^list +(good|on) ")

    def test_a_bad_configuration_stops_them_all(self):
        self.home.configure(instanze="x")
        for command in (["key", "show"], ["log", "verify"], ["alert", "list"], ["deliver"]):
            done = self.home.run(*command)
            self.assertIn(done.returncode, (78, 2), (command, done.stderr))
            self.assertIn('did you mean "instance"?', done.stderr)


class WellAndUnchanged(Doctor):
    def test_a_good_home_is_well(self):
        code, findings = self.look()
        self.assertEqual([f for f in findings if f["state"] != "ok"], [])
        self.assertEqual(code, 0)
        named = [finding["name"].split(".")[0] for finding in findings]
        self.assertEqual(list(dict.fromkeys(named)), GROUPS)
        done = self.home.run("doctor")
        self.assertEqual(len(done.stdout.splitlines()), len(findings))
        self.assertEqual(self.home.run("doctor", "--quiet").stdout, "")

    def tree(self):
        files = {}
        for path in sorted(self.home.path.rglob("*")):
            if path.name in ("state.db-shm", "state.db-wal"):
                continue  # SQLite's own, of a reader
            body = path.read_bytes() if path.is_file() else b""
            time = path.stat().st_mtime_ns if path != self.state else 0  # by the same
            files[str(path)] = (path.stat().st_mode, time, hashlib.sha256(body).digest())
        return files

    def test_it_changes_nothing(self):
        (self.home.path / "keys" / "keys.jwks.json").unlink()
        (self.state / "index" / "current").unlink()
        (self.state / "snapshots" / "tmp.1").write_text("")
        before = self.tree()
        self.assertNotEqual(self.look()[0], 0)
        self.assertEqual(self.tree(), before)

    def test_it_runs_beside_a_scan_and_says_since_when(self):
        with open(self.state / "lock") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            code, findings = self.look("state")
        self.assertEqual(code, 0)
        lock = [f["text"] for f in findings if f["name"] == "state.lock"][0]
        self.assertRegex(lock, r"a run is going on: process %d, since 20\d\d-" % os.getpid())

    def test_one_group_is_asked_for_alone_and_a_wrong_one_named(self):
        self.assertEqual({f["name"] for f in self.look("clock", "outbox")[1]}, {"clock", "outbox"})
        done = self.home.run("doctor", "databse")
        self.assertEqual(done.returncode, 64)
        self.assertIn("no check databse", done.stderr)

    def test_what_others_wrote_reaches_no_terminal_raw(self):
        name = "x\x1b[31m\u202e.json"
        (self.home.path / "rules" / name).write_text("{")
        for option in ("--verbose", "--json"):
            done = self.home.run("doctor", option)
            self.assertEqual(done.returncode, 78)
            self.assertNotIn("\x1b", done.stdout + done.stderr)
            self.assertNotIn("\u202e", done.stdout + done.stderr)
            self.assertIn("x\\x1b[31m\\u202e.json".replace("\\", "\\\\" if option == "--json" else
                                                           "\\"), done.stdout)


class NoHome(Doctor):
    def test_no_configuration_anywhere(self):
        env = {"PATH": os.environ["PATH"]}  # and no HOME
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            env.update({name: os.environ[name]} if name in os.environ else {})
        done = subprocess.run([str(harness.PROGRAM), "doctor", "--json"], env=env,
                              capture_output=True, text=True, timeout=60)
        findings = {f["name"]: f for f in json.loads(done.stdout)}
        self.assertEqual(done.returncode, 78)
        self.assertIn("no configuration", findings["config.file"]["text"])
        self.assertIn("cryptowatch init", findings["config.file"]["command"])
        self.assertEqual(findings["outbox"]["state"], "warning")
        self.assertEqual(findings["programs.formats"]["state"], "ok")

    def test_a_configuration_that_is_not_there(self):
        self.home.config.unlink()
        code, finding = self.bad("config.file")
        self.assertEqual(code, 78)
        self.assertIn(str(self.home.config), finding["text"])

    def test_a_new_home_says_what_comes_next(self):
        shutil.rmtree(self.state)
        code, finding = self.bad("state.folder")
        self.assertEqual(code, 20)
        self.mend(finding)
        self.assert_well()


class Files(Doctor):
    def test_mistakes_are_told_by_line_and_all_else_is_looked_at(self):
        path = self.home.path / "feeds" / "bad.json"
        path.write_text('{"id": "bad",\n "urll": "x"}\n')
        (self.home.path / "rules" / "bad.json").write_text("{")
        code, finding = self.bad("config.feeds")
        self.assertEqual((code, finding["state"]), (78, "error"))
        self.assertIn("bad.json:2:", finding["text"])
        self.assertEqual(finding["command"], "${EDITOR:-vi} +2 %s" % path)
        code, findings = self.look()
        self.assertEqual({f["name"].split(".")[0] for f in findings}, set(GROUPS))
        self.assertEqual({f["name"] for f in findings if f["state"] == "error"},
                         {"config.feeds", "config.rules"})
        path.unlink()
        (self.home.path / "rules" / "bad.json").unlink()
        self.assert_well()

    def test_files_that_everybody_may_write(self):
        for path in (self.home.config, self.home.path / "rules" / "case.json",
                     self.home.path / "feeds" / "list.json"):
            path.chmod(0o666)
            name = {"cryptowatch.json": "config.file", "case.json": "config.rules",
                    "list.json": "config.feeds"}[path.name]
            code, finding = self.bad(name)
            self.assertEqual(code, 78)
            self.assertEqual(finding["command"], "chmod o-w %s" % path)
            self.mend(finding)
        self.assert_well("config")

    def test_trusted_keys(self):
        path = self.home.path / "trust.d" / "partner.jwks.json"
        path.write_text('{"keys": 3}\n')
        _, finding = self.bad("config.trust")
        self.assertIn("partner.jwks.json", finding["text"])
        shutil.copy(self.home.path / "keys" / "keys.jwks.json", path)
        path.chmod(0o646)
        _, finding = self.bad("config.trust")
        self.mend(finding)
        (path.parent / "policy.json").write_text('{"isuers": 1}\n')
        _, finding = self.bad("config.trust")
        self.assertIn("policy.json", finding["text"])
        (path.parent / "policy.json").unlink()
        self.assert_well("config")

    def test_nothing_is_watched(self):
        self.home.feed("list", "https://lists.example/list", enabled=False)
        (self.home.path / "rules" / "case.json").unlink()
        self.assertEqual(self.bad("config.feeds")[1]["state"], "error")
        self.assertEqual(self.bad("config.rules")[1]["state"], "warning")


class Keys(Doctor):
    def test_a_key_that_a_group_may_read(self):
        for role in ("alert", "delivery"):
            (self.home.path / "keys" / (role + ".pem")).chmod(0o640)
            code, finding = self.bad("keys." + role)
            self.assertEqual((code, finding["state"]), (77, "error"))
            self.mend(finding)
        (self.home.path / "keys").chmod(0o770)
        self.mend(self.bad("keys.alert")[1])
        self.assert_well("keys")

    def test_a_key_that_is_gone(self):
        (self.home.path / "keys" / "alert.pem").unlink()
        code, finding = self.bad("keys.alert")
        self.assertEqual(code, 78)
        self.assertIn("alert.pem is missing", finding["text"])
        self.mend(finding)
        _, finding = self.bad("keys.published")
        self.mend(finding)
        self.assert_well("keys")

    def test_without_the_key_of_the_log_alerts_still_go_out(self):
        (self.home.path / "keys" / "log.pem").unlink()
        code, finding = self.bad("keys.log")
        self.assertEqual((code, finding["state"]), (20, "warning"))

    def test_a_key_under_a_passphrase(self):
        keys = self.home.path / "keys"
        sealed = keys / "alert.key.json"
        done = self.home.run("key", "backup", sealed, "--passphrase-fd", "0",
                             stdin="correct horse battery\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        (keys / "alert.pem").unlink()
        _, finding = self.bad("keys.alert")
        self.assertIn("under a passphrase", finding["text"])
        sealed.rename(keys / "alert.pem")  # somebody put it where the key belongs
        _, finding = self.bad("keys.alert")
        self.assertIn("under a passphrase", finding["text"])
        done = self.type(finding, "correct horse battery\n", " --passphrase-fd 0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_well("keys")

    def test_a_set_that_is_missing_damaged_or_revokes_the_key(self):
        path = self.home.path / "keys" / "keys.jwks.json"
        path.unlink()
        self.mend(self.bad("keys.published")[1])
        self.assert_well("keys")
        path.write_text("{")
        self.mend(self.bad("keys.published")[1])
        self.mend(self.bad("keys.published")[1])
        self.assert_well("keys")
        kid = self.home.run("key", "show", "--format", "kid").stdout.strip()
        self.assertEqual(self.home.run("key", "revoke", kid).returncode, 0)
        code, finding = self.bad("keys.published")
        self.assertIn("is revoked", finding["text"])
        self.mend(finding)
        self.mend(self.bad("keys.published")[1])
        self.assert_well("keys")

    def test_a_rotation_and_an_end(self):
        end = "2028-11-10T00:00:00Z"
        self.home.now = end
        _, finding = self.bad("keys.alert", "keys")
        self.assertIn("no successor", finding["text"])
        self.mend(finding)
        text = [f["text"] for f in self.look("keys")[1] if f["name"] == "keys.alert"][0]
        self.assertRegex(text, "its successor .* from 2028-11-24")

    def test_secrets_of_endpoints(self):
        secret = self.home.path / "keys" / "soc.whsec"
        self.home.endpoint(self.receiver, whsec_file="keys/soc.whsec")
        _, finding = self.bad("keys.endpoints")
        self.assertIn("endpoint soc", finding["text"])
        secret.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
        secret.chmod(0o644)
        code, finding = self.bad("keys.endpoints")
        self.assertEqual(code, 77)
        self.mend(finding)
        self.assert_well("keys")


class State(Doctor):
    def test_a_folder_that_lets_others_in(self):
        self.state.chmod(0o755)
        code, finding = self.bad("state.folder")
        self.assertEqual((code, finding["state"]), (20, "warning"))
        self.mend(finding)
        self.assert_well("state")

    def test_what_a_killed_run_left(self):
        left = self.state / "snapshots" / "tmp.12-0"
        left.write_text("x")
        _, finding = self.bad("state.leftovers")
        self.assertIn(str(left), finding["text"])
        self.mend(finding)
        self.assertFalse(left.exists())

    def on_disk(self, options, then):
        """Doctor on a copy of the home, on a disk of its own where that can be had."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-disk-", dir=self.home.base))
        script = ("mount -t tmpfs -o %s none %s && cp -a %s/. %s && %s && exec %s doctor --json "
                  "--config %s/cryptowatch.json" % (options, place, self.home.path, place,
                                                    then % {"place": place},
                                                    harness.PROGRAM.resolve(), place))
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                               script], capture_output=True, text=True, env=self.home.env(),
                              timeout=60)
        if done.stdout == "":
            self.skipTest("no file system of our own: " + done.stderr)
        return done.returncode, {f["name"]: f for f in json.loads(done.stdout)
                                 if f["state"] != "ok"}

    def test_a_disk_that_is_full(self):
        code, found = self.on_disk("size=6m", "true")
        self.assertEqual(code, 74)
        self.assertEqual(list(found), ["state.room"])
        self.assertIn("make room", found["state.room"]["text"])

    def test_a_disk_that_is_read_only(self):
        code, found = self.on_disk("size=64m", "mount -o remount,ro %(place)s")
        self.assertEqual(code, 74)
        self.assertEqual(list(found), ["state.room"])
        self.assertIn("read-only", found["state.room"]["text"])


class Database(Doctor):
    def sql(self, *statements):
        db = sqlite3.connect(self.state / "state.db")
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    def test_it_is_gone(self):
        (self.state / "state.db").unlink()
        code, finding = self.bad("database.open")
        self.assertEqual(finding["state"], "warning")
        self.mend(finding, 20)  # the log of the lost database is not continued, and says so
        code, finding = self.bad("log.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.home.configure(log={"origin": "scanner.agency.example/cw/log2"})
        done = self.home.run("log", "checkpoint", "--new-log", "scanner.agency.example/cw/log2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_well("database", "log", "feeds", "snapshots")

    def test_it_is_no_database(self):
        (self.state / "state.db").write_bytes(b"x" * 8192)
        code, finding = self.bad("database.open")
        self.assertEqual((code, finding["state"]), (74, "error"))
        code, findings = self.look()
        self.assertEqual([f["state"] for f in findings if f["name"] in ("feeds", "outbox")],
                         ["warning", "warning"])
        self.mend(finding, 20)
        self.assertTrue((self.state / "damaged" / "state.db").exists())
        self.assert_well("database")

    def test_it_is_of_a_newer_program(self):
        self.sql("PRAGMA user_version = 99")
        code, finding = self.bad("database.open")
        self.assertEqual(code, 74)
        self.assertIn("newer", finding["text"])
        self.assertNotIn("mv", finding["command"])

    def test_a_page_is_damaged(self):
        path = self.state / "state.db"
        data = bytearray(path.read_bytes())
        at = data.find(LISTED.encode())
        page = at - at % 4096
        data[page:page + 8] = b"\xff" * 8
        path.write_bytes(data)
        code, findings = self.look("database")
        self.assertEqual(code, 74)
        bad = [f for f in findings if f["state"] == "error"]
        self.assertIn(bad[0]["name"], ("database.sound", "database.open"))
        self.mend(bad[0], 20)
        self.assert_well("database")

    def test_a_row_refers_to_nothing(self):
        self.sql("PRAGMA foreign_keys = OFF",
                 "INSERT INTO attempts VALUES (9, 99, 0, 0, '', 0, '', x'')")
        _, finding = self.bad("database.sound")
        self.assertIn("a row of attempts refers to one of outbox", finding["text"])

    def test_a_list_is_not_the_one_that_was_written(self):
        self.sql("UPDATE listings SET value = 'x'")
        code, finding = self.bad("database.lists")
        self.assertEqual(code, 74)
        self.assertIn("list list: ", finding["text"])


class Index(Doctor):
    def file(self):
        return max((p for p in (self.state / "index").iterdir() if p.name.isdigit()),
                   key=lambda p: int(p.name))

    def check(self):
        code, finding = self.bad("index.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertIn("check", finding["text"])
        self.mend(finding)
        self.assert_well("index")

    def test_a_byte_is_turned(self):
        whole = self.file().read_bytes()
        for at in (40, len(whole) // 3, len(whole) // 2, len(whole) - 2):
            data = bytearray(self.file().read_bytes())
            data[at] ^= 0x10
            self.file().write_bytes(data)
            self.check()

    def test_it_is_cut_or_of_another_kind(self):
        for data in (self.file().read_bytes()[:-5000], b"", b"x" * 100000):
            self.file().write_bytes(data)
            self.check()

    def test_it_is_gone(self):
        self.file().unlink()
        self.mend(self.bad("index.whole")[1])
        self.assert_well("index")
        (self.state / "index" / "current").unlink()
        self.mend(self.bad("index.whole")[1])
        self.assert_well("index")

    def test_its_names_are_damaged(self):
        path = self.state / "index" / "current"
        path.write_text(path.read_text().replace("list", "lost", 1))
        self.check()

    def test_a_file_was_edited_since(self):
        self.home.rule("case", [LISTED, OTHER])
        code, finding = self.bad("index.files")
        self.assertEqual((code, finding["state"]), (20, "warning"))
        self.mend(finding)
        self.assert_well("index")

    def test_an_older_database_was_put_back(self):
        old = (self.state / "state.db").read_bytes()
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.assertEqual(self.home.scan("--force")[0], 0)
        (self.state / "state.db").write_bytes(old)
        code, finding = self.bad("index.state")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertIn("was an old state.db put back?", finding["text"])
        self.assertEqual(self.bad("log.whole")[1]["state"], "error")


class Snapshots(Doctor):
    def test_a_document_is_gone_or_altered(self):
        path = next(p for p in (self.state / "snapshots").iterdir() if len(p.name) == 64)
        for damage in (path.unlink, lambda: (path.chmod(0o600), path.write_text("other"))):
            damage()
            code, finding = self.bad("snapshots")
            self.assertEqual(finding["state"], "error")
            self.assertIn("of list list", finding["text"])
            self.mend(finding)
            self.assert_well("snapshots")

    def test_evidence_is_gone(self):
        first = next(p for p in (self.state / "snapshots").iterdir() if len(p.name) == 64)
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.assertEqual(self.home.scan("--force")[0], 0)
        first.unlink()
        code, finding = self.bad("snapshots")
        self.assertEqual((code, finding["state"], finding["command"]), (20, "warning", None))


class Log(Doctor):
    def test_an_entry_was_altered(self):
        path = next(p for p in (self.state / "log" / "tile" / "entries").rglob("*") if p.is_file())
        data = bytearray(path.read_bytes())
        data[-3] ^= 1
        path.write_bytes(data)
        code, finding = self.bad("log.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertEqual(self.type(finding).returncode, 1)

    def test_the_folder_is_gone(self):
        shutil.rmtree(self.state / "log")
        self.assertEqual(self.bad("log.whole")[1]["state"], "error")

    def test_entries_wait(self):
        key = self.home.path / "keys" / "log.pem"
        key.rename(key.with_suffix(".away"))
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.home.scan("--force")
        key.with_suffix(".away").rename(key)
        code, finding = self.bad("log.published")
        self.assertEqual(code, 20)
        self.mend(finding)
        self.assert_well("log")


class Outbox(Doctor):
    def news(self, plan):
        self.receiver.plan = plan
        self.lists.put("/list", "# again\n" + LISTED + "\n")
        self.home.rule("second", [LISTED])
        self.home.scan("--force")

    def test_dead_letters(self):
        self.news([413])
        code, finding = self.bad("outbox.dead")
        self.assertEqual((code, finding["state"]), (20, "error"))
        self.assertIn("endpoint soc", finding["text"])
        self.mend(finding)
        _, finding = self.bad("outbox.waiting")
        self.mend(finding)
        self.assert_well("outbox")

    def test_a_disabled_endpoint(self):
        self.news([410])
        code, finding = self.bad("outbox.disabled")
        self.assertEqual(code, 20)
        self.assertIn("webhook enable soc", finding["command"])
        self.mend(finding)
        self.assertEqual([f for f in self.look("outbox")[1] if f["name"] == "outbox.disabled"], [])

    def test_a_receiver_that_fails(self):
        self.news([500] * 5)
        code, finding = self.bad("outbox.waiting")
        self.assertEqual((code, finding["state"]), (20, "warning"))
        self.assertIn("500", finding["text"])
        self.assertIn("next try", finding["text"])
        self.home.now = "2027-01-01T00:00:00Z"
        _, finding = self.bad("outbox.waiting", "outbox")
        self.assertIn("due", finding["text"])

    def test_an_endpoint_that_is_no_longer_configured(self):
        self.news([500] * 5)
        self.home.configure(endpoints=[])
        _, finding = self.bad("outbox.stranded")
        self.assertIn("no longer", finding["text"])


class Feeds(Doctor):
    def status(self):
        done = self.home.run("feed", "status")
        return done.returncode, done.stdout

    def test_a_failed_list(self):
        self.lists.put("/list", "gone", status=404)
        self.home.scan("--force")
        self.home.scan("--force")
        code, finding = self.bad("feeds.list")
        self.assertEqual(code, 20)
        for words in ("failed since ", "status 404", "2 attempts in a row", "1 listings in force",
                      'correct "url"'):
            self.assertIn(words, finding["text"])
        code, text = self.status()
        self.assertEqual(code, 20)
        for words in ("status 404", "2 attempts in a row", "since 20", "1 listings in force",
                      'correct "url"', "type: cryptowatch scan --feed list --force"):
            self.assertIn(words, text)
        self.lists.put("/list", LISTED + "\n")
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_server_that_turned_us_away(self):
        self.lists.put("/list", "later", status=429, headers={"Retry-After": "7200"})
        self.home.scan("--force")
        _, finding = self.bad("feeds.list")
        self.assertIsNone(finding["command"])
        self.assertIn("not asked before 20", finding["text"])
        self.assertIn("not asked before 20", self.status()[1])

    def test_a_held_list(self):
        self.home.feed("list", self.lists.put("/list", LISTED + "\n"), entries_min=1)
        self.lists.put("/list", "# nothing\n")
        self.home.scan("--force")
        code, finding = self.bad("feeds.list")
        self.assertIn("held since ", finding["text"])
        self.assertRegex(finding["command"], r"feed accept list [0-9a-f]{64}")
        code, text = self.status()
        self.assertIn("1 listings in force", text)
        self.assertRegex(text, r"look: cryptowatch feed parse --format lines '.*/[0-9a-f]{64}'")
        self.assertRegex(text, r"type: cryptowatch feed accept list [0-9a-f]{64} --config ")
        self.mend(finding)
        _, finding = self.bad("feeds.list")
        self.assertIn("it was released", finding["text"])
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_stale_list(self):
        self.home.now = "2027-01-01T00:00:00Z"
        code, finding = self.bad("feeds.list")
        self.assertIn("stale since ", finding["text"])
        self.assertIn("last seen", finding["text"])
        code, text = self.status()
        self.assertRegex(text, "(?m)^list +stale ")
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_list_that_was_never_read(self):
        self.home.feed("fresh", self.lists.put("/fresh", OTHER + "\n"))
        _, finding = self.bad("feeds.never")
        self.assertIn("fresh", finding["text"])
        self.mend(finding)
        self.assert_well("feeds")

    def test_json_of_feed_status_has_the_same(self):
        self.lists.put("/list", "gone", status=404)
        self.home.scan("--force")
        row = json.loads(self.home.run("feed", "status", "--json").stdout)
        self.assertEqual(row["status"], "failed")
        self.assertEqual(row["command"], "cryptowatch scan --feed list --force --config %s" %
                         self.home.config)
        self.assertRegex(row["since"], "^20")
        self.assertIn("1 listings in force", row["in_force"])
        self.assertIsNone(row["not_before"])


class Clock(Doctor):
    def test_before_this_program(self):
        self.home.now = "2020-01-01T00:00:00Z"
        code, finding = self.bad("clock")
        self.assertEqual((code, finding["command"]), (78, "timedatectl"))
        self.assertIn("2020-01-01", finding["text"])

    def test_before_what_was_recorded(self):
        self.home.now = "2027-05-01T00:00:00Z"
        self.home.scan("--force")
        self.home.now = None
        _, finding = self.bad("clock")
        self.assertIn("2027-05-01", finding["text"])


class Programs(Doctor):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-programs-"))
        for name in ("cryptowatch", "cryptowatch-net", "cryptowatch-parse"):
            shutil.copy2(harness.BIN / name, self.folder / name)
        self.program = harness.PROGRAM
        harness.PROGRAM = self.folder / "cryptowatch"

    def tearDown(self):
        harness.PROGRAM = self.program
        shutil.rmtree(self.folder)
        super().tearDown()

    def replace(self, name, script):
        (self.folder / name).unlink()
        (self.folder / name).write_text("#!/bin/sh\n" + script)
        (self.folder / name).chmod(0o755)

    def test_a_program_is_missing(self):
        for name in ("net", "parse"):
            (self.folder / ("cryptowatch-" + name)).unlink()
            code, finding = self.bad("programs." + name)
            self.assertEqual((code, finding["state"]), (78, "error"))
            self.assertIn("cryptowatch-%s: no such program" % name, finding["text"])

    def test_a_program_is_another_one(self):
        self.replace("cryptowatch-net", "echo cryptowatch-net 0.0.1\n")
        code, finding = self.bad("programs.net")
        self.assertEqual(code, 71)
        self.assertIn('says "cryptowatch-net 0.0.1"', finding["text"])
        self.replace("cryptowatch-parse", "while :; do echo 0123456789012345678901234567; done\n")
        _, finding = self.bad("programs.parse")
        self.assertIn("does not answer", finding["text"])

    def test_a_program_is_not_sealed(self):
        real = self.folder / "real"
        shutil.copy2(self.folder / "cryptowatch-parse", real)
        self.replace("cryptowatch-parse",
                     'if [ "$1" = --sandbox ]; then echo seccomp on; echo landlock 7; echo alive; '
                     "exit 69; fi\nexec %s \"$@\"\n" % real)
        _, finding = self.bad("programs.parse.sandbox")
        self.assertEqual(finding["state"], "error")
        self.assertIn("does not hold its sandbox", finding["text"])
        self.replace("cryptowatch-parse",
                     'if [ "$1" = --sandbox ]; then exit 69; fi\nexec %s "$@"\n' % real)
        code, finding = self.bad("programs.parse.sandbox")
        self.assertEqual(code, 77)
        self.assertIn("--no-sandbox", finding["text"])

    def test_a_format_does_not_read(self):
        real = self.folder / "real"
        shutil.copy2(self.folder / "cryptowatch-parse", real)
        self.replace("cryptowatch-parse",
                     'if [ "$1" = stix ]; then kill -SEGV $$; fi\nexec %s "$@"\n' % real)
        _, finding = self.bad("programs.formats")
        self.assertIn("format stix", finding["text"])

    def test_without_the_sandbox_it_says_so(self):
        done = self.home.run("doctor", "--no-sandbox", "programs")
        self.assertIn("without the sandbox", done.stdout)


if __name__ == "__main__":
    sys.exit(harness.main())
