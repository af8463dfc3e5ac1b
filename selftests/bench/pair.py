# SPDX-License-Identifier: GPL-2.0
"""Two directors of lib.sh that mirror each other, for the benchmarks of mirroring: to be filled, cut off,
asked. Time is that of the emulated processor, one instruction a nanosecond; but where all wait for the
host (a file that is opened, a program that is begun, a line that is printed), it runs on to the next timer, and
to the next. So what is measured is begun by netlink, and told at the end.

Prints "value aims ROW NAME NUMBER" lines, which sync_report.py reads."""
import atexit
import os
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import l7_netlink as nl                                                   # noqa: E402
from l7_director import Director, a, endpoint, enter, inside, number      # noqa: E402,F401

VIP, NET = "10.0.1.100", "10.0.2."
A, B = "dira", "dirb"
BATCH = 400     # bindings in a datagram
RTM_NEWQDISC, NLM_F_REPLACE, NLM_F_CREATE, TC_H_ROOT = 36, 0x100, 0x400, 0xffffffff
STATES = {v: k[len("IPVS_L7_NODE_STATE_"):] for k, v in nl.C.items()
          if k.startswith("IPVS_L7_NODE_STATE_")}


def sh(*command, stdin=None):
    """What it prints; an error ends this."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(command), done.stderr.strip()))
    return done.stdout


def inside_command(director, name, *args):
    """With its path: busybox prefers commands of its own."""
    return ("busybox", "nsenter", "--net=/run/netns/" + director, "--", shutil.which(name), *args)


def at(director, *command, stdin=None):
    return sh(*inside_command(director, *command), stdin=stdin)


def busy():
    """Seconds since boot that the processor was not idle."""
    with open("/proc/timer_list", encoding="ascii") as f:
        idle = sum(int(v) for v in re.findall(r"\.idle_sleeptime +: (\d+)", f.read()))
    return time.monotonic() - idle / 1e9


def wait(condition, what, limit=600.0, step=0.01):
    """Seconds until it is true."""
    since = time.monotonic()
    while not condition():
        if time.monotonic() - since > limit:
            sys.exit("waited %d s for: %s" % (limit, what))
        time.sleep(step)    # looks again
    return time.monotonic() - since


class Pair:
    """Without mirroring, bindings and connections, and with one policy."""

    def __init__(self, row, lifetime="12h"):
        self.row, self.told = row, []
        atexit.register(lambda: print("\n".join(self.told), flush=True) if self.told else None)
        self.of = {d: Director(d, VIP) for d in (A, B)}
        resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))
        enter("lan")
        self.link()
        for d in (A, B):
            subprocess.run(inside_command(d, "ipvsl7adm", "--stop-sync"), capture_output=True, check=False)
            at(d, "ipvsl7adm", "-R", stdin="--reset-flows\n-C\n--flush-bindings --static\n"
               "--set-limits bindings=1m,flows=1m\n-Z\n-A -t %s:80 -k cookie:SESSID -p %s --flow-timeout 1m\n" % (VIP, lifetime))
        wait(lambda: not any(self.of[d].flows() for d in (A, B)), "no connections", 300, 5)

    def tell(self, name, value):
        self.told.append("value aims %s %s %s" % (
            self.row, name, "%.6g" % value if isinstance(value, float) else value))

    def request(self, d, command, *attrs):
        answer = self.of[d].nl.ask(command, attrs)
        assert not answer.error, "%s: %s" % (command, answer)

    def start(self, *directors):
        with open(os.environ["KEY"], encoding="ascii") as f:
            key = bytes.fromhex(f.read().strip())
        for d in directors or (A, B):
            self.request(d, "SYNC_START", nl.at("SYNC_IFNAME", b"sync\0"), nl.at(
                "SYNC_GROUP", nl.ep("239.0.0.91")), nl.at("SYNC_NODE", nl.u8(1 + (d == B))), nl.at("SYNC_KEY", key))

    def stop(self, d):
        self.request(d, "SYNC_STOP")

    def alone(self, n):
        """Only A mirrors, and has so many bindings: made now, as the key belongs to their hashes."""
        self.start(A)
        wait(lambda: self.state(A) == "ALONE", "A alone")
        self.fill(A, n)
        assert self.used(A) == n, "%d of %d bindings" % (self.used(A), n)

    def up(self):
        """Both mirror, and have the same."""
        self.start()
        wait(self.settled, "both ready")

    def link(self, loss=0, delay_us=0):
        """So many percent of what either sends are lost, and it takes so long."""
        for d in (A, B):
            s, at_index = inside(d, lambda: (socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
                                             socket.if_nametoindex("sync")))
            # latency, limit, loss, gap, duplicate, jitter: struct tc_netem_qopt
            netem = struct.pack("=6I", delay_us * 1000 // 64, 100000, min(0xffffffff, int(loss / 100 * (1 << 32))), 0, 0, 0)
            body = struct.pack("=BxxxiIII", 0, at_index, 0, TC_H_ROOT, 0) + nl.attr(1, b"netem\0") + nl.attr(2, netem)
            s.send(struct.pack("=IHHII", 16 + len(body), RTM_NEWQDISC, nl.NLM_F_REQUEST | nl.NLM_F_ACK |
                               NLM_F_CREATE | NLM_F_REPLACE, 1, 0) + body)
            error = struct.unpack_from("=i", s.recv(4096), 16)[0]
            assert not error, "netem: %d" % error
            s.close()

    # --- What they say ---

    def state(self, d):
        got = dict(nl.parse(self.of[d].nl.ask("SYNC_GET").messages[0]))
        return STATES.get(number(got.get(a("SYNC_STATE"), b"\0")))

    def equal(self, d):
        peers = self.of[d].dump("PEER_GET")
        return bool(peers) and all(a("PEER_EQUAL") in p and number(p[a("PEER_LAST_SEEN")]) < 1000
                                   for p in peers)

    def settled(self):
        return all(self.state(d) == "READY" and self.equal(d) for d in (A, B))

    def counters(self, d):
        return self.of[d].counters()

    def sent(self):
        """Bytes of datagrams of mirroring that both have sent."""
        return sum(self.counters(d)["sync_tx_bytes"] for d in (A, B))

    def used(self, d):
        """How many bindings."""
        got = dict(nl.parse(self.of[d].nl.ask("LIMITS_GET").messages[0]))
        return number(got[a("LIMITS_USED_BINDINGS")])

    def limit(self, d, bindings):
        self.request(d, "LIMITS_SET", nl.at("LIMITS_BINDINGS", nl.u32(bindings)))

    def table(self, d):
        """{hash and server of each binding}, of those of the one policy that there is."""
        s = inside(d, nl.Family)
        msg = struct.pack("=BBH", nl.cmd("BINDING_GET"), 1, 0)
        s.s.send(struct.pack("=IHHII", 16 + len(msg), s.id, nl.NLM_F_REQUEST | nl.NLM_F_DUMP, 1, 0) + msg)
        out, places = set(), None
        while True:
            data, pos = s.s.recv(1 << 17), 0
            while pos < len(data):
                n, kind = struct.unpack_from("=IH", data, pos)
                if kind == nl.NLMSG_DONE:
                    s.s.close()
                    return out
                if places is None or n != places[0]:
                    places = n, *self.places(data[pos:pos + n])
                _, h, e, length = places
                out.add(data[pos + h:pos + h + 16] + data[pos + e:pos + e + length])
                pos += n

    @staticmethod
    def places(message):
        """Where hash and server are in a message, and how long the latter is."""
        pos, out = 20, {}
        while pos < len(message):
            n, kind = struct.unpack_from("=HH", message, pos)
            out[kind & 0x3fff] = pos + 4, n - 4
            pos += (n + 3) & ~3
        return (out[a("BINDING_HASH")][0], *out[a("BINDING_SERVER")])

    def differing(self):
        """How many bindings are at one only, or are others."""
        return len(self.table(A) ^ self.table(B))

    # --- Bindings ---

    def fill(self, d, n, first=0, server=1, name=b"k"):
        """Makes so many, or gives those that are there another server: as fast as they are taken."""
        head = struct.pack("=BBH", nl.cmd("BINDING_NEW"), 1, 0) + nl.at(
            "BINDING_SERVICE", nl.ep(VIP, 80)) + nl.at(
            "BINDING_SERVER", nl.ep(NET + str(server), 80)) + nl.at("BINDING_RULE", nl.u8(0)) + struct.pack(
            "=HH", 12, a("BINDING_VALUE")) + name
        s = self.of[d].nl
        pre = struct.pack("=IHHII", 16 + len(head) + 7, s.id, nl.NLM_F_REQUEST, 0, 0) + head
        for i in range(first, first + n, BATCH):
            s.s.send(b"".join([pre + b"%07d" % k for k in range(i, min(first + n, i + BATCH))]))
        s.s.settimeout(0.01)
        try:
            told = nl.Answer()
            s.receive(told, s.s.recv(1 << 17))
            sys.exit("bindings: %s" % told)
        except (TimeoutError, BlockingIOError):
            s.s.settimeout(30)


# --- Clients ---

def connect(held, port):
    """A connection from that port, kept open, whose first answer begins a session; to be called in "client".
    The cookie. No port is used twice: servers do not hear of the end of a connection whose director died."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.settimeout(10)
    s.connect((VIP, 80))
    s.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
    answer = s.recv(65536)
    if b"SESSID=" not in answer:
        raise OSError("no answer")
    held.append(s)
    return answer.partition(b"SESSID=")[2].partition(b";")[0].decode()


def missing(pair):
    """Connections and bindings of A that B has not; B is looked at first."""
    flows, bound = pair.of[B].flows(), pair.table(B)
    return len(pair.of[A].flows() - flows) + len(pair.table(A) - bound)


def main(rows):
    """rows: {name: function}, each called with how the row is called and the arguments, numbers."""
    rows[sys.argv[1]]("-".join(sys.argv[1:]), *(int(v) for v in sys.argv[2:]))
