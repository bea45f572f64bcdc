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


harness.main()
