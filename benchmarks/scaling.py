"""How much faster several threads are than one.

usage: scaling.py TENSOROP_RUN SHAPES [--threads=N] [--plan=FILE] [--seconds=S] [--rounds=N]
           [--attempts=N]

SHAPES: MxNxK,... of f32 products. Each is compiled for one thread and for N (2), by the analytic
proposer or a plan, checked, and timed in turns with tensorop-run. Printed are the medians over the
rounds, and the median of the ratio one / N of neighbouring runs. A run that is void (the machine is
busy) is repeated, up to --attempts (5) times. With --rounds=0 nothing is timed. Exit code 1 when
something is refused, wrong or still void.
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
    sizes = dict(zip("MNK", shape.split("x")))
    text = PAYLOAD
    for pair in ("MxK", "KxN", "MxN"):
        text = text.replace(f"<{pair}x", f"<{sizes[pair[0]]}x{sizes[pair[2]]}x")
    return text


def run(args, path, threads, options):
    command = [args.tool, path, f"--threads={threads}", "--quiet",
               f"--plan={args.plan}" if args.plan else "--proposer=analytic", *options]
    for _ in range(args.attempts):
        done = subprocess.run(command, capture_output=True, text=True)
        if "timing is void" not in done.stderr:
            break
    if done.returncode != 0:
        sys.exit(f"scaling.py: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def time(args, path, threads, report):
    """Median seconds of one call."""
    run(args, path, threads,
        ["--no-check", "--bench", f"--seconds={args.seconds}", f"--json={report}"])
    with open(report, encoding="utf-8") as file:
        return json.load(file)["bench"]["seconds"]["median"]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0] if names else 'unknown'}, {len(os.sched_getaffinity(0))} cpus"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("shapes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--plan")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--attempts", type=int, default=5)
    args = parser.parse_args()

    plan = os.path.basename(args.plan) if args.plan else "analytic proposer"
    print(f"machine: {machine()}; {plan}; medians of {args.rounds} rounds of {args.seconds} s")
    print(f"{'shape':>16}  {'1 thread':>12}  {str(args.threads) + ' threads':>12}  ratio", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path, report = (os.path.join(folder, name) for name in ("product.mlir", "report.json"))
        for shape in args.shapes.split(","):
            with open(path, "w", encoding="utf-8") as file:
                file.write(payload(shape))
            for threads in (1, args.threads):
                run(args, path, threads, [])
            rounds = [(time(args, path, 1, report), time(args, path, args.threads, report))
                      for _ in range(args.rounds)]
            if not rounds:
                print(f"{shape:>16}  correct")
                continue
            ratio = statistics.median(one / many for one, many in rounds)
            one, many = (statistics.median(column) * 1e3 for column in zip(*rounds))
            print(f"{shape:>16}  {one:>9.3f} ms  {many:>9.3f} ms  {ratio:5.2f}", flush=True)


main()
