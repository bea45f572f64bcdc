"""scripts/check-hardening accepts a small hardened tree and refuses each one that lacks a protection.

  test_check_hardening.py SOURCE_FOLDER

The tree holds three programs and a library of a few lines each, under the names and with the exported
functions of ours. One row of ROWS builds one of them otherwise and names the sentence it must earn; any
further sentence fails the row, too.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
COMPILE = ("-std=c17 -g -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong "
           "-fstack-clash-protection -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr "
           "-fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing").split()
LINK = "-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--as-needed".split()
PROGRAMS = ["cryptowatch", "cryptowatch-net", "cryptowatch-parse"]
LIBRARY = "libcryptowatch.so"
PLAIN = """
#include <string.h>
__attribute__((used)) static int fill(char *b, const char *from, unsigned long n)
{ char a[16]; memcpy(a, from, n); memcpy(b, a, 16); return a[3]; }
"""
MAIN = """
int main(int n, char **words) { char b[16]; return n > 1 ? fill(b, words[1], strlen(words[1])) : 0; }
"""


def machine_flags():
    machine = subprocess.run(["gcc", "-dumpmachine"], capture_output=True, text=True, check=True).stdout
    return {"x86_64": ["-fcf-protection=full"], "aarch64": ["-mbranch-protection=standard"]}.get(
        machine.split("-")[0])


# what is wrong; whose file; flags taken away; flags added; more source; the sentence
ROWS = [
    ("not position independent", "cryptowatch-net", [], ["-no-pie", "-fno-pie"], "", "not position independent"),
    ("no read-only relocations", "cryptowatch", ["-Wl,-z,relro"], ["-Wl,-z,norelro"], "", "no GNU_RELRO"),
    ("late binding", "cryptowatch-parse", ["-Wl,-z,now"], ["-Wl,-z,lazy"], "", "no BIND_NOW"),
    ("an executable stack", "cryptowatch", ["-Wl,-z,noexecstack"], ["-Wl,-z,execstack"], "", "executable stack"),
    ("writable code", "cryptowatch-net", [], [], '__asm__(".section .both, \\"awx\\"\\n.byte 0\\n.text");',
     "is writable and executable"),
    ("relocated code", "cryptowatch-net", [], ["-Wl,-z,notext"], '__asm__(".text\\n.quad main");', "TEXTREL"),
    ("no stack protector", "cryptowatch", ["-fstack-protector-strong"], ["-fno-stack-protector"], "",
     "no stack protector"),
    ("calls not fortified", "cryptowatch-parse", ["-D_FORTIFY_SOURCE=2"], [], "", "no fortified call"),
    ("no control-flow marks in a program", "cryptowatch", [],
     ["-fcf-protection=none", "-mbranch-protection=none"], "",
     "main has no control-flow mark"),
    ("no control-flow marks in the library", LIBRARY, [], ["-fcf-protection=none", "-mbranch-protection=none"], "",
     "has no control-flow mark"),
    ("no symbols to look at", "cryptowatch", [], ["-s"], "", "no symbol `main`"),
    ("a search path", "cryptowatch-parse", [], ["-Wl,-rpath,/opt/lib"], "", "RPATH"),
    ("an old search path", LIBRARY, [], ["-Wl,--disable-new-dtags", "-Wl,-rpath,/opt/lib"], "", "RPATH"),
    ("loadable at any time", LIBRARY, ["-Wl,-z,nodlopen"], [], "", "no NOOPEN"),
    ("one flag of the compiler less", "cryptowatch", ["-fstack-clash-protection"],
     ["-fno-stack-clash-protection"], "",
     "was compiled without -fstack-clash-protection"),
    ("variables not cleared", LIBRARY, ["-ftrivial-auto-var-init=zero"], [], "",
     "was compiled without -ftrivial-auto-var-init=zero"),
    ("a library that is not expected", "cryptowatch-net", ["-Wl,--as-needed"], ["-Wl,--no-as-needed", "-lm"], "",
     "needs libm.so.6"),
    ("a name that is not expected", LIBRARY, [], [], "int leaked(void); int leaked(void) { return 1; }",
     "exports leaked"),
    ("a name that is missing", LIBRARY, [], ["-Dcryptowatch_init=other"], "", "does not export cryptowatch_init"),
    ("a program that exports", "cryptowatch", [], ["-rdynamic"], "", "exports "),
    ("the main program has a socket", "cryptowatch", [], [],
     "#include <sys/socket.h>\nint s(void); int s(void) { return socket(1, 1, 0); }",
     "can call socket"),
    ("the parser can start programs", "cryptowatch-parse", [], [],
     "#include <unistd.h>\nint s(void); int s(void) { return fork(); }",
     "can call fork"),
    ("the library can end the process", LIBRARY, [], [],
     "#include <stdlib.h>\nstatic __attribute__((used)) void s(void) { exit(1); }",
     "can call exit"),
    ("a path of the machine", "cryptowatch-net", [], [],
     'const char *place(void); const char *place(void) { return "@FOLDER@/src/x.c"; }',
     "names the folder"),
]
# A row whose cause shows in several ways; each is named here so that nothing else may.
ALSO = {
    "calls not fortified": ["was compiled without"],
    "no control-flow marks in a program": ["was compiled without -fcf-protection", "was compiled without -mbranch"],
    "no control-flow marks in the library": ["was compiled without -fcf-protection", "was compiled without -mbranch"],
    "a name that is missing": ["exports other"],
    "no stack protector": ["was compiled without -fstack-protector-strong"],
}


class HardeningTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp())
        cls.good = cls.work / "good"
        names = (SOURCE / "tests/install/symbols.txt").read_text().split()
        cls.exports = "".join(f"int {name}(void); int {name}(void) {{ return {at}; }}\n"
                              for at, name in enumerate(names))
        for name in PROGRAMS + [LIBRARY]:
            cls.build(cls.good, name)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    @classmethod
    def build(cls, tree, name, without=(), added=(), more=""):
        """Compiles the small file called name into the tree, as ./src/…, like the build does."""
        is_library = name == LIBRARY
        place = tree / ("src/lib" if is_library else "bin") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        folder = cls.work / "sources" / "src"
        folder.mkdir(parents=True, exist_ok=True)
        text = PLAIN + cls.exports if is_library else PLAIN + MAIN
        text += more.replace("@FOLDER@", str(tree)) + "\n"
        (folder / "small.c").write_text(text)
        kind = ["-fPIC", "-shared", "-Wl,-z,nodlopen"] if is_library else ["-fPIE", "-pie"]
        flags = [flag for flag in COMPILE + machine_flags() + kind + LINK if flag not in without]
        flags += [flag for flag in added if known(flag)]
        subprocess.run(["gcc", "./src/small.c", "-o", place, *flags], check=True, cwd=folder.parent)

    def check(self, tree):
        result = subprocess.run([SOURCE / "scripts/check-hardening", tree], capture_output=True, text=True)
        self.assertEqual(result.stderr, "")
        return result.returncode, result.stdout.splitlines()[:-1]

    def test_hardened_tree_is_accepted(self):
        self.assertEqual(self.check(self.good), (0, []))

    def test_each_missing_protection_is_refused(self):
        for at, (title, name, without, added, more, sentence) in enumerate(ROWS):
            with self.subTest(title):
                tree = self.work / f"tree{at}"
                shutil.copytree(self.good, tree)
                self.build(tree, name, without, added, more)
                code, said = self.check(tree)
                self.assertEqual(code, 1, said)
                allowed = ALSO.get(title, []) + [sentence]
                self.assertTrue(any(sentence in line for line in said), said)
                for line in said:
                    self.assertTrue(line.startswith(f"{name}: "), line)
                    self.assertTrue(any(part in line for part in allowed), line)

    def test_unhardened_file_earns_many_sentences(self):
        tree = self.work / "many"
        shutil.copytree(self.good, tree)
        self.build(tree, "cryptowatch", COMPILE[2:] + LINK,
                   "-O0 -fno-pie -no-pie -z execstack -z lazy -z norelro".split())
        _, said = self.check(tree)
        for part in ("position independent", "no GNU_RELRO", "no BIND_NOW", "executable stack",
                     "no fortified call", "compiled without -O2"):
            self.assertTrue(any(part in line for line in said), (part, said))

    def test_missing_file_is_refused(self):
        tree = self.work / "less"
        shutil.copytree(self.good, tree)
        (tree / "bin/cryptowatch-parse").unlink()
        code, said = self.check(tree)
        self.assertEqual((code, len(said)), (1, 1))
        self.assertIn("cryptowatch-parse: not in", said[0])

    def test_wrong_use_is_told(self):
        for words in (["a", "b"], ["--help-me"]):
            result = subprocess.run([SOURCE / "scripts/check-hardening", *words], capture_output=True)
            self.assertEqual(result.returncode, 64)


def known(flag):
    """False for a flag of another processor."""
    machine = machine_flags()[0]
    return not (flag.startswith(("-fcf-", "-mbranch-")) and flag.split("=")[0] != machine.split("=")[0])


if shutil.which("gcc") is None or machine_flags() is None:
    print("no gcc, or a processor whose control-flow marks are not known here")
    sys.exit(77)
unittest.main()
