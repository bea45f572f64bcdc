"""explained: differences from the model that were looked into; the reason says who is right.

A row is (name, reason, test of question, model's answer, ours, names of the members that differ).
The test is as narrow as the fault, so that nothing else hides behind it.
"""
import pathlib
import re

RESERVED = set(re.findall('"([0-9a-f]{40,64})"', (
    pathlib.Path(__file__).parents[2] / "src/address/reserved.def").read_text()))


def refused(answer):
    return answer["code"] is not None


def texts_of(question):
    return [question[name] for name in ("input", "a", "b") if name in question]


def joined(text):
    """The text after the model's own cleaning, without white space; empty when it refuses."""
    import addr_model
    try:
        return re.sub(r"\s", "", cleaned(text))
    except addr_model.Bad:
        return ""


def cleaned(text):
    import addr_model
    return addr_model.refang(addr_model.clean(text)[0])[0]


def scheme_of(text):
    """The scheme in front of an address after the model's own cleaning, in lower case, or None."""
    import addr_model
    try:
        text = cleaned(text)
    except addr_model.Bad:
        return None
    label = re.match(r"([A-Za-z]{2,6})(?:\s*[:=]\s+|\s+-\s+|\s+|=)(\S.*)", text, re.S)
    if label and label.group(1).upper() in addr_model.LABELS:
        text = label.group(2)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", re.sub(r"\s", "", text))
    return scheme.group(1).lower() if scheme else None


def scheme_is_a_tag(question, theirs, ours, members):
    import addr_model
    return any(scheme is not None and scheme.upper() in addr_model.LABELS and
               scheme not in addr_model.URI and scheme not in addr_model.OWN_PREFIX
               for scheme in map(scheme_of, texts_of(question))) and not refused(ours)


def avalanche_c(question, theirs, ours, members):
    return refused(theirs) and not refused(ours) and \
        any("C-0x" in joined(text) for text in texts_of(question)) and \
        ours.get("network", "avalanche-c") == "avalanche-c"


def wider_secret(question, theirs, ours, members):
    """Never the other way round: what is a secret for the model must be one for us."""
    return members == ["code"] and ours["code"] == "SECRET" and refused(theirs)


def nested_marks(question, theirs, ours, members):
    return refused(ours) and any(re.search(r"\[\[|\[:\[", text) for text in texts_of(question))


def upper_caip_2021(question, theirs, ours, members):
    return refused(theirs) and any(re.search("0X[0-9a-fA-F]{40}@eip155:", joined(text))
                                   for text in texts_of(question)) and \
        "upper-prefix" in ours.get("flags", ())


def line_break_in_a_link(question, theirs, ours, members):
    return theirs["code"] == "URL" and any(re.search("#[^#]*\n", text)
                                           for text in texts_of(question))


def mask_in_an_address(question, theirs, ours, members):
    return theirs["code"] == "TRUNCATED" and \
        (ours.get("checksum") == "ok" or "relation" in ours) and \
        any(re.search("xxxx|XXXX", text) for text in texts_of(question))


def like_a_witness_prefix(question, theirs, ours, members):
    likes = [found.group() for text in texts_of(question) for found in
             re.finditer("(?i)(ltc|qc|pc|nc|sys|dgb|mona|vtc|vg|btg)1[0-9a-z]*", joined(text))]
    if "relation" in ours:
        return refused(theirs) and any(map(is_base58check, likes))
    return ours.get("encoding") == "base58check" and (refused(theirs) or "chains" in members) and \
        len(likes) > 0


def is_base58check(text):
    import addr_model
    try:
        return addr_model.b58check_dec(text) is not None
    except addr_model.Bad:
        return False


def short_unified(question, theirs, ours, members):
    return theirs["code"] == "LENGTH" and ours.get("canonical") is not None and \
        ":unified:" in ours["canonical"] and len(ours["canonical"].rsplit(":", 1)[1]) < 2 * 32


def key_of(text, tag):
    """The payload of the model's default reading, or the empty text when it reads none."""
    import addr_model
    for mode in ("strict", "list"):
        try:
            return addr_model.decode(tag, text, mode).canonical.rsplit(":", 1)[1]
        except addr_model.Bad:
            pass
    return ""


def nobody_holds_it(question, theirs, ours, members):
    if ours.get("relation") != "none" or theirs.get("relation") not in ("cross-chain",
                                                                        "same-key-hash"):
        return False
    keys = [key_of(question[side], question[side + "_chain"]) for side in "ab"]
    return any(key in RESERVED or (key and set(key) <= {"0"}) or re.fullmatch("f+|0{36}.{4}", key)
               or "00" * 20 in key for key in keys)


def no_memo(question, theirs, ours, members):
    return members == ["aux"] and ours["aux"] is None and \
        re.fullmatch("[-.%_a-zA-Z0-9]{1,64}", theirs["aux"] or "-") is None


def is_destination(tag):
    return re.fullmatch("0|[1-9][0-9]*", tag) is not None and int(tag) < 2 ** 32


def no_destination_tag(question, theirs, ours, members):
    """Behind an XRP account in CAIP-10: letters, zeros in front, or more than 32 bits."""
    tag = theirs.get("aux")
    if tag is None or is_destination(tag) or not theirs["canonical"].startswith("xrpl:account:"):
        return False
    if not tag.isdigit():
        return members == ["aux"] and ours["aux"] is None
    if int(tag) < 2 ** 32:
        return members == ["aux"] and ours["aux"] == str(int(tag))
    return ours["code"] == "RANGE"


def network_of_a_tag(question, theirs, ours, members):
    is_eip681 = any(scheme == "ethereum" for scheme in map(scheme_of, texts_of(question)))
    return members == ["network"] and \
        theirs["network"] in ((None, "ethereum") if is_eip681 else (None,)) and \
        ours["network"] in ("hedera", "filecoin", "avalanche-c")


def tag_in_lower_case(question, theirs, ours, members):
    import addr_model
    tag = question.get("chain", "")
    return members == ["network"] and theirs["network"] == "ethereum" and tag != tag.upper() and \
        scheme_of(question["input"]) == "ethereum" and \
        ours["network"] == addr_model.EVM_NET.get(tag.upper(), "")


def bare_long_zero(question, theirs, ours, members):
    return members == ["encoding"] and ours["encoding"] == "hex" and \
        theirs["encoding"] == "entity-id" and "long-zero" in ours["flags"] and \
        re.search("(?<![0-9a-zA-Z])0{24}[0-9a-fA-F]{16}", question["input"]) is not None


def masked_id_too_large(question, theirs, ours, members):
    found = re.match("f0([0-9]+)$", theirs.get("text") or "")
    return ours["code"] == "RANGE" and "masked-id" in theirs.get("flags", ()) and \
        found is not None and int(found.group(1)) >= 2 ** 63


def two_destination_tags(question, theirs, ours, members):
    found = re.findall(r"[?&]dt=([0-9]+)", question.get("input", ""))
    return members == ["aux"] and len(found) > 1 and \
        (ours["aux"], theirs["aux"]) == (found[0], found[-1])


EXPLAINED = [
    ("two destination tags in one link",
     "`?dt=12345?dt=5`: we take the first, the model the last. No wallet writes two, and the key is the "
     "same.",
     two_destination_tags),
    ("a long-zero account without 0x is hex",
     "The model names the spelling by `0x` alone and calls 40 digits the form with dots.",
     bare_long_zero),
    ("a masked id is an id",
     "Ids end at 2^63 - 1 (section 5, Filecoin); the model writes a larger one as an f0 text that it "
     "then refuses itself.",
     masked_id_too_large),
    ("a key that nobody holds belongs to nothing else",
     "The zero hash of Bitcoin is no relative of the zero account of the XRP ledger: the issue asks "
     "that reserved and burn addresses never alert by themselves, and a relation would.",
     nobody_holds_it),
    ("a scheme that is a tag is a label",
     "`INJ:1…` is read by the model with the codecs of that tag alone, so that a wrong label hides "
     "an address or even gives it another key. Rule 2: the text alone decides the key and the "
     "candidates; rule 3: a tag narrows.",
     scheme_is_a_tag),
    ("C-0x needs no tag",
     "`C-0x…` says that it is the Avalanche C chain; the model reads it without a tag only when "
     "its letters carry EIP-55. Rule 3: only formats that say nothing about themselves need a tag.",
     avalanche_c),
    ("a secret is a secret under every tag",
     "The model asks only the codecs of a tag, or stops at another error first; rule 6 has no such "
     "condition, and a key that is printed once is lost.",
     wider_secret),
    ("what stands behind an account in CAIP-10 is not always a memo",
     "`stellar:…-777/`, `stellar:…-777?dt=5`: the model gives all of it as the memo. CAIP-10 has no "
     "such letters in an account; and no memo of Stellar is longer than 32 bytes in hex.",
     no_memo),
    ("a destination tag of XRP is a number of 32 bits",
     "The model keeps whatever stands behind `xrpl:0:r…-`. Section 6.2: `u32 little-endian tag`; the "
     "model itself reads `r…:0012` as 12 and refuses `r…:4294967296`.",
     no_destination_tag),
    ("marks of defanging inside one another",
     "The model undoes one mark after the other, so `[:[/][/]]` becomes `://` by accident; we pass "
     "once. Nobody writes that: the generator does, by replacing twice.",
     nested_marks),
    ("HBAR, FIL and AVAX name the network of an EVM address",
     "Read as that tag the model names the network, narrowed by it it says nothing, and behind "
     "`ethereum:` it says ethereum. Section 5: `the tag gives network only`, as it does for BSC.",
     network_of_a_tag),
    ("a tag in lower case behind ethereum:",
     "The model looks `one` up as it stands and says ethereum. Section 4.1: a tag is "
     "`what lists write (case-insensitive)`.",
     tag_in_lower_case),
    ("0X in the CAIP-10 of 2021",
     "`0X…@eip155:1`: list mode takes 0X with a flag everywhere else.",
     upper_caip_2021),
    ("a line break in the fragment of a link",
     "The model's pattern stops at it; the address before it is whole.",
     line_break_in_a_link),
    ("xxxx inside an address",
     "One bc1 address in 30,000 has four x in a row, and its checksum holds. The model calls it "
     "truncated and a list would lose it.",
     mask_in_an_address),
    ("base58 that begins like a witness program",
     "`LTc1…` in base58check is bech32 in mixed case for the model, which stops there.",
     like_a_witness_prefix),
    ("a unified address too short without its metadata",
     "The model cannot write the canonical text: F4Jumble needs 48 bytes. We fill up with a metadata "
     "item, which is no part of the key, so that the text reads back.",
     short_unified),
]
