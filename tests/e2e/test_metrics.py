"""metrics_file: what is written parses, is what docs/metrics.md says, and is never half."""
import json
import os
import re
import stat
import threading
import unittest

import yaml

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? ([0-9]+)" % (NAME, LABEL, LABEL))


def parse(text):
    """Strict: every family has HELP and TYPE, then its samples, once and together; the last line ends.

    Returns {family: (type, {labels as sorted tuple: value})}."""
    assert text.endswith("\n"), "the last line does not end: %r" % text[-80:]
    families, current = {}, None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            current, words = re.fullmatch(r"# HELP (%s) (\S.*)" % NAME, line).groups()
            assert current not in families, "%s comes twice" % current
            kind = re.fullmatch(r"# TYPE (%s) (gauge|counter)" % NAME, next(lines)).groups()
            assert kind[0] == current and words.endswith(".")
            families[current] = (kind[1], {})
            continue
        match = SAMPLE.fullmatch(line)
        assert match is not None, "no sample: %r" % line
        assert match.group(1) == current, "%s outside of its family" % match.group(1)
        labels = tuple(sorted(re.findall(LABEL, match.group(2) or "")))
        assert labels not in families[current][1], "the same sample twice: %r" % line
        families[current][1][labels] = int(line.rsplit(" ", 1)[1])
    return families


class Metrics(harness.Case):
    def setUp(self):
        super().setUp()
        self.file = self.home.base / "metrics" / "cryptowatch.prom"
        self.file.parent.mkdir()
        self.home.configure(metrics_file=str(self.file))
        self.home.feed("list", self.lists.put("/list", LISTED + "\n"))
        self.home.rule("theft", [LISTED])
        self.home.now = "2026-11-20T03:00:00Z"

    def read(self):
        return parse(self.file.read_text())

    def value(self, name, **labels):
        return self.read()[name][1].get(tuple(sorted(labels.items())))

    def run_value(self, name, command="scan", **labels):
        return self.value("cryptowatch_run_" + name, command=command, **labels)

    def test_a_scan_tells_of_itself_and_of_the_state(self):
        self.assertEqual(self.home.scan()[0], 0)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o644)
        now = 1795143600
        self.assertEqual(self.run_value("exit_code"), 0)
        self.assertEqual(self.run_value("finished_timestamp_seconds"), now)
        self.assertEqual(self.run_value("success_timestamp_seconds"), now)
        self.assertEqual([self.run_value("alerts", severity=s)
                          for s in ("info", "low", "medium", "high", "critical")], [0, 0, 1, 0, 0])
        self.assertEqual(self.run_value("deliveries", outcome="sent"), 1)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="list", state="good"), 1)
        self.assertEqual(self.value("cryptowatch_feed_retrieved_timestamp_seconds", feed="list"), now)
        self.assertEqual(self.value("cryptowatch_feed_stale_after_seconds", feed="list"), 3 * 86400)
        self.assertEqual(self.value("cryptowatch_feed_entries", feed="list"), 1)
        self.assertEqual(self.value("cryptowatch_outbox_deliveries", state="delivered"), 1)
        self.assertEqual(self.value("cryptowatch_endpoint_disabled", endpoint="soc"), 0)
        self.assertEqual(self.value("cryptowatch_alerts_total"), 1)
        self.assertGreater(self.value("cryptowatch_log_entries"), 0)
        self.assertEqual(self.value("cryptowatch_log_pending_entries"), 0)
        self.assertEqual(self.value("cryptowatch_index_generation"), 1)

    def test_both_commands_share_one_file(self):
        self.home.scan()
        self.home.now = "2026-11-20T03:05:00Z"
        self.receiver.plan = [500]
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(self.run_value("finished_timestamp_seconds"), 1795143600)
        self.assertEqual(self.run_value("finished_timestamp_seconds", "deliver"), 1795143900)
        self.assertEqual(self.run_value("alerts", severity="medium"), 1)
        self.home.now = "2026-11-20T04:00:00Z"
        self.home.scan()
        self.assertEqual(self.run_value("finished_timestamp_seconds", "deliver"), 1795143900)
        self.assertEqual(self.run_value("alerts", severity="medium"), 0)

    def test_what_stood_in_the_file_and_is_not_ours_is_dropped(self):
        for former in (b"", b"\xff\x00junk", b'cryptowatch_run_exit_code{command="deliver"} 7\n',
                       b'evil{command="deliver"} 1\n' * 3, b"x" * (2 << 20)):
            self.file.write_bytes(former)
            self.assertEqual(self.home.scan()[0], 0)
            self.assertIsNone(self.run_value("exit_code", "deliver"))
            self.assertNotIn("evil", self.read())

    def test_a_list_that_fails_and_one_that_is_held(self):
        many = "".join("0x%040x\n" % (0xabcdef000000 + i) for i in range(60))
        self.home.feed("shrinks", self.lists.put("/shrinks", many), removed_max_percent=15)
        self.home.scan()
        self.lists.put("/list", "gone", status=500)
        self.lists.put("/shrinks", many[:430])
        self.home.now = "2026-11-20T04:00:00Z"
        self.assertEqual(self.home.scan()[0], 20)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="list", state="failed"), 1)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="list", state="good"), 0)
        self.assertEqual(self.value("cryptowatch_feed_failures", feed="list"), 1)
        self.assertEqual(self.value("cryptowatch_feed_retrieved_timestamp_seconds", feed="list"),
                         1795143600)
        self.assertEqual(self.value("cryptowatch_feed_attempted_timestamp_seconds", feed="list"),
                         1795147200)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="shrinks", state="held"), 1)
        self.assertEqual(self.value("cryptowatch_feed_held", feed="shrinks"), 1)
        self.assertEqual(self.run_value("exit_code"), 20)
        self.assertEqual(self.run_value("success_timestamp_seconds"), 1795143600)

    def test_a_receiver_that_ended(self):
        self.receiver.plan = [410]
        self.home.scan()
        self.assertEqual(self.value("cryptowatch_endpoint_disabled", endpoint="soc"), 1)

    def test_deliveries_that_wait_and_die(self):
        self.receiver.plan = [500] * 9
        self.home.scan()
        self.assertEqual(self.value("cryptowatch_outbox_deliveries", state="waiting"), 1)
        self.assertEqual(self.value("cryptowatch_outbox_waiting_since_timestamp_seconds"), 1795143600)
        self.assertGreater(self.run_value("deliveries", outcome="failed"), 0)
        self.receiver.plan = [413]
        self.home.now = "2026-11-20T09:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 20)
        self.assertEqual(self.value("cryptowatch_outbox_deliveries", state="dead"), 1)
        self.assertEqual(self.value("cryptowatch_outbox_waiting_since_timestamp_seconds"), 0)
        self.assertEqual(self.run_value("exit_code", "deliver"), 20)

    def test_a_run_that_cannot_begin_is_told_too(self):
        self.home.scan()
        (self.home.path / "feeds" / "broken.json").write_text("{")
        self.home.now = "2026-11-20T04:00:00Z"
        self.assertEqual(self.home.run("scan").returncode, 78)
        self.assertEqual(self.run_value("exit_code"), 78)
        self.assertEqual(self.run_value("success_timestamp_seconds"), 1795143600)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="list", state="good"), 1)
        self.assertEqual(self.home.run("deliver").returncode, 0)  # no alert waits for a list's file
        self.assertEqual(self.run_value("exit_code", "deliver"), 0)
        self.assertEqual(self.value("cryptowatch_feed_state", feed="list", state="good"), 1)

    def test_a_key_that_is_too_open(self):
        (self.home.path / "keys" / "alert.pem").chmod(0o644)
        self.assertEqual(self.home.run("scan").returncode, 77)
        self.assertEqual(self.run_value("exit_code"), 77)
        self.assertEqual(self.value("cryptowatch_state_readable"), 0)
        self.assertNotIn("cryptowatch_feed_state", self.read())

    def test_a_state_that_is_no_database(self):
        self.home.scan()
        (self.home.path / "state" / "state.db").write_bytes(b"no database" * 1000)
        self.assertEqual(self.home.run("scan").returncode, 74)
        self.assertEqual(self.run_value("exit_code"), 74)
        self.assertEqual(self.value("cryptowatch_state_readable"), 0)

    def test_a_rehearsal_and_a_run_that_is_locked_out_write_nothing(self):
        self.assertEqual(self.home.run("scan", "--dry-run").returncode, 0)
        self.assertFalse(self.file.exists())
        self.home.scan()
        before = self.file.read_bytes()
        self.receiver.hang = threading.Event()
        self.home.rule("more", ["0x" + "ab" * 20])
        self.lists.put("/list", LISTED + "\n0x" + "ab" * 20 + "\n")
        self.home.now = "2026-11-20T05:00:00Z"
        self.receiver.arrived.clear()
        running = self.home.start("scan")
        try:
            self.assertTrue(self.receiver.arrived.wait(30))
            for command in ("scan", "deliver"):
                self.assertEqual(self.home.run(command).returncode, 75)
            self.assertEqual(self.file.read_bytes(), before)
        finally:
            self.receiver.hang.set()
            running.communicate()
        self.assertNotEqual(self.file.read_bytes(), before)

    def test_a_file_that_cannot_be_written_is_a_warning_and_20(self):
        missing = self.home.base / "missing" / "m.prom"
        folder = self.home.base / "folder.prom"
        folder.mkdir()
        for path, why in ((missing, "No such file"), (folder, "is no regular file"),
                          ("/dev/null", "is no regular file")):
            self.home.configure(metrics_file=str(path))
            for command in ("scan", "deliver"):
                done = self.home.run(command)
                self.assertEqual(done.returncode, 20, done.stderr)
                self.assertIn("warning: metrics: %s: " % path, done.stderr)
                self.assertIn(why, done.stderr)
        self.assertEqual(len(self.receiver.posts), 1)  # the work was done
        missing.parent.mkdir()
        self.home.configure(metrics_file=str(missing))
        self.assertEqual(self.home.run("scan").returncode, 0)
        self.assertTrue(missing.exists())

    def test_a_reader_never_sees_half_a_file(self):
        self.home.scan()
        ended = threading.Event()
        seen, wrong = set(), []

        def watch():
            while not ended.is_set():
                try:
                    text = self.file.read_text()
                    families = parse(text)
                    seen.add(os.stat(self.file).st_ino)
                    if list(families)[-1] != "cryptowatch_index_published_timestamp_seconds":
                        wrong.append(text)
                except (AssertionError, OSError, AttributeError) as error:
                    wrong.append(error)

        watcher = threading.Thread(target=watch)
        watcher.start()
        for _ in range(20):
            self.assertEqual(self.home.run("deliver").returncode, 0)
        ended.set()
        watcher.join()
        self.assertEqual(wrong, [])
        self.assertGreater(len(seen), 1)  # another file each time, never the same written over
        self.assertEqual([p.name for p in self.file.parent.iterdir()], [self.file.name])

    def test_the_page_lists_what_is_written(self):
        self.home.scan()
        self.home.run("deliver")
        page = (harness.ROOT / "docs" / "metrics.md").read_text()
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \|([^|]*)\|", page, re.M)
        told = {name: (kind, tuple(sorted(re.findall(r"`(\w+)`", labels))))
                for name, kind, labels in rows}
        self.assertEqual(len(told), len(rows))
        written = {}
        for name, (kind, samples) in self.read().items():
            sets = {tuple(label for label, _ in labels) for labels in samples}
            self.assertEqual(len(sets), 1, name)
            written[name] = (kind, sets.pop())
        self.assertEqual(told, written)

    def test_the_rules_are_well_formed_and_ask_for_what_is_written(self):
        self.home.scan()
        families = self.read()
        with open(harness.ROOT / "docs" / "metrics" / "alerts.yml", encoding="utf-8") as file:
            groups = yaml.safe_load(file)["groups"]
        names = []
        for group in groups:
            self.assertEqual(set(group), {"name", "rules"})
            for rule in group["rules"]:
                self.assertLessEqual(set(rule), {"alert", "expr", "for", "labels", "annotations"})
                names.append(rule["alert"])
                self.assertIn(rule["labels"]["severity"], ("info", "warning", "critical"))
                self.assertTrue(rule["annotations"]["summary"])
                self.assertRegex(rule.get("for", "1m"), r"^[0-9]+[mh]$")
                asked = re.findall(r"cryptowatch_\w+", rule["expr"])
                self.assertGreater(len(asked), 0)
                for name in asked:
                    self.assertIn(name, families)
        self.assertEqual(len(names), len(set(names)))
        self.assertGreater(len(names), 5)


if __name__ == "__main__":
    harness.main()
