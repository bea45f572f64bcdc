"""A report in headless Chromium: it renders, verifies every alert, shows a changed byte, asks no network.

  test_browser.py BIN ROOT INSTALL [--pictures DIR]    INSTALL: where playwright-core is, kept between runs
                                                       DIR: write the pictures of docs/report/ there

Ends with 77, which CTest calls skipped, when there is no chromium, no node or no playwright-core.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PICTURES = None
if "--pictures" in sys.argv:
    PICTURES = pathlib.Path(sys.argv.pop()).resolve()
    sys.argv.pop()
INSTALL = pathlib.Path(sys.argv.pop(3))
sys.path.insert(0, str(HERE))
import state  # noqa: E402
import harness  # noqa: E402
import npm  # noqa: E402
import variants  # noqa: E402

JWS = re.compile(rb'<script type="application/json">(\{"payload".*?)</script>')
ROW = re.compile(rb'<li class="alert" id="a-([0-9a-f-]{36})">.*?</li>', re.S)
PAGE_BYTES_MAX = 3000000


def chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser")


def install():
    """None, or why there is no browser to drive."""
    if chromium() is None:
        return "chromium is not installed: scripts/setup installs it"
    return npm.install(HERE, INSTALL, "browse.mjs")


def browse(folder, pages):
    job = folder / "job.json"
    job.write_text(json.dumps({"chromium": chromium(), "pages": pages}))
    done = subprocess.run(["node", str(INSTALL / "browse.mjs"), str(job)], capture_output=True,
                          text=True, timeout=480)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["pages"]


def with_other_byte(page, at):
    return page[:at] + (b"B" if page[at:at + 1] == b"A" else b"A") + page[at + 1:]


# Where in an alert a byte is changed, counted from a text before it, and what is then said.
CHANGES = {
    "payload": (b'{"payload":"', 100, "its key did not sign"),
    "header": (b'"protected":"', 60, "NOT valid"),
    "signature": (b'"signature":"', 20, "its key did not sign"),
    "sentence": (b'data-f="text" lang="en">', 1, "shows something else"),
    "address": (b'data-f="address">', 5, "shows something else"),
}


def changed(page, *places):
    """The page with a byte changed in an alert for each place, and the alerts' ids."""
    rows = [row for row in ROW.finditer(page) if b'data-f="address"' in row.group(0)]
    victims = {}
    for number, place in enumerate(places):
        before, offset, _ = CHANGES[place]
        row = rows[(number + 1) * len(rows) // (len(places) + 2)]
        page = with_other_byte(page, page.index(before, row.start()) + len(before) + offset)
        victims[place] = row.group(1).decode()
    return page, victims


def put_variants(page, home):
    """Each variant in the place of the signature of one alert and the same row: what is shown fits all that
    are valid."""
    row = next(row for row in ROW.finditer(page) if b'data-t="type_address_listed"' in row.group(0))
    jws = json.loads(JWS.search(row.group(0)).group(1))
    kid = json.loads(variants.decode(jws["signatures"][0]["protected"]))["kid"]
    signer = variants.Signer((home.path / "keys" / "alert.pem").read_bytes(), kid)
    rows = list(variants.variants(jws, signer))
    made = [JWS.sub(lambda _: b'<script type="application/json">%s</script>' %
                    text.replace("<", "\\u003c").encode(), row.group(0)) for _, text, _ in rows]
    head, tail = page.split(b'id="list">\n', 1)[0], page.split(b"</ol>\n<p", 1)[1]
    return rows, head + b'id="list">\n' + b"\n".join(made) + b"</ol>\n<p" + tail


class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.state = state.State()
        cls.addClassCleanup(cls.state.home.close)
        cls.base = cls.state.home.base
        cls.file = cls.base / "report.html"
        cls.made = cls.state.home.run("report", "--output", cls.file, "--since", "2030-10-20", "--json")
        assert cls.made.returncode == 0, cls.made.stderr
        cls.page = cls.file.read_bytes()
        cls.one = cls.base / "one.html"
        cls.many = cls.base / "many.html"
        page, cls.victim = changed(cls.page, "payload")
        cls.one.write_bytes(page)
        page, cls.victims = changed(cls.page, *CHANGES)
        cls.many.write_bytes(page)
        cls.variants, page = put_variants(cls.page, cls.state.home)
        cls.judged = cls.base / "judged.html"
        cls.judged.write_bytes(page)
        cls.forged = cls.base / "forged.html"
        key = re.compile(rb'"x": ?"').search(cls.page, cls.page.index(b'id="data-keys"'))
        page = with_other_byte(cls.page, key.end() + 4)
        page = with_other_byte(page, page.index(b"</pre>", page.index(b'id="checkpoint"')) - 20)
        cls.forged.write_bytes(page)
        cls.other_script = cls.base / "script.html"
        cls.other_script.write_bytes(cls.page.replace(b'return "v_time";', b'return "v_good";', 1))
        phone = {"viewport": {"width": 390, "height": 800}}
        pages = [
            {"name": "whole", "file": str(cls.file), "todo": [["tab", 16], ["aria", "#changes"]]},
            {"name": "korean", "file": str(cls.file), "todo": [["lang", "ko"], ["print", None]]},
            {"name": "french", "file": str(cls.file), "todo": [
                ["open", "#list > .alert.good details summary"], ["save", None], ["lang", "fr"],
                ["text", "theft-03"], ["theme", "dark"], ["papers", None]]},
            {"name": "dark", "file": str(cls.file), "options": {"colorScheme": "dark", **phone}},
            {"name": "plain", "file": str(cls.file), "options": {"javaScriptEnabled": False}},
            {"name": "one", "file": str(cls.one)},
            {"name": "many", "file": str(cls.many)},
            {"name": "script", "file": str(cls.other_script), "blocked": True},
            {"name": "forged", "file": str(cls.forged)},
            {"name": "judged", "file": str(cls.judged)},
            {"name": "unable", "file": str(cls.one), "init":
                "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"},
        ]
        cls.seen = browse(cls.base, pages)

    def test_all_of_500_alerts_and_30_lists_are_verified_in_one_page(self):
        seen = self.seen["whole"]["page"]
        print("\n%d bytes, loaded in %d ms, verified after %d ms" % (
            len(self.page), self.seen["whole"]["load_ms"], self.seen["whole"]["check_ms"]))
        self.assertLess(len(self.page), PAGE_BYTES_MAX)
        self.assertEqual((seen["alerts"], seen["good"], seen["bad"]), (500, 500, []))
        self.assertIn("500 of 500 alerts verified", seen["verdict"])
        self.assertTrue(seen["isGood"])
        self.assertEqual((seen["feeds"], seen["sparks"], seen["cases"]), (30, 60, 25))
        self.assertEqual(seen["log"], "checkpoint verified")

    def test_every_type_of_alert_is_among_them(self):
        rows = b"".join(row.group(0) for row in ROW.finditer(self.page))
        types = {line.split(b'"')[0].decode() for line in rows.split(b' data-t="type_')[1:]}
        self.assertEqual(types, {
            "address_listed", "address_delisted", "address_changed", "alert_retracted",
            "feed_failed", "feed_recovered", "feed_stale", "feed_suspect", "key_changed",
            "heartbeat"})

    def test_no_request_leaves_and_the_console_is_silent(self):
        for name, seen in self.seen.items():
            with self.subTest(name):
                self.assertEqual(seen["requests"], [])
                self.assertEqual(seen["errors"] if name != "script" else [], [])

    def test_a_script_that_was_altered_does_not_run(self):
        seen = self.seen["script"]
        self.assertIn("Content Security Policy", " ".join(seen["errors"]))
        self.assertIsNone(seen["page"].get("checked"))
        self.assertEqual(set(seen["page"]["said"]), {"not verified here"})

    def test_a_changed_byte_is_shown_in_red_and_the_others_are_verified(self):
        for name, victims in (("one", self.victim), ("many", self.victims)):
            seen = self.seen[name]["page"]
            self.assertEqual(seen["good"], 500 - len(victims))
            self.assertIn("%d NOT valid" % len(victims), seen["verdict"])
            self.assertFalse(seen["isGood"])
            said = {one["id"]: one for one in seen["bad"]}
            self.assertEqual(set(said), {"a-" + id for id in victims.values()})
            for place, id in victims.items():
                self.assertIn(CHANGES[place][2], said["a-" + id]["said"], place)
                self.assertEqual(said["a-" + id]["colour"], "rgb(179, 38, 30)")

    def test_a_page_judges_as_verify_does(self):
        said = self.seen["judged"]["page"]["said"]
        self.assertEqual(len(said), len(self.variants))
        for (name, text, is_valid), shown in zip(self.variants, said):
            with self.subTest(name):
                path = self.base / "variant.jws.json"
                path.write_text(text)
                done = self.state.home.run("verify", path)
                self.assertEqual(done.returncode == 0, is_valid, done.stdout + done.stderr)
                self.assertEqual(shown == "verified", is_valid, shown)
                self.assertNotIn("shows something else", shown)  # refused for what it is

    def test_another_key_and_another_checkpoint_verify_nothing(self):
        seen = self.seen["forged"]["page"]
        self.assertEqual((seen["good"], len(seen["bad"])), (0, 500))
        self.assertIn("not verified: its key is not in this page", seen["said"])
        self.assertEqual(seen["log"], "checkpoint NOT valid")

    def test_a_withdrawn_alert_says_so(self):
        rows = [row for row in ROW.finditer(self.page) if b'data-t="withdrawn"' in row.group(0)]
        by = [row.group(0) for row in ROW.finditer(self.page)
              if b'data-t="type_alert_retracted"' in row.group(0)]
        self.assertEqual((len(rows), len(by)), (1, 1))
        self.assertIn(rows[0].group(1).decode(), by[0].split(b"<script")[0].decode())

    def test_a_browser_without_ed25519_claims_nothing(self):
        seen = self.seen["unable"]["page"]
        self.assertIn("This browser cannot verify", seen["verdict"])
        self.assertEqual((seen["good"], seen["bad"]), (0, []))
        self.assertEqual(set(seen["said"]), {"not verified here"})

    def test_what_a_list_says_stays_text(self):
        for seen in (self.seen["whole"]["page"], self.seen["korean"]["after"]):
            self.assertEqual((seen["scripts"], seen["pwned"]), (1, "undefined"))
        self.assertTrue(b"&lt;/script&gt;" in self.page)
        self.assertFalse(b"<script>window" in self.page)
        self.assertTrue(b"\\u202e" in self.page)

    def test_three_languages_without_verifying_again(self):
        for name, lang, word in (("korean", "ko", "500"), ("french", "fr", "500 alertes sur 500")):
            seen = self.seen[name]["after"]
            self.assertEqual(seen["lang"], lang)
            self.assertIn(word, seen["verdict"])
            self.assertEqual(seen["good"], 500)
            self.assertNotEqual(seen["title"], self.seen["whole"]["page"]["title"])

    def test_a_filter_shows_one_case(self):
        rows = [row.group(0) for row in ROW.finditer(self.page)]
        wanted = sum(b'data-f="case">theft-03<' in row for row in rows)
        self.assertEqual(self.seen["french"]["after"]["shown"], wanted)
        self.assertGreater(wanted, 5)

    def test_the_keyboard_reaches_everything_in_order(self):
        reached = self.seen["whole"]["done"][0]
        self.assertEqual(reached[:4], ["#main", "lang", "theme", "#changes"])
        self.assertIn("#proof", reached)
        self.assertTrue(any(one.startswith("#a-") for one in reached), reached)

    def test_a_screen_reader_hears_regions_and_headings(self):
        heard = self.seen["whole"]["done"][1]
        self.assertIn('region "What changed"', heard)
        self.assertIn('heading "What changed" [level=2]', heard)

    def test_dark_by_the_system_and_by_choice(self):
        self.assertEqual(self.seen["whole"]["page"]["paper"], "rgb(255, 255, 255)")
        self.assertEqual(self.seen["dark"]["page"]["paper"], "rgb(20, 23, 27)")
        self.assertEqual(self.seen["french"]["after"]["paper"], "rgb(20, 23, 27)")

    def test_a_telephone_needs_no_sideways_scrolling(self):
        self.assertEqual(self.seen["dark"]["page"]["wide"], 0)

    def test_without_script_it_can_be_read_and_claims_nothing(self):
        text = self.seen["plain"]["text"]
        self.assertIn("Not verified here", text)
        self.assertIn("theft-03", text)
        self.assertNotIn("alerts verified", text)

    def test_a_saved_alert_is_the_one_that_verify_takes(self):
        saved = self.seen["french"]["done"][1]
        path = self.base / saved["name"]
        path.write_text(saved["bytes"])
        done = self.state.home.run("verify", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        exported = self.state.home.run("alert", "export", saved["name"][:36])
        self.assertEqual(exported.stdout, saved["bytes"])

    def test_it_can_be_printed(self):
        self.assertGreater(self.seen["korean"]["done"][1], 100000)

    def test_paper_shows_what_a_filter_hides(self):
        paper, screen = self.seen["french"]["done"][5]
        self.assertEqual((paper, screen), (500, self.seen["french"]["after"]["shown"]))


def pictures():
    """The pictures of docs/report.md, of a smaller state."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = state.State(feeds=12, cases=8, alerts=60)
    file = made.home.base / "report.html"
    assert made.home.run("report", "--output", file, "--since", "2030-10-20").returncode == 0
    whole = file.read_bytes()
    bad = made.home.base / "changed.html"
    page, victims = changed(whole, "payload")
    bad.write_bytes(page)

    def shot(name, media=None, at=None):
        return {"path": str(PICTURES / (name + ".png")), "media": media, "at": at}

    browse(made.home.base, [
        {"name": "light", "file": str(file), "shots": [shot("light")]},
        {"name": "dark", "file": str(file), "options": {"colorScheme": "dark"},
         "shots": [shot("dark", at="#timeline")]},
        {"name": "korean", "file": str(file), "todo": [["lang", "ko"]], "shots": [shot("korean")]},
        {"name": "changed", "file": str(bad), "todo": [["text", victims["payload"]]],
         "shots": [shot("changed", at="#alerts")]},
        {"name": "print", "file": str(file), "options": {"viewport": {"width": 794, "height": 1123}},
         "shots": [shot("print", media={"media": "print"})]},
    ])
    made.home.close()


if __name__ == "__main__":
    why = install() if not harness.is_instrumented() else \
        "what is tested here is the page, and other tests make it under sanitizers"
    if why is not None:
        print("skipped:", why)
        sys.exit(npm.SKIPPED)
    if PICTURES is not None:
        pictures()
        sys.exit(0)
    harness.main()
