#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Allocations of the module that fail, one place at a time.

usage: l7_failslab.py COMMAND

trace           note where memory is allocated from now on
sites           end that; one line for each place in the module that asked for memory, the
                innermost of the stack: its address and a name
arm ADDR [N]    the next N (1) allocations on behalf of that place fail, in any context; -1: all
fired [N]       those of N (1) that did fail since "arm"
disarm

Needs a kernel with CONFIG_FAILSLAB and CONFIG_FAULT_INJECTION_STACKTRACE_FILTER, and root."""

import bisect
import os
import sys

TRACING = "/sys/kernel/tracing"
FAULTS = "/sys/kernel/debug/failslab", "/sys/kernel/debug/fail_page_alloc"
MODULE = "ip_vs_l7"


def put(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def get(path):
    with open(path, encoding="ascii") as f:
        return f.read()


def trace():
    put(TRACING + "/tracing_on", "0")
    put(TRACING + "/trace", "")
    put(TRACING + "/buffer_size_kb", "65536")
    put(TRACING + "/trace_options", "stacktrace")
    put(TRACING + "/trace_options", "sym-addr")
    for event in os.listdir(TRACING + "/events/kmem"):
        if event.startswith(("kmalloc", "kmem_cache_alloc")):
            put("%s/events/kmem/%s/enable" % (TRACING, event), "1")
    put(TRACING + "/tracing_on", "1")


def symbols():
    """The functions of the module: their addresses and names, ascending."""
    found = []
    with open("/proc/kallsyms", encoding="ascii") as f:
        for line in f:
            parts = line.split()
            if parts[-1] == "[%s]" % MODULE and parts[1] in "tT":
                found.append((int(parts[0], 16), parts[2]))
    return sorted(found)


def bounds():
    for line in get("/proc/modules").splitlines():
        parts = line.split()
        if parts[0] == MODULE:
            start = int(parts[5], 16)
            return start, start + int(parts[1])
    raise SystemExit("no module")


def innermost(lines, start, end):
    """Of each stack on the lines of a trace, the first address within the module."""
    wanted = False
    for line in lines:
        if not line.startswith(" => "):
            wanted = "<stack trace>" in line
        elif wanted:
            address = int(line[line.rindex("<") + 1:line.rindex(">")], 16)
            if start <= address < end:
                wanted = False
                yield address


def sites():
    put(TRACING + "/tracing_on", "0")
    put(TRACING + "/events/kmem/enable", "0")
    put(TRACING + "/trace_options", "nostacktrace")
    with open(TRACING + "/trace", encoding="ascii", errors="replace") as f:
        kept = next(line for line in f if line.startswith("# entries-in-buffer")).split()[2]
    if len(set(kept.split("/"))) != 1:
        raise SystemExit("the trace buffer was too small: " + kept)
    functions = symbols()
    starts = [s for s, _ in functions]
    with open(TRACING + "/trace", encoding="ascii", errors="replace") as f:
        found = sorted(set(innermost(f, *bounds())))
    for address in found:
        start, name = functions[bisect.bisect(starts, address - 1) - 1]
        print("%#x %s+%#x" % (address, name, address - start))
    put(TRACING + "/trace", "")


def disarm():
    for fault in FAULTS:
        put(fault + "/probability", "0")


def arm(address, times="1"):
    disarm()
    start = int(address, 16)
    for fault in FAULTS:
        for name, value in (("require-start", "%#x" % start), ("require-end", "%#x" % (start + 1)),
                            ("stacktrace-depth", "32"), ("interval", "1"), ("space", "0"),
                            ("ignore-gfp-wait", "N"), ("task-filter", "N"), ("verbose", "0"),
                            ("times", times)):
            put("%s/%s" % (fault, name), value)
    put(FAULTS[1] + "/ignore-gfp-highmem", "N")
    put(FAULTS[1] + "/min-order", "0")
    for fault in FAULTS:
        put(fault + "/probability", "100")


def fired(times="1"):
    print(sum(int(times) - int(get(fault + "/times")) for fault in FAULTS))


def main():
    commands = {"trace": trace, "sites": sites, "arm": arm, "fired": fired, "disarm": disarm}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
