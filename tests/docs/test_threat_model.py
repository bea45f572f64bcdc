"""docs/threat-model.md: whatever a claim names as its proof is there.

  test_threat_model.py SOURCE_FOLDER

Files in backquotes exist; a test_… named behind a file is a test in it, and so is a sentence in quotation
marks. That they pass is the rest of the suite's matter. One claim without a proof fails.
"""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
TEXT = (ROOT / "docs/threat-model.md").read_text()


def claims_of(text):
    """(claim, what shows it) of each row below a heading `claim | shown by`."""
    is_claim = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            is_claim = False
        elif cells == ["claim", "shown by"]:
            is_claim = True
        elif is_claim and not set(line) <= set("|- "):
            yield cells[0], " | ".join(cells[1:])


def faults_of(text):
    faults = []
    for claim, shown_by in claims_of(text):
        path = None
        for word in re.finditer(r"`([\w./-]+)`|\b(test_\w+)|\"([^\"]+)\"", shown_by):
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
            faults.append(f"claim without proof: {claim}")
    return faults


class ThreatModel(unittest.TestCase):
    def test_every_claim_has_its_proof(self):
        self.assertGreater(len(list(claims_of(TEXT))), 30)
        self.assertEqual(faults_of(TEXT), [])

    def test_a_lost_proof_is_found(self):
        head = "| claim | shown by |\n|---|---|\n"
        for row in ("| it holds | `tests/unit/test_none.c` |", "| it holds | trust us |",
                    "| it holds | `tests/unit/test_verify.c` \"no such sentence\" |",
                    "| it holds | `tests/e2e/test_keys.py` test_that_is_not_there |"):
            self.assertTrue(faults_of(head + row), row)
        self.assertEqual(faults_of(head + '| it holds | `tests/unit/test_verify.c` "refuses tampered files" |'), [])

    def test_it_is_found_from_the_start(self):
        self.assertIn("docs/threat-model.md", (ROOT / "README.md").read_text())
        self.assertIn("docs/threat-model.md", (ROOT / "SECURITY.md").read_text())
        self.assertIn("SECURITY.md", (ROOT / "README.md").read_text())


unittest.main()
