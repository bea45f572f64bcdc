"""What a helper program gets from whoever started us: nothing that main did not hand over.

The caller's open files stand for a shell that left a descriptor open, a unit with an activated
socket, a service manager's own pipe.
"""
import gzip
import os
import pathlib
import shutil
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
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-inherits-"))
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
        self.program = harness.PROGRAM
        harness.PROGRAM = self.folder / "cryptowatch"

    def tearDown(self):
        harness.PROGRAM = self.program
        shutil.rmtree(self.folder)
        super().tearDown()

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


if __name__ == "__main__":
    sys.exit(harness.main())
