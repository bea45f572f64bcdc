"""What a malicious list of millions of entries costs, and that the limit is where it is said to be."""
import unittest

import harness
import hostile_lists
import test_hostile
from test_hostile import LIMITS


class Entries(test_hostile.Case):
    @unittest.skipIf(harness.is_instrumented(), "takes minutes under a sanitizer")
    def test_entries_without_end(self):
        self.read(hostile_lists.many_rows(LIMITS["CW_FEED_ENTRIES_MAX"]),
                  LIMITS["CW_FEED_MEMORY_MAX"] >> 20, 120)


if __name__ == "__main__":
    harness.main()
