"""Programs that are started with standard input, output or error closed: the next file that they open
must not get that number, or what is meant for a person would be written over it."""
import hashlib
import itertools
import os
import sqlite3
import subprocess
import tempfile
import threading
import unittest

import harness

CLOSED = [fds for count in (1, 2, 3) for fds in itertools.combinations((0, 1, 2), count)]
OURS = ["0x%040x" % (0xabcdef000000 + number) for number in range(1 + len(CLOSED))]
LISTED = "cryptowatch.address.listed"
PARTIAL, LOST = 20, 74  # one list failed; nobody can read the answer


def start_without(fds, command, env=None, **more):
    """Starts a program that has none of these descriptors."""
    def close():
        for fd in fds:
            os.close(fd)
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, preexec_fn=close, env=env, **more)


def run_without(*arguments, **more):
    """The same to its end; returns its exit code."""
    return start_without(*arguments, **more).wait(60)


class Main(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.rule("ours", OURS)
        self.serve(1)
        self.home.feed("list", "http://%s/list" % self.lists.host)
        # a feed that fails: its words go to standard error, in every run
        self.home.feed("gone", self.lists.put("/gone", "no", status=500))

    def serve(self, count):
        self.lists.put("/list", "".join(text + "\n" for text in OURS[:count]))

    def files(self, *folders):
        return {path: path.read_bytes() for folder in folders
                for path in (self.home.path / folder).rglob("*") if path.is_file()}

    def scan_without(self, fds):
        """The exit code, and what 0, 1 and 2 are while an alert is being delivered."""
        places, started, pid = [], threading.Event(), []

        def look(_):
            started.wait(30)
            if not places:
                places.extend(os.readlink("/proc/%d/fd/%d" % (pid[0], fd)) for fd in range(3))

        self.receiver.on_post = look
        done = start_without(fds, self.home.command("scan", "--force"), self.home.env())
        pid.append(done.pid)
        started.set()
        return done.wait(60), places

    def check_state(self, listed):
        """Nothing in the state is anything but what belongs there."""
        state = self.home.path / "state"
        with sqlite3.connect("file:%s?mode=ro" % (state / "state.db"), uri=True) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        for path in (state / "snapshots").iterdir():
            if len(path.name) == 64:
                self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), path.name)
        done = self.home.run("alert", "list", "--json")
        self.assertEqual((done.returncode, done.stdout.count(LISTED)), (0, listed))
        self.assertEqual(sum(LISTED.encode() in body for _, body in self.receiver.posts), listed)
        self.assertEqual((state / "lock").read_bytes(), b"")
        self.assertEqual(self.home.run("log", "verify").returncode, 0)
        self.assertEqual(self.home.check(*OURS[:listed])[0], 10)

    def test_a_scan_writes_over_nothing_whatever_is_closed(self):
        """Each has news: a transaction, an index, the log, a delivery, and words for a person."""
        self.assertEqual(self.home.run("scan").returncode, PARTIAL)
        kept = self.files("feeds", "rules", "keys")
        config = self.home.config.read_bytes()
        for listed, fds in enumerate(CLOSED, 2):
            with self.subTest(closed=fds):
                self.serve(listed)
                code, places = self.scan_without(fds)
                self.assertEqual(code, LOST if 1 in fds else PARTIAL)
                self.assertEqual(places, ["/dev/null"] * 3)  # and no file of ours
                self.check_state(listed)
        self.assertEqual(self.files("feeds", "rules", "keys"), kept)
        self.assertEqual(self.home.config.read_bytes(), config)

    def test_an_answer_that_nobody_can_read_is_no_answer(self):
        self.home.run("scan")
        kept = self.files("state/snapshots", "state/log", "state/index")
        database = (self.home.path / "state/state.db").read_bytes()
        for fds in CLOSED:
            with self.subTest(closed=fds):
                for command, code in ((("check", OURS[0]), 10), (("check", "--quiet", OURS[0]), 10),
                                      (("alert", "list"), 0), (("feed", "status"), PARTIAL)):
                    is_lost = 1 in fds and "--quiet" not in command
                    self.assertEqual(run_without(fds, self.home.command(*command), self.home.env()),
                                     LOST if is_lost else code, command)
        self.assertEqual(self.files("state/snapshots", "state/log", "state/index"), kept)
        self.assertEqual((self.home.path / "state/state.db").read_bytes(), database)


class Helpers(unittest.TestCase):
    def test_a_helper_program_without_its_pipes_ends_and_writes_over_nothing(self):
        """Main gives them all three; whoever starts them otherwise hears that something is wrong."""
        # The search for leaks, at the end, talks to itself through pipes that it takes for its own.
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
        for name, *words in (("cryptowatch-net",), ("cryptowatch-parse", "lines")):
            for fds in CLOSED:
                with self.subTest(program=name, closed=fds), tempfile.TemporaryFile() as slot:
                    slot.write(b"a list")
                    slot.flush()
                    code = run_without(fds, [harness.BIN / name, *words], env,
                                       pass_fds=[slot.fileno()])
                    # the parser's word stands in what it writes, if it can write
                    speaks = name == "cryptowatch-parse" and 1 not in fds
                    self.assertIn(code, (0,) if speaks else (65, LOST), fds)
                    slot.seek(0)
                    self.assertEqual(slot.read(), b"a list")


if __name__ == "__main__":
    harness.main()
