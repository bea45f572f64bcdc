"""What an operator reads at three in the morning: what is wrong, and what to type.

Each test damages a home in one way, looks for the line that names it, and where a command can mend
it, types that command and looks again. Here: files, keys, the state folder, clock and programs.
"""
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import doctor_case
import harness
from doctor_case import Doctor, LISTED


def setUpModule():
    doctor_case.Shared.open()


def tearDownModule():
    doctor_case.Shared.close()


GROUPS = ["config", "keys", "state", "database", "index", "snapshots", "feeds", "outbox", "log",
          "clock", "programs"]


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
        _, finding = self.bad("keys.alert")
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
        self.folder = harness.program_folder(self)
        for name in ("cryptowatch", "cryptowatch-net", "cryptowatch-parse"):
            shutil.copy2(harness.BIN / name, self.folder / name)

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
