# SPDX-License-Identifier: GPL-2.0
"""A guest of the endurance run, as the host sees it: started by scripts/vm, told what to do over a
serial port, heard on its standard output, and switched off."""
import asyncio
import os
import signal
import socket
import time

NETS = ("out", "in", "sync")
WORLD, DIRECTOR = "world", "director"


def free_ports():
    """Of UDP, for both ends of three cables."""
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(6)]
    for sock in socks:
        sock.bind(("127.0.0.1", 0))
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


class Machine:
    """@by: what its director is; @hear(machine, line) gets each line that the guest says."""

    def __init__(self, name, by, folder, ports, out, options, hear):
        self.ports = ports
        self.name, self.by, self.folder = name, by, folder
        self.out, self.options, self.hear = out, options, hear
        self.process = self.pipe = self.task = None
        self.answers, self.number = {}, 0
        self.is_cut = False
        self.said = {}          # word: futures that wait for a line that begins with it

    def path(self, what):
        return os.path.join(self.folder, self.name + "." + what)

    def qemu(self):
        words = ["-pidfile", self.path("pid"),
                 "-chardev", "socket,id=cmd,server=on,wait=off,path=" + self.path("cmd"),
                 "-device", "virtserialport,chardev=cmd,name=l7.cmd"]
        # Not a stream: QEMU 7.2 may crash when the other end of it does. Not a Unix socket: with one
        # that nobody reads from it would be busy.
        ends = self.ports[:3], self.ports[3:]
        mine, others = ends if self.name == WORLD else reversed(ends)
        for i, net in enumerate(NETS):
            words += ["-netdev", "dgram,id=%s,local.type=inet,local.host=127.0.0.1,local.port=%d,"
                      "remote.type=inet,remote.host=127.0.0.1,remote.port=%d" % (net, mine[i], others[i]),
                      "-device", "virtio-net-pci,netdev=%s,romfile=,mac=52:54:00:00:%s:%02x" % (
                          net, "07" if self.name == WORLD else "0a", i + 1)]
        return " ".join(words)

    async def start(self):
        self.is_cut = False
        for what in ("pid", "cmd"):
            if os.path.exists(self.path(what)):
                os.unlink(self.path(what))
        self.process = await asyncio.create_subprocess_exec(
            "scripts/vm", "--out", self.out, "--log", os.path.join(self.out, self.name + ".console"),
            "--qemu", self.qemu(), *self.options, "--", "selftests/endurance/%s.sh" % self.name, self.by,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, limit=1 << 20)
        self.task = asyncio.ensure_future(self.read())

    async def read(self):
        async for line in self.process.stdout:
            line = line.decode("utf-8", "replace").rstrip()
            word, _, rest = line.partition(" ")
            if word == "answer":
                number, _, text = rest.partition(" ")
                future = self.answers.pop(int(number), None)
                if future and not future.done():
                    future.set_result(text)
                continue
            for words in word, " ".join(line.split()[:2]):
                for future in self.said.pop(words, ()):
                    if not future.done():
                        future.set_result(line[len(words) + 1:])
            self.hear(self, line)

    def line(self, words):
        """A future: the rest of the next line that begins with this word, or two."""
        future = asyncio.get_running_loop().create_future()
        self.said.setdefault(words, []).append(future)
        return future

    async def wait(self, future, seconds, what):
        """For something that the guest says, as long as it lives."""
        await asyncio.wait((future, self.task), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not future.done():
            raise RuntimeError("%s: %s %s" % (
                self.name, what, "and the guest ended" if self.task.done() else
                "did not come in %d s" % seconds))
        return future.result()

    async def command(self, *words, seconds=120):
        if self.pipe is None:
            _, self.pipe = await asyncio.open_unix_connection(self.path("cmd"))
        self.number += 1
        future = self.answers[self.number] = asyncio.get_running_loop().create_future()
        self.pipe.write(("%d %s\n" % (self.number, " ".join(map(str, words)))).encode())
        return await self.wait(future, seconds, "the answer to '%s'" % words[0])

    async def offset(self):
        """What is to be added to this host's monotonic clock for the guest's time of day."""
        best = None
        for _ in range(7):
            before = time.monotonic()
            there = float(await self.command("clock"))
            after = time.monotonic()
            if best is None or after - before < best[0]:
                best = after - before, there - (before + after) / 2
        return best[1]

    def power_off(self):
        """As if somebody pulled the plug."""
        with open(self.path("pid"), encoding="ascii") as f:
            pid = int(f.read())
        self.is_cut = True
        os.kill(pid, signal.SIGKILL)
        return time.monotonic()

    async def gone(self, seconds=60):
        """After it was switched off, or told to quit; its status."""
        status = await asyncio.wait_for(self.process.wait(), seconds)
        await asyncio.wait_for(self.task, seconds)
        if self.pipe:
            self.pipe.close()
        self.pipe = self.process = None
        return status

    async def quit(self):
        if self.pipe:
            self.pipe.write(b"0 quit\n")
        return await self.gone(120)

    async def kill(self):
        """Whatever it is about."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.gone()
