"""table: the result of a job: sets of rows beside each other, goals, and how they are printed.

A set compares things in one unit. A row that could not be measured keeps its place and says why.
"""


def row(name, value=None, peak_kb=None, note=None, command=None):
    """value None: not measured, and `note` says why."""
    return {"name": name, "value": value, "peak_mb": round(peak_kb / 1024, 1) if peak_kb else None,
            "note": note, "command": " ".join(map(str, command)) if command else None}


def comparison(title, unit, rows, ours=None, goals=(), is_less_better=False):
    """`ours`: name of the row that ratios are taken of (the first row when None)."""
    base = next((r["value"] for r in rows if r["name"] == (ours or rows[0]["name"])), None)
    for entry in rows:
        has_both = base and entry["value"]
        if not has_both:
            entry["ratio"] = None
        elif is_less_better:
            entry["ratio"] = round(entry["value"] / base, 3)
        else:
            entry["ratio"] = round(base / entry["value"], 3)
    return {"title": title, "unit": unit, "rows": rows, "ours": ours or rows[0]["name"],
            "is_less_better": is_less_better, "goals": list(goals)}


def goal(text, value, is_reached):
    """value None: could not be measured."""
    return {"text": text, "value": None if value is None else round(value, 3),
            "reached": None if value is None else bool(is_reached)}


def unmeasured(title, unit, name, *aims):
    """A set that only `bench/run --full` measures, so that the page does not pass over it."""
    return comparison(title, unit, [row(name, note="bench/run --full measures it")],
                      goals=[goal(text, None, False) for text in aims])


def value_of(rows, name):
    return next((r["value"] for r in rows if r["name"] == name), None)


def bound_of(rows, name):
    """The value, or for a program that was ended the value that it does not reach."""
    return next((r["value"] or r.get("bound") for r in rows if r["name"] == name), None)


def quotient(a, b):
    return a / b if a and b else None


def number(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def ratio_text(entry):
    if entry["ratio"] is None:
        return ""
    return f"{entry['ratio']:.3g}"


def print_set(found):
    print(f"\n{found['title']}")
    print(f"  {'':44} {found['unit']:>14} {'ours is':>9} {'peak MB':>9}")
    for entry in found["rows"]:
        value = number(entry["value"]) if entry["value"] is not None else "not measured"
        times = f"{ratio_text(entry)}x" if ratio_text(entry) else ""
        peak = f"{entry['peak_mb']:,.0f}" if entry["peak_mb"] else ""
        note = f"  {entry['note']}" if entry["note"] else ""
        print(f"  {entry['name']:44} {value:>14} {times:>9} {peak:>9}{note}")
    for aim in found["goals"]:
        state = {True: "reached", False: "NOT reached", None: "not measured"}[aim["reached"]]
        value = "" if aim["value"] is None else f": {number(aim['value'])}"
        print(f"  goal {state}: {aim['text']}{value}")
