"""The power-cut sweep can fail: the journal is whole, the disk keeps what was synced and loses what
was not, and a program whose syncs the disk ignores is found out."""
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import disk
import ground
import power

RECORD = ground.harness.BIN / "record"
SKIPPED = 77
SEEDS = range(60)
EVERY_CALL = """
import mmap, os, pathlib
def make(name, flags=0):
    return os.open(name, os.O_RDWR | os.O_CREAT | flags, 0o600)
os.mkdir("d")
fd = make("d/a")
os.write(fd, b"12345"); os.pwrite(fd, b"xy", 3); os.writev(fd, [b"6", b"7"]); os.lseek(fd, 1, 0)
os.write(fd, b"B"); os.ftruncate(fd, 6); os.fchmod(fd, 0o640); os.fsync(fd)
os.pwritev(fd, [b"p", b"q"], 9)
os.rename("d/a", "d/b"); os.link("d/b", "d/c"); os.unlink("d/b"); os.chmod("d/c", 0o600)
fd = make("d/d"); os.posix_fallocate(fd, 0, 5000)
with mmap.mmap(fd, 5000) as m:
    m[4000:4003] = b"map"
    os.close(make("e")); os.unlink("e")
    m[10:12] = b"ed"
fd = make("old", os.O_TRUNC); os.write(fd, b"new"); os.close(fd)
fd = make("grown", os.O_APPEND); os.write(fd, b"+"); os.write(fd, b"+"); os.fdatasync(fd)
os.mkdir("f"); os.rmdir("f")
fd = os.open("d", os.O_RDONLY | os.O_DIRECTORY); os.fsync(fd)
make("at"); os.rename("at", "to", src_dir_fd=os.open(".", os.O_RDONLY))
"""


class Journal(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.base = pathlib.Path(self.folder.name).resolve()
        self.path = self.base / "home"
        self.path.mkdir()
        (self.path / "old").write_text("before")
        (self.path / "grown").write_text("-")

    def tearDown(self):
        self.folder.cleanup()

    def record(self, *command):
        return subprocess.run([RECORD, "--under", self.path, "--to", self.base / "journal",
                               "--report", self.base / "report", "--", *command], cwd=self.path,
                              capture_output=True, text=True)

    def played(self, *command):
        """What everything in the journal makes of the folder as it was, beside what is there."""
        now = disk.Disk(self.path)
        done = self.record(*command)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("exit=0", (self.base / "report").read_text(), done.stderr)
        for entry in disk.read_journal(self.base / "journal"):
            now.apply(entry)
        return power.differences(now.everything(), self.path)

    def test_holds_every_call_that_changes_a_file(self):
        self.assertEqual(self.played("/usr/bin/python3", "-c", EVERY_CALL), [])
        self.assertEqual((self.path / "d/d").read_bytes()[4000:4003], b"map")

    def test_sees_what_helpers_write_to_descriptors_they_were_handed(self):
        self.assertEqual(self.played("/bin/sh", "-c",
                                     "exec 7>f; /bin/sh -c 'echo a >&7; exec 7>&-; echo b'; "
                                     "echo c >&7"), [])
        self.assertEqual((self.path / "f").read_text(), "a\nc\n")

    def test_a_call_it_has_no_word_for_ends_the_record(self):
        for call in ("os.sendfile(fd, os.open('old', 0), 0, 3)", "os.symlink('old', 'new')",
                     "os.truncate('old', 2)", "os.copy_file_range(os.open('old', 0), fd, 3)"):
            with self.subTest(call):
                done = self.record("/usr/bin/python3", "-c",
                                   "import os; fd = os.open('grown', os.O_RDWR); " + call)
                self.assertEqual(done.returncode, 70, done.stderr)


class Fake:
    """A folder, what a program did to it, and the states a cut may leave."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.disk = disk.Disk(pathlib.Path(self.folder.name))
        self.inodes = 1 << 40

    def do(self, verb, *args, data=b""):
        self.disk.apply(disk.Entry(0, verb, [str(arg) for arg in args], data))

    def make(self, name, data=b""):
        self.inodes += 1
        self.do("create", self.inodes, "600", name)
        if data:
            self.write(self.inodes, 0, data)
        return self.inodes

    def write(self, inode, offset, data):
        self.do("write", inode, offset, len(data), data=data)

    def sync(self, inode, what="all"):
        self.do("sync", inode, what)

    def root(self):
        return self.disk.by_path[""]

    def states(self, **ways):
        """Distinct {path: content} over many seeds."""
        return [{path: content for path, (node, content, _) in
                 self.disk.after_cut(disk.Cut(random.Random(seed), **ways)).items()
                 if not node.is_folder} for seed in SEEDS]


class AfterTheCut(unittest.TestCase):
    def setUp(self):
        self.fake = Fake()
        self.addCleanup(self.fake.folder.cleanup)

    def test_what_was_synced_is_there(self):
        fake = self.fake
        inode = fake.make("a", b"x" * 5000)
        fake.sync(inode)
        fake.sync(fake.root())
        fake.make("b", b"y")
        for state in fake.states():
            self.assertEqual(state["a"], b"x" * 5000)

    def test_a_synced_file_in_a_folder_that_was_not_may_be_gone(self):
        inode = self.fake.make("a", b"x")
        self.fake.sync(inode)
        loose = self.fake.states(names=disk.LOOSE)
        self.assertIn({}, loose)
        self.assertIn({"a": b"x"}, loose)
        self.assertEqual(self.fake.states(names=disk.ORDERED), [{"a": b"x"}] * len(SEEDS))

    def test_names_are_lost_in_order_or_in_none(self):
        for name in "ab":
            self.fake.make(name)
        only_second = {"b": b""}
        self.assertIn(only_second, self.fake.states(names=disk.LOOSE))
        self.assertNotIn(only_second, self.fake.states(names=disk.ORDERED))

    def test_a_rename_leaves_one_of_the_two_files(self):
        fake = self.fake
        for name, data in (("old", b"1"), ("tmp", b"2")):
            fake.sync(fake.make(name, data))
        fake.sync(fake.root())
        fake.do("rename", "tmp", "old")
        self.assertEqual({tuple(state.items()) for state in fake.states()},
                         {(("old", b"1"), ("tmp", b"2")), (("old", b"2"),)})

    def test_sectors_are_torn_and_the_size_comes_or_not(self):
        fake = self.fake
        inode = fake.make("a", b"-" * 1024)
        fake.sync(inode)
        fake.sync(fake.root())
        fake.write(inode, 0, b"x" * 1500)
        found = {state["a"] for state in fake.states(sector=512, fill=disk.OLD)}
        self.assertIn(b"x" * 512 + b"-" * 512, found)
        self.assertIn(b"-" * 512 + b"x" * 512, found)
        self.assertIn(b"x" * 1500, found)
        self.assertIn(b"-" * 1024 + bytes(476), found)

    def test_garbage_stays_within_what_was_written(self):
        fake = self.fake
        inode = fake.make("a", b"-" * 512)
        fake.sync(inode)
        fake.sync(fake.root())
        fake.write(inode, 100, b"x" * 10)
        found = {state["a"] for state in fake.states(fill=disk.GARBAGE)}
        self.assertTrue(all(data[:100] == b"-" * 100 and data[110:] == b"-" * 402 for data in found))
        self.assertTrue(any(data[100:110] not in (b"-" * 10, b"x" * 10) for data in found))

    def test_names_and_contents_are_lost_apart(self):
        fake = self.fake
        fake.make("a", b"x" * 600)
        names_only, contents_only = (fake.states(**power.EXTREMES[seed]) for seed in (1, 2))
        self.assertEqual(names_only, [{"a": bytes(600)}] * len(SEEDS))
        self.assertEqual(contents_only, [{}] * len(SEEDS))
        fake.sync(fake.root())
        self.assertEqual(fake.states(**power.EXTREMES[2]), [{"a": b"x" * 600}] * len(SEEDS))

    def test_fdatasync_keeps_the_size_and_not_the_mode(self):
        fake = self.fake
        inode = fake.make("a", b"x" * 10)
        fake.do("mode", inode, "440")
        fake.sync(inode, "data")
        fake.sync(fake.root())
        cuts = [fake.disk.after_cut(disk.Cut(random.Random(seed)))["a"] for seed in SEEDS]
        self.assertEqual({content for _, content, _ in cuts}, {b"x" * 10})
        self.assertEqual({mode for _, _, mode in cuts}, {0o600, 0o440})


class Deaf(unittest.TestCase):
    def tearDown(self):
        for place in power.Worker.places:
            place.close()
        power.Worker.places.clear()

    def test_a_disk_that_ignores_every_sync_is_found_out(self):
        worker = power.Worker("first", is_deaf=True)
        end = len(worker.recording.entries)
        kinds = {offence.split(":")[0] for at in range(end // 2, end, end // 16)
                 for offence in worker.try_cut(at, 5).offences}
        self.assertLessEqual({"second body", "log", "duplicate"}, kinds)

    def test_documents_and_an_index_that_were_not_synced_are_found_out(self):
        worker = power.Worker("first")
        recording = worker.recording
        own = {int(entry.args[0]) for entry in recording.entries if entry.verb == "create" and
               "/state.db" not in entry.args[2]}
        recording.entries = [entry for entry in recording.entries if not (
            entry.verb == "sync" and int(entry.args[0]) in own)]
        recording.rewind()
        kinds = {offence.split(":")[0]
                 for offence in worker.try_cut(len(recording.entries), 1).offences}
        self.assertLessEqual({"document", "index"}, kinds)


def main():
    probe = subprocess.run([RECORD, "--under", "/nowhere", "--to", "/dev/null", "--report",
                            "/dev/null", "--", "/bin/true"], capture_output=True, text=True)
    if probe.returncode == 69:
        print("skipped: " + probe.stderr.strip())
        sys.exit(SKIPPED)
    ground.harness.main()


if __name__ == "__main__":
    main()
