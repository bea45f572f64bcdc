"""screen: listed addresses in text of any kind, from files, packed files and pipes."""
import gzip
import json
import os
import subprocess
import time
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
KEY1_P2PKH = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
KEY1_P2WPKH = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ZIL = "zil1fr7y94gtezt5ktkvz3qlmhs3new3yt5k4f8dqd"
ZIL_DIGITS = "48fc42d50bc8974b2ecc1441fdde119e5d122e96"
UNLISTED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # EIP-55's own example
KEY1_NESTED = "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"


class Screen(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.feed("list", self.lists.put("/list.txt", "%s\n%s\n" % (RONIN, KEY1_P2PKH)))
        self.home.rule("example", [FBI])

    def file(self, name, content):
        path = self.home.base / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def screen(self, *args, stdin=b""):
        done = subprocess.run(self.home.command("screen", *args), input=stdin,
                              capture_output=True, env=self.home.env(), timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def hits(self, *args, stdin=b""):
        code, out, _ = self.screen("--json", *args, stdin=stdin)
        return code, [json.loads(line) for line in out.splitlines()]

    def test_says_file_line_offset_and_what_is_known(self):
        self.home.scan()
        path = self.file("a.csv", "id,to\n1,%s\n2,%s\n" % (UNLISTED, RONIN.lower()))
        code, hits = self.hits(path)
        self.assertEqual((code, len(hits)), (10, 1))
        hit = hits[0]
        self.assertEqual((hit["file"], hit["line"], hit["offset"], hit["value"]),
                         (str(path), 3, 53, RONIN.lower()))
        self.assertEqual(hit["canonical"], "evm:account:" + RONIN[2:].lower())
        self.assertEqual(hit["matches"][0]["source"], {"kind": "feed", "id": "list"})

    def test_matches_are_those_of_check(self):
        self.home.scan()
        for text in (RONIN, KEY1_P2WPKH, FBI, KEY1_NESTED):
            _, answers = self.home.check(text)
            _, hits = self.hits(stdin=text.encode())
            self.assertEqual(hits[0]["matches"], answers[0]["matches"], text)

    def test_bare_digits_are_read_as_check_reads_them(self):
        self.home.feed("zil", self.lists.put("/zil.txt", ZIL + "\n"))
        self.home.scan()
        for digits in (RONIN[2:], RONIN[2:].lower(), RONIN[2:].upper(), ZIL_DIGITS):
            _, answers = self.home.check(digits)
            code, hits = self.hits(stdin=("tx=%s;\n" % digits).encode())
            self.assertEqual((code, hits[0]["value"], hits[0]["offset"]), (10, digits, 3))
            self.assertEqual(hits[0]["matches"], answers[0]["matches"], digits)
        for digits in (UNLISTED[2:], RONIN[2:-1], RONIN[2:] + "0"):
            self.assertEqual(self.hits(stdin=digits.encode()), (0, []), digits)

    def test_a_reserved_key_as_bare_digits_is_no_hit(self):
        reserved = (40 * "0", 36 * "0" + "dead", 36 * "0" + "DEAD")
        self.home.feed("zero", self.lists.put("/zero.txt", "".join("0x%s\n" % key for key in reserved)))
        self.home.scan()
        for digits in reserved:
            self.assertEqual(self.hits(stdin=("+%s\n%s refs/x" % (digits, digits)).encode()), (0, []))
            self.assertEqual(self.hits(stdin=b"0x" + digits.encode())[0], 10)

    def test_an_escape_in_front_hides_nothing(self):
        self.home.scan()
        for text in (RONIN, RONIN[2:], KEY1_P2PKH, KEY1_P2WPKH, FBI):
            for escape in (b"\\n", b"\\u003d", b"to%3D", b"%20", b"\x1b[31m", b"\x1b[01;31m\x1b[K"):
                code, hits = self.hits(stdin=b"pay " + escape + text.encode() + b"\\n")
                self.assertIn(code, (10, 11), (escape, text))
                self.assertEqual([(hit["value"], hit["offset"]) for hit in hits],
                                 [(text, 4 + len(escape))], escape)

    def test_standard_input_begins_where_the_descriptor_stands(self):
        self.home.scan()
        path = self.file("lines", "%s\n%s\n" % (FBI, RONIN))
        command = " ".join(map(str, self.home.command("screen", "--json")))
        done = subprocess.run(["sh", "-c", "{ read x; %s; } < %s" % (command, path)],
                              capture_output=True, env=self.home.env(), timeout=60)
        hits = [json.loads(row) for row in done.stdout.splitlines()]
        self.assertEqual([(hit["value"], hit["offset"], hit["line"]) for hit in hits],
                         [(RONIN, 0, 1)], done.stderr)

    def test_a_dense_file_is_told_whole_and_soon(self):
        entries = [{"address": RONIN, "name": "Party %d" % i, "id": str(i)} for i in range(3000)]
        self.home.feed("many", self.lists.put("/many.json", json.dumps(entries)), form="json",
                       format_options={"address_key": "address", "entry_id_key": "id",
                                       "entry_name_key": "name"})
        self.home.scan()
        path = self.file("dense", ("%s %s\n" % (RONIN, RONIN.lower())) * 600)
        began = time.monotonic()
        code, out, words = self.screen(path)
        self.assertEqual((code, out.count("\n"), words), (10, 1200, ""))
        self.assertTrue(out.splitlines()[0].endswith(", and 3000 more)"), out[:300])
        self.assertEqual(self.screen("--count", path)[:2], (10, "1200\n"))
        done = subprocess.run(["sh", "-c", "%s | wc -l" % " ".join(map(str, self.home.command(
            "screen", "--json", path)))], capture_output=True, env=self.home.env(), timeout=120)
        self.assertEqual((done.stdout, done.stderr), (b"1200\n", b""))
        self.assertLess(time.monotonic() - began, 40)

    def test_exit_codes_are_those_of_check(self):
        self.home.scan()
        for text, code in ((UNLISTED, 0), (KEY1_P2WPKH, 11), (RONIN, 10), ("", 0),
                           (UNLISTED + " " + KEY1_P2WPKH + " " + RONIN, 10)):
            self.assertEqual(self.screen(stdin=text.encode())[0], code, text)

    def test_incomplete_data_cannot_say(self):
        code, _, words = self.screen(stdin=KEY1_P2WPKH.encode())
        self.assertEqual(code, 20)
        self.assertIn("list list was never read", words)
        self.assertEqual(self.screen(stdin=FBI.encode())[0], 10)

    def test_any_bytes_are_text(self):
        self.home.scan()
        noise = bytes(range(256)) * 3000
        _, hits = self.hits(stdin=noise + b"\0" + RONIN.encode() + b"\0" + noise)
        self.assertEqual([h["offset"] for h in hits], [len(noise) + 1])

    def test_a_line_of_any_length(self):
        self.home.scan()
        text = b"x " * 3000000 + RONIN.encode() + b" y" * 3000000 + b"\n" + RONIN.encode()
        for args in ((), ("--threads", "1"), ("--threads", "5")):
            _, hits = self.hits(*args, self.file("long", text))
            self.assertEqual([(h["line"], h["offset"]) for h in hits],
                             [(1, 6000000), (2, len(text) - 42)])

    def test_threads_and_pipes_do_not_change_the_output(self):
        self.home.scan()
        rows = ["%d,%s" % (i, RONIN if i % 9973 == 0 else UNLISTED) for i in range(250000)]
        text = "\n".join(rows).encode()
        path = self.file("big.csv", text)
        code, one, _ = self.screen("--threads", "1", path)
        self.assertEqual((code, one.count("\n")), (10, 26))
        for threads in (2, 3, 16):
            self.assertEqual(self.screen("--threads", threads, path)[1], one)
            piped = self.screen("--threads", threads, stdin=text)[1]
            self.assertEqual(piped.replace("(standard input)", str(path)), one)

    def test_packed_files_are_unpacked(self):
        self.home.scan()
        text = "".join("%d,%d\n" % (i, i * i) for i in range(50000)) + RONIN + "\n"
        path = self.file("a.gz", gzip.compress(text.encode()))
        _, hits = self.hits(path)
        self.assertEqual([h["line"] for h in hits], [50001])

    def test_gzip_of_several_members_is_one_document(self):
        self.home.scan()
        noise = os.urandom(200000).hex().encode() + b"\n"
        parts = [b"one\n", b"", noise, RONIN[:20].encode(), RONIN[20:].encode() + b"\n", b""]
        whole = b"".join(map(gzip.compress, parts))
        _, hits = self.hits(self.file("a.gz", whole))
        self.assertEqual([(h["line"], h["offset"]) for h in hits], [(3, 4 + len(noise))])
        self.assertEqual(self.screen(self.file("empty.gz", gzip.compress(b"")))[0], 0)
        first = bytearray(gzip.compress(noise))
        first[-8] ^= 1  # its checksum
        short = bytearray(gzip.compress(noise))
        short[-4] ^= 1  # its length
        zeros = gzip.compress(bytes(100 << 20))
        for name, bad in (("damaged", bytes(first) + whole), ("length", bytes(short) + whole),
                          ("cut", whole[:-1]), ("cut-head", whole + b"\x1f\x8b\x08"),
                          ("followed", whole + b"x"), ("zeros", whole + b"\0"),
                          ("twice", gzip.compress(gzip.compress(RONIN.encode()))),
                          ("bomb", gzip.compress(noise) + 6 * zeros)):
            code, _, words = self.screen("--quiet", self.file(name, bad))
            self.assertIn(name + ": ", words)
            self.assertIn(code, (10, 74), name)

    def test_a_cut_packed_file_is_no_clear(self):
        self.home.scan()
        whole = gzip.compress(os.urandom(300000))
        code, _, words = self.screen(self.file("cut.gz", whole[:-5000]))
        self.assertEqual(code, 74)
        self.assertIn("cut.gz: cannot be unpacked: gzip: cut", words)

    def test_a_packed_pipe_is_no_clear(self):
        self.home.scan()
        code, out, words = self.screen(stdin=gzip.compress(RONIN.encode()))
        self.assertEqual((code, out), (74, ""))
        self.assertIn("packed", words)

    def test_files_that_cannot_be_read_are_named_and_the_others_read(self):
        self.home.scan()
        good = self.file("good", UNLISTED)
        code, _, words = self.screen(good, self.home.base / "absent")
        self.assertEqual(code, 20)
        self.assertIn("absent: cannot be opened: No such file", words)
        self.assertEqual(self.screen(self.home.base / "absent")[0], 74)
        self.assertEqual(self.screen(self.home.base)[0], 74)
        self.assertEqual(self.screen(self.file("bad", RONIN), self.home.base / "absent")[0], 10)

    def test_against_rules_or_feeds_only(self):
        self.home.scan()
        text = ("%s %s" % (RONIN, FBI)).encode()
        for what, value in (("rules", FBI), ("feeds", RONIN)):
            code, hits = self.hits("--against", what, stdin=text)
            self.assertEqual((code, [h["value"] for h in hits]), (10, [value]))
        self.assertEqual(self.screen("--against", "rules", stdin=RONIN.encode())[0], 0)

    def test_counts(self):
        self.home.scan()
        one = self.file("one", RONIN + "\n" + FBI)
        none = self.file("none", "nothing\n")
        code, out, _ = self.screen("--count", one, none)
        self.assertEqual((code, out), (10, "%s:2\n%s:0\n" % (one, none)))
        self.assertEqual(self.screen("--count", one)[1], "2\n")

    def test_shows_the_line_of_a_hit(self):
        self.home.scan()
        text = b"before\npaid \x1b[31m to " + RONIN.encode() + b" on Monday\nafter"
        out = self.screen("--context", "line", stdin=text)[1]
        self.assertIn(" to %s on Monday" % RONIN, out)
        self.assertNotIn("\x1b", out)
        self.assertNotIn("after", out)

    def test_every_token_also_finds_the_key_of_a_listed_script(self):
        self.home.feed("scripts", self.lists.put("/s.txt", KEY1_NESTED + "\n"))
        (self.home.path / "feeds" / "list.json").unlink()
        self.home.scan()
        self.assertEqual(self.screen(stdin=KEY1_P2WPKH.encode())[0], 0)
        self.assertEqual(self.screen("--every-token", stdin=KEY1_P2WPKH.encode())[0], 11)
        self.assertEqual(self.screen("--nested", stdin=KEY1_P2WPKH.encode())[0], 11)

    def test_a_delisted_address_is_related(self):
        self.home.scan()
        self.lists.put("/list.txt", KEY1_P2PKH + "\n")
        self.home.scan("--force")
        code, hits = self.hits(stdin=RONIN.encode())
        self.assertEqual((code, hits[0]["verdict"], hits[0]["matches"][0]["active"]),
                         (11, "related", False))

    def test_a_secret_key_is_not_shown(self):
        self.home.scan()
        wif = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
        code, out, words = self.screen(stdin=wif.encode())
        self.assertEqual((code, out), (0, ""))
        self.assertNotIn(wif, words)

    def test_a_reader_that_goes_away_is_no_error_to_talk_about(self):
        self.home.scan()
        path = self.file("many", (RONIN + "\n") * 3000)
        process = subprocess.Popen(self.home.command("screen", path), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.home.env())
        process.stdout.read(10)
        process.stdout.close()
        words = process.stderr.read()
        process.wait(timeout=60)
        process.stderr.close()
        self.assertEqual(words, b"")

    def test_usage(self):
        for args in (("--threads", "0"), ("--threads", "65"), ("--threads", "x"),
                     ("--against", "me"), ("--context", "page")):
            self.assertEqual(self.screen(*args)[0], 64, args)


if __name__ == "__main__":
    harness.main()
