"""The pages of the files that people write (docs/man/*.5): made from the schemas as they are, with the members
that the program reads and no others, and with examples that it accepts.

  test_manual.py BIN_FOLDER PROJECT_ROOT
"""
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BIN, ROOT = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
del sys.argv[1:]
PROGRAM = BIN / "cryptowatch"
# Table of fields in the source, and where the schema has the object that it reads.
TABLES = {
    ("src/config/config.c", "config_fields"): ("cryptowatch", ""),
    ("src/config/config.c", "log_fields"): ("cryptowatch", "log"),
    ("src/config/config.c", "endpoint_fields"): ("cryptowatch", "endpoints[]"),
    ("src/feed/feed_file.c", "fields"): ("feed", ""),
    ("src/match/rule_fields.c", "rule_fields"): ("rule", ""),
    ("src/match/rule_fields.c", "group_fields"): ("rule", "group"),
    ("src/match/rule_fields.c", "report_fields"): ("rule", "reported[]"),
    ("src/match/rule_fields.c", "party_fields"): ("rule", "parties[]"),
    ("src/match/rule_addresses.c", "element_fields"): ("rule", "addresses[]"),
}


def load_script():
    loader = importlib.machinery.SourceFileLoader("manual_pages", str(ROOT / "scripts/manual-pages"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("manual_pages", loader))
    loader.exec_module(module)
    return module


SCRIPT = load_script()


def names_in(source, table):
    body = re.search(r"static const struct cw_field %s\[\] = \{(.*?)\n?\};" % table,
                     (ROOT / source).read_text(), re.S).group(1)
    return set(re.findall(r'\{(?:[A-Z_]+\()?"(\w+)"', body))


def required_in(source, table):
    body = re.search(r"static const struct cw_field %s\[\] = \{(.*?)\n?\};" % table,
                     (ROOT / source).read_text(), re.S).group(1)
    return {name for name, rest in re.findall(r'\{(?:[A-Z_]+\()?"(\w+)"(.*?)\}', body, re.S)
            if ".is_required = true" in rest}


def schema(name):
    return json.loads((ROOT / "docs/schemas" / (name + ".schema.json")).read_text())


class Members(unittest.TestCase):
    def test_pages_are_what_the_schemas_say(self):
        done = subprocess.run([ROOT / "scripts/manual-pages", "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_schema_has_the_members_that_are_read(self):
        for (source, table), (name, place) in TABLES.items():
            with self.subTest(table):
                whole = schema(name)
                found = whole if place == "" else dict(SCRIPT.objects_in("", whole))[place]
                read = names_in(source, table)
                self.assertGreater(len(read), 0)
                self.assertEqual(set(found["properties"]), read)
                self.assertEqual(set(found.get("required", [])), required_in(source, table))

    def test_every_table_of_fields_is_looked_at(self):
        tables = {(str(path.relative_to(ROOT)), table)
                  for folder in ("config", "feed", "match")
                  for path in sorted((ROOT / "src" / folder).glob("*.c"))
                  for table in re.findall(r"static const struct cw_field (\w+)\[\] = ", path.read_text())}
        self.assertEqual(tables, set(TABLES))

    def test_page_names_every_member(self):
        for page, about in SCRIPT.PAGES.items():
            text = (ROOT / "docs/man" / (page + ".5")).read_text()
            whole = schema(about["schema"])
            wanted = [name for part in [whole, *(o for _, o in SCRIPT.objects_in("", whole))]
                      for name in part["properties"]]
            self.assertEqual(re.findall(r"(?m)^\.TP\n\\fB(\S+)\\fR \(", text), wanted)


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name) / "home"
        self.run_program("init", str(self.home))
        for kind in ("feeds", "rules"):
            for path in (self.home / kind).glob("*.json"):
                path.unlink()

    def tearDown(self):
        self.folder.cleanup()

    def run_program(self, *words):
        done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60,
                              env={"HOME": self.folder.name, "PATH": "/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, (words, done.stdout, done.stderr))

    def test_configurations_are_accepted(self):
        for text in SCRIPT.PAGES["cryptowatch.json"]["examples"]:
            path = self.home / "cryptowatch.json"
            path.write_text(text)
            self.run_program("feed", "list", "--config", str(path))

    def test_feeds_are_accepted(self):
        for text in SCRIPT.PAGES["cryptowatch-feeds"]["examples"]:
            (self.home / "feeds" / (json.loads(text)["id"] + ".json")).write_text(text)
        self.run_program("feed", "list", "--config", str(self.home / "cryptowatch.json"))

    def test_rules_are_accepted(self):
        for text in SCRIPT.PAGES["cryptowatch-rules"]["examples"]:
            (self.home / "rules" / (json.loads(text)["id"] + ".json")).write_text(text)
        self.run_program("rule", "lint", "--config", str(self.home / "cryptowatch.json"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
