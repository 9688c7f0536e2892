"""Plan, outcome and score of each trial of an export, in an order of their own."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    trials = [json.loads(line) for line in file]
print("\n".join(sorted(f"{t['plan_hash']} {t['outcome']} {t['score']}" for t in trials)))
