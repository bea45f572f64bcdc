"""What a malicious list costs: bounded memory and time, words that name it and why, and nothing of the
other lists of the same run (docs/limits.md)."""
import re
import shutil
import time

import fault_server
import harness
import hostile_lists
import limits
from fault_server import KNOWN, answer

LIMITS = limits.read(harness.ROOT)
NEWS = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
HONEST = ("a-honest", "z-honest")  # taken before and after all others


class Case(fault_server.Case):
    """The program runs behind measured.c, which says what it and its helpers took."""

    def setUp(self):
        super().setUp()
        self.folder = harness.program_folder(self)
        (self.folder / "real").mkdir()
        shutil.copy2(harness.BIN / "hostile" / "measured", self.folder / "cryptowatch")
        for name in ("cryptowatch", "cryptowatch-parse", "cryptowatch-net"):
            shutil.copy2(harness.BIN / name, self.folder / "real")
        self.home.rule("news", [NEWS])

    def used(self):
        """Processor seconds and MiB of the largest process, of what ran since the last question."""
        rows = [row.split() for row in (self.folder / "measured").read_text().splitlines()]
        (self.folder / "measured").unlink()
        return sum(int(row[0]) for row in rows) / 1000, max(int(row[1]) for row in rows) / 1024

    def first(self, feeds):
        """Every list is good at first, so that each has something to lose. feeds: id: format"""
        good = hostile_lists.GOOD
        for name in HONEST:
            self.home.feed(name, self.server.put("/" + name, answer(good["lines"])),
                           max_stale="90d", stale_after="60d")
        for name, (form, members) in feeds.items():
            members = dict({"max_stale": "90d", "stale_after": "60d"}, **members)
            url = members.pop("url", None) or self.server.put("/" + name, answer(good[form]))
            self.home.feed(name, url, form, **members)
        code, seen, _ = self.scan_at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {feed["status"] for feed in seen.values()}), (0, {"updated"}))

    def attack(self, rows, memory_mib, seconds):
        """rows: (name, status, regular expression). What was served in the place of good lists is
        told of each by name; the honest ones, which changed, alert in the same run."""
        for name in HONEST:
            self.server.put("/" + name, answer(hostile_lists.GOOD["lines"] + NEWS.encode() + b"\n"))
        self.used()
        began = time.monotonic()
        code, feeds, alerts = self.scan_at("2026-11-20T01:00:00Z")
        took = time.monotonic() - began
        cpu, peak = self.used()
        print("  %d lists: %.1f s, %.1f s of processor, %d MiB" % (len(rows), took, cpu, peak))
        self.assertEqual(code, 20)
        for name, status, word in rows:
            with self.subTest(list=name):
                self.assertRegex(feeds[name]["status"], "^(%s)$" % status)
                self.assertRegex(feeds[name]["error"], word)
        self.assertEqual([(a["feed"], a["type"], a["case"]) for a in alerts
                          if a["type"].startswith("address.")],
                         [(name, "address.listed", "news") for name in HONEST])
        self.assertEqual({feeds[name]["status"] for name in HONEST}, {"updated"})
        self.assertEqual(sorted(a["data"]["provenance"]["feed"] for a in self.receiver.alerts()
                                if a["type"].endswith("address.listed") and
                                a["data"]["case"]["id"] == "news"), list(HONEST))
        if not harness.is_instrumented():
            self.assertLess(peak, memory_mib)
            self.assertLess(took, seconds)
        self.assertEqual(self.home.check(KNOWN)[0], 10)  # the last good lists answer
        said = self.home.run("feed", "status").stdout
        for name, status, _ in rows:
            if status != "updated":
                self.assertRegex(said, r"(?m)^%s +(%s) " % (name, status))
        return feeds

    def read(self, rows, memory_mib, seconds=30):
        self.first({name: (form, {}) for name, form, _, _, _ in rows})
        for name, _, body, _, _ in rows:
            self.server.put("/" + name, answer(body))
        self.attack([(name, status, word) for name, _, _, status, word in rows], memory_mib,
                    seconds)


class Documents(Case):
    def test_xml(self):
        self.read(hostile_lists.xml_rows(), 32)

    def test_full_tables(self):
        self.read(hostile_lists.full_rows(), LIMITS["CW_PARSE_MEMORY_MAX"] >> 20)

    def test_json(self):
        self.read(hostile_lists.json_rows(), LIMITS["CW_PARSE_MEMORY_MAX"] >> 20)

    def test_yaml_csv_and_text(self):
        self.read(hostile_lists.text_rows(), 32)

    def test_what_is_no_list_at_all(self):
        rows = hostile_lists.plain_rows()
        self.read(rows, 32)
        said = self.home.run("scan", "--force").stderr.splitlines()  # as cron's mail would have it
        for name, _, _, status, word in rows:
            self.assertEqual([line for line in said
                              if re.match("feed %s (%s): .*(%s)" % (name, status, word), line)],
                             [line for line in said if line.startswith("feed %s " % name)])
        self.assertEqual(len(said), len(rows))

    def test_containers(self):
        # A sanitizer reserves terabytes, so there is no limit to meet.
        self.read([row for row in hostile_lists.container_rows()
                   if row[0] != "xz-dictionary" or not harness.is_instrumented()], 64)


if __name__ == "__main__":
    harness.main()
