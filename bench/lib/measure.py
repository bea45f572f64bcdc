"""measure: runs programs and says how long they took and how much memory they held.

Knows GNU time, medians and the machine. Refuses to know what is measured.
"""
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = pathlib.Path(os.environ.get("CW_BENCH_DIR", ROOT / "build" / "bench")).resolve()
BIN = pathlib.Path(os.environ.get("CW_BENCH_BIN", ROOT / "build" / "release" / "bin")).resolve()
RUN_TIMEOUT_S = 120  # a peer that needs longer is "at most" so fast


def program(name):
    """Path of a program of ours, or None when it was not built."""
    path = BIN / name
    return str(path) if path.exists() else None


def need(name):
    """Path of a program of ours that a job cannot do without."""
    path = program(name)
    if path is None:
        raise Failed(f"{name} is not built: see bench/run --help")
    return path


def tool(name):
    return shutil.which(name)


def node_folder():
    """Where bench/setup put npm's libraries, or None."""
    folder = FOLDER / "npm"
    return folder if tool("node") and (folder / "node_modules").is_dir() else None


def has_node(package):
    folder = node_folder()
    return folder is not None and (folder / "node_modules" / package).is_dir()


class Failed(Exception):
    """A program that was measured did not do its work."""


class TooSlow(Failed):
    """It was ended after RUN_TIMEOUT_S."""


def run_once(argv, stdin=None, cwd=None, env=None, codes=(0,)):
    """One run: seconds, peak memory in KiB, exit code, output."""
    with tempfile.NamedTemporaryFile("r") as report, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as errors:
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL
        start = time.monotonic()
        process = subprocess.Popen(["/usr/bin/time", "-o", report.name, "-f", "%M",
                                    *map(str, argv)], stdin=source, stdout=out, stderr=errors,
                                   cwd=cwd, env=env, start_new_session=True)
        try:
            code = process.wait(RUN_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # the program too, not GNU time alone
            process.wait()
            raise TooSlow(f"ended after {RUN_TIMEOUT_S} s") from None
        finally:
            if stdin:
                source.close()
        seconds = time.monotonic() - start
        for stream in (out, errors):
            stream.seek(0)
        if code not in codes:
            said = errors.read(400).decode("utf-8", "replace").strip()
            raise Failed(f"{pathlib.Path(str(argv[0])).name} ended with {code}: {said}")
        return {"seconds": seconds, "peak_kb": int(report.read().split()[-1]),
                "code": code, "out": out.read(1 << 16).decode("utf-8", "replace")}


def run(argv, runs, **options):
    """The median of several runs; memory is the largest seen."""
    seen = [run_once(argv, **options) for _ in range(runs)]
    return {"seconds": statistics.median(one["seconds"] for one in seen),
            "seconds_all": [round(one["seconds"], 4) for one in seen],
            "peak_kb": max(one["peak_kb"] for one in seen),
            "code": seen[-1]["code"], "out": seen[-1]["out"]}


def warm(path):
    """Reads a file once, so that every run finds it in memory."""
    with open(path, "rb") as file:
        while file.read(1 << 22):
            pass


def first_line(argv):
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return None
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else None


def cpu_model():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    flags = set(fields.get("flags", "").split())
    return fields.get("model name", platform.machine()), sorted(
        flags & {"sse4_2", "avx2", "avx512bw", "avx512vbmi", "sha_ni", "bmi2"})


def machine():
    """What a reader needs to know to repeat a figure."""
    model, flags = cpu_model()
    versions = {name: first_line(argv) for name, argv in {
        "cryptowatch": ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
        "kernel": ["uname", "-sr"], "cc": ["cc", "--version"], "ripgrep": ["rg", "--version"],
        "grep": ["grep", "--version"], "gawk": ["gawk", "--version"], "python": ["python3", "-V"],
        "sqlite3": ["sqlite3", "--version"], "node": ["node", "--version"],
        "redis": ["redis-server", "--version"], "jq": ["jq", "--version"],
        "xmllint": ["xmllint", "--version"]}.items()}
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {"cpu": model, "features": flags, "cores": os.cpu_count(),
            "memory_gb": round(memory / 1e6, 1), "load_before": os.getloadavg()[0],
            "measured_on": time.strftime("%Y-%m-%d", time.gmtime()),
            "versions": {name: text for name, text in versions.items() if text}}
