"""`address --batch` against the vectors of ../shared/reference, where that folder is present."""
import json
import subprocess
import sys
import unittest

import harness

VECTORS = harness.SHARED / "reference/address_vectors.json"
PAIRS = harness.SHARED / "reference/address_pairs.json"


def batch(questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([harness.PROGRAM, "address", "--batch", "--json"], input=text,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Vectors(unittest.TestCase):
    def test_every_vector_gives_its_key(self):
        vectors = json.loads(VECTORS.read_text())
        answers = batch({"input": v["input"], "chain": v["chain"], "mode": v["mode"]}
                        for v in vectors)
        self.assertEqual(len(answers), len(vectors))
        for vector, answer in zip(vectors, answers):
            with self.subTest(id=vector["id"]):
                self.assertEqual(answer["valid"], vector["valid"], vector["input"])
                if vector["valid"]:
                    self.assertEqual(answer["canonical"], "%s:%s" % (
                        vector["canonical_kind"], vector["canonical_hex"]))
                else:
                    self.assertIn("code", answer["error"])

    def test_every_pair_gives_its_relation(self):
        pairs = json.loads(PAIRS.read_text())
        answers = batch({"a": p["a"], "a_chain": p["a_chain"], "b": p["b"],
                         "b_chain": p["b_chain"]} for p in pairs)
        for pair, answer in zip(pairs, answers):
            with self.subTest(id=pair["id"]):
                self.assertEqual(answer["relation"], pair["fine"], pair["note"])


if __name__ == "__main__":
    if not VECTORS.exists():
        print("skipped: no ../shared/reference beside the project")
        sys.exit(0)
    harness.main()
