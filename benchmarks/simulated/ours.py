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
import subprocess
import sys
import tempfile

PAYLOAD = """func.func @mm(%a: tensor<{m}x{k}xf32>, %b: tensor<{k}x{n}xf32>) -> tensor<{m}x{n}xf32> {{
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<{m}x{n}xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  %c = linalg.matmul ins(%a, %b : tensor<{m}x{k}xf32>, tensor<{k}x{n}xf32>)
                     outs(%init : tensor<{m}x{n}xf32>) -> tensor<{m}x{n}xf32>
  return %c : tensor<{m}x{n}xf32>
}}
"""


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def simulate(args, folder, target, shape):
    m, n, k = (int(x) for x in shape.split("x"))
    payload = os.path.join(folder, "payload.mlir")
    with open(payload, "w", encoding="utf-8") as file:
        file.write(PAYLOAD.format(m=m, n=n, k=k))
    bundle = os.path.join(folder, "bundle")
    said = run([f"{args.bin}/tensorop-run", payload, f"--target={target}", "--emit=runner", "-o", bundle])
    if "check: correct" not in said or "plan: analytic" not in said:
        sys.exit(f"{target} {shape}: not planned or not checked:\n{said}")
    result = json.loads(run([f"{args.bin}/tensorop-simulate", f"--target={target}", "--hottest=0", "--json", "--",
                             f"{bundle}/runner", bundle, "--no-check", "--calls={}"]))
    result["program"] = ["runner", "bundle", "--no-check", "--calls={}"]
    return result


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
    print(f"{'target':30} {'shape':12} {'insns/kMAC':>10} {'to library':>10} {'flop/cycle':>10} {'core only':>10} "
          f"{'library':>8} {'ratio':>6}  best kernel set")
    records, ratios = [], []
    with tempfile.TemporaryDirectory() as folder:
        for (target, shape), cases in library.items():
            if args.targets and target not in args.targets.split(","):
                continue
            best = min(cases, key=lambda case: case["simulation"]["cycles"])
            result = simulate(args, folder, target, shape)
            macs = best["macs"]
            ratio = best["simulation"]["cycles"] / result["cycles"]
            ratios.append(ratio)
            print(f"{target:30} {shape:12} {1000 * result['instructions'] / macs:10.1f} "
                  f"{result['instructions'] / best['simulation']['instructions']:10.3f} "
                  f"{2 * macs / result['cycles']:10.2f} {2 * macs / result['core_cycles']:10.2f} "
                  f"{2 * macs / best['simulation']['cycles']:8.2f} {ratio:6.3f}  {best['core']}", flush=True)
            records.append({"shape": shape, "macs": macs, "ratio": ratio, "core": best["core"],
                            "simulation": result})
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios)) if ratios else math.nan
    print(f"geomean {mean:.3f}, minimum {min(ratios, default=math.nan):.3f} over {len(ratios)} cases")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "evaluator": "simulated", "cases": records}, file, indent=1)
            file.write("\n")
    return 0


sys.exit(main())
