"""A MISP feed is a folder: a manifest and an event a file. It is tried, and scanned, as one list."""
import json

import harness

FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
OTHER = "39idqitN9tYNmq3wYanwg3MitFB5TZCjWu"
ONE = "56e12e66-f01c-41be-afea-4d9a950d210f"
TWO = "56e12e66-f01c-41be-afea-4d9a950d2110"


class MispFolder(harness.Case):
    def setUp(self):
        super().setUp()
        self.folder = self.home.base / "misp"
        self.folder.mkdir()
        self.event(ONE, FBI)
        self.manifest(ONE)
        (self.folder / "hashes.csv").write_text("0123,%s\n" % ONE)
        (self.folder / "notes.json").write_text("not an event, and not JSON")

    def event(self, uuid, *addresses):
        (self.folder / (uuid + ".json")).write_text(json.dumps({"Event": {
            "uuid": uuid, "info": "Event " + uuid[-2:], "date": "2026-11-20",
            "Attribute": [{"type": "btc", "value": address} for address in addresses]}}))

    def manifest(self, *uuids):
        (self.folder / "manifest.json").write_text(json.dumps(
            {uuid: {"info": "Event", "date": "2026-11-20", "timestamp": "1795132800"}
             for uuid in uuids}))

    def parse(self, path):
        done = self.home.run("feed", "parse", "--json", "--format", "misp", path)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def test_the_folder_and_its_manifest_are_one_list(self):
        self.event(TWO, OTHER)
        self.manifest(ONE, TWO)
        for path in (self.folder, self.folder / "manifest.json"):
            code, entries, stderr = self.parse(path)
            self.assertEqual(code, 0, stderr)
            self.assertEqual([(e["value"], e["entry_id"], e["entry_name"], e["valid"])
                              for e in entries],
                             [(FBI, ONE, "Event 0f", True), (OTHER, TWO, "Event 10", True)])

    def test_an_event_that_is_missing_or_not_named_is_reported_and_not_believed(self):
        self.event(TWO, OTHER)
        code, entries, _ = self.parse(self.folder)
        self.assertEqual((code, [e["valid"] for e in entries]), (0, [True, False]))
        self.assertIn("does not name", entries[1]["error"]["text"])
        (self.folder / (TWO + ".json")).unlink()
        self.manifest(ONE, TWO)
        code, entries, _ = self.parse(self.folder)
        self.assertEqual((code, {e["entry_id"]: e["valid"] for e in entries}),
                         (0, {ONE: True, TWO: False}))

    def test_a_folder_without_a_manifest_or_with_a_broken_event_is_no_list(self):
        (self.folder / (ONE + ".json")).write_text('{"Event": {"uuid": "cut')
        code, entries, stderr = self.parse(self.folder)
        self.assertEqual((code, entries), (65, []))
        self.assertIn("line ", stderr)
        (self.folder / "manifest.json").unlink()
        code, entries, stderr = self.parse(self.folder)
        self.assertEqual((code, entries), (65, []))
        self.assertIn("manifest.json", stderr)

    def test_a_file_may_be_as_long_as_its_limit_and_no_longer(self):
        path = self.folder / (ONE + ".json")
        text = path.read_bytes()
        path.write_bytes(text + b" " * ((64 << 20) - len(text)))
        code, entries, stderr = self.parse(self.folder)
        self.assertEqual((code, len(entries)), (0, 1), stderr)
        with path.open("ab") as more:
            more.write(b" ")
        code, entries, stderr = self.parse(self.folder)
        self.assertEqual((code, entries), (65, []))
        self.assertIn(ONE, stderr)

    def test_a_scan_reads_the_folder_and_tells_an_event_that_left_the_manifest(self):
        self.event(TWO, OTHER)
        self.manifest(ONE, TWO)
        self.home.feed("misp", "file:%s" % self.folder, "misp")
        self.home.rule("example", [FBI, OTHER])
        code, report, stderr = self.home.scan()
        self.assertEqual((code, len(report["alerts"])), (0, 2), stderr)
        code, report, _ = self.home.scan()
        self.assertEqual((code, report["feeds"][0]["status"]), (0, "unchanged"))
        self.manifest(ONE)
        code, report, stderr = self.home.scan()
        self.assertEqual([(a["type"], a["case"]) for a in report["alerts"]],
                         [("cryptowatch.address.delisted", "example")], stderr)
        (self.folder / "manifest.json").unlink()
        code, report, _ = self.home.scan()
        self.assertEqual((code, report["feeds"][0]["status"]), (20, "failed"))
        self.assertEqual(self.home.check(FBI)[0], 10)


if __name__ == "__main__":
    harness.main()
