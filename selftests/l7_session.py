# SPDX-License-Identifier: GPL-2.0
"""Client sessions that stand still while a director is replaced.

    l7_session.py HOST KIND READY GATE [COOKIE [PORT]]

opens a connection, does the first half of its work, makes the file READY, waits for the file
GATE and does the second half, from the client's PORT (handshake only; any one if none is given).
Prints "ok ..." or "FAIL ..." and exits 0 or 1. KIND:

    handshake     connected, no byte sent yet; then a request
    partial       half a request sent (and acknowledged by the director); then the rest
    keepalive     a request answered, then idle; then another request on the same connection
    echo          client speaks first after the gate, on port 7
    push          the server speaks first after the gate, every 100 ms, on port 8081
"""
import os
import socket
import sys
import time


def connect(host, port, own_port=0):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # it may have been that of another case
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", own_port))
    sock.settimeout(20)
    sock.connect((host, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def request(path, cookie):
    line = "Cookie: SESSID=%s\r\n" % cookie if cookie else ""
    return ("GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (path, line)).encode()


def response(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(sock)
    head, body = data.split(b"\r\n\r\n", 1)
    length = [int(x.split(b":")[1]) for x in head.split(b"\r\n")
              if x.lower().startswith(b"content-length:")][0]
    while len(body) < length:
        body += receive(sock)
    return body.decode().strip()


def receive(sock):
    data = sock.recv(65536)
    if not data:
        raise EOFError("closed early")
    return data


def server_of(body):
    return [w for w in body.split() if w.startswith("server=")][0]


class Gate:
    def __init__(self, ready, gate):
        self.ready, self.gate = ready, gate

    def wait(self):
        open(self.ready, "w").close()
        while not os.path.exists(self.gate):
            time.sleep(0.01)


def handshake(host, gate, cookie):
    sock = connect(host, 80, int(sys.argv[6]) if len(sys.argv) > 6 else 0)
    gate.wait()
    sock.sendall(request("/who", cookie))
    return server_of(response(sock))


def partial(host, gate, cookie):
    sock = connect(host, 80)
    whole = request("/who", cookie)
    sock.sendall(whole[:30])
    gate.wait()
    sock.sendall(whole[30:])
    return server_of(response(sock))


def keepalive(host, gate, cookie):
    sock = connect(host, 80)
    sock.sendall(request("/who", cookie))
    first = server_of(response(sock))
    gate.wait()
    sock.sendall(request("/who", cookie))
    second = server_of(response(sock))
    if first != second:
        raise ValueError("moved from %s to %s" % (first, second))
    return second


def echo(host, gate, cookie):
    sock = connect(host, 7)
    for i in range(5):
        if i == 2:
            gate.wait()
        text = b"line %d of an echo\n" % i
        sock.sendall(text)
        back = b""
        while len(back) < len(text):
            back += receive(sock)
        if back != text:
            raise ValueError("echo of %r is %r" % (text, back))
    return "echoed"


def push(host, gate, cookie):
    sock = connect(host, 8081)
    sock.sendall(b"GET /push?n=40&ms=100 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    data, waited = b"", False
    while True:
        more = sock.recv(65536)
        if not more:
            break
        data += more
        if not waited and b"push 3 " in data:
            gate.wait()
            waited = True
    count = sum(1 for k in range(1, 41) if b"push %d " % k in data)
    if count < 39:
        raise ValueError("%d of 40 pushes" % count)
    return "pushed"


def main():
    host, kind, ready, gate = sys.argv[1:5]
    cookie = sys.argv[5] if len(sys.argv) > 5 else ""
    try:
        result = globals()[kind](host, Gate(ready, gate), cookie)
    except (OSError, EOFError, ValueError) as error:
        print("FAIL", kind, type(error).__name__, error, flush=True)
        return 1
    print("ok", kind, result, flush=True)
    return 0


sys.exit(main())
