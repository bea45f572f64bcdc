"""The main job on the real lists of ../shared/data, where that folder is present."""
import bz2
import json
import sys
import unittest

import jsonschema

import harness

OFAC = harness.SHARED / "data/feeds/ofac"
WHOLE = OFAC / "sdn_advanced-2025-11-19.xml.bz2"
BEFORE = OFAC / "sdn_advanced-2025-03-04-dprk-excerpt.xml"
AFTER = OFAC / "sdn_advanced-2025-03-21-dprk-excerpt.xml"


def parse(home, path):
    done = home.run("feed", "parse", "--json", "--format", "ofac-advanced", str(path))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class RealLists(harness.Case):
    def test_the_whole_ofac_list_holds_761_listings_of_745_addresses(self):
        entries = parse(self.home, WHOLE)
        self.assertEqual(len(entries), 761)
        keys = {e["canonical"] or "opaque:" + e["value"] for e in entries}
        self.assertEqual(len(keys), 745)
        cases = json.loads((harness.SHARED / "data/cases.json").read_text())
        by_party = {}
        for entry in entries:
            by_party.setdefault(entry["entry_id"], []).append(entry)
        for listing in cases["ofac_listings"]:
            if listing["id"] == "ofac-39796":  # delisted in March 2025
                self.assertNotIn(listing["uid"], by_party)
                continue
            party = by_party[listing["uid"]]
            self.assertEqual({tuple(sorted(e["programs"])) for e in party},
                             {tuple(sorted(listing["programs"]))}, listing["name"])
            self.assertEqual({e["listed_on"] for e in party}, {listing["listed"]}, listing["name"])
            self.assertEqual({e["value"] for e in party},
                             {a["address"] for a in listing["addresses"]}, listing["name"])

    def test_the_delisting_of_march_2025_is_told_for_exactly_what_left(self):
        before = {e["canonical"] for e in parse(self.home, BEFORE)}
        after = {e["canonical"] for e in parse(self.home, AFTER)}
        gone = before - after
        self.assertGreater(len(gone), 80)
        self.assertEqual(after - before, set())
        values = sorted({e["value"] for e in parse(self.home, BEFORE) if e["canonical"]})
        url = self.lists.put("/sdn.xml", BEFORE.read_bytes())
        self.home.feed("sdn", url, "ofac-advanced")
        self.home.rule("everything", values, relations=["exact", "encoding"])
        code, report, stderr = self.home.scan()
        self.assertEqual(code, 0, stderr)
        self.assertEqual({a["subject"] for a in report["alerts"]}, before)
        listed = [a["id"] for a in report["alerts"]]
        self.assertEqual(len(listed), len(set(listed)))
        self.lists.put("/sdn.xml", AFTER.read_bytes())
        code, report, stderr = self.home.scan("--force")
        self.assertEqual(code, 0, stderr)
        delisted = [a for a in report["alerts"] if a["type"] == "cryptowatch.address.delisted"]
        self.assertEqual({a["subject"] for a in delisted}, gone)
        again = self.home.scan("--force")[1]
        self.assertEqual(again["alerts"], [])

    def test_the_delisting_is_held_and_believed_when_a_second_fetch_says_the_same(self):
        before, after = ({e["canonical"]: e["value"] for e in parse(self.home, path)}
                         for path in (BEFORE, AFTER))
        url = self.lists.put("/sdn.xml", BEFORE.read_bytes())
        self.home.feed("sdn", url, "ofac-advanced", removed_max_percent=15, every="6h")
        self.home.rule("everything", sorted(before.values()), relations=["exact", "encoding"])
        self.home.now = "2025-03-21T10:00:00Z"
        self.assertEqual(self.home.scan()[0], 0)
        self.lists.put("/sdn.xml", AFTER.read_bytes())
        self.home.now = "2025-03-21T16:00:00Z"
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["feeds"][0]["status"], report["feeds"][0]["removed"]),
                         (20, "held", 0), stderr)
        self.assertRegex(report["feeds"][0]["error"]["text"], "^90 of 195 listings vanished at once, 90 alerts")
        # what the remaining parties lost of programmes counts at once; nothing is delisted
        kinds = {a["type"].split(".", 1)[1] for a in report["alerts"]}
        self.assertEqual(kinds - {"address.changed"}, {"feed.suspect"})
        gone = set(before) - set(after)
        self.assertEqual({a["verdict"] for a in self.home.check(*[before[key] for key in gone])[1]},
                         {"listed"})
        self.home.now = "2025-03-21T22:00:00Z"
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["feeds"][0]["status"]), (0, "updated"), stderr)
        told = [a["subject"] for a in report["alerts"] if a["type"].endswith("address.delisted")]
        self.assertEqual(sorted(told), sorted(gone))  # once for each address of the case
        self.assertEqual(len(gone), 90)
        self.home.now = "2025-03-22T04:00:00Z"
        self.assertEqual(self.home.scan()[1]["alerts"], [])
        self.assertEqual(json.loads(self.home.run("feed", "status", "--json").stdout)["status"],
                         "good")

    def test_the_shipped_home_finds_the_shipped_cases_on_the_whole_list(self):
        home = harness.Home(shipped=True)
        try:
            url = self.lists.put("/sdn.xml", bz2.decompress(WHOLE.read_bytes()))
            feed_file = home.path / "feeds/ofac-sdn-advanced.json"
            feed = json.loads(feed_file.read_text())
            feed.update(url=url, redirect_hosts=[])
            feed_file.write_text(json.dumps(feed, indent=2))
            for path in (home.path / "feeds").glob("*.json"):  # there is no network here
                other = json.loads(path.read_text())
                if path != feed_file and other["url"].startswith("https:"):
                    path.write_text(json.dumps(dict(other, enabled=False)))
            home.endpoint(self.receiver)
            code, report, stderr = home.scan()
            self.assertEqual(code, 0, stderr)
            told = {(a["case"], a["feed"]) for a in report["alerts"]}
            for case in ("ronin-2022", "ofac-dprk-tian-li", "ofac-dprk-sinbad",
                         "ofac-dprk-cheil-credit-bank"):
                self.assertIn((case, "ofac-sdn-advanced"), told)
            self.assertEqual(report["deliveries"]["sent"], len(report["alerts"]))
            for name in ("cryptowatch/alert-1.schema.json", "cloudevents/cloudevents.json"):
                path = harness.SHARED / "reference/schemas" / name
                schema = json.loads(path.read_text())
                validator = jsonschema.validators.validator_for(schema)(schema)
                for alert in self.receiver.alerts():
                    validator.validate(alert)
            self.assertEqual(home.scan("--force")[1]["alerts"], [])
        finally:
            home.close()


if __name__ == "__main__":
    if not WHOLE.exists():
        print("skipped: no ../shared/data beside the project")
        sys.exit(77)  # CTest: skipped
    harness.main()
