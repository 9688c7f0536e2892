"""Times products with a bias and an activation fused into the register tile.

usage: epilogues.py TENSOROP_RUN SUITE [--check] [--seconds=S] [--rounds=N] [--json=FILE]

For each case four programs are compiled and checked once, then timed in turns: the fused kernel;
the same product alone; bias and activation alone, as one vectorized pass over the output; a
library's product (OpenBLAS, as tensorop-run --baseline finds it). Printed are medians over the
rounds and two ratios, medians over the rounds of: fused / our product, and (library's product +
pass) / fused, each of neighbouring samples. Exit code 1
when something is refused, wrong or void. With --check nothing is timed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# %v to %r, with flags F on elementary functions.
ACTIVATIONS = {
    "gelu_erf": """
    %half = arith.constant 0.5 : f32
    %root = arith.constant 0.707106781 : f32
    %one = arith.constant 1.0 : f32
    %s = arith.mulf %v, %root : f32
    %t = math.erf %s F : f32
    %u = arith.addf %t, %one : f32
    %h = arith.mulf %v, %half : f32
    %r = arith.mulf %h, %u : f32""",
    "gelu_tanh": """
    %half = arith.constant 0.5 : f32
    %cubic = arith.constant 0.044715 : f32
    %root = arith.constant 0.797884561 : f32
    %one = arith.constant 1.0 : f32
    %v2 = arith.mulf %v, %v : f32
    %v3 = arith.mulf %v2, %v : f32
    %c = arith.mulf %v3, %cubic : f32
    %s = arith.addf %v, %c : f32
    %p = arith.mulf %s, %root : f32
    %t = math.tanh %p F : f32
    %u = arith.addf %t, %one : f32
    %h = arith.mulf %v, %half : f32
    %r = arith.mulf %h, %u : f32""",
    "silu": """
    %one = arith.constant 1.0 : f32
    %n = arith.negf %v : f32
    %e = math.exp %n F : f32
    %d = arith.addf %e, %one : f32
    %r = arith.divf %v, %d : f32""",
}

PRODUCT = """
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%empty : tensor<MxNxf32>) -> tensor<MxNxf32>
  %x = linalg.matmul ins(%a, %b : tensor<MxKxf32>, tensor<KxNxf32>)
                     outs(%f : tensor<MxNxf32>) -> tensor<MxNxf32>"""
BIAS = """
  %y = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x, %bias : tensor<MxNxf32>, tensor<Nxf32>) outs(%empty : tensor<MxNxf32>)
      attrs = {strategy.op = "bias"} {
  ^bb0(%v: f32, %w: f32, %o: f32):
    %r = arith.addf %v, %w : f32
    linalg.yield %r : f32
  } -> tensor<MxNxf32>
  %z = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<MxNxf32>) outs(%empty : tensor<MxNxf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32, %o: f32):ACT
    linalg.yield %r : f32
  } -> tensor<MxNxf32>"""
# One op, so that there is one pass.
PASS = """
  %z = linalg.generic {indexing_maps = [#n, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%bias : tensor<Nxf32>) outs(%x : tensor<MxNxf32>) {
  ^bb0(%w: f32, %q: f32):
    %v = arith.addf %q, %w : f32ACT
    linalg.yield %r : f32
  } -> tensor<MxNxf32>"""
MAPS = "#mn = affine_map<(m, n) -> (m, n)>\n#n = affine_map<(m, n) -> (n)>\n"


def payload(kind, shape, activation):
    m, n, k = shape.split("x")
    operands = "%a: tensor<MxKxf32>, %b: tensor<KxNxf32>"
    empty = "\n  %empty = tensor.empty() : tensor<MxNxf32>"
    if kind == "product":
        text = f"({operands}) -> tensor<MxNxf32> {{{empty}{PRODUCT}\n  return %x : tensor<MxNxf32>\n}}\n"
    elif kind == "fused":
        text = (f"({operands}, %bias: tensor<Nxf32>) -> tensor<MxNxf32> {{{empty}{PRODUCT}{BIAS}"
                "\n  return %z : tensor<MxNxf32>\n}\n")
    else:
        text = ("(%x: tensor<MxNxf32> {bufferization.writable = true}, %bias: tensor<Nxf32>) -> "
                f"tensor<MxNxf32> {{{PASS}\n  return %z : tensor<MxNxf32>\n}}\n")
    flags = "fastmath<afn>" if kind == "pass" else ""
    text = text.replace("ACT", ACTIVATIONS[activation].replace("F :", flags + " :"))
    for letter, size in (("M", m), ("K", k), ("N", n)):
        for old in (f"<{letter}x", f"x{letter}x"):
            text = text.replace(old, old.replace(letter, size))
    return MAPS + f"func.func @{kind}" + text


class Program:
    def __init__(self, tool, folder, kind, shape, activation, seconds):
        self.path = os.path.join(folder, f"{kind}-{shape}-{activation}.mlir")
        with open(self.path, "w") as file:
            file.write(payload(kind, shape, activation))
        plan = {"product": "sgemm.mlir", "fused": "sgemm_epilogue.mlir"}.get(kind)
        self.command = [tool, self.path, "--quiet", f"--seconds={seconds}"]
        if plan:
            self.command.append("--plan=" + os.path.join(HERE, "plans", plan))
        self.library = kind == "product"
        self.times, self.library_times, self.versions = [], [], set()

    def check(self):
        result = subprocess.run(self.command, capture_output=True, text=True)
        planned = "--plan" not in " ".join(self.command) or "plan: " in result.stdout
        return result.returncode == 0 and planned

    def time(self):
        """Another sample; the reason when it is void."""
        extra = ["--baseline=openblas"] if self.library else []
        result = subprocess.run(self.command + ["--no-check", "--bench", "--json"] + extra,
                                capture_output=True, text=True)
        if result.returncode:
            return result.stderr.strip() or "void"
        report = json.loads(result.stdout)
        bench = report.get("bench") or report
        self.times.append(report["seconds"])
        for baseline in bench.get("baselines", []):
            if baseline.get("state") == "timed":
                self.library_times.append(baseline["seconds"]["median"]
                                          if isinstance(baseline["seconds"], dict)
                                          else baseline["seconds"])
                self.versions.add(f"{baseline['name']} {baseline.get('version', '')}")
        return None


def ratio(left, right):
    return statistics.median(x / y for x, y in zip(left, right))


def main():
    tool, suite = sys.argv[1:3]
    seconds, rounds, out = 1.0, 5, None
    for option in sys.argv[3:]:
        name, _, value = option.partition("=")
        if name == "--seconds":
            seconds = float(value)
        elif name == "--rounds":
            rounds = int(value)
        elif name == "--json":
            out = value
        elif option == "--check":
            rounds = 0
        else:
            print(f"error: unknown option '{option}'", file=sys.stderr)
            return 2
    with open(suite) as file:
        cases = json.load(file)["cases"]
    rows, failed = [], 0
    print(f"{'case':32} {'fused':>9} {'product':>9} {'pass':>9} {'library':>9} "
          f"{'fused/product':>14} {'(library+pass)/fused':>21}")
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            shape, activation = case["shape"], case["activation"]
            name = f"{shape} {activation}"
            programs = {kind: Program(tool, folder, kind, shape, activation, seconds)
                        for kind in ("fused", "product", "pass")}
            wrong = [kind for kind, program in programs.items() if not program.check()]
            if wrong:
                print(f"{name}: refused or wrong: {', '.join(wrong)}")
                failed += 1
                continue
            if rounds == 0:
                rows.append({"shape": shape, "activation": activation})
                print(f"{name}: correct")
                continue
            void = set()
            for _ in range(rounds):
                for kind, program in programs.items():
                    reason = program.time()
                    if reason:
                        void.add(f"{kind}: {reason}")
            if not all(program.times for program in programs.values()):
                print(f"{name}: void: {'; '.join(sorted(void))}")
                failed += 1
                continue
            middle = {kind: statistics.median(p.times) for kind, p in programs.items()}
            library = programs["product"].library_times
            row = {"shape": shape, "activation": activation, "seconds": middle,
                   "rounds": {kind: len(p.times) for kind, p in programs.items()},
                   "fused_to_product": ratio(programs["fused"].times, programs["product"].times)}
            text = f"{'-':>9} {row['fused_to_product']:14.3f} {'-':>21}"
            if library:
                row["library"] = {"seconds": statistics.median(library),
                                  "versions": sorted(programs["product"].versions)}
                both = [x + y for x, y in zip(library, programs["pass"].times)]
                row["library_and_pass_to_fused"] = ratio(both, programs["fused"].times)
                text = (f"{row['library']['seconds'] * 1e3:7.2f}ms {row['fused_to_product']:14.3f} "
                        f"{row['library_and_pass_to_fused']:21.3f}")
            rows.append(row)
            print(f"{name:32} " + " ".join(f"{middle[k] * 1e3:7.2f}ms"
                                           for k in ("fused", "product", "pass")) + f" {text}",
                  flush=True)
    if out:
        with open(out, "w") as file:
            json.dump({"schema": 1, "cases": rows}, file, indent=2)
            file.write("\n")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
