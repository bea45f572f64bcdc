"""What a helper program gets from whoever started us: nothing that main did not hand over.

The caller's open files stand for a shell that left a descriptor open, a unit with an activated
socket, a service manager's own pipe.
"""
import gzip
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
CALLERS = (3, 9)  # 3 is also where a companion, or the first body, would be
# Writes down which of the caller's files it has, and goes.
STUB = """#!/bin/sh
for fd in 3 4 5 6 7 8 9; do
    [ /proc/$$/fd/$fd -ef '%s' ] && echo "$fd" >>'%s'
done
echo started >>'%s'
exit 1
"""


def open_at(numbers, file, run, command, **options):
    """Starts a program in which the file is open under these numbers."""
    def move():
        for number in numbers:
            os.dup2(file, number)
            os.set_inheritable(number, True)  # also where it was that number before

    return run(command, preexec_fn=move, close_fds=False, **options)


class Inherits(harness.Case):
    def setUp(self):
        super().setUp()
        self.folder = harness.program_folder(self)
        shutil.copy2(harness.BIN / "cryptowatch", self.folder / "cryptowatch")
        self.secret = self.folder / "callers"
        self.secret.write_text("of the caller\n")
        self.seen = self.folder / "seen"
        for name in ("cryptowatch-net", "cryptowatch-parse"):
            program = self.folder / name
            program.write_text(STUB % (self.secret, self.seen, self.seen))
            program.chmod(0o755)
        self.home.rule("case", [LISTED])
        self.list = self.folder / "list"
        self.list.write_text(LISTED + "\n")

    def run_with_open_files(self, *args):
        """Runs a command that has the caller's file open under each of those numbers."""
        file = os.open(self.secret, os.O_RDWR)
        try:
            return open_at(CALLERS, file, subprocess.run, self.home.command(*args),
                           capture_output=True, text=True, env=self.home.env(), timeout=60)
        finally:
            os.close(file)

    def had(self, *args):
        self.seen.write_text("")
        done = self.run_with_open_files(*args)
        lines = self.seen.read_text().split()
        self.assertIn("started", lines, done.stderr)
        return set(lines) - {"started"}

    def test_the_parser_gets_no_open_file_of_the_caller(self):
        self.assertEqual(self.had("feed", "parse", "--format", "lines", self.list), set())

    def test_the_unpacker_gets_no_open_file_of_the_caller(self):
        packed = self.folder / "packed.gz"
        packed.write_bytes(b"\x1f\x8b\x08\x00" + bytes(20))
        self.assertEqual(self.had("screen", packed), set())

    def test_the_network_program_gets_no_open_file_of_the_caller(self):
        self.home.feed("one", self.lists.put("/one", LISTED + "\n"))
        self.assertEqual(self.had("scan", "--force"), set())

    def test_a_file_that_is_named_by_its_descriptor_can_be_read(self):
        """A shell's <(...) is such a name."""
        file = os.open(self.list, os.O_RDONLY)
        try:
            done = subprocess.run(self.home.command("screen", "--against", "rules",
                                                    "/dev/fd/%d" % file), capture_output=True,
                                  text=True, env=self.home.env(), pass_fds=[file], timeout=60)
        finally:
            os.close(file)
        self.assertIn(LISTED, done.stdout, done.stderr)


class Main(unittest.TestCase):
    def is_shielded(self, place):
        return ("NoNewPrivs:\t1\n" in (place / "status").read_text() and
                ((place / "mem").stat().st_uid == 0 or harness.is_instrumented()))

    def test_it_gains_no_privilege_and_shows_nobody_its_memory(self):
        """What belongs to root in /proc is hidden from the program's own user."""
        nobody = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
        with tempfile.TemporaryDirectory(prefix="cryptowatch-main-") as folder:
            os.chmod(folder, 0o755)
            program = shutil.copy2(harness.BIN / "cryptowatch", folder)
            main = subprocess.Popen([program, "address", "-"], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, **nobody)
            try:
                place = pathlib.Path("/proc/%d" % main.pid)
                until = time.monotonic() + 5
                while not self.is_shielded(place) and time.monotonic() < until:
                    time.sleep(0.01)
                self.assertIn("NoNewPrivs:\t1\n", (place / "status").read_text())
                self.assertRegex((place / "limits").read_text(), "Max core file size +0 +0 ")
                if not harness.is_instrumented():
                    self.assertEqual((place / "mem").stat().st_uid, 0)
            finally:
                main.communicate()


class Alone(unittest.TestCase):
    """The helper programs by themselves: whoever starts them, sealing closes what is not theirs."""

    def is_closed_by(self, document, *args):
        """True when descriptor 3 has been closed while the program still lives: it waits for
        somebody who reads what it says."""
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as file:
            file.write(document)
            file.seek(0)
            program = open_at((3,), theirs.fileno(), subprocess.Popen,
                              [harness.BIN / "cryptowatch-parse", *args], stdin=file,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        theirs.close()
        ours.settimeout(5)
        try:
            is_closed = ours.recv(1) == b""
        except TimeoutError:
            is_closed = False
        time.sleep(0.1)
        try:
            self.assertIsNone(program.poll(), "it did not live so long")
            return is_closed
        finally:
            ours.close()
            program.kill()
            program.communicate()

    def test_a_parser_without_a_second_file_keeps_no_descriptor_3(self):
        document = (LISTED + "\n").encode() * 20000
        self.assertTrue(self.is_closed_by(document, "lines"))
        self.assertTrue(self.is_closed_by(document, "--no-sandbox", "lines"))
        self.assertTrue(self.is_closed_by(gzip.compress(document), "--copy"))

    def test_an_unpacker_makes_no_file_longer(self):
        if not subprocess.run([harness.BIN / "cryptowatch-parse", "--sandbox"],
                              capture_output=True).stdout.startswith(b"seccomp on"):
            self.skipTest("this build has no sandbox")
        with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as out:
            file.write(gzip.compress(b"text"))
            file.seek(0)
            done = subprocess.run([harness.BIN / "cryptowatch-parse", "--copy"], stdin=file,
                                  stdout=out)
            self.assertEqual((done.returncode, out.tell()), (-signal.SIGXFSZ, 0))


class Unpacker(harness.Case):
    """What `screen` lets the words of its unpacker do."""

    def screen(self, script):
        """(exit code, standard error) with another unpacker."""
        with tempfile.TemporaryDirectory(prefix="cryptowatch-unpacker-") as folder:
            folder = pathlib.Path(folder)
            program = folder / "cryptowatch"
            shutil.copy2(harness.BIN / "cryptowatch", program)
            (folder / "cryptowatch-parse").write_text("#!/bin/sh\n" + script)
            (folder / "cryptowatch-parse").chmod(0o755)
            packed = self.home.base / "packed.gz"
            packed.write_bytes(gzip.compress(b"text"))
            done = subprocess.run([program, "screen", "--config", self.home.config, packed],
                                  capture_output=True, env=self.home.env(), timeout=60)
            return done.returncode, done.stderr

    def reason(self, script):
        code, words = self.screen(script)
        (line,) = [line for line in words.splitlines() if b"packed.gz" in line]
        self.assertEqual(code, 74, words)
        return line.split(b"packed.gz: ", 1)[1]

    def test_its_words_are_escaped_and_named(self):
        self.assertEqual(self.reason("printf 'cryptowatch-parse: \\033[31mred\\n\\r' >&2; exit 74\n"),
                         rb"cannot be unpacked: \x1b[31mred")
        self.assertEqual(self.reason("printf 'one\\ntwo\\n' >&2; exit 74\n"),
                         rb"cannot be unpacked: one\x0atwo")
        _, words = self.screen("printf '\\033[2J' >&2; exec cat\n")
        self.assertNotIn(b"\x1b", words)

    def test_it_may_say_no_more_than_a_pipe_holds(self):
        code, words = self.screen("tr '\\0' x </dev/zero >&2; exit 74\n")
        self.assertEqual(code, 74)
        self.assertLess(len(words), 2000)

    def test_without_a_word_its_end_is_the_reason(self):
        self.assertEqual(self.reason("exit 7\n"), b"ended with exit code 7")
        self.assertEqual(self.reason("echo gzip >&2; exit 71\n"),
                         b"ended with exit code 71: it ran out of memory")
        self.assertEqual(self.reason("echo nonsense >&2; kill -9 $$\n"), b"was killed by signal 9")


if __name__ == "__main__":
    sys.exit(harness.main())
