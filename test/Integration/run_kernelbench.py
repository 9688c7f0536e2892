"""Runs problems of KernelBench through tensorop-run.

usage: run_kernelbench.py TENSOROP_RUN KERNELBENCH [--every=N] [--json=FILE]
           [--matmuls] [--compile-only] [--least-planned=PERCENT]
           [--sample=FILE] [--first=N] [--target=T] [--evaluator=PREFIX]

Each problem is a real operator, exported from PyTorch. Where inputs and outputs are
stored, the result must agree with them; it must agree with our f64 reference always.
Prints one line a problem and a summary; fails when a problem is refused, crashes or is
wrong. --every=N runs each Nth problem only, --matmuls those with a matrix product in
them, --compile-only runs none. --sample=FILE runs the problems that it names, a line each,
--first=N the first N of them. --target and --evaluator are tensorop-run's: without an
evaluator, code for another architecture runs under QEMU.

Each line says how many multiplications and additions the problem's contractions do in one
call, at the sizes of its file, and which part of them a plan computes in register tiles;
the rest are plain loops. Convolutions (an operand is indexed by sums of dimensions; zeros
that a transposed one puts between its elements count) are summed apart from matrix
products. --least-planned=PERCENT fails when less of the flops of matrix products is by plan.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

# The exact result of this problem is 0, plus a bias: it normalizes groups of one
# element. What is stored is the rounding noise of another order of operations,
# 1 / sqrt(1e-5) times an f32 rounding error.
NOISE = {"37_Matmul_Swish_Sum_GroupNorm": 1e-4}

# What we call the kinds of contractions of `tensorop-run --json`.
KINDS_OF = {"contraction": "matmul", "convolution": "convolution"}
KINDS = list(KINDS_OF.values())


def read_sample(path, problems):
    """The problems that a file names, in its order."""
    by_name = {problem["name"]: problem for problem in problems}
    with open(path) as file:
        names = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        sys.exit(f"{path}: no such problems: {', '.join(unknown)}")
    return [by_name[name] for name in names]


def run(tool, folder, problem, compile_only, extra):
    path = os.path.join(folder, problem["file"])
    command = [tool, path, "--quiet", "--time-limit=300"] + extra
    if compile_only:
        command.append("--no-check")
    elif problem["npy"]:
        base = path[:-len(".mlir")]
        inputs = [f"{base}.arg{i}.npy" for i in range(len(problem["arg_shapes"]))]
        outputs = [f"{base}.out{i}.npy" for i in range(len(problem["out_shapes"]))]
        command += ["--inputs=" + ",".join(inputs), "--expect=" + ",".join(outputs)]
    if problem["name"] in NOISE:
        command.append(f"--expect-tolerance={NOISE[problem['name']]}")
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "result.json")
        result = subprocess.run(command + ["--json=" + file], capture_output=True, text=True)
        contractions = []
        if os.path.exists(file) and os.path.getsize(file):
            with open(file) as stream:
                contractions = json.load(stream)["contractions"]
    return result, contractions


def count(contractions):
    """Flops by kind: all, and those by plan."""
    flops = {kind: [0, 0] for kind in KINDS}
    for one in contractions:
        flops[KINDS_OF[one["kind"]]][0] += one["flops"]
        if one["plan"]:
            flops[KINDS_OF[one["kind"]]][1] += one["flops"]
    return flops


def describe(flops):
    parts = [f"{kind} {both[0]:.4g} flops, {100 * both[1] / both[0]:.1f} % by plan"
             for kind, both in flops.items() if both[0]]
    return "; ".join(parts)


def judge(problem, result, compile_only):
    """What a line says, and whether it counts as a failure."""
    if compile_only and result.returncode == 0:
        return "ok", "compiled"
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
    parser.add_argument("--matmuls", action="store_true")
    parser.add_argument("--compile-only", action="store_true")
    parser.add_argument("--least-planned", type=float, default=0)
    parser.add_argument("--sample")
    parser.add_argument("--first", type=int)
    parser.add_argument("--target")
    parser.add_argument("--evaluator")
    options = parser.parse_args()
    extra = [f"--{name}={value}" for name, value in
             (("target", options.target), ("evaluator", options.evaluator)) if value]
    with open(os.path.join(options.folder, "manifest.json")) as file:
        problems = json.load(file)
    if options.sample:
        problems = read_sample(options.sample, problems)
    problems = problems[:options.first:options.every]
    if options.matmuls:
        problems = [p for p in problems if any("matmul" in op for op in p["ops"])]
    counts, rows, total = {}, [], count([])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(
            lambda p: run(options.tool, options.folder, p, options.compile_only, extra), problems)
        for problem, (result, contractions) in zip(problems, results):
            kind, text = judge(problem, result, options.compile_only)
            counts[kind] = counts.get(kind, 0) + 1
            flops = count(contractions)
            for name in KINDS:
                total[name] = [a + b for a, b in zip(total[name], flops[name])]
            rows.append({"problem": problem["file"], "result": kind, "text": text,
                         "contractions": contractions})
            said = describe(flops)
            print(f"{kind} {problem['file']}: {text}" + (f"; {said}" if said else ""), flush=True)
            for one in contractions:
                if not one["plan"]:
                    print(f"  plain loops: {one['op']} of {one['kernel']}: {one['reason']}")
    stored = sum(1 for p in problems if p["npy"])
    weak = sum(1 for p in problems if p.get("weak_output"))
    summary = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    print(f"contractions: {describe(total)}")
    print(f"kernelbench: {len(problems)} problems, {stored} with stored outputs ({weak} weak): {summary}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"schema": 1, "problems": rows, "counts": counts, "flops": total}, file, indent=1)
    every, planned = total["matmul"]
    if options.least_planned and planned * 100 < every * options.least_planned or not problems:
        print(f"fewer than {options.least_planned} % of the flops of matrix products are by plan")
        return 1
    return 0 if counts.get("ok") == len(problems) else 1


if __name__ == "__main__":
    sys.exit(main())
