"""page: what libstrike.so is asked to do, and what it saw; the other side of strike.h."""
import pathlib
import re
import struct

FORM = struct.Struct("=II32sQIIiIQQ")
MAGIC, LIST_MAX = 0x46415531, 1 << 19
KINDS = {"none": 0, "memory": 1, "database": 2, "network": 3}
PROGRAMS = {"main": "cryptowatch", "net": "cryptowatch-net", "parse": "cryptowatch-parse",
            "index": "verify_index"}
HERE = pathlib.Path(__file__).resolve().parent
CALLS = re.findall(r"^STRIKE\(\w+, (\w+)\)", (HERE / "strike.def").read_text(), re.M)


class Page:
    """One file, written anew for every run."""

    def __init__(self, path):
        self.path = path

    def ask(self, kind, who="main", at=0, error=0, onwards=False, after=False,
            listing=False):
        with open(self.path, "wb") as file:
            file.write(FORM.pack(MAGIC, KINDS[kind], PROGRAMS.get(who, who).encode(), at, onwards,
                                 after, error, listing, 0, 0))
            file.truncate(FORM.size + 5 * LIST_MAX)

    def seen(self):
        """(calls counted, calls struck)"""
        with open(self.path, "rb") as file:
            return FORM.unpack(file.read(FORM.size))[-2:]

    def calls(self):
        """(name of the call, hash of its callers) for each that was counted, in order."""
        count = min(self.seen()[0], LIST_MAX)
        with open(self.path, "rb") as file:
            file.seek(FORM.size)
            names = [CALLS[number] for number in file.read(count)]
            file.seek(FORM.size + LIST_MAX)
            return list(zip(names, struct.unpack("=%dI" % count, file.read(4 * count))))
