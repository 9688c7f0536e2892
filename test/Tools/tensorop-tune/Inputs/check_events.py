"""Checks the events of a search: `check_events.py FILE TRIALS UNIT [parts]`, and prints the best score that they prove.

`parts`: the parts of the best plan were measured too.
"""

import json
import sys


def check_rest(events, end, unit):
    kinds = [one["event"] for one in events]
    comparison = next(one for one in events if one["event"] == "comparison")
    assert kinds.count("comparison") == 1 and kinds.count("bounds") <= 1
    for name in ("best", "best_score", "start_score"):
        assert comparison[name] == end[name]
    for bounds in events:
        if bounds["event"] == "bounds":
            assert min(bounds[name] for name in ("flops", "bytes", "peak", "bandwidth")) > 0
            assert bounds["is_simulated"] == (unit == "cycles")


def check_parts(parts, unit):
    for one in parts:
        assert one["kind"] in ("step", "loop", "edges", "move", "parameter") and one["what"]
        if one["outcome"] == "measured":
            assert one["plan"].startswith("strategy.plan") and one["score"] > 0
            assert min(one["ratios"]) <= one["ratio"] <= max(one["ratios"])
            assert unit == "seconds" or len(one["ratios"]) == 1
        else:
            assert one["diagnostic"] and one["ratio"] == 0
            assert (one["outcome"] == "needed") == (one["plan"] == "")


def main():
    path, trials, unit = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    begin, *middle, end = events
    tried = [one for one in middle if one["event"] == "trial"]
    check_rest([one for one in middle if one["event"] != "trial"], end, unit)
    parts = [one for one in middle if one["event"] == "attribution"]
    assert bool(parts) == (len(sys.argv) > 4)
    check_parts(parts, unit)
    assert begin["event"] == "begin" and begin["schema"] == 2 and begin["unit"] == unit
    assert 0 < begin["legal"] <= begin["points"] and begin["structures"] > 1
    assert [one["trial"] for one in tried] == list(range(1, trials + 1))
    plans = set()
    for one in tried:
        assert one["event"] == "trial" and one["plan"].startswith("strategy.plan @tuned")
        plans.add(one["plan"])
        if one["outcome"] == "measured":
            assert one["score"] > 0 and one["samples"] and not one["diagnostic"]
        else:
            assert one["outcome"] == "void" and one["diagnostic"], one
    assert len(plans) == trials, "a plan was tried twice"
    assert tried[0]["structure"] == "", "the analytic plan comes first"
    assert end["event"] == "end" and end["trials"] == trials
    assert sum(end["outcomes"].values()) == trials
    best = tried[end["best"] - 1]
    assert end["plan"] == best["plan"]
    if best["outcome"] == "measured":
        # 0: the analytic plan could not be timed.
        assert 0 < end["best_score"] and (end["start_score"] == 0 or end["best_score"] <= end["start_score"])
    if unit == "cycles":
        assert end["best_score"] == min(one["score"] for one in tried)
        print("best:", end["best_score"], "start:", end["start_score"])
    print("events are well")


if __name__ == "__main__":
    main()
