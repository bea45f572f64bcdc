"""A list that would make us say too much at once: which alerts of one document count, and how it goes on
(reliability.md 20, and the row "alerts per run before quarantine" of its table)."""
import json
import subprocess
import unittest

import fault_server
import harness
import limits
import test_feed_rules
from test_feed_rules import MANY, lines


HITS = limits.read(harness.ROOT)["CW_HITS_MAX"]


def rows(*entries):
    """A list with identifiers: id, address, name and programme of each entry."""
    head = "entry_id,address,name,program\r\n"
    return (head + "".join("%s,%s,%s,%s\r\n" % entry for entry in entries)).encode()


class Flood(fault_server.Case):
    add, serve, at = (getattr(test_feed_rules.Rules, name) for name in ("add", "serve", "at"))

    def held_for_alerts(self, now, sent):
        """A scan that holds the list for the alerts it would raise, and raises no other."""
        self.serve("list", sent)
        code, feeds, alerts = self.at(now)
        self.assertEqual((code, alerts, feeds["list"]["status"]), (20, ["feed.suspect"], "held"))
        self.assertEqual(self.receiver.alerts()[-1]["data"]["error"]["code"], "ours")
        return feeds["list"]["error"]

    def accepted(self, now):
        done = self.home.run("feed", "accept", "list")
        self.assertEqual(done.returncode, 0, done.stderr)
        code, feeds, alerts = self.at(now, "--force")
        self.assertEqual((code, feeds["list"]["status"]), (0, "updated"))
        return alerts

    def test_many_entries_on_one_address_of_ours_are_held(self):
        self.home.rule("one", [MANY[59]])
        foreign = [("f%d" % i, MANY[i], "x", "") for i in range(30)]
        again = [("e%d" % i, MANY[59], "x", "") for i in range(21)]
        self.add("list", rows(*foreign), "csv")
        self.add("twenty", rows(*foreign), "csv")
        self.at("2026-11-20T00:00:00Z")
        self.serve("twenty", rows(*foreign, *again[:20]))
        code, _, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts), (0, ["address.listed"] * 20))
        error = self.held_for_alerts("2026-11-20T02:00:00Z", rows(*foreign, *again))
        self.assertRegex(error, "^it would raise 21 alerts at once where at most 20 are believed: ")
        self.assertEqual(self.home.check(MANY[59])[0], 10)  # the case knows it
        self.assertEqual(self.accepted("2026-11-20T03:00:00Z"), ["address.listed"] * 21)

    def test_many_entries_of_ours_that_change_are_held(self):
        self.home.rule("many", MANY[:21])
        listed = [("e%d" % i, MANY[i], "x", "A") for i in range(21)]
        self.add("list", rows(*listed), "csv")
        _, _, alerts = self.at("2026-11-20T00:00:00Z")
        self.assertEqual(alerts, ["address.listed"] * 21)  # of a first list, one for each is owed
        changed = [(e, a, name, "B") for e, a, name, _ in listed]
        self.serve("list", rows(listed[0], *changed[1:]))
        code, _, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts), (0, ["address.changed"] * 20))
        other = [(e, a, "y", "C") for e, a, _, _ in listed]
        error = self.held_for_alerts("2026-11-20T02:00:00Z", rows(*other))
        self.assertRegex(error, "^it would raise 21 alerts")
        self.assertEqual(self.accepted("2026-11-20T03:00:00Z"), ["address.changed"] * 21)

    def test_what_is_added_and_changed_counts_together(self):
        self.home.rule("many", MANY[:22])
        listed = [("e%d" % i, MANY[i], "x", "A") for i in range(11)]
        self.add("list", rows(*listed), "csv")
        self.at("2026-11-20T00:00:00Z")
        changed = [(e, a, name, "B") for e, a, name, _ in listed]
        added = [("e%d" % i, MANY[i], "x", "A") for i in range(11, 21)]
        self.held_for_alerts("2026-11-20T01:00:00Z", rows(*changed, *added))

    def test_a_first_list_that_repeats_our_address_is_held(self):
        self.home.rule("many", MANY[:25])
        ours = [("e%d" % i, MANY[i], "x", "") for i in range(25)]
        again = [("a%d" % i, MANY[3], "x", "") for i in range(21)]
        self.add("twenty", rows(*ours, *again[:20]), "csv")  # one for each, and twenty
        code, _, alerts = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, alerts), (0, ["address.listed"] * 45))
        self.add("list", b"", "csv")
        error = self.held_for_alerts("2026-11-20T01:00:00Z", rows(*ours, *again))
        self.assertRegex(error, "^read for the first time it would raise 21 alerts beyond one for "
                                "each address of a case")
        self.assertRegex(self.receiver.alerts()[-1]["data"]["text"]["en"],
                         "^Feed list is held since .* and nothing of it is in force.$")
        self.assertEqual(self.home.check(MANY[3])[0], 10)
        self.assertEqual(self.accepted("2026-11-20T02:00:00Z"), ["address.listed"] * 46)

    def test_removals_that_would_raise_many_alerts_wait(self):
        self.home.rule("many", MANY[:21])
        foreign = ["0x%040x" % (0x777770000 + i) for i in range(300)]
        self.add("list", lines(*foreign, *MANY[:21]))  # seven of a hundred: a few, but ours
        self.at("2026-11-20T00:00:00Z")
        self.serve("list", lines(*foreign))
        code, feeds, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, feeds["list"]["status"], alerts), (20, "held", ["feed.suspect"]))
        self.assertRegex(feeds["list"]["error"],
                         "^21 of 321 listings vanished at once, 21 alerts would tell it: they stay")
        self.serve("list", lines(*foreign, MANY[0]))
        code, feeds, alerts = self.at("2026-11-20T02:00:00Z")
        self.assertEqual((code, alerts.count("address.delisted")), (0, 20))

    @unittest.skipIf(harness.is_instrumented(), "takes minutes under a sanitizer")
    def test_a_list_that_repeats_ours_without_end_fails_and_no_other(self):
        self.home.rule("one", [MANY[0]])
        again = [("e%d" % i, MANY[0], "", "") for i in range(HITS + 3)]
        self.add("a-most", rows(*again[:-1]), "csv")  # and once for each of two addresses
        self.add("b-more", rows(*again), "csv")
        self.add("c-honest", lines(*MANY[:3]))
        code, feeds, alerts = self.at("2026-11-20T00:00:00Z")
        self.assertEqual((code, {name: feed["status"] for name, feed in feeds.items()}),
                         (20, {"a-most": "held", "b-more": "failed", "c-honest": "updated"}))
        self.assertEqual(alerts, ["feed.suspect", "address.listed"])
        self.assertRegex(feeds["a-most"]["error"], "^read for the first time it would raise %d "
                                                   "alerts beyond one for each" % (HITS + 1))
        self.assertEqual(feeds["b-more"]["error"],
                         "the cases match it more than %d times beyond once for each of their "
                         "addresses" % HITS)
        self.assertEqual(len(self.receiver.alerts()), 2)

    @unittest.skipIf(harness.is_instrumented(), "a sanitizer reserves terabytes")
    def test_a_list_beyond_the_memory_of_the_machine_fails_and_no_other(self):
        self.home.rule("one", [MANY[0]])
        self.add("a-large", lines(*("0x%040x" % (0xfeed00000000 + i) for i in range(150_000))))
        self.add("b-honest", lines(*MANY[:3]))
        done = subprocess.run(["sh", "-c", 'ulimit -S -v 60000; exec "$@"', "sh"] +
                              self.home.command("scan", "--json"), capture_output=True, text=True,
                              env=self.home.env(), timeout=120)
        self.assertEqual(done.returncode, 20, done.stderr)
        feeds = {feed["id"]: feed for feed in json.loads(done.stdout)["feeds"]}
        self.assertEqual({name: feed["status"] for name, feed in feeds.items()},
                         {"a-large": "failed", "b-honest": "updated"})
        self.assertEqual(feeds["a-large"]["error"]["code"], "memory")
        self.assertRegex(feeds["a-large"]["error"]["text"],
                         "^out of memory .*: this machine has too little memory for this list$")
        self.assertEqual([a["type"] for a in self.receiver.alerts()],
                         ["cryptowatch.address.listed"])

    def test_what_new_rules_find_is_no_flood(self):
        self.add("list", lines(*MANY[:40]))
        self.at("2026-11-20T00:00:00Z")
        self.home.rule("many", MANY[:30])
        self.serve("list", lines(*MANY[:41]))
        code, _, alerts = self.at("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts), (0, ["address.listed"] * 30))


if __name__ == "__main__":
    harness.main()
