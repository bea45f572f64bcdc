"""Each figure of ../shared/data/feeds/SOURCES.md against the bytes of its file and against what feed
parse reads of it. Two readers of ours count: feed_values.py finds the values, the reference model of
addresses decodes them; the programs under test have no part in that.

    test_feed_sources.py BIN PROJECT
"""
import collections
import functools
import json
import re
import sys
import unittest

import feed_values
import harness
import test_feed_formats as formats

FEEDS = harness.SHARED / "data/feeds"
BYBIT = "bybit/hack-address-excerpt.json"
WALLETS = formats.WALLETS
FTM = "opensanctions/SYNTHETIC-cryptowallet.ftm.json"

# document: (the figure of SOURCES.md, what it counts, distinct addresses read, unusable entries,
#            what SOURCES.md writes, why the figure is no count of distinct addresses; None: it is one)
TABLE = {
    # The element /0221/btc/16 holds two addresses, and the second of them, bc1qe3hjx3..., stands
    # alone in /0221/btc/11 already: 130 addresses in 129 strings, 129 of them distinct.
    BYBIT: (130, "words", 129, 0, "129 strings; 130 addresses",
            "one address stands alone and as the second of an element"),
    "etherscan-labels/arbiscan-combinedAccountLabels.json":
        (506, "addresses", 506, 1, "506 and one EMPTY key", None),
    "etherscan-labels/bscscan-heist.csv": (57, "addresses", 57, 0, "57", None),
    "etherscan-labels/ofac-sanctions-lists.csv": (72, "addresses", 72, 0, "72", None),
    "etherscan-labels/ofac-sanctions-lists.json": (72, "addresses", 72, 0, "72", None),
    "eu/eu-fsf-excerpt-2026-09-22.xml":
        (8, "whole", 9, 0, "8 addresses in free text and 1 split by a line break",
         "the one behind the line break is read too"),
    "fbi/fbi-2023-01-23-harmony-btc.txt": (11, "addresses", 11, 0, "11", None),
    "fbi/fbi-2023-08-22-tradertraitor-btc.txt": (6, "addresses", 6, 0, "6", None),
    "fbi/fbi-2023-09-06-stake.csv": (24, "addresses", 24, 0, "24 of 33", None),
    "fbi/ic3-psa250226.html": (51, "addresses", 51, 0, "51", None),
    "fbi/ic3-psa250226.txt": (51, "addresses", 51, 0, "51", None),
    "forta/etherscan_malicious_labels.csv":
        (7259, "addresses", 7259, 0, "7780 rows; 7259 addresses", None),
    "forta/malicious_smart_contracts.csv":
        (719, "addresses", 719, 0, "753 rows; 719 addresses", None),
    "graphsense/blender_io.yaml": (45, "addresses", 45, 0, "45 tags; 45 addresses", None),
    "graphsense/etherhiding.yaml": (2, "addresses", 2, 0, "2 tags; 2 addresses", None),
    "graphsense/hacks.yaml": (606, "addresses", 606, 0, "608 tags; 606 addresses", None),
    "graphsense/lazarus.yaml": (21, "addresses", 21, 0, "21 tags; 21 addresses", None),
    "graphsense/lazarus2.yaml": (6, "addresses", 6, 0, "6 tags; 6 addresses", None),
    "graphsense/lockbit_tattoos.yaml": (18, "addresses", 18, 0, "18 tags; 18 addresses", None),
    "graphsense/plustoken.yaml": (10, "addresses", 10, 2, "12 tags; 10 addresses", None),
    "graphsense/ronin_bridge.yaml": (6, "addresses", 6, 0, "6 tags; 6 addresses", None),
    "graphsense/sinbad_io.yaml": (2, "addresses", 2, 0, "2 tags; 2 addresses", None),
    "graphsense/tornado_cash.yaml": (38, "addresses", 38, 0, "39 tags; 38 addresses", None),
    "graphsense/usdt_blacklist.yaml": (774, "addresses", 774, 0, "774 tags; 774 addresses", None),
    "mew/addresses-darklist-excerpt.json":
        (19, "addresses", 19, 0, "25 entries; 19 addresses", None),
    "misp/circl-cerber-event-trimmed.json":
        (1, "addresses", 1, 0, "1 attribute of type btc among 10", None),
    "ofac/sdn-2021-07.csv":
        (93, "addresses", 93, 2, "97 listings when joined with the comments; 93 addresses, "
         "1 odd XMR value, 1 malformed 0x", None),
    "ofac/sdn-2026-09-23-excerpt.xml":
        (29, "addresses", 29, 1, "31 listings; 29 addresses + 1 odd XMR value", None),
    "ofac/sdn_advanced-2025-03-04-dprk-excerpt.xml":
        (195, "addresses", 195, 0, "200 listings; 195 addresses", None),
    "ofac/sdn_advanced-2025-03-21-dprk-excerpt.xml":
        (105, "addresses", 105, 0, "110 listings; 105 addresses", None),
    "ofac/sdn_advanced-2025-11-19-excerpt.xml":
        (744, "addresses", 744, 1, "761 listings; 744 addresses + 1 odd XMR value", None),
    "ofac/sdn_advanced-2025-11-19.xml.bz2":
        (744, "addresses", 744, 1, "761 listings; 744 addresses + 1 odd XMR value", None),
    # Twenty rows begin with the end of a mention whose beginning stands in a file that we lack.
    "ofac/sdn_comments-2025-02.csv":
        (341, "values", 339, 20, '341 mentions of "Digital Currency Address"',
         "it counts mentions; two addresses are mentioned twice"),
    FTM: (29, "wallets", 26, 3, "29 CryptoWallet lines",
          "it counts lines: one has two keys, two the same, one no address, one a homoglyph, and "
          "the order on one has ended"),
    "opensanctions/SYNTHETIC-delta.json":
        (3, "lines", 2, 1, "3 lines", "it counts lines; one is a deletion"),
    "opensanctions/envelope-positions-2024-03.ftm.json": (0, "addresses", 0, 0, "0", None),
    # 581 cells are not empty: 450 + 115 + 14 + 1 + 1. SOURCES.md counts cells and knows five kinds
    # of address, 400 cells of TRON, 24 of Bitcoin, 13 of EVM, 9 of Dogecoin's form, 4 of Litecoin.
    # From 450 cells to 454 distinct addresses:
    #   + 4  of its 14 "of other kinds" are addresses: lines 571 (Algorand), 578 (Zcash), 586 (the
    #        list says STRAT; read as DigiByte, whose form it has) and 595 (KMD; read as Ravencoin)
    #   + 1  line 426, its "1 cell with two addresses": 0xc8fe1c81... stands nowhere else
    #   - 0  line 426, the other of the two: TR2nTb64... stands in line 466, which is counted
    #   - 1  line 423 repeats TMmEYcSL... of line 377
    # Unusable: 115 numbers, the other 10 of the 14, the homoglyph, 14 headings of orders.
    WALLETS: (450, "cells", 454, 140, "450 addresses (400 TRON), 115 exchange account numbers, 14 "
              "of other kinds (Stellar, Sia, Lisk, names), 1 with homoglyphs; 1 cell with two "
              "addresses", "it counts cells of five kinds of address; four are of further kinds, "
              "a cell holds a new one and an old one, and one cell repeats another"),
    "opensanctions/il_nbctf-releases.csv":
        (0, "addresses", None, None, "0 (44 rows: orders and their validity)", None),  # refused
    "opensanctions/index-2024-03-10.json": (0, "addresses", None, None, "0", None),  # refused
    "ransomwhere/ransomwhere-2022-04-first400.json": (400, "addresses", 400, 0, "400", None),
    "scamsniffer/address.json": (2530, "addresses", 2530, 0, "2530", None),
    "stix/cryptocurrency-wallet-example.json": (1, "addresses", 1, 0, "1 (example)", None),
    "stix/extension-definition-cryptocurrency-wallet.json": (0, "addresses", 0, 0, "0", None),
    "uk/uk-sanctions-list-excerpt-2026-09-21.xml":
        (14, "addresses", 14, 0, "14 addresses in free text, 16 mentions", None),
}
# lists/: one address a line and no line twice; of XMR one is 64 hex digits and no address.
LISTS = {"XBT": 435, "ETH": 152, "USDT": 26, "LTC": 10, "BCH": 7, "TRX": 6, "XMR": 3, "ZEC": 3,
         "DASH": 3, "USDC": 2, "XRP": 1, "ETC": 1, "BSV": 1, "BTG": 1, "XVG": 1, "ARB": 1, "BSC": 1}
for ticker, figure in LISTS.items():
    for form in ("txt", "json"):
        TABLE["lists/sanctioned_addresses_%s.%s" % (ticker, form)] = (
            (3, "values", 2, 1, "3", "one value is no address") if ticker == "XMR" else
            (figure, "addresses", figure, 0, str(figure), None))

FIVE_KINDS = ("tron", "bitcoin", "evm", "dogecoin", "litecoin")


@functools.lru_cache(maxsize=None)
def key_of(tag, text):
    """The key of a text by the reference model; None for what is no address."""
    import addr_model
    if re.fullmatch("0x[0-9a-fA-F]{40}", text):
        return "evm:account:" + text[2:].lower()  # the model tries every chain, and is slow
    try:
        return addr_model.decode(tag or "*", text, "list").canonical
    except addr_model.Bad:
        return None


@functools.lru_cache(maxsize=None)
def values(name):
    # Of the whole list the excerpt has every party with an address; test_classify_feeds.py reads both.
    return list(feed_values.values(FEEDS, name.replace(".xml.bz2", "-excerpt.xml")))


def words_of(tag, value):
    """The addresses of a value: one, or several with blanks or commas between."""
    if key_of(tag, value):
        return [value]
    words = [word for word in re.split(r"[\s,]+", value) if word]
    return words if len(words) > 1 and all(key_of(tag, word) for word in words) else []


def places(name):
    """key: the positions at which it stands, by our own readers."""
    found = collections.defaultdict(list)
    for position, value, tag in values(name):
        for word in words_of(tag, value):
            found[key_of(tag, word)].append(position)
    return found


def cells(name):
    """The kinds of the cells that hold one address and nothing else."""
    return collections.Counter((key_of(tag, value) or "none").split(":")[0]
                               for _, value, tag in values(name))


def lines(name):
    return [json.loads(line) for line in (FEEDS / name).read_text().splitlines()]


COUNT = {
    "addresses": lambda name: len(places(name)),
    "values": lambda name: len(values(name)),
    "words": lambda name: sum(map(len, places(name).values())),
    "whole": lambda name: sum("\n" not in value for _, value, _ in values(name)),
    "cells": lambda name: sum(cells(name)[kind] for kind in FIVE_KINDS),
    "lines": lambda name: len(lines(name)),
    "wallets": lambda name: sum(line["schema"] == "CryptoWallet" for line in lines(name)),
}


def sources():
    """document: what SOURCES.md writes of its addresses, where that is a figure."""
    said = {}
    text = (FEEDS / "SOURCES.md").read_text()
    for row in text.splitlines():
        row = [cell.strip() for cell in row.strip("|").split(" | ")]
        if len(row) >= 6 and row[0].startswith("`") and re.search(r"\d", row[5]):
            said[row[0].strip("`")] = row[5]
    for ticker, figure in re.findall(r"^\| ([A-Z]{3,4}) \| (\d+) \|", text, re.M):
        for form in ("txt", "json"):
            said["lists/sanctioned_addresses_%s.%s" % (ticker, form)] = figure
    return said


class Sources(unittest.TestCase):
    maxDiff = None

    def test_the_table_holds_every_figure_of_the_sources_in_its_words(self):
        self.assertEqual({name: row[4] for name, row in TABLE.items()}, sources())
        for name, (figure, _, distinct, _, words, why) in TABLE.items():
            with self.subTest(file=name):
                self.assertIn(str(figure), re.findall(r"\d+", words))
                self.assertEqual(why is None, figure == (distinct or 0))

    def test_each_figure_is_what_it_counts_in_the_bytes(self):
        for name, (figure, what, distinct, _, _, _) in TABLE.items():
            with self.subTest(file=name, counts=what):
                self.assertEqual(COUNT[what](name), figure)
                if name != FTM:  # whose readers know an end date
                    self.assertEqual(len(places(name)), distinct or 0)

    def test_feed_parse_reads_the_distinct_addresses_that_the_bytes_hold(self):
        read_as = formats.forms(TABLE)
        for name, (_, _, distinct, unusable, _, _) in TABLE.items():
            with self.subTest(file=name):
                if distinct is None:
                    self.assertIn(name, formats.NO_LIST)
                    continue
                done, entries = formats.parse(name, read_as[name])
                self.assertEqual(done.returncode, 0, done.stderr)
                keys = {entry["canonical"] for entry in entries if entry["valid"]}
                self.assertEqual(len(keys), distinct)
                self.assertEqual(sum(not entry["valid"] for entry in entries), unusable)
                ours = set(places(name))
                self.assertEqual((keys - ours, len(ours - keys)), (set(), 1 if name == FTM else 0))

    def test_the_address_of_bybit_that_stands_twice(self):
        """129 strings, 130 addresses, 129 distinct."""
        document = json.loads((FEEDS / BYBIT).read_text())["0221"]["btc"]
        alone, both = document[11], document[16].split(" ")
        self.assertEqual((len(both), both[1]), (2, alone))
        self.assertTrue(alone.startswith("bc1qe3hjx3"))
        twice = [key for key, at in places(BYBIT).items() if len(at) > 1]
        self.assertEqual(twice, [key_of("", alone)])
        _, entries = formats.parse(BYBIT, formats.READ_AS[BYBIT])
        self.assertEqual([entry["value"] for entry in entries
                          if entry["canonical"] == twice[0]], [alone, alone])

    def test_the_rows_of_the_israeli_list_that_make_450_cells_454_addresses(self):
        kinds = cells(WALLETS)
        self.assertEqual({kind: kinds[kind] for kind in FIVE_KINDS},
                         {"tron": 400, "bitcoin": 24, "evm": 13, "dogecoin": 9, "litecoin": 4})
        further = {position: key_of(tag, value).split(":")[0] for position, value, tag
                   in values(WALLETS) if (key_of(tag, value) or "tron:").split(":")[0]
                   not in FIVE_KINDS}
        self.assertEqual(further, {571: "algorand", 578: "zcash", 586: "digibyte",
                                   595: "ravencoin"})
        found = places(WALLETS)
        self.assertEqual(sorted(at for at in found.values() if len(at) > 1),
                         [[377, 423], [426, 466]])
        of_the_cell_of_two = {key.split(":")[0]: at for key, at in found.items() if 426 in at}
        self.assertEqual(of_the_cell_of_two, {"evm": [426], "tron": [426, 466]})
        self.assertEqual(450 + len(further) + 1 - 1, len(found))
        _, entries = formats.parse(WALLETS, formats.READ_AS[WALLETS])
        at = collections.defaultdict(list)
        for entry in entries:
            if entry["valid"]:
                at[entry["canonical"]].append(int(re.match(r"line (\d+)", entry["position"])[1]))
        self.assertEqual(at, found)  # every address in the lines in which we find it


if __name__ == "__main__":
    if not FEEDS.exists() or not (harness.SHARED / "reference/addr_model.py").exists():
        print("skipped: no ../shared/data and ../shared/reference beside the project")
        sys.exit(77)  # CTest: skipped
    sys.path.insert(0, str(harness.SHARED / "reference"))
    harness.main()
