"""A scan that emits 20 alerts to 2 endpoints, whose n-th call to the disk fails.

The n-th call that touches the home (write, sync, rename, new file ...) answers an error, alone or,
with --onwards, with every later one, as on a full disk. The run may fail, with a documented exit
code and a reason; the runs after it must put everything right.
Exit 0: nothing lost, doubled or damaged; 1 otherwise; 77 when that is not possible here.
"""
import sys

import sweep

CALLS = ("write,pwrite64,writev,fsync,fdatasync,ftruncate,fallocate,fchmod,openat,mkdirat,unlinkat,"
         "renameat,renameat2,linkat,open,mkdir,rmdir,unlink,rename,link")
READS = "read,pread64"


def main():
    parser = sweep.arguments(__doc__)
    parser.add_argument("--error", default="ENOSPC")
    parser.add_argument("--onwards", action="store_true")
    parser.add_argument("--reads", action="store_true", help="the calls that read, instead")
    parser.add_argument("--who", choices=("main", "net", "parse", "all"), default="main")
    args = parser.parse_args()
    name = "%s on %s of %s%s" % (args.error, "reads" if args.reads else "writes", args.who,
                                 " and ever after" if args.onwards else "")
    return sweep.run(name, args, lambda place: [
        "--who", args.who, "--calls", READS if args.reads else CALLS, "--under", place.path,
        "--fail", args.error] + ["--onwards"] * args.onwards)


if __name__ == "__main__":
    sys.exit(main())
