"""Times products with a bias and an activation fused into the register tile.

usage: epilogues.py TENSOROP_RUN SUITE [--check] [--by-hand] [--seconds=S] [--rounds=N] [--json=FILE]

For each case three kernels are compiled and checked once, then timed in turns: the fused one; the
same product alone, beside the libraries' product (the fastest of those that tensorop-runner
--baseline finds); bias and activation alone, as one vectorized pass over the output. Printed are
medians over the rounds and two ratios, medians over the rounds of: fused / our product, and
(library's product + pass) / fused, each of neighbouring samples. The analytic proposer plans the
kernels; with --by-hand, benchmarks/plans. Elementary functions are approximated alike in all of
them. Exit code 1 when something is refused, wrong or void. With --check nothing is timed.
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
    text = text.replace("ACT", ACTIVATIONS[activation].replace("F :", "fastmath<afn> :"))
    for letter, size in (("M", m), ("K", k), ("N", n)):
        for old in (f"<{letter}x", f"x{letter}x"):
            text = text.replace(old, old.replace(letter, size))
    return MAPS + f"func.func @{kind}" + text


class Program:
    def __init__(self, tool, folder, kind, shape, activation, by_hand):
        path = os.path.join(folder, f"{kind}-{shape}-{activation}")
        with open(path + ".mlir", "w") as file:
            file.write(payload(kind, shape, activation))
        plans = {"product": "sgemm.mlir", "fused": "sgemm_epilogue.mlir"}
        self.bundle = path
        self.runner = os.path.join(os.path.dirname(tool), "tensorop-runner")
        self.command = [tool, path + ".mlir", "--emit=bundle", "-o", path]
        if kind not in plans:
            self.command.append("--proposer=none")
        elif by_hand:
            self.command.append("--plan=" + os.path.join(HERE, "plans", plans[kind]))
        self.plan = "" if kind not in plans else "plan: sgemm" if by_hand else "plan: analytic"
        self.library = kind == "product"

    def make(self):
        """Compiles and checks; what went wrong, or nothing."""
        result = subprocess.run(self.command, capture_output=True, text=True)
        if result.returncode:
            return result.stderr.strip() or f"exit code {result.returncode}"
        return "" if self.plan in result.stdout else f"no line '{self.plan}'"

    def time(self, seconds):
        """A report of tensorop-runner, or the reason why there is none."""
        command = [self.runner, self.bundle, "--no-check", "--bench", f"--seconds={seconds}", "--json"]
        result = subprocess.run(command + (["--baseline=openblas,blis,onednn"] if self.library else []),
                                capture_output=True, text=True)
        if result.returncode:
            return None, result.stderr.strip() or f"exit code {result.returncode}"
        return json.loads(result.stdout), ""


def time_round(programs, seconds):
    """Seconds of each program and of the library, in turns; a round with a void time does not count."""
    times, library, machine = {}, None, None
    for kind, program in programs.items():
        report, reason = program.time(seconds)
        if reason:
            return None, f"{kind}: {reason}"
        machine = report["machine"]
        bundle = report["bundles"][0]
        times[kind] = bundle["seconds"]
        for baseline in bundle["bench"].get("baselines", []):
            if (baseline["state"] == "timed"
                    and baseline["seconds"]["median"] < times.get("library", float("inf"))):
                times["library"] = baseline["seconds"]["median"]
                library = f"{baseline['name']} {baseline['version']}"
    return {"times": times, "library": library, "machine": machine}, ""


def summary(values):
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return {"median": statistics.median(ordered), "lower_quartile": ordered[quarter],
            "upper_quartile": ordered[-1 - quarter], "rounds": len(ordered)}


def main():
    tool, suite = sys.argv[1:3]
    seconds, rounds, out, by_hand = 0.5, 15, None, False
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
        elif option == "--by-hand":
            by_hand = True
        else:
            print(f"error: unknown option '{option}'", file=sys.stderr)
            return 2
    with open(suite) as file:
        cases = json.load(file)["cases"]
    rows, failed, machine = [], 0, None
    print(f"{'case':32} {'fused':>9} {'product':>9} {'pass':>9} {'library':>9} "
          f"{'fused/product':>14} {'(library+pass)/fused':>21}")
    with tempfile.TemporaryDirectory() as folder:
        for case in cases:
            shape, activation = case["shape"], case["activation"]
            name = f"{shape} {activation}"
            programs = {kind: Program(tool, folder, kind, shape, activation, by_hand)
                        for kind in ("fused", "product", "pass")}
            wrong = [f"{kind}: {why}" for kind, program in programs.items()
                     if (why := program.make())]
            if wrong:
                print(f"{name}: refused or wrong: {'; '.join(wrong)}")
                failed += 1
                continue
            if rounds == 0:
                rows.append({"shape": shape, "activation": activation})
                print(f"{name}: correct")
                continue
            done, void = [], set()
            for _ in range(rounds):
                measured, reason = time_round(programs, seconds)
                if measured:
                    done.append(measured)
                else:
                    void.add(reason)
            if not done:
                print(f"{name}: void: {'; '.join(sorted(void))}")
                failed += 1
                continue
            machine = done[0]["machine"]
            times = [measured["times"] for measured in done]
            row = {"shape": shape, "activation": activation, "library": done[0]["library"],
                   "seconds": {kind: summary([t[kind] for t in times]) for kind in times[0]},
                   "fused_to_product": summary([t["fused"] / t["product"] for t in times])}
            text = f" {row['fused_to_product']['median']:14.3f}"
            if row["library"]:
                row["library_and_pass_to_fused"] = summary(
                    [(t["library"] + t["pass"]) / t["fused"] for t in times])
                text += f" {row['library_and_pass_to_fused']['median']:21.3f}"
            rows.append(row)
            columns = [row["seconds"].get(kind) for kind in ("fused", "product", "pass", "library")]
            print(f"{name:32} " + " ".join(f"{c['median'] * 1e3:7.2f}ms" if c else f"{'-':>9}"
                                           for c in columns) + text, flush=True)
    if out:
        with open(out, "w") as file:
            json.dump({"schema": 1, "command": " ".join(["epilogues.py"] + sys.argv[1:]), "machine": machine,
                       "cases": rows}, file, indent=2)
            file.write("\n")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
