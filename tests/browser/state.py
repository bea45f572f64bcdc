"""state: a home with a past, made by the real program: 30 lists, 25 cases, 500 alerts about addresses, and a
few about lists.

Scans on a few days of one autumn, each of which changes lists; a list that fails, one that is held, an
entry that is renamed, addresses that leave. Nothing is written into the database by hand.
"""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

DAYS = ["2030-09-02", "2030-09-09", "2030-09-14", "2030-09-21", "2030-09-30", "2030-10-05",
        "2030-10-12", "2030-10-19", "2030-10-27", "2030-11-03"]
NOW = "2030-11-05T09:30:00Z"
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HOSTILE = "</script><script>window.pwned=1</script> \u202e&\"'<!-- \u0627\u0644\u0627\u0633\u0645"


def evm(number):
    return "0x" + hashlib.sha256(b"evm %d" % number).hexdigest()[:40]


def bitcoin(number):
    raw = b"\0" + hashlib.sha256(b"btc %d" % number).digest()[:20]
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    value, text = int.from_bytes(raw, "big"), ""
    while value > 0:
        value, digit = divmod(value, 58)
        text = ALPHABET[digit] + text
    return "1" + text


def address(number):
    return bitcoin(number) if number % 3 == 0 else evm(number)


class Home(harness.Home):
    """Its keys were made before its first scan."""

    def env(self):
        return {"CRYPTOWATCH_TEST_NOW": "2030-09-01T00:00:00Z", **super().env()}


class State:
    """home.run("report", ...) is then what a test wants. `alerts` are those about addresses."""

    def __init__(self, feeds=30, cases=25, alerts=500):
        self.home = Home()
        self.feeds, self.cases = feeds, cases
        delisted = alerts // 10
        self.listed = alerts - delisted
        self.lists = self.home.base / "lists"
        self.lists.mkdir(exist_ok=True)
        # nobody answers there: deliveries wait, as they do behind a firewall
        self.home.configure(heartbeat_every="20d", endpoints=[
            {"id": "soc", "url": "https://receiver.example/hook"},
            {"id": "desk", "url": "https://desk.example/hook", "min_severity": "high"}])
        self.make_files()
        for number, day in enumerate(DAYS):
            self.write_lists(number, delisted)
            self.home.now = day + "T06:00:00Z"
            self.scan(number)
        self.home.now = NOW
        self.withdraw_and_rotate()

    def make_files(self):
        severities = ("critical", "high", "medium", "low")
        for number in range(self.feeds):
            path = self.lists / ("list-%02d.json" % number)
            self.home.feed("list-%02d" % number, path.as_uri(), "json", stale_after="10d",
                           publisher="Example Office %d" % number, every="1d",
                           removed_max_percent=15 if number == 5 else 100,
                           format_options={"address_key": "address",
                                           "entry_name_key": "name"})
        for number in range(self.cases):
            mine = range(number, self.listed, self.cases)
            unlisted = [evm(100000 + number * 4 + i) for i in range(4)]
            self.home.rule("theft-%02d" % number, [address(i) for i in mine] + unlisted,
                           title="Example theft %d" % number, severity=severities[number % 4],
                           summary="An example: %d addresses." % (len(mine) + 4))

    def withdraw_and_rotate(self):
        told = self.home.run("alert", "list", "--case", "theft-01").stdout.splitlines()
        alert = told[-1].split()[0]
        for command in (["alert", "retract", alert, "--reason", "the rule named a wrong address"],
                        ["key", "rotate"]):
            done = self.home.run(*command)
            assert done.returncode == 0, done.stderr

    def write_lists(self, day, delisted):
        """An address appears on a day of its own; the first `delisted` of them leave on the last."""
        for number in range(self.feeds):
            entries = [{"address": evm(200000 + number * 20 + i), "name": "EXAMPLE BYSTANDER"}
                       for i in range(20)]
            for i in range(number, self.listed, self.feeds):
                is_gone = i < delisted and day == len(DAYS) - 1
                if hashlib.sha256(b"%d" % i).digest()[0] % (len(DAYS) - 1) <= day and not is_gone:
                    name = HOSTILE if i % 90 == 57 else "EXAMPLE PARTY %d" % (i % 17)
                    if i % 20 == 15 and day > 6:
                        name += " LIMITED"
                    entries.append({"address": address(i), "name": name})
            if number == 5 and day == len(DAYS) - 1:
                entries = entries[:2]  # shrunk by more than is believed: held
            path = self.lists / ("list-%02d.json" % number)
            path.write_text(json.dumps(entries))

    def scan(self, day):
        broken = self.lists / "list-03.json"
        if day in (4, 5, 6):
            broken.unlink()  # three scans in a row cannot read it: an alert of its own
        code, report, stderr = self.home.scan("--force", "--no-deliver")
        assert code in (0, 20), stderr
        return report
