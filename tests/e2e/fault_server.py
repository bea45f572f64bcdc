"""fault_server: a server of lists that answers with any bytes, over TLS if asked, and every way of
failing that one of them can have."""
import gzip
import os
import socket
import ssl
import subprocess
import threading

import harness

KNOWN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def answer(body, status=200, *headers, length=True):
    """A whole HTTP answer as bytes."""
    head = ["HTTP/1.1 %d Word" % status, *headers]
    if length:
        head.append("Content-Length: %d" % len(body))
    return "\r\n".join(head).encode("latin-1") + b"\r\nConnection: close\r\n\r\n" + body


def chunked(body, end=b"0\r\n\r\n"):
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n"
            % len(body)) + body + b"\r\n" + end


class FaultServer:
    """Answers each path with what was put there: bytes, or a function of (connection, head)."""

    def __init__(self, context=None):
        self.answers = {}
        self.heads = []
        self.context = context
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.host = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.scheme = "http" if context is None else "https"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def url(self, path):
        return "%s://%s%s" % (self.scheme, self.host, path)

    def put(self, path, what):
        self.answers[path] = what
        return self.url(path)

    def asked(self, path):
        """The heads of the requests for a path, each as text."""
        return [head for head in self.heads if head.split(" ")[1] == path]

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.settimeout(20)
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                block = connection.recv(65536)
                if not block:
                    return
                head += block
            text = head.decode("latin-1")
            self.heads.append(text)
            what = self.answers.get(text.split(" ")[1], answer(b"none", 404))
            if callable(what):
                what(connection, text)
            else:
                connection.sendall(what)
        except OSError:
            pass  # a client that has seen enough
        finally:
            try:
                connection.close()
            except OSError:
                pass

    def close(self):
        """Ends the thread first: left in accept(), it may wake on the number of a descriptor that
        is another server's by then, and answer its questions with 404."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()


def drip(connection, _):
    """A byte now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    stop = threading.Event()
    while not stop.wait(0.05):
        connection.sendall(b"#")


def endless_extension(connection, _):
    """A chunk whose head never ends: no byte of it is a body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
    while True:
        connection.sendall(b"x" * 4096)


def silent(connection, _):
    connection.recv(1)  # until the other side leaves


def ways(good, path, host):
    """(name, answer or function, word of the error): how a list of plain text can fail."""
    packed = gzip.compress(good, mtime=0)
    bomb = gzip.compress(b"\n" * (8 << 20), mtime=0)
    redirect = "http://%s%s" % (host, path)

    def to(target, status=302):
        return answer(b"", status, "Location: " + target)

    return [
        ("status-404", answer(b"none", 404), "status 404"),
        ("status-500", answer(good, 500), "status 500"),
        ("status-204", answer(b"", 204, length=False), "status 204"),
        ("status-206", answer(good, 206, "Content-Range: bytes 0-9/10"), "status 206"),
        ("status-203", answer(good, 203), "status 203"),
        ("web-page", answer(b"<html><body>" + good + b"</body></html>"), "line 1: "),
        ("page-behind-a-mark", answer(b"\xef\xbb\xbf\n  <!DOCTYPE html>" + good), "line 1: "),
        ("api-error", answer(b'{"message": "rate limited", "address": "' + good[:42] + b'"}'),
         "line 1: "),
        ("empty", answer(b""), "empty"),
        ("half", answer(good)[:-len(good) // 2], "transfer closed"),
        ("half-of-a-chunk", chunked(good)[:-len(good) // 2], "transfer closed|CURLE|closed"),
        ("no-last-chunk", chunked(good, b""), "closed"),
        ("no-length", answer(good, length=False), "neither Content-Length nor chunks"),
        ("two-lengths", answer(good, 200, "Content-Length: 5"), "Content-Length|closed|transfer"),
        ("length-below-zero", answer(good, 200, "Content-Length: -1", length=False),
         "Content-Length"),
        ("coded-unasked", answer(packed, 200, "Content-Encoding: gzip"), "coded as"),
        ("coded-twice", answer(packed, 200, "Content-Encoding: br, gzip"), "coded as"),
        ("gzip-cut", answer(packed[:-9]), "gzip: cut"),
        ("gzip-with-a-tail", answer(packed + b"more"), "gzip"),
        ("gzip-of-gzip", answer(gzip.compress(packed, mtime=0)), "packed more than once|not UTF-8"),
        ("gzip-bomb", answer(bomb), "times its size"),
        ("latin-1", answer(b"# Caf\xe9\n" + good), "not UTF-8"),
        ("utf-16", answer(good.decode().encode("utf-16")), "not UTF-8|NUL"),
        ("nul", answer(good + b"\0\n"), "NUL"),
        ("huge-header", answer(good, 200, "X-Long: " + "x" * 70000), "header|too large|Too large"),
        ("many-headers", answer(good, 200, *["X-%d: y" % i for i in range(9000)]), "header"),
        ("no-http", b"220 ready\r\n\r\n" + good, "HTTP/0.9|unsupported|Unsupported"),
        ("nothing", b"", "[Ee]mpty reply|nothing"),
        ("cut-in-the-head", b"HTTP/1.1 200 OK\r\nContent-Len", "headers"),
        ("drip", drip, "time|Time|timed out"),
        ("endless-extension", endless_extension, "longer than|time|too large|chunk"),
        ("silent", silent, "time|Time|timed out"),
        ("too-long", answer(good + b"#" * 70000), "announces|longer than"),
        ("too-long-in-chunks", chunked(good + b"#" * 70000), "longer than"),
        ("loop", to(redirect), "more than 5 redirects"),
        ("to-another-host", to("http://lists.example/x"), "not in redirect_hosts"),
        ("to-https", to("https://%s/x" % host), "between https and http"),
        ("to-a-file", to("file:///etc/passwd"), "redirect"),
        ("to-a-private-address", to("http://10.0.0.1/x"), "not in redirect_hosts"),
        ("to-metadata", to("http://169.254.169.254/latest"), "not in redirect_hosts"),
        ("to-another-port", to("http://127.0.0.1:1/x"), "not in redirect_hosts"),
        ("to-nowhere", answer(b"", 302), "names no single target"),
        ("to-two-places", answer(b"", 302, "Location: /a", "Location: /b"), "no single target"),
        ("to-a-user", to("http://a:b@%s/x" % host), "redirect"),
    ]


class Case(harness.Case):
    """A home with one case, and lists from a fault server."""

    def setUp(self):
        super().setUp()
        self.server = FaultServer()
        self.addCleanup(self.server.close)
        self.home.now = "2026-11-20T00:00:00Z"
        self.home.rule("ronin", [KNOWN])

    def scan_at(self, now, *args):
        """Exit code, feeds by id with the text of their error, and alerts with their short type."""
        self.home.now = now
        code, report, stderr = self.home.scan(*args)
        self.assertIsNotNone(report, stderr)
        feeds = {feed["id"]: dict(feed, error=(feed["error"] or {}).get("text", ""))
                 for feed in report["feeds"]}
        return code, feeds, [dict(alert, type=alert["type"].replace("cryptowatch.", ""))
                             for alert in report["alerts"]]


# An authority, and a certificate each: good, not yet valid, expired, for another host.
CERTIFICATES = """
set -e
printf '%s\\n' '[ca]' 'default_ca=d' '[d]' 'new_certs_dir=.' 'database=index' 'serial=serial' \\
  'default_md=sha256' 'policy=p' 'unique_subject=no' '[p]' 'commonName=supplied' '[ours]' \\
  'subjectAltName=IP:127.0.0.1' '[other]' 'subjectAltName=DNS:other.example' >conf
: >index; echo 01 >serial
ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
openssl req -x509 $ec -keyout ca.key -out ca.pem -days 2 -subj /CN=test
openssl req -x509 $ec -keyout no.key -out no.pem -days 2 -subj /CN=stranger
openssl req $ec -keyout key.pem -out csr.pem -subj /CN=test
sign() { n=$1; x=$2; shift 2; openssl ca -batch -notext -config conf -cert ca.pem \\
  -keyfile ca.key -in csr.pem -out $n.pem -extensions $x "$@"; }
sign good ours -days 2; sign other other -days 2
sign future ours -startdate 20990101000000Z -enddate 20991231000000Z
sign past ours -startdate 20200101000000Z -enddate 20201231000000Z
"""


def make_certificates(folder):
    subprocess.run(["sh", "-c", CERTIFICATES], cwd=folder, check=True, capture_output=True,
                   env={"PATH": os.environ["PATH"]})


def tls_context(folder, certificate, most=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / (certificate + ".pem"), folder / "key.pem")
    if most is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = most
    return context
