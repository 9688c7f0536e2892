"""Runs contractions by plan, on all remainder classes of the hand-written plans' tiles.

usage: run_contractions.py TENSOROP_RUN FOLDER [--types=f32,f64] [--propose]
                           [option of tensorop-run...]

With --propose the analytic proposer writes the plans.

A contraction is written as an einsum: the letters of each operand, in the order of memory. Each
case is run with extents that divide the tiles, leave 1, leave all but 1, are below a tile, and
are 1. Prints one line a run; fails when one is not by plan, or not correct.
"""

import concurrent.futures
import os
import subprocess
import sys

# Rows and depth of the tiles below; a vector has at most 16 elements.
ROWS, DEPTH, COLUMNS = 6, 16, 32

PLAN = """strategy.plan @p root {name}({dims}) requires [fma] numerics(reassoc, contract) {{
{steps}
}}
"""


def steps(tile_m, tile_n, tile_k, ones, inner, name, pack, options=""):
    """The usual loops: a block of the reduction, then columns and rows, then single terms."""
    blocks = "".join(f"{dim}1: {dim} = 1, " for dim in ones)
    lines = [
        f"tile [{blocks}pc: {tile_k} = {DEPTH}]",
        f"tile [jr: {tile_n} = v(2), ir: {tile_m} = {ROWS}]{options}",
        "tile [" + ", ".join(f"{dim}0: {dim} = 1" for dim in inner) + "]",
    ]
    lines += [f"layout {name}.{operand} pack [{dim} = {size}] at pc" for operand, dim, size in pack]
    lines.append(f"vectorize {name} [{tile_m} = {ROWS}, {tile_n} = v(2)] with fma")
    return "\n".join("  strategy." + line for line in lines)


B = "v(2)"
# name: (op, dims in iteration order, letters of lhs, rhs, out, kernel's name, steps)
CASES = {
    "matmul": ("linalg.matmul", "mnk", "mk", "kn", "mn", "mm",
               steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B), ("lhs", "m", ROWS)])),
    "unpacked": ("linalg.matmul", "mnk", "mk", "kn", "mn", "mm",
                 steps("m", "n", "k", "", "k", "mm", [])),
    "masked": ("linalg.matmul", "mnk", "mk", "kn", "mn", "mm",
               steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B)],
                     " edge(jr = mask, ir = mask)")),
    "padded": ("linalg.matmul", "mnk", "mk", "kn", "mn", "mm",
               steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B)],
                     " edge(jr = pad, ir = pad)")),
    "transposed_a": ("generic", "mnk", "km", "kn", "mn", "mm",
                     steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B), ("lhs", "m", ROWS)])),
    "transposed_b": ("generic", "mnk", "mk", "nk", "mn", "mm",
                     steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B)])),
    "transposed_ab": ("generic", "mnk", "km", "nk", "mn", "mm",
                      steps("m", "n", "k", "", "k", "mm", [("rhs", "n", B), ("lhs", "m", ROWS)])),
    # Lanes along m: what is contiguous in the output decides.
    "transposed_out": ("generic", "mnk", "mk", "kn", "nm", "mm",
                       steps("n", "m", "k", "", "k", "mm", [("lhs", "m", B)])),
    "batch_matmul": ("linalg.batch_matmul", "bmnk", "bmk", "bkn", "bmn", "bmm",
                     steps("m", "n", "k", "b", "k", "bmm", [("rhs", "n", B)])),
    "batch_reduce_matmul": ("linalg.batch_reduce_matmul", "bmnk", "bmk", "bkn", "mn", "contract",
                            steps("m", "n", "k", "", "bk", "contract",
                                  [("rhs", "n", B), ("lhs", "m", ROWS)])),
    "contract": ("linalg.contract", "ijkl", "ikl", "jlk", "ij", "contract",
                 steps("i", "j", "k", "", "kl", "contract", [("rhs", "j", B), ("lhs", "i", ROWS)])),
    # One operand has a dimension that neither the other nor a usual matmul has.
    "broadcast": ("linalg.contract", "iklj", "ij", "kjl", "ikl", "contract",
                  steps("i", "l", "j", "k", "j", "contract", [("rhs", "l", B)])),
    "attention": ("generic", "bhqkd", "bhqd", "bhkd", "bhqk", "contract",
                  steps("q", "k", "d", "bh", "d", "contract", [("rhs", "k", B)])),
    # Two dimensions of a kind: rows from m and o, columns n, terms k and l.
    "several": ("generic", "bmonkl", "bklmo", "lbkn", "bomn", "contract",
                steps("m", "n", "k", "bo", "kl", "contract", [("rhs", "n", B)])),
    "mmt4d": ("linalg.mmt4d", "ijkmnl", "ikml", "jknl", "ijmn", "contract",
              steps("m", "n", "k", "ij", "kl", "contract", [("rhs", "n", B)])),
}
# Letters whose extents stay small: there is one loop iteration for each.
SMALL = {"b": 2, "h": 2, "o": 3, "l": 3, "i": 2, "j": 2}
NAMED_MAPS = {"linalg.contract"}


def extents(case, variant):
    _, dims, _, _, _, _, text = CASES[case]
    tile = text.split("vectorize")[1].split("[")[1].split("]")[0]
    rows, columns = (part.split("=")[0].strip() for part in tile.split(","))
    depth = text.split("pc: ")[1].split(" ")[0]
    unit = {rows: ROWS, columns: COLUMNS, depth: DEPTH}
    values = {}
    for dim in dims:
        size = unit.get(dim)
        if size is None:
            values[dim] = 1 if variant == "one" else SMALL.get(dim, 2)
        else:
            values[dim] = {"full": 2 * size, "plus1": 2 * size + 1, "minus1": 2 * size - 1,
                           "below": size // 2 + 1, "one": 1}[variant]
    return values


def payload(case, variant, element, propose):
    op, dims, lhs, rhs, out, name, body = CASES[case]
    sizes = extents(case, variant)

    def tensor(letters):
        return f"tensor<{'x'.join(str(sizes[c]) for c in letters)}x{element}>"

    maps = ", ".join(f"affine_map<({', '.join(dims)}) -> ({', '.join(letters)})>"
                     for letters in (lhs, rhs, out))
    operands = f"ins(%a, %b : {tensor(lhs)}, {tensor(rhs)}) outs(%c : {tensor(out)})"
    if op == "generic":
        kinds = ", ".join('"parallel"' if c in out else '"reduction"' for c in dims)
        contraction = f"""linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}}
      {operands} {{
  ^bb0(%x: {element}, %y: {element}, %s: {element}):
    %p = arith.mulf %x, %y : {element}
    %t = arith.addf %s, %p : {element}
    linalg.yield %t : {element}
  }} -> {tensor(out)}"""
    else:
        named = f" indexing_maps = [{maps}]" if op in NAMED_MAPS else ""
        contraction = f"{op}{named} {operands} -> {tensor(out)}"
    plan = "" if propose else PLAN.format(name=name, dims=", ".join(dims), steps=body)
    return f"""{plan}func.func @{case}(%a: {tensor(lhs)}, %b: {tensor(rhs)},
    %c: {tensor(out)} {{bufferization.writable = true}}) -> {tensor(out)} {{
  %r = {contraction}
  return %r : {tensor(out)}
}}
"""


def main():
    tool, folder, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    types = ["f32", "f64"]
    for option in options[:]:
        if option.startswith("--types="):
            types = option.split("=")[1].split(",")
            options.remove(option)
    propose = "--propose" in options
    if propose:
        options[options.index("--propose")] = "--proposer=analytic"
    expected = "plan: analytic" if propose else "plan: p"
    os.makedirs(folder, exist_ok=True)
    commands = []
    for element in types:
        for case in CASES:
            for variant in ("full", "plus1", "minus1", "below", "one"):
                name = f"{case}-{variant}-{element}"
                path = os.path.join(folder, name + ".mlir")
                with open(path, "w") as file:
                    file.write(payload(case, variant, element, propose))
                commands.append((name, [tool, path, "--quiet"] + options))
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda c: subprocess.run(c[1], capture_output=True, text=True), commands)
        for (name, _), result in zip(commands, results):
            good = (result.returncode == 0 and expected in result.stdout
                    and "check: correct" in result.stdout)
            failures += not good
            print(f"{'ok' if good else 'FAILED'} {name}")
            if not good:
                print(f"  exit code {result.returncode}: {result.stdout.strip()} {result.stderr.strip()}")
    print(f"contractions: {len(commands)} run, {failures} failed")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
