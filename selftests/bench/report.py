# SPDX-License-Identifier: GPL-2.0
"""Turns the guest's values into a table, JSON and a plot.

    report.py DIR < raw

A setup's cost is its median less that of "direct", where no director is between client and
server. Values: thousand instructions (microseconds of virtual time) for a connection and for a
request on an open one; for a megabyte, thousand instructions per MiB.
"""
import collections
import json
import statistics
import sys

MEASURES = (
    ("conn", "connection", 1e-3),
    ("small", "request", 1e-3),
    ("down", "MiB down", 1048576e-3),
    ("up", "MiB up", 1048576e-3),
)
# setup, what it is compared with
PEERS = {
    "l7-cookie": ("ipvs", "haproxy-http", "haproxy-http-stick", "nginx-http"),
    "l7-src": ("ipvs", "haproxy-tcp", "nginx-stream"),
    "router-beside-l7": ("router",),
    "ipvs-beside-l7": ("ipvs",),
    "l7-mirrored-to-none": ("l7-cookie",),
    "l7-mirrored": ("l7-cookie",),
    "l7-plain-mirrored": ("ipvs",),
}


def read(lines):
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    memory = {}
    for line in lines:
        word = line.split()
        if len(word) != 5 or word[0] != "value":
            continue
        if word[2] == "memory":
            memory[word[3]] = int(word[4])
        else:
            values[word[1]][(word[2], word[3])].append(float(word[4]))
    return values, memory


def summary(family):
    """{(setup, measure): (median, spread in percent)}"""
    scale = {m: s for m, _, s in MEASURES}
    return {
        key: (
            statistics.median(v) * scale[key[1]],
            100 * (max(v) - min(v)) / statistics.median(v),
        )
        for key, v in family.items()
    }


def setups(table):
    return list(dict.fromkeys(setup for setup, _ in table))


def cost(table, setup, measure):
    if (setup, measure) not in table:
        return None
    return table[(setup, measure)][0] - table[("direct", measure)][0]


def ratios(table):
    """Yields (setup, peer, measure, ratio of costs)."""
    for setup in setups(table):
        peers = PEERS.get(setup, ("l7-cookie",) if setup.startswith("l7-of-") else ())
        for peer in peers:
            for measure, _, _ in MEASURES:
                a, b = cost(table, setup, measure), cost(table, peer, measure)
                if a is not None and b:
                    yield setup, peer, measure, a / b


def print_table(name, table, out):
    print(f"\n{name}: thousand instructions in all, and (director's own)", file=out)
    print(f"{'':22}" + "".join(f"{title:>22}" for _, title, _ in MEASURES), file=out)
    for setup in setups(table):
        row = f"{setup:22}"
        for measure, _, _ in MEASURES:
            if (setup, measure) in table:
                row += f"{table[(setup, measure)][0]:12.1f} ({cost(table, setup, measure):7.1f})"
            else:
                row += f"{'-':>22}"
        print(row, file=out)
    spread = max(s for _, s in table.values())
    print(f"widest spread of the rounds of one figure: {spread:.1f} %", file=out)
    print(f"\n{name}: director's own cost, as a multiple of a peer's in the same run", file=out)
    found = collections.defaultdict(dict)
    for setup, peer, measure, ratio in ratios(table):
        found[(setup, peer)][measure] = ratio
    for (setup, peer), by in found.items():
        row = f"{setup + ' / ' + peer:44}"
        for measure, title, _ in MEASURES:
            if measure in by:
                row += f"{title:>12} {by[measure]:5.3f}"
        print(row, file=out)


def plot(all_tables, path):
    """Bars: the director's own cost of a connection."""
    rows = [
        (f"{setup} {family}", cost(table, setup, "conn"))
        for family, table in all_tables.items()
        for setup in setups(table)
        if setup != "direct" and (setup, "conn") in table and not setup.startswith("l7-of-")
    ]
    top = max(value for _, value in rows)
    with open(path, "w", encoding="utf-8") as out:
        print(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{40 + 22 * len(rows)}" '
            'font-family="sans-serif" font-size="13">\n'
            '<text x="10" y="20">Director\'s own cost of a connection, thousand instructions</text>',
            file=out,
        )
        for i, (label, value) in enumerate(rows):
            y = 34 + 22 * i
            colour = "#2b6cb0" if label.startswith("l7") else "#a0aec0"
            print(
                f'<text x="10" y="{y + 14}">{label}</text>'
                f'<rect x="220" y="{y}" width="{450 * value / top:.0f}" height="18" fill="{colour}"/>'
                f'<text x="{226 + 450 * value / top:.0f}" y="{y + 14}">{value:.1f}</text>',
                file=out,
            )
        print("</svg>", file=out)


def main():
    folder = sys.argv[1]
    values, memory = read(sys.stdin)
    if not values:
        sys.exit("no values")
    tables = {name: summary(family) for name, family in values.items()}
    with open(folder + "/table.txt", "w", encoding="utf-8") as out:
        for name, table in tables.items():
            print_table(name, table, out)
        print("\nmemory, bytes: " + ", ".join(f"{k} {v}" for k, v in memory.items()), file=out)
    with open(folder + "/results.json", "w", encoding="utf-8") as out:
        json.dump(
            {
                "unit": "thousand instructions",
                "memory_bytes": memory,
                "values": {
                    name: {
                        f"{s}/{m}": {"median": v, "spread_percent": p, "cost": cost(table, s, m)}
                        for (s, m), (v, p) in table.items()
                    }
                    for name, table in tables.items()
                },
                "ratios": {
                    name: {f"{s}/{p}/{m}": r for s, p, m, r in ratios(table)}
                    for name, table in tables.items()
                },
            },
            out,
            indent=1,
        )
    plot(tables, folder + "/connections.svg")
    with open(folder + "/table.txt", encoding="utf-8") as table_file:
        sys.stdout.write(table_file.read())


main()
