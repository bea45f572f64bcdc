"""A scan that emits 20 alerts to 2 endpoints, or the command of another scene, whose n-th call to
the disk fails.

The n-th call of the main program that touches the home or a file named on the command line (write,
sync, rename, new file ...; the helpers make none) answers an error, alone or, with --onwards, with every later one, as on a full
disk. The run may fail, with a documented exit code and a reason; the runs after it must put
everything right.
Exit 0: nothing lost, doubled or damaged; 1 otherwise; 77 when that is not possible here.
"""
import sys

import sweep

CALLS = ("write,pwrite64,writev,fsync,fdatasync,ftruncate,fallocate,fchmod,openat,mkdirat,unlinkat,"
         "renameat,renameat2,linkat,open,mkdir,rmdir,unlink,rename,link")
READS = "read,pread64"
SYNCS = "fsync,fdatasync"


def main():
    parser = sweep.arguments(__doc__)
    parser.add_argument("--error", default="ENOSPC")
    parser.add_argument("--onwards", action="store_true")
    parser.add_argument("--reads", action="store_true", help="the calls that read, instead")
    parser.add_argument("--syncs", action="store_true", help="only those that make durable")
    args = parser.parse_args()
    what, calls = ("reads", READS) if args.reads else ("syncs", SYNCS) if args.syncs else \
        ("writes", CALLS)
    name = "%s on %s%s" % (args.error, what, " and ever after" if args.onwards else "")
    return sweep.run(name, args, sweep.KillAt(lambda place: [
        "--calls", calls, "--under", place.base,
        "--fail", args.error] + ["--onwards"] * args.onwards))


if __name__ == "__main__":
    sys.exit(main())
