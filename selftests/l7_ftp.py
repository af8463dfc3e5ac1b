# SPDX-License-Identifier: GPL-2.0
"""FTP sessions that are under way while a director is replaced.

    l7_ftp.py HOST PORT KIND passive|active READY GATE [FILE]
    l7_ftp.py HOST PORT say COMMAND
    l7_ftp.py HOST PORT odd WAY
    l7_ftp.py HOST PORT intrude PORT
    l7_ftp.py HOST PORT collide PORT

The first form logs in, does the first half of its work, makes the file READY, waits for the file GATE and does
the second half; then the next commands on the same control connection. Prints "ok server=NAME ..."
or "FAIL ..." and exits 0 or 1. Passive is EPSV over IPv6 and PASV over IPv4, where the address in
the reply counts. KIND:

    idle       logged in
    announced  the data connection is agreed on, and not open yet
    download   of "blob", while it goes on
    upload     of FILE as "pub/up", while it goes on
    list       of "many", while it goes on
    late       logged in; then the data connection is agreed on, READY.2 made, and GATE.2 waited for
    churn      a thousand data connections are agreed on, and none is opened

The second one only says something. The third one asks l7_ftpd.py for a reply that comes in some WAY,
and prints the address in it and what the data connection to it brings. The fourth one announces a
port of its own to the server, and connects from there to that PORT itself. The fifth one has two
sessions, with different servers that both name that PORT, fails to connect to it, even if one names it again, and has
each name another one.
"""
import ftplib
import hashlib
import os
import socket
import sys
import time

WAIT = 60           # seconds for whatever is waited for
CHUNK = 65536
PACE = 0.02         # seconds between chunks until the gate opens
FIRST = 3000000     # bytes before READY


class Gate:
    def __init__(self, ready, gate):
        self.ready, self.gate, self.said = ready, gate, False

    def say(self):
        if not self.said:
            open(self.ready, "w").close()
        self.said = True

    def is_open(self):
        return os.path.exists(self.gate)

    def pace(self, n):
        """After n bytes of a transfer, which is to go on when the gate opens."""
        if n >= FIRST:
            self.say()
        if not self.is_open():
            time.sleep(PACE)

    def wait(self):
        self.say()
        end = time.monotonic() + 10 * WAIT
        while not self.is_open():
            if time.monotonic() > end:
                raise TimeoutError("gate")
            time.sleep(0.02)


class Session(ftplib.FTP):
    trust_server_pasv_ipv4_address = True

    def __init__(self, host, port, mode):
        super().__init__(timeout=WAIT)
        self.set_pasv(mode == "passive")
        self.connect(host, port)
        self.login()

    def agree(self):
        """What the next data connection will be, as a function that opens it with a command."""
        if self.passiveserver:
            host, port = self.makepasv()

            def opened(cmd):
                conn = socket.create_connection((host, port), timeout=WAIT)
                self.begin(cmd)
                return conn
        else:
            sock = self.makeport()

            def opened(cmd):
                with sock:
                    self.begin(cmd)
                    conn, _ = sock.accept()
                conn.settimeout(WAIT)
                return conn
        return opened

    def begin(self, cmd):
        answer = self.sendcmd(cmd)
        if answer[0] != "1":
            raise ftplib.error_reply(answer)

    def open(self, cmd):
        return self.agree()(cmd)

    def whole(self, cmd, conn=None):
        conn = conn or self.open(cmd)
        data = b"".join(iter(lambda: conn.recv(CHUNK), b""))
        conn.close()
        self.voidresp()
        return data

    def server(self):
        return self.whole("RETR name").decode().strip()


def idle(ftp, gate, _):
    gate.wait()
    return "server=" + ftp.server()


def announced(ftp, gate, _):
    opened = ftp.agree()
    gate.wait()
    return "server=" + ftp.whole("", opened("RETR name")).decode().strip()


def late(ftp, gate, _):
    gate.wait()
    opened = ftp.agree()
    Gate(gate.ready + ".2", gate.gate + ".2").wait()
    return "server=" + ftp.whole("", opened("RETR name")).decode().strip()


def download(ftp, gate, _):
    conn = ftp.open("RETR blob")
    digest, n = hashlib.sha256(), 0
    while True:
        data = conn.recv(CHUNK)
        if not data:
            break
        digest.update(data)
        n += len(data)
        gate.pace(n)
    conn.close()
    ftp.voidresp()
    return "sha256=" + digest.hexdigest()


def upload(ftp, gate, path):
    conn = ftp.open("STOR pub/up")
    n = 0
    with open(path, "rb") as f:
        for data in iter(lambda: f.read(CHUNK), b""):
            conn.sendall(data)
            n += len(data)
            gate.pace(n)
    conn.close()
    ftp.voidresp()
    return "sha256=" + hashlib.sha256(ftp.whole("RETR pub/up")).hexdigest()


def listing(ftp, gate, _):
    opened = ftp.agree()
    # Few bytes at a time, so that the server is not through with it.
    conn = opened("LIST many")
    data = conn.recv(100)
    gate.wait()
    data += ftp.whole("", conn)
    return "lines=%d" % data.count(b"\n")


def churn(ftp, gate, _):
    for _ in range(1000):
        ftp.agree()
    gate.wait()
    return "server=" + ftp.server()


KINDS = {"idle": idle, "announced": announced, "download": download, "upload": upload,
         "list": listing, "churn": churn, "late": late}


def say(ftp, command):
    print(ftp.sendcmd(command))


def odd(ftp, way):
    reply = ftp.sendcmd("PASV " + way)
    while True:
        try:
            where = ftplib.parse227(reply)
            break
        except (ftplib.error_reply, ftplib.error_proto):
            reply = ftp.getresp()
    conn = socket.create_connection(where, timeout=5)
    ftp.begin("RETR x")
    print(where[0], ftp.whole("", conn).decode())


def intrude(ftp, port):
    with socket.socket(ftp.af) as sock:
        sock.bind((ftp.sock.getsockname()[0], 0))
        sock.settimeout(3)
        host, own = sock.getsockname()[:2]
        if ftp.af == socket.AF_INET:
            ftp.sendport(host, own)
        else:
            ftp.sendeprt(host, own)
        try:
            sock.connect((ftp.host, int(port)))
            print("connected")
        except OSError as e:
            print("not", e)


def announce(ftp, port):
    ftp.sendcmd("EPSV %s" % port if ftp.af == socket.AF_INET6 else "PASV port:%s" % port)


def collide(ftp, port):
    other = Session(ftp.host, ftp.port, "passive")
    announce(ftp, port)
    # and the first one's server again: the other client may still try
    for one in other, ftp:
        announce(one, port)
        try:
            socket.create_connection((ftp.host, int(port)), timeout=5)
            print("connected")
        except OSError as e:
            print("not", e)
    servers = set()
    for one, n in (ftp, 1), (other, 2):
        announce(one, int(port) + n)
        conn = socket.create_connection((ftp.host, int(port) + n), timeout=20)
        one.begin("RETR x")
        servers.add(one.whole("", conn))
    print("servers", len(servers))
    other.quit()


ASIDE = {"say": say, "odd": odd, "intrude": intrude, "collide": collide}


def main():
    if sys.argv[3] in ASIDE:
        ftp = Session(sys.argv[1], int(sys.argv[2]), "passive")
        ASIDE[sys.argv[3]](ftp, sys.argv[4])
        ftp.quit()
        return
    host, port, kind, mode, ready, gate = sys.argv[1:7]
    ftp = Session(host, int(port), mode)
    before = ftp.server()
    said = KINDS[kind](ftp, Gate(ready, gate), sys.argv[7] if sys.argv[7:] else None)
    # The same control connection, and another data connection.
    ftp.voidcmd("NOOP")
    after = ftp.server()
    ftp.quit()
    if before != after:
        raise ValueError("server %s became %s" % (before, after))
    print("ok of=%s %s" % (before, said))


try:
    main()
except (OSError, EOFError, ValueError, ftplib.Error) as e:
    print("FAIL %s: %s" % (type(e).__name__, e))
    sys.exit(1)
