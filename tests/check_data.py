#!/usr/bin/python3
"""Checks the shipped data: schemas, feeds, bundled lists and rules, and how they fit together.

Usage: check_data.py PROJECT_ROOT

Every check is one line of the count at the end. Checksums are computed here with nothing but the
standard library, so this is also a second opinion on the addresses, independent of the program.
"""

import copy
import csv
import hashlib
import io
import json
import pathlib
import re
import sys

import jsonschema

COLUMNS = "address,tag,entry_id,entry_name,programs,listed_on,source_url,note".split(",")
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
DELISTED_PARTIES = {"39796"}  # Tornado Cash, off the list since 2025-03-21
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
EXPLAINED = "no rule: "  # how the note of a row begins when it belongs to no case, and why


class Tally:
    """Counts checks and says which failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, good, place, what):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {place}: {what}")
        return bool(good)


# Reading ------------------------------------------------------------------------------------------

def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member stands twice")
    return dict(pairs)


def read_text(tally, path):
    """The text of a file in our house form, or None."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        tally.check(False, path.name, "is not UTF-8")
        return None
    tidy = (text.endswith("\n") and not text.endswith("\n\n") and "\r" not in text
            and "\t" not in text and not text.startswith("\ufeff")
            and not re.search(r"[ ]\n", text))
    tally.check(tidy, path.name, "wants LF, no tabs, no trailing blanks, one newline at the end")
    return text


def read_json(tally, path):
    text = read_text(tally, path)
    try:
        value = json.loads(text or "", object_pairs_hook=no_duplicates)
    except ValueError as problem:
        tally.check(False, path.name, f"does not parse: {problem}")
        return None
    return value


def read_folder(tally, folder):
    files = {path: read_json(tally, path) for path in sorted(folder.glob("*.json"))}
    return {path: value for path, value in files.items() if value is not None}


# Addresses ----------------------------------------------------------------------------------------

def base58check_holds(text):
    number = 0
    for letter in text:
        if letter not in BASE58:
            return False
        number = number * 58 + BASE58.index(letter)
    zeros = len(text) - len(text.lstrip("1"))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    digest = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()
    return len(raw) == 25 and digest[:4] == raw[-4:]


def bech32_holds(text):
    prefix, _, data = text.rpartition("1")
    if text != text.lower() or not prefix or any(letter not in BECH32 for letter in data):
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    values += [BECH32.index(letter) for letter in data]
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, polynomial in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD,
                                          0x2A1462B3)):
            state ^= polynomial if top >> bit & 1 else 0
    return state == (1 if data[0] == "q" else 0x2BC830A3)


def address_holds(text):
    """Shape and, but for EVM (Keccak-256 is not in the standard library), checksum."""
    if text.startswith("0x"):
        return re.fullmatch(r"0x[0-9a-fA-F]{40}", text) is not None
    if text.startswith("bc1"):
        return bech32_holds(text)
    return text[0] in "13T" and base58check_holds(text)


def key_of(text):
    """Two spellings of one address that occur in our data give the same key."""
    return text.lower() if text.startswith(("0x", "bc1")) else text


# Schemas ------------------------------------------------------------------------------------------

def walk_schema(schema, place=""):
    """Every (place, schema) that describes a value, skipping conditions of allOf and anyOf."""
    yield place, schema
    for name, member in schema.get("properties", {}).items():
        yield from walk_schema(member, f"{place}/{name}")
    if "items" in schema:
        yield from walk_schema(schema["items"], f"{place}[]")
    for number, branch in enumerate(schema.get("oneOf", [])):
        yield from walk_schema(branch, f"{place}|{number}")


def validator_of(schema):
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def check_schema(tally, name, schema):
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
        sound = True
    except jsonschema.SchemaError as problem:
        sound = False
        print(problem.message)
    tally.check(sound and schema.get("$schema", "").endswith("2020-12/schema"), name,
                "is not a sound schema of draft 2020-12")
    for place, part in walk_schema(schema):
        tally.check(part.get("description"), name, f"{place or '/'} has no description")
        if part.get("type") == "object":
            tally.check(part.get("additionalProperties") is False, name,
                        f"{place or '/'} takes unknown members")
            unknown = set(part.get("required", [])) - set(part["properties"])
            tally.check(not unknown, name, f"{place or '/'} requires unknown {unknown}")


GOOD = {
    "feed": {"id": "a-list", "title": "A list", "publisher": "Somebody", "licence": "CC0-1.0",
             "meaning": "label", "url": "https://feeds.example/list.csv", "format": "csv",
             "format_options": {"address_column": "Address"}},
    "rule": {"id": "a-case", "title": "A case", "severity": "high", "reviewed": "2026-11-20",
             "reported": [{"id": "r1", "title": "A report", "url": "https://reports.example/1",
                           "publisher": "Somebody", "published": "2026-11-02"}],
             "addresses": ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                           {"address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "source": "r1"}],
             "parties": [{"feed": "a-list", "entry_ids": ["1"]}]},
    "cryptowatch": {"source": "https://scanner.agency.example/cryptowatch",
                    "endpoints": [{"id": "desk", "url": "https://receiver.example/hook",
                                   "types": ["cryptowatch.address.listed"]}]},
}
# schema, what is tried, path of the member, value (ABSENT takes it away)
ABSENT = object()
REFUSED = [
    ("feed", "unknown member", ["colour"], "blue"),
    ("feed", "misspelt member", ["license"], "CC0-1.0"),
    ("feed", "no id", ["id"], ABSENT),
    ("feed", "no licence", ["licence"], ABSENT),
    ("feed", "no meaning", ["meaning"], ABSENT),
    ("feed", "no url", ["url"], ABSENT),
    ("feed", "no format", ["format"], ABSENT),
    ("feed", "empty id", ["id"], ""),
    ("feed", "id in upper case", ["id"], "A-list"),
    ("feed", "id with a slash", ["id"], "a/list"),
    ("feed", "id that starts with a dash", ["id"], "-list"),
    ("feed", "id of 65 letters", ["id"], "a" * 65),
    ("feed", "unknown meaning", ["meaning"], "danger"),
    ("feed", "unknown format", ["format"], "xls"),
    ("feed", "url of another scheme", ["url"], "ftp://feeds.example/list"),
    ("feed", "url with a blank", ["url"], "https://feeds.example/a list"),
    ("feed", "confidence of 101", ["confidence"], 101),
    ("feed", "confidence below zero", ["confidence"], -1),
    ("feed", "confidence as text", ["confidence"], "90"),
    ("feed", "confidence with a fraction", ["confidence"], 90.5),
    ("feed", "duration without a unit", ["every"], "6"),
    ("feed", "duration with a blank", ["every"], "6 h"),
    ("feed", "duration of zero", ["every"], "0h"),
    ("feed", "duration in weeks", ["stale_after"], "1w"),
    ("feed", "duration as a number", ["timeout"], 60),
    ("feed", "bytes_max of zero", ["bytes_max"], 0),
    ("feed", "bytes_max above the hard limit", ["bytes_max"], 2147483649),
    ("feed", "removed_max_percent of 101", ["removed_max_percent"], 101),
    ("feed", "enabled as text", ["enabled"], "yes"),
    ("feed", "note of two lines", ["note"], "one\ntwo"),
    ("feed", "redirect host with a scheme", ["redirect_hosts"], ["https://files.example"]),
    ("feed", "redirect host with a port", ["redirect_hosts"], ["files.example:443"]),
    ("feed", "redirect host twice", ["redirect_hosts"], ["a.example", "a.example"]),
    ("feed", "unknown format option", ["format_options", "delimiter"], ";"),
    ("feed", "csv options for a plain list", ["format"], "lines"),
    ("feed", "csv options for JSON", ["format"], "json"),
    ("feed", "csv options for a TagPack", ["format"], "tagpack"),
    ("feed", "a path for csv", ["format_options"], {"path": "data.*"}),
    ("feed", "a path with a gap", ["format_options"], {"path": "data..x"}),
    ("feed", "a member's name for csv", ["format_options"], {"address_key": "address"}),
    ("rule", "unknown member", ["colour"], "blue"),
    ("rule", "no severity", ["severity"], ABSENT),
    ("rule", "no reports", ["reported"], ABSENT),
    ("rule", "empty reports", ["reported"], []),
    ("rule", "no review date", ["reviewed"], ABSENT),
    ("rule", "review date that does not exist", ["reviewed"], "2026-02-30"),
    ("rule", "review date in another form", ["reviewed"], "20261120"),
    ("rule", "unknown severity", ["severity"], "severe"),
    ("rule", "unknown marking", ["tlp"], "white"),
    ("rule", "group without a name", ["group"], {"attack_id": "G0032"}),
    ("rule", "malformed group identifier", ["group"], {"name": "A", "attack_id": "G32"}),
    ("rule", "report without a publisher", ["reported", 0, "publisher"], ABSENT),
    ("rule", "report without a title", ["reported", 0, "title"], ABSENT),
    ("rule", "report that is no web address", ["reported", 0, "url"], "see the news"),
    ("rule", "address as a number", ["addresses", 0], 1),
    ("rule", "empty address", ["addresses", 0], ""),
    ("rule", "address object without its source", ["addresses", 1, "source"], ABSENT),
    ("rule", "source as an index", ["addresses", 1, "source"], 0),
    ("rule", "unknown member of an address", ["addresses", 1, "chain"], "bitcoin"),
    ("rule", "selector without a feed", ["parties", 0, "feed"], ABSENT),
    ("rule", "selector that selects nothing", ["parties", 0, "entry_ids"], []),
    ("rule", "selector without a list", ["parties", 0, "entry_ids"], ABSENT),
    ("rule", "entry id as a number", ["parties", 0, "entry_ids"], [27307]),
    ("rule", "unknown relation", ["relations"], ["similar"]),
    ("rule", "no relation at all", ["relations"], []),
    ("cryptowatch", "unknown member", ["colour"], "blue"),
    ("cryptowatch", "no source", ["source"], ABSENT),
    ("cryptowatch", "source that is not absolute", ["source"], "cryptowatch"),
    ("cryptowatch", "endpoint without an id", ["endpoints", 0, "id"], ABSENT),
    ("cryptowatch", "endpoint without a url", ["endpoints", 0, "url"], ABSENT),
    ("cryptowatch", "endpoint of another scheme", ["endpoints", 0, "url"], "file:///tmp/x"),
    ("cryptowatch", "short event type", ["endpoints", 0, "types"], ["address.listed"]),
    ("cryptowatch", "unknown format", ["endpoints", 0, "format"], "discord"),
    ("cryptowatch", "pagerduty without its key", ["endpoints", 0, "format"], "pagerduty"),
    ("cryptowatch", "a routing key without pagerduty", ["endpoints", 0, "routing_key_file"], "r"),
    ("cryptowatch", "unknown marking", ["endpoints", 0, "max_tlp"], "white"),
    ("cryptowatch", "secret in the file itself", ["endpoints", 0, "whsec"], "whsec_x"),
    ("cryptowatch", "unknown language", ["languages"], ["xx"]),
    ("cryptowatch", "deadline without a unit", ["run_deadline"], "1800"),
    ("cryptowatch", "log with another member", ["log"], {"name": "a"}),
    ("cryptowatch", "name of a log with a plus", ["log"], {"origin": "a+b"}),
    ("cryptowatch", "name of a log with a blank", ["log"], {"origin": "a b"}),
]
ACCEPTED = [
    ("feed", "bundled list", ["url"], "file:bundled/list.csv"),
    ("feed", "list on a loopback host", ["url"], "http://localhost:8080/list.csv"),
    ("feed", "id of 64 letters", ["id"], "a" * 64),
    ("feed", "bytes_max at the hard limit", ["bytes_max"], 2147483648),
    ("feed", "durations", ["every"], "90s"),
    ("rule", "every relation", ["relations"],
     ["exact", "encoding", "same-key-hash", "cross-chain", "entity"]),
    ("rule", "case of parties only", ["addresses"], ABSENT),
    ("rule", "selector by relationship", ["parties"], [{"feed": "a", "related_to": ["27307"]}]),
    ("cryptowatch", "all event types", ["endpoints", 0, "types"], []),
    ("cryptowatch", "nothing but a source", ["endpoints"], ABSENT),
    ("cryptowatch", "name of a log", ["log"], {"origin": "scanner.example/cryptowatch/log2"}),
]


def changed(value, path, new):
    value = copy.deepcopy(value)
    target = value
    for step in path[:-1]:
        target = target[step]
    if new is ABSENT:
        del target[path[-1]]
    else:
        target[path[-1]] = new
    return value


def check_schema_behaviour(tally, validators):
    for name, value in GOOD.items():
        tally.check(validators[name].is_valid(value), name, "refuses the plain example")
    for name, what, path, new in REFUSED:
        tally.check(not validators[name].is_valid(changed(GOOD[name], path, new)), name,
                    f"takes {what}")
    for name, what, path, new in ACCEPTED:
        tally.check(validators[name].is_valid(changed(GOOD[name], path, new)), name,
                    f"refuses {what}")


# Feeds, lists, rules ------------------------------------------------------------------------------

def check_against(tally, validator, path, value):
    problems = sorted(validator.iter_errors(value), key=lambda p: list(p.path))
    for problem in problems[:5]:
        print(f"  {path.name}: /{'/'.join(map(str, problem.path))}: {problem.message}")
    tally.check(not problems, path.name, "does not fit its schema")
    tally.check(isinstance(value, dict) and value.get("id") == path.stem, path.name,
                "id differs from the file name")
    return not problems


def seconds_of(text):
    return int(text[:-1]) * SECONDS[text[-1]]


def check_feed(tally, path, feed):
    """Returns the bundled file that the feed reads, if any."""
    every = seconds_of(feed.get("every", "24h"))
    stale = seconds_of(feed.get("stale_after", "3d"))
    tally.check(every < stale <= seconds_of(feed.get("max_stale", "14d")), path.name,
                "wants every < stale_after <= max_stale")
    tally.check(feed.get("enabled", True) or feed.get("note"), path.name,
                "is disabled without saying why")
    # a list of one address has no higher floor than one; it says so and is not enabled
    floor = feed.get("entries_min", 0)
    tally.check("homepage" in feed and floor >= (2 if feed.get("enabled", True) else 1), path.name,
                "wants a homepage and a floor of entries")
    terms = feed["licence"].upper()
    is_bound = any(word in terms for word in ("-NC", "NON-COMMERCIAL", "GPL", "-SA", "NONE STATED",
                                              "NO LICENCE"))
    tally.check(not (is_bound and feed.get("enabled", True)), path.name,
                "is enabled under non-commercial, copyleft or unknown terms")
    if not feed["url"].startswith("file:") or feed["format"] == "misp":
        for member in ("confidence", "every", "stale_after", "bytes_max", "removed_max_percent",
                       "enabled", "note"):
            tally.check(member in feed, path.name, f"leaves {member} to a default")
    if feed["url"].startswith("file:mirror/"):
        tally.check(not feed.get("enabled", True) and feed["format"] == "misp", path.name,
                    "reads a mirror that nobody has made yet")
        return None
    if not feed["url"].startswith("file:"):
        tally.check(feed["url"].startswith("https://"), path.name, "is not fetched over https")
        return None
    bundled = path.parent / feed["url"][len("file:"):]
    tally.check(bundled.parent == path.parent / "bundled" and bundled.is_file(), path.name,
                f"reads {feed['url']}, which is not a bundled file")
    return bundled


def read_rows(tally, path):
    text = read_text(tally, path)
    rows = list(csv.reader(io.StringIO(text or ""), strict=True))
    if not tally.check(rows and rows[0] == COLUMNS, path.name, "has other columns than ours"):
        return []
    good = all(len(row) == len(COLUMNS) for row in rows)
    tally.check(good, path.name, "has a row with too few or too many cells")
    return [dict(zip(COLUMNS, row)) for row in rows[1:] if len(row) == len(COLUMNS)]


def row_holds(row):
    return (address_holds(row["address"])
            and re.fullmatch(r"[A-Z]{3,6}", row["tag"])
            and row["entry_name"]
            and re.fullmatch(r"(20[0-9]{2})-[0-9]{2}-[0-9]{2}", row["listed_on"])
            and re.fullmatch(r"https://\S+", row["source_url"])
            and re.fullmatch(r"([A-Z0-9]+(;[A-Z0-9]+)*)?", row["programs"])
            and all(cell == cell.strip() for cell in row.values()))


def check_bundled(tally, path, feed, rows):
    keys = [key_of(row["address"]) for row in rows]
    tally.check(len(keys) == len(set(keys)), path.name, "holds an address twice")
    tally.check(feed["entries_min"] == len(rows), path.name,
                f"has {len(rows)} rows, its feed says {feed['entries_min']}")
    columns = set(feed.get("format_options", {}).values())
    tally.check(columns <= set(COLUMNS) and "address" in columns, path.name,
                "is read by columns that it does not have")
    for number, row in enumerate(rows, start=2):
        tally.check(row_holds(row), path.name, f"line {number} is not in our form: {row}")
        tally.check(row["entry_id"] not in DELISTED_PARTIES, path.name,
                    f"line {number} is of a party that was delisted")


def addresses_of(rule):
    return [entry if isinstance(entry, dict) else {"address": entry}
            for entry in rule.get("addresses", [])]


def check_rule(tally, path, rule, feed_ids):
    reports = [report.get("id") for report in rule["reported"]]
    tally.check(None not in reports and len(set(reports)) == len(reports), path.name,
                "has a report without an id of its own")
    keys = [key_of(entry["address"]) for entry in addresses_of(rule)]
    tally.check(keys and len(keys) == len(set(keys)), path.name,
                "watches nothing, or an address twice")
    tally.check(rule.get("tlp") == "clear" and rule["severity"] in ("high", "critical"), path.name,
                "wants tlp clear and severity high or critical: reported cases are public")
    for entry in addresses_of(rule):
        tally.check(address_holds(entry["address"]), path.name,
                    f"{entry['address']} is not an address")
        tally.check(entry.get("source") in reports, path.name,
                    f"{entry['address']}: source points nowhere")
    for party in rule.get("parties", []):
        tally.check(party["feed"] in feed_ids, path.name, f"follows unknown feed {party['feed']}")
        followed = set(party.get("entry_ids", []) + party.get("related_to", []))
        tally.check(not followed & DELISTED_PARTIES, path.name, "follows a delisted party")


# Between the files --------------------------------------------------------------------------------

def check_coverage(tally, rules, lists):
    """Every listed address belongs to a case, and every watched one stands on a list."""
    watched = {key_of(entry["address"]) for rule in rules.values() for entry in addresses_of(rule)}
    listed = set()
    for path, rows in lists.items():
        for row in rows:
            listed.add(key_of(row["address"]))
            tally.check(key_of(row["address"]) in watched or row["note"].startswith(EXPLAINED),
                        path.name, f"{row['address']} is in no rule and not explained")
    for path, rule in rules.items():
        missing = [entry["address"] for entry in addresses_of(rule)
                   if key_of(entry["address"]) not in listed]
        tally.check(not missing, path.name, f"on no bundled list: {missing[:3]}")


def facts_of(cases):
    """(text, source) pairs that may be shipped, and keys that must not be."""
    parties = cases["ofac_listings"]
    allowed = {(a["address"], a["source"]) for case in cases["thefts"] + parties
               if "delisted" not in case for a in case.get("addresses", [])}
    keys = {key_of(text) for text, _ in allowed}
    doubtful = [case for case in parties if "delisted" in case] + cases["second_hand"]
    refused = {key_of(a["address"]) for case in doubtful for a in case["addresses"]} - keys
    refused |= {key_of(a["address"]) for case in cases["thefts"] for a in case.get("reported", [])}
    return allowed, refused


def check_cases(tally, cases, rules, lists):
    allowed, refused = facts_of(cases)
    used = set()
    for path, rule in rules.items():
        for entry in addresses_of(rule):
            fact = (entry["address"], entry.get("source"))
            used.add(fact)
            tally.check(fact in allowed, path.name, f"{fact} is not among the collected facts")
            tally.check(key_of(entry["address"]) not in refused, path.name,
                        f"{entry['address']} is delisted or second hand")
    tally.check(used == allowed, "rules", f"leave out {sorted(allowed - used)[:3]}")
    parties = {case["uid"]: case for case in cases["ofac_listings"]}
    for path, rows in lists.items():
        for row in rows:
            tally.check(key_of(row["address"]) not in refused, path.name,
                        f"{row['address']} is delisted or second hand")
            party = parties.get(row["entry_id"])
            if party is not None:
                same = (row["listed_on"] == party["listed"]
                        and row["programs"].split(";") == party["programs"]
                        and row["address"] in [a["address"] for a in party["addresses"]])
                tally.check(same, path.name, f"{row['address']} differs from the collected facts")


def main(arguments):
    if len(arguments) != 2:
        print("usage: check_data.py PROJECT_ROOT", file=sys.stderr)
        return 64
    root = pathlib.Path(arguments[1]).resolve()
    tally = Tally()

    schemas = {name: read_json(tally, root / "docs" / "schemas" / f"{name}.schema.json")
               for name in GOOD}
    if None in schemas.values():
        print(f"{tally.passed} passed, {tally.failed} failed")
        return 1
    for name, schema in schemas.items():
        check_schema(tally, name, schema)
    validators = {name: validator_of(schema) for name, schema in schemas.items()}
    check_schema_behaviour(tally, validators)

    feeds = {path: feed for path, feed in read_folder(tally, root / "feeds").items()
             if check_against(tally, validators["feed"], path, feed)}
    rules = {path: rule for path, rule in read_folder(tally, root / "rules").items()
             if check_against(tally, validators["rule"], path, rule)}
    tally.check(feeds and rules, "data", "there are no feeds or no rules")

    lists = {}
    for path, feed in feeds.items():
        bundled = check_feed(tally, path, feed)
        if bundled is not None and bundled.is_file():
            lists[bundled] = read_rows(tally, bundled)
            check_bundled(tally, bundled, feed, lists[bundled])
    orphans = set((root / "feeds" / "bundled").iterdir()) - set(lists)
    tally.check(not orphans, "feeds/bundled", f"no feed reads {sorted(p.name for p in orphans)}")

    for path, rule in rules.items():
        check_rule(tally, path, rule, {feed["id"] for feed in feeds.values()})
    check_coverage(tally, rules, lists)

    collected = root.parent / "shared" / "data" / "cases.json"
    if collected.is_file():
        check_cases(tally, json.loads(collected.read_text(encoding="utf-8")), rules, lists)
    else:
        print("skipped: comparison with the collected facts (they are not beside the project)")

    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
