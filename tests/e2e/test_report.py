"""`cryptowatch report`: one page that loads nothing, escapes everything, and is replaced whole."""
import base64
import hashlib
import html.parser
import json
import re
import resource
import subprocess
import unittest

import harness

NOW, LATER = "2030-11-05T09:30:00Z", "2030-11-06T09:30:00Z"
BORN = "2030-09-01T00:00:00Z"
VOID = {"meta", "input", "br"}
SHAPES = {"path", "circle"}
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\x00-\x08\x0b-\x1f\x7f-\x9f]")
POLICY = ("default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'; "
          "require-trusted-types-for 'script'; trusted-types 'none'")
HOSTILE = ["</script><script>pwned=1</script>", "<!--<script>", "\"><img src=x onerror=pwned=1>",
           "' onmouseover='pwned=1", "\u202etxt.exe", "\u2028\u2029", "a\u0007b\u009b31m",
           "&lt;b&gt;", "]]>", "javascript:pwned=1", "\ufeff\u200f", "\U0001f4a9 \u0130\u0131 \ufffd",
           "{0}|{1}", "<svg/onload=pwned=1>", "</title></style></textarea>"]


def evm(number):
    return "0x" + hashlib.sha256(b"%d" % number).hexdigest()[:40]


class Page(html.parser.HTMLParser):
    """What a browser makes of the bytes, strictly: every element is closed in its order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.words, self.raw = [], [], [], {}
        self.faults = []
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append("left open: %s" % self.open)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        self.tags.append((tag, dict(attributes)))
        if len(names) != len(set(names)):
            self.faults.append("an attribute stands twice in %s" % tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in SHAPES:
            self.faults.append("%s ends itself" % tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("%s ends what it did not begin" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.raw.setdefault(self.open[-1], []).append((self.tags[-1][1], data))
        else:
            self.words.append(data)

    def text(self):
        return "".join(self.words)

    def json(self, name):
        return next(json.loads(data) for attributes, data in self.raw["script"]
                    if attributes.get("id") == name)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lists = harness.ListServer()

    @classmethod
    def tearDownClass(cls):
        cls.lists.close()

    def setUp(self):
        self.home = Home()
        self.home.configure(allow_private_hosts=["127.0.0.1"],
                            endpoints=[{"id": "soc", "url": "https://receiver.example/hook"}])
        self.home.now = NOW
        self.file = self.home.base / "report.html"

    def tearDown(self):
        self.home.close()

    def report(self, *options, expect=0):
        done = self.home.run("report", "--output", self.file, "--json", *options)
        self.assertEqual(done.returncode, expect, done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def page(self, *options):
        self.report(*options)
        page = Page(self.file.read_text())
        self.assertEqual(page.faults, [])
        return page

    def scan(self):
        code, report, stderr = self.home.scan("--force", "--no-deliver")
        self.assertIn(code, (0, 20), stderr)
        return report


class Home(harness.Home):
    """Its keys are in force when the tests play."""

    def env(self):
        return {"CRYPTOWATCH_TEST_NOW": BORN, **super().env()}


class Form(Report):
    def make(self):
        entries = [{"address": evm(i), "name": "PARTY"} for i in range(3)]
        self.home.feed("list", self.lists.put("/l", json.dumps(entries)), "json",
                       format_options={"address_key": "address", "entry_name_key": "name"})
        self.home.rule("theft", [evm(0), evm(1), evm(7)])
        self.scan()

    def test_a_page_is_well_formed_and_loads_nothing(self):
        self.make()
        page = self.page()
        for tag, attributes in page.tags:
            self.assertNotIn(tag, ("link", "img", "iframe", "object", "embed", "form", "base", "image",
                                   "video", "audio", "use"))
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on") or name in ("src", "style", "srcset"), name)
                if name == "href" and not value.startswith("#"):
                    self.assertEqual(value, "https://reports.example/theft")
                    self.assertEqual(attributes["rel"], "noreferrer noopener")
        style = page.raw["style"][0][1]
        self.assertNotRegex(style, r"url\(|@import|@font-face")
        script = page.raw["script"][-1][1]
        self.assertNotRegex(script, r"fetch\(|XMLHttp|WebSocket|innerHTML|outerHTML|document\.write"
                                    r"|insertAdjacentHTML|eval\(|Function\(|import\(|sendBeacon|https?:")

    def test_the_policy_names_the_very_bytes(self):
        self.make()
        page = self.page()

        def name(text):
            return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

        running = [data for attributes, data in page.raw["script"] if "type" not in attributes]
        self.assertEqual((len(running), len(page.raw["style"])), (1, 1))
        policy = next(a["content"] for tag, a in page.tags
                      if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
        self.assertEqual(policy, POLICY % (name(running[0]), name(page.raw["style"][0][1])))

    def test_ids_are_unique_and_every_reference_resolves(self):
        self.make()
        page = self.page("--since", "2030-01-01")
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        self.assertEqual(len(ids), len(set(ids)))
        for _, attributes in page.tags:
            if attributes.get("href", "").startswith("#"):
                self.assertIn(attributes["href"][1:], ids)
            for one in attributes.get("aria-labelledby", "").split():
                self.assertIn(one, ids)

    def test_it_carries_the_stored_signature_and_the_public_key(self):
        self.make()
        page = self.page()
        jws = [json.loads(data) for attributes, data in page.raw["script"]
               if attributes.get("type") == "application/json" and "id" not in attributes]
        listed = self.home.run("alert", "list", "--json").stdout.splitlines()
        self.assertEqual(len(jws), len(listed))
        for one, line in zip(jws, reversed(listed)):
            exported = self.home.run("alert", "export", json.loads(line)["id"]).stdout
            self.assertEqual(json.loads(exported), one)
        shown = json.loads(self.home.run("key", "show", "--format", "jwks").stdout)
        self.assertEqual(page.json("data-keys"), shown)

    def test_what_is_said_is_true_of_the_file(self):
        self.make()
        told = self.report()
        page = self.file.read_bytes()
        self.assertEqual(told["bytes"], len(page))
        self.assertEqual(told["sha256"], hashlib.sha256(page).hexdigest())
        self.assertEqual((told["alerts"], told["feeds"], told["cases"]), (2, 1, 1))
        out = self.home.run("report", "--output", "-", "--since", told["since"])
        self.assertEqual(out.stdout.encode(), page)

    def test_cases_say_where_each_address_is_listed(self):
        self.make()
        text = self.page().text()
        self.assertIn("3 addresses, 2 on a list", text)
        self.assertIn(evm(7), text)
        self.assertIn("on no list", text)

    def test_a_home_without_a_scan_has_a_page(self):
        text = self.page().text()
        self.assertIn("No alerts in this page", text)
        self.assertIn("There are no cases.", text)


class Hostile(Report):
    def test_nothing_of_a_list_becomes_markup(self):
        entries = [{"address": evm(i), "name": name} for i, name in enumerate(HOSTILE)]
        self.home.feed("list", self.lists.put("/l", json.dumps(entries)), "json",
                       publisher="<b>Office</b> & \"Co\"",
                       format_options={"address_key": "address", "entry_name_key": "name"})
        self.home.feed("gone", self.lists.put("/g", "x", status=404), title="<i>")
        self.home.rule("theft", [evm(i) for i in range(len(HOSTILE))], title="</script> & <b>\"'",
                       summary="<script>pwned=1</script>",
                       reported=[{"id": "r1", "title": "<u>'\"", "publisher": "&amp;",
                                  "url": "https://reports.example/?a=1&lt;b=2"}])
        self.scan()
        page = self.page()
        raw = self.file.read_text()
        self.assertIsNone(BIDI.search(raw))
        scripts = [attributes for attributes, _ in page.raw["script"]]
        self.assertEqual([one for one in scripts if one.get("type") != "application/json"], [{}])
        self.assertEqual({tag for tag, _ in page.tags} & {"img", "u", "i", "svg/onload"}, set())
        self.assertIn("<script>pwned=1</script>", page.text())
        self.assertIn("\\u202etxt.exe", page.text())
        self.assertIn("</script><script>pwned=1</script>", page.text())
        for attributes, data in page.raw["script"]:
            if attributes.get("type") == "application/json":
                json.loads(data)
                self.assertNotRegex(data, "[<>&]")

    def test_a_url_that_is_no_https_is_no_link(self):
        self.home.rule("theft", [evm(0)], reported=[
            {"id": "r1", "title": "Example report", "publisher": "Example Press",
             "url": "http://reports.example/theft", "published": "2026-11-02"}])
        links = [a["href"] for tag, a in self.page().tags if tag == "a"]
        self.assertTrue(all(one.startswith("#") for one in links), links)


class Languages(Report):
    def test_three_languages_are_complete(self):
        texts = self.page().json("data-texts")
        self.assertEqual(sorted(texts), ["en", "fr", "ko"])
        for key, english in texts["en"].items():
            for lang in ("fr", "ko"):
                other = texts[lang].get(key, "")
                self.assertTrue(other.strip(), (lang, key))
                self.assertEqual(sorted(re.findall(r"\{\d\}", other)),
                                 sorted(re.findall(r"\{\d\}", english)), (lang, key))
        self.assertEqual(*[sorted(texts[lang]) for lang in ("fr", "ko")])

    def test_a_page_begins_in_the_language_that_was_asked_for(self):
        for lang in ("en", "fr", "ko"):
            page = self.page("--lang", lang)
            self.assertEqual(page.tags[0][1]["lang"], lang)
            self.assertIn(page.json("data-texts")[lang]["cases_none"], page.text())

    def test_every_word_on_the_page_is_known_to_the_script(self):
        page = self.page()
        keys = page.json("data-texts")["en"]
        for _, attributes in page.tags:
            for name in ("data-t", "data-l"):
                self.assertIn(attributes.get(name, "title"), keys)
        script = page.raw["script"][-1][1]
        for key in re.findall(r'(?:say\([^,]+, |tellAll\(|Fault\()"(\w+)"', script):
            self.assertIn(key, keys)


class Choice(Report):
    def test_changed_counts_from_the_report_before(self):
        self.assertEqual(self.report()["since"], "2030-10-29T09:30:00Z")
        self.home.now = LATER
        self.assertEqual(self.report()["since"], NOW)
        self.file.write_text("<!DOCTYPE html>\n<html lang=\"en\">\nsomebody else's")
        self.assertEqual(self.report()["since"], "2030-10-30T09:30:00Z")
        self.assertEqual(self.report("--since", "2030-01-02")["since"], "2030-01-02T00:00:00Z")

    def test_a_report_of_the_future_is_none_to_count_from(self):
        self.home.now = "2099-01-01T00:00:00Z"
        self.report()
        self.home.now = NOW
        done = self.home.run("report", "--output", self.file, "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["since"]), (0, "2030-10-29T09:30:00Z"))
        self.assertIn("2099-01-01T00:00:00Z, which has not come yet", done.stderr)
        self.assertIn("2030-10-29T09:30:00Z", done.stderr)
        done = self.home.run("report", "--output", self.file, "--json")  # which was made just now
        self.assertEqual((done.stderr, json.loads(done.stdout)["since"]), ("", NOW))

    def test_nothing_is_newer_than_the_future(self):
        self.report()
        before = self.file.read_bytes()
        for since in ("2099-01-01", "2030-11-06", "2030-11-05T09:30:01Z"):
            self.assertIn("--since %s: has not come yet" % since, self.report("--since", since, expect=64))
        self.assertEqual(self.file.read_bytes(), before)
        for since in ("2030-11-05", NOW):
            self.assertEqual(self.report("--since", since)["since"][:10], "2030-11-05")

    def test_what_is_marked_higher_is_left_out_and_counted(self):
        self.home.feed("list", self.lists.put("/l", "%s\n%s\n" % (evm(0), evm(1))))
        self.home.rule("open-case", [evm(0)], tlp="green")
        self.home.rule("closed-case", [evm(1)], tlp="amber")
        self.scan()
        whole = self.page()
        self.assertIn("TLP:AMBER", whole.text())
        self.assertIn("closed-case", whole.text())
        page = self.page("--max-tlp", "green")
        self.assertIn("Left out because of their marking: 1 alerts, 1 cases.", page.text())
        for secret in ("closed-case", evm(1), "TLP:AMBER"):
            self.assertNotIn(secret, self.file.read_text())

    def test_what_is_ours_alone_is_not_on_a_page_to_pass_on(self):
        self.home.configure(endpoints=[{"id": "soc-by-the-river", "url": "https://receiver.example/hook"}])
        self.home.feed("list", self.lists.put("/l", evm(0) + "\n"))
        self.home.feed("local", "file:///srv/secret-folder/none.txt")
        self.home.rule("open-case", [evm(0)], tlp="clear")
        for hour in range(10, 20):  # it fails so often that there is an alert of it
            self.home.now = "2030-11-05T%d:30:00Z" % hour
            self.scan()
        alerts = [json.loads(line) for line in self.home.run("alert", "list", "--json").stdout.splitlines()]
        failed = next(alert["id"] for alert in alerts if alert["type"] == "cryptowatch.feed.failed")
        ours = ("soc-by-the-river", "secret-folder", "cannot open", failed, ">deliveries given up<")
        for options in ((), ("--max-tlp", "amber")):
            page = self.page(*options)
            for word in ours:
                self.assertIn(word, self.file.read_text())
            self.assertIn("TLP:AMBER", page.text())  # they may not be published
        for tlp in ("green", "clear"):
            page = self.page("--max-tlp", tlp)
            for word in ours:
                self.assertNotIn(word, self.file.read_text())
            self.assertIn("open-case", page.text())
            self.assertIn("Left out, because this page may be passed on", page.text())
            self.assertNotIn("TLP:AMBER", page.text())

    def test_mistakes_are_said_before_anything_is_done(self):
        for options in ([], ["--output", ""], ["--output", "x", "y"],
                        ["--output", "x", "--lang", "de"], ["--output", "x", "--since", "today"],
                        ["--output", "x", "--max-tlp", "white"]):
            done = self.home.run("report", *options)
            self.assertEqual(done.returncode, 64, options)
            self.assertEqual(done.stdout, "")


class Writing(Report):
    def left_over(self):
        return [one.name for one in self.home.base.iterdir() if one.name.startswith(".cw-")]

    def test_a_page_that_cannot_be_written_leaves_the_one_before(self):
        self.report()
        before = self.file.read_bytes()

        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        done = subprocess.run(self.home.command("report", "--output", self.file), text=True,
                              capture_output=True, env=self.home.env(), preexec_fn=small_files,
                              restore_signals=False)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("report.html", done.stderr)
        self.assertEqual(self.file.read_bytes(), before)
        self.assertEqual(self.left_over(), [])

    def test_a_full_device_is_said(self):
        for name in ("/dev/full", "-"):
            with open("/dev/full", "w") as full:
                done = subprocess.run(self.home.command("report", "--output", name), text=True,
                                      stdout=full, stderr=subprocess.PIPE, env=self.home.env())
            self.assertEqual(done.returncode, 74, (name, done.stderr))

    def test_a_folder_that_is_missing_is_said(self):
        self.file = self.home.base / "none" / "report.html"
        self.assertIn("none/report.html", self.report(expect=73))

    def test_the_same_state_gives_the_same_bytes(self):
        first = self.report("--since", "2030-01-02")["sha256"]
        self.assertEqual(self.report("--since", "2030-01-02")["sha256"], first)


class Limits(Report):
    def cases(self, first, last, **members):
        for number in range(first, last):
            self.home.rule("case-%03d" % number, [evm(0)], **members)
        self.scan()

    def test_alerts_and_rows_of_the_timeline_are_bounded(self):
        self.home.feed("list", self.lists.put("/l", evm(0) + "\n"))
        self.cases(0, 200)
        self.assertNotIn("older rows", self.page().text())
        self.cases(200, 201)
        self.assertIn("1 older rows are not shown", self.page().text())
        self.cases(201, 500)
        told = self.report()
        self.assertEqual((told["alerts"], told["alerts_left_out"]), (500, 0))
        self.cases(500, 501)
        told = self.report()
        self.assertEqual((told["alerts"], told["alerts_left_out"]), (500, 1))
        self.assertIn("1 older alerts are not in this page", self.page().text())

    def test_addresses_are_bounded_and_listed_ones_come_first(self):
        addresses = self.home.path / "rules" / "many.txt"
        self.home.feed("list", self.lists.put("/l", evm(2000) + "\n"))
        for count in (2000, 2001):
            addresses.write_text("".join(evm(i) + "\n" for i in range(2000, 2000 - count, -1)))
            self.home.rule("theft", [], addresses_file="many.txt")
            self.scan()
            page = self.page()
            rows = sum(1 for tag, a in page.tags if tag == "th" and a.get("scope") == "row")
            self.assertGreaterEqual(rows, 2000)
            self.assertIn("%d addresses, 1 on a list" % count, page.text())
            self.assertIn(evm(2000), page.text())
            self.assertEqual("1 more addresses are not shown" in page.text(), count == 2001)

    def test_a_page_never_has_more_bytes(self):
        self.home.feed("list", self.lists.put("/l", evm(0) + "\n"))
        self.cases(0, 260, reported=[
            {"id": "r%d" % i, "title": "T" * 250, "publisher": "P", "published": "2026-11-02",
             "url": "https://reports.example/" + "u" * 900} for i in range(10)])
        told = self.report()
        self.assertLessEqual(told["bytes"], 3000000)
        self.assertGreater(told["bytes"], 2950000)
        self.assertEqual(told["alerts"] + told["alerts_left_out"], 260)
        self.assertGreater(told["alerts_left_out"], 0)
        self.assertGreater(told["alerts"], 50)
        self.assertLess(told["cases"], 260)
        self.assertIn("%d more cases are not in this page" % (260 - told["cases"]), self.page().text())


if __name__ == "__main__":
    harness.main()
