"""Simulates TensorOp's kernels for C = A * B (planned by the analytic proposer) beside OpenBLAS's or others of ours.

usage: ours.py BIN FILE... [--targets=TARGET,...] [--json=FILE]

BIN has tensorop-run and tensorop-simulate. A FILE of sgemm.py has the library's results: its targets and shapes are
simulated in f32 beside the library's best kernel set. Any other FILE is a configuration: lists of targets and shapes,
types (of the factors and of the sums) and the types of the kernel that they are beside. Each kernel is checked under
the emulator before. Operations are two for each multiply-add; the ratio is that of cycles, above 1 we are faster. The
numbers are the model's, not a board's (docs/simulation.md).
"""

import argparse
import json
import math
import os
import sys
import tempfile

import records

PAYLOAD = """func.func @mm(%a: tensor<{m}x{k}x{factor}>, %b: tensor<{k}x{n}x{factor}>) -> tensor<{m}x{n}x{sum}> {{
  %zero = arith.constant {zero} : {sum}
  %empty = tensor.empty() : tensor<{m}x{n}x{sum}>
  %init = linalg.fill ins(%zero : {sum}) outs(%empty : tensor<{m}x{n}x{sum}>) -> tensor<{m}x{n}x{sum}>
  %c = linalg.matmul ins(%a, %b : tensor<{m}x{k}x{factor}>, tensor<{k}x{n}x{factor}>)
                     outs(%init : tensor<{m}x{n}x{sum}>) -> tensor<{m}x{n}x{sum}>
  return %c : tensor<{m}x{n}x{sum}>
}}
"""
F32 = ["f32", "f32"]


def simulate(args, folder, target, shape, types):
    m, n, k = records.parse_shape(shape)
    payload = os.path.join(folder, "payload.mlir")
    with open(payload, "w", encoding="utf-8") as file:
        file.write(PAYLOAD.format(m=m, n=n, k=k, factor=types[0], sum=types[1],
                                  zero="0.0" if types[1][0] == "f" else "0"))
    bundle = os.path.join(folder, "bundle")
    said = records.run([f"{args.bin}/tensorop-run", payload, f"--target={target}", "--emit=runner", "-o", bundle])
    if "check: correct" not in said or "plan: analytic" not in said:
        sys.exit(f"{target} {shape}: not planned or not checked:\n{said}")
    return records.simulate(args.bin, target, [f"{bundle}/runner", bundle, "--no-check", "--calls={}"])


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cases(args, folder):
    """Target, shape, types, and the other one with its name."""
    library = {}
    for document in map(read, args.files):
        for case in document.get("cases", []):
            library.setdefault((case["simulation"]["target"], case["shape"]), []).append(case)
        for target in document.get("targets", []):
            for shape in document["shapes"]:
                if is_wanted(args, target):
                    other = simulate(args, folder, target, shape, document["beside"])
                    yield target, shape, document["types"], f"ours, {document['beside'][0]}", other
    for (target, shape), found in library.items():
        if is_wanted(args, target):
            best = min(found, key=lambda case: case["simulation"]["cycles"])
            yield target, shape, F32, best["core"], best["simulation"]


def is_wanted(args, target):
    return not args.targets or target in args.targets.split(",")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--targets")
    parser.add_argument("--json")
    args = parser.parse_args()
    print("simulated, no measurement: C = A * B, one core; operations per cycle beside those of another kernel")
    instructions, rate, core_only = records.COLUMNS
    print(f"{'target':30} {'shape':12} {'types':8} {instructions} {'to other':>10} {rate} {core_only} "
          f"{'other':>8} {'ratio':>6}  other")
    ours, ratios = [], []
    with tempfile.TemporaryDirectory() as folder:
        for target, shape, types, name, other in cases(args, folder):
            result = simulate(args, folder, target, shape, types)
            macs = records.count_macs(shape)
            ratio = other["cycles"] / result["cycles"]
            ratios.append(ratio)
            instructions, rate, core_only = records.rates(result, macs)
            print(f"{target:30} {shape:12} {'/'.join(types):8} {instructions} "
                  f"{result['instructions'] / other['instructions']:10.3f} {rate} {core_only} "
                  f"{2 * macs / other['cycles']:8.2f} {ratio:6.3f}  {name}", flush=True)
            ours.append({"shape": shape, "macs": macs, "types": types, "ratio": ratio, "core": name,
                         "simulation": result})
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios)) if ratios else math.nan
    print(f"geomean {mean:.3f}, minimum {min(ratios, default=math.nan):.3f} over {len(ratios)} cases")
    records.write(args.json, ours)
    return 0


sys.exit(main())
