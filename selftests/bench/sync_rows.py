# SPDX-License-Identifier: GPL-2.0
"""The rows of what mirroring has to reach: what, the aim, what was measured, whether that is enough.

A value is that of the emulated processor, one instruction a nanosecond: seconds are thousand million
instructions, of both directors and all else in the guest together."""


class Values:
    """Of one row of the second half, as numbers; nothing for what was not measured."""

    def __init__(self, values, row):
        self.v = {name: v for (of, name), v in values.items() if of == row}

    def __call__(self, name):
        v = self.v[name]
        return float(v) if v.replace(".", "", 1).replace("e+", "", 1).replace("e-", "", 1).isdigit() else v

    def sum(self, *names):
        return sum(self(n) for n in names if n in self.v)


def argument(row, n=1):
    return int(row.split("-")[n])


def visible(kinds):
    found = [kinds[k] for k in ("l7-plain", "l7-spliced") if ("idle-traced", "p50") in kinds.get(k, {})]
    if not found:
        return []
    p50, p99 = (max(float(v[("idle-traced", p)]) for v in found) for p in ("p50", "p99"))
    return [("connection visible at the peer, idle", "p50 2 ms, p99 5 ms", "%.2f ms, %.2f ms" % (p50, p99),
             p50 <= 2 and p99 <= 5)]


def missing(kinds):
    out = []
    for loss in 1, 5, 20:
        found = [int(kinds[k][("loss-%d" % loss, "missing_1s")]) for k in ("l7-plain", "l7-spliced")
                 if ("loss-%d" % loss, "missing_1s") in kinds.get(k, {})]
        if found:
            out.append(("connections missing, %d %% loss" % loss, "0 after 1 s", str(max(found)),
                        not max(found)))
    return out


def more_bytes(v, ms):
    """Percent, with reordering, of the medians of three: a round of comparing tables more or less is
    no part of it. None if it was not measured."""
    of = {how: sorted(int(n) for (what, name), n in v.items() if name == "bytes" and
                      what.startswith("%s-%d-" % (how, ms))) for how in ("ordered", "reordered")}
    if not of["ordered"] or len(of["ordered"]) != len(of["reordered"]):
        return None
    middle = len(of["ordered"]) // 2
    return 100 * (of["reordered"][middle] / of["ordered"][middle] - 1)


def reordered(kinds):
    out = []
    for ms in 1, 10:
        more = {k: more_bytes(v, ms) for k, v in kinds.items()}
        mine = [v for k, v in more.items() if k.startswith("l7-") and v is not None]
        if mine:
            other = more.get("conntrackd")
            out.append(("bytes, 25 %% of the packets early by up to %d ms" % ms, "+1 %",
                        "%+.1f %%" % max(mine) + (" (conntrackd: %+.1f %%)" % other if other is not None else ""),
                        max(mine) <= 1))
    return out


def lossy(row, v):
    aim = {1: 10, 5: 25, 20: 100}.get(argument(row, 2), 1000)
    return ("binding at the peer, %d %% loss" % argument(row, 2), "all, p99 %d ms, at most 1 s" % aim,
            "%s of %d lacking, p99 %.1f ms, at most %.0f ms" % (v.v["differ"], v("n"), v("p99"), v("max")),
            not v("differ") and v("p99") <= aim and v("max") <= 1000)


def loss50(_, v):
    return ("50 % loss for 10 s, 2 s later", "0 missing", "%d of %d connections and %d bindings" % (
        v("missing_2s"), v("connections"), v("bindings")), not v("missing_2s"))


def join(_, v):
    return ("join with %d bindings, until READY" % v("n"), "3 s for 1M, bare metal",
            "%.1f s: %.1f s busy; all there after %.1f s, %d differ" % (
                v("seconds"), v("busy"), v("there"), v("differ")), None)


def rejoin(_, v):
    share = 100 * v("bytes") / v("bulk_bytes")
    return ("rejoin, 1 %% of %d changed" % v("n"), "15 % of the bytes", "%.0f %% (%d of %d), %d differ" % (
        share, v("bytes"), v("bulk_bytes"), v("differ")), share <= 15)


def wrong(_, v):
    return ("one of %d silently missing" % v("n"), "repaired in 10 s", "p50 %.1f s, longest of %d %.1f s" % (
        v("p50"), v("times"), v("max")), v("max") <= 10)


def rate(_, v):
    # On other processors it is another number.
    return ("records a second and core, encrypted", "500000", "bulk: sent %d k, received %d k; live: %d k, %d k" % (
        v("bulk_send") / 1000, v("bulk_receive") / 1000, v("live_send") / 1000, v("live_receive") / 1000), None)


def forged(_, v):
    return ("forged, replayed, of an old epoch", "0 of 10^6 applied", "%d of %d applied, %d refused, %d changed" % (
        v("applied"), v("sent"), v("refused"), v("changed")), not v("applied") and not v("changed") and
            v("sent") >= 1e6 or None)


def unplanned(_, v):
    return ("death under load: older than 10 ms", "99.99 % there", "%.2f %% of %d; of %d younger: %d" % (
        v("share"), v("old"), v("young"), v("young_there")), v("share") >= 99.99)


def semi(_, v):
    return ("the same, semi-synchronous, 1 ms away", "100 % of what was answered",
            "%d of %d connections, %d unconfirmed; else %d of %d" % (
                v("semi_there"), v("semi"), v("semi_late"), v("async_there"), v("async")),
            v("semi_there") == v("semi"))


def planned(_, v):
    return ("planned switch", "0 states, 0 connections lost", "%d of %d states, %d of %d connections" % (
        v("states_lost"), v("states"), v("connections_lost") + v("failed"), v("begun")),
            not v("states_lost") + v("connections_lost") + v("failed"))


ROWS = (lossy, loss50, join, rejoin, wrong, rate, forged, unplanned, semi, planned)


def rows_of(values):
    """[what, aim, measured, met] of all that was measured."""
    aims = values.get("aims", {})
    out = visible(values) + missing(values) + reordered(values)
    for make in ROWS:
        for row in dict.fromkeys(of for of, _ in aims if of.split("-")[0] == make.__name__):
            try:
                out.append(make(row, Values(aims, row)))
            except KeyError as missed:
                out.append((row, "", "not measured: no %s" % missed, False))
    return [[a, b, c, {True: "yes", False: "no", None: "-"}[met]] for a, b, c, met in out]
