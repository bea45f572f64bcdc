"""What happens when a parser turns against us: it is stopped, and the rest of the scan goes on.

In the place of cryptowatch-parse stands one whose format "hackscan" does what its list says.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import pathlib
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
STOPPED = "stopped by its sandbox"
# What a sanitizer's runtime may do, nobody can be stopped for in such a build.
RELAXED = {"fork", "signal", "trace", "code", "turn", "limit", "hoard", "open", "spin"}


def is_instrumented():
    symbols = subprocess.run(["nm", "-D", harness.BIN / "cryptowatch-parse"], capture_output=True,
                             text=True).stdout
    return "__asan_init" in symbols or "__tsan_init" in symbols


def has_sandbox():
    state = subprocess.run([harness.BIN / "cryptowatch-parse", "--sandbox"], capture_output=True,
                           text=True).stdout
    return state.startswith("seccomp on")


class Sandbox(harness.Case):
    def setUp(self):
        super().setUp()
        if not has_sandbox():
            self.skipTest("this build has no sandbox")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-sandbox-"))
        for name in ("cryptowatch", "cryptowatch-net"):
            os.link(harness.BIN / name, self.folder / name) if same_disk(self.folder) else \
                shutil.copy2(harness.BIN / name, self.folder / name)
        shutil.copy2(harness.BIN / "hostile" / "cryptowatch-parse",
                     self.folder / "cryptowatch-parse")
        self.home.rule("case", [LISTED])
        self.home.feed("honest", self.lists.put("/honest", LISTED + "\n"))
        self.program = harness.PROGRAM
        harness.PROGRAM = self.folder / "cryptowatch"

    def tearDown(self):
        if has_sandbox():
            harness.PROGRAM = self.program
            shutil.rmtree(self.folder)
        super().tearDown()

    def attack(self, act, *options):
        """(outcome of the hostile list, outcome of the honest one, report)"""
        self.home.feed("hostile", self.lists.put("/hostile", act + "\n"), "hackscan")
        code, report, stderr = self.home.scan("--force", *options)
        self.assertEqual(code, 20, stderr)
        feeds = {feed["id"]: feed for feed in report["feeds"]}
        return feeds["hostile"], feeds["honest"], report

    def test_what_is_forbidden_stops_the_parser_and_not_the_scan(self):
        acts = ["open", "make", "remove", "rename", "socket", "connect", "local", "listen", "exec",
                "fork", "signal", "trace", "code", "limit", "turn", "owner"]
        told = 0
        for act in acts:
            if is_instrumented() and act in RELAXED:
                continue
            hostile, honest, report = self.attack(act)
            self.assertEqual(hostile["status"], "failed", act)
            self.assertIn(STOPPED, hostile["error"]["text"], act)
            self.assertIn(honest["status"], ("updated", "unchanged"), act)
            self.assertEqual(honest["entries"], 1, act)
            told += len([alert for alert in report["alerts"] if alert["feed"] == "honest"])
        self.assertEqual(told, 1)  # by the first scan; the others found nothing new
        self.assertFalse(os.path.exists("/tmp/cryptowatch-sandbox-was-here"))
        self.assertEqual(self.home.check(LISTED)[0], 10)

    def test_hoarding_meets_the_limit(self):
        if is_instrumented():
            self.skipTest("a sanitizer reserves terabytes")
        hostile, honest, _ = self.attack("hoard")
        self.assertIn("lived through hoard: 12", hostile["error"]["text"])  # ENOMEM
        self.assertEqual(honest["status"], "updated")

    def test_turning_in_circles_meets_the_limit(self):
        program = self.folder / "hurried"
        program.write_text("#!/bin/sh\nulimit -t 2\nexec '%s' \"$@\"\n" % harness.PROGRAM)
        program.chmod(0o755)
        harness.PROGRAM = program
        hostile, honest, _ = self.attack("spin")
        self.assertIn("was killed by signal", hostile["error"]["text"])
        self.assertEqual(honest["status"], "updated")

    def test_without_the_sandbox_nothing_stops_it_and_the_report_says_so(self):
        hostile, _, report = self.attack("open", "--no-sandbox")
        self.assertIn("lived through open: 0", hostile["error"]["text"])
        self.assertEqual(report["sandbox"],
                         {"seccomp": False, "landlock": 0, "absent": "--no-sandbox"})
        said = self.home.run("scan", "--force", "--no-sandbox")
        self.assertRegex(said.stderr, re.compile("without .*sandbox"))
        _, _, report = self.attack("exec")
        self.assertEqual((report["sandbox"]["seccomp"], report["sandbox"]["absent"]), (True, None))
        told = subprocess.run([harness.PROGRAM.parent / "cryptowatch-net", "--sandbox"],
                              capture_output=True, text=True)
        self.assertEqual(told.stdout,
                         "seccomp on\nlandlock %d\n" % report["sandbox"]["landlock"])
        self.assertEqual(told.returncode, -31)  # SIGSYS, for the program that it then asked for


def same_disk(folder):
    return os.stat(folder).st_dev == os.stat(harness.BIN).st_dev


if __name__ == "__main__":
    sys.exit(harness.main())
