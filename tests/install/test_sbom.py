"""The SPDX document of an installation is one: by the rules of SPDX 2.3 for the fields we write, and by what
is really installed and linked.

  test_sbom.py CMAKE BUILD_FOLDER

A checker reads document and tree; it must pass on what is installed, and find each of a row of spoilt ones.
"""
import copy
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema

CMAKE, BUILD = sys.argv[1], pathlib.Path(sys.argv[2])
del sys.argv[1:]
EPOCH = 1700000000  # 2023-11-14T22:13:20Z
LICENCES = {"Apache-2.0", "ISC", "MIT", "LGPL-3.0-or-later", "GPL-2.0-or-later", "LGPL-2.1-or-later",
            "BSD-2-Clause", "curl", "blessing", "NOASSERTION"}


def closed(required, optional=None):
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def text(pattern):
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


# The part of SPDX 2.3's JSON schema that we use, and the formats that its text asks for (clauses 6 to 11).
ID = text("SPDXRef-[A-Za-z0-9.-]+")
CHECKSUM = {"oneOf": [closed({"algorithm": {"const": "SHA1"}, "checksumValue": text("[0-9a-f]{40}")}),
                      closed({"algorithm": {"const": "SHA256"}, "checksumValue": text("[0-9a-f]{64}")})]}
REFERENCE = closed({"referenceCategory": {"const": "PACKAGE-MANAGER"}, "referenceType": {"const": "purl"},
                    "referenceLocator": text(r"pkg:deb/debian/[a-z0-9.+-]+@[^\s+:]+\?arch=[a-z0-9]+")})
PACKAGE = closed(
    {"SPDXID": ID, "name": text(".+"), "versionInfo": text(".+"), "downloadLocation": text("NOASSERTION|NONE"),
     "licenseConcluded": text(".+"), "licenseDeclared": text(".+"), "copyrightText": text(".+"),
     "filesAnalyzed": {"type": "boolean"}},
    {"supplier": text("(Person|Organization): .+|NOASSERTION"),
     "externalRefs": {"type": "array", "items": REFERENCE},
     "licenseInfoFromFiles": {"type": "array", "items": {"type": "string"}},
     "primaryPackagePurpose": {"enum": ["APPLICATION", "LIBRARY"]},
     "packageVerificationCode": closed({"packageVerificationCodeValue": text("[0-9a-f]{40}")},
                                       {"packageVerificationCodeExcludedFiles": {"type": "array"}})})
FILE = closed({"SPDXID": ID, "fileName": text(r"\./.+"), "licenseConcluded": text(".+"),
               "copyrightText": text(".+"), "checksums": {"type": "array", "items": CHECKSUM, "minItems": 2},
               "fileTypes": {"type": "array", "items": {"enum": ["BINARY", "SOURCE", "TEXT", "OTHER"]}}})
RELATION = closed({"spdxElementId": ID, "relatedSpdxElement": ID,
                   "relationshipType": {"enum": ["DESCRIBES", "CONTAINS", "DYNAMIC_LINK", "STATIC_LINK"]}})
SCHEMA = closed({
    "spdxVersion": {"const": "SPDX-2.3"}, "dataLicense": {"const": "CC0-1.0"},
    "SPDXID": {"const": "SPDXRef-DOCUMENT"}, "name": text(".+"),
    "documentNamespace": text("https://[^#\\s]+"),
    "creationInfo": closed({"created": text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
                            "creators": {"type": "array", "items": text("Tool: .+-.+"), "minItems": 1}}),
    "packages": {"type": "array", "items": PACKAGE, "minItems": 1},
    "files": {"type": "array", "items": FILE}, "relationships": {"type": "array", "items": RELATION}})


def needed_by(path):
    result = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return len(re.findall(r"\(NEEDED\)", result.stdout))


def faults_of(document, tree, own):
    """Sentences about what is wrong with a document that describes a tree; own is its name in there."""
    faults = [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(document)]
    if faults:
        return faults
    elements = document["packages"] + document["files"]
    ids = [element["SPDXID"] for element in elements] + ["SPDXRef-DOCUMENT"]
    faults += [f"{name}: twice" for name in set(ids) if ids.count(name) > 1]
    for element in elements:
        for key in ("licenseConcluded", "licenseDeclared"):
            unknown = set(re.split(r" (?:OR|AND) ", element.get(key, "MIT"))) - LICENCES
            faults += [f"{element['SPDXID']}: licence {name}" for name in unknown]
    for relation in document["relationships"]:
        for key in ("spdxElementId", "relatedSpdxElement"):
            if relation[key] not in ids:
                faults.append(f"{relation[key]}: related and not described")
    listed, sums = set(), []
    for entry in document["files"]:
        listed.add(entry["fileName"])
        path = tree / entry["fileName"]
        raw = path.read_bytes() if path.is_file() else b""
        said = {row["algorithm"]: row["checksumValue"] for row in entry["checksums"]}
        sums.append(said["SHA1"])
        if said != {"SHA1": hashlib.sha1(raw).hexdigest(), "SHA256": hashlib.sha256(raw).hexdigest()}:
            faults.append(f"{entry['fileName']}: another sum")
        if raw[:4] == b"\x7fELF":
            links = [relation for relation in document["relationships"]
                     if (relation["spdxElementId"], relation["relationshipType"]) == (entry["SPDXID"], "DYNAMIC_LINK")]
            if len(links) != needed_by(path):
                faults.append(f"{entry['fileName']}: {len(links)} libraries, needs {needed_by(path)}")
    there = {"./" + str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file() and not path.is_symlink()}
    faults += [f"{name}: installed and not listed" for name in there - listed - {own}]
    code = document["packages"][0]["packageVerificationCode"]
    if code["packageVerificationCodeValue"] != hashlib.sha1("".join(sorted(sums)).encode()).hexdigest():
        faults.append("another verification code")
    if code["packageVerificationCodeExcludedFiles"] != [own]:
        faults.append("the verification code leaves out another file")
    return faults


def install(folder, *options):
    env = {**os.environ, "DESTDIR": str(folder), "SOURCE_DATE_EPOCH": str(EPOCH)}
    subprocess.run([CMAKE, "--install", BUILD, "--prefix", "/usr", *options], check=True, env=env,
                   stdout=subprocess.DEVNULL)
    return folder / "usr"


class SbomTest(unittest.TestCase):
    OWN = "./share/doc/cryptowatch/cryptowatch.spdx.json"

    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp())
        cls.tree = install(cls.work / "one")
        cls.raw = (cls.tree / cls.OWN).read_bytes()
        cls.document = json.loads(cls.raw)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    def test_document_describes_what_is_installed(self):
        self.assertEqual(faults_of(self.document, self.tree, self.OWN), [])

    def test_same_installation_gives_the_same_bytes(self):
        again = install(self.work / "another-folder")
        self.assertEqual((again / self.OWN).read_bytes(), self.raw)
        self.assertNotIn(str(self.work).encode(), self.raw)

    def test_date_is_the_one_that_was_given(self):
        self.assertEqual(self.document["creationInfo"]["created"], "2023-11-14T22:13:20Z")

    def test_library_alone_has_a_document_of_its_own(self):
        tree = install(self.work / "library", "--component", "library")
        own = "./share/doc/cryptowatch/cryptowatch-library.spdx.json"
        document = json.loads((tree / own).read_text())
        self.assertEqual(faults_of(document, tree, own), [])
        self.assertNotEqual(document["documentNamespace"], self.document["documentNamespace"])

    def test_archives_that_are_linked_in_are_named(self):
        cache = (BUILD / "CMakeCache.txt").read_text()
        linked = [relation["relatedSpdxElement"] for relation in self.document["relationships"]
                  if relation["relationshipType"] == "STATIC_LINK"]
        self.assertEqual(len(linked), 4 if "CW_STATIC_LIBRARIES:BOOL=ON" in cache else 0)

    def test_spoilt_documents_are_found(self):
        def another_sum(document):
            document["files"][0]["checksums"][1]["checksumValue"] = "0" * 64

        def no_sha1(document):
            document["files"][0]["checksums"] = document["files"][0]["checksums"][1:]

        def bad_id(document):
            document["packages"][1]["SPDXID"] = "SPDXRef-with_underscore"

        def lost_library(document):
            document["relationships"] = [relation for relation in document["relationships"]
                                         if relation["relationshipType"] != "DYNAMIC_LINK"]

        def lost_package(document):
            del document["packages"][-1]

        def lost_file(document):
            del document["files"][-1]

        def other_licence(document):
            document["packages"][1]["licenseDeclared"] = "do what you like"

        def local_time(document):
            document["creationInfo"]["created"] = "2023-11-14T22:13:20+09:00"

        def further_field(document):
            document["packages"][0]["colour"] = "red"

        for spoil in (another_sum, no_sha1, bad_id, lost_library, lost_package, lost_file, other_licence,
                      local_time, further_field):
            with self.subTest(spoil.__name__):
                document = copy.deepcopy(self.document)
                spoil(document)
                self.assertNotEqual(faults_of(document, self.tree, self.OWN), [])


unittest.main()
