# SPDX-License-Identifier: GPL-2.0
"""The endurance run, on the host: two guests, load, and one failover after the other.

    run.py RESULTS SESSIONS FAILOVERS SEED all|planned|power-off BY[,BY]... [VM-OPTION]...

BY is what the directors are (by_*.sh); if more than one is named, they get a folder in RESULTS each, the same
run one after the other, and a table of all. Called by scripts/endurance, in the top directory of the tree.
"""
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import machine
import report

BOOT, READY, TAKES = 400, 300, 90       # seconds, at most
HELD = ("SPLICED", "STANDBY", "BOUND", "ESTABLISHED")   # states of what both are to have
INTERRUPTED = "interrupted"
LEAVES, RETURNS = "address got", "address lost"     # what B says
DRAIN_EACH = 3                          # cycles: one has a planned move there and back, too


class Run:
    def __init__(self, results, sessions, failovers, seed, which, by, options):
        self.which, self.by = which, by
        self.results, self.sessions, self.wanted, self.seed = results, sessions, failovers, seed
        self.rng = random.Random(seed)
        self.folder = tempfile.mkdtemp(prefix="l7-endure.")
        self.out = os.path.join(results, "guest")
        shutil.rmtree(self.out, ignore_errors=True)
        os.makedirs(self.out)
        self.began = time.monotonic()
        self.seconds, self.events, self.failovers, self.rto = [], [], [], []
        self.state, self.serves, self.shown = "starts", "", 0
        self.loaded, self.steady = None, 0
        self.moves = 0          # of the address, to B and away
        self.b_serves = False
        self.log = open(os.path.join(results, "log"), "w", encoding="utf-8")
        ports = machine.free_ports()
        common = ["--timeout", str(3600 + failovers * 300), *options]
        if by != "l7":
            common.append("--no-module")
        self.world = machine.Machine(machine.WORLD, by, self.folder, ports, self.out,
                                     ["--smp", "2", "--mem", "3072", *common], self.hear)
        self.director = machine.Machine(machine.DIRECTOR, by, self.folder, ports, self.out,
                                        ["--smp", "1", "--mem", "1024", *common], self.hear)

    # --- what is heard ---

    def note(self, text):
        self.log.write("%8.2f %s\n" % (time.monotonic() - self.began, text))
        self.log.flush()

    def hear(self, guest, line):
        if line.startswith("{"):
            what = json.loads(line)
            if "event" in what:
                self.events.append(what)
                if what["event"] not in ("late", "stall"):
                    self.note(line)
            elif "end" in what:
                self.loaded.set_result(what)
            else:
                self.seconds.append(what)
                self.progress(what)
            return
        if not guest.is_cut:
            self.note(guest.name + ": " + line)
        word = line.split()
        if guest is self.world and word[:1] == ["address"]:
            self.moves += 1
            self.b_serves = word[1] == "got"
        if word and word[0] == "rto":
            self.rto.append((float(word[1]), int(word[2]) / 1000, int(word[3])))

    def progress(self, now):
        done = time.monotonic()
        if done - self.shown < (2 if sys.stderr.isatty() else 10):
            return
        self.shown = done
        last = self.seconds[-11:]
        rate = (now.get("requests", 0) - last[0].get("requests", 0)) / max(1, len(last) - 1)
        text = "%4d s  failover %d of %d, %-24s %d sessions, %.0f requests/s, late %.1f s; %s" % (
            done - self.began, len(self.failovers), self.wanted, self.state + ";", now["sessions"], rate,
            max(s["late"] for s in last),
            ", ".join("%s %d" % (w, now.get(w, 0)) for w in ("moved", "reset", "wrong")))
        print(text, end="\x1b[K\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    # --- steps ---

    async def boot_director(self):
        up, ready = self.director.line("up"), self.director.line("ready")
        await self.director.start()
        await self.director.wait(up, BOOT, "start")
        return ready

    async def missing(self, source, standby):
        """What one holds, at two moments, and the other in between does not. (Connections that both ends
        have closed are kept for a minute, to no purpose but for late packets.)"""
        held, tables = [], []
        for guest in (source, standby, source):
            name = "tables.%d.%d" % (len(self.failovers), len(held))
            said = await guest.command("tables", name)
            if said != "status 0":
                raise RuntimeError("%s: tables: %s" % (guest.name, said))
            with open(os.path.join(self.out, name), encoding="ascii") as f:
                tables.append(dict(line.rstrip().rpartition(" ")[::2] for line in f))
            held.append({key for key, state in tables[-1].items() if state in HELD})
        kept = held[0] & held[2]
        # Stock IPVS carries on what its standby takes for over.
        lost = sorted(kept - (held[1] if self.by == "l7" else set(tables[1])))
        for entry in lost[:50]:
            # of a connection, where it leads to may differ
            there = [" ".join(x) for x in tables[1].items() if x[0].split()[:5] == entry.split()[:5]]
            self.note("missing: %s %s; there: %s" % (entry, tables[2][entry], there))
        return {"entries": len(kept), "missing": len(lost)}

    async def quiet(self):
        """Until nothing is late any more, and a while."""
        end = time.monotonic() + 90
        while time.monotonic() < end:
            await asyncio.sleep(3)
            if all(s["late"] < 1.5 for s in self.seconds[-6:]):
                break
        await asyncio.sleep(self.rng.uniform(2, 8))

    async def failover(self, how, source, standby, act, moves=None):
        """One that @act begins: it returns this host's clock, or None: it is planned, and what counts is
        when B gets or loses the address."""
        self.state = how
        offset = await self.world.offset()
        entry = {"how": how, **await self.missing(source, standby)}
        await source.command("evidence", "counters.%d.before" % len(self.failovers))
        # A slow machine may have B serve just now.
        for _ in range(60 if how != "return" else 0):
            if not self.b_serves:
                break
            await asyncio.sleep(0.5)
        moves = moves or self.world.line(RETURNS if how == "return" else LEAVES)
        began = await act()
        at = float(await self.world.wait(moves, TAKES, how))
        entry.update(began=began + offset if began else at, served=at)
        self.failovers.append(entry)
        self.note("failover: " + json.dumps(entry))
        await self.quiet()
        entry["quiet"] = self.seconds[-1]["now"]
        await self.world.command("evidence", "counters.%d.after" % (len(self.failovers) - 1))

    async def power_off(self):
        async def act():
            return self.director.power_off()
        await self.failover("power-off", self.director, self.world, act)
        await self.director.gone()

    async def comes_back(self):
        async def by_itself():
            pass
        self.state = "A boots"
        moves = self.world.line(RETURNS)
        ready = await self.boot_director()
        self.state = "A joins"
        await self.director.wait(ready, READY, "readiness")
        await self.failover("return", self.world, self.director, by_itself, moves)

    async def drain(self):
        async def away():
            await self.director.command("drain")

        async def back():
            await self.director.command("undrain")
        await self.failover("drain", self.director, self.world, away)
        if len(self.failovers) < self.wanted:
            await self.failover("return", self.world, self.director, back)

    async def cycles(self):
        cycle = 0
        while len(self.failovers) < self.wanted:
            cycle += 1
            if self.which == "planned":
                await self.drain()
                continue
            if self.which == "all" and cycle % DRAIN_EACH == 1 and self.wanted - len(self.failovers) >= 3:
                await self.drain()
            await self.power_off()
            if len(self.failovers) < self.wanted:
                await self.comes_back()

    async def start(self):
        self.loaded = asyncio.get_running_loop().create_future()
        subprocess.run(["userspace/ipvsl7adm", "--generate-key=" + os.path.join(self.out, "key")], check=True)
        up, ready, got = (self.world.line(word) for word in ("up", "ready", LEAVES))
        await self.world.start()
        await self.world.wait(up, BOOT, "start")
        await self.world.wait(ready, READY, "readiness")
        await self.world.wait(got, TAKES, "B serves")
        lost = self.world.line(RETURNS)
        ready = await self.boot_director()
        await self.director.wait(ready, READY, "readiness")
        await self.world.wait(lost, TAKES, "A serves")
        self.state = "load begins"
        await self.world.command("load", self.sessions, self.seed)
        end = time.monotonic() + 120 + self.sessions / 2
        while not self.seconds or self.seconds[-1]["sessions"] < self.sessions:
            await asyncio.sleep(1)
            if time.monotonic() > end:
                raise RuntimeError("not all sessions have begun")
        await self.quiet()
        self.steady, self.moves = self.seconds[-1]["now"], 0

    async def run(self):
        trouble, totals, moves = None, {}, 0
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await self.start()
            await self.cycles()
            self.state, moves = "sessions end", self.moves
            await self.world.command("end")
            totals = await self.world.wait(self.loaded, 180, "the end of the load")
            for guest in (self.director, self.world):
                if guest.process:
                    status = await guest.quit()
                    if status:
                        trouble = "%s: status %d" % (guest.name, status)
        except asyncio.CancelledError:
            trouble = INTERRUPTED
        except (RuntimeError, OSError, asyncio.TimeoutError) as error:
            trouble = "%s %s" % (type(error).__name__, error)
        finally:
            for guest in (self.director, self.world):
                await guest.kill()
            shutil.rmtree(self.folder)
        os.unlink(os.path.join(self.out, "key"))
        if sys.stderr.isatty():
            print(file=sys.stderr)
        good = report.write(self.results, {
            "by": self.by, "sessions": self.sessions, "failovers_wanted": self.wanted, "seed": self.seed,
            "wall_seconds": round(time.monotonic() - self.began), "trouble": trouble,
            "totals": totals or (self.seconds[-1] if self.seconds else {}),
            "steady": self.steady, "moves": moves,
            "failovers": self.failovers, "rto": self.rto, "events": self.events, "seconds": self.seconds})
        return good, trouble == INTERRUPTED


def main():
    results, sessions, failovers, seed, which, kinds = sys.argv[1:7]
    kinds, bad = kinds.split(","), False
    for by in kinds:
        folder = results
        if len(kinds) > 1:
            folder = os.path.join(results, by)
            os.makedirs(folder, exist_ok=True)
            print("\n%s:" % report.NAMES[by], flush=True)
        run = Run(folder, int(sessions), int(failovers), int(seed), which, by, sys.argv[7:])
        good, is_over = asyncio.run(run.run())
        bad = bad or not good
        if is_over:
            break
    else:
        if len(kinds) > 1:
            report.compare(results)
    sys.exit(bad)


main()
