"""index: what check answers from, when it is built, and what happens when it is not right."""
import json
import re
import shutil
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
RONIN_2 = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
UNLISTED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
POISON = "0x098b00000000000000000000000000000abc2f96"  # begins and ends like RONIN


class Index(harness.Case):
    def setUp(self):
        super().setUp()
        self.put(RONIN, P2PKH)
        self.home.feed("list", self.url)
        self.home.rule("example", [FBI])
        self.folder = self.home.path / "state" / "index"

    def put(self, *addresses):
        self.url = self.lists.put("/list.txt", "".join(a + "\n" for a in addresses))

    def files(self):
        return sorted(p.name for p in self.folder.iterdir() if p.name != "current")

    def current(self):
        return (self.folder / "current").read_text()

    def in_force(self):
        return self.folder / re.search(r"^index (\d+)$", self.current(), re.M).group(1)

    def verdict(self, *args):
        code, answers = self.home.check(*args)
        return code, answers[0]["verdict"]

    def said(self, *args):
        return self.home.run("check", *args)


class Published(Index):
    def test_the_answer_needs_no_database_and_no_list_file_that_parses(self):
        self.home.scan()
        before = self.home.check(RONIN, P2PKH, FBI, UNLISTED)
        for path in (self.home.path / "state").glob("state.db*"):
            path.unlink()
        self.assertEqual(self.home.check(RONIN, P2PKH, FBI, UNLISTED), before)
        self.assertEqual([a["verdict"] for a in before[1]], ["listed"] * 3 + ["clear"])

    def test_memory_and_file_give_the_same_answers(self):
        self.home.scan()
        questions = (RONIN, RONIN.lower(), P2PKH, FBI, UNLISTED, POISON, RONIN[:-1] + "7", "hello",
                     "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
        _, from_file = self.home.check(*questions)
        shutil.rmtree(self.folder)
        _, from_memory = self.home.check(*questions)
        for answer in from_file + from_memory:
            del answer["data"]["built_at"]
        self.assertEqual(from_file, from_memory)

    def test_a_scan_without_news_keeps_the_file_and_tells_the_new_age(self):
        self.home.now = "2026-11-20T03:00:00Z"
        self.home.scan()
        files, current = self.files(), self.current()
        self.home.now = "2026-11-20T05:00:00Z"
        self.home.scan()
        self.assertEqual(self.files(), files)
        self.assertNotEqual(self.current(), current)
        _, answers = self.home.check(RONIN)
        self.assertEqual(answers[0]["data"]["feeds"][0]["retrieved_at"], "2026-11-20T05:00:00Z")

    def test_a_change_makes_a_new_file_and_keeps_one_old_one(self):
        for addresses in ((RONIN,), (RONIN_2,), (P2PKH,), (RONIN, P2PKH)):
            self.put(*addresses)
            self.home.scan("--force")
            self.assertEqual(self.verdict(addresses[0]), (10, "listed"))
            self.assertLessEqual(len(self.files()), 2)
        self.assertEqual(len(self.files()), 2)
        self.assertEqual(self.verdict(RONIN_2), (11, "related"))

    def test_a_home_without_a_scan_answers_and_says_how_to_be_fast(self):
        done = self.said("--verbose", FBI)
        self.assertEqual(done.returncode, 10)
        self.assertIn("cryptowatch scan", done.stderr)
        self.home.scan()
        self.assertEqual(self.said("--verbose", FBI).stderr, "")


class Edited(Index):
    def test_a_rule_that_was_edited_speaks_at_once(self):
        self.home.scan()
        self.assertEqual(self.verdict(UNLISTED), (0, "clear"))
        self.home.rule("example", [FBI, UNLISTED])
        self.assertEqual(self.verdict(UNLISTED), (10, "listed"))
        self.assertIn("edited", self.said("--verbose", UNLISTED).stderr)
        self.home.scan()
        self.assertEqual(self.verdict(UNLISTED), (10, "listed"))
        self.assertEqual(self.said("--verbose", UNLISTED).stderr, "")

    def test_a_rule_that_was_removed_is_silent_at_once(self):
        self.home.scan()
        (self.home.path / "rules" / "example.json").unlink()
        self.assertEqual(self.verdict(FBI), (0, "clear"))

    def test_a_list_that_was_switched_off_is_silent_at_once_and_after(self):
        self.home.feed("other", self.lists.put("/other.txt", RONIN_2 + "\n"))
        self.home.scan()
        self.assertEqual(self.verdict(RONIN_2), (10, "listed"))
        self.home.feed("other", self.url, enabled=False)
        self.assertEqual(self.verdict(RONIN_2), (0, "clear"))
        self.home.scan()
        self.assertEqual(self.verdict(RONIN_2), (0, "clear"))

    def test_a_file_of_addresses_elsewhere_is_watched(self):
        elsewhere = self.home.base / "mine.txt"
        elsewhere.write_text(RONIN_2 + "\n")
        self.home.rule("example", [FBI], addresses_file=str(elsewhere))
        self.home.scan()
        self.assertEqual(self.verdict(UNLISTED), (0, "clear"))
        elsewhere.write_text(RONIN_2 + "\n" + UNLISTED + "\n")
        self.assertEqual(self.verdict(UNLISTED), (10, "listed"))

    def test_a_mistake_in_a_rule_is_said_and_no_answer(self):
        self.home.scan()
        (self.home.path / "rules" / "example.json").write_text("{")
        done = self.said(RONIN)
        self.assertEqual(done.returncode, 78)
        self.assertIn("example.json", done.stderr)


class Repaired(Index):
    def test_what_a_killed_run_did_not_publish_the_next_one_does(self):
        self.home.scan()
        old = self.home.base / "old"
        shutil.copytree(self.folder, old)
        self.put(RONIN, P2PKH, RONIN_2)
        self.home.scan("--force")
        shutil.rmtree(self.folder)
        shutil.copytree(old, self.folder)  # as if killed between commit and publication
        self.assertEqual(self.verdict(RONIN_2), (0, "clear"))
        self.home.scan()
        self.assertEqual(self.verdict(RONIN_2), (10, "listed"))

    def test_half_written_files_are_removed(self):
        self.home.scan()
        (self.folder / ".cw-1-0.tmp").write_bytes(b"half")
        self.put(RONIN_2)
        self.home.scan("--force")
        self.assertFalse((self.folder / ".cw-1-0.tmp").exists())

    def test_a_damaged_index_is_answered_without_and_said(self):
        self.home.scan()
        path = self.folder / self.files()[0]
        whole = path.read_bytes()
        for damaged in (b"", b"garbage" * 1000, whole[:-4096], whole[:100] + b"\xff" + whole[101:],
                        b"SQLite format 3\0" + whole[16:]):
            path.write_bytes(damaged)
            done = self.said("--json", RONIN)
            self.assertEqual(done.returncode, 10, damaged[:16])
            self.assertIn("without the index", done.stderr)
        self.home.scan("--force")
        self.assertEqual(self.said("--verbose", RONIN).stderr, "")

    def test_damage_inside_is_never_an_answer(self):
        self.home.scan()
        path = self.folder / self.files()[0]
        whole = bytearray(path.read_bytes())
        for at in range(4096, len(whole) - 8192, 4096):  # the sums at the end are checked first
            whole[at] ^= 1
        path.write_bytes(whole)
        for text in (RONIN, UNLISTED):
            done = self.said(text)
            self.assertNotIn(done.returncode, (0, 11))
            self.assertNotIn("clear", done.stdout)

    def test_a_scan_without_news_mends_damage_inside_and_says_so(self):
        self.home.scan()
        for at in (0.3, 0.6, 0.9):
            path = self.in_force()
            whole = bytearray(path.read_bytes())
            at = int(at * len(whole))
            whole[at:at + 4] = bytes(255 - byte for byte in whole[at:at + 4])
            path.write_bytes(whole)
            before = self.current()
            done = self.home.run("scan")
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
            self.assertRegex(done.stderr, "index: what was published is damaged and was built anew: "
                                          ".*damaged")
            self.assertNotEqual(self.current(), before)
            self.assertEqual(self.said("--verbose", RONIN).stderr, "")
            self.assertEqual(self.verdict(UNLISTED), (0, "clear"))
        path.write_bytes(whole)
        self.assertEqual(self.home.run("scan").stderr, "")  # the one of before is nobody's
        path = self.in_force()
        path.write_bytes(path.read_bytes()[:-100])
        _, report, _ = self.home.scan()
        self.assertRegex(report["index"]["mended"], "cut|damaged|short")
        self.assertIsNone(self.home.scan()[1]["index"]["mended"])

    def test_a_damaged_manifest_is_answered_without_and_mended(self):
        self.home.scan()
        current = self.current()
        for text in ("", "x\n", current[:-1], current.replace("good", "held"),
                     current.replace("index 1\n", "index 2\n")):
            (self.folder / "current").write_text(text)
            self.assertEqual(self.verdict(RONIN), (10, "listed"))
            self.assertEqual(self.verdict(UNLISTED), (0, "clear"))
        self.home.scan()
        self.assertEqual(self.said("--verbose", RONIN).stderr, "")

    def test_an_index_that_cannot_be_written_keeps_no_alert_back(self):
        self.put(RONIN)
        self.home.rule("example", [RONIN])
        self.home.scan()
        self.put(RONIN, RONIN_2)
        self.home.rule("example", [RONIN, RONIN_2])
        self.home.scan("--offline")
        shutil.rmtree(self.folder)
        self.folder.write_text("in the way")
        before = len(self.receiver.posts)
        self.put(RONIN_2)
        code, _, said = self.home.scan("--force")
        self.assertNotIn(code, (0, 10, 11))
        self.assertIn("index", said)
        self.assertGreater(len(self.receiver.posts), before)


class Past(Index):
    def setUp(self):
        super().setUp()
        for day, addresses in (("10", (RONIN, P2PKH)), ("12", (P2PKH,)), ("14", (P2PKH, RONIN_2))):
            self.put(*addresses)
            self.home.now = "2026-11-%sT03:00:00Z" % day
            self.home.scan()
        self.home.now = "2026-11-16T12:00:00Z"

    def on(self, day, text):
        code, answers = self.home.check("--on", day, text)
        return code, answers[0]

    def test_an_address_is_asked_about_on_a_day(self):
        for day, text, code in (("2026-11-10", RONIN, 10), ("2026-11-11", RONIN, 10),
                                ("2026-11-12", RONIN, 10), ("2026-11-13", RONIN, 11),
                                ("2026-11-16", RONIN, 11), ("2026-11-13", RONIN_2, 11),
                                ("2026-11-14", RONIN_2, 10), ("2026-11-16", RONIN_2, 10),
                                ("2026-11-11", UNLISTED, 0), ("2026-11-09", UNLISTED, 20),
                                ("2026-11-09", RONIN, 20), ("2026-11-10", FBI, 10)):
            self.assertEqual(self.on(day, text)[0], code, (day, text))

    def test_the_answer_says_what_was_known_that_day(self):
        _, answer = self.on("2026-11-13", RONIN)
        self.assertEqual((answer["matches"][0]["active"], answer["matches"][0]["delisted_on"]),
                         (False, "2026-11-12"))
        self.assertEqual(answer["data"]["feeds"][0]["retrieved_at"], "2026-11-12T03:00:00Z")
        _, answer = self.on("2026-11-13", RONIN_2)
        self.assertIn("2026-11-14", " ".join(answer["reasons"]))
        _, answer = self.on("2026-11-09", RONIN)
        self.assertIn("had not been read", " ".join(answer["reasons"]))
        self.assertEqual(answer["data"]["feeds"][0]["status"], "never")

    def test_a_day_without_fresh_data_cannot_be_said(self):
        self.home.now = "2026-11-30T12:00:00Z"
        self.assertEqual(self.on("2026-11-25", UNLISTED)[0], 20)
        self.assertEqual(self.on("2026-11-16", UNLISTED)[0], 0)

    def test_days_that_are_none_are_refused(self):
        for day in ("2026-11-31", "yesterday", "", "2026-11-17", "2027-01-01"):
            self.assertEqual(self.home.run("check", "--on", day, RONIN).returncode, 64, day)


class Looks(Index):
    def setUp(self):
        super().setUp()
        self.home.scan()

    def reasons(self, text):
        code, answers = self.home.check(text)
        self.assertEqual(answers[0]["matches"], [])
        return code, " ".join(answers[0]["reasons"])

    def test_a_mistyped_address_says_which_it_resembles(self):
        for text, listed in ((P2PKH[:10] + "8" + P2PKH[11:], P2PKH), (FBI[:-1] + "H", FBI),
                             (RONIN[:20] + "f" + RONIN[21:], RONIN)):
            code, reasons = self.reasons(text)
            self.assertEqual(code, 20, text)
            self.assertIn(listed, reasons)
            self.assertIn("no match", reasons)

    def test_an_address_with_the_ends_of_a_listed_one_says_so_and_is_clear(self):
        code, reasons = self.reasons(POISON)
        self.assertEqual(code, 0)
        self.assertIn(RONIN, reasons)
        self.assertIn("note:", self.said(POISON).stdout)

    def test_other_addresses_are_left_in_peace(self):
        for text in (UNLISTED, "0x098b00000000000000000000000000000abc2f97", "hello"):
            self.assertNotIn("ends like", self.reasons(text)[1])


if __name__ == "__main__":
    harness.main()
