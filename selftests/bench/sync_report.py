# SPDX-License-Identifier: GPL-2.0
"""Turns the values of sync.sh and sync_aims.sh into two tables and JSON.

    sync_report.py DIR < raw
"""
import collections
import json
import sys

from sync_rows import more_bytes, rows_of

KINDS = (("l7-plain", "ip_vs_l7, plain connections"), ("l7-spliced", "ip_vs_l7, spliced"),
         ("ipvs", "IPVS sync daemon"), ("conntrackd", "conntrackd FT-FW"), ("haproxy", "HAProxy peers"))
LOSSES = 0, 1, 5, 20, 50
COLUMNS = (["kind", "visible p50", "p99", "poll"] + ["%d %% loss" % p for p in LOSSES] +
           ["late joiner", "bytes", "instructions", "idle", "reordered by 1 ms", "10 ms"])


def read(lines):
    values = collections.defaultdict(dict)
    for line in lines:
        word = line.split()
        if len(word) == 5 and word[0] == "value":
            values[word[1]][(word[2], word[3])] = word[4]
    return values


def wait(v, what):
    """Missing after a second, and when the last came."""
    if (what, "complete") not in v:
        return "-"
    at_end = v[(what, "missing_10s")]
    end = v[(what, "complete")] + " ms" if at_end == "0" else "never: " + at_end
    return "%s (%s)" % (v[(what, "missing_1s")], end)


def reordering(v, ms):
    more = more_bytes(v, ms)
    return "-" if more is None else "%+.1f %%" % more


def median(v, what, n):
    of = sorted(float(v[("%s-%s-%d" % (what, n, i), "busy")]) for i in (1, 2, 3)
                if ("%s-%s-%d" % (what, n, i), "busy") in v)
    return of[len(of) // 2] if of else None


def instructions(v, states):
    """Of both directors and the link: for a state, and in an idle second."""
    some, none, alone, idle = (median(v, what, n) for what in ("mirrored", "alone") for n in (states, 0))
    if None in (some, none, alone, idle):
        return ["-", "-"]
    return ["%.0f" % (1e9 * (some - none - alone + idle) / states), "%.0f k" % (1e9 * (none - idle) / 5 / 1000)]


def row(kind, name, v, states):
    idle = "idle-traced" if ("idle-traced", "p50") in v else "idle"
    size = "-"
    if ("bytes", "total") in v:
        size = "%d" % (int(v[("bytes", "total")]) / states)
    return ([name, v.get((idle, "p50"), "-"), v.get((idle, "p99"), "-"),
             "traced" if idle == "idle-traced" else v.get(("idle", "poll"), "-")] +
            [wait(v, "loss-%d" % p) for p in LOSSES] +
            [wait(v, "late"), size] + instructions(v, states) + [reordering(v, 1), reordering(v, 10)])


def lines_of(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return ["  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows]


def main():
    raw = sys.stdin.read().splitlines()
    values = read(raw)
    out = []
    if compared := [w for w in raw if w.startswith("note") and "states" in w]:
        states = int(compared[0].split()[2])
        out += lines_of([COLUMNS] + [row(k, n, values[k], states) for k, n in KINDS if k in values])
        out.append("")
    out += lines_of([["what", "aim", "measured", "met"]] + rows_of(values))
    with open(sys.argv[1] + "/sync.txt", "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
    print("\n".join(out))
    with open(sys.argv[1] + "/sync.json", "w", encoding="utf-8") as f:
        json.dump({k: {"%s %s" % x: y for x, y in v.items()} for k, v in values.items()}, f, indent=1)
        f.write("\n")


main()
