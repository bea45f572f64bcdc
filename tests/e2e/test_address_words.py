"""What an address is, said to people: what nobody holds, what was taken off, what else it can be."""
import json
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
ZERO = "0x0000000000000000000000000000000000000000"
TRON_ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"


class Nobody(harness.Case):
    def test_a_list_entry_that_nobody_holds_never_alerts_and_is_named(self):
        url = self.lists.put("/list.txt", "%s\n%s\n%s\n" % (ZERO, TRON_ZERO, RONIN))
        self.home.feed("list", url, "lines")
        self.home.rule("zero", [ZERO, "1111111111111111111114oLvT2"])
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["alerts"]), (0, []), stderr)
        self.assertEqual(report["feeds"][0]["suspicious"], 2)
        self.assertIn("%s (a key of zeros)" % ZERO, report["feeds"][0]["suspicious_entries"])
        status = json.loads(self.home.run("feed", "status", "--json").stdout)
        self.assertEqual(status["suspicious"], 2)
        self.assertEqual({e["value"]: e["what"] for e in status["suspicious_entries"]},
                         {ZERO: "a key of zeros", TRON_ZERO: "a key of zeros"})
        text = self.home.run("feed", "status").stdout
        self.assertIn("suspicious: %s: a key of zeros" % ZERO, text)

    def test_feed_parse_names_it_and_counts_it(self):
        path = self.home.base / "list.txt"
        path.write_text("%s\n%s\n" % (RONIN, ZERO))
        done = self.home.run("feed", "parse", "--json", "--format", "lines", str(path))
        self.assertEqual([json.loads(line)["suspicious"] for line in done.stdout.splitlines()],
                         [None, "a key of zeros"])
        self.assertEqual(json.loads(done.stderr)["suspicious"], 1)

    def test_rule_lint_says_that_it_never_alerts(self):
        self.home.rule("zero", [ZERO])
        done = self.home.run("rule", "lint")
        self.assertEqual(done.returncode, 0)
        self.assertIn("never alerts: it is a key of zeros", done.stderr)


if __name__ == "__main__":
    harness.main()
