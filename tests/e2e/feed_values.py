"""feed_values: every value that stands where an address belongs in the public lists of the test data.

Small readers of its own, one a form, so that a fault of the readers under test cannot hide here.
Each yields (position, value, tag) in the order of the file; the tag is what the list says, or "".
"""
import bz2
import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

# A word that could be an address in running text, with a tag in front on the same line if any.
IN_TEXT = re.compile(r"(?:\b([A-Z]{3,4}):? )?\b(0x[0-9a-fA-F]{30,}|[13TLXDtr][1-9A-HJ-NP-Za-km-z]{23,}"
                     r"(?:\n[1-9A-HJ-NP-Za-km-z]{6,12}\b)?|(?:bc1|ltc1)[0-9a-z]{20,})")
IN_REMARK = re.compile(r"Digital Currency Address - ([A-Z]+) ([^;]+?)(?:;|\.?\s*$)")


def plain(text, tag=""):
    for number, line in enumerate(text.splitlines(), 1):
        value = line.split("  #")[0].split("\t#")[0]
        if not value.strip() or value.lstrip("\ufeff").startswith(("#", ";", "//")):
            continue
        words = value.split(" ")
        several = len(words) > 1 and all(len(word) > 24 for word in words)
        for word in words if several else [re.split(r"(?<=\S)\t", value)[0]]:
            yield number, word, tag


def table(text, value_column, tag_column=None, tag=""):
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
        yield number, row[value_column] or "", (row[tag_column] or "") if tag_column else tag


def keys(text, tag):
    for number, value in enumerate(json.loads(text), 1):
        yield number, value, tag


def array(text, tag=""):
    document = json.loads(text)
    for number, item in enumerate(document, 1):
        if isinstance(item, dict):
            yield number, item["address"], item.get("blockchain", tag)
        else:
            yield number, item, tag


def mixed_array(text):
    for number, item in enumerate(json.loads(text)["addresses"], 1):
        if isinstance(item, dict):
            yield number, item["address"], item.get("chain", "")
        elif isinstance(item, str):
            yield number, item, ""


def by_chain(text):
    number = 0
    for groups in json.loads(text).values():
        for tag, values in groups.items():
            for value in values:
                number += 1
                yield number, value, tag


def records(text):
    for number, line in enumerate(text.splitlines(), 1):
        try:
            item = json.loads(line)
        except ValueError:
            continue
        if isinstance(item, dict) and isinstance(item.get("address"), str):
            yield number, item["address"], item.get("chain", "")


def tagpack(text):
    head = re.search(r"^currency: *(\S+)", text, re.M)
    body = text[text.index("\ntags:"):]
    lines = text[:text.index("\ntags:")].count("\n") + 1
    for part in re.finditer(r"^ *- address: *(.*(?:\n(?! *- ).*)*)", body, re.M):
        value, own = part.group(1).split("\n")[0], re.search(r"^ *currency: *(\S+)", part.group(1), re.M)
        value = value[1:-1] if value[:1] in "'\"" else value.strip()
        at = lines + body[:part.start()].count("\n")
        yield at, value, own.group(1) if own else head.group(1) if head else ""


def ofac_advanced(stream):
    types, feature, number = {}, None, 0
    for event, node in ElementTree.iterparse(stream, ("start", "end")):
        name = node.tag.rsplit("}", 1)[-1]
        if event == "start":
            feature = node.get("FeatureTypeID") if name == "Feature" else feature
            continue
        if name == "FeatureType" and (node.text or "").startswith("Digital Currency Address - "):
            types[node.get("ID")] = node.text.rsplit(" ", 1)[1]
        if name == "VersionDetail" and feature in types:
            number += 1
            yield number, node.text or "", types[feature]
        if name in ("DistinctParty", "ReferenceValueSets", "SanctionsEntry", "Location",
                    "IDRegDocument", "ProfileRelationship"):
            node.clear()


def ofac_classic(text):
    pairs = re.findall(r"<idType>Digital Currency Address - (\w+)</idType>\s*<idNumber>([^<]*)", text)
    for number, (tag, value) in enumerate(pairs, 1):
        yield number, value, tag


def ofac_remarks(text, more_text=""):
    """SDN.CSV with the ends of its long remarks, which stand in SDN_COMMENTS.CSV."""
    more = {row[0]: row[1] for row in csv.reader(io.StringIO(more_text.rstrip("\x1a"))) if row[0]}
    number = 0
    for row in csv.reader(io.StringIO(text.rstrip("\x1a"))):
        if len(row) < 2:
            continue
        for tag, value in IN_REMARK.findall(row[-1] + more.get(row[0], "")):
            number += 1
            yield number, value.strip(), tag


def running_text(text, tag=""):
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    for number, found in enumerate(IN_TEXT.finditer(text), 1):
        label = found.group(1) if found.group(1) not in (None, "THE") else tag
        yield number, found.group(2), label


def misp(text):
    for number, item in enumerate(json.loads(text)["Event"]["Attribute"], 1):
        if item["type"] in ("btc", "xmr", "dash"):
            yield number, item["value"], item["type"]


def stix(text):
    yield 1, json.loads(text)["value"], ""


def ftm(text):
    for number, line in enumerate(text.splitlines(), 1):
        entity = json.loads(line)
        entity = entity.get("entity", entity)
        properties = entity.get("properties", {})
        if entity.get("schema") == "CryptoWallet":
            tag = (properties.get("currency") or [""])[0]
            for value in properties.get("publicKey", []) + properties.get("accountId", []):
                yield number, value, tag


def seizures(text):
    """The Israeli list: a header a group, orders between, values in the fifth column."""
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        if len(row) >= 6 and row[4].strip() and not re.search("[\u0590-\u05ff]", row[4]):
            yield number, row[4], row[5].strip().strip("-")


def nothing(text):
    return iter(())


def text_of(path):
    return path.read_bytes().decode("utf-8")


def values(feeds, name):
    """(position, value, tag) of one file."""
    path = feeds / name
    folder, _, file = name.partition("/")
    if "sdn_advanced" in file:
        with (bz2.open(path) if name.endswith(".bz2") else path.open("rb")) as stream:
            return list(ofac_advanced(stream))
    text = text_of(path)
    if file == "sdn-2021-07.csv":
        return ofac_remarks(text, text_of(feeds / "ofac/sdn_comments-2021-07.csv"))
    if folder == "lists":
        tag = path.stem.rsplit("_", 1)[1]
        return array(text, tag) if name.endswith(".json") else plain(text, tag)
    if folder == "graphsense":
        return tagpack(text)
    return READERS[name](text)


READERS = {
    "bybit/hack-address-excerpt.json": by_chain,
    "etherscan-labels/arbiscan-combinedAccountLabels.json": lambda t: keys(t, "ARB"),
    "etherscan-labels/bscscan-heist.csv": lambda t: table(t, "Address", tag="BSC"),
    "etherscan-labels/ofac-sanctions-lists.csv": lambda t: table(t, "Address", tag="ETH"),
    "etherscan-labels/ofac-sanctions-lists.json": lambda t: keys(t, "ETH"),
    "eu/eu-fsf-excerpt-2026-09-22.xml": running_text,
    "fbi/fbi-2023-01-23-harmony-btc.txt": lambda t: plain(t, "BTC"),
    "fbi/fbi-2023-08-22-tradertraitor-btc.txt": lambda t: plain(t, "BTC"),
    "fbi/fbi-2023-09-06-stake.csv": lambda t: table(t, "Address", "Network"),
    "fbi/ic3-psa250226.html": lambda t: running_text(t, "ETH"),
    "fbi/ic3-psa250226.txt": lambda t: plain(t, "ETH"),
    "forta/etherscan_malicious_labels.csv": lambda t: table(t, "banned_address", tag="ETH"),
    "forta/malicious_smart_contracts.csv": lambda t: table(t, "contract_address", tag="ETH"),
    "generic/array.json": mixed_array,
    "generic/plain-list.txt": plain,
    "generic/records.ndjson": records,
    "generic/with-header.csv": lambda t: table(t, "Address", "Network"),
    "mew/addresses-darklist-excerpt.json": lambda t: array(t, "ETH"),
    "misp/circl-cerber-event-trimmed.json": misp,
    "ofac/sdn-2026-09-23-excerpt.xml": ofac_classic,
    "ofac/sdn_comments-2021-07.csv": ofac_remarks,
    "ofac/sdn_comments-2025-02.csv": ofac_remarks,
    "opensanctions/SYNTHETIC-cryptowallet.ftm.json": ftm,
    "opensanctions/SYNTHETIC-delta.json": ftm,
    "opensanctions/envelope-positions-2024-03.ftm.json": ftm,
    "opensanctions/il_nbctf-releases.csv": nothing,
    "opensanctions/il_nbctf-wallets-nopii.csv": seizures,
    "opensanctions/index-2024-03-10.json": nothing,
    "ransomwhere/ransomwhere-2022-04-first400.json": array,
    "scamsniffer/address.json": lambda t: array(t, "ETH"),
    "stix/cryptocurrency-wallet-example.json": stix,
    "stix/extension-definition-cryptocurrency-wallet.json": nothing,
    "uk/uk-sanctions-list-excerpt-2026-09-21.xml": running_text,
}
