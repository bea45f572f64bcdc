"""The harness leaves nothing behind: not when it is told to end, and not for ever when it was killed."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import harness

DAY_S = 24 * 3600
WAITING = """
import subprocess, sys, time, unittest
sys.path.insert(0, %r)
import harness

class Waiting(unittest.TestCase):
    def setUp(self):
        self.home = harness.Home()
    def tearDown(self):
        self.home.close()
    def test_1(self):
        child = self.home.start("check", "-")  # reads its input, which is ours
        print(child.pid, flush=True)
        %s
    def test_2(self):
        print("went on", flush=True)

harness.main()
"""
ON = "print('on', flush=True); "
# What was begun this very moment may outlive us: it holds none of our pipes.
COMMAND = "subprocess.run(['sleep', '20'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
CATCHING = "exec('try:\\n time.sleep(60)\\nexcept Exception: pass')"
WAYS = {"in a call": ON + "time.sleep(60)", "in a command": ON + COMMAND, "in what catches all": ON + CATCHING}


class Ending(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.temp = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def start(self, body):
        text = WAITING % (str(harness.ROOT.resolve() / "tests/e2e"), body)
        return subprocess.Popen([sys.executable, "-B", "-c", text, harness.BIN.resolve(), harness.ROOT.resolve()],
                                env=dict(os.environ, TMPDIR=str(self.temp)), text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def left(self):
        return sorted(path.name for path in self.temp.iterdir())

    def test_who_is_told_to_end_cleans_up(self):
        for how, body in WAYS.items():
            run = self.start(body)
            child = int(run.stdout.readline())
            run.stdout.readline()  # it is on its way
            self.assertEqual(len(self.left()), 1, how)
            run.terminate()
            out, err = run.communicate(timeout=30)
            self.assertEqual((run.returncode, out), (128 + signal.SIGTERM, ""), how + err)
            self.assertEqual(self.left(), [], how)
            with self.assertRaises(ProcessLookupError, msg=how):
                os.kill(child, 0)

    def test_a_home_that_cannot_be_made_leaves_nothing(self):
        run = self.start("harness.PROGRAM = '/nonexistent'; harness.Home()")
        run.communicate(timeout=30)
        self.assertEqual(self.left(), [])

    def test_what_was_killed_is_swept_up_a_day_later(self):
        run = self.start("time.sleep(60)")
        run.stdout.readline()
        run.kill()
        run.communicate()
        self.assertEqual(len(self.left()), 1)
        (self.temp / "cryptowatch-e2e-young").mkdir()
        (self.temp / "cryptowatch-e2e-working" / "home").mkdir(parents=True)
        (self.temp / "somebody-elses").mkdir()
        (self.temp / "elsewhere").mkdir()
        (self.temp / "cryptowatch-e2e-link").symlink_to(self.temp / "elsewhere")
        long_ago = time.time() - DAY_S - 60
        for path in self.temp.rglob("*"):
            if path.name not in ("cryptowatch-e2e-young", "home") or "working" not in str(path):
                os.utime(path, (long_ago, long_ago), follow_symlinks=False)
        os.utime(self.temp / "cryptowatch-e2e-young", (long_ago + 120, long_ago + 120))
        self.start("pass").communicate(timeout=60)
        self.assertEqual(self.left(), ["cryptowatch-e2e-link", "cryptowatch-e2e-working",
                                       "cryptowatch-e2e-young", "elsewhere", "somebody-elses"])


if __name__ == "__main__":
    harness.main()
