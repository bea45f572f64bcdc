"""disk: what a journal of record leaves on a disk whose power is cut after any of its entries.

The model is stated in README.md, with what it is taken from. Contents: what was synced is there; of
each later write any of its sectors, and any change of size or mode. Names: two ways, ORDERED and
LOOSE, below.
"""
import collections
import dataclasses
import os
import pathlib
import stat

SECTORS = (512, 4096)
# ORDERED: one journal for all names, as of ext4 and XFS: a prefix of what is not yet written down
# survives, and syncing anything with news of its own writes down all before it.
# LOOSE: what POSIX promises: each change of a name survives alone or not, until its folder is synced.
ORDERED, LOOSE = "ordered", "loose"
# What stands where a sector was lost: what was there before, or zeroes, or anything.
OLD, ZEROES, GARBAGE = "old", "zeroes", "garbage"


@dataclasses.dataclass
class Entry:
    time_ns: int
    verb: str
    args: list
    data: bytes = b""


def read_journal(path):
    raw, at, entries = path.read_bytes(), 0, []
    while at < len(raw):
        end = raw.index(b"\n", at)
        time_ns, verb, *args = raw[at:end].decode().split(" ")
        at, data = end + 1, b""
        if verb == "write":
            length = int(args[2])
            data = raw[at:at + length]
            at += length + 1
        entries.append(Entry(int(time_ns), verb, args, data))
    return entries


@dataclasses.dataclass
class Change:
    """Of names, in one folder: together on the disk or not at all."""
    folder: int  # its inode
    names: dict  # name -> inode, or None when it is gone
    is_written_down: bool = False  # by the journal of ORDERED


class Node:
    """A file or a folder: what is certain, and what is under way."""

    def __init__(self, is_folder, mode, content=b""):
        self.is_folder, self.mode = is_folder, mode
        self.content = bytearray(content)
        self.pending = []  # ("write", offset, data) | ("size", length) | ("mode", mode)
        self.touched = False
        self.has_news = True  # something that only the journal of names holds: itself, its size

    def settle(self, is_all):
        kept = []
        for change in self.pending:
            if change[0] == "mode" and not is_all:
                kept.append(change)
            else:
                self.apply(change)
        self.pending, self.has_news = kept, False

    def apply(self, change):
        if change[0] == "write":
            put(self.content, change[1], change[2])
        elif change[0] == "size":
            resize(self.content, change[1])
        else:
            self.mode = change[1]

    def add(self, change, length):
        self.pending.append(change)
        self.touched = True
        if change[0] != "write" or change[1] + len(change[2]) > length:
            self.has_news = True

    def length(self):
        length = len(self.content)
        for change in self.pending:
            if change[0] == "write":
                length = max(length, change[1] + len(change[2]))
            elif change[0] == "size":
                length = change[1]
        return length

    def whole(self):
        """(content, mode) with everything that is under way."""
        node = Node(self.is_folder, self.mode, self.content)
        for change in self.pending:
            node.apply(change)
        return bytes(node.content), node.mode


def put(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def resize(content, length):
    if length < len(content):
        del content[length:]
    else:
        content.extend(bytes(length - len(content)))


class Cut:
    """One power cut: every choice it leaves open comes from one seed."""

    def __init__(self, rng, names=None, fill=None, sector=None, share=None, names_share=None,
                 keeps_size=False):
        """share: of what is under way, how much survives; names_share: of names, when that is not
        the same; keeps_size: a file has grown, whatever of it was lost."""
        self.rng = rng
        self.names = names or rng.choice((ORDERED, LOOSE))
        self.fill = fill or rng.choice((OLD, OLD, ZEROES, GARBAGE))
        self.sector = sector or rng.choice(SECTORS)
        # None of what is under way, some of it, all of it; or a beginning of it, torn at its end.
        chance = rng.choice((0.0, 0.0, 0.1, 0.5, 0.5, 0.9, 1.0))
        self.is_in_order = rng.random() < 0.25 and share is None
        self.share = chance if share is None else share
        self.keeps_size = keeps_size
        self.names_share = self.share if names_share is None else names_share

    def survives(self):
        return self.rng.random() < self.share

    def keeps_name(self):
        return self.rng.random() < self.names_share

    def prefix_of(self, count):
        if self.names_share in (0.0, 1.0):
            return int(self.names_share) * count
        return self.rng.randrange(count + 1)

    def lost_bytes(self, old, length):
        old = bytes(old[:length]) + bytes(max(0, length - len(old)))
        if self.fill == OLD or self.rng.random() < 0.5:
            return old
        return bytes(length) if self.fill == ZEROES else self.rng.randbytes(length)

    def pieces(self, offset, data):
        at = offset
        while at < offset + len(data):
            end = min((at // self.sector + 1) * self.sector, offset + len(data))
            yield at, data[at - offset:end - offset]
            at = end

    def write(self, content, offset, data, is_kept):
        """is_kept: asked for each sector, and for the size if it grows."""
        before = len(content)
        for at, piece in self.pieces(offset, data):
            put(content, at, piece if is_kept() else self.lost_bytes(content[at:], len(piece)))
        if len(content) > before and not (self.keeps_size or is_kept()):
            resize(content, before)

    def file(self, node):
        """(content, mode) of a file after the cut."""
        content, mode = bytearray(node.content), node.mode
        left = self.rng.randrange(len(node.pending) + 1) if node.pending else 0
        for number, change in enumerate(node.pending):
            if self.is_in_order:  # the one at which it happened is torn, nothing comes after it
                if number > left:
                    break
                is_kept = (lambda: True) if number < left else (lambda: self.rng.random() < 0.5)
            else:
                is_kept = self.survives
            if change[0] == "write":
                self.write(content, change[1], change[2], is_kept)
            elif not is_kept():
                continue
            elif change[0] == "size":
                resize(content, change[1])
            else:
                mode = change[1]
        return bytes(content), mode


class Disk:
    """Reads a journal entry by entry; `after_cut` can be asked at any time."""

    def __init__(self, root):
        """root: the folder as it is before the first entry; everything in it is on the disk."""
        self.nodes, self.names = {}, {}  # inode -> Node; folder's inode -> {name: inode}
        self.pending = []  # changes of names, oldest first
        self.by_path = {"": self.load(root)}  # as the programs see it
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = pathlib.Path(folder) / name
                inode = self.load(path)
                self.by_path[str(path.relative_to(root))] = inode
                self.names[path.parent.stat().st_ino][name] = inode

    def load(self, path):
        info = path.stat()
        is_folder = stat.S_ISDIR(info.st_mode)
        node = Node(is_folder, stat.S_IMODE(info.st_mode), b"" if is_folder else path.read_bytes())
        node.has_news = False
        self.nodes[info.st_ino] = node
        if is_folder:
            self.names[info.st_ino] = {}
        return info.st_ino

    # ---- what a program did ----

    def change_names(self, changes):
        """changes: path -> inode or None."""
        parts = {path.rpartition("/")[0] for path in changes}
        assert len(parts) == 1, "a name moved from one folder to another: the model has no word"
        names = {path.rpartition("/")[2]: inode for path, inode in changes.items()}
        self.pending.append(Change(self.by_path[parts.pop()], names))
        for path, inode in changes.items():
            if inode is None:
                self.by_path.pop(path)
            else:
                self.by_path[path] = inode

    def apply(self, entry):
        verb, args = entry.verb, entry.args
        if verb in ("create", "mkdir"):
            inode = int(args[0])
            self.nodes[inode] = Node(verb == "mkdir", int(args[1], 8))
            self.nodes[inode].touched = True
            if verb == "mkdir":
                self.names[inode] = {}
            self.change_names({args[2]: inode})
        elif verb in ("unlink", "rmdir"):
            self.change_names({args[0]: None})
        elif verb == "link":
            self.change_names({args[1]: self.by_path[args[0]]})
        elif verb == "rename":
            self.change_names({args[1]: self.by_path[args[0]], args[0]: None})
        elif verb == "sync":
            self.sync(int(args[0]), args[1] == "all")
        else:
            node = self.nodes[int(args[0])]
            change = {"write": lambda: ("write", int(args[1]), entry.data),
                      "size": lambda: ("size", int(args[1])),
                      "mode": lambda: ("mode", int(args[1], 8))}[verb]()
            node.add(change, node.length())

    def sync(self, inode, is_all):
        node = self.nodes[inode]
        if node.has_news or any(change.folder == inode or inode in change.names.values()
                                for change in self.pending):
            for change in self.pending:
                change.is_written_down = True
        node.settle(is_all)
        for change in [change for change in self.pending if change.folder == inode]:
            self.names[inode].update(change.names)
            self.pending.remove(change)

    # ---- what is left of it ----

    def names_with(self, is_kept):
        """is_kept: asked for the place and the change of everything that is under way."""
        names = {folder: dict(entries) for folder, entries in self.names.items()}
        for number, change in enumerate(self.pending):
            if is_kept(number, change):
                names[change.folder].update(change.names)
        return names

    def after_cut(self, cut):
        """path -> (node, content, mode)."""
        prefix = cut.prefix_of(len(self.pending))
        if cut.names == ORDERED:
            names = self.names_with(lambda number, change: change.is_written_down or
                                    number < prefix)
        else:
            names = self.names_with(lambda number, change: cut.keeps_name())
        return self.state(names, cut.file)

    def everything(self):
        """The same, had the disk been given all the time it wants."""
        return self.state(self.names_with(lambda number, change: True), Node.whole)

    def walk(self, names, folder, prefix=""):
        for name, inode in names[folder].items():
            if inode is None:
                continue
            yield prefix + name, inode
            if self.nodes[inode].is_folder:
                yield from self.walk(names, inode, prefix + name + "/")

    def state(self, names, content_of):
        contents, found = {}, collections.OrderedDict()
        for path, inode in self.walk(names, self.by_path[""]):
            node = self.nodes[inode]
            if inode not in contents:
                contents[inode] = content_of(node)
            found[path] = (node, *contents[inode])
        return found


def lay_out(state, root):
    """Makes a folder, which is as it was before the first entry, what the state says. Files that
    nobody touched stay, with their times."""
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            path = pathlib.Path(folder) / name
            found = state.get(str(path.relative_to(root)))
            if found is None or found[0].touched:
                path.unlink()
        if folder != str(root) and str(pathlib.Path(folder).relative_to(root)) not in state:
            os.rmdir(folder)
    for path, (node, content, mode) in state.items():
        place = root / path
        if node.is_folder:
            place.mkdir(exist_ok=True)
            place.chmod(mode)
        elif node.touched or not place.exists():
            place.write_bytes(content)
            place.chmod(mode)
