"""Checks the events of a search: `check_events.py FILE TRIALS UNIT`, and prints the best score that they prove."""

import json
import sys


def main():
    path, trials, unit = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    begin, *tried, end = events
    assert begin["event"] == "begin" and begin["schema"] == 1 and begin["unit"] == unit
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
