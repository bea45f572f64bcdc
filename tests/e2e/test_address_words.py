"""What an address is, said to people: what nobody holds, what was taken off, what else it can be."""
import json
import shlex
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
ZERO = "0x0000000000000000000000000000000000000000"
P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
CASHADDR = "bitcoincash:qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h"
TRON_ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"


class Nobody(harness.Case):
    def test_a_list_entry_that_nobody_holds_never_alerts_and_is_named(self):
        url = self.lists.put("/list.txt", "%s\n%s\n%s\n" % (ZERO, TRON_ZERO, RONIN))
        self.home.feed("list", url, "lines")
        self.home.rule("zero", [ZERO, "1111111111111111111114oLvT2"])
        code, report, stderr = self.home.scan()
        self.assertEqual((code, report["alerts"]), (0, []), stderr)
        self.assertEqual(report["feeds"][0]["suspicious"], 2)
        self.assertIn("%s (a key of zeros)" % ZERO, report["feeds"][0]["suspicious_entries"])
        status = json.loads(self.home.run("feed", "status", "--json").stdout)
        self.assertEqual(status["suspicious"], 2)
        self.assertEqual({e["value"]: e["what"] for e in status["suspicious_entries"]},
                         {ZERO: "a key of zeros", TRON_ZERO: "a key of zeros"})
        text = self.home.run("feed", "status").stdout
        self.assertIn("suspicious: %s: a key of zeros" % ZERO, text)
        answer = json.loads(self.home.run("check", "--json", ZERO).stdout)
        self.assertEqual(answer["reserved"]["what"], "a key of zeros")
        self.assertIn("nobody holds this address: it is a key of zeros",
                      self.home.run("check", ZERO).stdout)

    def test_feed_parse_names_it_and_counts_it(self):
        path = self.home.base / "list.txt"
        path.write_text("%s\n%s\n" % (RONIN, ZERO))
        done = self.home.run("feed", "parse", "--json", "--format", "lines", str(path))
        self.assertEqual([json.loads(line)["suspicious"] for line in done.stdout.splitlines()],
                         [None, "a key of zeros"])
        self.assertEqual(json.loads(done.stderr)["suspicious"], 1)

    def test_rule_lint_says_that_it_never_alerts(self):
        self.home.rule("zero", [ZERO])
        done = self.home.run("rule", "lint")
        self.assertEqual(done.returncode, 0)
        self.assertIn("never alerts: it is a key of zeros", done.stderr)


class Words(harness.Case):
    def check(self, *args):
        url = self.lists.put("/list.txt", "%s\n" % P2PKH)
        self.home.feed("list", url, "lines")
        self.home.scan()
        return self.home.run("check", *args)

    def test_check_says_what_it_took_off(self):
        done = self.check("--json", "\u200bbitcoin:%s?amount=1" % P2PKH, P2PKH)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([a["verdict"] for a in answers], ["listed", "listed"])
        self.assertEqual([a["unwrapped"] for a in answers],
                         [["zero-width characters", "URI scheme bitcoin", "query"], []])
        self.assertEqual([a["problem"] for a in answers], [None, None])
        self.assertNotIn("explain", answers[0])

    def test_check_names_the_look_alike_and_does_not_repair_it(self):
        fake = P2PKH.replace("A", "\u0410")
        done = self.check("--json", fake)
        answer = json.loads(done.stdout)
        self.assertEqual((done.returncode, answer["verdict"]), (20, "cannot-say"))
        self.assertEqual((answer["problem"]["character"], answer["problem"]["code_point"]),
                         (P2PKH.index("A") + 1, "U+0410"))
        self.assertIn("U+0410 CYRILLIC CAPITAL LETTER A, which looks like A",
                      self.home.run("check", fake).stdout)

    def test_check_explain_lists_every_spelling_and_what_a_relation_proves(self):
        done = self.check("--explain", "--json", SEGWIT)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["verdict"], "related")
        spellings = {s["text"]: s["relation"] for s in answer["explain"]["spellings"]}
        self.assertEqual(spellings[SEGWIT], "exact")
        self.assertEqual(spellings[P2PKH], "same-key-hash")
        self.assertEqual(spellings["3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"], "same-key-hash")
        self.assertEqual(spellings[CASHADDR], "cross-chain")
        self.assertEqual([r["relation"] for r in answer["explain"]["relations"]],
                         ["exact", "encoding", "same-key-hash", "cross-chain", "entity"])
        self.assertTrue(answer["explain"]["not_enumerable"])
        text = self.home.run("check", "--explain", SEGWIT).stdout
        self.assertIn(CASHADDR, text)
        found = self.check("--explain", "--json", RONIN)
        said = {s["text"]: s["needs_chain"] for s in json.loads(found.stdout)["explain"]["spellings"]}
        for spelling, needs_chain in said.items():
            with self.subTest(spelling=spelling):
                asked = json.loads(self.check("--json", spelling).stdout)
                self.assertEqual(asked["problem"] is not None, needs_chain)
        self.assertIn(True, said.values())
        self.assertIn("does not prove that the party ever used this form", text)

    def test_every_spelling_compares_as_it_was_announced(self):
        done = self.check("--explain", "--json", SEGWIT, RONIN, "rhDDhPs5ovHvzcNEM1vb4KDKLgE5mXs58z")
        pairs = []
        for line in done.stdout.splitlines():
            answer = json.loads(line)
            pairs += [(answer["input"], s) for s in answer["explain"]["spellings"]]
        questions = "".join(json.dumps({"a": a, "b": s["text"], "b_chain": s["chain"]}) + "\n"
                            for a, s in pairs)
        answers = self.home.run("address", "--batch", stdin=questions).stdout.splitlines()
        self.assertEqual(len(answers), len(pairs))
        self.assertGreater(len(pairs), 150)
        for (asked, spelling), answer in zip(pairs, answers):
            with self.subTest(asked=asked, text=spelling["text"]):
                self.assertEqual(json.loads(answer)["relation"], spelling["relation"])

    def test_address_gives_all_readings_and_the_reason_for_none(self):
        done = self.home.run("address", "--json", P2PKH, "098b716b8aaf21512996dc57eb0615e2383e2f96",
                             "1BitcoinEaterAddressDontSendf59kuE", "5" * 64)
        both, bare, eater, sum32 = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([r.split(":")[0] for r in both["readings"]], both["chains"])
        self.assertEqual(both["chains"], ["bitcoin", "bitcoin-cash", "bitcoin-sv", "ecash"])
        self.assertIsNone(both["reserved"])
        self.assertEqual([r.split(":")[0] for r in bare["readings"]], ["evm", "zilliqa"])
        self.assertIn("near, aptos, sui", sum32["error"]["detail"])
        self.assertIn("Bitcoin eater", eater["reserved"])

    def test_feed_parse_says_which_character(self):
        path = self.home.base / "list.txt"
        path.write_text("TJYR\u0410kPzQxDJtN5hQUzPF8imvDNzd1dUzA\n")
        done = self.home.run("feed", "parse", "--json", "--format", "lines", str(path))
        self.assertIn("character 5 is U+0410", json.loads(done.stdout)["error"]["text"])

    def test_a_secret_key_is_neither_shown_nor_explained(self):
        secret = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        for args in (["address", secret], ["address", "--json", secret]):
            done = self.home.run(*args)
            self.assertNotIn(secret[5:20], done.stdout + done.stderr)
        done = self.check("--explain", secret)
        self.assertNotIn(secret[5:20], done.stdout + done.stderr)


class Readings(harness.Case):
    """3… is an address of nine coins; a list that names none means any of them."""
    OLD = "3FDv2JzG2uG7fzFiPRnNc8BPPeehADkvm4"
    LITECOIN = "MMS4LCQDz27YUVXcVJmiRmRniMF99kseho"

    def test_a_list_without_tag_meets_the_case_and_the_question_of_every_reading(self):
        url = self.lists.put("/list.txt", "%s\n" % self.OLD)
        self.home.feed("list", url, "lines")
        self.home.rule("litecoin", [self.LITECOIN])
        code, report, stderr = self.home.scan()
        self.assertEqual((code, len(report["alerts"])), (0, 1), stderr)
        self.assertEqual(self.receiver.alerts()[0]["data"]["match"]["relation"], "encoding")
        for text, relation in ((self.OLD, "exact"), (self.LITECOIN, "encoding"),
                               ("bitcoincash:pz28rx4aa805njfmt285qvzchmje0r5hdu54ujfe5a",
                                "encoding")):
            done = self.home.run("check", "--json", text)
            answer = json.loads(done.stdout)
            self.assertEqual((done.returncode, answer["verdict"]), (10, "listed"), text)
            self.assertIn(relation, [m["relation"] for m in answer["matches"]
                                     if m["source"]["kind"] == "feed"])

    def test_a_tag_of_the_list_rules_the_other_readings_out(self):
        done = self.home.run("address", "--batch", stdin=json.dumps(
            {"a": self.OLD, "a_chain": "XBT", "b": self.LITECOIN, "b_chain": "LTC"}) + "\n")
        self.assertEqual(json.loads(done.stdout)["relation"], "cross-chain")


class Document(harness.Case):
    def test_every_example_of_the_document_prints_what_it_shows(self):
        lines = (harness.ROOT / "docs/addresses.md").read_text().splitlines()
        examples = 0
        for at, line in enumerate(lines):
            if line.startswith("    $ cryptowatch "):
                end = at + 1
                while end < len(lines) and lines[end].startswith("    "):
                    end += 1
                done = self.home.run(*shlex.split(line)[2:])
                self.assertEqual(done.stdout.splitlines(), [x[4:] for x in lines[at + 1:end]], line)
                examples += 1
        self.assertGreaterEqual(examples, 5)


if __name__ == "__main__":
    harness.main()
