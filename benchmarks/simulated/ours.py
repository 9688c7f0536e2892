"""Simulates TensorOp's kernels for C = A * B (f32, planned by the analytic proposer) beside OpenBLAS's.

usage: ours.py BIN RESULTS.json... [--targets=TARGET,...] [--json=FILE]

BIN has tensorop-run and tensorop-simulate. RESULTS are files of sgemm.py: their targets and shapes are simulated,
and the ratio is that of the cycles of the library's best kernel set to ours, above 1 we are faster. Each kernel is
checked under the emulator before. The numbers are the model's, not a board's (docs/simulation.md).
"""

import argparse
import json
import math
import os
import sys
import tempfile

import records

PAYLOAD = """func.func @mm(%a: tensor<{m}x{k}xf32>, %b: tensor<{k}x{n}xf32>) -> tensor<{m}x{n}xf32> {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<{m}x{n}xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  %c = linalg.matmul ins(%a, %b : tensor<{m}x{k}xf32>, tensor<{k}x{n}xf32>)
                     outs(%init : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  return %c : tensor<{m}x{n}xf32>
}}
"""


def simulate(args, folder, target, shape):
    m, n, k = records.parse_shape(shape)
    payload = os.path.join(folder, "payload.mlir")
    with open(payload, "w", encoding="utf-8") as file:
        file.write(PAYLOAD.format(m=m, n=n, k=k))
    bundle = os.path.join(folder, "bundle")
    said = records.run([f"{args.bin}/tensorop-run", payload, f"--target={target}", "--emit=runner", "-o", bundle])
    if "check: correct" not in said or "plan: analytic" not in said:
        sys.exit(f"{target} {shape}: not planned or not checked:\n{said}")
    return records.simulate(args.bin, target, [f"{bundle}/runner", bundle, "--no-check", "--calls={}"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("results", nargs="+")
    parser.add_argument("--targets")
    parser.add_argument("--json")
    args = parser.parse_args()
    library = {}
    for path in args.results:
        with open(path, encoding="utf-8") as file:
            for case in json.load(file)["cases"]:
                library.setdefault((case["simulation"]["target"], case["shape"]), []).append(case)
    print("simulated, no measurement: C = A * B in f32, one core; ratios to the library's best kernel set")
    instructions, rate, core_only = records.COLUMNS
    print(f"{'target':30} {'shape':12} {instructions} {'to library':>10} {rate} {core_only} "
          f"{'library':>8} {'ratio':>6}  best kernel set")
    ours, ratios = [], []
    with tempfile.TemporaryDirectory() as folder:
        for (target, shape), cases in library.items():
            if args.targets and target not in args.targets.split(","):
                continue
            best = min(cases, key=lambda case: case["simulation"]["cycles"])
            result = simulate(args, folder, target, shape)
            macs = best["macs"]
            ratio = best["simulation"]["cycles"] / result["cycles"]
            ratios.append(ratio)
            instructions, rate, core_only = records.rates(result, macs)
            print(f"{target:30} {shape:12} {instructions} "
                  f"{result['instructions'] / best['simulation']['instructions']:10.3f} {rate} {core_only} "
                  f"{2 * macs / best['simulation']['cycles']:8.2f} {ratio:6.3f}  {best['core']}", flush=True)
            ours.append({"shape": shape, "macs": macs, "ratio": ratio, "core": best["core"],
                         "simulation": result})
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios)) if ratios else math.nan
    print(f"geomean {mean:.3f}, minimum {min(ratios, default=math.nan):.3f} over {len(ratios)} cases")
    records.write(args.json, ours)
    return 0


sys.exit(main())
