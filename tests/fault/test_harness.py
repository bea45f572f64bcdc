"""The sweeps can fail: kill_at and libstrike.so strike where they say, and the judge names every kind
of damage."""
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import ground
import judge
import page
import scenes

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
        return ground.Disturbed().report(report), done.stderr

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

    def test_reports_each_call_that_it_made_to_fail(self):
        result, _ = self.writes("--at", 1, "--fail", "EIO", "--onwards")
        self.assertEqual(result.denied, [["write", str(self.path / "f")]] * 2)
        result, _ = self.strike("--calls", "fsync", "--under", self.path, "--at", 1, "--fail", "EIO",
                                script="sync f")
        self.assertEqual(result.denied, [["fsync", str(self.path / "f")]])
        self.assertEqual(self.writes("--at", 1)[0].denied, [])

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


@unittest.skipUnless((ground.harness.BIN / "libstrike.so").exists(), "no libstrike.so here")
class Strike(unittest.TestCase):
    """What is struck here is Python, whose calls are known, and our own program."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        self.page = page.Page(self.path / "page")

    def tearDown(self):
        self.folder.cleanup()

    def strike(self, line, kind, at, **asked):
        """(how it ended, calls counted, calls struck)"""
        self.page.ask(kind, pathlib.Path(line[0]).name, at=at, **asked)
        # SQLite must be there from the start, so that Python finds it behind libstrike.so.
        library = (ground.harness.BIN / "libstrike.so").resolve()
        done = subprocess.run(list(map(str, line)), capture_output=True, text=True, cwd=self.path,
                              env={"PATH": "/usr/bin:/bin", "FAULT_PAGE": str(self.page.path),
                                   "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
                                   "LD_PRELOAD": "%s libsqlite3.so.0" % library})
        return done, *self.page.seen()

    def rows(self, at, **asked):
        """Rows of a table after three inserts, one of which may be struck."""
        script = """if True:
            import ctypes
            sqlite, base = ctypes.CDLL(None), ctypes.c_void_p()
            sqlite.sqlite3_errmsg.restype = ctypes.c_char_p
            assert sqlite.sqlite3_open_v2(b"base", ctypes.byref(base), 6, None) == 0
            assert sqlite.sqlite3_exec(base, b"CREATE TABLE t (x)", None, None, None) == 0
            for x in range(3):
                if sqlite.sqlite3_exec(base, b"INSERT INTO t VALUES (%d)" % x, None, None, None):
                    print(sqlite.sqlite3_errmsg(base).decode())
        """
        (self.path / "base").unlink(missing_ok=True)
        done, counted, struck = self.strike(["/usr/bin/python3", "-c", script], "database", at,
                                            error=10, **asked)
        base = sqlite3.connect(self.path / "base")
        rows = [row[0] for row in base.execute("SELECT x FROM t")]
        base.close()
        return rows, done.stdout, counted, struck

    def test_a_struck_database_call_is_not_made_and_the_next_is(self):
        calls = self.rows(0)[2]
        self.assertEqual(self.rows(0), ([0, 1, 2], "", calls, 0))
        self.assertEqual(self.rows(calls), ([0, 1], "disk I/O error\n", calls, 1))
        self.assertEqual(self.rows(calls - 1)[:2], ([0, 2], "disk I/O error\n"))
        self.assertEqual(self.rows(calls + 1), ([0, 1, 2], "", calls, 0))

    def test_after_makes_the_call_and_denies_it(self):
        calls = self.rows(0)[2]
        self.assertEqual(self.rows(calls - 1, after=True)[:2], ([0, 1, 2], "disk I/O error\n"))

    def test_onwards_strikes_every_later_call(self):
        calls = self.rows(0)[2]
        rows, said, _, struck = self.rows(calls - 1, onwards=True)
        self.assertEqual((rows, said, struck), ([0], "disk I/O error\n" * 2, 2))

    def test_every_network_call_of_a_client_is_struck(self):
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.echo, args=[listener], daemon=True).start()
        script = """if True:
            import os, socket
            try:
                address = socket.getaddrinfo("any.example", %d, socket.AF_INET)[0][4]
                client = socket.socket()
                client.connect(address)
                client.sendall(b"x")
                print(client.recv(10).decode())
                os.read(client.fileno(), 10)
            except OSError as error:
                print(error.errno)
        """ % listener.getsockname()[1]
        said = [self.strike(["/usr/bin/python3", "-c", script], "network", at, error=104)
                for at in range(8)]
        listener.close()
        outputs = [(done.stdout, struck) for done, _, struck in said]
        self.assertEqual(outputs[0], ("x\n", 0))
        self.assertEqual(outputs[1], ("-3\n", 1))  # EAI_AGAIN
        self.assertEqual(outputs[2:6], [("104\n", 1)] * 4)
        self.assertEqual(outputs[6], ("x\n104\n", 1))
        self.assertEqual(outputs[7], ("x\n", 0))

    @staticmethod
    def echo(listener):
        try:
            while True:
                with listener.accept()[0] as client:
                    client.send(client.recv(10))
        except OSError:
            pass

    def test_every_allocation_of_a_program_is_struck(self):
        line = [ground.harness.PROGRAM, "address", "--json", ground.STRANGER]
        whole, calls, _ = self.strike(line, "memory", 0)
        self.assertGreater(calls, 10)
        for at in range(1, calls + 1):
            done, counted, struck = self.strike(line, "memory", at)
            self.assertEqual((counted >= at, struck), (True, 1), at)
            self.assertTrue(done.returncode == 71 or done.stdout == whole.stdout, done)
        self.assertEqual(self.strike(line, "memory", calls + 1)[0].stdout, whole.stdout)

    def test_a_sealed_helper_is_struck_too(self):
        # What the network program does last is to deliver; what it cannot waits.
        for scene, who, word in (("first", "parse", "memory"), ("web", "net", "waiting")):
            with self.subTest(who):
                place = scenes.make(scene)
                try:
                    whole = place.strike(kind="memory", who=who)
                    self.assertGreater(whole.boundaries, 10)
                    place.put_back()
                    done = place.strike(kind="memory", who=who, at=whole.boundaries * 4 // 5,
                                        onwards=True)
                    self.assertGreater(done.disturbed, 0, done.stderr)
                    self.assertIn(word, done.stderr)
                finally:
                    place.close()


class JudgeOfAnswers(unittest.TestCase):
    """What only reads: an answer that is not what it was, and how it ended."""
    @classmethod
    def setUpClass(cls):
        cls.place = scenes.make("check")
        cls.reference = judge.Answer(cls.place)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def kinds(self, tamper=lambda: None, words=(), **ended):
        self.place.put_back()
        disturbed = ground.Disturbed()
        disturbed.exit, disturbed.stdout = self.reference.exit, self.reference.stdout
        for name, value in ended.items():
            setattr(disturbed, name, value)
        tamper()
        verdict = judge.judge_answer(self.place, self.reference, disturbed)
        if words:
            judge.judge_words(self.place, self.reference.exit, disturbed, words, verdict)
        return {offence.split(":")[0] for offence in verdict.offences}

    def test_names_each_way_to_answer_wrongly(self):
        left = self.place.path / "state" / "left.tmp"
        rule = self.place.path / "rules" / "theft.json"
        cases = [
            ("nothing", set(), {}),
            ("clear, although it is listed", {"exit"}, {"exit": 0}),
            ("only related", {"exit"}, {"exit": 11, "stderr": "x"}),
            ("listed, with half of the answer", {"answer"}, {"stdout": "{}"}),
            ("a failure without a word", {"exit"}, {"exit": 20}),
            ("a failure with a reason", set(), {"exit": 20, "stderr": "x"}),
            ("a bug", {"exit"}, {"exit": 70, "stderr": "x"}),
            ("a crash", {"exit"}, {"exit": -1, "signal": 11}),
            ("a crash of a helper", {"exit"}, {"exit": 20, "stderr": "was killed by signal 11"}),
            ("a helper that somebody killed", {"exit"}, {"exit": 20,
                                                         "stderr": "was killed by signal 9"}),
            ("a helper that was to be killed", set(), {"exit": 20, "is_killed": True,
                                                       "stderr": "was killed by signal 9"}),
            ("one that crashed meanwhile", {"exit"}, {"exit": 20, "is_killed": True,
                                                      "stderr": "was killed by signal 11"}),
            ("a hang", {"hang"}, {"exit": -1, "signal": 9, "is_hanging": True}),
            ("a failure by another name", {"words"}, {"exit": 20, "stderr": "x",
                                                      "words": ["memory"]}),
            ("a file left over", {"stray"}, {"tamper": lambda: left.write_text("")}),
            ("a file changed", {"database", "answer"}, {"tamper": lambda: rule.write_text("{}")}),
        ]
        for name, kinds, ended in cases:
            with self.subTest(name):
                self.assertEqual(self.kinds(**ended), kinds)

    def test_a_run_that_hangs_is_ended(self):
        was, ground.HANG_S = ground.HANG_S, 1
        try:
            done = self.place.run_line(["/bin/sh", "-c", "sleep 600 & wait"], {})
        finally:
            ground.HANG_S = was
        self.assertTrue(done.is_hanging)


class Judge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = scenes.make("first")
        cls.reference = judge.Reference(cls.place)

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def kinds(self, tamper, **ended):
        """Kinds of offence after an undisturbed scan and `tamper`."""
        self.place.put_back()
        disturbed = self.place.disturb([])
        self.assertEqual(disturbed.exit, 0, disturbed.stderr)
        for name, value in ended.items():
            setattr(disturbed, name, value)
        tamper()
        verdict = judge.judge(self.place, self.reference, disturbed)
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
            ("an alert that says less", "facts", lambda: self.sql(
                "UPDATE alerts SET body = CAST(replace(CAST(body AS TEXT),"
                " '\"listed_encoding\":\"hex\",', '') AS BLOB) WHERE seq = 2")),
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

    def test_a_sync_that_failed_must_be_told(self):
        index, base = (str(self.place.path / "state" / name) for name in ("index/1", "state.db"))
        cases = [
            ("and is not", {"sync"}, {"denied": [["fsync", index]]}),
            ("of the folder that SQLite need not sync", {"sync"}, {"denied": [
                ["fsync", str(self.place.path / "state")]]}),
            ("of the file with the database's old pages", {"sync"}, {"denied": [
                ["fdatasync", base + "-journal"]]}),
            ("among others that need not", {"sync"}, {"denied": [
                ["write", index], ["fdatasync", base], ["fsync", index]]}),
            ("and is", set(), {"denied": [["fsync", index]], "stderr": "x"}),
            ("by the exit code", set(), {"denied": [["fsync", index]], "exit": 74, "stderr": "x"}),
            ("but not a write, which others judge", set(), {"denied": [["write", index]]}),
            ("but not SQLite's at its end", set(), {"denied": [
                ["fdatasync", base], ["fdatasync", base + "-wal"]]}),
        ]
        for name, kinds, ended in cases:
            with self.subTest(name):
                self.assertEqual(self.kinds(lambda: None, **ended), kinds)

    # ---- what the next scan would mend: a document, the index ----

    def documents(self):
        return sorted((self.place.path / "state" / "snapshots").glob("?" * 64))

    def test_a_document_that_is_gone_or_spoilt_is_named(self):
        def spoil(path, content):
            path.chmod(0o600)
            path.write_bytes(content)
        cases = [
            ("gone", lambda: self.documents()[0].unlink()),
            ("empty", lambda: spoil(self.documents()[1], b"")),
            ("its record", lambda: spoil(self.documents()[0].with_name(
                self.documents()[0].name + ".json"), b"{")),
        ]
        for name, tamper in cases:
            with self.subTest(name):
                self.assertIn("document", self.kinds(tamper))

    def test_what_only_the_journal_says_is_looked_for_and_stays_there(self):
        self.place.put_back()
        self.assertEqual(self.place.disturb([]).exit, 0)
        path = self.place.path / "state" / "state.db"
        other = sqlite3.connect(path)
        self.addCleanup(other.close)
        other.execute("UPDATE feeds SET held_sha256 = ? WHERE id = 'one'", ["f" * 64])
        other.commit()
        before = path.read_bytes(), path.with_name("state.db-wal").read_bytes()
        self.assertGreater(len(before[1]), 0)
        verdict = judge.Verdict()
        judge.judge_documents(self.place, verdict)
        self.assertIn("document: %s is missing" % ("f" * 64), verdict.offences)
        self.assertEqual((path.read_bytes(), path.with_name("state.db-wal").read_bytes()), before)

    def test_a_damaged_index_is_named(self):
        self.place.put_back()
        self.assertEqual(self.place.disturb([]).exit, 0)
        folder = self.place.path / "state" / "index"
        for name, content, kinds in (("nothing", None, 0), ("1", bytes(4096), 1),
                                     ("current", b"", 1)):
            with self.subTest(name):
                if content is not None:
                    (folder / name).chmod(0o600)
                    (folder / name).write_bytes(content)
                verdict = judge.Verdict()
                judge.judge_index(self.place, verdict)
                self.assertEqual([offence.split(":")[0] for offence in verdict.offences],
                                 ["index"] * kinds)

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
