"""Files of the state that a scan of this user cannot write, most often because root has run a command once:
doctor names each, and what it says to type, typed by root where that is needed, lets the next scan end well.

The program runs as another user than root here, in a home that root damages.
"""
import json
import os
import shutil
import subprocess
import sys

import doctor_case
import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
NOBODY = 65534


class Home(doctor_case.Findings):
    def setUp(self):
        self.home = harness.Home(name="it's a home")
        self.addCleanup(self.home.close)
        self.state = self.home.path / "state"
        self.list = self.home.base / "list"
        self.list.write_text(LISTED + "\n")
        self.home.feed("list", "file:%s" % self.list)
        self.home.rule("case", [LISTED])

    user = None

    def run_as(self, *words):
        return subprocess.run(self.home.command(*words), capture_output=True, text=True, env=self.home.env(),
                              timeout=120, **({} if self.user is None else
                                              {"user": self.user, "group": self.user, "extra_groups": []}))

    def scan(self, expected=0):
        done = self.run_as("scan", "--force")
        self.assertEqual(done.returncode, expected, done.stderr)
        return done.stderr

    def news(self):
        """Something to be signed, logged and indexed."""
        self.list.write_text(LISTED + "\n" + OTHER + "\n")

    def look(self, *groups):
        done = self.run_as("doctor", "--json", *groups)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def shell(self, finding, editor="true"):
        env = dict(self.home.env(), EDITOR=editor,
                   PATH="%s:%s" % (harness.PROGRAM.resolve().parent, os.environ["PATH"]))
        done = subprocess.run(["sh", "-c", finding["command"]], env=env, capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, (finding["command"], done.stderr))

    def mended(self, name, path, code, fails, gets=0):
        """Doctor names the path; a scan fails so; the command is typed; a scan ends so, and all is well."""
        self.news()
        found, finding = self.bad(name)
        self.assertEqual((found, finding["state"]), (code, "error"), finding)
        self.assertIn(str(path), finding["text"])
        self.assertEqual(self.look()[0], code)
        said = self.scan(fails)
        _, finding = self.bad(name)
        self.shell(finding)
        self.scan(gets)
        code, findings = self.look("state", "index", "config")
        self.assertEqual((code, [f for f in findings if f["state"] != "ok"]), (0, []))
        return said


class OfAnother(Home):
    def setUp(self):
        if os.getuid() != 0:
            self.skipTest("root alone can be somebody else for a while")
        super().setUp()
        for path in [self.home.base, *self.home.base.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        self.user = NOBODY
        try:
            self.run_as("--version")
        except PermissionError as error:
            self.skipTest("another user may not run this program here: %s" % error)
        self.scan()
        self.assertEqual(self.look()[0], 0)

    def take(self, path, mode):
        os.chown(path, 0, 0)
        path.chmod(mode)

    def test_the_lock(self):
        self.take(self.state / "lock", 0o600)
        self.mended("state.access", self.state / "lock", 77, 74)

    def test_the_database(self):
        for mode in (0o600, 0o644):
            self.take(self.state / "state.db", mode)
            if mode == 0o600:
                self.assertRegex(self.bad("database.open")[1]["command"], "^chown ")
            self.assertIn("state.db: ", self.mended("state.access", self.state / "state.db", 77, 77))

    def test_what_a_killed_run_of_root_left_beside_the_database(self):
        for name in ("state.db-wal", "state.db-shm"):
            for other in ("state.db-wal", "state.db-shm"):
                (self.state / other).unlink(missing_ok=True)
            (self.state / name).write_bytes(b"")
            self.take(self.state / name, 0o600)
            said = self.mended("state.access", self.state / name, 77, 77)
            self.assertIn("%s: cannot be opened: Permission denied: `cryptowatch doctor state --config " %
                          (self.state / name), said)

    def test_the_log_of_the_database_holds_what_cannot_be_read(self):
        (self.state / "state.db-wal").write_bytes(b"x" * 4096)
        self.take(self.state / "state.db-wal", 0o600)
        done = self.run_as("feed", "status")
        self.assertEqual(done.returncode, 77)
        self.assertIn("state.db-wal: cannot be opened: Permission denied", done.stderr)

    def test_the_snapshots(self):
        self.take(self.state / "snapshots", 0o755)
        self.mended("state.access", self.state / "snapshots", 77, 20)
        self.take(self.state / "snapshots", 0o700)
        code, finding = self.bad("snapshots")
        self.assertEqual(code, 77)
        self.assertEqual(finding["command"], self.bad("state.access")[1]["command"])

    def test_the_index(self):
        self.take(self.state / "index", 0o755)
        self.mended("state.access", self.state / "index", 77, 77)
        self.take(self.state / "index", 0o700)
        self.assertRegex(self.bad("index.whole")[1]["command"], "^chown ")

    def test_the_transparency_log(self):
        self.take(self.state / "log", 0o755)
        self.mended("state.access", self.state / "log", 77, 20)

    def test_a_folder_deep_in_the_transparency_log(self):
        folders = [path for path in (self.state / "log" / "tile").rglob("*") if path.is_dir()]
        self.assertGreaterEqual(len(folders), 4)
        for folder in folders:
            self.take(folder, 0o755)
            code, finding = self.bad("state.access")
            self.assertEqual(code, 77)
            self.assertIn("%s: " % folder, finding["text"])
            self.shell(finding)
            self.assertEqual(self.look("state")[0], 0)
        self.take(max(folders), 0o755)
        self.mended("state.access", max(folders), 77, 20)

    def test_a_log_that_cannot_be_read_is_not_a_log_that_was_lost(self):
        self.take(self.state / "log" / "tile", 0o700)
        _, finding = self.bad("log.whole")
        self.assertRegex(finding["command"], "^chown -R ")
        self.assertNotIn("backup", finding["text"])
        self.shell(finding)
        self.assertEqual(self.look("log")[0], 0)

    def test_all_of_it(self):
        self.take(self.state, 0o755)
        code, finding = self.bad("state.folder")
        self.assertEqual(code, 77)
        self.assertEqual(self.bad("state.room")[1]["command"], finding["command"])
        self.assertNotIn("state.access", [f["name"] for f in self.look("state")[1]])
        self.shell(finding)
        self.news()
        self.state.chmod(0o700)
        self.scan()
        self.assertEqual(self.look("state")[0], 0)

    def test_the_folder_of_the_metrics(self):
        folder = self.home.base / "node's exporter"
        folder.mkdir()
        self.home.configure(metrics_file=str(folder / "x.prom"))
        self.mended("config.metrics", folder / "x.prom", 77, 20)
        shutil.rmtree(folder)
        self.mended("config.metrics", folder / "x.prom", 78, 20)
        self.assertEqual(folder.stat().st_uid, NOBODY)

    def test_the_published_keys_are_given_back_and_not_put_aside(self):
        path = self.home.path / "keys" / "keys.jwks.json"
        before = path.read_text()
        self.take(path, 0o600)
        code, finding = self.bad("keys.published")
        self.assertEqual(code, 77)
        self.shell(finding)
        self.scan()
        self.assertEqual(path.read_text(), before)

    def test_a_list_file_is_given_back(self):
        self.take(self.home.path / "feeds" / "list.json", 0o600)
        self.shell(self.bad("config.feeds")[1])
        self.assertEqual(self.look("config")[0], 0)


class OfTheWrongKind(Home):
    """What is no folder, or no file, ends a scan with 74 or 20, never with 64, which is for what was typed."""

    def setUp(self):
        super().setUp()
        self.scan()

    def put_file(self, path):
        shutil.rmtree(path)
        path.write_text("x")

    def test_the_lock_is_a_folder_or_a_link(self):
        path = self.state / "lock"
        path.unlink()
        path.mkdir()
        self.mended("state.access", path, 74, 74)
        path.unlink()
        path.symlink_to("elsewhere")
        (self.state / "lock.away").rmdir()
        self.mended("state.access", path, 74, 74)

    def test_the_snapshots_are_a_file(self):
        self.put_file(self.state / "snapshots")
        code, finding = self.bad("snapshots")
        self.assertEqual((code, finding["command"]), (74, self.bad("state.access")[1]["command"]))
        self.assertIn("snapshots: is not a folder", self.mended("state.access", self.state / "snapshots", 74, 74))

    def test_the_index_is_a_file(self):
        self.put_file(self.state / "index")
        code, finding = self.bad("index.whole")
        self.assertEqual((code, finding["command"]), (74, self.bad("state.access")[1]["command"]))
        self.assertIn("index: is not a folder", self.mended("state.access", self.state / "index", 74, 74))

    def test_the_log_is_a_file(self):
        self.put_file(self.state / "log")
        code, finding = self.bad("state.access")
        self.assertEqual(code, 74)
        self.assertIn("%s: is not a folder" % (self.state / "log"), finding["text"])

    def test_the_state_is_a_file(self):
        self.put_file(self.state)
        code, finding = self.bad("state.folder")
        self.assertEqual(code, 74)
        self.assertIn("state: is not a folder", self.scan(74))
        self.shell(finding)
        self.scan()

    def test_a_home_is_not_made_in_a_file(self):
        done = subprocess.run([harness.PROGRAM, "init", self.list], capture_output=True, text=True)
        self.assertEqual(done.returncode, 73)
        self.assertIn("%s: is not a folder" % self.list, done.stderr)

    def test_the_folder_of_the_metrics_is_missing_or_a_file(self):
        folder = self.home.base / "not" / "there's"
        self.home.configure(metrics_file=str(folder / "x.prom"))
        self.mended("config.metrics", folder / "x.prom", 78, 20)
        self.put_file(folder)
        self.mended("config.metrics", folder / "x.prom", 78, 20)
        (folder / "x.prom").unlink()
        (folder / "x.prom").mkdir()
        self.assertRegex(self.bad("config.metrics")[1]["command"], "EDITOR.* '.*cryptowatch.json'$")

    def test_a_key_that_is_none(self):
        path = self.home.path / "keys" / "alert.pem"
        path.write_text("garbage")
        code, finding = self.bad("keys.alert")
        self.assertEqual((code, finding["state"]), (78, "error"))
        self.assertIn("key restore FILE", finding["text"])
        self.shell(finding)
        self.scan()
        self.assertEqual(self.look("keys")[0], 0)
        self.assertEqual(path.with_suffix(".pem.damaged").read_text(), "garbage")

    def test_a_key_that_is_none_and_has_a_backup(self):
        path = self.home.path / "keys" / "alert.pem"
        done = subprocess.run(self.home.command("key", "backup", path.with_suffix(".key.json"),
                                                "--passphrase-fd", "0"), input="correct horse battery\n",
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        path.write_text("garbage")
        self.assertIn(" && cryptowatch key restore '", self.bad("keys.alert")[1]["command"])


class Authority(Home):
    """A `ca_file` that is not there: the one who reads it is sent to that file, and not to the clock."""

    def editor(self):
        script = self.home.base / "edit"
        script.write_text("#!/bin/sh\nexec python3 - \"$1\" <<'E'\nimport json, sys\n"
                          "text = json.load(open(sys.argv[1]))\n"
                          "for one in [text] + text.get('endpoints', []):\n    one.pop('ca_file', None)\n"
                          "json.dump(text, open(sys.argv[1], 'w'))\nE\n")
        script.chmod(0o755)
        return str(script)

    def test_of_a_feed(self):
        path = self.home.base / "it's gone.pem"
        self.home.feed("list", "https://127.0.0.1:1/x", ca_file=str(path))
        code, finding = self.bad("config.feeds")
        self.assertEqual((code, finding["state"]), (78, "error"))
        self.assertIn("ca_file: %s" % path, finding["text"])
        self.scan(20)
        said = self.run_as("feed", "status").stdout
        self.assertIn('"ca_file" names there', said)
        self.assertIn("authority (%s)" % path, said)
        self.assertNotIn("system's certificate store", said)
        self.shell(finding, self.editor())
        self.assertEqual(self.look("config")[0], 0)

    def test_of_an_endpoint(self):
        path = self.home.base / "gone.pem"
        self.home.configure(endpoints=[{"id": "soc", "url": "https://127.0.0.1:1/x", "ca_file": str(path)}])
        code, finding = self.bad("keys.endpoints")
        self.assertEqual((code, finding["state"]), (78, "error"))
        self.shell(finding, self.editor())
        self.assertEqual(self.look("keys")[1][-1]["state"], "ok")


if __name__ == "__main__":
    sys.exit(harness.main())
