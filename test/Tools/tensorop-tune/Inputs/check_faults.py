"""Compares what became of each trial with what was done to it: `check_faults.py EVENTS EXPORT FAULT...`

EXPORT has the trials of the database. Prints each diagnostic.
"""

import json
import sys

OUTCOMES = {"wrong": "wrong", "wrong-later": "wrong", "outside": "wrong", "far-outside": "crashed",
            "killed": "crashed", "trap": "crashed", "hang": "timeout", "memory": "memory"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    events, stored, faults = read(sys.argv[1]), read(sys.argv[2]), sys.argv[3:]
    trials = [event for event in events if event["event"] == "trial"]
    assert len(trials) == len(faults), len(trials)
    rows = {row["plan"]: row for row in stored}
    assert len(rows) == len(stored) == len(trials), len(stored)
    for trial, fault in zip(trials, faults):
        outcome = trial["outcome"]
        row = rows[trial["plan"]]
        assert (row["outcome"], row["diagnostic"]) == (outcome, trial["diagnostic"]), row
        print(f"{fault}: {outcome if fault != 'ok' else 'ok'}: {trial['diagnostic'] if fault != 'ok' else ''}")
        # A busy machine may time nothing, and does not see then what goes wrong late.
        allowed = {OUTCOMES.get(fault, "measured")} | ({"void"} if fault in ("ok", "wrong-later") else set())
        assert outcome in allowed, (fault, trial)
    end = events[-1]
    assert sum(end["outcomes"].values()) == len(faults), end
    print("best:", "ok" if faults[end["best"] - 1] == "ok" else end["best"])


main()
