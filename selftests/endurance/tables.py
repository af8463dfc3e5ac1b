# SPDX-License-Identifier: GPL-2.0
"""What a director holds, a line each, of which the last word is the state: bindings, and connections.

    tables.py NAMESPACE
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import l7_director as ld  # noqa: E402  (beside the tests)

STATES = {value: name.rpartition("_")[2] for name, value in ld.nl.C.items()
          if name.startswith("IPVS_L7_FLOW_STATE_")}


def main():
    director = ld.Director(sys.argv[1], "10.0.1.100")
    for entry in director.bindings():
        print("binding", *entry, "BOUND")
    for f in director.dump("FLOW_GET"):
        ends = [ld.endpoint(f[ld.a("FLOW_" + end)]) if ld.a("FLOW_" + end) in f else ("-", "-")
                for end in ("CLIENT", "VIP", "SERVER")]
        state = f[ld.a("FLOW_STATE")][0]
        print("connection", *ends[0], *ends[1], *ends[2], STATES.get(state, state))


main()
