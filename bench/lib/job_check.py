"""check: one question, from the start of a process to its exit code."""
import contextlib
import json
import pathlib
import shutil
import subprocess
import time

import data
import measure
from rows import NOT_INSTALLED
from table import comparison, goal, quotient, row, unmeasured, value_of

TITLE = "One address asked, whole process"
FLOOR = "empty C program"
CLEAR = "0x00000000000000000000000000000000000c1ea7"  # on no list
SLOW_US = 20000  # what takes longer is started less often


def spawn(count, argv, codes):
    """Median microseconds of so many starts."""
    done = subprocess.run([measure.program("bench_spawn"), str(count), *map(str, argv)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(done.stderr.strip()[:200])
    got = json.loads(done.stdout)
    if got["code"] not in codes:
        raise measure.Failed(f"{argv[0]} answered {got['code']}")
    return got


def timed(name, count, argv, codes):
    if argv[0] is None:
        return row(name, note=NOT_INSTALLED)
    try:
        first = spawn(1, argv, codes)
        few = max(3, count // 50)
        got = spawn(few if first["median_us"] > SLOW_US else count, argv, codes)
    except measure.Failed as fault:
        return row(name, note=str(fault), command=argv)
    return row(name, got["median_us"], got["peak_kb"], command=argv)


def sqlite_file(count):
    path = measure.FOLDER / "data" / f"list-{data.size_name(count)}.sqlite"
    if not path.exists() and measure.tool("sqlite3"):
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        script = (f"create table t(a text primary key) without rowid;\n.mode list\n"
                  f".import {data.watch_list(count)} t\n")
        subprocess.run(["sqlite3", str(unfinished)], input=script, text=True, check=True,
                       stdout=subprocess.DEVNULL)
        unfinished.rename(path)
    return path


@contextlib.contextmanager
def redis(count):
    """A server on a socket of its own with the list as keys; yields the socket, or None."""
    if not (measure.tool("redis-server") and measure.tool("redis-cli")):
        yield None
        return
    folder = measure.FOLDER / "redis"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    socket = folder / "s"
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(socket), "--save",
                               "", "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        while server.poll() is None and not socket.exists():
            time.sleep(0.01)
        with open(data.watch_list(count), "rb") as lines:
            loader = subprocess.Popen(["redis-cli", "-s", str(socket), "--pipe"],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            for line in lines:
                loader.stdin.write(b"SET " + line.rstrip() + b" 1\r\n")
            loader.stdin.close()
            loader.wait()
        yield socket
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def size_set(count, starts, floor):
    path = data.watch_list(count)
    listed = pathlib.Path(path).open().readline().strip()
    rows = [floor]
    try:
        config = data.home(count)
        cryptowatch = measure.program("cryptowatch")
        for name, address, codes in (("cryptowatch check, clear", CLEAR, (0,)),
                                     ("cryptowatch check, listed", listed, (10,))):
            rows.append(timed(name, starts,
                              [cryptowatch, "check", "--quiet", "--config", config, address], codes))
    except measure.Failed as fault:
        rows += [row(f"cryptowatch check, {word}", note=str(fault)) for word in ("clear", "listed")]
    rows.append(timed("rg -F -x", starts, [measure.tool("rg"), "-F", "-x", "-q", CLEAR, path], (1,)))
    rows.append(timed("grep -F -x", starts, ["grep", "-F", "-x", "-q", CLEAR, path], (1,)))
    rows.append(timed("sqlite3 shell, primary key", starts,
                      [measure.tool("sqlite3"), "-readonly", sqlite_file(count),
                       f"select 1 from t where a='{CLEAR}'"], (0,)))
    with redis(count) as socket:
        argv = [measure.tool("redis-cli"), "-s", socket, "exists", CLEAR]
        rows.append(timed("redis-cli, server running", starts, argv, (0,)) if socket
                    else row("redis-cli, server running", note=NOT_INSTALLED))
    times = quotient(value_of(rows, "cryptowatch check, clear"), floor["value"])
    return comparison(f"{data.size_name(count)} listed addresses", "us, median", rows,
                      ours="cryptowatch check, clear", is_less_better=True,
                      goals=[goal("at most 2 times an empty C program", times, times and times <= 2)])


def job(options):
    starts = 100 if options.quick else 1000
    sizes = [1000, 100_000] if options.quick else [1000, 100_000, 1_000_000]
    sizes += [10_000_000] if options.full else []
    empty = measure.program("bench_empty")
    sets = []
    for size in sizes:
        floor = timed(FLOOR, starts, [empty], (0,))
        sets.append(size_set(size, starts, floor))
    return sets if options.full else [*sets, unmeasured("10M listed addresses", "us, median",
                                                        "cryptowatch check, clear",
                                                        "at most 2 times an empty C program")]
