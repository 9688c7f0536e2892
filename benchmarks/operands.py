"""Times products with few rows whose weights are packed or dequantized in different ways.

usage: operands.py TENSOROP_RUN [--shapes=MxNxK,...] [--check] [--seconds=S]

For each shape, with f32 weights: as the analytic proposer plans it (packing nothing where few rows
use it), packed in each call, packed once at load. With i8 weights and a scale for each group of 128
rows: dequantized while they are packed, dequantized as a whole before they are packed, and as
the proposer plans it. Prints the shortest and the median time of a call. What is packed at load is
not in the time. Exit code 1 when something is refused or wrong; v: the run was void (noise).
With --check nothing is timed.
"""

import json
import os
import subprocess
import sys
import tempfile

GROUP = 128

PLAN = """strategy.plan @p root mm(m, n, k){ops} requires [fma] numerics(reassoc, contract) {{
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.tile [pc: k = 512]
  strategy.tile [jr: n = v(nv)]
  strategy.tile [ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at {place}
{fuse}  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}}
"""

# Name: i8 weights, place of the copy (none: the proposer's plan), whether the producer is fused.
VARIANTS = {
    "f32, proposed": (False, None, False),
    "f32, packed in each call": (False, "jr", False),
    "f32, packed at load": (False, "load", False),
    "i8, proposed": (True, None, False),
    "i8, dequantized before": (True, "jr", False),
    "i8, dequantized while packed": (True, "jr", True),
}


def payload(m, n, k, is_narrow):
    weights, scale, body, rhs = f"tensor<{k}x{n}xf32>", "", "", "%w"
    if is_narrow:
        weights, wide, rhs = f"tensor<{k}x{n}xi8>", weights, "%d"
        scales = f"tensor<{-(-k // GROUP)}x{n}xf32>"
        scale = f", %s: {scales}"
        body = f"""  %e = tensor.empty() : {wide}
  %d = linalg.generic {{indexing_maps = [affine_map<(k, n) -> (k, n)>,
      affine_map<(k, n) -> (k floordiv {GROUP}, n)>, affine_map<(k, n) -> (k, n)>],
      iterator_types = ["parallel", "parallel"]}} ins(%w, %s : {weights}, {scales})
      outs(%e : {wide}) attrs = {{strategy.op = "dq"}} {{
    ^bb0(%q: i8, %c: f32, %o: f32):
      %v = arith.sitofp %q : i8 to f32
      %p = arith.mulf %v, %c : f32
      linalg.yield %p : f32
  }} -> {wide}
"""
    out, left = f"tensor<{m}x{n}xf32>", f"tensor<{m}x{k}xf32>"
    return f"""func.func @f(%x: {left}, %w: {weights}{scale}) -> {out} {{
{body}  %z = arith.constant 0.0 : f32
  %ey = tensor.empty() : {out}
  %i = linalg.fill ins(%z : f32) outs(%ey : {out}) -> {out}
  %y = linalg.matmul ins(%x, {rhs} : {left}, tensor<{k}x{n}xf32>) outs(%i : {out}) -> {out}
  return %y : {out}
}}
"""


def run(tool, folder, shape, variant, options):
    is_narrow, place, is_fused = VARIANTS[variant]
    path = os.path.join(folder, "payload.mlir")
    with open(path, "w") as file:
        file.write(payload(*shape, is_narrow))
    command = [tool, path, "--quiet", "--json=" + os.path.join(folder, "out.json"), *options]
    if place:
        plan = os.path.join(folder, "plan.mlir")
        with open(plan, "w") as file:
            file.write(PLAN.format(ops=" with [dq(k, n)]" if is_fused else "", place=place,
                                   fuse="  strategy.fuse dq into jr\n" if is_fused else ""))
        command.append("--plan=" + plan)
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode not in (0, 1) or "check: correct" not in result.stdout:
        print(f"{variant}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
        return None
    with open(os.path.join(folder, "out.json")) as file:
        return json.load(file)


def main():
    tool, options = sys.argv[1], sys.argv[2:]
    shapes = "16x4096x1024,16x1024x4096,16x4096x4096,64x4096x1024"
    check, seconds = False, "1"
    for option in options:
        name, _, value = option.partition("=")
        if name == "--shapes":
            shapes = value
        elif name == "--seconds":
            seconds = value
        elif option == "--check":
            check = True
        else:
            sys.exit(f"unknown option '{option}'\n\n{__doc__}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for text in shapes.split(","):
            shape = [int(extent) for extent in text.split("x")]
            for variant in VARIANTS:
                more = [] if check else ["--bench", "--seconds=" + seconds]
                result = run(tool, folder, shape, variant, more)
                failed |= result is None
                if result is None:
                    continue
                line = f"{text}: {variant}: "
                if check:
                    print(line + "correct")
                    continue
                bench = result["bench"]
                if not bench:
                    failed = True
                    print(line + "not timed")
                    continue
                times = bench["seconds"]
                note = ", prepacked" if bench["prepacked"] else ""
                print(f"{line}{times['min'] * 1e3:.2f} ms, median {times['median'] * 1e3:.2f} ms"
                      f"{note}{'' if bench['valid'] else ', v'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
