"""A command whose n-th call of one kind fails: memory, database or network (strike.h).

The call answers an error, alone or, with --onwards, with every later one. The run may fail, with a
documented exit code and a reason; the runs after it must put everything right.
Exit 0: nothing lost, doubled or damaged; 1 otherwise; 77 when that is not possible here.
"""
import errno
import sys

import page
import sweep

# Result codes of SQLite (sqlite3.h).
SQLITE = {"SQLITE_BUSY": 5, "SQLITE_NOMEM": 7, "SQLITE_READONLY": 8, "SQLITE_INTERRUPT": 9,
          "SQLITE_IOERR": 10, "SQLITE_CORRUPT": 11, "SQLITE_FULL": 13, "SQLITE_CANTOPEN": 14,
          "SQLITE_NOTADB": 26}
# libcurl says so of a resolver that got no memory, or no thread.
WORDS = ("memory", "Could not resolve host", "thread failed to start")
DEFAULTS = {"memory": "ENOMEM", "database": "SQLITE_IOERR", "network": "ECONNRESET"}


def number_of(name):
    """END: no error, the stream has ended."""
    return 0 if name == "END" else SQLITE[name] if name in SQLITE else getattr(errno, name)


def main():
    parser = sweep.arguments(__doc__)
    parser.add_argument("--kind", choices=sorted(DEFAULTS), default="memory")
    parser.add_argument("--who", choices=sorted(page.PROGRAMS))
    parser.add_argument("--error")
    parser.add_argument("--onwards", action="store_true")
    parser.add_argument("--after", action="store_true", help="the call is made, then denied")
    parser.add_argument("--chains", action="store_true",
                        help="of the calls with the same callers the first and the last only")
    parser.add_argument("--of", help="with --chains: only calls of these names, A,B,...")
    args = parser.parse_args()
    error = args.error or DEFAULTS[args.kind]
    who = args.who or sweep.program_of(args.scene)
    name = "%s of %s: %s%s%s" % (args.kind, who, error, " after the call" * args.after,
                                 " and ever after" * args.onwards)
    return sweep.run(name, args, sweep.Strike(
        words=WORDS if args.kind == "memory" else (), kind=args.kind, who=who,
        error=number_of(error), onwards=args.onwards, after=args.after))


if __name__ == "__main__":
    sys.exit(main())
