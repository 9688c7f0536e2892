"""Runs commands and keeps what tensorop-simulate says of them: shared by the scripts of this folder."""

import json
import subprocess
import sys

COLUMNS = [f"{name:>10}" for name in ("insns/kMAC", "op/cycle", "core only")]


def run(command, **options):
    """What the command wrote; ends the program when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def simulate(tools, target, program, *options):
    """The report of one program, whose arguments have {} for the repetitions; paths of it are left out."""
    text = run([f"{tools}/tensorop-simulate", f"--target={target}", *options, "--hottest=0", "--json", "--", *program])
    result = json.loads(text)
    result["program"] = [word.split("/")[-1] for word in program]
    return result


def parse_shape(text):
    m, n, k = (int(x) for x in text.split("x"))
    return m, n, k


def count_macs(shape):
    m, n, k = parse_shape(shape)
    return m * n * k


def rates(result, macs):
    """COLUMNS of one report."""
    return [f"{1000 * result['instructions'] / macs:10.1f}", f"{2 * macs / result['cycles']:10.2f}",
            f"{2 * macs / result['core_cycles']:10.2f}"]


def write(path, cases):
    """The cases as JSON, when there is a path."""
    if not path:
        return
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema": 1, "evaluator": "simulated", "cases": cases}, file, indent=1)
        file.write("\n")
