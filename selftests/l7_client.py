# SPDX-License-Identifier: GPL-2.0
"""Clients for what curl cannot do, or would take too long to do one by one.

    l7_client.py COMMAND HOST PORT [NAME=VALUE]...

    get       one request a connection, "server=NS ..." of each answer; with count=N of them.
              An answer that cannot be had is a line "error=WHY ms=TIME".
    sessions  sessions=N browsers that make requests=M requests each, in turn, one connection a
              request. The server of each is the one that its cookie names, so that it can be
              wrong: "session K server=NS cookie=VALUE", then "wrong=W servers=S".
    keep      one connection, and on it a request for each req=METHOD TARGET[|FIELD]..., in
              which a field body=TEXT or chunks=TEXT is a body (after "100 Continue", if that
              is expected): "STATUS BYTES" and the first word of the body of each answer, and
              "closed" if the connection is. With pipeline=1 all at once.
    echo      bytes=N random bytes, or those of hex=..., must come back as they are: "same".
    line      the first line that the server says, unasked.
    hold      count=N connections, which send text=... and are then held until the process is
              killed: "held N failed F"; failed ones were refused, reset or not answered.

Options of all: from=ADDRESS, port=N (of the client), mss=N, timeout=SECONDS (10), reset=1 (close by RST). What echo
and hold send: text=..., in which \\r and \\n are understood, then hex=..., then the random
bytes. Of get: path=/who, host=NAME, count=1, cookie=NAME=VALUE, field=NAME:VALUE (may be repeated),
filler=N (bytes of other fields before the cookie), piece=N and pause=MS (send so many bytes
at a time), proxy=LINE or proxyhex=... (a PROXY header before all that), stop=N and resume=FILE (after N bytes wait until FILE exists), half=1 (close the
own side after the request), gap=MS between requests, body=1 (print the length of the body,
not itself). {n} in the path is the request's number, from 0.

Only modules that load quickly are used: this runs on an emulated processor, on which the
module socket takes longer than a hundred requests.
"""
import _socket as socket
import os
import struct
import sys
import time


class Options(dict):
    def __init__(self, words):
        self.fields, self.requests = [], []
        for word in words:
            name, _, value = word.partition("=")
            if name == "field":
                self.fields.append(value)
            if name == "req":
                self.requests.append(value)
            self[name] = value

    def number(self, name, default=0):
        return int(self.get(name, default))


def connect(host, port, opt):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.settimeout(float(opt.get("timeout", 10)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if "mss" in opt:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, opt.number("mss"))
    if "reset" in opt:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if "from" in opt:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((opt["from"], opt.number("port")))
    sock.connect((host, port))
    return sock


def send(sock, data, opt):
    stop = opt.number("stop", len(data))
    piece = opt.number("piece", len(data) or 1)
    for at in range(0, len(data), piece):
        part = data[at:at + piece]
        if at <= stop < at + len(part):
            sock.sendall(part[:stop - at])
            while not os.path.exists(opt["resume"]):
                time.sleep(0.01)
            part = part[stop - at:]
        sock.sendall(part)
        if "pause" in opt:
            time.sleep(opt.number("pause") / 1000)


def proxy_header(opt):
    line = opt["proxy"] + "\r\n" if "proxy" in opt else ""
    return line.encode("latin-1") + bytes.fromhex(opt.get("proxyhex", ""))


def request(host, opt, n=0):
    lines = ["GET %s HTTP/1.1" % opt.get("path", "/who").replace("{n}", str(n)),
             "Host: %s" % opt.get("host", "[%s]" % host if ":" in host else host),
             "Connection: close"]
    filler = opt.number("filler")
    while filler > 0:
        part = min(filler, 1000)
        lines.append("X-Filler-%d: %s" % (filler, "x" * part))
        filler -= part
    lines += opt.fields
    if "cookie" in opt:
        lines.append("Cookie: a=b; " + opt["cookie"])
    return proxy_header(opt) + ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def receive(sock):
    data = b""
    while part := sock.recv(65536):
        data += part
    return data


def exchange(host, port, opt, data):
    sock = connect(host, port, opt)
    try:
        send(sock, data, opt)
        if "half" in opt:
            sock.shutdown(socket.SHUT_WR)
        return receive(sock)
    finally:
        sock.close()


def answer(data):
    """The body of an answer and the cookies that it sets."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/1.1 200") or not body:
        raise ValueError("answer-" + "-".join(lines[0].split()) if lines[0] else "no-answer")
    cookies = [line[11:].split(";")[0].strip() for line in lines
               if line.lower().startswith("set-cookie:")]
    return body.decode("latin-1").strip(), cookies


def why(error):
    if isinstance(error, socket.timeout):
        return "timeout"
    return getattr(error, "strerror", None) or str(error)


def get(host, port, opt):
    for n in range(opt.number("count", 1)):
        data = request(host, opt, n)
        start = time.monotonic()
        try:
            body, cookies = answer(exchange(host, port, opt, data))
            print(len(body) if "body" in opt else body, *("set=" + c for c in cookies),
                  flush=True)
        except (OSError, ValueError) as error:
            print("error=%s ms=%d" % (why(error).replace(" ", "-").lower(),
                                      (time.monotonic() - start) * 1000), flush=True)
        time.sleep(opt.number("gap") / 1000)


def sessions(host, port, opt):
    jar, wrong = [], 0
    for _ in range(opt.number("sessions")):
        body, cookies = answer(exchange(host, port, opt, request(host, Options(["path=/"]))))
        jar.append((body.split()[0][7:], cookies[0]))
    for _ in range(opt.number("requests") - 1):
        for server, cookie in jar:
            data = request(host, Options(["path=/", "cookie=" + cookie]))
            body, _ = answer(exchange(host, port, opt, data))
            if body.split()[0][7:] != server:
                wrong += 1
    for i, (server, cookie) in enumerate(jar):
        print("session %d server=%s cookie=%s" % (i, server, cookie))
    print("wrong=%d servers=%d" % (wrong, len({server for server, _ in jar})))


def unescape(plain):
    return plain.replace("\\r", "\r").replace("\\n", "\n").encode("latin-1")


def text(opt):
    return unescape(opt.get("text", "")) + bytes.fromhex(opt.get("hex", ""))


def keep_request(word):
    """Head and body of a request, and whether the body has to wait."""
    first, *fields = word.split("|")
    lines, body = [first + " HTTP/1.1", "Host: keep"], b""
    for field in fields:
        name, _, value = field.partition("=")
        if name == "body":
            body = unescape(value)
            lines.append("Content-Length: %d" % len(body))
        elif name == "chunks":
            body = unescape(value)
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
            lines.append("Transfer-Encoding: chunked")
        else:
            lines.append(field)
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return first.split()[0], head, body, "Expect: 100-continue" in fields


class Answers:
    """The answers on a connection, one after the other."""

    def __init__(self, sock):
        self.sock, self.data = sock, b""

    def more(self):
        part = self.sock.recv(65536)
        if not part:
            raise ValueError("closed")
        self.data += part

    def line(self):
        while b"\r\n" not in self.data:
            self.more()
        line, _, self.data = self.data.partition(b"\r\n")
        return line.decode("latin-1")

    def bytes(self, n):
        while len(self.data) < n:
            self.more()
        part, self.data = self.data[:n], self.data[n:]
        return part

    def chunks(self):
        body = b""
        while n := int(self.line(), 16):
            body += self.bytes(n)
            self.line()
        self.line()
        return body

    def next(self, method):
        """Status and body."""
        status, fields = self.line().split(" ")[1], {}
        while line := self.line():
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        if method == "HEAD" or status[0] == "1" or status in ("204", "304"):
            return status, b""
        if "transfer-encoding" in fields:
            return status, self.chunks()
        return status, self.bytes(int(fields["content-length"]))

    def final(self, method):
        status, body = self.next(method)
        while status[0] == "1" and status != "101":
            status, body = self.next(method)
        print(status, len(body), body[:40].decode("latin-1").split(None, 1)[0] if body else "-",
              flush=True)


def keep(host, port, opt):
    sock = connect(host, port, opt)
    answers, requests = Answers(sock), [keep_request(word) for word in opt.requests]
    try:
        if "pipeline" in opt:
            send(sock, b"".join(head + body for _, head, body, _ in requests), opt)
        for method, head, body, waits in requests:
            if "pipeline" not in opt:
                send(sock, head if waits else head + body, opt)
            if waits:
                assert answers.next(method)[0] == "100"
                send(sock, body, opt)
            answers.final(method)
    except (OSError, ValueError) as error:
        print(why(error))
    sock.close()


def echo(host, port, opt):
    data = text(opt) + os.urandom(opt.number("bytes"))
    sock = connect(host, port, opt)
    send(sock, data, opt)
    sock.shutdown(socket.SHUT_WR)
    back = receive(sock)
    sock.close()
    print("same" if back == data else "sent %d bytes, got %d, alike %d" % (
        len(data), len(back), len(os.path.commonprefix([data, back]))))


def line(host, port, opt):
    sock, data = connect(host, port, opt), b""
    while not data.endswith(b"\n"):
        data += sock.recv(1) or b" closed\n"
    print(data.decode("latin-1").strip())


def hold(host, port, opt):
    held, failed, data = [], 0, text(opt)
    for i in range(opt.number("count", 1)):
        try:
            sock = connect(host, port, opt)
            if data:
                sock.sendall(data)
            held.append(sock)
        except OSError:
            failed += 1
    print("held %d failed %d" % (len(held), failed), flush=True)
    while True:
        time.sleep(1000)


def main():
    command, host, port = sys.argv[1:4]
    {"get": get, "sessions": sessions, "keep": keep, "echo": echo, "line": line,
     "hold": hold}[command](host, int(port), Options(sys.argv[4:]))


main()
