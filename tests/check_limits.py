"""check_limits ROOT: docs/limits.md says what src/base/limits.h says, and names tests that exist."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "tests/e2e"))
import limits  # noqa: E402

ROW = re.compile(r"^\| `(CW_\w+)` \| ([0-9,]+) \| (.*) \| (.*) \|$", re.M)
IN_FILE = re.compile(r'`((?:unit|e2e)/[\w.]+)` "([^"]+)"')
FIXTURE = re.compile(r"`(fixtures/[\w./-]+)`")


def faults():
    rows = ROW.findall((ROOT / "docs/limits.md").read_text())
    told = [(name, int(value.replace(",", "")), words) for name, value, words, _ in rows]
    real = limits.rows(ROOT)
    for row in real:
        if row not in told:
            yield "limits.h has %s = %d: %s" % row
    for row in told:
        if row not in real:
            yield "limits.md has %s = %d: %s" % row
    if not (told == real or set(told) != set(real)):
        yield "limits.md has another order than limits.h"
    for name, _, _, shown in rows:
        tests = IN_FILE.findall(shown)
        fixtures = FIXTURE.findall(shown)
        if not tests and not fixtures and not shown.startswith("no edge"):
            yield "%s: no test and no reason: %s" % (name, shown)
        for file, words in tests:
            path = ROOT / "tests" / file
            if not path.exists() or words not in path.read_text():
                yield "%s: tests/%s has no %r" % (name, file, words)
        for path in fixtures:
            if not (ROOT / "tests" / path).exists():
                yield "%s: there is no tests/%s" % (name, path)


found = list(faults())
for fault in found:
    print(fault)
print("limits: %d, %d faults" % (len(limits.rows(ROOT)), len(found)))
sys.exit(1 if found else 0)
