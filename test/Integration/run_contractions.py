"""Runs contractions by plan, on all remainder classes of the hand-written plans' tiles.

usage: run_contractions.py TENSOROP_RUN FOLDER --types=KIND,... [--propose]
                           [--cases=NAME,...] [--variants=NAME,...]
                           [--lengths=N,... --emulator=COMMAND]
                           [option of tensorop-run...]

With --propose the analytic proposer writes the plans. --cases and --variants name those to run
(all). With --lengths each case is compiled once, and its static runner is started with COMMAND, `{}` in it
replaced by each length: all must be correct, each with code of its own.

A contraction is written as an einsum: the letters of each operand, in the order of memory. Each
case is run with extents that divide the tiles, leave 1, leave all but 1, are below a tile, and
are 1. Prints one line a run; fails when one is not by plan, or not correct.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

# Rows and depth of the tiles below; a vector has at most 16 elements.
ROWS, DEPTH, COLUMNS = 6, 16, 32

# Element type, accumulate type, instruction, elements that it takes from the reduction, and how
# the body extends the operand without lanes and the one along them.
TYPES = {
    "f32": ("f32", "f32", "fma", 1, None),
    "f64": ("f64", "f64", "fma", 1, None),
    "f16": ("f16", "f32", "fma", 1, ("extf", "extf")),
    "bf16": ("bf16", "f32", "fma", 1, ("extf", "extf")),
    "bf16-dpbf16": ("bf16", "f32", "dpbf16", 2, ("extf", "extf")),
    "i8": ("i8", "i32", "pmaddwd", 2, ("extsi", "extsi")),
    "u8": ("i8", "i32", "pmaddwd", 2, ("extui", "extui")),
    "u8i8": ("i8", "i32", "pmaddwd", 2, ("extui", "extsi")),
    "i16": ("i16", "i32", "pmaddwd", 2, ("extsi", "extsi")),
    "i8-vnni": ("i8", "i32", "vnni", 4, ("extsi", "extsi")),
    "u8i8-vnni": ("i8", "i32", "vnni", 4, ("extui", "extsi")),
    "i8-sdot": ("i8", "i32", "sdot", 4, ("extsi", "extsi")),
    "u8-udot": ("i8", "i32", "udot", 4, ("extui", "extui")),
    "u8i8-usdot": ("i8", "i32", "usdot", 4, ("extui", "extsi")),
    "i8u8-usdot": ("i8", "i32", "usdot", 4, ("extsi", "extui")),
    "i8-vwmacc": ("i8", "i32", "vwmacc", 1, ("extsi", "extsi")),
    "u8i8-vwmacc": ("i8", "i32", "vwmacc", 1, ("extui", "extsi")),
    "i16-vwmacc": ("i16", "i32", "vwmacc", 1, ("extsi", "extsi")),
    # No instruction of their own: multiplied and added in the accumulate type.
    "i8u8": ("i8", "i32", "vector", 1, ("extsi", "extui")),
    "i32": ("i32", "i32", "vector", 1, None),
    "i64": ("i64", "i64", "vector", 1, None),
    "i16-i64": ("i16", "i64", "vector", 1, ("extsi", "extsi")),
}

PLAN = """strategy.plan @p root {name}({dims}) requires [fma] numerics(reassoc, contract, approx(1)) {{
{steps}
}}
"""


class Steps:
    """The usual loops: a block of the reduction, then columns and rows, then single terms."""

    def __init__(self, rows, columns, depth, ones, inner, name, pack, options="", lanes="rhs"):
        self.rows, self.columns, self.depth = rows, columns, depth
        self.ones, self.inner, self.name, self.pack = ones, inner, name, pack
        self.options, self.lanes = options, lanes

    def text(self, instruction, group):
        size = {self.rows: ROWS, self.columns: "v(2)"}
        blocks = "".join(f"{dim}1: {dim} = 1, " for dim in self.ones)
        loops = (f"{dim}0: {dim} = {group if dim == self.depth else 1}" for dim in self.inner)
        lines = [
            f"tile [{blocks}pc: {self.depth} = {DEPTH}]",
            f"tile [jr: {self.columns} = v(2), ir: {self.rows} = {ROWS}]{self.options}",
            f"tile [{', '.join(loops)}]",
        ]
        pack, k = self.pack, ""
        if group > 1:
            # Such an instruction reads both operands packed.
            other = "lhs" if self.lanes == "rhs" else "rhs"
            pack = [(self.lanes, self.columns), (other, self.rows)]
            k = f", {self.depth} = {group}"
        lines += [f"layout {self.name}.{operand} pack [{dim} = {size[dim]}{k}] at pc"
                  for operand, dim in pack]
        lines.append(f"vectorize {self.name} [{self.rows} = {ROWS}, {self.columns} = v(2){k}] "
                     f"with {instruction}")
        return "\n".join("  strategy." + line for line in lines)


BOTH = [("rhs", "n"), ("lhs", "m")]
RIGHT = [("rhs", "n")]
# name: (op, dims in iteration order, letters of lhs, rhs, out, steps)
CASES = {
    "matmul": ("linalg.matmul", "mnk", "mk", "kn", "mn", Steps("m", "n", "k", "", "k", "mm", BOTH)),
    "unpacked": ("linalg.matmul", "mnk", "mk", "kn", "mn", Steps("m", "n", "k", "", "k", "mm", [])),
    "masked": ("linalg.matmul", "mnk", "mk", "kn", "mn",
               Steps("m", "n", "k", "", "k", "mm", RIGHT, " edge(jr = mask, ir = mask)")),
    "padded": ("linalg.matmul", "mnk", "mk", "kn", "mn",
               Steps("m", "n", "k", "", "k", "mm", RIGHT, " edge(jr = pad, ir = pad)")),
    "transposed_a": ("generic", "mnk", "km", "kn", "mn", Steps("m", "n", "k", "", "k", "mm", BOTH)),
    "transposed_b": ("generic", "mnk", "mk", "nk", "mn", Steps("m", "n", "k", "", "k", "mm", RIGHT)),
    "transposed_ab": ("generic", "mnk", "km", "nk", "mn", Steps("m", "n", "k", "", "k", "mm", BOTH)),
    # Lanes along m: what is contiguous in the output decides.
    "transposed_out": ("generic", "mnk", "mk", "kn", "nm",
                       Steps("n", "m", "k", "", "k", "mm", [("lhs", "m")], lanes="lhs")),
    "batch_matmul": ("linalg.batch_matmul", "bmnk", "bmk", "bkn", "bmn",
                     Steps("m", "n", "k", "b", "k", "bmm", RIGHT)),
    "batch_reduce_matmul": ("linalg.batch_reduce_matmul", "bmnk", "bmk", "bkn", "mn",
                            Steps("m", "n", "k", "", "bk", "contract", BOTH)),
    "contract": ("linalg.contract", "ijkl", "ikl", "jlk", "ij",
                 Steps("i", "j", "k", "", "kl", "contract", [("rhs", "j"), ("lhs", "i")])),
    # One operand has a dimension that neither the other nor a usual matmul has.
    "broadcast": ("linalg.contract", "iklj", "ij", "kjl", "ikl",
                  Steps("i", "l", "j", "k", "j", "contract", [("rhs", "l")])),
    "attention": ("generic", "bhqkd", "bhqd", "bhkd", "bhqk",
                  Steps("q", "k", "d", "bh", "d", "contract", [("rhs", "k")])),
    # Two dimensions of a kind: rows m, batches b and o, terms k and l.
    "several": ("generic", "bmonkl", "bklmo", "lbkn", "bomn",
                Steps("m", "n", "k", "bo", "kl", "contract", RIGHT)),
    "mmt4d": ("linalg.mmt4d", "ijkmnl", "ikml", "jknl", "ijmn",
              Steps("m", "n", "k", "ij", "kl", "contract", RIGHT)),
}
# Letters whose extents stay small: there is one loop iteration for each.
SMALL = {"b": 2, "h": 2, "o": 3, "l": 3, "i": 2, "j": 2}
NAMED_MAPS = {"linalg.contract"}


def extents(case, variant):
    _, dims, _, _, _, steps = CASES[case]
    unit = {steps.rows: ROWS, steps.columns: COLUMNS, steps.depth: DEPTH}
    values = {}
    for dim in dims:
        size = unit.get(dim)
        if size is None:
            values[dim] = 1 if variant == "one" else SMALL.get(dim, 2)
        else:
            values[dim] = {"full": 2 * size, "plus1": 2 * size + 1, "minus1": 2 * size - 1,
                           "below": size // 2 + 1, "one": 1}[variant]
    return values


def payload(case, variant, kind, propose):
    op, dims, lhs, rhs, out, steps = CASES[case]
    element, total, instruction, group, extensions = TYPES[kind]
    # The first is that of the operand which is the same for all lanes.
    if extensions and steps.lanes == "lhs":
        extensions = extensions[::-1]
    sizes = extents(case, variant)

    def tensor(letters, type):
        return f"tensor<{'x'.join(str(sizes[c]) for c in letters)}x{type}>"

    maps = ", ".join(f"affine_map<({', '.join(dims)}) -> ({', '.join(letters)})>"
                     for letters in (lhs, rhs, out))
    a, b, c = tensor(lhs, element), tensor(rhs, element), tensor(out, total)
    operands = f"ins(%a, %b : {a}, {b}) outs(%c : {c})"
    # Named ops extend integers by their sign.
    if op == "generic" or (extensions and "extui" in extensions):
        kinds = ", ".join('"parallel"' if c in out else '"reduction"' for c in dims)
        multiply, add = ("muli", "addi") if total[0] == "i" else ("mulf", "addf")
        values, lines = ["%x", "%y"], ""
        for number, name in enumerate(extensions or ()):
            lines += f"    %e{number} = arith.{name} {values[number]} : {element} to {total}\n"
            values[number] = f"%e{number}"
        contraction = f"""linalg.generic {{indexing_maps = [{maps}], iterator_types = [{kinds}]}}
      {operands} {{
  ^bb0(%x: {element}, %y: {element}, %s: {total}):
{lines}    %p = arith.{multiply} {values[0]}, {values[1]} : {total}
    %t = arith.{add} %s, %p : {total}
    linalg.yield %t : {total}
  }} -> {c}"""
    else:
        named = f" indexing_maps = [{maps}]" if op in NAMED_MAPS else ""
        contraction = f"{op}{named} {operands} -> {c}"
    plan = "" if propose else PLAN.format(name=steps.name, dims=", ".join(dims),
                                          steps=steps.text(instruction, group))
    return f"""{plan}func.func @{case}(%a: {a}, %b: {b},
    %c: {c} {{bufferization.writable = true}}) -> {c} {{
  %r = {contraction}
  return %r : {c}
}}
"""


VARIANTS = ("full", "plus1", "minus1", "below", "one")


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def check(command, expected):
    """Compiles and checks; what went wrong, or nothing."""
    result = run(command)
    if result.returncode == 0 and expected in result.stdout and "check: correct" in result.stdout:
        return ""
    return f"exit code {result.returncode}: {result.stdout.strip()} {result.stderr.strip()}"


def check_lengths(command, expected, folder, emulator, lengths):
    """Compiles once and checks with each length of vectors."""
    compiled = run(command + ["--no-check", "--emit=runner", "-o", folder])
    text = compiled.stdout + compiled.stderr
    if compiled.returncode != 0 or text.count(expected) < len(lengths):
        return f"exit code {compiled.returncode}: {text.strip()}"
    versions = set()
    for length in lengths:
        result = run(emulator.replace("{}", length).split() + [folder + "/runner", folder])
        version = re.search(r"code for vectors of (\d+) bits", result.stdout)
        if result.returncode != 0 or not version or "check: correct" not in result.stdout:
            return f"length {length}, exit code {result.returncode}: {result.stdout} {result.stderr}"
        versions.add(version[1])
    shutil.rmtree(folder)
    return "" if len(versions) == len(lengths) else f"lengths {lengths} ran versions {versions}"


def take(options, name, default):
    """The value of an option of ours, which is not tensorop-run's."""
    for option in options[:]:
        if option.startswith(name + "="):
            options.remove(option)
            return option.split("=", 1)[1]
    return default


def main():
    tool, folder, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    types = take(options, "--types", "").split(",")
    cases = take(options, "--cases", ",".join(CASES)).split(",")
    variants = take(options, "--variants", ",".join(VARIANTS)).split(",")
    lengths = take(options, "--lengths", "").split(",")
    emulator = take(options, "--emulator", "")
    propose = "--propose" in options
    if propose:
        options[options.index("--propose")] = "--proposer=analytic"
    expected = "plan: analytic" if propose else "plan: p"
    os.makedirs(folder, exist_ok=True)
    names, jobs = [], []
    for element in types:
        for case in cases:
            for variant in variants:
                name = f"{case}-{variant}-{element}"
                path = os.path.join(folder, name + ".mlir")
                with open(path, "w") as file:
                    file.write(payload(case, variant, element, propose))
                command = [tool, path, "--quiet"] + options
                names.append(name)
                jobs.append((check_lengths, command, expected, path[:-5], emulator, lengths)
                            if emulator else (check, command, expected))
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, wrong in zip(names, pool.map(lambda job: job[0](*job[1:]), jobs)):
            failures += bool(wrong)
            print(f"FAILED {name}\n  {wrong}" if wrong else f"ok {name}")
    print(f"contractions: {len(jobs)} run, {failures} failed")
    return 1 if failures or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
