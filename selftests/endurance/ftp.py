# SPDX-License-Identifier: GPL-2.0
"""FTP as a kind of session: a control connection, and data connections in both modes and directions."""
import asyncio
import re
import socket
import time

import kinds

PART = 32768            # of which each server has eight, at 6000 bytes a second


class Ftp(kinds.Session):
    async def life(self):
        self.server = None
        self.conn = await self.open(21)
        await self.answer("220")
        await self.say("USER anonymous", "230", "331")
        await self.say("TYPE I", "200")
        self.is_at((await self.fetch("name")).decode().strip())
        for _ in range(self.rng.randint(3, 6)):
            i = self.rng.randrange(8)
            self.same("file", await self.fetch("part%d" % i), self.load.blob[i * PART:(i + 1) * PART])
            await self.pause(5)
            data = self.load.blob[(i + 20) * PART:(i + 20) * PART + 12000]
            await self.store("pub/%d" % self.number, data)
            self.same("what was stored", await self.fetch("pub/%d" % self.number), data)
            await self.say("DELE pub/%d" % self.number, "250")
            self.is_at((await self.fetch("name")).decode().strip())
            await self.pause(5)
        await self.say("QUIT", "221")
        self.conn[1].close()

    async def answer(self, *wanted):
        began = time.monotonic()
        line = "   -"
        async with self.limit():
            while line[3] != " ":
                line = (await self.conn[0].readuntil(b"\r\n")).decode()
        self.late(time.monotonic() - began)
        if line[:3] not in wanted:
            raise kinds.Wrong("FTP says " + line.strip())
        return line

    async def say(self, command, *wanted):
        self.conn[1].write(command.encode() + b"\r\n")
        return await self.answer(*wanted)

    async def data(self, command):
        """The data connection that a command opens, as streams."""
        if self.rng.random() < 0.5:
            if self.family == 4:
                where = [int(n) for n in re.search(r"\(([\d,]+)\)", await self.say("PASV", "227"))[1].split(",")]
                self.same("address", "%d.%d.%d.%d" % tuple(where[:4]), kinds.VIP[4])
                port = where[4] * 256 + where[5]
            else:
                port = int(re.search(r"\|\|\|(\d+)\|", await self.say("EPSV", "229"))[1])
            conn = await self.open(port)
            await self.say(command, "150")
            return conn
        loop = asyncio.get_running_loop()
        family = socket.AF_INET if self.family == 4 else socket.AF_INET6
        with socket.create_server((self.address, 0), family=family) as listener:
            listener.setblocking(False)
            await self.say("EPRT |%d|%s|%d|" % (
                1 if self.family == 4 else 2, self.address, listener.getsockname()[1]), "200")
            await self.say(command, "150")
            async with self.limit():
                sock, _ = await loop.sock_accept(listener)
        return self.opened(await asyncio.open_connection(sock=sock))

    async def fetch(self, name):
        reader, writer = await self.data("RETR " + name)
        got, began = [], time.monotonic()
        while True:
            async with self.limit():
                data = await reader.read(65536)
            if not data:
                break
            now = time.monotonic()
            # vsftpd sends a buffer, and waits as long as that may last.
            self.late(now - began - (6 if name[:4] == "part" else 1))
            began = now
            got.append(data)
            self.load.count("bytes", len(data))
        writer.close()
        await self.answer("226")
        self.load.count("requests")
        return b"".join(got)

    async def store(self, name, data):
        _, writer = await self.data("STOR " + name)
        for i in range(0, len(data), 3000):
            writer.write(data[i:i + 3000])
            await self.pause(1)
        self.load.count("bytes", len(data))
        writer.close()
        await self.answer("226")
        self.load.count("requests")
