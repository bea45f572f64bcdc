"""scenes: which command is disturbed, on which ground.

What writes (a scan, a delivery) is judged by what the runs after it make of it; what only reads, by
its answer and by the files, which must be the same as before.
"""
import gzip
import json

import ground
import judge


class Scene:
    """first: a scan of a home that never saw one."""
    command = ("scan", "--force")
    wanted = {}          # members of every endpoint
    is_remote = False    # the lists lie on a web server
    who = "main"         # whose program runs
    is_partial = False   # of several inputs it may answer some, and name the others on stderr
    is_told = False      # the answer, in words on stdout, is the reason of its exit code
    reference, judge = judge.Reference, staticmethod(judge.judge)

    def prepare(self, place):
        half = ground.ALERTS // 2
        place.write_lists(ground.CASE[:half], ground.CASE[half:])

    def line(self, place):
        """The command line that is disturbed."""
        return place.home.command(*self.command)


class Later(Scene):
    """One scan has seen both lists and told of what nobody is to be sent, since when the 20
    addresses were added to them."""
    # What the first scan of a list finds is told more softly: there, everything is wanted.
    wanted = {"min_severity": "high"}

    def prepare(self, place):
        half, known = ground.ALERTS // 2, ground.earlier()
        place.home.rule("earlier", known, severity="low")
        place.write_lists(known, [])
        place.run_well("scan", "--force", now=ground.BEFORE)
        place.write_lists(known + ground.CASE[:half], ground.CASE[half:])


class Web(Scene):
    """first, with its lists on a web server whose name must be resolved."""
    is_remote = True


class Deliver(Scene):
    """A scan found both endpoints closed; a day later all 20 alerts are due."""
    command = ("deliver",)

    def prepare(self, place):
        super().prepare(place)
        place.receivers.status = 503
        done = place.run("scan", "--force", now=ground.BEFORE)
        assert done.returncode == 0, done.stderr
        place.receivers.status = 204


class WebDeliver(Deliver):
    is_remote = True


class Reading(Scene):
    """After an undisturbed scan, a command that only reads."""
    reference, judge = judge.Answer, staticmethod(judge.judge_answer)

    def prepare(self, place):
        super().prepare(place)
        place.run_well("scan", "--force", now=ground.BEFORE)


class Check(Reading):
    command = ("check", "--json", ground.BYSTANDER[0], ground.STRANGER)


class CheckClear(Reading):
    command = ("check", ground.STRANGER)


class Screen(Reading):
    """Two files, one packed, with a hit in each; the second is unpacked by the parser program."""
    is_partial = True

    def prepare(self, place):
        super().prepare(place)
        lines = ["%d,%s,sent\n" % (i, ground.address(5000 + i)) for i in range(3000)]
        lines[1500] = "x %s\n" % ground.BYSTANDER[0]
        (place.base / "plain.csv").write_text("".join(lines))
        lines[2900] = "y %s\n" % ground.CASE[0]
        (place.base / "packed.csv.gz").write_bytes(gzip.compress("".join(lines).encode()))

    def line(self, place):
        return place.home.command("screen", "--json", place.base / "plain.csv",
                                  place.base / "packed.csv.gz")


class LogVerify(Reading):
    is_told = True
    command = ("log", "verify")


class AlertList(Reading):
    command = ("alert", "list", "--json")


class Report(Reading):
    command = ("report", "--output", "-", "--since", "2026-01-01")


class Verify(Reading):
    is_told = True

    def prepare(self, place):
        super().prepare(place)
        listed = place.run_well("alert", "list", "--json").stdout.splitlines()
        exported = place.run_well("alert", "export", json.loads(listed[0])["id"])
        (place.base / "alert.jws.json").write_text(exported.stdout)

    def line(self, place):
        return place.home.command("verify", place.base / "alert.jws.json")


class Index(Reading):
    who = "index"

    def line(self, place):
        return [str(ground.harness.BIN / "verify_index"), str(place.path / "state/index/1")]


SCENES = {"first": Scene, "later": Later, "web": Web, "deliver": Deliver,
          "web-deliver": WebDeliver, "check": Check, "check-clear": CheckClear, "screen": Screen,
          "log-verify": LogVerify, "alert-list": AlertList, "report": Report, "verify": Verify,
          "index": Index}


def make(name):
    return ground.Ground(ground.harness.BIN / "kill_at", SCENES[name]())
