"""A clock that was wrong for a while: what it wrote down holds nothing up once it is right again."""
import harness

RIGHT, LATER = "2031-03-02T00:00:00Z", "2031-03-02T01:00:00Z"
AHEAD, BEHIND, BEFORE_US = "2041-03-02T00:00:00Z", "2030-03-02T00:00:00Z", "2019-03-02T00:00:00Z"
CASE = "0x%040x" % 0xabcdef123456
BYSTANDER = "0x%040x" % 0xfedcba654321


class Clock(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.feed("one", self.lists.put("/one", "%s\n%s\n" % (CASE, BYSTANDER)), every="1d")
        self.home.rule("theft", [CASE])

    def scan(self, now, *options, expect=0):
        self.home.now = now
        code, report, stderr = self.home.scan(*options)
        self.assertEqual(code, expect, stderr)
        return report

    def asked(self):
        count = len(self.lists.requests)
        self.lists.requests.clear()
        return count

    def check(self, now):
        self.home.now = now
        code, answers = self.home.check(BYSTANDER)
        return code, answers[0]


class Lists(Clock):
    def test_a_list_seen_in_the_future_is_fetched_again_whole(self):
        self.scan(AHEAD)
        self.asked()
        self.scan(RIGHT)
        self.assertEqual([("If-None-Match" in headers) for _, headers in self.lists.requests],
                         [False])
        self.asked()
        self.scan(LATER)
        self.assertEqual(self.asked(), 0)  # not due for a day, as ever

    def test_a_server_is_not_left_alone_for_years(self):
        self.scan(RIGHT)
        self.lists.put("/one", "busy", status=503, headers={"Retry-After": "600"})
        self.scan(AHEAD, "--force", expect=20)
        self.asked()
        self.scan(RIGHT, expect=20)
        self.assertEqual(self.asked(), 1)
        self.scan("2031-03-02T00:05:00Z", "--force", expect=20)
        self.assertEqual(self.asked(), 0)  # ten minutes of the right clock are kept

    def test_a_hold_lasts_two_days_of_the_right_clock(self):
        many = ["0x%040x" % number for number in range(1, 41)]
        self.home.feed("one", "http://%s/one" % self.lists.host, removed_max_percent=15)
        self.lists.put("/one", "\n".join(many) + "\n")
        self.scan("2031-03-01T00:00:00Z")
        self.lists.put("/one", "\n".join(many[:25]) + "\n")
        self.scan(AHEAD, expect=20)
        for now, expect in ((RIGHT, 20), ("2031-03-03T23:00:00Z", 20), ("2031-03-04T00:01:00Z", 0)):
            self.scan(now, expect=expect)


class Signs(Clock):
    def heartbeats(self):
        self.home.now = LATER
        listed = self.home.run("alert", "list", "--json").stdout
        return listed.count('"heartbeat"') + listed.count(".heartbeat")

    def test_heartbeats_go_on_when_one_was_sent_in_the_future(self):
        self.home.configure(heartbeat_every="1d")
        for now, expect in ((AHEAD, 1), (RIGHT, 2), (LATER, 2)):
            self.scan(now)
            self.assertEqual(self.heartbeats(), expect, now)

    def test_nothing_is_fetched_signed_or_sent_before_the_program_was_made(self):
        self.home.now = BEFORE_US
        for command in (("scan",), ("deliver",), ("check", "--receipt",
                                                  self.home.base / "receipt.json", CASE)):
            done = self.home.run(*command)
            self.assertNotIn(done.returncode, (0, 20), command)
            self.assertIn("the clock of this machine says 2019-03-02", done.stderr)
        self.assertEqual(self.asked(), 0)
        self.scan(RIGHT)

    def test_check_never_calls_fresh_what_it_cannot_date(self):
        self.home.feed("one", "http://%s/one" % self.lists.host, stale_after="3d")
        self.scan(RIGHT)
        other = "0x%040x" % 7
        for now, expect, word in (("2031-03-02T00:05:00Z", 0, ""), (AHEAD, 20, "stale"),
                                  (BEHIND, 20, "clock"), (BEFORE_US, 20, "clock")):
            self.home.now = now
            code, answers = self.home.check(other)
            self.assertEqual(code, expect, now)
            self.assertIn(word, " ".join(answers[0].get("reasons", [])))


harness.main()
