"""A scan that emits 20 alerts to 2 endpoints, killed at its system call boundaries.

Before and after each system call of one of the three programs, the whole tree is killed, or, with
--alone, only the program that stands there. Without --points: at every boundary.
Exit 0: nothing lost, doubled or damaged; 1 otherwise; 77 when ptrace is not permitted here.
"""
import sys

import sweep


def main():
    parser = sweep.arguments(__doc__)
    parser.add_argument("--who", choices=("main", "net", "parse"), default="main")
    parser.add_argument("--alone", action="store_true")
    args = parser.parse_args()
    name = "%s killed %s" % (args.who, "alone" if args.alone else "with all")
    return sweep.run(name, args, sweep.KillAt(lambda place: ["--who", args.who] + ["--alone"] * args.alone))


if __name__ == "__main__":
    sys.exit(main())
