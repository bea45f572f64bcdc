"""A run that is asked to end, by SIGTERM or SIGINT: what was fetched is committed, nothing is left lying
about, and the next run does the rest (reliability.md 32)."""
import json
import pathlib
import signal
import threading
import time

import fault_server
import harness
from fault_server import KNOWN, answer, silent

OTHER = "0x1da5821544e25c636c1417ba96ade4cf6d2f9b5a"
BOUND_S = 10 * (3 if harness.is_instrumented() else 1)


class Stopped(fault_server.Case):
    def begin(self, *args, path="/hanging"):
        """A run that waits for the server; returns it when the server was asked."""
        run = self.home.start(*args)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        for _ in range(3000):
            if self.server.asked(path):
                return run
            time.sleep(0.01)
        self.fail("nobody asked for " + path)

    def end(self, run, *numbers):
        began = time.monotonic()
        for number in numbers:
            run.send_signal(number)
            time.sleep(0.05)
        out, said = run.communicate(timeout=60)
        self.assertLess(time.monotonic() - began, BOUND_S)
        return run.returncode, out.decode(), said.decode()

    def children(self, run):
        return pathlib.Path("/proc/%d/task/%d/children" % (run.pid, run.pid)).read_text().split()

    def serve_two(self):
        self.home.feed("good", self.server.put("/good", answer(KNOWN.encode() + b"\n")), every="6h")
        self.home.feed("hanging", self.server.put("/hanging", silent), every="6h")

    def stops(self, number):
        self.serve_two()
        run = self.begin("scan", "--json")
        helpers = self.children(run)
        self.assertTrue(helpers)
        while not self.server.asked("/good"):
            time.sleep(0.01)
        time.sleep(0.3)
        code, out, said = self.end(run, number)
        report = json.loads(out)
        feeds = {feed["id"]: feed for feed in report["feeds"]}
        self.assertEqual((code, report["stopped"]), (20, True), said)
        self.assertEqual(said, "cryptowatch scan: stopped by a signal: what was read is kept, "
                               "and the next scan does the rest\n")
        self.assertEqual(feeds["good"]["status"], "updated")
        self.assertEqual(feeds["hanging"]["error"], {
            "code": "stopped", "text": "the run was stopped before the list was read; the "
                                       "next one asks for it again"})
        self.assertEqual(len(report["alerts"]), 1)
        snapshots = [p.name for p in (self.home.path / "state/snapshots").iterdir()]
        self.assertEqual([name for name in snapshots if name.startswith("tmp")], [])
        for pid in helpers:
            self.assertFalse(self.is_alive(pid), pid)
        self.assertEqual(self.home.check(KNOWN)[0], 10)
        self.server.put("/hanging", answer(OTHER.encode() + b"\n"))
        code, feeds, _ = self.scan_at("2026-11-20T00:00:30Z")  # too early for the good one
        self.assertEqual((code, feeds["good"]["status"], feeds["hanging"]["status"]),
                         (0, "skipped", "updated"))

    def test_a_scan_commits_what_was_fetched_and_says_so(self):
        self.stops(signal.SIGTERM)

    def test_a_person_at_the_terminal_stops_it_likewise(self):
        self.stops(signal.SIGINT)

    @staticmethod
    def is_alive(pid):
        try:
            return ") Z " not in pathlib.Path("/proc/%s/stat" % pid).read_text()
        except FileNotFoundError:
            return False

    def test_three_scans_that_were_stopped_are_no_outage(self):
        self.serve_two()
        for hour in range(3):
            self.home.now = "2026-11-20T0%d:00:00Z" % hour
            self.server.heads.clear()
            self.assertEqual(self.end(self.begin("scan"), signal.SIGTERM)[0], 20)
        self.assertNotIn("feed.failed", self.home.run("alert", "list").stdout)
        states = self.home.run("feed", "status", "--json").stdout.splitlines()
        self.assertEqual([json.loads(s)["status"] for s in states], ["good", "never"])

    def test_a_dry_run_leaves_nothing(self):
        self.serve_two()
        code, out, said = self.end(self.begin("scan", "--dry-run"), signal.SIGTERM)
        self.assertEqual(code, 20, said)
        self.assertIn("stopped by a signal", said)
        self.assertFalse((self.home.path / "state/state.db").exists())

    def queued(self):
        """An alert that waits for a receiver that hangs."""
        self.home.feed("good", self.server.put("/good", answer(KNOWN.encode() + b"\n")))
        self.assertEqual(self.home.scan("--no-deliver")[0], 0)
        self.receiver.hang = threading.Event()
        run = self.home.start("deliver", "--json")
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        self.assertTrue(self.receiver.arrived.wait(20))
        return run

    def test_a_delivery_under_way_has_the_time_of_the_grace(self):
        run = self.queued()
        began = time.monotonic()
        code, out, said = self.end(run, signal.SIGTERM)
        self.assertGreater(time.monotonic() - began, 3)
        self.assertEqual(code, 20)
        self.assertEqual(said, "cryptowatch deliver: stopped by a signal: what is not delivered waits "
                               "for the next one\n")
        report = json.loads(out)
        self.assertEqual((report["sent"], report["failed"], report["pending"]), (0, 1, 1))
        first = self.receiver.posts[0][0]["webhook-id"]
        self.receiver.hang.set()
        self.receiver.hang = None
        self.home.now = "2026-11-20T02:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(self.receiver.posts[-1][0]["webhook-id"], first)

    def test_a_receiver_that_answers_within_the_grace_is_heard(self):
        run = self.queued()
        timer = threading.Timer(1, self.let_go)
        timer.start()
        code, out, _ = self.end(run, signal.SIGTERM)
        timer.join()
        self.assertEqual((code, json.loads(out)["failed"] + json.loads(out)["sent"]), (20, 1))
        self.assertEqual(len(self.receiver.posts), 1)

    def test_a_second_signal_ends_at_once_and_loses_nothing(self):
        run = self.queued()
        began = time.monotonic()
        code, out, said = self.end(run, signal.SIGTERM, signal.SIGINT)
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual((code, out, said), (-signal.SIGINT, "", ""))
        self.receiver.hang.set()
        self.receiver.hang = None
        self.home.now = "2026-11-20T02:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(len({headers["webhook-id"] for headers, _ in self.receiver.posts}), 1)

    def let_go(self):
        self.receiver.hang.set()


if __name__ == "__main__":
    harness.main()
