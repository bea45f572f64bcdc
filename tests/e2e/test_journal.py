"""Under systemd or cron: what reaches the journal and the mail."""
import os
import subprocess

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


class Messages(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.feed("list", self.lists.put("/list", LISTED + "\n"))
        self.home.feed("lost", self.lists.put("/lost", "gone", status=500))
        self.home.rule("theft", [LISTED])

    def run_logged(self, *args, out="journal", err="journal"):
        """Runs with stdout and stderr in files, either of which systemd may call its journal."""
        paths = {name: self.home.base / name for name in (out, err)}
        files = {name: open(path, "a") for name, path in paths.items()}
        info = os.stat(self.home.base / "journal") if "journal" in files else None
        env = dict(self.home.env())
        if info is not None:
            env["JOURNAL_STREAM"] = "%d:%d" % (info.st_dev, info.st_ino)
        done = subprocess.run(self.home.command(*args), stdout=files[out], stderr=files[err],
                              env=env, timeout=120, check=False)
        for file in files.values():
            file.close()
        return done.returncode, {name: path.read_text() for name, path in paths.items()}

    def test_the_journal_gets_a_level_a_line(self):
        code, said = self.run_logged("scan")
        self.assertEqual(code, 20)
        lines = said["journal"].splitlines()
        self.assertEqual(sorted(line[:3] for line in lines), ["<4>", "<5>"])
        self.assertRegex(said["journal"], r"<4>feed lost failed: ")
        self.assertRegex(said["journal"], r"<5>[0-9a-f-]{36} medium ")

    def test_news_longer_than_a_buffer_swallow_no_trouble(self):
        many = ["0x%040x" % (0xabcdef000000 + i) for i in range(80)]
        self.home.feed("long", self.lists.put("/long", "\n".join(many) + "\n"))
        self.home.rule("many", many)
        code, said = self.run_logged("scan")
        self.assertEqual(code, 20)
        lines = said["journal"].splitlines()
        self.assertEqual(len(lines), 82)
        for line in lines:
            self.assertRegex(line, r"^(<5>[0-9a-f-]{36} medium [^<]*|<4>feed lost failed: [^<]*)$")

    def test_what_ends_a_run_is_an_error(self):
        (self.home.path / "feeds" / "broken.json").write_text("{")
        code, said = self.run_logged("scan")
        self.assertEqual(code, 78)
        self.assertEqual({line[:3] for line in said["journal"].splitlines()}, {"<3>"})

    def test_who_reads_a_stream_elsewhere_gets_plain_lines(self):
        code, said = self.run_logged("scan", out="file")
        self.assertEqual(code, 20)
        self.assertRegex(said["file"], r"^[0-9a-f-]{36} medium ")
        self.assertRegex(said["journal"], r"^<4>feed lost failed: ")
        code, said = self.run_logged("scan", "--force", out="a", err="b")
        self.assertEqual(code, 20)
        self.assertNotIn("<", said["a"] + said["b"][:3])

    def test_json_stays_json(self):
        code, said = self.run_logged("scan", "--json")
        self.assertEqual(code, 20)
        self.assertRegex(said["journal"], r"(?m)^\{")

    def test_a_good_run_without_news_says_nothing(self):
        (self.home.path / "feeds" / "lost.json").unlink()
        self.home.run("scan")
        for streams in ({}, {"out": "a", "err": "b"}):
            for args in (("scan", "--force"), ("scan", "--quiet"), ("deliver",)):
                code, said = self.run_logged(*args, **streams)
                self.assertEqual((code, "".join(said.values())), (0, ""))


if __name__ == "__main__":
    harness.main()
