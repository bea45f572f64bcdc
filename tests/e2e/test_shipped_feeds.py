"""Every shipped feed file reads the real document of its list, with its own format and options, as the
set of addresses that stands in it; and a scan believes that document, floors and all."""
import json
import subprocess
import sys
import unittest

import harness
import test_feed_formats as formats

FEEDS = {feed["id"]: feed for feed in (json.loads(path.read_text()) for path in
                                       sorted((harness.ROOT / "feeds").glob("*.json")))}
PACKS = ("blender_io", "etherhiding", "hacks", "lazarus", "lazarus2", "lockbit_tattoos", "plustoken",
         "ronin_bridge", "sinbad_io", "tornado_cash", "usdt_blacklist")
TICKERS = ("ARB", "BCH", "BSC", "BSV", "BTG", "DASH", "ETC", "ETH", "LTC", "TRX", "USDC", "USDT",
           "XBT", "XMR", "XRP", "XVG", "ZEC")
DOCUMENT = {
    "circl-osint": "misp/circl-cerber-event-trimmed.json",
    "etherscan-arbiscan-labels": "etherscan-labels/arbiscan-combinedAccountLabels.json",
    "etherscan-bscscan-heist": "etherscan-labels/bscscan-heist.csv",
    "etherscan-ofac": "etherscan-labels/ofac-sanctions-lists.csv",
    "etherscan-ofac-json": "etherscan-labels/ofac-sanctions-lists.json",
    "eu-fsf": "eu/eu-fsf-excerpt-2026-09-22.xml",
    "fbi-harmony-2023-01-23": "fbi/fbi-2023-01-23-harmony-btc.txt",
    "fbi-stake-2023-09-06": "fbi/fbi-2023-09-06-stake.csv",
    "fbi-tradertraitor-2023-08-22": "fbi/fbi-2023-08-22-tradertraitor-btc.txt",
    "forta-malicious-contracts": "forta/malicious_smart_contracts.csv",
    "forta-malicious-labels": "forta/etherscan_malicious_labels.csv",
    "hackscan-bybit": "bybit/hack-address-excerpt.json",
    "ic3-psa250226": "fbi/ic3-psa250226.html",
    "ic3-psa250226-web": "fbi/ic3-psa250226.html",
    "il-nbctf": formats.WALLETS,
    "mew-darklist": "mew/addresses-darklist-excerpt.json",
    "ofac-sdn-advanced": "ofac/sdn_advanced-2025-11-19.xml.bz2",
    "ofac-sdn-classic": "ofac/sdn-2026-09-23-excerpt.xml",
    "ofac-sdn-csv": "ofac/sdn-2021-07.csv",
    "opensanctions-il-mod-crypto": "opensanctions/SYNTHETIC-cryptowallet.ftm.json",
    "opensanctions-sanctions": "opensanctions/SYNTHETIC-cryptowallet.ftm.json",
    "ransomwhere": "ransomwhere/ransomwhere-2022-04-first400.json",
    "scamsniffer": "scamsniffer/address.json",
    "uk-sanctions-list": "uk/uk-sanctions-list-excerpt-2026-09-21.xml",
    **{"graphsense-" + name.replace("_", "-"): "graphsense/%s.yaml" % name for name in PACKS},
    **{"0xb10c-ofac-" + name.lower(): "lists/sanctioned_addresses_%s.txt" % name
       for name in TICKERS},
}
# Documents that are whole lists: what the feed file calls plausible must be so of them.
WHOLE = ("0xb10c-", "etherscan-", "forta-", "graphsense-", "ic3-", "ofac-sdn-advanced", "scamsniffer",
         "fbi-", "il-nbctf", "uk-", "eu-")
# Addresses of the document that the feed does not see: SDN_COMMENTS.CSV is not fetched.
UNSEEN = {"ofac-sdn-csv": 16}


class ShippedFeeds(harness.Case):
    def keys(self, feed):
        bundled = feed["url"].startswith("file:bundled/")
        path = harness.ROOT / "feeds" / feed["url"][5:] if bundled else \
            formats.FEEDS / DOCUMENT[feed["id"]]
        options = ",".join("%s=%s" % item for item in feed.get("format_options", {}).items())
        done = subprocess.run([harness.PROGRAM, "feed", "parse", "--json", "--format",
                               feed["format"], *(["--option", options] if options else []),
                               str(path)], capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        entries = [json.loads(line) for line in done.stdout.splitlines()]
        return entries, {entry["canonical"] for entry in entries if entry["valid"]}

    def test_each_reads_its_document_as_the_set_that_stands_in_it(self):
        golden = json.loads(formats.GOLDEN.read_text())
        self.assertEqual(set(FEEDS) - {"ofac-dprk-bundled"}, set(DOCUMENT))
        for feed_id, name in sorted(DOCUMENT.items()):
            feed = FEEDS[feed_id]
            with self.subTest(feed=feed_id):
                entries, keys = self.keys(feed)
                more, less = formats.MORE.get(name, 0), formats.LESS.get(name, 0)
                self.assertEqual(len(keys), golden[name]["keys"] + more - less
                                 - UNSEEN.get(feed_id, 0))
                if not more and not less and feed_id not in UNSEEN:
                    self.assertEqual(formats.digest(keys), golden[name]["keys_sha256"])
                if feed_id.startswith(WHOLE):
                    usable = sum(entry["valid"] for entry in entries)
                    self.assertGreaterEqual(usable, feed["entries_min"])

    def test_the_bundled_ofac_list_is_part_of_the_real_one(self):
        _, ours = self.keys(FEEDS["ofac-dprk-bundled"])
        _, all_of_them = self.keys(FEEDS["ofac-sdn-advanced"])
        self.assertEqual(len(ours), FEEDS["ofac-dprk-bundled"]["entries_min"])
        self.assertLessEqual(ours, all_of_them)

    def test_what_each_says_of_an_address_is_in_the_entry(self):
        for feed_id, member in (("forta-malicious-labels", "note"), ("mew-darklist", "note"),
                                ("mew-darklist", "listed_on"), ("etherscan-bscscan-heist", "note"),
                                ("forta-malicious-contracts", "note"),
                                ("graphsense-lazarus", "entry_name"),
                                ("ofac-sdn-classic", "entry_name")):
            with self.subTest(feed=feed_id, member=member):
                entries, _ = self.keys(FEEDS[feed_id])
                self.assertGreater(sum(bool(e[member]) for e in entries), len(entries) * 0.4)


if __name__ == "__main__":
    if not formats.FEEDS.exists():
        print("skipped: no ../shared/data beside the project")
        sys.exit(77)  # CTest: skipped
    unittest.main(argv=sys.argv[:1])
