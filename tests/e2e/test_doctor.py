"""What an operator reads at three in the morning: what is wrong, and what to type.

Each test damages a home in one way, looks for the line that names it, and where a command can mend
it, types that command and looks again.
"""
import sys

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


class OneBadFile(harness.Case):
    """A slip in a feed file or a rule stops what reads them, and nothing else."""

    def setUp(self):
        super().setUp()
        self.home.rule("case", [LISTED])
        self.home.feed("list", self.lists.put("/list", LISTED + "\n"))
        self.assertEqual(self.home.scan("--no-deliver")[0], 0)

    def test_keys_log_alerts_and_the_outbox_do_not_wait_for_it(self):
        (self.home.path / "feeds" / "bad.json").write_text('{"id": "bad",\n "urll": "x"}\n')
        (self.home.path / "rules" / "bad.json").write_text("{")
        for command in (["key", "show"], ["log", "verify"], ["log", "checkpoint"],
                        ["alert", "list"], ["webhook", "test"], ["deliver"]):
            done = self.home.run(*command)
            self.assertEqual(done.returncode, 0, (command, done.stderr))
        self.assertEqual(len(self.receiver.posts), 2)  # the test event, and the alert that waited
        for command in (["scan"], ["check", LISTED]):
            done = self.home.run(*command)
            self.assertEqual(done.returncode, 78, (command, done.stderr))
            self.assertIn("bad.json:2:", done.stderr)

    def test_a_bad_configuration_stops_them_all(self):
        self.home.configure(instanze="x")
        for command in (["key", "show"], ["log", "verify"], ["alert", "list"], ["deliver"]):
            done = self.home.run(*command)
            self.assertIn(done.returncode, (78, 2), (command, done.stderr))
            self.assertIn('did you mean "instance"?', done.stderr)


if __name__ == "__main__":
    sys.exit(harness.main())
