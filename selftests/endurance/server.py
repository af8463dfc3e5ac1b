# SPDX-License-Identifier: GPL-2.0
"""Pushes both ways, as over a WebSocket, on port 9000.

    server.py NAME FILE SECONDS

Records of RECORD bytes. The server sends one each so many seconds, unasked: "push", its number, the
server's name, when it was due (of the clock that both ends have); and sends back those of the client,
as "echo" in the place of "mine". The rest of a record are bytes of FILE from a place that its number tells.
"""
import asyncio
import sys
import time

RECORD, HEAD = 256, 64


def record(blob, word, number, name, due):
    head = ("%s %d %s %.6f" % (word, number, name, due)).ljust(HEAD).encode()
    at = number * 977 % (len(blob) - RECORD)
    return head + blob[at:at + RECORD - HEAD]


class Pusher(asyncio.Protocol):
    name, blob, period = "", b"", 2.0

    def connection_made(self, transport):
        self.transport, self.got, self.number = transport, b"", 0
        self.due = time.monotonic() + self.period
        self.timer = asyncio.get_running_loop().call_at(self.due, self.push)

    def push(self):
        self.transport.write(record(self.blob, "push", self.number, self.name, self.due))
        self.number += 1
        self.due += self.period
        self.timer = asyncio.get_running_loop().call_at(self.due, self.push)

    def data_received(self, data):
        self.got += data
        while len(self.got) >= RECORD:
            self.transport.write(b"echo" + self.got[4:RECORD])
            self.got = self.got[RECORD:]

    def connection_lost(self, exc):
        self.timer.cancel()
        if exc:
            print(self.name, exc, flush=True)


async def main():
    Pusher.name, Pusher.period = sys.argv[1], float(sys.argv[3])
    with open(sys.argv[2], "rb") as f:
        Pusher.blob = f.read(1000000)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Pusher, "::", 9000, backlog=1024)
    four = await loop.create_server(Pusher, "0.0.0.0", 9000, backlog=1024)
    await asyncio.gather(server.serve_forever(), four.serve_forever())


if __name__ == "__main__":
    asyncio.run(main())
