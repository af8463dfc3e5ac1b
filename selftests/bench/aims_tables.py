# SPDX-License-Identifier: GPL-2.0
"""What whole tables cost and take when they are mirrored.

    aims_tables.py join N        a director comes: until it is READY, with N bindings; bytes of all that
    aims_tables.py rejoin N      one that was cut off while 1 % of N changed, and kept its table
    aims_tables.py wrong N TIMES one of N is not at B, which nobody knows: until it is
    aims_tables.py rate N        the processor's time for a record, of whoever sends and of whoever receives
"""
import re
import time

from pair import A, B, NET, Pair, busy, main, wait

TRACE = "/sys/kernel/tracing/"


def join(row, n):
    p = Pair(row)
    p.alone(n)
    before, used, since = p.sent(), busy(), time.monotonic()
    p.start(B)
    wait(lambda: p.used(B) == n, "all there", 3000)
    p.tell("there", time.monotonic() - since)
    wait(lambda: p.state(B) == "READY", "B ready", 3000)
    p.tell("seconds", time.monotonic() - since)
    p.tell("busy", busy() - used)
    p.tell("n", p.used(B))
    p.tell("differ", p.differing())
    wait(p.settled, "both ready")
    p.tell("bytes", p.sent() - before)
    p.tell("lost", p.counters(B)["sync_rx_lost"])


def rejoin(row, n):
    p = Pair(row)
    p.alone(n)
    before = p.sent()
    p.start(B)
    wait(p.settled, "both ready", 3000)
    p.tell("bulk_bytes", p.sent() - before)
    time.sleep(10)      # what came shortly before a silence is sent again after it
    p.link(100)
    wait(lambda: p.state(A) == p.state(B) == "ALONE", "both alone")
    p.fill(B, n // 100, server=2)
    time.sleep(2)       # what B says to nobody is no part of it
    before, since = p.sent(), time.monotonic()
    p.link()
    wait(lambda: p.settled() and p.used(A) == p.used(B), "both ready", 3000)
    p.tell("seconds", time.monotonic() - since)
    time.sleep(2)       # what may still follow
    p.tell("bytes", p.sent() - before)
    p.tell("n", p.used(A))
    p.tell("differ", p.differing())
    p.tell("pulls", p.counters(A)["sync_pull_tx"] + p.counters(B)["sync_pull_tx"])


def wrong(row, n, times):
    """B has no room for it, and then it has. The refusal itself asks for nothing."""
    p = Pair(row)
    p.alone(n)
    p.start(B)
    wait(p.settled, "both ready", 3000)
    took = []
    for i in range(times):
        p.limit(B, n + i)
        value = "one%d" % i
        refused = p.counters(B)["sync_refused"]
        since = time.monotonic()
        p.of[A].bind(value, NET + "3")
        wait(lambda: p.counters(B)["sync_refused"] > refused, "refused", 10, 0.001)
        p.limit(B, 1 << 20)
        assert p.of[B].server_of(value) is None
        wait(lambda: p.of[B].server_of(value), "repaired", 600, 0.02)
        took.append(time.monotonic() - since)
        wait(p.settled, "both ready", 300)
    took.sort()
    p.tell("n", n)
    p.tell("times", times)
    p.tell("p50", took[times // 2])
    p.tell("max", took[-1])
    p.tell("records", p.counters(B)["sync_rx_records"])


# --- Who spends the processor's time ---

def trace(on):
    for event in ("workqueue/workqueue_execute_start", "workqueue/workqueue_execute_end",
                  "sched/sched_switch"):
        with open(TRACE + "events/" + event + "/enable", "w", encoding="ascii") as f:
            f.write("1" if on else "0")


def seconds_of():
    """{function: seconds on the processor} of the works of mirroring, by what was traced."""
    line_of = re.compile(r"^\s*.*?-(\d+)\s+\[\d+\].*? (\d+\.\d+): (\w+): (.*)")
    spent, doing, since = {}, {}, {}
    with open(TRACE + "trace", encoding="ascii", errors="replace") as lines:
        for line in lines:
            m = line_of.match(line)
            if not m:
                continue
            pid, now, event, text = m[1], float(m[2]), m[3], m[4]
            if event == "workqueue_execute_start" and " l7_" in text:
                doing[pid], since[pid] = re.search(r"function (\w+)", text)[1], now
                continue
            if event == "sched_switch":
                came = re.search(r"next_pid=(\d+)", text)[1]
                if came in doing:
                    since[came] = now
            if pid in doing and event != "workqueue_execute_start":
                spent[doing[pid]] = spent.get(doing[pid], 0.0) + now - since[pid]
                since[pid] = now
                if event == "workqueue_execute_end":
                    del doing[pid]
    return spent


def rate(row, n):
    with open(TRACE + "buffer_size_kb", "w", encoding="ascii") as f:
        f.write("100000")
    with open(TRACE + "trace_clock", "w", encoding="ascii") as f:
        f.write("mono")
    p = Pair(row)
    p.alone(n)
    for lane, sends in ("bulk", "l7_bulk_work"), ("live", "l7_tx_work"):
        before = {d: p.counters(d) for d in (A, B)}
        open(TRACE + "trace", "w", encoding="ascii").close()
        trace(True)
        if lane == "bulk":
            p.start(B)
            wait(lambda: p.state(B) == "READY", "B ready", 3000)
        else:
            p.fill(A, n, server=2)
            wait(lambda: p.counters(B)["sync_applied"] - before[B]["sync_applied"] >= n, "all there")
        trace(False)
        spent = seconds_of()
        records = p.counters(B)["sync_rx_records"] - before[B]["sync_rx_records"]
        packets = p.counters(B)["sync_rx_packets"] - before[B]["sync_rx_packets"]
        p.tell(lane + "_records", records)
        p.tell(lane + "_packets", packets)
        p.tell(lane + "_send", records / spent[sends])
        p.tell(lane + "_receive", records / spent["l7_rx_work"])
        for name in spent:
            p.tell(lane + "_" + name, spent[name])
        wait(p.settled, "both ready")


main({"join": join, "rejoin": rejoin, "wrong": wrong, "rate": rate})
