# SPDX-License-Identifier: GPL-2.0
"""Runs selftests/bench/parsers, and makes a table and JSON of what it says.

    parsers.py PROGRAM ROUNDS DIR

Where valgrind is installed, callgrind counts the instructions of a parse: a number that repeats.
Writes DIR/parsers.txt and DIR/parsers.json, and prints the former.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

OURS = "ipvs-l7"
TITLES = {
    "cookie-550": "cookie of a request",
    "cookie-2k": "cookie of a request with many",
    "set-cookie": "Set-Cookie of a response",
    "url-550": "parameter of the target",
    "header-550": "field, the last one",
    "header-2k": "field, the last one",
    "hello": "ClientHello, post-quantum",
    "hello-resuming": "ClientHello that resumes 1.3",
    "flight-1.3": "server's flight, 1.3",
    "flight-1.2-ticket": "server's flight, 1.2, ticket",
    "rdp": "RDP user",
    "mqtt": "MQTT client identifier",
}
PARSES = 1000


def times(program, rounds):
    out = subprocess.run([program, str(rounds)], check=True, capture_output=True, text=True)
    rows = []
    for line in out.stdout.splitlines():
        group, name, size, *ns = line.split()
        median, low, high = (float(v) for v in ns)
        rows.append({"group": group, "parser": name, "bytes": int(size),
                     "ns": median, "ns_quartiles": [low, high]})
    return rows


def instructions(program, row):
    """Of a parse, with the call and the loop around it; None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "out")
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--toggle-collect=measured",
                        "--callgrind-out-file=" + out, program, "--once", row["group"],
                        row["parser"], str(PARSES)], check=True)
        with open(out, encoding="utf-8") as f:
            total = re.search(r"^(?:summary|totals): (\d+)", f.read(), re.M)
    return round(int(total[1]) / PARSES)


def ratios(rows):
    """Ours as a multiple of each other parser of the same bytes."""
    ours = {r["group"]: r for r in rows if r["parser"] == OURS}
    for r in rows:
        mine = ours[r["group"]]
        if r is mine:
            continue
        r["ns_ratio"] = round(mine["ns"] / r["ns"], 3)
        if r["instructions"]:
            r["instructions_ratio"] = round(mine["instructions"] / r["instructions"], 3)


def table(rows):
    head = ("what", "bytes", "parser", "ns", "spread", "instr.", "ours: ns", "instr.")
    form = "%-30s %5s  %-14s %7s %7s %7s   %8s %7s"
    yield form % head
    last = None
    for r in rows:
        low, high = r["ns_quartiles"]
        new = r["group"] != last
        last = r["group"]
        yield (form % (
            TITLES.get(last, last) if new else "", r["bytes"] if new else "", r["parser"],
            "%.1f" % r["ns"], "%.0f %%" % (100 * (high - low) / r["ns"]),
            r["instructions"] or "-",
            "%.2f x" % r["ns_ratio"] if "ns_ratio" in r else "",
            "%.2f x" % r["instructions_ratio"] if "instructions_ratio" in r else "")).rstrip()


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"^model name\s*: (.*)", f.read(), re.M)
    return model[1] if model else os.uname().machine


def main():
    program, rounds, where = sys.argv[1:]
    rows = times(program, int(rounds))
    for r in rows:
        r["instructions"] = instructions(program, r)
    ratios(rows)
    text = "\n".join(table(rows)) + "\n"
    with open(os.path.join(where, "parsers.txt"), "w", encoding="utf-8") as f:
        f.write(text)
    with open(os.path.join(where, "parsers.json"), "w", encoding="utf-8") as f:
        json.dump({"processor": processor(), "rounds": int(rounds), "parsers": rows}, f, indent=1)
        f.write("\n")
    sys.stdout.write(text)


main()
