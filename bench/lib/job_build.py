"""build: from a list of addresses to something that can be asked."""
import json
import shutil

import data
import measure
from rows import NOT_INSTALLED, measured
from table import comparison, goal, row, unmeasured, value_of

TITLE = "Building something to ask"
MEMORY_GOAL = "at most 1.5 GB of memory for ten million (MB)"
OURS = "index, from decoded keys"


def rate(name, count, argv, note=None, **options):
    return measured(name, argv, 1, lambda seconds: count / seconds, note, **options)


def asked(argv):
    """What bench_index printed: one JSON object."""
    return json.loads(measure.run(argv, 1)["out"])


def index_row(path, folder):
    """bench_index build LIST FILE: stops its clock while it decodes the list."""
    argv = [measure.need("bench_index"), "build", path, folder / "index"]
    try:
        got = asked(argv)
    except measure.Failed as fault:
        return row(OURS, note=str(fault), command=argv)
    return row(OURS, got["per_s"], got["peak_mb"] * 1024, "processor time, with the text filter", argv)


def lookup_set(count, path, folder):
    """bench_index ask LIST FILE: questions a second on one core, through the installed library."""
    argv = [measure.need("bench_index"), "ask", path, folder / "index"]
    names = (("key_miss", "decoded key, a miss"), ("key_hit", "decoded key, a hit"),
             ("evm_text_miss", "text of an EVM account, a miss"), ("text_miss", "any text, a miss"),
             ("text_hit", "any text, a hit"), ("address_miss", "decoded, a miss"),
             ("address_hit", "decoded, a hit"), ("find_miss", "verdict, a miss"),
             ("find_hit", "verdict and matches, a hit"), ("find_text_miss", "text to verdict, a miss"),
             ("find_text_hit", "text to verdict, a hit"))
    try:
        got = asked(argv)
    except measure.Failed as fault:
        return comparison("Library look-up", "questions/s", [row("libcryptowatch", note=str(fault))])
    rows = [row(text, got[key], None, f"{got[key + '_kept']:.1%} may match", argv)
            for key, text in names]
    least = 20 if count <= 1_000_000 else 5
    value = min(got["key_miss"], got["key_hit"]) / 1e6
    goals = [goal(f"library look-up of a decoded key: at least {least} M/s a core", value, value >= least)]
    return comparison(f"Library look-up, {data.size_name(count)} listed", "questions/s", rows,
                      goals=goals)


def sqlite_row(count, path, folder):
    if not measure.tool("sqlite3"):
        return row("sqlite3 .import", note=NOT_INSTALLED)
    script = folder / "import.sql"
    script.write_text(f"create table t(a text primary key) without rowid;\n.import {path} t\n")
    return rate("sqlite3 .import", count, ["sqlite3", folder / "db"], stdin=script)


def lmdb_row(count, path, folder):
    if not measure.tool("mdb_load"):
        return row("LMDB mdb_load", note=NOT_INSTALLED)
    pairs = folder / "pairs.txt"
    with open(path, encoding="ascii") as lines, open(pairs, "w", encoding="ascii") as out:
        out.write(f"VERSION=3\nformat=print\ntype=btree\nmapsize={count * 400 + (64 << 20)}\n"
                  "HEADER=END\n")
        for line in lines:
            out.write(f" {line} 1\n")
        out.write("DATA=END\n")
    (folder / "lmdb").mkdir()
    return rate("LMDB mdb_load", count, ["mdb_load", folder / "lmdb"], stdin=pairs)


def scan_row(count, path, folder):
    """What an operator waits for: a new list of that size, fetched, parsed, compared, in force."""
    home = folder / "home"
    config = data.empty_home(home)
    for part, entries in data.cut_list(path, home):
        data.write_json(home / "feeds" / f"{part.stem}.json", data.feed(part.stem, part.name, entries))
    return rate("cryptowatch scan, a new list", count, [measure.program("cryptowatch"), "scan",
                "--quiet", "--no-deliver", "--config", config], "fetch to listings in force")


def size_sets(count, with_scan):
    path = data.watch_list(count)
    folder = measure.FOLDER / "build-job"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        rows = [index_row(path, folder)]
        if with_scan:
            rows.append(scan_row(count, path, folder))
        rows.append(rate("sort -u", count, ["sort", "-u", "-o", folder / "sorted", path],
                         env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}))
        rows += [sqlite_row(count, path, folder), lmdb_row(count, path, folder)]
        lookups = lookup_set(count, path, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = value_of(rows, OURS)
    goals = [goal("at least 1 M addresses a second on one core", ours and ours / 1e6,
                  ours and ours >= 1e6)]
    if count >= 10_000_000:
        peak = rows[0]["peak_mb"]
        goals.append(goal(MEMORY_GOAL, peak,
                          peak and peak <= 1500))
    return [comparison(f"{data.size_name(count)} addresses", "addresses/s", rows, ours=OURS,
                       goals=goals), lookups]


def job(options):
    sizes = [100_000] if options.quick else [100_000, 1_000_000]
    sizes += [10_000_000] if options.full else []
    sets = [found for size in sizes for found in size_sets(size, size <= 1_000_000)]
    return sets if options.full else [*sets, unmeasured("10M addresses", "addresses/s", OURS, MEMORY_GOAL),
                                      unmeasured("Library look-up, 10M listed", "questions/s",
                                                 "libcryptowatch")]
