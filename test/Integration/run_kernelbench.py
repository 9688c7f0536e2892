"""Runs problems of KernelBench through tensorop-run.

usage: run_kernelbench.py TENSOROP_RUN KERNELBENCH [--every=N] [--json=FILE]

Each problem is a real operator, exported from PyTorch. Where inputs and outputs are
stored, the result must agree with them; it must agree with our f64 reference always.
Prints one line a problem and a summary; fails when a problem is refused, crashes or is
wrong. --every=N runs each Nth problem only.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

# The exact result of this problem is 0, plus a bias: it normalizes groups of one
# element. What is stored is the rounding noise of another order of operations,
# 1 / sqrt(1e-5) times an f32 rounding error.
NOISE = {"37_Matmul_Swish_Sum_GroupNorm": 1e-4}


def run(tool, folder, problem):
    path = os.path.join(folder, problem["file"])
    command = [tool, path, "--quiet", "--time-limit=300"]
    if problem["npy"]:
        base = path[:-len(".mlir")]
        inputs = [f"{base}.arg{i}.npy" for i in range(len(problem["arg_shapes"]))]
        outputs = [f"{base}.out{i}.npy" for i in range(len(problem["out_shapes"]))]
        command += ["--inputs=" + ",".join(inputs), "--expect=" + ",".join(outputs)]
    if problem["name"] in NOISE:
        command.append(f"--expect-tolerance={NOISE[problem['name']]}")
    return subprocess.run(command, capture_output=True, text=True)


def judge(problem, result):
    """What a line says, and whether it counts as a failure."""
    check = [line for line in result.stdout.splitlines() if line.startswith("check: correct")]
    if result.returncode == 0 and len(check) == 1:
        notes = ["stored output" if problem["npy"] else "reference"]
        if problem.get("weak_output"):
            notes.append("weak: the stored output says little")
        if problem["name"] in NOISE:
            notes.append("stored output is noise")
        return "ok", f"{check[0][len('check: '):]} [{'; '.join(notes)}]"
    kind = {1: "refused", 3: "wrong"}.get(result.returncode, f"exit {result.returncode}")
    return kind, result.stderr.strip()[:400]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("folder")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--json")
    options = parser.parse_args()
    with open(os.path.join(options.folder, "manifest.json")) as file:
        problems = json.load(file)[::options.every]
    counts, rows = {}, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda p: run(options.tool, options.folder, p), problems)
        for problem, result in zip(problems, results):
            kind, text = judge(problem, result)
            counts[kind] = counts.get(kind, 0) + 1
            rows.append({"problem": problem["file"], "result": kind, "text": text})
            print(f"{kind} {problem['file']}: {text}", flush=True)
    stored = sum(1 for p in problems if p["npy"])
    weak = sum(1 for p in problems if p.get("weak_output"))
    summary = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    print(f"kernelbench: {len(problems)} problems, {stored} with stored outputs ({weak} weak): {summary}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"schema": 1, "problems": rows, "counts": counts}, file, indent=1)
    return 0 if problems and counts.get("ok") == len(problems) else 1


if __name__ == "__main__":
    sys.exit(main())
