"""After an upgrade: what another program read is read again before anything is compared, so that
nobody is woken for the same bytes in other words (alerts.md 2.3)."""
import json
import re
import shutil
import sqlite3

import fault_server
import harness
from fault_server import KNOWN, answer
from test_scan import ofac

OTHER = "0x" + "ab" * 20
THIRD = "0x" + "cd" * 20
MANY = [("0x%040x" % (0xabcdef000000 + i), "EXAMPLE") for i in range(60)]


def table(*rows):
    """A list of (address, name)."""
    return ("address,name\n" + "".join("%s,%s\n" % row for row in rows)).encode()


NORM = re.search(rb"cryptowatch-norm/\d+", (harness.BIN / "cryptowatch").read_bytes()).group()


class Renew(fault_server.Case):
    def setUp(self):
        super().setUp()
        self.home.rule("others", [OTHER, THIRD])

    def serve(self, *rows):
        return self.server.put("/list", answer(table(*rows)))

    def scan(self, now, *args):
        code, feeds, alerts = self.scan_at(now, *args)
        return code, feeds["list"], [(a["type"], a.get("case_id", a.get("case"))) for a in alerts]

    def data(self):
        return [alert["data"] for alert in self.receiver.alerts()]

    def other_program(self, edit):
        """Another version: its normaliser has another name, and its parser sees other words."""
        folder = self.home.base / "other"
        folder.mkdir(exist_ok=True)
        program = (harness.BIN / "cryptowatch").read_bytes()
        self.assertIn(NORM, program)
        (folder / "cryptowatch").write_bytes(
            program.replace(NORM, b"cryptowatch-norm/0"))
        (folder / "cryptowatch").chmod(0o755)
        for name in ("cryptowatch-net", "share"):
            if not (folder / name).is_symlink():
                (folder / name).symlink_to(harness.BIN.resolve() / name)
        parser = folder / "cryptowatch-parse"
        parser.write_text("#!/bin/sh\n/bin/sed '%s' >'%s'\nexec '%s' \"$@\" <'%s'\n"
                          % (edit, folder / "seen", harness.BIN.resolve() / "cryptowatch-parse",
                             folder / "seen"))
        parser.chmod(0o755)
        return folder / "cryptowatch"

    def scan_by(self, program, now, *args):
        ours, harness.PROGRAM = harness.PROGRAM, program
        try:
            return self.scan(now, *args)
        finally:
            harness.PROGRAM = ours

    def read_otherwise(self, now, edit, *args):
        return self.scan_by(self.other_program(edit), now, *args)

    def lose_documents(self):
        for path in (self.home.path / "state/snapshots").rglob("*"):
            if path.is_file():
                path.unlink()

    def norm(self):
        with sqlite3.connect(self.home.path / "state/state.db") as state:
            return state.execute("SELECT norm FROM feeds").fetchone()[0]

    def first(self, edit="s/EXAMPLE/Example/"):
        self.home.feed("list", self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO")), "csv")
        code, feed, alerts = self.read_otherwise("2026-11-20T00:00:00Z", edit)
        self.assertEqual((code, feed["status"]), (0, "updated"), feed["error"])
        return alerts

    def test_the_same_bytes_in_other_words_wake_nobody(self):
        self.assertEqual(len(self.first()), 2)
        rehearsed = self.home.run("scan", "--dry-run", "--json")
        self.assertEqual(rehearsed.returncode, 74)
        self.assertRegex(rehearsed.stderr, "run `cryptowatch scan --config [^`]+` once")
        code, feed, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual((code, alerts, self.norm()), (0, [], NORM.decode()))
        _, answers = self.home.check(KNOWN)
        self.assertIn("EXAMPLE ONE", json.dumps(answers))

    def test_what_the_next_document_changes_is_told_and_nothing_else(self):
        self.first()
        self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "Another party"))
        _, feed, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual((feed["changed"], [a[0] for a in alerts]), (1, ["address.changed"]))
        told = self.data()[-1]["listing"]
        self.assertEqual((told["revision"], told["changes"]),
                         (1, [{"path": "/entry_name", "from": "EXAMPLE TWO", "to": "Another party"}]))

    def test_even_when_the_list_cannot_be_had(self):
        self.first()
        self.server.put("/list", answer(b"x", 500))
        _, feed, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual((feed["status"], alerts, self.norm()),
                         ("failed", [], NORM.decode()))

    def test_what_only_this_program_finds_was_listed_all_the_time(self):
        self.assertEqual(len(self.first("/%s/d" % OTHER)), 1)
        self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), (THIRD, "EXAMPLE THREE"))
        _, _, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual([a[0] for a in alerts], ["address.listed"] * 2)
        told = {data["address"]["value"]: data for data in self.data()[-2:]}
        self.assertEqual((told[OTHER]["listing"]["baseline"], told[THIRD]["listing"]["baseline"]),
                         (True, False))
        # each is told with the document that it stands in
        self.assertNotEqual(told[OTHER]["provenance"]["snapshot_sha256"],
                            told[THIRD]["provenance"]["snapshot_sha256"])

    def test_what_this_program_does_not_find_stays_until_the_list_says_more(self):
        self.assertEqual(len(self.first("s/EXAMPLE ONE/%s/" % ("EXAMPLE ONE\\n" + THIRD + ",LOST"))), 3)
        self.assertEqual(self.scan("2026-11-20T01:00:00Z")[2], [])
        self.assertEqual(self.home.check(THIRD)[0], 10)
        self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), ("0x" + "ef" * 20, "EXAMPLE"))
        self.assertEqual([a[0] for a in self.scan("2026-11-20T02:00:00Z")[2]], ["address.delisted"])

    def test_what_a_held_document_added_is_read_from_that_one(self):
        self.home.feed("list", self.serve((KNOWN, "EXAMPLE ONE"), *MANY), "csv",
                       removed_max_percent=15)
        self.read_otherwise("2026-11-20T00:00:00Z", "s/EXAMPLE/Example/")
        self.serve(*MANY[:40], (OTHER, "EXAMPLE TWO"))
        _, feed, alerts = self.read_otherwise("2026-11-20T01:00:00Z", "s/EXAMPLE/Example/")
        self.assertEqual((feed["status"], [a[0] for a in alerts]),
                         ("held", ["address.listed", "feed.suspect"]))
        for now in ("2026-11-21T01:00:00Z", "2026-11-22T00:59:59Z"):
            _, feed, alerts = self.scan(now)
            self.assertEqual((feed["status"], feed["changed"], alerts), ("held", 0, []))
        _, feed, alerts = self.scan("2026-11-22T01:00:00Z", "--force")
        self.assertEqual((feed["status"], [a[0] for a in alerts]),
                         ("updated", ["address.delisted"]))

    def test_what_a_held_document_says_anew_is_not_told_again(self):
        self.home.feed("list", self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), *MANY),
                       "csv", removed_max_percent=15)
        self.read_otherwise("2026-11-20T00:00:00Z", "s/EXAMPLE/Example/")
        self.serve((OTHER, "EXAMPLE THREE"), *MANY[:40])
        _, feed, alerts = self.read_otherwise("2026-11-20T01:00:00Z", "s/EXAMPLE/Example/")
        self.assertEqual((feed["status"], [a[0] for a in alerts]),
                         ("held", ["address.changed", "feed.suspect"]))
        self.server.put("/list", answer(b"x", 500))
        self.assertEqual(self.scan("2026-11-20T02:00:00Z")[2], [])
        self.assertIn("EXAMPLE THREE", json.dumps(self.home.check(OTHER)[1]))
        self.serve((OTHER, "EXAMPLE THREE"), *MANY[:40])
        self.assertEqual(self.scan("2026-11-20T03:00:00Z")[2], [])

    def test_without_the_stored_document_what_is_new_is_told_all_the_same(self):
        self.first()
        self.lose_documents()
        self.serve((KNOWN, "Example ONE"), (OTHER, "Another party"), (THIRD, "EXAMPLE THREE"))
        code, feed, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual((code, feed["status"], sorted(a[0] for a in alerts), self.norm()),
                         (0, "updated", ["address.changed", "address.listed"],
                          NORM.decode()), feed["error"])

    def test_nothing_to_read_and_other_rules(self):
        self.first()
        self.lose_documents()
        self.server.put("/list", answer(b"x", 500))
        self.home.rule("more", [OTHER])
        code, feed, alerts = self.scan("2026-11-20T01:00:00Z")
        self.assertEqual((code, feed["status"], [a[0] for a in alerts]),
                         (20, "failed", ["address.listed"]))

    def test_old_bytes_cannot_let_go_of_anything(self):
        self.assertEqual(len(self.first("s/EXAMPLE ONE/%s/" % ("EXAMPLE ONE\\n" + THIRD + ",LOST"))), 3)
        self.assertEqual(self.scan("2026-11-20T01:00:00Z", "--offline")[2], [])
        self.assertEqual(self.home.check(THIRD)[0], 10)

    def test_a_parser_that_is_killed_once_is_tried_again(self):
        self.first()
        broken = self.other_program("s/x/x/").parent
        shutil.copy(harness.BIN / "cryptowatch", broken)
        (broken / "cryptowatch-parse").write_text("#!/bin/sh\nkill -9 $$\n")
        code, feed, alerts = self.scan_by(broken / "cryptowatch", "2026-11-20T01:00:00Z")
        self.assertEqual((code, feed["status"], alerts, self.norm()),
                         (20, "failed", [], "cryptowatch-norm/0"))
        self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), MANY[0])
        code, feed, alerts = self.scan("2026-11-20T02:00:00Z")
        self.assertEqual((code, feed["changed"], alerts, self.norm()),
                         (0, 0, [], NORM.decode()))

    def test_two_holds_one_after_the_other(self):
        self.home.feed("list", self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), *MANY),
                       "csv", removed_max_percent=15, entries_min=30)
        self.read_otherwise("2026-11-20T00:00:00Z", "s/EXAMPLE/Example/")
        self.serve((OTHER, "EXAMPLE THREE"), *MANY[:40])
        self.read_otherwise("2026-11-20T01:00:00Z", "s/EXAMPLE/Example/")
        self.serve(*MANY[:20])
        _, feed, _ = self.read_otherwise("2026-11-20T02:00:00Z", "s/EXAMPLE/Example/")
        self.assertEqual(feed["status"], "held")
        self.server.put("/list", answer(b"x", 500))
        self.assertEqual(self.scan("2026-11-20T03:00:00Z")[2], [])
        self.assertIn("Example THREE", json.dumps(self.home.check(OTHER)[1]))

    def test_offline_a_held_list_is_left_as_it_is(self):
        self.home.feed("list", self.serve((KNOWN, "EXAMPLE ONE"), (OTHER, "EXAMPLE TWO"), *MANY),
                       "csv", removed_max_percent=15)
        self.scan("2026-11-20T00:00:00Z")
        self.serve((OTHER, "EXAMPLE THREE"), *MANY[:40])
        self.assertEqual(self.scan("2026-11-20T01:00:00Z")[1]["status"], "held")
        self.assertEqual(self.scan("2026-11-20T02:00:00Z", "--offline")[2], [])
        self.assertEqual(self.scan("2026-11-20T03:00:00Z")[2], [])

    def test_offline_the_state_of_a_list_is_what_its_document_says(self):
        def status():
            found = json.loads(self.home.run("feed", "status", "--json").stdout)
            return found["entries"], found["published"]

        body = ofac(("1", "ETH", KNOWN), ("2", "ETH", OTHER), issued="2026-11-19").encode()
        self.home.feed("list", self.server.put("/list", answer(body)), "ofac-advanced")
        self.scan("2026-11-20T00:00:00Z")
        self.assertEqual(status(), (2, "2026-11-19"))
        self.assertEqual(self.scan("2026-11-20T01:00:00Z", "--offline")[1]["entries"], 2)
        self.assertEqual(status(), (2, "2026-11-19"))
        older = ofac(("1", "ETH", KNOWN), issued="2026-10-01").encode()
        self.server.put("/list", answer(older))
        self.assertEqual(self.scan("2026-11-20T02:00:00Z")[1]["status"], "held")

    def test_a_list_that_was_not_read_since_cannot_be_rehearsed(self):
        self.first()
        self.home.feed("another", self.server.put("/another", answer(table((THIRD, "X")))), "csv")
        self.scan_at("2026-11-20T01:00:00Z", "--feed", "another")
        code, feeds, alerts = self.scan_at("2026-11-20T02:00:00Z", "--dry-run")
        self.assertEqual((feeds["list"]["status"], alerts), ("skipped", []))
        self.assertIn("run `cryptowatch scan` once", feeds["list"]["error"])


if __name__ == "__main__":
    harness.main()
