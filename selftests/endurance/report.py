# SPDX-License-Identifier: GPL-2.0
"""What the endurance run measured: a table, JSON, a plot.

    report.py RESULTS           once more, from results.json
    report.py --compare RESULTS one table of the folders in it
"""
import bisect
import json
import os
import sys

TOLD = 1.0      # seconds: of shorter waits load.py does not tell
HANDSHAKE = 1.0 # seconds: RTO of a SYN (RFC 6298, 2.1), which may be under way whenever addresses move
WIDTH, HEIGHT, LEFT, TOP = 1000, 150, 60, 30
NAMES = {"l7": "ipvs-l7", "ipvs": "IPVS + sync daemon", "haproxy": "HAProxy + peers"}
NO_FTP = " (HTTP instead of FTP)"
MUST = ("failovers", "trouble")     # what an anchor's run is good for


def overlaps(event, failover):
    """Was this wait under way between the failover and when all was quiet again?"""
    return event["now"] >= failover["began"] and \
        event["now"] - event["seconds"] <= failover.get("quiet", event["now"])


def evaluate(data):
    """Fills in what each failover cost, and returns the longest wait beside them, when all had begun.
    A wait does not count while the clients' own process did not run: if the rest would not have been told, at
    no failover."""
    stalls = sorted((e["now"], e["seconds"]) for e in data["events"] if e["event"] == "stall")
    late = [e for e in data["events"] if e["event"] == "late" and e["now"] >= data["steady"] > 0]
    for e in late:
        begin = e["now"] - e["seconds"]
        near = stalls[bisect.bisect(stalls, (begin, 0)):bisect.bisect(stalls, (e["now"] + 10, 0))]
        e["net"] = round(e["seconds"] - sum(
            max(0, min(e["now"], end) - max(begin, end - stall)) for end, stall in near), 3)
    for f in data["failovers"]:
        mine = [e for e in late if overlaps(e, f)]
        for e in mine:
            e["failover"] = True
        mine = [e for e in mine if e["net"] > TOLD]
        f["late"] = len(mine)
        f["gap"] = max((e["net"] for e in mine), default=0)
        f["detection"] = round(f["served"] - f["began"], 3)
        f["rto"] = max((rto for at, rto, _ in data["rto"] if 0 <= at - f["served"] < 5), default=0)
        f["rto"] = max(f["rto"], HANDSHAKE)
    aside = [e["net"] for e in late if "failover" not in e]
    return max(aside, default=0)


def rows(data):
    """(what, measured, aim, does it hold)"""
    aside = evaluate(data)
    total, moves = data["totals"], data["failovers"]
    missing = sum(f["missing"] for f in moves)
    of = sum(f["entries"] for f in moves)
    yield "sessions moved to another server", total.get("moved", 0), "0", not total.get("moved")
    yield "connections reset", total.get("reset", 0), "0", not total.get("reset")
    wrong = total.get("wrong_bytes", 0), total.get("wrong", 0)
    yield "bytes wrong", "%d in %d answers" % wrong if any(wrong) else 0, "0", not any(wrong)
    yield "entries missing at the standby", "%d of %d" % (missing, of), "0", bool(of) and not missing
    for what, chosen in (("power-off", True), ("planned", False)):
        some = [f for f in moves if (f["how"] == "power-off") == chosen]
        if not some:
            continue
        worst = max(some, key=lambda f: f["gap"] - f["detection"] - f["rto"])
        allowed = worst["detection"] + worst["rto"] + aside
        yield ("longest gap, %s" % what, "%.2f s" % worst["gap"],
               "%.2f s = %.2f detection + %.2f RTO + %.2f (longest without a failover)" % (
                   allowed, worst["detection"], worst["rto"], aside), worst["gap"] <= allowed)
    yield "failovers", len(moves), data["failovers_wanted"], len(moves) >= data["failovers_wanted"]
    yield "trouble", data["trouble"] or "none", "none", not data["trouble"]


def table(data, out):
    good, by = True, data.get("by", "l7")
    lines = list(rows(data))
    for what, measured, aim, holds in lines:
        good = good and (holds or by != "l7" and what not in MUST)
        print("%-34s %-18s %-5s aim: %s" % (what, measured, "ok" if holds else "NOT", aim), file=out)
    total = data["totals"]
    stalls = sum(e["seconds"] for e in data["events"] if e["event"] == "stall" and
                 e["now"] >= data["steady"] > 0)
    if (more := data["moves"] - len(data["failovers"])) > 0:
        print("\nThe address moved %d times more: VRRP took a director for dead that was only slow." % more,
              file=out)
    print("\n%s: %d sessions%s, %d requests, %d connections, %d bytes of transfers, "
          "%d seconds, of which the clients' process did not run for %.0f" % (
        NAMES[by], data["sessions"], NO_FTP if by == "haproxy" else "",
        total.get("requests", 0), total.get("connections", 0), total.get("bytes", 0),
        data["wall_seconds"], stalls), file=out)
    for how in ("power-off", "drain", "return"):
        some = sorted((f["detection"], f["gap"]) for f in data["failovers"] if f["how"] == how)
        if some:
            print("%3d times %-10s detection %.2f to %.2f s, longest gap %.2f to %.2f s" % (
                len(some), how, some[0][0], some[-1][0], min(g for _, g in some),
                max(g for _, g in some)), file=out)
    return good


def polyline(points, colour):
    return '<polyline fill="none" stroke="%s" points="%s"/>' % (
        colour, " ".join("%.1f,%.1f" % p for p in points))


def plot(data, path):
    """Requests a second, and the longest wait of each second, with the failovers as lines."""
    seconds = data["seconds"]
    if len(seconds) < 3:
        return
    start, span = seconds[0]["now"], seconds[-1]["now"] - seconds[0]["now"]

    def x(t):
        return LEFT + (WIDTH - LEFT - 20) * (t - start) / span

    rates = [(b["now"], (b.get("requests", 0) - a.get("requests", 0)) / max(0.5, b["now"] - a["now"]))
             for a, b in zip(seconds, seconds[1:])]
    gaps = [(s["now"], s["late"]) for s in seconds]
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" '
           'font-size="12">' % (WIDTH, 2 * (HEIGHT + TOP) + 50)]
    for i, (title, values, colour) in enumerate((
            ("requests a second", rates, "#2b6cb0"), ("longest wait that ended, seconds", gaps, "#c05621"))):
        base, top = (i + 1) * (HEIGHT + TOP), max(v for _, v in values) or 1
        out.append('<text x="%d" y="%d">%s</text>' % (LEFT, base - HEIGHT - 8, title))
        for part in (0, 0.5, 1):
            y = base - HEIGHT * part
            out.append('<line x1="%d" y1="%.0f" x2="%d" y2="%.0f" stroke="#e2e8f0"/><text x="%d" y="%.0f" '
                       'text-anchor="end">%.*f</text>' % (LEFT, y, WIDTH - 20, y, LEFT - 6, y + 4,
                                                          0 if top > 20 else 1, top * part))
        for f in data["failovers"]:
            out.append('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s" stroke-dasharray="3 2"/>' % (
                x(f["began"]), base - HEIGHT, x(f["began"]), base,
                "#e53e3e" if f["how"] == "power-off" else "#a0aec0"))
        out.append(polyline([(x(t), base - HEIGHT * v / top) for t, v in values], colour))
    out.append('<text x="%d" y="%d">%.0f minutes; failovers: <tspan fill="#e53e3e">power-off</tspan>, '
               '<tspan fill="#718096">planned</tspan></text></svg>' % (
                   LEFT, 2 * (HEIGHT + TOP) + 30, span / 60))
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")


def write(folder, data):
    """The files; does every aim hold?"""
    with open(folder + "/table.txt", "w", encoding="utf-8") as out:
        good = table(data, out)
    with open(folder + "/results.json", "w", encoding="utf-8") as out:
        json.dump(data, out, indent=1)
    plot(data, folder + "/endurance.svg")
    with open(folder + "/table.txt", encoding="utf-8") as f:
        print(f.read(), end="")
    return good


def compare(folder):
    """What was measured with each kind of director."""
    columns = {}
    for by in NAMES:
        if os.path.exists("%s/%s/results.json" % (folder, by)):
            with open("%s/%s/results.json" % (folder, by), encoding="utf-8") as f:
                columns[by] = json.load(f)
    cells = {}          # what: {by: measured}
    for by, data in columns.items():
        for what, measured, aim, _ in rows(data):
            if what.startswith("longest gap"):
                measured = "%s of %s" % (measured, aim.partition(" = ")[0])
            cells.setdefault(what, {})[by] = str(measured)
            if what == "connections reset":
                cells.setdefault("  of them in FTP sessions", {})[by] = str(sum(
                    e["event"] == "reset" and e["kind"] == "ftp" for e in data["events"]))
        for what in "requests", "connections":
            cells.setdefault(what, {})[by] = str(data["totals"].get(what, 0))
    with open(folder + "/table.txt", "w", encoding="utf-8") as out:
        for what, values in {"": NAMES, **cells}.items():
            print("%-34s" % what, *("%-20s" % values.get(by, "-") for by in columns), file=out)
        print("\nThe same %s sessions, seed %s. The longest gap, of what may be: detection, one retransmission"
              "\ntimeout, and the longest wait without a failover. Entries: bindings and connections; IPVS'"
              "\ntemplates and connections; of HAProxy the stick tables', and no FTP, but more HTTP." % tuple(
                  "/".join(sorted({str(d[key]) for d in columns.values()})) for key in ("sessions", "seed")),
              file=out)
    with open(folder + "/table.txt", encoding="utf-8") as f:
        print("\n" + f.read(), end="", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(sys.argv[2])
        sys.exit()
    with open(sys.argv[1] + "/results.json", encoding="utf-8") as results:
        sys.exit(0 if write(sys.argv[1], json.load(results)) else 1)
