"""Prints what a search tried: list_trials.py EVENTS."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    for event in map(json.loads, file):
        if event["event"] == "trial":
            print(event["trial"], event["outcome"], event["score"], event["plan"])
