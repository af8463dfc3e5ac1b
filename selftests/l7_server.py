# SPDX-License-Identifier: GPL-2.0
"""A small server for what nginx cannot do; one process listens in several namespaces.

    l7_server.py PIDFILE NAMESPACE...

The pid is written when all sockets listen, IPv4 and IPv6:

    7     echo, any bytes, both directions at once
    25    speaks first: "220 NAMESPACE\\r\\n", then echo
    8081  HTTP/1.1, persistent connections:
          PUT|POST /upload?rate=B   "server=NS length=N sha256=HEX"; reads at most B bytes/s
          /push?n=N&ms=M            N chunks "push K server=NS\\n", one each M ms
          /blob?bytes=N&rate=B      N bytes (pattern below), at most B bytes/s
          /answer?status=S&wait=MS&split=B&cut=N&pause=MS&end=N&nagle=1&body=T&chunk=B&h=NAME:VALUE&h=...
                                    any status and header lines; after a wait; the head in
                                    pieces of B bytes, and cut behind N (may be repeated),
                                    20 ms apart; closed behind N bytes; with Nagle's delay; the
                                    body in chunks of B bytes; length=N: not the body's length;
                                    none to HEAD
          /abort?bytes=N            N bytes of an answer of a million, then RST
          anything else             "server=NS client=ADDR port=PORT path=PATH"

Only modules that load quickly are used: this runs on an emulated processor.
"""
import ctypes
import hashlib
import os
import socket
import struct
import sys
import threading
import time

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace):
    fd = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + namespace)
    os.close(fd)


def unquote(text):
    parts = text.replace("+", " ").split("%")
    return parts[0] + "".join(chr(int(p[:2], 16)) + p[2:] for p in parts[1:])


class Pace:
    """Holds a transfer to a rate in bytes per second; 0 is no limit."""

    def __init__(self, rate):
        self.rate, self.start, self.done = rate, time.monotonic(), 0
        self.step = min(65536, max(1, rate // 20)) if rate else 65536

    def wait(self, count):
        self.done += count
        if self.rate:
            ahead = self.start + self.done / self.rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)


def echo(sock, namespace):
    while data := sock.recv(65536):
        sock.sendall(data)


def greet(sock, namespace):
    sock.sendall(b"220 %s\r\n" % namespace.encode())
    echo(sock, namespace)


class Http:
    def __init__(self, sock, namespace):
        self.sock, self.server = sock, "server=" + namespace
        self.file = sock.makefile("rb")
        self.peer = sock.getpeername()

    def serve(self):
        while self.request():
            pass

    def request(self):
        line = self.file.readline(65536)
        if not line.strip():
            return False
        method, target, _ = line.decode("latin-1").split(" ", 2)
        self.fields = {}
        while (line := self.file.readline(65536)).strip():
            name, _, value = line.decode("latin-1").partition(":")
            self.fields[name.lower()] = value.strip()
        if not line:
            return False
        path, _, query = target.partition("?")
        self.method = method
        self.query = [tuple(map(unquote, q.partition("=")[::2])) for q in query.split("&") if q]
        self.args = dict(self.query)
        handler = {"/upload": self.upload, "/push": self.push, "/blob": self.blob,
                   "/answer": self.answer, "/abort": self.abort}.get(path)
        if handler:
            handler()
        else:
            self.reply("%s client=%s port=%d path=%s" % (
                self.server, self.peer[0].removeprefix("::ffff:"), self.peer[1], path))
        return self.fields.get("connection", "").lower() != "close"

    def number(self, name, default):
        return int(self.args.get(name, default))

    def head(self, status, *fields):
        return ("HTTP/1.1 %s\r\n%s\r\n" % (
            status, "".join(f + "\r\n" for f in fields))).encode("latin-1")

    def reply(self, text):
        body = text.encode("latin-1") + b"\n"
        self.sock.sendall(self.head("200 OK", "Content-Type: text/plain",
                                    "Content-Length: %d" % len(body)) + body)

    def body(self, pace):
        """The pieces of the request's body."""
        if self.fields.get("transfer-encoding", "").lower() == "chunked":
            while size := int(self.file.readline().split(b";")[0], 16):
                yield self.file.read(size)
                self.file.readline()
            self.file.readline()
            return
        left = int(self.fields.get("content-length", 0))
        while left:
            data = self.file.read1(min(left, pace.step))
            if not data:
                raise ConnectionError("body cut short")
            left -= len(data)
            yield data

    def upload(self):
        if self.fields.get("expect", "").lower() == "100-continue":
            self.sock.sendall(self.head("100 Continue"))
        digest, length = hashlib.sha256(), 0
        pace = Pace(self.number("rate", 0))
        for data in self.body(pace):
            digest.update(data)
            length += len(data)
            pace.wait(len(data))
        self.reply("%s length=%d sha256=%s" % (self.server, length, digest.hexdigest()))

    def push(self):
        self.sock.sendall(self.head("200 OK", "Content-Type: text/plain",
                                    "Transfer-Encoding: chunked"))
        for k in range(1, self.number("n", 10) + 1):
            chunk = ("push %d %s\n" % (k, self.server)).encode()
            self.sock.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            time.sleep(self.number("ms", 100) / 1000)
        self.sock.sendall(b"0\r\n\r\n")

    def blob(self):
        """Bytes of which none repeats within 64 KiB in step: 8-byte counters."""
        left = self.number("bytes", 1000000)
        self.sock.sendall(self.head("200 OK", "Content-Type: application/octet-stream",
                                    "Content-Length: %d" % left))
        pace, at = Pace(self.number("rate", 0)), 0
        while left:
            count = min(left, pace.step)
            first, skip = divmod(at, 8)
            words = range(first, first + (skip + count + 7) // 8)
            data = b"".join(w.to_bytes(8, "big") for w in words)[skip:skip + count]
            self.sock.sendall(data)
            at, left = at + count, left - count
            pace.wait(count)

    def answer(self):
        time.sleep(self.number("wait", 0) / 1000)
        body = (self.args.get("body", self.server) + "\n").encode("latin-1")
        chunk = self.number("chunk", 0)
        head = self.head(self.args.get("status", "200 OK"), "Transfer-Encoding: chunked" if chunk
                         else "Content-Length: %d" % self.number("length", len(body)),
                         *[v for n, v in self.query if n == "h"])
        head = head[:self.number("end", len(head))]
        cuts = {int(v) for n, v in self.query if n == "cut" and int(v) < len(head)}
        cuts |= {*range(0, len(head), self.number("split", len(head))), len(head)}
        cuts = sorted(cuts)
        if "nagle" in self.args:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        for i, j in zip(cuts, cuts[1:]):
            if i:
                time.sleep(self.number("pause", 20) / 1000)
            self.sock.sendall(head[i:j])
        if "end" in self.args:
            raise ConnectionError("closed as asked for")
        if self.method == "HEAD" or self.args.get("status", "")[:3] in ("101", "204", "304"):
            return
        if chunk:
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in
                            [body[i:i + chunk] for i in range(0, len(body), chunk)]
                            + [b""])
        self.sock.sendall(body)

    def abort(self):
        left = self.number("bytes", 1000)
        self.sock.sendall(self.head("200 OK", "Content-Length: 1000000") + b"x" * left)
        # What was sent has to arrive first: RST would overtake it.
        while struct.unpack("8B24I", self.sock.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, 104))[8 + 4]:
            time.sleep(0.01)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionError("aborted as asked for")


def http(sock, namespace):
    Http(sock, namespace).serve()


def connection(handler, sock, namespace):
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handler(sock, namespace)
    except (OSError, ValueError) as error:
        print(namespace, handler.__name__, error, flush=True)
    finally:
        sock.close()


def accept(listener, handler, namespace):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=connection, args=(handler, sock, namespace), daemon=True).start()


def main():
    threading.stack_size(256 * 1024)
    for namespace in sys.argv[2:]:
        enter(namespace)
        for port, handler in ((7, echo), (25, greet), (8081, http)):
            listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            listener.bind(("::", port))
            listener.listen(1024)
            threading.Thread(target=accept, args=(listener, handler, namespace),
                             daemon=True).start()
    with open(sys.argv[1] + ".new", "w") as f:
        f.write("%d\n" % os.getpid())
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    threading.Event().wait()


main()
