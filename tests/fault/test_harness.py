"""The sweeps can fail: kill_at strikes where it says, and the judge names every kind of damage."""
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import ground
import judge

KILL_AT = ground.harness.BIN / "kill_at"
SKIPPED = 77
TWO_WRITES = "echo a > f; echo b >> f"


class KillAt(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def strike(self, *options, script=TWO_WRITES):
        report = self.path / "report"
        done = subprocess.run([KILL_AT, "--report", report, *map(str, options), "--", "/bin/sh",
                               "-c", script], cwd=self.path, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return ground.Disturbed(report), done.stderr

    def writes(self, *options, **others):
        return self.strike("--calls", "write", "--under", self.path, *options, **others)

    def test_a_call_before_which_it_kills_is_not_made(self):
        for at, content in ((1, ""), (2, "a\n"), (3, "a\nb\n")):
            result, _ = self.writes("--at", at)
            self.assertEqual((self.path / "f").read_text(), content)
            self.assertEqual((result.boundaries, result.disturbed, result.signal),
                             (min(at, 2), int(at < 3), 9 if at < 3 else 0))

    def test_a_failing_call_is_not_made_and_the_next_is(self):
        result, stderr = self.writes("--at", 1, "--fail", "ENOSPC")
        self.assertEqual((self.path / "f").read_text(), "b\n")
        self.assertEqual((result.boundaries, result.disturbed, result.exit), (2, 1, 0))
        self.assertIn("echo: I/O error", stderr)

    def test_onwards_fails_every_later_call_too(self):
        result, _ = self.writes("--at", 1, "--fail", "EIO", "--onwards")
        self.assertEqual((self.path / "f").read_text(), "")
        self.assertEqual((result.boundaries, result.disturbed), (2, 2))

    def test_only_files_below_the_folder_count(self):
        result, _ = self.strike("--calls", "write", "--under", self.path / "other", "--at", 1)
        self.assertEqual((result.boundaries, result.exit), (0, 0))

    def test_a_full_disk_still_lets_files_be_read(self):
        (self.path / "f").write_text("here\n")
        result, stderr = self.strike("--calls", "openat", "--under", self.path, "--at", 1, "--fail",
                                     "ENOSPC", "--onwards", script="cat %s/f; : > %s/g"
                                     % (self.path, self.path))
        self.assertEqual(result.disturbed, 1, stderr)
        self.assertFalse((self.path / "g").exists())

    def test_every_boundary_of_a_program_is_reached(self):
        whole, _ = self.strike(script=":")
        for at in range(1, whole.boundaries + 1):
            self.assertEqual(self.strike("--at", at, script=":")[0].signal, 9, at)
        self.assertEqual(self.strike("--at", whole.boundaries + 1, script=":")[0].exit, 0)

    def test_the_whole_tree_is_killed(self):
        begun = time.monotonic()
        result, _ = self.writes("--at", 1, script="sleep 600 & echo a > f; wait")
        self.assertEqual(result.signal, 9)
        self.assertLess(time.monotonic() - begun, 60)


class Judge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = ground.Ground(KILL_AT)
        cls.reference = judge.Reference(cls.place)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def kinds(self, tamper):
        """Kinds of offence after an undisturbed scan and `tamper`."""
        self.place.put_back()
        disturbed, _, stderr = self.place.disturb([])
        self.assertEqual(disturbed.exit, 0, stderr)
        tamper()
        verdict = judge.judge(self.place, self.reference, disturbed, stderr)
        return {offence.split(":")[0] for offence in verdict.offences}

    def sql(self, *statements):
        with sqlite3.connect(self.place.path / "state" / "state.db") as database:
            for statement in statements:
                database.execute(statement)
        database.close()

    def test_finds_nothing_where_nothing_is(self):
        self.assertEqual(self.kinds(lambda: None), set())

    def test_names_what_was_tampered_with(self):
        posts = self.place.receivers.posts
        soc, partner = ground.ENDPOINTS
        cases = [
            ("an alert that is gone", "loss", lambda: self.sql(
                "DELETE FROM attempts", "DELETE FROM outbox WHERE seq = 1",
                "DELETE FROM alerts WHERE seq = 1")),
            ("a delivery that is gone", "loss", lambda: self.sql(
                "DELETE FROM attempts", "DELETE FROM outbox WHERE seq = 1")),
            ("an endpoint that was never told", "loss", lambda: posts[soc].pop()),
            ("another body in the store", "second body", lambda: self.sql(
                "UPDATE alerts SET body = x'7b7d' WHERE seq = 3")),
            ("another body at one endpoint", "second body", lambda: posts[partner].append(
                (posts[partner][0][0], "0" * 64))),
            ("two duplicates at one endpoint", "duplicate", lambda: posts[soc].extend(
                posts[soc][:2])),
            ("a file left over", "stray", lambda: (
                self.place.path / "state" / "left.tmp").write_text("")),
            ("an alert under another id", "double", lambda: self.sql(
                "PRAGMA foreign_keys = OFF", "UPDATE alerts SET id = 'x' WHERE seq = 4")),
        ]
        for name, kind, tamper in cases:
            with self.subTest(name):
                self.assertIn(kind, self.kinds(tamper))

    def test_one_duplicate_at_each_endpoint_is_no_offence(self):
        def repeat():
            for posts in self.place.receivers.posts.values():
                posts.append(posts[0])
        self.assertEqual(self.kinds(repeat), set())


def main():
    probe = subprocess.run([KILL_AT, "--report", "/dev/null", "--", "/bin/true"],
                           capture_output=True, text=True)
    if probe.returncode == 69:
        print("skipped: " + probe.stderr.strip())
        sys.exit(SKIPPED)
    ground.harness.main()


if __name__ == "__main__":
    main()
