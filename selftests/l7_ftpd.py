# SPDX-License-Identifier: GPL-2.0
"""FTP servers beside vsftpd.

    l7_ftpd.py pyftpdlib PORT ROOT          the real one of that name, both families, anonymous
    l7_ftpd.py odd PORT NAME                replies as no usual server gives them

The odd one takes USER, PASS, NOOP, QUIT, RETR (which sends NAME) and, for a data connection,
"EPSV [PORT]" or "PASV WAY": how the reply to PASV comes:

    whole         at once, with the reply to the next NOOP in front of it, whose text looks like one
    port:N        with port N
    bytes         byte by byte, each in a segment of its own: more than a server sends at once
    pieces        nine bytes at a time, which it does
    split:N       in two segments, the second begins with byte N
    low           with a port below 1024
    foreign       with an address that is somebody else's
    bare          as "227 h1,h2,h3,h4,p1,p2", which leaves no room
    masqueraded   with the address that the client connected to, as if configured so
    unfinished    a line that begins as such a reply, and then another line's end
"""
import socket
import socketserver
import sys
import time

PACE = 0.03     # seconds between pieces, so that each has a segment of its own


class Odd(socketserver.StreamRequestHandler):
    def say(self, *pieces):
        for i, p in enumerate(pieces):
            if i:
                time.sleep(PACE)
            self.connection.sendall(p if isinstance(p, bytes) else p.encode())

    def listen(self, port=0):
        if self.data:
            self.data.close()
        host = self.connection.getsockname()[0].replace("::ffff:", "")
        self.data = socket.create_server((host, port),
                                         family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.data.settimeout(20)
        return self.data.getsockname()

    def pasv(self, way):
        host, port = self.listen(int(way[5:]) if way.startswith("port:") else 0)[:2]
        text = "227 Entering Passive Mode (%s,%d,%d).\r\n"
        if way == "foreign":
            host = "198.51.100.7"
        elif way == "low":
            port = 22
        elif way.startswith("masqueraded:"):
            host = way.partition(":")[2]
        elif way == "bare":
            text = "227 %s,%d,%d\r\n"
        line = text % (host.replace(".", ","), port // 256, port % 256)
        if way == "bytes":
            self.say(*(bytes([b]) for b in line.encode()))
        elif way == "pieces":
            self.say(*(line[i:i + 9] for i in range(0, len(line), 9)))
        elif way.startswith("split:"):
            n = int(way[6:])
            self.say(line[:n], line[n:])
        elif way == "whole":
            self.say("200-one\r\n 227 (1,2,3,4,5,6)\r\n227 it says (%s,5,6)\r\n227-\r\n200 two\r\n" %
                     host.replace(".", ",") + line)
        elif way == "unfinished":
            self.say("22", "7 Ent", "ering\r", "\n", line)
        else:
            self.say(line)

    def retr(self):
        self.say("150 here it comes\r\n")
        with self.data.accept()[0] as conn:
            conn.sendall(self.server.name.encode())
        self.data.close()
        self.say("226 done\r\n")

    def handle(self):
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data = None
        self.say("220 odd\r\n")
        for line in self.rfile:
            word, _, rest = line.decode().strip().partition(" ")
            if word == "PASV":
                self.pasv(rest)
            elif word == "EPSV":
                self.say("229 Extended (|||%d|)\r\n" % self.listen(int(rest or 0))[1])
            elif word == "RETR":
                self.retr()
            elif word == "QUIT":
                self.say("221 bye\r\n")
                return
            else:
                self.say("230 fine\r\n" if word in ("USER", "PASS") else "200 fine\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    address_family = socket.AF_INET6


def pyftpdlib(port, root):
    # imported here: the odd one is started without packages
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import FTPServer

    class Handler(FTPHandler):
        authorizer = DummyAuthorizer()

    Handler.authorizer.add_anonymous(root, perm="elradfmwMT")
    sock = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    FTPServer(sock, Handler).serve_forever()


def main():
    kind, port, arg = sys.argv[1:4]
    if kind == "pyftpdlib":
        pyftpdlib(int(port), arg)
    else:
        server = Server(("::", int(port)), Odd)
        server.name = arg
        server.serve_forever()


main()
