"""Which documents stay on the disk: every one that was ever in force or that an alert tells of, and the
last ten of each list that nobody believed."""
import datetime
import hashlib

import fault_server
import harness
import limits
from fault_server import KNOWN, answer

MOST = limits.read(harness.ROOT)["CW_SNAPSHOTS_REFUSED_MAX"]
MANY = ["0x%040x" % (0xabcdef000000 + i) for i in range(60)]
START = datetime.datetime(2026, 11, 20)


def page(number):
    return b"<html>down for repair, %d</html>" % number


def lines(*addresses):
    return "".join(a + "\n" for a in addresses).encode()


class Retention(fault_server.Case):
    def setUp(self):
        super().setUp()
        self.hour = 0
        self.bad = {"list": 0, "other": 0}

    def serve(self, body, feed="list", **members):
        """Serves a document, scans an hour later; the document's name and outcome."""
        members = dict({"every": "60s", "stale_after": "60d", "max_stale": "90d",
                        "removed_max_percent": 15}, **members)
        self.home.feed(feed, self.server.put("/" + feed, answer(body)), **members)
        self.hour += 1
        now = START + datetime.timedelta(hours=self.hour)
        _, feeds, alerts = self.scan_at(now.strftime("%Y-%m-%dT%H:%M:%SZ"), "--feed", feed)
        return (hashlib.sha256(body).hexdigest(), feeds[feed]["status"],
                [a["type"] for a in alerts])

    def refused(self, count, feed="list"):
        """Names of as many documents that nobody believes, served one after the other."""
        names = []
        for _ in range(count):
            self.bad[feed] += 1
            body = page(self.bad[feed]) + feed.encode()
            name, status, _ = self.serve(body, feed)
            self.assertEqual(status, "failed")
            names.append(name)
        return names

    def stored(self):
        names = {path.name for path in (self.home.path / "state/snapshots").iterdir()}
        documents = {name for name in names if len(name) == 64}
        self.assertEqual(names - documents, {name + ".json" for name in documents})
        return documents

    def test_the_last_ten_refused_stay_and_each_that_is_told_of(self):
        good, _, _ = self.serve(lines(KNOWN))
        first = self.refused(MOST)
        self.assertEqual(self.stored(), {good, *first})  # N
        more = self.refused(1)
        self.assertEqual(self.stored(), {good, *first[1:], *more})  # N + 1
        more += self.refused(5)
        told = first[2]  # the third in a row is an outage: feed.failed
        self.assertEqual(self.stored(), {good, told, *first[6:], *more})
        self.assertEqual(self.home.check(KNOWN)[0], 10)

    def test_what_was_in_force_stays(self):
        names = [self.serve(lines(KNOWN, *MANY[:i]))[0] for i in range(MOST + 2)]
        self.assertEqual(self.stored(), set(names))
        again, status, _ = self.serve(lines(KNOWN, *MANY[:9]))
        self.assertEqual((again, status), (names[9], "held"))  # it came back, and is refused now
        self.refused(MOST + 1)
        self.assertLessEqual(set(names), self.stored())

    def test_a_held_document_stays_as_evidence_of_its_alert(self):
        self.home.rule("ours", [MANY[40]])
        good, _, _ = self.serve(lines(KNOWN, *MANY[:30]))
        small, status, alerts = self.serve(lines(MANY[50]), entries_min=5)
        self.assertEqual((status, alerts), ("held", ["feed.suspect"]))
        back, status, _ = self.serve(lines(KNOWN, *MANY[:31]))
        self.assertEqual(status, "updated")
        shrunk, status, alerts = self.serve(lines(KNOWN, *MANY[:5], MANY[40]))
        self.assertEqual((status, sorted(alerts)), ("held", ["address.listed", "feed.suspect"]))
        self.refused(MOST + 1)
        self.assertLessEqual({good, small, back, shrunk}, self.stored())
        self.home.now = "2026-12-01T00:00:00Z"
        code, _, stderr = self.home.scan("--offline")
        self.assertNotIn("snapshots/", stderr)

    def test_one_document_of_two_lists_stays_for_either(self):
        self.serve(lines(KNOWN))
        self.serve(lines(KNOWN, MANY[0]), "other")
        shared, _, _ = self.serve(page(0))
        self.serve(page(0), "other")
        self.refused(MOST + 1)
        self.assertIn(shared, self.stored())
        self.refused(MOST + 1, "other")
        self.assertNotIn(shared, self.stored())

    def test_a_run_that_was_killed_while_it_removed_is_finished_by_the_next(self):
        good, _, _ = self.serve(lines(KNOWN))
        first = self.refused(1)
        record = self.home.path / "state/snapshots" / (first[0] + ".json")
        more = self.refused(MOST - 1)
        record.unlink()  # the record goes first
        more += self.refused(1)
        self.assertEqual(self.stored(), {good, *more})

    def test_neither_a_dry_nor_an_offline_run_removes(self):
        self.serve(lines(KNOWN))
        self.refused(MOST)
        before = self.stored()
        self.home.now = "2026-11-28T00:00:00Z"
        self.server.put("/list", answer(page(99)))
        for option in ("--dry-run", "--offline"):
            self.home.scan(option)
            self.assertEqual(self.stored(), before)


if __name__ == "__main__":
    harness.main()
