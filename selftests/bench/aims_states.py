# SPDX-License-Identifier: GPL-2.0
"""What becomes of what begins at director A while something happens: of connections, at a steady rate,
and the bindings of their cookies.

    aims_states.py lossy N PERCENT        bindings by hand, one by one, some of the packets lost: until each is
                                          at B
    aims_states.py loss50 N               half of what either director sends is lost for ten seconds
    aims_states.py unplanned N TIMES      A dies: N connections each time until its cables are cut
    aims_states.py semi N TIMES           the same, a semi-synchronous policy, and B is a millisecond away
    aims_states.py planned N              A drains, B takes the addresses, and all connections go on
"""
import fcntl
import multiprocessing
import os
import random
import socket
import struct
import time

from pair import A, B, NET, VIP, Pair, at, connect, enter, inside, main, missing, sh, wait

YOUNG = 0.010       # seconds: what is younger may be lost with its director
RATE = 250          # connections a second
FIRST_PORT = {"unplanned": 10000, "semi": 15000, "loss50": 40000, "planned": 50000}


def of_lib(*commands):
    sh("bash", "-c", "; ".join((". selftests/lib.sh", *commands)))


def settled_pair(row):
    p = Pair(row)
    p.up()
    return p


def begin(n, seconds, held):
    """So many in so much time."""
    since = time.monotonic()
    for i in range(n):
        time.sleep(max(0.0, since + i * seconds / n - time.monotonic()))
        connect(held, FIRST_PORT["loss50"] + i)


# --- Loss ---

def lossy(row, n, percent):
    p, took, rng = settled_pair(row), [], random.Random(1)
    p.link(percent)
    for i in range(n):
        value = "lossy%d" % i
        since = time.monotonic()
        p.of[A].bind(value, NET + "1")
        wait(lambda: p.of[B].server_of(value), value, 10, 0)
        took.append(1000 * (time.monotonic() - since))
        time.sleep(rng.uniform(0.001, 0.02))
    took.sort()
    p.tell("n", n)
    p.tell("p50", took[n // 2])
    p.tell("p99", took[int(0.99 * n)])
    p.tell("max", took[-1])
    p.tell("differ", p.differing())


def loss50(row, n):
    p, held = settled_pair(row), []
    p.link(50)
    enter("client")
    since = time.monotonic()
    begin(n, 10, held)
    enter("lan")
    p.tell("seconds", time.monotonic() - since)
    p.tell("missing_during", missing(p))
    p.link()
    clean = time.monotonic()
    took = None
    while time.monotonic() < clean + 2:
        if took is None and not missing(p):
            took = time.monotonic() - clean
        time.sleep(0.02)    # looks again
    p.tell("missing_2s", missing(p))
    p.tell("connections", len(p.of[A].flows()))
    p.tell("bindings", p.used(A))
    p.tell("all_after", "never" if took is None else took)
    p.tell("lost", p.counters(B)["sync_rx_lost"])
    p.tell("resent", p.counters(A)["sync_resent"])


# --- Death ---

def interface_down(namespace, name):
    """A function that sets it down, at once."""
    s = inside(namespace, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    flags = struct.unpack("16xh", fcntl.ioctl(s, 0x8913, struct.pack("16s16x", name.encode()))[:18])[0]
    return lambda: fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", name.encode(), flags & ~1))


def client(pipe, first, n, seconds):
    """A process of its own: tells (port, cookie, when it was answered) of each until A dies."""
    enter("client")
    held, made, since = [], [], time.monotonic()
    pipe.send("begun")
    for i in range(n):
        time.sleep(max(0.0, since + i * seconds / n - time.monotonic()))
        try:
            made.append((first + i, connect(held, first + i), time.monotonic()))
        except OSError:
            break
        if pipe.poll():
            break
    pipe.send(made)


def deaths(row, n, times, port, prepare=lambda pair: None):
    """A's, so many, each after about n connections: yields the pair, when it was, what A had made, and B's ports."""
    rng = random.Random(1)
    for turn in range(times):
        p = Pair(row)
        prepare(p)
        p.up()
        cut = [interface_down(A, i) for i in ("sync", "out", "in")]
        seconds = n / RATE
        here, there = multiprocessing.Pipe()
        child = multiprocessing.Process(target=client, args=(there, port + 2 * n * turn, 2 * n, 2 * seconds))
        child.start()
        here.recv()
        time.sleep(seconds + rng.random() / 10)
        dead = time.monotonic()
        for c in cut:
            c()
        time.sleep(0.1)     # what has arrived is in B's tables
        flows = {f[0][1] for f in p.of[B].flows()}
        here.send("enough")
        made = here.recv()
        assert len(made) > 0.9 * n, "%d of %d connections" % (len(made), n)
        yield p, dead, made, flows
        child.join()
        of_lib("l7_director_cut dira; l7_director_restore dira; l7_director_takes dira",
               "printf '%s\\n' 'link set out up' 'link set in up' 'route replace 10.9.0.0/16 via 10.0.1.1' |"
               " ip -n dira -batch -")


def unplanned(row, n, times):
    old, old_there, young, young_there = 0, 0, 0, 0
    for p, dead, made, flows in deaths(row, n, times, FIRST_PORT["unplanned"]):
        # A connection and its binding are two states.
        for port, cookie, when in made:
            is_there = (port in flows) + (p.of[B].server_of(cookie) is not None)
            if when < dead - YOUNG:
                old, old_there = old + 2, old_there + is_there
            else:
                young, young_there = young + 2, young_there + is_there
    p.tell("old", old)
    p.tell("old_there", old_there)
    p.tell("share", 100.0 * old_there / old)
    p.tell("young", young)
    p.tell("young_there", young_there)


def semi(row, n, times):
    """Connections of which the client has an answer, with that option and without."""
    def prepare(p):
        p.link(delay_us=1000)
        for d in (A, B):
            at(d, "ipvsl7adm", "-E", "-t", VIP + ":80", "-k", "cookie:SESSID", "--flow-timeout", "1m", *option)

    port = FIRST_PORT["semi"]
    for name, option in ("semi", ["--semi-sync"]), ("async", []):
        begun = there = late = 0
        for p, _, made, flows in deaths(row, n, times, port, prepare):
            begun += len(made)
            there += sum(made_port in flows for made_port, _, _ in made)
            late += p.counters(A)["semi_timeout"]
        p.tell(name, begun)
        p.tell(name + "_there", there)
        p.tell(name + "_late", late)
        port += 2 * n * times


# --- A planned switch ---

def planned(row, n):
    p = settled_pair(row)
    seconds = n / RATE
    here, there = multiprocessing.Pipe()
    child = multiprocessing.Process(target=switched_client, args=(there, n, seconds))
    child.start()
    here.recv()
    time.sleep(seconds / 2)
    since = time.monotonic()
    at(A, "ipvsl7adm", "--drain")
    p.tell("drain_seconds", time.monotonic() - since)
    of_lib("l7_director_takes dirb")
    # B's own are mirrored to A: so A is looked at first.
    flows, bound = p.of[A].flows(), p.table(A)
    lost = len(flows - p.of[B].flows()) + len(bound - p.table(B))
    failed, begun, answered = here.recv()
    child.join()
    p.tell("begun", begun)
    p.tell("failed", failed)
    p.tell("connections_lost", begun - answered)
    p.tell("states", len(flows) + len(bound))
    p.tell("states_lost", lost)
    wait(lambda: p.state(A) == "DRAINING", "A drains")
    p.tell("taken_over", p.counters(B)["takeover"])
    of_lib("l7_director_takes dira")
    at(A, "ipvsl7adm", "--undrain")


def switched_client(pipe, n, seconds):
    """Begins connections before, while and after the addresses move; then each has to answer once more."""
    enter("client")
    held, failed, since = [], 0, time.monotonic()
    pipe.send("begun")
    for i in range(n):
        time.sleep(max(0.0, since + i * seconds / n - time.monotonic()))
        try:
            connect(held, FIRST_PORT["planned"] + i)
        except OSError:
            failed += 1
    answered = 0
    for s in held:
        try:
            s.sendall(b"GET /who HTTP/1.1\r\nHost: bench\r\n\r\n")
            answered += bool(s.recv(65536))
        except OSError:
            pass
    pipe.send((failed, len(held), answered))


os.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
main({"lossy": lossy, "loss50": loss50, "unplanned": unplanned, "semi": semi, "planned": planned})
