"""limits: the numbers of src/base/limits.h, by name."""
import re

# name, value as C writes it, what stands behind it
ROW = re.compile(r"^#define (CW_\w+) +(\([^)]*(?:\([^)]*\)[^)]*)*\)|\S+) +/\* (.*) \*/$", re.M)


def rows(root):
    """(name, number, words) in the order of the file; every #define with a value must be a row."""
    text = (root / "src/base/limits.h").read_text()
    found = [(name, int(eval(re.sub(r"(\d)(?:ull|u)\b", r"\1", value))), words)
             for name, value, words in ROW.findall(text)]
    missing = set(re.findall(r"^#define (CW_\w+) ", text, re.M)) - {name for name, _, _ in found}
    if missing:
        raise ValueError("limits.h: not a row: %s" % ", ".join(sorted(missing)))
    return found


def read(root):
    return {name: number for name, number, _ in rows(root)}
