"""check: three verdicts, on data that is complete and fresh, or not."""
import json
import shutil
import subprocess
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
KEY1_P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
KEY1_P2WPKH = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
UNLISTED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # EIP-55's own example


class Check(harness.Case):
    def setUp(self):
        super().setUp()
        self.url = self.lists.put("/list.txt", "%s\n%s\n" % (RONIN, KEY1_P2PKH))
        self.home.feed("list", self.url)
        self.home.rule("example", [FBI])

    def verdict(self, text):
        code, answers = self.home.check(text)
        self.assertEqual(len(answers), 1)
        return code, answers[0]["verdict"]

    def test_every_letter_case_of_a_listed_address_is_listed(self):
        self.home.scan()
        for text in (RONIN, RONIN.lower(), "0x" + RONIN[2:].upper(), "0X" + RONIN[2:].upper(),
                     "  " + RONIN + ",", "ethereum:" + RONIN):
            self.assertEqual(self.verdict(text), (10, "listed"), text)

    def test_an_unlisted_address_is_clear(self):
        self.home.scan()
        self.assertEqual(self.verdict(UNLISTED), (0, "clear"))

    def test_an_address_of_a_case_is_listed_before_any_scan(self):
        self.assertEqual(self.verdict(FBI), (10, "listed"))

    def test_another_script_of_a_listed_key_is_related(self):
        self.home.scan()
        code, answers = self.home.check(KEY1_P2WPKH)
        self.assertEqual((code, answers[0]["verdict"]), (11, "related"))
        self.assertEqual(answers[0]["matches"][0]["relation"], "same-key-hash")

    def test_what_is_no_address_cannot_be_said(self):
        self.home.scan()
        for text in ("", "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiH", "a" * 100000, "hello",
                     "0x098B716B8Aaf21512996dC57EB0615e2383E2f9", "bc1qw508d6qejxtdg4y5r3zar",
                     "0х098B716B8Aaf21512996dC57EB0615e2383E2f96"):
            code, answers = self.home.check(text)
            self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"), text[:60])
            self.assertTrue(answers[0]["reasons"])

    def test_a_megabyte_of_a_cannot_be_said(self):
        self.home.scan()
        code, answers = self.home.check("-", stdin="a" * (1 << 20) + "\n")
        self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"))
        self.assertLess(len(answers[0]["input"]), 5000)

    def test_bare_digits_that_a_list_could_not_use_are_never_clear(self):
        digits = "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
        good = "".join("0x%040x\n" % (i << 80) for i in range(1, 30))
        self.lists.put("/list.txt", "%s\n%s\n%s" % (RONIN, digits, good))
        self.home.scan()
        for text in (digits, digits.upper(), " %s," % digits):
            code, answers = self.home.check(text)
            self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"), text)
            self.assertIn("as an unusable entry (line 2", " ".join(answers[0]["reasons"]))
        self.assertEqual(self.verdict(digits[:-1] + "e"), (0, "clear"))
        self.assertEqual(self.verdict(RONIN[2:]), (10, "listed"))

    def test_an_unlisted_address_with_wrong_letter_case_cannot_be_said(self):
        self.home.scan()
        mistyped = UNLISTED[:-1] + "D"
        self.assertEqual(self.verdict(mistyped), (20, "cannot-say"))

    def test_never_clear_without_a_scan(self):
        code, answers = self.home.check(UNLISTED)
        self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"))
        self.assertIn("never read", " ".join(answers[0]["reasons"]))

    def test_never_clear_when_a_list_is_stale(self):
        self.home.scan()
        self.home.now = "2036-01-01T00:00:00Z"
        code, answers = self.home.check(UNLISTED)
        self.assertEqual((code, answers[0]["verdict"]), (20, "cannot-say"))
        self.assertEqual(answers[0]["data"]["feeds"][0]["status"], "stale")
        self.assertEqual(self.verdict(RONIN), (10, "listed"))

    def test_never_clear_when_one_list_failed(self):
        self.lists.put("/other.txt", "x", status=500)
        self.home.feed("other", "http://%s/other.txt" % self.lists.host)
        self.home.scan()
        self.assertEqual(self.verdict(UNLISTED), (20, "cannot-say"))

    def test_several_addresses_answer_with_the_gravest(self):
        self.home.scan()
        self.assertEqual(self.home.check(UNLISTED, RONIN, "nonsense")[0], 10)
        self.assertEqual(self.home.check(UNLISTED, "nonsense", KEY1_P2WPKH)[0], 20)
        self.assertEqual(self.home.check(UNLISTED, KEY1_P2WPKH)[0], 11)
        code, answers = self.home.check("-", stdin="%s\n\n%s\n" % (UNLISTED, RONIN))
        self.assertEqual((code, [a["verdict"] for a in answers]), (10, ["clear", "listed"]))

    def test_json_has_the_members_that_scripts_read(self):
        self.home.scan()
        _, answers = self.home.check(RONIN.lower())
        answer = answers[0]
        self.assertEqual(set(answer), {"input", "canonical", "verdict", "matches", "data",
                                       "reasons", "unwrapped", "problem", "reserved"})
        self.assertEqual(answer["canonical"], "evm:account:" + RONIN[2:].lower())
        match = answer["matches"][0]
        self.assertEqual(set(match), {"relation", "source", "listed_value", "entry_id",
                                      "entry_name", "programs", "listed_on", "active",
                                      "delisted_on"})
        self.assertEqual(match["source"], {"kind": "feed", "id": "list"})
        self.assertEqual(set(answer["data"]), {"generation", "built_at", "feeds"})
        self.assertEqual(set(answer["data"]["feeds"][0]),
                         {"id", "status", "retrieved_at", "snapshot_sha256", "entries"})

    def test_a_secret_key_is_never_echoed(self):
        secret = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        done = self.home.run("check", secret)
        self.assertEqual(done.returncode, 20)
        self.assertNotIn(secret[:10], done.stdout + done.stderr)

    def test_nothing_asked_is_never_clear(self):
        self.home.scan()
        for shell in ("%s < /dev/null", "%s <&-", "printf '\\n\\n' | %s"):
            command = " ".join(map(str, self.home.command("check", "-")))
            done = subprocess.run(["sh", "-c", shell % command], capture_output=True,
                                  env=self.home.env(), timeout=60)
            self.assertIn(done.returncode, (20, 74), shell)

    def test_a_listed_address_with_wrong_letter_case_is_listed_with_a_warning(self):
        self.home.scan()
        code, answers = self.home.check(RONIN[:-1] + "7")
        self.assertEqual(code, 20)
        code, answers = self.home.check(RONIN.replace("Aaf", "aaf"))
        self.assertEqual((code, answers[0]["verdict"]), (10, "listed"))
        self.assertIn("mistyped", " ".join(answers[0]["reasons"]))

    def test_a_stale_list_is_called_stale(self):
        self.home.scan()
        self.home.now = "2036-01-01T00:00:00Z"
        done = self.home.run("feed", "status", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["status"]), (20, "stale"))

    def test_usage_and_configuration_errors_have_their_codes(self):
        self.assertEqual(self.home.run("check").returncode, 64)
        done = self.home.run("check", "--jsno", RONIN)
        self.assertEqual(done.returncode, 64)
        self.assertIn("--json", done.stderr)
        self.home.config.write_text("{")
        self.assertEqual(self.home.run("check", RONIN).returncode, 78)

    def test_a_damaged_database_is_never_an_answer(self):
        self.home.scan()
        shutil.rmtree(self.home.path / "state" / "index")  # which answers without the database
        (self.home.path / "state" / "state.db").write_bytes(b"garbage" * 1000)
        done = self.home.run("check", UNLISTED)
        self.assertNotIn(done.returncode, (0, 10, 11))
        self.assertNotIn("clear", done.stdout)

    def test_a_whole_index_answers_while_the_database_is_damaged(self):
        self.home.scan()
        (self.home.path / "state" / "state.db").write_bytes(b"garbage" * 1000)
        self.assertEqual(self.verdict(UNLISTED), (0, "clear"))  # the index has hashes of its own
        self.assertEqual(self.verdict(RONIN), (10, "listed"))
        for command in ("scan", "doctor"):
            self.assertEqual(self.home.run(command).returncode, 74)


if __name__ == "__main__":
    harness.main()
