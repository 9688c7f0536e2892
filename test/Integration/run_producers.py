"""Runs products whose operands are computed while they are packed: dequantization, casts, transposes.

usage: run_producers.py TENSOROP_RUN FOLDER [--propose] [--sizes=NAME,...] [option of tensorop-run...]

Each case is run with extents that divide the tiles, leave 1, leave all but 1 and are below a tile,
by a plan that fuses the producers, or with --propose by the analytic proposer's. Prints one line a
run; fails when one is not by plan, leaves a producer by itself, or is not correct.
"""

import concurrent.futures
import os
import re
import subprocess
import sys

SIZES = {"full": (12, 64, 64), "plus1": (13, 65, 65), "minus1": (11, 63, 95), "below": (3, 5, 7),
         "deep": (7, 33, 130)}
GROUP = 32

PLAN = """strategy.plan @p root mm(m, n, k) with [{ops}] requires [fma] numerics(reassoc, contract) {{
  strategy.tile [pc: k = {depth}]
  strategy.tile [ic: m = 12]
  strategy.tile [jr: n = v(2), ir: m = 6] edge(jr = {edge}, ir = {edge})
  strategy.tile [kk: k = {group}]
{steps}
  strategy.vectorize mm [m = 6, n = v(2){grouped}] with {instruction}
}}
"""


def tensor(shape, element):
    return f"tensor<{'x'.join([*map(str, shape), element])}>"


def generic(name, result, inputs, output, dims, body, label=None):
    """%name = linalg.generic; inputs are (value, type, map), output is (type, element)."""
    maps = ", ".join(f"affine_map<({dims}) -> ({where})>" for _, _, where in inputs)
    kinds = ", ".join(['"parallel"'] * len(dims.split(",")))
    values = ", ".join(value for value, _, _ in inputs)
    types = ", ".join(kind for _, kind, _ in inputs)
    scalars = ", ".join(f"%x{i}: {re.split('[x<]', kind[:-1])[-1]}" for i, (_, kind, _) in enumerate(inputs))
    attributes = f' attrs = {{strategy.op = "{label}"}}' if label else ""
    return f"""  %{name}_e = tensor.empty() : {output}
  %{name} = linalg.generic {{indexing_maps = [{maps}, affine_map<({dims}) -> ({dims})>],
      iterator_types = [{kinds}]}} ins({values} : {types}) outs(%{name}_e : {output}){attributes} {{
    ^bb0({scalars}, %o: {result}):
{body}
  }} -> {output}
"""


class Case:
    """Right operand `rhs`, and if set left operand `lhs`, by a function of (m, n, k) that gives
    arguments, code (which defines %b or %a) and the indexing map's letters of the product."""

    def __init__(self, rhs=None, lhs=None, edge="auto", kind="f32", depth=64):
        self.rhs, self.lhs, self.edge, self.kind, self.depth = rhs, lhs, edge, kind, depth


def scaled(letters, scale, zero, label, element="i8"):
    """(x - zero) * scale; `scale` and `zero`: letters of their indices, a group as k / 32."""

    def make(extents, name):
        rows = [extents[c] for c in letters]
        dims = ", ".join(letters)

        def shape(of):
            return [-(-extents["k"] // GROUP) if c == "g" else extents[c] for c in of]

        def where(of):
            return ", ".join(f"k floordiv {GROUP}" if c == "g" else c for c in of)
        data, out = tensor(rows, element), tensor(rows, "f32")
        inputs = [(f"%{name}q", data, dims), (f"%{name}s", tensor(shape(scale), "f32"), where(scale))]
        body = f"      %v = arith.sitofp %x0 : {element} to f32\n"
        value = "%v"
        if zero is not None:
            inputs.append((f"%{name}z", tensor(shape(zero), "i8"), where(zero)))
            body += "      %w = arith.sitofp %x2 : i8 to f32\n      %u = arith.subf %v, %w : f32\n"
            value = "%u"
        body += f"      %p = arith.mulf {value}, %x1 : f32\n      linalg.yield %p : f32"
        arguments = [f"{value}: {kind}" for value, kind, _ in inputs]
        return arguments, generic(name, "f32", inputs, out, dims, body, label), letters
    return make


def chain(extents, name):
    """Named ops one behind the other: widen, add, multiply by a row that is broadcast."""
    k, n = extents["k"], extents["n"]
    data, out = tensor([k, n], "i8"), tensor([k, n], "f32")
    body = "      %v = arith.sitofp %x0 : i8 to f32\n      linalg.yield %v : f32"
    code = generic(name + "w", "f32", [(f"%{name}q", data, "k, n")], out, "k, n", body)
    code += f"""  %{name}_t = tensor.empty() : {out}
  %{name}r = linalg.broadcast ins(%{name}s : {tensor([n], "f32")}) outs(%{name}_t : {out}) dimensions = [0]
  %{name}_m = tensor.empty() : {out}
  %{name} = linalg.mul ins(%{name}w, %{name}r : {out}, {out}) outs(%{name}_m : {out}) -> {out}
"""
    return [f"%{name}q: {data}", f"%{name}s: {tensor([n], 'f32')}"], code, "kn"


def transposed(extents, name):
    """A transpose behind and one in front of the scale: both become indexing maps."""
    k, n = extents["k"], extents["n"]
    body = ("      %v = arith.sitofp %x0 : i8 to f32\n      %p = arith.mulf %v, %x1 : f32\n"
            "      linalg.yield %p : f32")
    code = f"""  %{name}_t = tensor.empty() : {tensor([k, n], "i8")}
  %{name}t = linalg.transpose ins(%{name}q : {tensor([n, k], "i8")}) outs(%{name}_t : {tensor([k, n], "i8")})
      permutation = [1, 0]
"""
    code += generic(name, "f32", [(f"%{name}t", tensor([k, n], "i8"), "k, n"),
                                  (f"%{name}s", tensor([n], "f32"), "n")],
                    tensor([k, n], "f32"), "k, n", body)
    return [f"%{name}q: {tensor([n, k], 'i8')}", f"%{name}s: {tensor([n], 'f32')}"], code, "kn"


def narrowed(letters, scale):
    """i8 that the instruction takes in groups: what is packed is computed from i32."""

    def make(extents, name):
        shape = [extents[c] for c in letters]
        dims = ", ".join(letters)
        data, out = tensor(shape, "i32"), tensor(shape, "i8")
        inputs = [(f"%{name}q", data, dims),
                  (f"%{name}s", tensor([extents[c] for c in scale], "i32"), ", ".join(scale))]
        body = ("      %v = arith.addi %x0, %x1 : i32\n      %w = arith.trunci %v : i32 to i8\n"
                "      linalg.yield %w : i8")
        return ([f"{value}: {kind}" for value, kind, _ in inputs],
                generic(name, "i8", inputs, out, dims, body, "dq_" + name), letters)
    return make


CASES = {
    "tensor": Case(scaled("kn", "", None, "dq_b")),
    "channel": Case(scaled("kn", "n", "n", "dq_b")),
    "row": Case(scaled("kn", "k", None, "dq_b"), edge="mask"),
    "group": Case(scaled("kn", "gn", "gn", "dq_b"), edge="pad"),
    "group_transposed": Case(scaled("nk", "ng", "ng", "dq_b")),
    "channel_transposed": Case(scaled("nk", "n", None, "dq_b", "i16"), edge="narrow"),
    "left": Case(lhs=scaled("mk", "m", None, "dq_a"), depth=20),
    "left_group": Case(lhs=scaled("mk", "mg", "g", "dq_a")),
    "both": Case(scaled("kn", "n", "n", "dq_b"), scaled("mk", "m", None, "dq_a"), depth=16),
    "chain": Case(chain),
    "transpose": Case(transposed),
    "pmaddwd": Case(narrowed("kn", "n"), narrowed("mk", "m"), kind="i8"),
    "pmaddwd_transposed": Case(narrowed("nk", "k"), narrowed("mk", "k"), kind="i8", edge="mask"),
}


def payload(name, sizes, propose):
    case = CASES[name]
    m, n, k = sizes
    extents = {"m": m, "n": n, "k": k}
    element, total = ("i8", "i32") if case.kind == "i8" else ("f32", "f32")
    arguments, code, letters, shapes, fused = [], "", {}, {}, []
    for operand, make, usual in (("a", case.lhs, "mk"), ("b", case.rhs, "kn")):
        if make:
            more, text, letters[operand] = make(extents, operand)
            arguments += more
            code += text
            fused.append(operand)
        else:
            letters[operand] = usual
            arguments.append(f"%{operand}: {tensor([extents[c] for c in usual], element)}")
        shapes[operand] = tensor([extents[c] for c in letters[operand]], element)
    out = tensor([m, n], total)
    maps = ", ".join(f"affine_map<(m, n, k) -> ({', '.join(of)})>"
                     for of in (letters["a"], letters["b"], "mn"))
    multiply, add, extend = ("muli", "addi", True) if total == "i32" else ("mulf", "addf", False)
    wide = "".join(f"    %e{v} = arith.extsi %{v} : i8 to i32\n" for v in "xy") if extend else ""
    x, y = ("%ex", "%ey") if extend else ("%x", "%y")
    # Producers without a name of their own get one.
    names = {"a": "dq_a", "b": "dq_b"}
    if "strategy.op" not in code:
        names["b"] = "pre0"
    dims = {"a": letters["a"], "b": letters["b"]}
    if name == "transpose":
        dims["b"] = "nk"
    plan = ""
    if not propose:
        group = 2 if case.kind == "i8" else 1
        packed = f", k = {group}" if group > 1 else ""
        steps = []
        for operand, side, size in (("b", "rhs", "n = v(2)"), ("a", "lhs", "m = 6")):
            place = "pc" if operand == "b" else "ic"
            if operand in fused or group > 1:
                steps.append(f"  strategy.layout mm.{side} pack [{size}{packed}] at {place}")
            if operand in fused:
                steps.append(f"  strategy.fuse {names[operand]} into {place}")
        plan = PLAN.format(ops=", ".join(f"{names[o]}({', '.join(dims[o])})" for o in fused),
                           depth=case.depth, edge=case.edge, group=group, steps="\n".join(steps),
                           grouped=packed, instruction="pmaddwd" if group > 1 else "fma")
    return f"""{plan}func.func @{name}({", ".join(arguments)}) -> {out} {{
  %zero = arith.constant {"0" if extend else "0.0"} : {total}
  %empty = tensor.empty() : {out}
  %init = linalg.fill ins(%zero : {total}) outs(%empty : {out}) -> {out}
{code}  %c = linalg.generic {{indexing_maps = [{maps}],
      iterator_types = ["parallel", "parallel", "reduction"]}}
      ins(%a, %b : {shapes["a"]}, {shapes["b"]}) outs(%init : {out}) attrs = {{strategy.op = "mm"}} {{
  ^bb0(%x: {element}, %y: {element}, %s: {total}):
{wide}    %p = arith.{multiply} {x}, {y} : {total}
    %t = arith.{add} %s, %p : {total}
    linalg.yield %t : {total}
  }} -> {out}
  return %c : {out}
}}
"""


def main():
    tool, folder, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    propose = "--propose" in options
    if propose:
        options.remove("--propose")
    variants = list(SIZES)
    for option in options[:]:
        if option.startswith("--sizes="):
            variants = option.split("=")[1].split(",")
            options.remove(option)
    os.makedirs(folder, exist_ok=True)
    commands = []
    for name, case in CASES.items():
        for variant in variants:
            sizes = SIZES[variant]
            path = os.path.join(folder, f"{name}-{variant}.mlir")
            with open(path, "w") as file:
                file.write(payload(name, sizes, propose))
            commands.append((f"{name}-{variant}", [tool, path, "--quiet"] + options))
    failures, alone = 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda c: subprocess.run(c[1], capture_output=True, text=True), commands)
        for (name, _), result in zip(commands, results):
            text = result.stdout + result.stderr
            by_itself = "no plan covers" in text
            # The proposer leaves a producer alone where it packs nothing.
            good = (result.returncode == 0 and "check: correct" in text
                    and ("plan: analytic" if propose else "plan: p") in text
                    and (propose or not by_itself))
            failures += not good
            alone += by_itself
            print(f"{'ok' if good else 'FAILED'} {name}{' (not fused)' if by_itself else ''}")
            if not good:
                print(f"  exit code {result.returncode}: {text.strip()}")
    print(f"producers: {len(commands)} run, {failures} failed, {alone} by themselves")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
