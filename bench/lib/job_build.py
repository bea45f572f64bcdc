"""build: from a list of addresses to something that can be asked."""
import shutil
import subprocess

import data
import measure
from rows import NOT_INSTALLED, measured
from table import comparison, goal, row, value_of

TITLE = "Building something to ask"
OURS = "index, from decoded keys"


def rate(name, count, argv, note=None, **options):
    return measured(name, argv, 1, lambda seconds: count / seconds, note, **options)


def index_row(count, path, folder):
    """bench_index build LIST FILE [--json]: decodes first, then builds; says the rate of the build."""
    program = measure.program("bench_index")
    if program is None:
        return row(OURS, note="not built yet: bench_index")
    return rate(OURS, count, [program, "build", path, folder / "index"])


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


def size_set(count, with_scan):
    path = data.watch_list(count)
    folder = measure.FOLDER / "build-job"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        rows = [index_row(count, path, folder)]
        if with_scan:
            rows.append(scan_row(count, path, folder))
        rows.append(rate("sort -u", count, ["sort", "-u", "-o", folder / "sorted", path],
                         env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}))
        rows += [sqlite_row(count, path, folder), lmdb_row(count, path, folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = value_of(rows, OURS)
    goals = [goal("at least 1 M addresses a second on one core", ours and ours / 1e6,
                  ours and ours >= 1e6)]
    if count >= 10_000_000:
        peak = rows[0]["peak_mb"]
        goals.append(goal("at most 1.5 GB of memory for ten million (MB)", peak,
                          peak and peak <= 1500))
    return comparison(f"{data.size_name(count)} addresses", "addresses/s", rows, ours=OURS,
                      goals=goals)


def job(options):
    sizes = [100_000] if options.quick else [100_000, 1_000_000]
    sizes += [10_000_000] if options.full else []
    return [size_set(size, size <= 1_000_000) for size in sizes]
