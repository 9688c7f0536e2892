"""Compares the counts of a simulation with what is known of the program.

usage: check_simulation.py RESULT FIELD=VALUE+SLACK | FIELD=LOW..HIGH ...
       check_simulation.py --board=L1,L2 MEASUREMENTS RESULT...
       check_simulation.py --mca=LLVM_MCA TRIPLE RESULT...

A field is one of the result or LEVEL.FIELD; it must be from VALUE to VALUE + SLACK: the loop around the work
may cost a little. The second form writes measurements of a board whose misses cost as many cycles. The third gives the
hottest block of each result to llvm-mca, which must find the same number of cycles.
"""

import json
import re
import subprocess
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


def assembly(block):
    """The block's instructions, with comments for llvm-mca where the vector configuration changes."""
    for instruction in block["instructions"]:
        configuration = re.match(r"(\w+) (E\d+): (.*)", instruction)
        if configuration:
            length, width, instruction = configuration.groups()
            yield f"# LLVM-MCA-RISCV-LMUL {length}"
            yield f"# LLVM-MCA-RISCV-SEW {width}"
        yield instruction


def compare_with_mca(llvm_mca, triple, results):
    wrong = []
    for name in results:
        with open(name, encoding="utf-8") as file:
            result = json.load(file)
        block = result["blocks"][0]
        features = ["-mattr=+v"] if triple.startswith("riscv") else []
        done = subprocess.run([llvm_mca, f"-mtriple={triple}", f"-mcpu={result['cpu']}", "-iterations=100", *features],
                              input="\n".join(assembly(block)) + "\n", capture_output=True, text=True)
        found = re.search(r"Total Cycles:\s+(\d+)", done.stdout)
        if not found:
            wrong.append(f"llvm-mca: {done.stderr}")
        elif abs(int(found.group(1)) / 100 - block["cycles"]) > 1e-9:
            wrong.append(f"{name}: {block['cycles']} cycles, by llvm-mca {int(found.group(1)) / 100}")
    return "; ".join(wrong) or None


def main():
    if sys.argv[1].startswith("--mca="):
        return compare_with_mca(sys.argv[1].split("=")[1], sys.argv[2], sys.argv[3:])
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
