"""What a malicious list of millions of entries costs, and that the limit is where it is said to be."""
import unittest

import harness
import hostile_lists
import test_hostile
from fault_server import answer
from test_hostile import LIMITS

# What one plain row may take, for as many as a list may have must fit.
ROW_BYTES = LIMITS["CW_FEED_MEMORY_MAX"] / LIMITS["CW_FEED_ENTRIES_MAX"]
BASE_MIB = 20  # the program, its database and its index


def plain(first, count):
    """Rows in order, with identifiers and names."""
    rows = ("0x%040x,%d,somebody,x\n" % (0xabc0000000 + i, i) for i in range(first, first + count))
    return ("address,entry_id,name,note\n" + "".join(rows)).encode()


class Entries(test_hostile.Case):
    @unittest.skipIf(harness.is_instrumented(), "takes minutes under a sanitizer")
    def test_entries_without_end(self):
        self.read(hostile_lists.many_rows(LIMITS["CW_FEED_ENTRIES_MAX"]),
                  LIMITS["CW_FEED_MEMORY_MAX"] >> 20, 120)

    @unittest.skipIf(harness.is_instrumented(), "takes minutes under a sanitizer")
    def test_a_quarter_of_as_many_valid_entries_as_there_may_be(self):
        count = LIMITS["CW_FEED_ENTRIES_MAX"] // 4  # all of them take minutes on a busy machine
        self.read([("valid", "csv", plain(0, count), "held",
                    "^%d new listings where 1 are in force" % count)],
                  BASE_MIB + count * ROW_BYTES / (1 << 20), 110)

    @unittest.skipIf(harness.is_instrumented(), "a sanitizer takes memory of its own")
    def test_valid_entries_beside_those_in_force(self):
        count = 40_000
        url = self.server.put("/valid", answer(plain(0, count)))
        self.home.feed("valid", url, "csv", removed_max_percent=15)
        peaks = []
        for first, status in ((0, "updated"), (100, "updated"), (count // 2, "held")):
            self.server.put("/valid", answer(plain(first, count)))
            _, feeds, _ = self.scan_at("2026-11-20T0%d:00:00Z" % len(peaks))
            self.assertEqual(feeds["valid"]["status"], status)
            peaks.append(self.used()[1])
        print("  %d rows: %d MiB; beside as many in force: %d MiB; held: %d MiB"
              % (count, *peaks))
        for lists, peak in enumerate(peaks, 1):
            self.assertLess(peak, BASE_MIB + lists * count * ROW_BYTES / (1 << 20))


if __name__ == "__main__":
    harness.main()
