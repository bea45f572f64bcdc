"""One address on several lists: each list speaks for itself, with its publisher, party, programme and
date; none of it is merged, lost, or said of another list; and what left a list is told as past."""
import unittest

import harness
from test_scan import RONIN, ofac

# What each list says of the address: (list, publisher, entry id, party, programmes, listed on).
TREASURY = ("treasury", "Example Treasury", "27307", "EXAMPLE GROUP", ["DPRK3"], "2019-09-13")
MINISTRY = ("ministry", "Example Ministry", "M-17", "Example Trading Co.", ["CYBER2", "DPRK9"],
            "2023-05-24")
# Two parties of one list may hold one address, each for its own reason.
PARTNER = ("ministry", "Example Ministry", "M-18", "Another Person", ["ILLICIT-IT"], "2024-01-31")
POLICE = ("police", "Example Police", "case-4", "Ronin thieves", ["SEIZED"], "2022-04-14")
# A list of bare addresses names no party: its entries go by the address.
BARE = ("bare", "Example Blog", "evm:account:" + RONIN[2:].lower(), "", [], None)
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"  # keeps each list from being empty

HEAD = "address,entry_id,entry_name,programs,listed_on\n"


def row(address, said):
    _, _, entry_id, name, programs, listed_on = said
    return "%s,%s,%s,%s,%s\n" % (address, entry_id, name, ";".join(programs), listed_on)


def record(address, said):
    _, _, entry_id, name, programs, listed_on = said
    return ('{"address": "%s", "entry_id": "%s", "entry_name": "%s", "programs": "%s", '
            '"listed_on": "%s"}\n' % (address, entry_id, name, ";".join(programs), listed_on))


def of_other(list_of):
    return list_of[:2] + ("other", "Other Party", ["OTHER"], "2020-02-20")


class SeveralLists(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.now = "2026-11-20T10:00:00Z"
        self.home.rule("ronin", [RONIN])
        for said, form, document in (
                (TREASURY, "ofac-advanced", ofac(("11", "ETH", RONIN), ("12", "ETH", OTHER))),
                (MINISTRY, "csv", HEAD + row(RONIN.lower(), MINISTRY) +
                 row(OTHER, of_other(MINISTRY)) + row(RONIN, PARTNER)),
                (POLICE, "ndjson", record(OTHER, of_other(POLICE)) + record(RONIN, POLICE)),
                (BARE, "lines", "%s\n%s\n" % (OTHER, RONIN))):
            url = self.lists.put("/" + said[0], document)
            self.home.feed(said[0], url, form, publisher=said[1])

    def scan_well(self, day):
        self.home.now = day + "T10:00:00Z"
        code, report, stderr = self.home.scan("--force")
        self.assertEqual(code, 0, stderr)
        return report

    def police_takes_it_off(self):
        self.scan_well("2026-11-20")
        before = len(self.receiver.alerts())
        self.lists.put("/police", record(OTHER, of_other(POLICE)))
        self.scan_well("2026-11-23")
        return self.receiver.alerts()[before:]

    def said_of(self, matches):
        """What each list says, in order, and whether it still does."""
        return sorted((m["source"]["id"], m["entry_id"], m["entry_name"], m["programs"],
                       m["listed_on"] or "", m["active"], m["delisted_on"] or "")
                      for m in matches if m["source"]["kind"] == "feed")

    def wanted(self, gone=()):
        return sorted((said[0], *said[2:5], said[5] or "", said not in gone,
                       "2026-11-23" if said in gone else "")
                      for said in (TREASURY, MINISTRY, PARTNER, POLICE, BARE))

    def shown(self, text):
        """check in words: what stands behind each list that it names, as a sorted list."""
        done = self.home.run("check", text)
        lines, found = done.stdout.splitlines(), []
        for line in lines:
            words = line.split(None, 2)
            if len(words) == 3 and words[1] == "list":
                found.append(words[2])
        return done.returncode, lines[0], sorted(found)

    def test_check_says_of_each_list_what_that_list_says(self):
        self.scan_well("2026-11-20")
        for text in (RONIN, RONIN.lower()):
            code, answers = self.home.check(text)
            self.assertEqual((code, answers[0]["verdict"]), (10, "listed"))
            self.assertEqual(self.said_of(answers[0]["matches"]), self.wanted())
            self.assertEqual({m["source"]["id"] for m in answers[0]["matches"]
                              if m["source"]["kind"] == "rule"}, {"ronin"})
        code, verdict, lines = self.shown(RONIN)
        self.assertEqual((code, verdict.split()[0]), (10, "listed"))
        self.assertEqual(lines, [
            "bare",
            "ministry: Another Person [ILLICIT-IT], listed 2024-01-31",
            "ministry: Example Trading Co. [CYBER2 DPRK9], listed 2023-05-24",
            "police: Ronin thieves [SEIZED], listed 2022-04-14",
            "treasury: EXAMPLE GROUP [DPRK3], listed 2019-09-13"])

    def test_each_list_has_an_alert_of_its_own_with_publisher_party_programme_and_date(self):
        report = self.scan_well("2026-11-20")
        self.assertEqual(sorted(a["feed"] for a in report["alerts"]),
                         ["bare", "ministry", "ministry", "police", "treasury"])
        told = []
        for alert in self.receiver.alerts():
            data, listing = alert["data"], alert["data"]["listing"]
            self.assertEqual(alert["type"], "cryptowatch.address.listed")
            self.assertEqual(data["provenance"]["url"],
                             "http://%s/%s" % (self.lists.host, data["provenance"]["feed"]))
            self.assertIn(" on %s" % data["provenance"]["feed"], data["text"]["en"])
            told.append((data["provenance"]["feed"], data["provenance"]["publisher"],
                         listing.get("entry_id", ""), listing.get("entry_name", ""),
                         listing["programs"], listing.get("listed_on")))
        order = lambda said: [str(member) for member in said]
        self.assertEqual(sorted(told, key=order),
                         sorted((TREASURY, MINISTRY, PARTNER, POLICE, BARE), key=order))

    def test_what_left_one_list_is_past_there_and_present_on_the_others(self):
        news = self.police_takes_it_off()
        self.assertEqual([(a["type"], a["data"]["provenance"]["feed"],
                           a["data"]["provenance"]["publisher"], a["data"]["listing"]["entry_id"],
                           a["data"]["listing"]["entry_name"]) for a in news],
                         [("cryptowatch.address.delisted", "police", "Example Police", "case-4",
                           "Ronin thieves")])
        code, answers = self.home.check(RONIN)
        self.assertEqual((code, answers[0]["verdict"]), (10, "listed"))
        self.assertEqual(self.said_of(answers[0]["matches"]), self.wanted(gone=(POLICE,)))
        self.assertIn("police: Ronin thieves [SEIZED], listed 2022-04-14, delisted 2026-11-23",
                      self.shown(RONIN)[2])
        self.assertEqual(sum("delisted" in line for line in self.shown(RONIN)[2]), 1)

    def test_what_left_every_list_was_listed_until_its_own_day_on_each(self):
        (self.home.path / "rules/ronin.json").unlink()  # a case would keep it listed
        self.home.rule("other", [OTHER])
        self.police_takes_it_off()
        self.lists.put("/treasury", ofac(("12", "ETH", OTHER), issued="2026-11-24"))
        self.lists.put("/bare", OTHER + "\n")
        self.scan_well("2026-11-24")
        self.lists.put("/ministry", HEAD + row(OTHER, of_other(MINISTRY)) + row(RONIN, PARTNER))
        self.scan_well("2026-11-25")
        self.assertEqual(self.shown(RONIN)[0], 10)  # of two parties one still holds it
        self.lists.put("/ministry", HEAD + row(OTHER, of_other(MINISTRY)))
        self.scan_well("2026-11-26")
        code, answers = self.home.check(RONIN)
        self.assertEqual((code, answers[0]["verdict"]), (11, "related"))
        until = {(m["source"]["id"], m["entry_name"]): (m["active"], m["listed_on"],
                                                       m["delisted_on"])
                 for m in answers[0]["matches"]}
        self.assertEqual(until, {
            ("treasury", "EXAMPLE GROUP"): (False, "2019-09-13", "2026-11-24"),
            ("ministry", "Example Trading Co."): (False, "2023-05-24", "2026-11-25"),
            ("ministry", "Another Person"): (False, "2024-01-31", "2026-11-26"),
            ("police", "Ronin thieves"): (False, "2022-04-14", "2026-11-23"),
            ("bare", ""): (False, None, "2026-11-24")})
        self.assertEqual(self.shown(RONIN)[2], [
            "bare, delisted 2026-11-24",
            "ministry: Another Person [ILLICIT-IT], listed 2024-01-31, delisted 2026-11-26",
            "ministry: Example Trading Co. [CYBER2 DPRK9], listed 2023-05-24, delisted 2026-11-25",
            "police: Ronin thieves [SEIZED], listed 2022-04-14, delisted 2026-11-23",
            "treasury: EXAMPLE GROUP [DPRK3], listed 2019-09-13, delisted 2026-11-24"])
        for day, parties in (("2026-11-23", 5), ("2026-11-24", 4), ("2026-11-25", 2),
                             ("2026-11-26", 1)):  # that held it at any time of the day
            code, answers = self.home.check("--on", day, RONIN)
            self.assertEqual(code, 10, day)
            self.assertEqual(sum(m["active"] for m in answers[0]["matches"]), parties, day)


if __name__ == "__main__":
    harness.main()
