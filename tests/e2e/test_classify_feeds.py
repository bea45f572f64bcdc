"""Every address of the public lists of ../shared/data, classified: distinct keys, chains, and why each
unusable value is unusable, against tests/golden/feeds-classification.json.

    test_classify_feeds.py BIN PROJECT [--update]     writes the golden file again

The golden file holds counts, and for what is unusable position, code, reason and the SHA-256 of the
value: the lists themselves are not ours to copy. SOURCES.md of the test data says how many
addresses each file holds; that is asserted here in figures of its own.
"""
import collections
import hashlib
import json
import subprocess
import sys
import unittest

import feed_values
import harness

FEEDS = harness.SHARED / "data/feeds"
GOLDEN = harness.ROOT / "tests/golden/feeds-classification.json"

# What SOURCES.md says: values that stand where an address belongs ("listings" there), and distinct
# addresses. A remark says why a figure here is another than there.
SOURCES = {
    "bybit/hack-address-excerpt.json": (129, 128),  # 130 with the two of one element
    "etherscan-labels/arbiscan-combinedAccountLabels.json": (507, 506),  # and one empty key
    "etherscan-labels/bscscan-heist.csv": (57, 57),
    "etherscan-labels/ofac-sanctions-lists.csv": (72, 72),
    "etherscan-labels/ofac-sanctions-lists.json": (72, 72),
    "eu/eu-fsf-excerpt-2026-09-22.xml": (9, 9),  # 8, and 1 split by a line break
    "fbi/fbi-2023-01-23-harmony-btc.txt": (11, 11),
    "fbi/fbi-2023-08-22-tradertraitor-btc.txt": (6, 6),
    "fbi/fbi-2023-09-06-stake.csv": (24, 24),
    "fbi/ic3-psa250226.html": (51, 51),
    "fbi/ic3-psa250226.txt": (51, 51),
    "forta/etherscan_malicious_labels.csv": (7780, 7259),
    "forta/malicious_smart_contracts.csv": (753, 719),
    "graphsense/blender_io.yaml": (45, 45),
    "graphsense/etherhiding.yaml": (2, 2),
    "graphsense/hacks.yaml": (608, 606),
    "graphsense/lazarus.yaml": (21, 21),
    "graphsense/lazarus2.yaml": (6, 6),
    "graphsense/lockbit_tattoos.yaml": (18, 18),
    "graphsense/plustoken.yaml": (12, 10),
    "graphsense/ronin_bridge.yaml": (6, 6),
    "graphsense/sinbad_io.yaml": (2, 2),
    "graphsense/tornado_cash.yaml": (39, 38),
    "graphsense/usdt_blacklist.yaml": (774, 774),
    "mew/addresses-darklist-excerpt.json": (25, 19),
    "misp/circl-cerber-event-trimmed.json": (1, 1),
    "ofac/sdn-2021-07.csv": (97, 93),  # 93, 1 odd XMR value, 1 malformed 0x
    "ofac/sdn-2026-09-23-excerpt.xml": (31, 29),
    "ofac/sdn_advanced-2025-03-04-dprk-excerpt.xml": (200, 195),
    "ofac/sdn_advanced-2025-03-21-dprk-excerpt.xml": (110, 105),
    "ofac/sdn_advanced-2025-11-19-excerpt.xml": (761, 744),
    "ofac/sdn_advanced-2025-11-19.xml.bz2": (761, 744),
    "ofac/sdn_comments-2025-02.csv": (341, 339),  # 341 mentions
    "ransomwhere/ransomwhere-2022-04-first400.json": (400, 400),
    "scamsniffer/address.json": (2530, 2530),
    "stix/cryptocurrency-wallet-example.json": (1, 1),
    "uk/uk-sanctions-list-excerpt-2026-09-21.xml": (16, 14),
}
LISTS = {"XBT": 435, "ETH": 152, "USDT": 26, "LTC": 10, "BCH": 7, "TRX": 6, "XMR": 3, "ZEC": 3,
         "DASH": 3, "USDC": 2, "XRP": 1, "ETC": 1, "BSV": 1, "BTG": 1, "XVG": 1, "ARB": 1, "BSC": 1}


def ask(questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([harness.PROGRAM, "address", "--batch", "--json"], input=text,
                          capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


class Classified:
    """One file: what stands in it and what the program says of each value."""

    def __init__(self, name):
        self.values = list(feed_values.values(FEEDS, name))
        self.answers = ask([{"input": value, "chain": tag, "mode": "list"}
                            for _, value, tag in self.values])
        self.good = [a for a in self.answers if a["valid"]]
        self.keys = {a["canonical"] for a in self.good}

    def unusable(self):
        return [(position, value, tag, answer["error"])
                for (position, value, tag), answer in zip(self.values, self.answers)
                if not answer["valid"]]

    def golden(self):
        chains = collections.Counter(a["chains"][0] for a in self.good)
        flags = collections.Counter(flag for a in self.good for flag in a["flags"])
        return {
            "values": len(self.values), "keys": len(self.keys),
            "keys_sha256": hashlib.sha256("\n".join(sorted(self.keys)).encode()).hexdigest(),
            "chains": dict(sorted(chains.items())), "flags": dict(sorted(flags.items())),
            "wrong_case": sum(a["checksum"] == "bad" for a in self.good),
            "unusable": [{"position": position, "code": error["code"], "reason": error["text"],
                          "sha256": hashlib.sha256(value.encode()).hexdigest()}
                         for position, value, _, error in self.unusable()],
        }


def names():
    return sorted(str(path.relative_to(FEEDS)) for path in FEEDS.rglob("*")
                  if path.is_file() and path.name != "SOURCES.md")


CLASSIFIED = {}


def classified(name):
    if name not in CLASSIFIED:
        CLASSIFIED[name] = Classified(name)
    return CLASSIFIED[name]


def reason_of(name, is_it):
    """The reasons of the unusable values that a predicate picks."""
    return {error["text"] for _, value, _, error in classified(name).unusable() if is_it(value)}


class Classification(unittest.TestCase):
    maxDiff = None

    def test_every_file_is_as_the_golden_file_says(self):
        golden = json.loads(GOLDEN.read_text())
        self.assertEqual(sorted(golden), names())
        for name in names():
            with self.subTest(file=name):
                self.assertEqual(classified(name).golden(), golden[name])

    def test_the_counts_are_those_of_the_sources(self):
        for name, (values, keys) in SOURCES.items():
            with self.subTest(file=name):
                self.assertEqual((len(classified(name).values), len(classified(name).keys)),
                                 (values, keys))
        for ticker, count in LISTS.items():
            for form in ("txt", "json"):
                found = classified("lists/sanctioned_addresses_%s.%s" % (ticker, form))
                with self.subTest(list=ticker, form=form):
                    self.assertEqual(len(found.values), count)
                    self.assertEqual(len(found.keys), count - (ticker == "XMR"))

    def test_a_list_in_two_forms_has_the_same_keys(self):
        for ticker in LISTS:
            text, array = (classified("lists/sanctioned_addresses_%s.%s" % (ticker, form)).keys
                           for form in ("txt", "json"))
            self.assertEqual(text, array, ticker)
        whole, cut = (classified("ofac/sdn_advanced-2025-11-19" + end).keys
                      for end in (".xml.bz2", "-excerpt.xml"))
        self.assertEqual(whole, cut)

    def test_the_plain_list_gives_what_the_sources_promise(self):
        found = classified("generic/plain-list.txt")
        self.assertEqual(len(found.keys), 17)
        self.assertEqual([a["input"][:10] for a in found.good if a["checksum"] == "bad"],
                         ["0x098b716B"])
        self.assertEqual([error["text"] for _, _, _, error in found.unusable()],
                         ["it has the form of an address, and its checksum is wrong",
                          "it has 39 hex digits behind 0x, and an address has 40",
                          "these are words and no address"])


class Oddities(unittest.TestCase):
    """What SOURCES.md calls odd, each with the reason a person would give."""

    def test_a_tron_address_under_xbt_is_a_tron_address(self):
        found = classified("lists/sanctioned_addresses_XBT.txt")
        odd = [a for a in found.good if "label-mismatch" in a["flags"]]
        self.assertEqual([a["chains"] for a in odd], [["tron"]])
        self.assertEqual([a["input"] for a in odd], ["TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"])

    def test_64_hex_digits_under_xmr_are_no_address(self):
        for name in ("lists/sanctioned_addresses_XMR.txt", "ofac/sdn-2021-07.csv",
                     "ofac/sdn_advanced-2025-11-19.xml.bz2"):
            self.assertEqual(reason_of(name, lambda value: len(value) == 64),
                             {"64 hex digits are a payment id, a transaction or a key, not an "
                              "address of this chain"}, name)

    def test_cyrillic_letters_in_a_tron_address_are_named(self):
        for name in ("opensanctions/il_nbctf-wallets-nopii.csv",
                     "opensanctions/SYNTHETIC-cryptowallet.ftm.json"):
            self.assertEqual(len([value for _, value, _, error in classified(name).unusable()
                                  if error["code"] == "CHARSET"]), 1, name)
            for reason in reason_of(name, lambda value: not value.isascii()):
                self.assertRegex(reason, "Latin|U\\+041D|look", name)

    def test_39_digits_behind_0x_are_counted(self):
        for name in ("ofac/sdn-2021-07.csv", "generic/plain-list.txt"):
            self.assertEqual(reason_of(name, lambda value: value.startswith("0x")),
                             {"it has 39 hex digits behind 0x, and an address has 40"}, name)

    def test_a_lower_cased_base58_says_that_its_case_is_lost(self):
        self.assertEqual(
            reason_of("graphsense/plustoken.yaml", str.islower),
            {"all letters are lower case: this address lost its letter case, and with it its "
             "meaning"})

    def test_35_characters_have_a_wrong_checksum(self):
        self.assertEqual(reason_of("graphsense/plustoken.yaml", lambda value: len(value) == 35),
                         {"the checksum is wrong: a character was mistyped"})

    def test_account_numbers_are_called_numbers(self):
        name = "opensanctions/il_nbctf-wallets-nopii.csv"
        numbers = [value for _, value, _, _ in classified(name).unusable() if value.isdigit()]
        self.assertEqual(len(numbers), 115)
        self.assertEqual(reason_of(name, str.isdigit),
                         {"it is a number, such as a customer's at an exchange, and no address"})

    def test_two_addresses_in_one_cell_are_called_two(self):
        for name in ("opensanctions/il_nbctf-wallets-nopii.csv",
                     "bybit/hack-address-excerpt.json"):
            self.assertEqual(
                len([1 for _, _, _, error in classified(name).unusable() if error["text"] ==
                     "it holds more than one address: each needs an entry of its own"]), 1, name)

    def test_the_israeli_list_holds_400_addresses_of_tron(self):
        found = classified("opensanctions/il_nbctf-wallets-nopii.csv")
        # 399 here, and one in the cell that holds two addresses
        self.assertEqual(sum(key.startswith("tron:") for key in found.keys), 399)
        memos = [value for _, value, _, error in found.unusable()
                 if error["text"] == "other words stand beside an address"]
        self.assertEqual(len(memos), 3)  # "(Address tag …)" behind XLM, XRP and BNB

    def test_trailing_and_invisible_characters_do_no_harm(self):
        found = classified("graphsense/tornado_cash.yaml")
        self.assertEqual([a["flags"] for a in found.good if a["flags"]], [["sanitised"]])
        self.assertEqual(found.unusable(), [])


def update():
    golden = {name: classified(name).golden() for name in names()}
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    if not FEEDS.exists():
        print("skipped: no ../shared/data beside the project")
        sys.exit(77)  # CTest: skipped
    if "--update" in sys.argv:
        update()
        sys.exit(0)
    harness.main()
