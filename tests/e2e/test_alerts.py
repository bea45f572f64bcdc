"""What a scan tells of itself and of its lists: each thing once, signed, and taken back when it
was wrong."""
import base64
import json
import unittest

import jsonschema

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
MANY = ["0x%040x" % (0x1000000 + i) for i in range(40)]
SCHEMA = json.loads((harness.ROOT / "docs/schemas/alert-1.schema.json").read_text())
LANGUAGES = {"en", "fr", "ko"}


class Alerts(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.rule("ronin", [RONIN])
        self.serve("\n".join([RONIN, OTHER]) + "\n")
        self.home.feed("example", self.url)

    def serve(self, text, status=200):
        self.url = self.lists.put("/list.txt", text, status=status)

    def at(self, time, *args):
        self.home.now = time
        code, report, stderr = self.home.scan(*args)
        self.assertIsNotNone(report, stderr)
        return [alert["type"].replace("cryptowatch.", "") for alert in report["alerts"]]

    def told(self, kind):
        return [a for a in self.receiver.alerts() if a["type"] == "cryptowatch." + kind]

    def judge(self, alert):
        """Every alert that left is one by the schema, says it in three languages, and verifies."""
        jsonschema.validate(alert, SCHEMA)
        self.assertEqual(set(alert["data"]["text"]), LANGUAGES)
        for text in alert["data"]["text"].values():
            self.assertNotIn("{", text)
            self.assertNotIn("(null)", text)
        path = self.home.base / "alert.jws.json"
        path.write_text(self.home.run("alert", "export", alert["id"]).stdout)
        done = self.home.run("verify", str(path))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_outage_is_told_once_after_the_third_failure_and_its_end_once(self):
        self.assertEqual(self.at("2027-01-20T00:00:00Z"), ["address.listed"])
        self.serve("gone", status=500)
        self.assertEqual(self.at("2027-01-20T01:00:00Z"), [])
        self.assertEqual(self.at("2027-01-20T02:00:00Z"), [])
        self.home.rule("second", [OTHER])  # the old list is asked again, in the same run
        self.assertEqual(self.at("2027-01-20T03:00:00Z", "--dry-run"),
                         ["feed.failed", "address.listed"])
        (self.home.path / "rules/second.json").unlink()
        self.assertEqual(self.at("2027-01-20T03:00:00Z"), ["feed.failed"])
        self.assertEqual(self.at("2027-01-20T04:00:00Z"), [])
        self.assertEqual(self.at("2027-01-20T04:00:00Z", "--dry-run"), [])
        self.serve("\n".join([RONIN, OTHER]) + "\n")
        self.assertEqual(self.at("2027-01-20T05:00:00Z"), ["feed.recovered"])
        self.assertEqual(self.at("2027-01-20T06:00:00Z"), [])
        (failed,) = self.told("feed.failed")
        (recovered,) = self.told("feed.recovered")
        self.judge(failed)
        self.judge(recovered)
        self.assertEqual(failed["data"]["feed"],
                         {"failures": 3, "id": "example", "url": self.url,
                          "since": "2027-01-20T01:00:00Z",
                          "last_good_at": "2027-01-20T00:00:00Z"})
        self.assertEqual(failed["data"]["error"]["http_status"], 500)
        self.assertEqual(failed["severitytext"], "HIGH")
        self.assertEqual(recovered["data"]["feed"]["since"], "2027-01-20T01:00:00Z")
        self.assertNotIn("error", recovered["data"])
        self.serve("gone", status=500)
        for hour in ("07", "08", "09"):
            again = self.at("2027-01-20T%s:00:00Z" % hour)
        self.assertEqual(again, ["feed.failed"])
        self.assertNotEqual(self.told("feed.failed")[1]["id"], failed["id"])

    def test_two_failures_are_no_outage_and_their_end_is_no_news(self):
        self.at("2027-01-20T00:00:00Z")
        self.serve("gone", status=500)
        self.at("2027-01-20T01:00:00Z")
        self.at("2027-01-20T02:00:00Z")
        self.serve(RONIN + "\n" + OTHER + "\n")
        self.assertEqual(self.at("2027-01-20T03:00:00Z"), [])

    def test_a_list_never_read_is_told_as_failed_and_not_as_stale(self):
        self.serve("gone", status=404)
        for day in ("20", "25", "28", "30"):
            last = self.at("2027-01-%sT00:00:00Z" % day)
        self.assertEqual([a["type"] for a in self.receiver.alerts()], ["cryptowatch.feed.failed"])
        self.assertEqual(last, [])
        self.assertNotIn("last_good_at", self.told("feed.failed")[0]["data"]["feed"])
        self.judge(self.told("feed.failed")[0])

    def test_a_list_grows_stale_once_even_while_a_server_asks_us_to_wait(self):
        self.at("2027-01-20T00:00:00Z")
        self.lists.put("/list.txt", "later", status=503, headers={"Retry-After": "86400"})
        self.assertEqual(self.at("2027-01-22T23:00:00Z"), [])
        asked = len(self.lists.requests)
        self.assertEqual(self.at("2027-01-23T00:00:00Z"), [])  # three days, and not a second more
        self.assertEqual(self.at("2027-01-23T00:00:01Z", "--dry-run"), ["feed.stale"])
        self.assertEqual(self.at("2027-01-23T00:00:01Z"), ["feed.stale"])
        self.assertEqual(self.at("2027-01-23T01:00:00Z"), [])
        self.assertEqual(len(self.lists.requests), asked)
        self.serve(RONIN + "\n" + OTHER + "\n")
        self.assertEqual(self.at("2027-01-24T00:00:00Z"), ["feed.recovered"])
        (stale,) = self.told("feed.stale")
        self.judge(stale)
        self.assertEqual(stale["data"]["feed"]["since"], "2027-01-20T00:00:00Z")

    def test_a_held_list_is_told_once_whatever_is_held_after_it(self):
        self.home.feed("example", self.url, removed_max_percent=10)
        self.serve("\n".join([RONIN] + MANY) + "\n")
        self.at("2027-01-20T00:00:00Z")
        self.serve("\n".join(MANY[:24]) + "\n")
        self.assertEqual(self.at("2027-01-20T01:00:00Z"), ["feed.suspect"])
        self.serve("\n".join(MANY[:23]) + "\n")
        self.assertEqual(self.at("2027-01-20T02:00:00Z"), [])
        self.assertEqual(self.at("2027-01-21T03:00:00Z"), [])
        self.assertEqual(self.at("2027-01-22T01:00:00Z"), [])  # two days after the first of them
        self.assertEqual(self.at("2027-01-22T02:00:00Z"), ["address.delisted"])
        (suspect,) = self.told("feed.suspect")
        self.judge(suspect)
        self.assertEqual(suspect["data"]["error"]["code"], "shrunk")

    def test_a_heartbeat_comes_as_often_as_it_is_configured(self):
        self.home.configure(heartbeat_every="1d")
        self.assertEqual(self.at("2027-01-20T00:00:00Z"), ["address.listed", "heartbeat"])
        self.assertEqual(self.at("2027-01-20T23:00:00Z"), [])
        self.assertEqual(self.at("2027-01-20T23:59:30Z"), ["heartbeat"])
        self.assertEqual(self.at("2027-01-21T12:00:00Z", "--dry-run"), [])
        self.assertEqual(self.at("2027-01-22T00:00:00Z"), ["heartbeat"])
        for alert in self.told("heartbeat"):
            self.judge(alert)
            done = self.home.run("alert", "export", alert["id"], "--proof")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.told("heartbeat")), 3)

    def test_a_listing_from_before_us_is_worth_medium_unless_configured(self):
        self.at("2027-01-20T00:00:00Z")
        (listed,) = self.told("address.listed")
        self.judge(listed)
        self.assertTrue(listed["data"]["listing"]["baseline"])
        self.assertEqual(listed["severitytext"], "MEDIUM")
        self.home.configure(baseline_severity="critical")
        self.home.rule("second", [OTHER])
        self.at("2027-01-20T01:00:00Z")
        self.assertEqual(self.told("address.listed")[1]["severitytext"], "HIGH")

    def test_an_alert_is_withdrawn_once_and_whoever_got_it_hears_of_it(self):
        self.at("2027-01-20T00:00:00Z")
        (listed,) = self.told("address.listed")
        for args, code, word in (
                ((listed["id"],), 64, "--reason TEXT"),
                ((listed["id"], "--reason", ""), 64, "--reason TEXT"),
                (("--reason", "x"), 64, "--reason TEXT"),
                (("8e10387d-6711-5268-a605-4c3ccd6f59d5", "--reason", "x"), 65, "no alert"),
                ((listed["id"], "--reason", "two\nlines"), 65, "reason"),
                ((listed["id"], "--reason", "x" * 1025), 65, "reason")):
            done = self.home.run("alert", "retract", *args)
            self.assertEqual(done.returncode, code, args)
            self.assertIn(word, done.stderr)
        done = self.home.run("alert", "retract", listed["id"], "--reason", "d’une autre affaire")
        self.assertEqual(done.returncode, 0, done.stderr)
        proof = ("alert", "export", done.stdout.strip(), "--proof")
        self.assertEqual(self.home.run(*proof).returncode, 20)  # it waits for the log
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(self.home.run(*proof).returncode, 0)
        (retracted,) = self.told("alert.retracted")
        self.judge(retracted)
        self.assertEqual(retracted["id"], done.stdout.strip())
        self.assertEqual(retracted["data"]["retracts"], listed["id"])
        self.assertEqual(retracted["data"]["reason"], "d’une autre affaire")
        for member in ("severitytext", "tlp", "subject", "source"):
            self.assertEqual(retracted[member], listed[member])
        for alert, word in ((listed["id"], "withdrawn before"), (retracted["id"], "itself")):
            done = self.home.run("alert", "retract", alert, "--reason", "again")
            self.assertEqual(done.returncode, 65)
            self.assertIn(word, done.stderr)
        self.home.run("deliver")
        self.assertEqual(len(self.told("alert.retracted")), 1)
        self.at("2027-01-20T01:00:00Z")
        self.assertEqual(self.home.run(*proof).returncode, 0)


if __name__ == "__main__":
    harness.main()
