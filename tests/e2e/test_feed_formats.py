"""feed parse on every file of ../shared/data/feeds: the distinct keys are those that the independent
readers of feed_values.py found (tests/golden/feeds-classification.json), and nothing is lost: what
is unusable comes with a reason.

    test_feed_formats.py BIN PROJECT
"""
import functools
import hashlib
import json
import subprocess
import sys
import unittest

import harness

FEEDS = harness.SHARED / "data/feeds"
GOLDEN = harness.ROOT / "tests/golden/feeds-classification.json"
WALLETS = "opensanctions/il_nbctf-wallets-nopii.csv"

# What each file is read as. Options are those of a feed file.
READ_AS = {
    "bybit/hack-address-excerpt.json": ("hackscan",),
    "etherscan-labels/arbiscan-combinedAccountLabels.json": ("json",),
    "etherscan-labels/bscscan-heist.csv": ("csv",),
    "etherscan-labels/ofac-sanctions-lists.csv": ("csv",),
    "etherscan-labels/ofac-sanctions-lists.json": ("json",),
    "eu/eu-fsf-excerpt-2026-09-22.xml": ("text",),
    "fbi/fbi-2023-01-23-harmony-btc.txt": ("lines",),
    "fbi/fbi-2023-08-22-tradertraitor-btc.txt": ("lines",),
    "fbi/fbi-2023-09-06-stake.csv": ("csv",),
    "fbi/ic3-psa250226.html": ("text",),
    "fbi/ic3-psa250226.txt": ("lines",),
    "forta/etherscan_malicious_labels.csv": ("csv",),
    "forta/malicious_smart_contracts.csv": ("csv",),
    "generic/array.json": ("json",),
    "generic/plain-list.txt": ("lines",),
    "generic/records.ndjson": ("ndjson",),
    "generic/with-header.csv": ("csv",),
    "mew/addresses-darklist-excerpt.json": ("json",),
    "misp/circl-cerber-event-trimmed.json": ("misp",),
    "ofac/sdn-2021-07.csv": ("ofac-csv", "--with", "ofac/sdn_comments-2021-07.csv"),
    "ofac/sdn-2026-09-23-excerpt.xml": ("ofac-classic",),
    "ofac/sdn_advanced-2025-03-04-dprk-excerpt.xml": ("ofac-advanced",),
    "ofac/sdn_advanced-2025-03-21-dprk-excerpt.xml": ("ofac-advanced",),
    "ofac/sdn_advanced-2025-11-19-excerpt.xml": ("ofac-advanced",),
    "ofac/sdn_advanced-2025-11-19.xml.bz2": ("ofac-advanced",),
    "ofac/sdn_comments-2021-07.csv": ("ofac-csv",),
    "ofac/sdn_comments-2025-02.csv": ("ofac-csv",),
    "opensanctions/SYNTHETIC-cryptowallet.ftm.json": ("ftm",),
    "opensanctions/SYNTHETIC-delta.json": ("ftm",),
    "opensanctions/envelope-positions-2024-03.ftm.json": ("ftm",),
    "opensanctions/il_nbctf-wallets-nopii.csv":
        ("csv", "--option", "address_column=מספר זיהוי הארנק האלקטרוני/ יוזר"),
    "ransomwhere/ransomwhere-2022-04-first400.json": ("ransomwhere",),
    "scamsniffer/address.json": ("json",),
    "stix/cryptocurrency-wallet-example.json": ("stix",),
    "stix/extension-definition-cryptocurrency-wallet.json": ("stix",),
    "uk/uk-sanctions-list-excerpt-2026-09-21.xml": ("text",),
}

# Where a reader of a list sees more or less than a reader of values, with the reason.
MORE = {"bybit/hack-address-excerpt.json": 1, WALLETS: 1}  # a cell holds two addresses: both read
LESS = {"opensanctions/SYNTHETIC-cryptowallet.ftm.json": 1,  # the order on one wallet has ended
        "generic/with-header.csv": 2}  # a row is too short, another too long: not believed
# The same number of keys, and not the same: "addr" names an address here, and a line whose key
# stands twice names none.
OTHER = {"generic/records.ndjson"}
# Files that hold no list of addresses: a reader must say so, not answer with nothing.
NO_LIST = ("opensanctions/il_nbctf-releases.csv", "opensanctions/index-2024-03-10.json")


# Entries and unusable ones that a reader of the list reports beyond the values that stand in it: the
# second address of a cell, elements and lines without an address, headings of orders between rows,
# remarks whose beginning stands in another file.
BESIDE = {"bybit/hack-address-excerpt.json": (1, -1), "generic/array.json": (1, 1),
          "generic/records.ndjson": (4, 4), "generic/with-header.csv": (0, 2),
          "ofac/sdn_comments-2021-07.csv": (5, 5), "ofac/sdn_comments-2025-02.csv": (20, 20),
          "opensanctions/SYNTHETIC-cryptowallet.ftm.json": (0, 1),
          "opensanctions/SYNTHETIC-delta.json": (1, 1), WALLETS: (15, 13)}


def forms(names):
    """What each file is read as, those of two folders by their kind."""
    read_as = dict(READ_AS)
    for name in names:
        if name.startswith("graphsense/"):
            read_as[name] = ("tagpack",)
        elif name.startswith("lists/"):
            read_as[name] = ("json",) if name.endswith(".json") else ("lines",)
    return read_as


@functools.lru_cache(maxsize=None)
def parse(name, read_as):
    arguments = [str(FEEDS / word) if word in READ_AS else word for word in read_as[1:]]
    done = subprocess.run([harness.PROGRAM, "feed", "parse", "--json", "--format", read_as[0],
                           *arguments, str(FEEDS / name)], capture_output=True, text=True,
                          timeout=240)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def digest(keys):
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()


class Formats(unittest.TestCase):
    maxDiff = None

    def read(self, name, read_as):
        done, entries = parse(name, read_as)
        self.assertEqual(done.returncode, 0, done.stderr)
        for entry in entries:
            self.assertEqual(entry["valid"], entry["error"] is None, entry)
            self.assertTrue(entry["position"])
            if not entry["valid"]:
                self.assertTrue(entry["error"]["code"] and entry["error"]["text"], entry)
        return {entry["canonical"] for entry in entries if entry["valid"]}, entries

    def test_every_file_gives_the_keys_that_stand_in_it(self):
        golden = json.loads(GOLDEN.read_text())
        read_as = forms(golden)
        self.assertEqual(set(golden), set(read_as) | set(NO_LIST))
        here = {str(path.relative_to(FEEDS)) for path in FEEDS.rglob("*") if path.is_file()}
        self.assertEqual(here - {"SOURCES.md"}, set(golden))
        for name, form in sorted(read_as.items()):
            with self.subTest(file=name):
                keys, _ = self.read(name, form)
                wanted = golden[name]["keys"] + MORE.get(name, 0) - LESS.get(name, 0)
                self.assertEqual(len(keys), wanted)
                if name not in MORE and name not in LESS and name not in OTHER:
                    self.assertEqual(digest(keys), golden[name]["keys_sha256"])

    def test_nothing_that_stands_in_a_list_is_lost(self):
        """Usable and unusable entries together are the values of the list."""
        golden = json.loads(GOLDEN.read_text())
        for name, form in sorted(forms(golden).items()):
            with self.subTest(file=name):
                _, entries = self.read(name, form)
                entries_more, unusable_more = BESIDE.get(name, (0, 0))
                self.assertEqual(len(entries), golden[name]["values"] + entries_more)
                self.assertEqual(sum(not entry["valid"] for entry in entries),
                                 len(golden[name]["unusable"]) + unusable_more)

    def test_the_classic_and_the_advanced_list_agree_on_their_parties(self):
        _, classic = self.read("ofac/sdn-2026-09-23-excerpt.xml", ("ofac-classic",))
        _, advanced = self.read("ofac/sdn_advanced-2025-11-19.xml.bz2", ("ofac-advanced",))
        of = {}
        for entry in advanced:
            of.setdefault(entry["entry_id"], set()).add((entry["value"], entry["entry_name"].upper(),
                                                         tuple(sorted(entry["programs"]))))
        for entry in classic:
            self.assertIn((entry["value"], entry["entry_name"].upper(),
                           tuple(sorted(entry["programs"]))), of[entry["entry_id"]])

    def test_members_of_a_record_are_read_as_they_are_named(self):
        keys, _ = self.read("generic/records.ndjson", ("ndjson",))
        self.assertIn("bitcoin:p2sh:580f6775797292d10e13584e82ab35f3e0159622", keys)  # "addr"
        self.assertNotIn("evm:account:fa3fcccb897079fd83bfba690e7d47eb402d6c49", keys)  # twice

    def test_remarks_that_are_cut_are_joined_or_reported(self):
        name = "ofac/sdn-2021-07.csv"
        joined, _ = self.read(name, READ_AS[name])
        alone, entries = self.read(name, ("ofac-csv",))
        self.assertLess(alone, joined)
        cut = [entry for entry in entries if "cut at 1000" in (entry["error"] or {}).get("text", "")]
        self.assertEqual(len(cut), 2)

    def test_what_is_no_list_is_refused(self):
        for name, form in (("opensanctions/index-2024-03-10.json", "ftm"),
                           ("opensanctions/il_nbctf-releases.csv", "csv"), (WALLETS, "csv"),
                           ("fbi/ic3-psa250226.html", "lines"), ("fbi/ic3-psa250226.html", "json"),
                           ("scamsniffer/address.json", "stix"),
                           ("scamsniffer/address.json", "misp"),
                           ("ofac/sdn-2026-09-23-excerpt.xml", "ofac-advanced"),
                           ("graphsense/lazarus.yaml", "ndjson")):
            with self.subTest(file=name, format=form):
                done, entries = parse(name, (form,))
                self.assertEqual(done.returncode, 65, done.stdout[:300])
                self.assertEqual(entries, [])
                self.assertRegex(done.stderr, "line [12]: |no FollowTheMoney|not STIX|not a MISP")


if __name__ == "__main__":
    if not FEEDS.exists():
        print("skipped: no ../shared/data beside the project")
        sys.exit(77)  # CTest: skipped
    unittest.main(argv=sys.argv[:1])
