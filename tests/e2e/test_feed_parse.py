"""feed parse on what people try: standard input, folders, spreadsheets, addresses in wrong letter case.

    test_feed_parse.py BIN PROJECT
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import harness

ADDRESS = "0x51E9d833Ecae4E8D9D8Be17300AEE6D3398C135D"
MISTYPED = ADDRESS[:-1] + "d"  # the same digits in another letter case


def parse(*args, **kwargs):
    done = subprocess.run([harness.PROGRAM, "feed", "parse", *args], capture_output=True, timeout=60,
                          **kwargs)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Parse(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_standard_input_is_a_document_from_a_pipe_or_a_file(self):
        body = (ADDRESS + "\n").encode()
        code, out, err = parse("--format", "lines", "-", input=body)
        self.assertEqual((code, out.count(ADDRESS)), (0, 1), err)
        path = self.folder / "list"
        path.write_bytes(body * 5000)  # more than a pipe or a buffer holds
        with path.open("rb") as file:
            code, _, err = parse("--format", "lines", "-", stdin=file)
        self.assertEqual((code, err.split(",")[0]), (0, "5000 entries"))
        code, _, err = parse("--format", "lines", "-", input=path.read_bytes())
        self.assertEqual((code, err.split(",")[0]), (0, "5000 entries"))

    def test_standard_input_is_named_when_it_cannot_be_read(self):
        code, _, err = parse("--format", "csv", "-", input=b"a,b\n1,2\n")
        self.assertEqual(code, 65)
        self.assertIn("standard input: line 1: header: no column", err)
        code, _, err = parse("--format", "csv", "-", preexec_fn=lambda: os.close(0))
        self.assertEqual(code, 74)
        self.assertIn("cannot read standard input", err)

    def test_a_folder_is_named_as_one(self):
        code, _, err = parse("--format", "json", str(self.folder))
        self.assertEqual(code, 65)
        self.assertIn("%s: a folder: only the format misp reads one" % self.folder, err)
        code, _, err = parse("--format", "misp", str(self.folder))
        self.assertEqual(code, 65)
        self.assertIn("manifest.json", err)
        code, _, err = parse("--format", "json", str(self.folder / "none"))
        self.assertIn("no such file", err)

    def test_the_usage_names_every_option_of_parse(self):
        done = subprocess.run([harness.PROGRAM, "feed", "--help"], capture_output=True, text=True,
                              timeout=60)
        usage = done.stdout.split("\n\n")[0]
        for word in ("--format", "--option", "--with", "FILE"):
            self.assertIn(word, usage)
        self.assertIn("- for standard input", done.stdout)
        code, _, err = parse("--format", "lines")
        self.assertEqual(code, 64)
        self.assertIn("- for standard input", err)

    def test_a_wrong_letter_case_is_said_and_counted(self):
        body = ("%s\n%s\n%s\n" % (ADDRESS, MISTYPED, ADDRESS.lower())).encode()
        code, out, err = parse("--format", "lines", "-", input=body)
        said = [line for line in out.splitlines() if "wrong letter case" in line]
        self.assertEqual((code, len(said)), (0, 1))
        self.assertIn(MISTYPED, said[0])
        self.assertIn("3 entries, 0 unusable, 1 in wrong letter case", err)
        code, out, err = parse("--json", "--format", "lines", "-", input=body)
        self.assertEqual([json.loads(line)["checksum"] for line in out.splitlines()],
                         ["ok", "bad", "none"])
        self.assertEqual(json.loads(err)["checksum_bad"], 1)
        code, out, err = parse("--format", "lines", "-", input=body.split(b"\n")[0] + b"\n")
        self.assertNotIn("letter case", out + err)

    def test_a_spreadsheet_is_read_as_it_is_saved(self):
        rows = "Wallet Address;Network\n%s;ETH\n" % ADDRESS
        for text, encoding in ((rows, "utf-8"), (rows, "utf-8-sig"), (rows, "utf-16"),
                               ("sep=;\n" + rows, "utf-8"), (rows.replace(";", "\t"), "utf-16"),
                               (rows.replace(";", "|").replace("\n", "\r\n"), "utf-8")):
            with self.subTest(text=text, encoding=encoding):
                code, out, err = parse("--json", "--format", "csv", "-", input=text.encode(encoding))
                self.assertEqual(code, 0, err)
                self.assertEqual([(e["value"], e["tag"]) for e in map(json.loads, out.splitlines())],
                                 [(ADDRESS, "ETH")])
        code, out, err = parse("--format", "csv", "--option", "separator=semicolon,address_column=a",
                               "-", input=("b;a\n1;%s\n" % ADDRESS).encode())
        self.assertEqual((code, out.count(ADDRESS)), (0, 1), err)
        code, _, err = parse("--format", "csv", "--option", "separator=:", "-", input=rows.encode())
        self.assertEqual(code, 65)
        self.assertIn("separator: one of comma, semicolon, tab, bar", err)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
