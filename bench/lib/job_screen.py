"""screen: which lines of a file touch a listed address, at how many bytes a second."""
import os

import data
import measure
from rows import NOT_INSTALLED, measured
from table import bound_of, comparison, goal, quotient, row, value_of

TITLE = "Screening a file"
SCALED_BYTES = 10_700_000  # for our slow depths
OURS = "cryptowatch screen, 1 thread"
OURS_MORE = "cryptowatch screen, 2 threads"
ENGINE_ONE, ENGINE_EVERY = "cryptowatch engine, one spelling", "cryptowatch engine, every spelling"
PYTHON_SET = """
import re, sys
listed = set(open(sys.argv[1], 'rb').read().split(b'\\n')) - {b''}
word = re.compile(rb'[0-9A-Za-z:_-]{25,}')
hits = 0
for line in open(sys.argv[2], 'rb'):
    for token in word.findall(line):
        if token in listed:
            hits += 1
            break
print(hits)
"""
GAWK_SET = ("NR == FNR { listed[$0] = 1; next } "
            "{ for (i = 1; i <= NF; i++) if ($i in listed) { hits++; next } } END { print hits }")
DUCKDB = measure.ROOT / "bench" / "programs" / "duckdb_screen.mjs"


def speed(name, argv, path, runs, note=None, **options):
    """Gigabytes a second over a file; what it printed is kept as the number of hits."""
    size = os.path.getsize(path)
    found = measured(name, argv, runs, lambda seconds: size / seconds / 1e9, note, **options)
    said = found.pop("said", [])
    found["hits"] = int(said[0]) if said and said[0].isdigit() else None
    return found


def scaled_note(small):
    return f"on {os.path.getsize(small) / 1e6:.0f} MB of it"


def our_rows(count, path, small, runs):
    """The two that are compared, and the two depths that find what they leave out."""
    def ours(name, file, *options, note=None):
        return speed(name, [cryptowatch, "screen", "--quiet", "--count", "--config", config, *options,
                            file], file, runs, note, codes=(0, 10, 11))

    cryptowatch = measure.need("cryptowatch")
    scaled = scaled_note(small)
    deeper = {f"{OURS}, {depth}": depth for depth in ("--nested", "--every-token")}
    try:
        config = data.home(count)
    except measure.Failed as fault:
        return [row(name, note=str(fault)) for name in (OURS, OURS_MORE, *deeper)]
    return [ours(OURS, path, "--threads", 1), ours(OURS_MORE, path, "--threads", 2),
            *(ours(name, small, "--threads", 1, depth, note=scaled)
              for name, depth in deeper.items())]


def engine_rows(count, path):
    """The engine alone in memory, with one text of each address in its filter, and with every one."""
    listed = data.watch_list(count)
    rows = []
    for name, which in ((ENGINE_ONE, "one"), (ENGINE_EVERY, "every")):
        entry = measured(name, [measure.program("bench_spellings"), listed, path, which], 1,
                         lambda seconds: None, "in memory, best of five rounds, no answers")
        seconds = float((entry.pop("said", None) or ["0"])[0])
        entry["value"] = os.path.getsize(path) / seconds / 1e9 if seconds else None
        entry["hits"] = None
        rows.append(entry)
    return rows


def peer_rows(count, form, path, runs):
    """All on the same bytes as ours: on a part of them it would be their set-up that is measured."""
    listed = data.watch_list(count)
    fields = ["-F", "[^0-9A-Za-z:_-]+"] if form != "lines" else []
    rows = [
        speed("plain C hash set", [measure.program("bench_hashset"), listed, path], path, runs),
        speed("Python set", ["python3", "-c", PYTHON_SET, listed, path], path, 1),
        speed("gawk array", [measure.tool("gawk"), *fields, GAWK_SET, listed, path], path, 1),
        speed("rg -F -f", [measure.tool("rg"), "-c", "-F", "-f", listed, path], path, 1,
              codes=(0, 1)),
        speed("grep -F -f", ["grep", "-c", "-F", "-f", listed, path], path, 1,
              codes=(0, 1), env={**os.environ, "LC_ALL": "C"}),
    ]
    if not measure.has_node("@duckdb/node-api"):
        return rows + [row("DuckDB semi join", note=NOT_INSTALLED)]
    return rows + [speed("DuckDB semi join", ["node", DUCKDB, listed, path, form], path, 1,
                         "all cores", cwd=measure.node_folder())]


def hits_agree(rows):
    """Ours finds every spelling, so at least what a comparison of texts finds."""
    ours = next((r.get("hits") for r in rows if r["name"] == OURS), None)
    plain = next((r.get("hits") for r in rows if r["name"] == "plain C hash set"), None)
    if ours is None or plain is None:
        return goal("finds at least what the hash set finds", None, False)
    return goal(f"finds at least the {plain} lines the hash set finds", ours, ours >= plain)


def spellings_goals(rows):
    """design.md section 8 compares our time for every spelling with our time for one; that it is no
    more than 1.3 times the time of a hash set, which knows one spelling, is another matter."""
    times = quotient(value_of(rows, ENGINE_ONE), value_of(rows, ENGINE_EVERY))
    beside = quotient(value_of(rows, "plain C hash set"), value_of(rows, OURS))
    return [goal("every spelling in at most 1.3 times the time that our engine takes for one", times,
                 times and times <= 1.3),
            goal("every spelling in at most 1.3 times the time that the hash set takes for one",
                 beside, beside and beside <= 1.3)]


def goals_of(form, count, rows):
    one, two = value_of(rows, OURS), value_of(rows, OURS_MORE)
    floor = value_of(rows, "wc -l")
    duck = value_of(rows, "DuckDB semi join")
    goals = [hits_agree(rows), *spellings_goals(rows)]
    if form == "lines" and count == 100_000:
        for text, value, least in (
                ("at least 0.6 of wc -l on one thread", quotient(one, floor), 0.6),
                ("two threads at least 1.7 times one", quotient(two, one), 1.7),
                ("at least 100 times rg -F -f", quotient(one, bound_of(rows, "rg -F -f")), 100),
                ("at least 10 times DuckDB", quotient(two, duck), 10)):
            goals.append(goal(text, value, value and value >= least))
    elif count == 1_000_000 and form != "lines":
        for text, value, least in (("at least 0.35 of wc -l on one thread", quotient(one, floor), 0.35),
                                   ("at least 5 times DuckDB", quotient(two, duck), 5)):
            goals.append(goal(text, value, value and value >= least))
        peak = next((r["peak_mb"] for r in rows if r["name"] == OURS), None)
        most = (count * 100 / 2**20) + 16
        goals.append(goal(f"at most 100 bytes a listed address plus 16 MB ({most:.0f} MB)", peak,
                          peak and peak <= most))
    return goals


def screen_set(form, count, size, runs):
    path = data.corpus(form, size, count)
    small = data.corpus(form, min(size, SCALED_BYTES), count)
    measure.warm(path)
    rows = [speed("wc -l", ["wc", "-l", path], path, runs),
            speed("cat", ["cat", path], path, runs)]
    for entry in rows:
        entry["hits"] = None
    rows += our_rows(count, path, small, runs)
    rows += engine_rows(count, path) + peer_rows(count, form, path, runs)
    return comparison(f"{data.size_name(count)} listed, {form}, {data.size_name(size)}B", "GB/s",
                      rows, ours=OURS, goals=goals_of(form, count, rows))


def job(options):
    size = 107_000_000 if options.quick else 1_070_000_000
    runs = 1 if options.quick else 3
    wanted = [("lines", 100_000)]
    if not options.quick:
        wanted += [("lines", 1_000_000), ("csv", 1_000_000), ("ndjson", 1_000_000)]
    return [screen_set(form, count, size, runs) for form, count in wanted]
