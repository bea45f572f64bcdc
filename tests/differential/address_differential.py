"""address_differential: `address --batch` against the model of ../shared/reference, text by text.

    address_differential.py BIN PROJECT [--count N] [--seed S] [--jobs J] [--pairs-every P]

Asks both the same N questions (every tenth the relation of a pair), compares every member of the
answers, and ends with 1 when a difference is not in the table EXPLAINED. The model is an oracle and
may be wrong: an entry of the table says which side is right and why. Validity, key, readings and
SECRET are binding. The code of an error is a recommendation (addresses.md section 2): the classes
are counted and shown with --codes.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys

from explained import EXPLAINED
from texts import Texts

CHUNK = 2000


def load(project):
    reference = project.parent / "shared/reference"
    if not reference.exists():
        print("skipped: no ../shared/reference beside the project")
        sys.exit(77)  # CTest: skipped
    sys.path.insert(0, str(reference))
    import addr_model
    return addr_model, json.loads((reference / "address_vectors.json").read_text())


def describe(model, address):
    return {"valid": True, "canonical": address.canonical, "text": model.text(address),
            "chains": address.chains, "chains_after_tag": address.narrowed,
            "encoding": address.enc, "network": address.net, "checksum": address.cksum,
            "aux": address.aux, "flags": sorted(address.flags), "code": None}


def ask_model(model, question):
    try:
        if "input" in question:
            return describe(model, model.decode(question["chain"], question["input"],
                                                question["mode"]))
        sides = []
        for side in "ab":
            text, chain = question[side], question[side + "_chain"]
            try:
                if chain == "*":
                    raise model.Bad("CHAIN")
                sides.append(model.decode(chain, text, "strict"))
            except model.Bad:
                sides.append(model.decode(chain, text, "list"))
        relation, reasons, _ = model.relation(*sides)
        return {"relation": relation, "reasons": reasons, "code": None}
    except model.Bad as error:
        return {"valid": False, "code": error.code}
    except Exception as error:  # the model's own crash is a difference to be explained
        return {"crash": repr(error), "code": None}


def from_program(answer):
    code = answer["error"]["code"] if answer.get("error") else None
    if "relation" in answer:
        return {"valid": False, "code": code} if code else {
            "relation": answer["relation"], "reasons": answer["reasons"], "code": None}
    if not answer["valid"]:
        return {"valid": False, "code": code}
    ours = {name: answer[name] for name in ("valid", "canonical", "text", "chains",
                                            "chains_after_tag", "encoding", "network", "checksum",
                                            "aux")}
    return dict(ours, flags=sorted(answer["flags"]), code=None)


def ask_program(program, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([program, "address", "--batch", "--json"], input=text,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError("address --batch: %d: %s" % (done.returncode, done.stderr))
    answers = [from_program(json.loads(line)) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


def differing(theirs, ours):
    """Names of the members that differ; a code counts only where it is binding."""
    names = set(theirs) | set(ours)
    both_refuse = theirs["code"] is not None and ours["code"] is not None
    if both_refuse:
        names = {"code"} if "SECRET" in (theirs["code"], ours["code"]) else set()
    return sorted(n for n in names if theirs.get(n) != ours.get(n))


def explain(question, theirs, ours, members):
    for name, _, applies in EXPLAINED:
        if applies(question, theirs, ours, members):
            return name
    return None


def compare(task):
    program, project, seed, count, pairs_every = task
    model, vectors = load(project)
    texts = Texts(model, vectors, seed)
    questions = [texts.question() if i % pairs_every else texts.pair() for i in range(count)]
    found = collections.Counter()
    codes = collections.Counter()
    open_differences = []
    for question, ours in zip(questions, ask_program(program, questions)):
        theirs = ask_model(model, question)
        found[ours.get("relation") or ("refused" if ours["code"] else "valid")] += 1
        if ours["code"] and theirs["code"] and ours["code"] != theirs["code"]:
            codes[theirs["code"], ours["code"]] += 1
        members = differing(theirs, ours)
        if not members:
            continue
        name = explain(question, theirs, ours, members)
        if name is None:
            open_differences.append((question, theirs, ours, members))
        else:
            found["explained: " + name] += 1
    return found, codes, open_differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--pairs-every", type=int, default=10, help="1: pairs only")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--codes", action="store_true", help="count the error codes that differ")
    options = parser.parse_args()
    load(options.project)
    tasks = [(options.bin / "cryptowatch", options.project, "%d.%d" % (options.seed, at),
              min(CHUNK, options.count - at), options.pairs_every)
             for at in range(0, options.count, CHUNK)]
    found, codes, open_differences = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for some_found, some_codes, some_open in pool.map(compare, tasks):
            found += some_found
            codes += some_codes
            open_differences += some_open
    for question, theirs, ours, members in open_differences[:options.show]:
        print("DIFFERS in %s\n  asked   %s\n  model   %s\n  program %s" % (
            ", ".join(members), json.dumps(question), json.dumps(theirs), json.dumps(ours)))
    if options.codes:
        for (theirs, ours), count in codes.most_common():
            print("code %-12s of the model is %-12s here: %d" % (theirs, ours, count))
    for name, count in sorted(found.items()):
        print("%s: %d" % (name, count))
    print("seed %d: %d texts and pairs, %d unexplained differences" % (
        options.seed, options.count, len(open_differences)))
    return 1 if open_differences else 0


if __name__ == "__main__":
    sys.exit(main())
