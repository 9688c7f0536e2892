"""Compares the counts of a simulation with what is known of the program.

usage: check_simulation.py RESULT FIELD=VALUE+SLACK | FIELD=LOW..HIGH ...
       check_simulation.py --board=L1,L2 MEASUREMENTS RESULT...

A field is one of the result or LEVEL.FIELD; it must be from VALUE to VALUE + SLACK: the loop around the work
may cost a little. The second form writes measurements of a board whose misses cost as many cycles.
"""

import json
import sys


def field(result, name):
    if "." not in name:
        return result[name]
    level, name = name.split(".")
    return next(entry for entry in result["levels"] if entry["name"] == level)[name]


def write_board(penalties, path, results):
    measurements = []
    for name in results:
        with open(name, encoding="utf-8") as file:
            result = json.load(file)
        cycles = result["core_cycles"] + sum(p * l["misses"] for p, l in zip(penalties, result["levels"]))
        measurements.append({"program": result["program"], "cycles": cycles})
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema": 1, "source": "made up by a test", "measurements": measurements}, file)


def main():
    if sys.argv[1].startswith("--board="):
        penalties = [float(p) for p in sys.argv[1].split("=")[1].split(",")]
        return write_board(penalties, sys.argv[2], sys.argv[3:])
    with open(sys.argv[1], encoding="utf-8") as file:
        result = json.load(file)
    wrong = []
    if result["evaluator"] != "simulated" or result["schema"] != 1:
        wrong.append("it is not marked as simulated, schema 1")
    total = result["core_cycles"] + sum(level["cycles"] for level in result["levels"])
    if abs(total - result["cycles"]) > 1e-6 * total:
        wrong.append(f"cycles are {result['cycles']}, their parts {total}")
    for expectation in sys.argv[2:]:
        name, value = expectation.split("=")
        if ".." in value:
            low, high = map(float, value.split(".."))
        else:
            low, slack = map(float, (value + "+0").split("+")[:2])
            high = low + slack
        found = field(result, name)
        if not low <= found <= high:
            wrong.append(f"{name} is {found}, not {low} to {high}")
    return "; ".join(wrong) or None


sys.exit(main())
