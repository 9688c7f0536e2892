"""How much faster several threads are than one.

usage: scaling.py TENSOROP_RUN SHAPES [--threads=N] [--plan=FILE] [--seconds=S] [--rounds=N] [--json=FILE]

SHAPES: MxNxK,... of f32 products. Each is compiled for one thread and for N (2), by the analytic
proposer or a plan, checked in the first round, and timed in turns with tensorop-run. Printed are the
medians over the rounds, and the median of the ratio one / N of neighbouring runs. Exit code 1 when
something is refused, wrong or void.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

PAYLOAD = """func.func @product(%a: tensor<MxKxf32>, %b: tensor<KxNxf32>) -> tensor<MxNxf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<MxNxf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<MxNxf32>) -> tensor<MxNxf32>
  %c = linalg.matmul ins(%a, %b : tensor<MxKxf32>, tensor<KxNxf32>)
                     outs(%init : tensor<MxNxf32>) -> tensor<MxNxf32>
  return %c : tensor<MxNxf32>
}
"""


def payload(shape):
    text = PAYLOAD
    for letters in ("MxK", "KxN", "MxN"):
        sizes = [shape["MNK".index(letter)] for letter in letters[::2]]
        text = text.replace(f"<{letters}x", f"<{sizes[0]}x{sizes[1]}x")
    return text


def time(args, path, threads, check, report):
    """Median seconds of one call, and on how many threads it ran."""
    command = [args.tool, path, f"--threads={threads}", "--bench", f"--seconds={args.seconds}",
               "--quiet", f"--json={report}", "--check" if check else "--no-check",
               f"--plan={args.plan}" if args.plan else "--proposer=analytic"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"scaling.py: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    with open(report, encoding="utf-8") as file:
        bench = json.load(file)["bench"]
    return bench["seconds"]["median"], bench["kernel_threads"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("shapes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--plan")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    args = parser.parse_args()

    rows = []
    print(f"{'shape':>16}  {'1 thread':>12}  {str(args.threads) + ' threads':>12}  ratio", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path, report = (os.path.join(folder, name) for name in ("product.mlir", "report.json"))
        for text in args.shapes.split(","):
            with open(path, "w", encoding="utf-8") as file:
                file.write(payload([int(size) for size in text.split("x")]))
            rounds = []
            for number in range(args.rounds):
                one, _ = time(args, path, 1, number == 0, report)
                many, used = time(args, path, args.threads, number == 0, report)
                rounds.append((one, many))
            ratio = statistics.median(one / many for one, many in rounds)
            one, many = (statistics.median(column) for column in zip(*rounds))
            rows.append({"shape": text, "threads": args.threads, "kernel_threads": used,
                         "seconds_one": one, "seconds": many, "ratio": ratio})
            note = "" if used > 1 else "  (the plan divides nothing)"
            print(f"{text:>16}  {one * 1e3:>9.3f} ms  {many * 1e3:>9.3f} ms  {ratio:5.2f}{note}",
                  flush=True)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "rows": rows}, file, indent=1)
            file.write("\n")


main()
