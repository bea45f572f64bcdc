"""What an operator reads at three in the morning: what is wrong, and what to type.

Each test damages a home in one way, looks for the line that names it, and where a command can mend
it, types that command and looks again. Here: what is in the state folder.
"""
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import doctor_case
import harness
from doctor_case import Doctor, LISTED, OTHER


def setUpModule():
    doctor_case.Shared.open()


def tearDownModule():
    doctor_case.Shared.close()


class Database(Doctor):
    def sql(self, *statements):
        db = sqlite3.connect(self.state / "state.db")
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    def alert_ids(self):
        lines = self.home.run("alert", "list", "--json").stdout.splitlines()
        return [json.loads(line)["id"] for line in lines]

    def test_it_is_gone(self):
        before = self.alert_ids()
        self.assertEqual(len(before), 1)
        (self.state / "state.db").unlink()
        code, finding = self.bad("database.open")
        self.assertEqual(finding["state"], "warning")
        self.mend(finding, 20)  # the log of the lost database is not continued, and says so
        code, finding = self.bad("log.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.home.configure(log={"origin": "scanner.agency.example/cw/log2"})
        done = self.home.run("log", "checkpoint", "--new-log", "scanner.agency.example/cw/log2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_well("database", "log", "feeds", "snapshots")
        self.assertEqual(self.alert_ids(), before)  # a receiver knows it as the same

    def test_it_is_no_database(self):
        (self.state / "state.db").write_bytes(b"x" * 8192)
        code, finding = self.bad("database.open")
        self.assertEqual((code, finding["state"]), (74, "error"))
        code, findings = self.look()
        self.assertEqual([f["state"] for f in findings if f["name"] in ("feeds", "outbox")],
                         ["warning", "warning"])
        self.mend(finding, 20)
        self.assertEqual(len(list(self.state.glob("damaged.20*/state.db"))), 1)
        self.assert_well("database")

    def test_this_user_may_not_read_it(self):
        if os.getuid() != 0:
            self.skipTest("root alone can be somebody else for a while")
        nobody = 65534
        for path in [self.home.base, self.home.path, *self.home.path.rglob("*")]:
            os.chown(path, nobody, nobody)
        (self.state / "state.db").chmod(0)
        done = subprocess.run([harness.PROGRAM.resolve(), "doctor", "--json", "--config",
                               self.home.config], capture_output=True, text=True, user=nobody,
                              env=self.home.env())
        if done.stdout == "":
            self.skipTest("nobody may not run this program here: " + done.stderr)
        finding = [f for f in json.loads(done.stdout) if f["name"] == "database.open"][0]
        self.assertEqual((done.returncode, finding["state"]), (77, "error"))
        self.assertEqual(finding["command"], "chmod 600 %s" % (self.state / "state.db"))

    def test_it_is_of_a_newer_program(self):
        self.sql("PRAGMA user_version = 99")
        code, finding = self.bad("database.open")
        self.assertEqual(code, 74)
        self.assertIn("newer", finding["text"])
        self.assertNotIn("mv", finding["command"])

    def test_a_page_is_damaged(self):
        path = self.state / "state.db"
        data = bytearray(path.read_bytes())
        at = data.find(LISTED.encode())
        page = at - at % 4096
        data[page:page + 8] = b"\xff" * 8
        path.write_bytes(data)
        code, findings = self.look("database")
        self.assertEqual(code, 74)
        bad = [f for f in findings if f["state"] == "error"]
        self.assertIn(bad[0]["name"], ("database.sound", "database.open"))
        self.mend(bad[0], 20)
        self.assert_well("database")

    def test_a_row_refers_to_nothing(self):
        self.sql("PRAGMA foreign_keys = OFF",
                 "INSERT INTO attempts VALUES (9, 99, 0, 0, '', 0, '', x'')")
        _, finding = self.bad("database.sound")
        self.assertIn("a row of attempts refers to one of outbox", finding["text"])

    def test_a_list_is_not_the_one_that_was_written(self):
        self.sql("UPDATE listings SET value = 'x'")
        code, finding = self.bad("database.lists")
        self.assertEqual(code, 74)
        self.assertIn("list list: ", finding["text"])


class Index(Doctor):
    def file(self):
        return max((p for p in (self.state / "index").iterdir() if p.name.isdigit()),
                   key=lambda p: int(p.name))

    def check(self):
        code, finding = self.bad("index.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertIn("check", finding["text"])
        self.mend(finding)
        self.assert_well("index")

    def test_a_byte_is_turned(self):
        whole = self.file().read_bytes()
        for at in (40, len(whole) // 3, len(whole) // 2, len(whole) - 2):
            data = bytearray(self.file().read_bytes())
            data[at] ^= 0x10
            self.file().write_bytes(data)
            self.check()

    def test_it_is_cut_or_of_another_kind(self):
        for data in (self.file().read_bytes()[:-5000], b"", b"x" * 100000):
            self.file().write_bytes(data)
            self.check()

    def test_it_is_gone(self):
        self.file().unlink()
        self.mend(self.bad("index.whole")[1])
        self.assert_well("index")
        (self.state / "index" / "current").unlink()
        self.mend(self.bad("index.whole")[1])
        self.assert_well("index")

    def test_its_names_are_damaged(self):
        path = self.state / "index" / "current"
        path.write_text(path.read_text().replace("list", "lost", 1))
        self.check()

    def test_a_file_was_edited_since(self):
        self.home.rule("case", [LISTED, OTHER])
        code, finding = self.bad("index.files")
        self.assertEqual((code, finding["state"]), (20, "warning"))
        self.mend(finding)
        self.assert_well("index")

    def test_an_older_database_was_put_back(self):
        old = (self.state / "state.db").read_bytes()
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.assertEqual(self.home.scan("--force")[0], 0)
        (self.state / "state.db").write_bytes(old)
        code, finding = self.bad("index.state")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertIn("was an old state.db put back?", finding["text"])
        self.assertEqual(self.bad("log.whole")[1]["state"], "error")


class Snapshots(Doctor):
    def test_a_document_is_gone_or_altered(self):
        path = next(p for p in (self.state / "snapshots").iterdir() if len(p.name) == 64)
        for damage in (path.unlink, lambda: (path.chmod(0o600), path.write_text("other"))):
            damage()
            code, finding = self.bad("snapshots")
            self.assertEqual(finding["state"], "error")
            self.assertIn("of list list", finding["text"])
            self.mend(finding)
            self.assert_well("snapshots")

    def test_evidence_is_gone(self):
        first = next(p for p in (self.state / "snapshots").iterdir() if len(p.name) == 64)
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.assertEqual(self.home.scan("--force")[0], 0)
        first.unlink()
        code, finding = self.bad("snapshots")
        self.assertEqual((code, finding["state"], finding["command"]), (20, "warning", None))


class Log(Doctor):
    def test_an_entry_was_altered(self):
        path = next(p for p in (self.state / "log" / "tile" / "entries").rglob("*") if p.is_file())
        data = bytearray(path.read_bytes())
        data[-3] ^= 1
        path.write_bytes(data)
        code, finding = self.bad("log.whole")
        self.assertEqual((code, finding["state"]), (74, "error"))
        self.assertEqual(self.type(finding).returncode, 1)

    def test_the_folder_is_gone(self):
        shutil.rmtree(self.state / "log")
        self.assertEqual(self.bad("log.whole")[1]["state"], "error")

    def test_entries_wait(self):
        key = self.home.path / "keys" / "log.pem"
        key.rename(key.with_suffix(".away"))
        self.lists.put("/list", LISTED + "\n" + OTHER + "\n")
        self.home.scan("--force")
        key.with_suffix(".away").rename(key)
        code, finding = self.bad("log.published")
        self.assertEqual(code, 20)
        self.mend(finding)
        self.assert_well("log")


class Outbox(Doctor):
    def news(self, plan):
        self.receiver.plan = plan
        self.lists.put("/list", "# again\n" + LISTED + "\n")
        self.home.rule("second", [LISTED])
        self.home.scan("--force")

    def test_dead_letters(self):
        self.news([413])
        code, finding = self.bad("outbox.dead")
        self.assertEqual((code, finding["state"]), (20, "error"))
        self.assertIn("endpoint soc", finding["text"])
        self.mend(finding)
        _, finding = self.bad("outbox.waiting")
        self.mend(finding)
        self.assert_well("outbox")

    def test_a_disabled_endpoint(self):
        self.news([410])
        code, finding = self.bad("outbox.disabled")
        self.assertEqual(code, 20)
        self.assertIn("webhook enable soc", finding["command"])
        self.mend(finding)
        self.assertEqual([f for f in self.look("outbox")[1] if f["name"] == "outbox.disabled"], [])

    def test_a_receiver_that_fails(self):
        self.news([500] * 5)
        code, finding = self.bad("outbox.waiting")
        self.assertEqual((code, finding["state"]), (20, "warning"))
        self.assertIn("500", finding["text"])
        self.assertIn("next try", finding["text"])
        self.home.now = "2027-01-01T00:00:00Z"
        _, finding = self.bad("outbox.waiting")
        self.assertIn("due", finding["text"])

    def test_an_endpoint_that_is_no_longer_configured(self):
        self.news([500] * 5)
        self.home.configure(endpoints=[])
        _, finding = self.bad("outbox.stranded")
        self.assertIn("no longer", finding["text"])


class Feeds(Doctor):
    def status(self):
        done = self.home.run("feed", "status")
        return done.returncode, done.stdout

    def test_a_failed_list(self):
        self.lists.put("/list", "gone", status=404)
        self.home.scan("--force")
        self.home.scan("--force")
        code, finding = self.bad("feeds.list")
        self.assertEqual(code, 20)
        for words in ("failed since ", "status 404", "2 attempts in a row", "1 listings in force",
                      'correct "url"'):
            self.assertIn(words, finding["text"])
        code, text = self.status()
        self.assertEqual(code, 20)
        for words in ("status 404", "2 attempts in a row", "since 20", "1 listings in force",
                      'correct "url"', "type: cryptowatch scan --feed list --force"):
            self.assertIn(words, text)
        self.lists.put("/list", LISTED + "\n")
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_server_that_turned_us_away(self):
        self.lists.put("/list", "later", status=429, headers={"Retry-After": "7200"})
        self.home.scan("--force")
        _, finding = self.bad("feeds.list")
        self.assertIsNone(finding["command"])
        self.assertIn("not asked before 20", finding["text"])
        self.assertIn("not asked before 20", self.status()[1])

    def test_a_held_list(self):
        self.home.feed("list", self.lists.put("/list", LISTED + "\n"), entries_min=1)
        self.lists.put("/list", "# nothing\n")
        self.home.scan("--force")
        code, finding = self.bad("feeds.list")
        self.assertIn("held since ", finding["text"])
        self.assertRegex(finding["command"], r"feed accept list [0-9a-f]{64}")
        code, text = self.status()
        self.assertIn("1 listings in force", text)
        self.assertRegex(text, r"look: cryptowatch feed parse --format lines \S*/[0-9a-f]{64} --config ")
        self.assertRegex(text, r"type: cryptowatch feed accept list [0-9a-f]{64} --config ")
        self.mend(finding)
        _, finding = self.bad("feeds.list")
        self.assertIn("it was released", finding["text"])
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_stale_list(self):
        self.home.now = "2027-01-01T00:00:00Z"
        code, finding = self.bad("feeds.list")
        self.assertIn("stale since ", finding["text"])
        self.assertIn("last seen", finding["text"])
        code, text = self.status()
        self.assertRegex(text, "(?m)^list +stale ")
        self.mend(finding)
        self.assert_well("feeds")

    def test_a_list_that_was_never_read(self):
        self.home.feed("fresh", self.lists.put("/fresh", OTHER + "\n"))
        _, finding = self.bad("feeds.never")
        self.assertIn("fresh", finding["text"])
        self.mend(finding)
        self.assert_well("feeds")

    def test_json_of_feed_status_has_the_same(self):
        self.lists.put("/list", "gone", status=404)
        self.home.scan("--force")
        row = json.loads(self.home.run("feed", "status", "--json").stdout)
        self.assertEqual(row["status"], "failed")
        self.assertEqual(row["command"], "cryptowatch scan --feed list --force --config %s" %
                         self.home.config)
        self.assertRegex(row["since"], "^20")
        self.assertIn("1 listings in force", row["in_force"])
        self.assertIsNone(row["not_before"])


if __name__ == "__main__":
    sys.exit(harness.main())
