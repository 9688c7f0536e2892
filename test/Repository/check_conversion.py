"""Lowering knows loops and operands, never operators: no op kind is named in
lib/Conversion, and neither it nor the realiser matches payload by structure.

usage: check_conversion.py ROOT MLIR_INCLUDE

The names come from Linalg's own definitions, beside words for families.
"""

import os
import re
import sys

import tree

FOLDERS = ("lib/Conversion/", "include/TensorOp/Conversion/")
SCRIPT_FOLDERS = FOLDERS + ("lib/Realise/", "lib/Dialect/Strategy/TransformOps/")
NO_OPERATORS = {"GenericOp", "FillOp", "CopyOp"}
FAMILIES = {"gemm", "gemv", "matmul", "matvec", "conv", "conv2d", "convolution", "pool", "pooling",
            "softmax", "attention", "norm", "groupnorm", "layernorm", "depthwise", "relu", "gelu",
            "sigmoid"}


def linalg_names(include):
    """Op classes and mnemonics of Linalg's named ops, those of every kernel aside."""
    folder = os.path.join(include, "mlir/Dialect/Linalg/IR")
    classes, mnemonics = set(), set()
    for name in ("LinalgStructuredOps.td", "LinalgNamedStructuredOps.yamlgen.td"):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for cls, mnemonic in re.findall(
                    r'def (\w+Op)\s*:\s*Linalg\w*_Op<"([\w.]+)"', file.read()):
                classes.add(cls)
                mnemonics.add(mnemonic)
    return classes - NO_OPERATORS, mnemonics - {"generic", "fill", "copy", "index", "yield"}


def code_only(text):
    """Comments and TableGen's texts blanked out, lines kept; strings stay."""
    pattern = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/|\[\{.*?\}\]', re.S)
    return pattern.sub(lambda m: m.group(1) or re.sub(r"[^\n]", " ", m.group(0)), text)


def words(line):
    for identifier in re.findall(r"[A-Za-z_]\w*", line):
        for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", identifier):
            yield word.lower()


def main():
    root, include = sys.argv[1:3]
    classes, mnemonics = linalg_names(include)
    if len(classes) < 20:
        sys.exit(f"check_conversion.py: only {len(classes)} op classes found in {include}")
    mnemonic_uses = {f"linalg.{m}" for m in mnemonics}
    problems, looked_at = [], 0
    for path in tree.source_files(root):
        if tree.is_check_input(path) or not path.endswith((".cpp", ".h", ".td")):
            continue
        if path.startswith(SCRIPT_FOLDERS):
            looked_at += 1
            for number, line in enumerate(code_only(tree.read(root, path)).splitlines(), 1):
                if "structured.match" in line:
                    problems.append(f"{path}:{number}: matches payload by structure")
                if not path.startswith(FOLDERS):
                    continue
                found = (set(re.findall(r"\w+", line)) & classes
                         or set(re.findall(r"linalg\.\w+", line)) & mnemonic_uses
                         or set(words(line)) & FAMILIES)
                if found:
                    problems.append(f"{path}:{number}: names the op kind '{min(found)}'")
    return tree.finish("conversion", problems, looked_at)


sys.exit(main())
