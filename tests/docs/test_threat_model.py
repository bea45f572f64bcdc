"""docs/threat-model.md: whatever a claim names as its proof is there.

  test_threat_model.py SOURCE_FOLDER

Files in backquotes exist; a test_… named behind a file is a test in it, and so is a sentence in quotation marks.
That they
pass is the rest of the suite's matter. One claim without a proof fails.
"""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
TEXT = (ROOT / "docs/threat-model.md").read_text()


def faults_of(text):
    faults = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 2 or set(cells[1]) <= set("-"):
            continue
        if cells == ["claim", "shown by"]:
            faults_of.claims = True
            continue
        if cells[1] in ("harm",) or cells[0] == "asset":
            faults_of.claims = False
        if not faults_of.claims:
            continue
        path = None
        for word in re.finditer(r"`([\w./-]+)`|\b(test_\w+)|\"([^\"]+)\"", cells[1]):
            if word.group(1):
                path = ROOT / word.group(1)
                if not path.exists():
                    faults.append(f"{word.group(1)}: no such file")
                    path = None
            elif path is not None:
                needle = f"def {word.group(2)}(" if word.group(2) else f'"{word.group(3)}"'
                if needle not in path.read_text():
                    faults.append(f"{path.name}: no {needle}")
        if path is None:
            faults.append(f"claim without proof: {cells[0]}")
    return faults


faults_of.claims = False


class ThreatModel(unittest.TestCase):
    def test_every_claim_has_its_proof(self):
        self.assertGreater(TEXT.count("shown by"), 7)
        self.assertEqual(faults_of(TEXT), [])

    def test_a_lost_proof_is_found(self):
        head = "| claim | shown by |\n|---|---|\n"
        for row in ("| it holds | `tests/unit/test_none.c` |", "| it holds | trust us |",
                    "| it holds | `tests/unit/test_verify.c` \"no such sentence\" |",
                    "| it holds | `tests/e2e/test_keys.py` test_that_is_not_there |"):
            self.assertEqual(len(faults_of(head + row)) > 0, True, row)
        self.assertEqual(faults_of(head + '| it holds | `tests/unit/test_verify.c` "refuses tampered files" |'), [])

    def test_it_is_found_from_the_start(self):
        self.assertIn("docs/threat-model.md", (ROOT / "README.md").read_text())
        self.assertIn("docs/threat-model.md", (ROOT / "SECURITY.md").read_text())
        self.assertIn("SECURITY.md", (ROOT / "README.md").read_text())


unittest.main()
