"""data: the lists, corpora and homes that are measured on, made once and kept in build/bench."""
import json
import os
import subprocess

import measure

FEED_LINES = 500_000  # of one list; a home of ten million has twenty of them


def size_name(count):
    for unit, value in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= value:
            return f"{count / value:g}{unit}"
    return str(count)


def generated(name, arguments):
    """A file of bench_corpus, reused when it is there."""
    path = measure.FOLDER / "data" / name
    if not path.exists():
        corpus = measure.need("bench_corpus")
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"making {path.name} ...", flush=True)
        unfinished = path.with_suffix(".part")
        with open(unfinished, "wb") as out:
            subprocess.run([corpus, *arguments], stdout=out, check=True)
        unfinished.rename(path)
    return path


def watch_list(count):
    return generated(f"list-{size_name(count)}.txt", ["list", str(count)])


def corpus(form, size, listed):
    suffix = {"lines": "txt", "csv": "csv", "ndjson": "ndjson", "ftm": "ftm.ndjson"}[form]
    return generated(f"{form}-{size_name(size)}-{size_name(listed)}.{suffix}",
                     [form, str(size), str(listed)])


def feed(name, path, entries):
    return {"id": name, "title": f"Generated list {name}", "publisher": "bench",
            "homepage": "https://example.org/bench", "licence": "none: generated",
            "meaning": "research", "confidence": 50, "url": f"file:{path}", "format": "lines",
            "every": "24h", "stale_after": "30d", "bytes_max": 256 << 20,
            "entries_min": min(entries, 1), "removed_max_percent": 100, "enabled": True}


def rule(name, addresses_file):
    return {"id": name, "title": f"Generated case {name}", "summary": "Made for a measurement.",
            "tlp": "clear", "severity": "low", "confidence": 50,
            "reported": [{"id": "bench", "title": "bench", "url": "https://example.org/bench",
                          "published": "2026-01-01", "publisher": "bench"}],
            "reviewed": "2026-01-01", "addresses": [], "addresses_file": addresses_file}


def cut_list(path, home):
    """The list as files that one feed each may hold."""
    parts = []
    with open(path, "rb") as lines:
        while chunk := list(islice_lines(lines)):
            part = home / "feeds" / f"part-{len(parts):02}.txt"
            part.write_bytes(b"".join(chunk))
            parts.append((part, len(chunk)))
    return parts


def islice_lines(lines):
    for _, line in zip(range(FEED_LINES), lines):
        yield line


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def empty_home(home):
    """A home of `cryptowatch init` without its feeds and rules, and one receiver that is never
    reached: alerts stay in the outbox."""
    cryptowatch = measure.program("cryptowatch")
    subprocess.run([cryptowatch, "init", "--quiet", str(home)], check=True)
    for folder in ("feeds", "rules"):
        for file in (home / folder).glob("*.json"):
            file.unlink()
    return home / "cryptowatch.json"


def home(count):
    """A home with a watch list of so many addresses in force; returns its configuration."""
    path = measure.FOLDER / "homes" / f"list-{size_name(count)}"
    config = path / "cryptowatch.json"
    done = path / "ready"
    if done.exists() and done.read_text() == str(os.stat(measure.program("cryptowatch")).st_mtime_ns):
        return config
    if path.exists():
        subprocess.run(["rm", "-rf", str(path)], check=True)
    print(f"making a home with {size_name(count)} addresses ...", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    empty_home(path)
    for part, entries in cut_list(watch_list(count), path):
        write_json(path / "feeds" / f"{part.stem}.json", feed(part.stem, part.name, entries))
    scanned = subprocess.run([measure.program("cryptowatch"), "scan", "--quiet", "--no-deliver",
                              "--config", str(config)], check=False, capture_output=True, text=True)
    if scanned.returncode != 0:
        raise measure.Failed(f"the scan of {size_name(count)} addresses ended with "
                             f"{scanned.returncode}: {scanned.stderr.strip()[:400]}")
    done.write_text(str(os.stat(measure.program("cryptowatch")).st_mtime_ns))
    return config
