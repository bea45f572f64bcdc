"""sign: alerts signed and put into the outbox, as a scan does it."""
import json
import shutil
import subprocess

import data
import measure
from table import comparison, goal, row

TITLE = "Signing and queueing alerts"
OURS = "cryptowatch scan: match, sign, store, queue"


def raw(name, *arguments):
    done = subprocess.run([measure.program("bench_rates"), *map(str, arguments)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        return row(name, note=done.stderr.strip()[:200])
    return row(name, json.loads(done.stdout)["rate"], command=["bench_rates", *arguments])


def scan_seconds(count, with_case):
    """One scan of a new list of so many addresses; with a case that holds every one of them, or with
    none. Receivers are configured and not spoken to."""
    home = measure.FOLDER / "sign-job"
    shutil.rmtree(home, ignore_errors=True)
    config = data.empty_home(home)
    settings = json.loads(config.read_text())
    settings["endpoints"] = [{"id": "bench", "url": "https://hooks.example.org/bench"}]
    data.write_json(config, settings)
    listed = home / "feeds" / "listed.txt"
    listed.write_bytes(data.watch_list(count).read_bytes())
    data.write_json(home / "feeds" / "listed.json", data.feed("listed", listed.name, count))
    if with_case:
        (home / "rules" / "case.txt").write_bytes(listed.read_bytes())
        data.write_json(home / "rules" / "case.json", data.rule("case", "case.txt"))
    cryptowatch = measure.program("cryptowatch")
    command = [cryptowatch, "scan", "--json", "--no-deliver", "--config", config]
    got = measure.run_once(command, codes=(0, 20))
    shown = measure.run_once(["sqlite3", home / "state" / "state.db",
                              "select count(*) from alerts"])["out"].split()
    shutil.rmtree(home, ignore_errors=True)
    return got["seconds"], int(shown[0]), got["peak_kb"], command


def our_row(count):
    try:
        without, _, _, _ = scan_seconds(count, False)
        seconds, alerts, peak_kb, command = scan_seconds(count, True)
    except measure.Failed as fault:
        return row(OURS, note=str(fault))
    if alerts < count:
        return row(OURS, note=f"{alerts} alerts for {count} addresses")
    return row(OURS, alerts / max(seconds - without, 1e-3), peak_kb,
               f"{alerts} alerts; {seconds:.1f} s, {without:.1f} s without the case", command)


def job(options):
    count = 2000 if options.quick else 50_000
    database = measure.FOLDER / "rates.db"
    for file in measure.FOLDER.glob("rates.db*"):
        file.unlink()
    measure.FOLDER.mkdir(parents=True, exist_ok=True)
    rows = [our_row(count), raw("Ed25519 alone", "sign", 2),
            raw("SQLite alone, two rows an alert", "insert", database, count)]
    for file in measure.FOLDER.glob("rates.db*"):
        file.unlink()
    ours = rows[0]["value"]
    return [comparison(f"{count} alerts of one scan", "alerts/s", rows, ours=OURS,
                       goals=[goal("at least 5,000 alerts a second", ours, ours and ours >= 5000)])]
