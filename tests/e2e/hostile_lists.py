"""hostile_lists: documents made to hurt whoever reads them, by format, and what is to be said of each."""
import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile

from fault_server import KNOWN
from test_scan import ofac

MANY = 10 * 1000 * 1000
MB = 1000 * 1000

ADVANCED = ofac(("1", "ETH", KNOWN))
GOOD = {
    "ofac-advanced": ADVANCED.encode(),
    "json": json.dumps([{"address": KNOWN}]).encode(),
    "ndjson": json.dumps({"address": KNOWN}).encode() + b"\n",
    "tagpack": ("title: t\ncreator: c\ncurrency: ETH\nlabel: l\ntags:\n- address: '%s'\n"
                % KNOWN).encode(),
    "csv": b"Address,Note\r\n%s,x\r\n" % KNOWN.encode(),
    "lines": KNOWN.encode() + b"\n",
    "text": b"Stolen funds went to %s.\n" % KNOWN.encode(),
}


def laughs():
    rows = ["<!ENTITY a0 'ha'>"]
    rows += ["<!ENTITY a%d '%s'>" % (i, "&a%d;" % (i - 1) * 10) for i in range(1, 12)]
    return ADVANCED.replace("<Sanctions", "<!DOCTYPE x [%s]>\n<Sanctions" % "".join(rows), 1) \
        .replace("EXAMPLE GROUP", "&a11;").encode()


def outside(target):
    return ADVANCED.replace("<Sanctions", "<!DOCTYPE x [<!ENTITY a SYSTEM '%s'>]>\n<Sanctions"
                            % target, 1).replace("EXAMPLE GROUP", "&a;").encode()


def xml(inside):
    """Puts something into the document, behind its first element."""
    head, tail = GOOD["ofac-advanced"].split(b"<DistinctParties>")
    return head + b"<DistinctParties>" + inside + tail


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, body in members:
            packed.writestr(name, body)
    return file.getvalue()


def lying_zip(body, says):
    """A ZIP whose two headers say another length than its member has."""
    packed = bytearray(zipped(("list.txt", body)))
    at = packed.index(b"PK\x01\x02")
    packed[22:26] = packed[at + 24:at + 28] = struct.pack("<I", says)
    return bytes(packed)


def zstd_bomb(blocks):
    """Frames of 128 KiB of one byte each, four bytes a block (RFC 8878 section 3.1.1.2)."""
    block = struct.pack("<I", 1 << 1 | (128 << 10) << 3)[:3] + b"\n"
    last = struct.pack("<I", 1 | 1 << 1 | (128 << 10) << 3)[:3] + b"\n"
    return b"\x28\xb5\x2f\xfd\x00\x40" + block * blocks + last


def xz_of_dictionary(log):
    """An xz file that asks its reader for a dictionary of 2^log bytes."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    packed = bytearray(lzma.compress(GOOD["lines"], filters=filters))
    at = 12  # block header: size, flags, filter id 0x21, size of properties 1, the property
    assert packed[at + 2:at + 4] == b"\x21\x01"
    packed[at + 4] = (log - 12) * 2
    size = (packed[at] + 1) * 4
    packed[at + size - 4:at + size] = struct.pack("<I", __import__("zlib").crc32(
        packed[at:at + size - 4]))
    return bytes(packed)


def xml_rows():
    """(name, format, body, status, regular expression of the message)"""
    silent = "1048576 bytes without an element"
    rows = [
        ("bomb", laughs(), "line 2: a DOCTYPE"),
        ("entity-of-a-file", outside("file:///etc/passwd"), "line 2: a DOCTYPE"),
        ("entity-of-a-server", outside("http://127.0.0.1/x"), "line 2: a DOCTYPE"),
        ("token", xml(b"<" + b"b" * (32 * MB)), silent),
        ("attribute", xml(b'<a b="' + b"c" * (32 * MB) + b'"/>'), silent),
        ("attributes", xml(b"<a " + b"".join(b'b%d="" ' % i for i in range(200000)) + b"/>"),
         silent),
        ("same-attributes", xml(b"<a " + b'b="" ' * 1000 + b"/>"), "line 11.*duplicate"),
        ("comment", xml(b"<!--" + b"c" * (32 * MB) + b"-->"), silent),
        ("instruction", xml(b"<?a " + b"c" * (32 * MB) + b"?>"), silent),
        ("text", ADVANCED.replace(KNOWN, "c" * (32 * MB)).encode(), "longer than 65536 bytes"),
        ("deep", xml(b"<a>" * 100000), "line 11: elements nested deeper than 64"),
        ("nul", xml(b"\0"), "line 11: not XML"),
        ("not-utf-8", xml(b"<Comment>\xff\xfe</Comment>"), "line 11: not XML"),
        ("coding", GOOD["ofac-advanced"].replace(b"utf-8", b"utf-7"), "line 1: not XML.*encoding"),
    ]
    return [("xml-" + name, "ofac-advanced", body, "failed", word) for name, body, word in rows]


def full_rows():
    """What fills the tables that a reader keeps until the end of a document."""
    types = b"".join(b'<FeatureType ID="%d">%s</FeatureType>' % (1000 + i, b"x" * 64000)
                     for i in range(2200))
    body = GOOD["ofac-advanced"].replace(b"<FeatureTypeValues>", b"<FeatureTypeValues>" + types, 1)
    assert len(body) > 2200 * 64000
    return [("xml-references", "ofac-advanced", body, "failed",
             "reference values of this list need too much memory")]


def json_rows():
    long = "line 1: a value is too long .at most 1048576"
    wide = b"[" + b"{}," * 300000 + b"{}]"  # a tree of 70 MB
    return [
        ("json-deep", "json", b"[" * 100000, "failed", "line 1: nested too deeply .at most 64"),
        ("json-deep-objects", "json", b'{"a":' * 100000, "failed", "line 1: nested too deeply"),
        ("json-wide", "json", b"[" + wide + b"]", "held", "0 usable entries"),
        ("json-wider", "json", b"[[" + b"{}," * (5 * MB) + b"{}]]", "failed", long),
        ("json-string", "json", b'["' + b"a" * (100 * MB) + b'"]', "failed", long),
        ("json-name", "json", b'{"' + b"a" * (5 * MB) + b'":1}', "failed", "name is too long"),
        ("json-same-names", "json", b"[{" + b'"address":"x",' * 70000 + b'"address":"x"}]',
         "failed", "line 1, element 1: not JSON: duplicate object key"),
        ("json-million-same", "json", b"{" + b'"a":1,' * MB + b'"a":1}', "failed",
         "not a list: neither an array nor an address"),
        ("json-names", "json", b"[{" + b",".join(b'"%x":0' % i for i in range(90000)) + b"}]",
         "held", "0 usable entries"),
        ("json-number", "json", b"[" + b"9" * 900000 + b"]", "failed", "line 1, element 1.*big"),
        ("json-nul", "json", b'["\0"]', "failed", "line 1: a NUL byte"),
        ("json-nul-escaped", "json", b'["\\u0000"]', "failed", "line 1, element 1: not JSON"),
        ("json-half-a-pair", "json", b'["\\ud800"]', "failed", "line 1, element 1: not JSON"),
        ("json-not-utf-8", "json", b'["\xc3("]', "failed", "line 1: not UTF-8"),
        ("ndjson-wide", "ndjson", wide[:-1] + (b",{}" * MB) + b"]\n", "held", "0 usable entries"),
        ("ndjson-deep", "ndjson", b"[" * 100000 + b"\n", "failed", "line 1: not JSON: max.*depth"),
    ]


def text_rows():
    return [
        ("yaml-deep", "tagpack", b"a: " + b"[" * 100000, "failed", "line 1: nested deeper than 32"),
        ("yaml-deep-blocks", "tagpack", b"a:\n  " + b"- " * 100000, "failed", "deeper than 32"),
        ("yaml-laughs", "tagpack", b"a: &a [x]\nb: &b [*a,*a]\ntags: []\n", "failed",
         "line 1: an anchor"),
        ("yaml-names", "tagpack", b"".join(b"k%d: v\n" % i for i in range(200000)), "failed",
         'there is no "tags"'),
        ("yaml-directives", "tagpack", b"".join(b"%%TAG !t%d! x:\n" % i for i in range(200000)) +
         b"---\n" + GOOD["tagpack"], "failed", "more than 16 YAML directives"),
        ("yaml-scalar", "tagpack", GOOD["tagpack"] + b"x: " + b"c" * (8 * MB), "failed",
         "longer than 65536 bytes"),
        ("yaml-nul", "tagpack", GOOD["tagpack"] + b"\0", "failed", "line 7: a NUL byte"),
        ("yaml-not-utf-8", "tagpack", GOOD["tagpack"] + b"# \xff\n", "failed", "line 7: not UTF-8"),
        ("csv-line", "csv", b"Address\r\n" + b"x" * (8 * MB), "failed",
         "line 2: a record is longer than 65536 bytes"),
        ("csv-quote", "csv", b'Address\r\n"' + b"\r\n" * (5 * MB), "failed",
         "line 2: a record is longer than 65536 bytes"),
        ("csv-fields", "csv", b"Address" + b"," * 50000, "failed", "line 1: .*more than 1024 fields"),
        ("csv-columns", "csv", b"Address," * 1000 + b"Address\n" + b"x\n", "failed",
         "line 1: header: two columns"),
        ("lines-line", "lines", b"x" * (100 * MB), "held", "0 usable entries"),
        ("lines-nul", "lines", GOOD["lines"] + b"\0" * MB, "failed", "line 2: a NUL byte"),
        ("lines-not-utf-8", "lines", GOOD["lines"] + b"\xed\xa0\x80\n", "failed",
         "line 2: not UTF-8"),
        ("text-tag", "text", b"<" * (8 * MB), "held", "0 usable entries"),
        ("text-words", "text", (b"1" * 90 + b" ") * 20000, "held", "0 usable entries"),
    ]


def plain_rows():
    rows = []
    for form in GOOD:
        rows.append(("mark-" + form, form, b"\xef\xbb\xbf", "held|failed",
                     "line 1: |0 usable entries"))
        rows.append(("nuls-" + form, form, bytes(MB), "failed", "line 1: "))
        rows.append(("noise-" + form, form, bytes(range(128, 256)) * 1000, "failed", "line 1: "))
    return rows


def container_rows():
    empty = b"\n" * (16 << 20)
    ratio = "%s: unpacks to more than 100 times its size"
    rows = [
        ("gzip-bomb", gzip.compress(empty, 9), ratio % "gzip"),
        ("bzip2-bomb", bz2.compress(empty), ratio % "bzip2"),
        ("xz-bomb", lzma.compress(empty, preset=1), ratio % "xz"),
        ("zstd-bomb", zstd_bomb(80000), ratio % "zstd"),  # 10 GB
        ("zip-bomb", zipped(("list.txt", empty)), ratio % "ZIP"),
        ("xz-dictionary", xz_of_dictionary(31), "xz: needs more than %d bytes of memory" % (512 << 20)),
        ("zip-in-zip", zipped(("a.zip", zipped(("list.txt", empty)))), "line 1: a NUL byte"),
        ("zip-that-lies", lying_zip(empty, 10), ratio % "ZIP"),
        ("zip-that-says-much", lying_zip(GOOD["lines"], 0xfffffffe), "ZIP: cut or damaged"),
        ("zip-of-many", zipped(*[("%d" % i, b"x") for i in range(20000)]),
         "ZIP: holds more than one document"),
        ("gzip-of-gzip", gzip.compress(gzip.compress(empty)), "gzip: packed more than once"),
        ("gzip-of-members", gzip.compress(GOOD["lines"]) * 10000, "of several members"),
    ]
    return [(name, "lines", body, "failed", word) for name, body, word in rows]


def many_rows(most):
    """Entries of a byte each, as many as there may be and ten million, and a hundred thousand that are
    all the same."""
    return [("most", "lines", b"x\n" * most, "held", "0 usable entries"),
            ("more", "lines", b"x\n" * MANY, "failed", "more than %d entries" % most),
            ("same", "lines", GOOD["lines"] * (MB // 10), "updated", "^$")]
