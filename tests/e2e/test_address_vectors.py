"""`address --batch` against the vectors of ../shared/reference, where that folder is present."""
import json
import subprocess
import sys
import unittest

import harness

VECTORS = harness.SHARED / "reference/address_vectors.json"
PAIRS = harness.SHARED / "reference/address_pairs.json"

# What the file holds, so that a shortened copy does not pass as a whole one.
VECTORS_COUNT, VALID_COUNT, PAIRS_COUNT = 1498, 772, 76
# The file calls its codes a recommendation. Where ours differs: id of the vector, ours, and why.
OTHER_CODES = {
    63: ("LENGTH", "the witness program is too long; CHARSET came from a try as base58"),
    65: ("LENGTH", "as 63"),
    66: ("LENGTH", "as 63"),
    73: ("LENGTH", "the version is Bitcoin's and the hash too long"),
    74: ("LENGTH", "the version is Bitcoin's and the hash too short"),
    89: ("PREFIX", "nothing stands behind the separator, so it is none"),
    90: ("LENGTH", "the checksum holds and the data is empty"),
    115: ("LENGTH", "as 63"),
    116: ("LENGTH", "as 63"),
    117: ("LENGTH", "as 63"),
    352: ("LENGTH", "nothing behind the prefix"),
    906: ("PREFIX", "two texts run together: the last separator is that of the second"),
    1249: ("LENGTH", "the name of a contract makes it too long"),
    1287: ("CHECKSUM", "with a character too many no checksum holds"),
}
# Members of an answer that have the name and form of the vector's.
SAME_MEMBERS = ("encoding", "network", "checksum", "aux")


def batch(questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([harness.PROGRAM, "address", "--batch", "--json"], input=text,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads(VECTORS.read_text())
        cls.answers = batch({"input": v["input"], "chain": v["chain"], "mode": v["mode"]}
                            for v in cls.vectors)

    def each(self, check, valid):
        for vector, answer in zip(self.vectors, self.answers):
            if vector["valid"] == valid:
                with self.subTest(id=vector["id"]):
                    check(vector, answer)

    def test_every_vector_is_there_and_answered(self):
        self.assertEqual(len(self.vectors), VECTORS_COUNT)
        self.assertEqual(len(self.answers), VECTORS_COUNT)
        self.assertEqual(sum(v["valid"] for v in self.vectors), VALID_COUNT)

    def test_every_vector_is_valid_or_not_as_it_says(self):
        for vector, answer in zip(self.vectors, self.answers):
            with self.subTest(id=vector["id"]):
                self.assertIs(answer["valid"], vector["valid"], vector["input"])

    def test_every_valid_vector_gives_its_key(self):
        def check(vector, answer):
            self.assertEqual(answer["canonical"], "%s:%s" % (
                vector["canonical_kind"], vector["canonical_hex"]))
            self.assertEqual(answer["text"], vector["canonical_text"])
        self.each(check, valid=True)

    def test_every_valid_vector_is_described(self):
        def check(vector, answer):
            for member in SAME_MEMBERS:
                self.assertEqual(answer[member], vector.get(member), member)
            self.assertEqual(sorted(answer["flags"]), sorted(vector.get("flags", [])))
            if "chains" in vector:
                self.assertEqual(answer["chains"], vector["chains"])
                self.assertEqual(answer["chains_after_tag"], vector.get("chains_after_tag", vector["chains"]))
        self.each(check, valid=True)

    def test_every_invalid_vector_gives_its_reason(self):
        def check(vector, answer):
            self.assertIsNone(answer["canonical"])
            code, why = OTHER_CODES.get(vector["id"], (vector["error"], ""))
            self.assertEqual(answer["error"]["code"], code, why or vector["input"])
            if vector["error"] == "SECRET":
                self.assertEqual(answer["input"], "")
        self.each(check, valid=False)

    def test_every_canonical_text_reads_back_as_its_key(self):
        valid = [(v, a) for v, a in zip(self.vectors, self.answers) if v["valid"]]
        again = batch({"input": a["text"], "chain": a["chains"][0], "mode": "strict"}
                      for _, a in valid)
        self.assertEqual(len(again), len(valid))
        for (vector, answer), back in zip(valid, again):
            with self.subTest(id=vector["id"]):
                self.assertEqual(back["canonical"], answer["canonical"])


class Pairs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pairs = json.loads(PAIRS.read_text())
        cls.forward = batch({"a": p["a"], "a_chain": p["a_chain"], "b": p["b"],
                             "b_chain": p["b_chain"]} for p in cls.pairs)
        cls.backward = batch({"a": p["b"], "a_chain": p["b_chain"], "b": p["a"],
                              "b_chain": p["a_chain"]} for p in cls.pairs)

    def test_every_pair_is_there_and_answered(self):
        self.assertEqual(len(self.pairs), PAIRS_COUNT)
        self.assertEqual(len(self.forward), PAIRS_COUNT)

    def test_every_pair_gives_its_relation_and_reasons(self):
        for pair, answer in zip(self.pairs, self.forward):
            with self.subTest(id=pair["id"]):
                self.assertEqual(answer["relation"], pair["fine"], pair["note"])
                self.assertEqual(sorted(answer["reasons"]), sorted(pair["reasons"]), pair["note"])

    def test_a_relation_is_the_same_from_both_sides(self):
        self.assertEqual(self.forward, self.backward)


if __name__ == "__main__":
    if not VECTORS.exists():
        print("skipped: no ../shared/reference beside the project")
        sys.exit(77)  # CTest: skipped
    harness.main()
