# SPDX-License-Identifier: GPL-2.0
"""Turns the values of sync.sh into a table and JSON.

    sync_report.py DIR < raw
"""
import collections
import json
import sys

KINDS = (("l7-plain", "ip_vs_l7, plain connections"), ("l7-spliced", "ip_vs_l7, spliced"),
         ("ipvs", "IPVS sync daemon"), ("conntrackd", "conntrackd FT-FW"), ("haproxy", "HAProxy peers"))
LOSSES = 0, 1, 5, 20
COLUMNS = ["kind", "visible p50", "p99", "poll"] + ["%d %% loss" % p for p in LOSSES] + ["late joiner", "bytes"]


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


def row(kind, name, v, states):
    idle = "idle-traced" if ("idle-traced", "p50") in v else "idle"
    size = "-"
    if ("bytes", "total") in v:
        size = "%d" % (int(v[("bytes", "total")]) / states)
    return ([name, v.get((idle, "p50"), "-"), v.get((idle, "p99"), "-"),
             "traced" if idle == "idle-traced" else v.get(("idle", "poll"), "-")] +
            [wait(v, "loss-%d" % p) for p in LOSSES] + [wait(v, "late"), size])


def main():
    raw = sys.stdin.read().splitlines()
    states = int([w for w in raw if w.startswith("note") and "states" in w][0].split()[2])
    values = read(raw)
    rows = [COLUMNS] + [row(k, n, values[k], states) for k, n in KINDS if k in values]
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS))]
    with open(sys.argv[1] + "/sync.txt", "w") as out:
        for r in rows:
            line = "  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip()
            print(line)
            print(line, file=out)
    with open(sys.argv[1] + "/sync.json", "w") as out:
        json.dump({k: {"%s %s" % x: y for x, y in v.items()} for k, v in values.items()}, out, indent=1)
        out.write("\n")


main()
