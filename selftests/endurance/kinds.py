# SPDX-License-Identifier: GPL-2.0
"""The kinds of sessions of the endurance run. Each is a class whose life() is one session, from its first
connection to its last; what must not be raises Wrong, Moved or what the socket raises. What is due and
late is told to self.late(seconds)."""
import asyncio
import fcntl
import hashlib
import itertools
import re
import struct
import time

import server as pusher

TIOCOUTQ = 0x5411
VIP = {4: "10.0.1.100", 6: "fd00:1::100"}
LIMIT = 60              # seconds for whatever is waited for


class Wrong(Exception):
    """Bytes that are not those that were sent."""


class Moved(Exception):
    """A session is at another server."""


class Ended(Exception):
    """The run is over, and this session is about nothing."""


class Session:
    """One of the clients, with an address of its own."""

    def __init__(self, load, number, rng):
        self.load, self.number, self.rng = load, number, rng
        self.family = 6 if number // 2 % 2 else 4
        self.server = None
        self.writers = []
        self.opened_at = None
        if self.family == 4:
            self.address = "10.9.%d.%d" % (number // 250, number % 250 + 1)
        else:
            self.address = "fd00:9::%x" % (number + 1)

    async def open(self, port):
        began = time.monotonic()
        async with self.limit():
            conn = await asyncio.open_connection(
                VIP[self.family], port, local_addr=(self.address, 0))
        self.late(time.monotonic() - began)
        return self.opened(conn)

    def opened(self, conn):
        self.load.count("connections")
        self.writers.append(conn[1])
        self.opened_at = time.monotonic()
        return conn

    def last(self):
        """The connection that was opened last: ports, and how many seconds ago."""
        if not self.writers:
            return None
        name = self.writers[-1].get_extra_info
        return "port %s to %s, %.1f s old" % (
            (name("sockname") or "??")[1], (name("peername") or "??")[1], time.monotonic() - self.opened_at)

    def close(self):
        """Whatever a life has left open."""
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    @staticmethod
    def limit():
        return asyncio.timeout(LIMIT)

    def late(self, seconds):
        self.load.late(self, seconds)

    def is_at(self, name):
        """The session is at this server, and stays there."""
        if self.server is None:
            self.server = name
        if name != self.server:
            was, self.server = self.server, name
            raise Moved("from %s to %s" % (was, name))

    async def pause(self, seconds):
        until = time.monotonic() + seconds * self.load.pace * self.rng.uniform(0.5, 1.5)
        while not self.load.ending and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 5))
        self.goes_on()

    def goes_on(self):
        if self.load.ending:
            raise Ended

    def same(self, what, got, wanted):
        if got != wanted:
            n = next((i for i, (g, w) in enumerate(zip(got, wanted)) if g != w),
                     min(len(got), len(wanted)))
            self.load.wrong_bytes(sum(g != w for g, w in zip(got, wanted)) + abs(len(got) - len(wanted)))
            raise Wrong("%s: byte %d of %d: %r instead of %r" % (
                what, n, len(wanted), got[n:n + 40], wanted[n:n + 40]))


def length_of(head):
    """Of an answer's body. Proxies write names in small letters."""
    if head[9:12] not in ("200", "206"):
        raise Wrong("answer " + head[:40])
    return int(re.search(r"(?i)Content-Length: (\d+)", head)[1])


class Http(Session):
    """Requests on a connection that is kept, and on the next one, with the cookie of the first."""
    cookie = None

    async def get(self, conn, path, more=""):
        reader, writer = conn
        began = time.monotonic()
        cookie = "Cookie: SESSID=%s\r\n" % self.cookie if self.cookie else ""
        writer.write(("GET %s HTTP/1.1\r\nHost: x\r\n%s%s\r\n" % (path, cookie, more)).encode())
        async with self.limit():
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.late(time.monotonic() - began)
        if m := re.search(r"(?i)Set-Cookie: SESSID=([^;]*)", head):
            if self.cookie:
                raise Moved("a new cookie, %s, for %s" % (m[1], self.cookie))
            self.cookie = m[1]
        return length_of(head)

    async def who(self, conn, path="/who"):
        length = await self.get(conn, path)
        async with self.limit():
            body = (await conn[0].readexactly(length)).decode()
        self.load.count("requests")
        name = body[7:10]
        self.is_at(name)
        if path == "/who":
            if self.load.by_proxy:
                body = re.sub("client=.* port=[0-9]*", "client=%s port=%d" % (
                    self.address, conn[1].get_extra_info("sockname")[1]), body)
            self.same("who", body, "server=%s client=%s port=%d cookie=%s\n" % (
                name, self.address, conn[1].get_extra_info("sockname")[1], self.cookie))
        return name

    async def life(self):
        self.cookie = self.server = None
        for turn in range(4):
            conn = await self.open(80)
            await self.who(conn, "/who" if turn else "/")
            for _ in range(self.rng.randint(3, 10)):
                await self.pause(4)
                await self.who(conn)
            conn[1].close()
            await self.pause(2)


class Download(Http):
    """Slowly, of a place in the file that all have."""
    RATE, SIZE = 4096, 90000

    async def life(self):
        self.cookie = self.server = None
        conn = await self.open(80)
        await self.who(conn, "/")
        for turn in range(3):
            at = self.rng.randrange(len(self.load.blob) - self.SIZE)
            left = await self.get(conn, "/blob?rate=%d" % self.RATE,
                                  "Range: bytes=%d-%d\r\n" % (at, at + self.SIZE - 1))
            self.same("length", str(left), str(self.SIZE))
            began = time.monotonic()
            while left:
                async with self.limit():
                    data = await conn[0].read(min(left, 65536))
                if not data:
                    raise EOFError("with %d bytes to come" % left)
                now = time.monotonic()
                # nginx sends each second or other one.
                self.late(now - began - 2)
                began = now
                self.same("download", data, self.load.blob[at:at + len(data)])
                self.load.count("bytes", len(data))
                at, left = at + len(data), left - len(data)
                self.goes_on()
            self.load.count("requests")
            await self.who(conn)
            if turn == 1:
                conn[1].close()
                conn = await self.open(80)
        conn[1].close()


class Upload(Session):
    """Slowly; the server tells the digest of what came."""
    CHUNK = 3000

    async def life(self):
        # By the client's address, as long as the binding lasts: always the same server.
        count = self.rng.randint(8, 25)
        at = self.rng.randrange(len(self.load.blob) - count * self.CHUNK)
        reader, writer = await self.open(8081)
        sock = writer.get_extra_info("socket")
        writer.write(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (
            count * self.CHUNK))
        for i in range(count):
            began = time.monotonic()
            writer.write(self.load.blob[at + i * self.CHUNK:at + (i + 1) * self.CHUNK])
            async with self.limit():
                while not writer.is_closing() and self.unacknowledged(sock):
                    await asyncio.sleep(0.1)
            if writer.is_closing() or reader.at_eof():
                raise reader.exception() or EOFError("in mid-upload")
            self.late(time.monotonic() - began)
            self.load.count("bytes", self.CHUNK)
            await self.pause(1)
        began = time.monotonic()
        async with self.limit():
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = length_of(head)
            body = (await reader.readexactly(length)).decode()
        self.late(time.monotonic() - began)
        self.is_at(body[7:10])
        self.same("upload", body, "server=%s length=%d sha256=%s\n" % (
            body[7:10], count * self.CHUNK,
            hashlib.sha256(self.load.blob[at:at + count * self.CHUNK]).hexdigest()))
        self.load.count("requests")
        writer.close()

    @staticmethod
    def unacknowledged(sock):
        return struct.unpack("i", fcntl.ioctl(sock.fileno(), TIOCOUTQ, b"\0" * 4))[0]


class Push(Session):
    """Both ways at once: what the server sends unasked, and what it sends back."""

    async def life(self):
        self.server = None
        reader, writer = await self.open(9000)
        end = time.monotonic() + self.load.pace * self.rng.uniform(30, 120)
        task = asyncio.ensure_future(self.send(writer))
        try:
            number = {"push": 0, "echo": 0}
            while time.monotonic() < end:
                self.goes_on()
                async with self.limit():
                    data = await reader.readexactly(pusher.RECORD)
                word, n, name, due = data[:pusher.HEAD].decode().split()
                self.same("record", data, pusher.record(
                    self.load.blob, word, number[word], name if word == "push" else "mine", float(due)))
                number[word] += 1
                self.late(time.monotonic() - float(due))
                if word == "push":
                    self.is_at(name)
                self.load.count("requests")
        finally:
            task.cancel()

    async def send(self, writer):
        for n in itertools.count():
            await asyncio.sleep(3 * self.load.pace * self.rng.uniform(0.5, 1.5))
            writer.write(pusher.record(self.load.blob, "mine", n, "mine", time.monotonic()))
