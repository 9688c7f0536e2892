"""Every file of ours: length, licence header, include guard, no foreign paths.

usage: check_files.py ROOT
"""

import os
import re
import sys

import tree

MAX_LINES = 600
CODE = (".cpp", ".h", ".c", ".td")
COUNTED = CODE + (".py", ".sh", ".cmake")
LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# Folders of one machine, and hosts that serve packages.
FOREIGN = re.compile(
    r"(?<![\w.$}/-])/(work|home|root|Users)/[\w.-]+|\b(pypi\.org|pythonhosted\.org|deb\.debian\.org"
    r"|snapshot\.debian\.org|pkg\.dev|jfrog\.io)\b")


def guard_of(path):
    return re.sub(r"[^A-Z0-9]", "_", os.path.splitext(path)[0][len("include/"):].upper()) + "_H"


def problems_of(root, path):
    text = tree.read(root, path)
    lines = text.splitlines()
    if path.endswith(COUNTED) and len(lines) > MAX_LINES:
        yield f"{path}:{MAX_LINES + 1}: file has {len(lines)} lines, the limit is {MAX_LINES}"
    if path.endswith(CODE):
        head = "\n".join(lines[:8])
        if LICENCE not in head:
            yield f"{path}:1: no licence header ('{LICENCE}')"
        first = lines[0] if lines else ""
        if os.path.basename(path) not in first:
            yield f"{path}:1: first line does not name the file '{os.path.basename(path)}'"
    if path.startswith("include/TensorOp/") and path.endswith(".h"):
        guard = guard_of(path)
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"{path}: include guard is not '{guard}'"
    if path.endswith(CODE) and re.search(r"^\s*#\s*include\s*<cassert>|\bassert\(", text, re.M):
        if path.endswith((".cpp", ".h")) and not path.startswith("examples/"):
            yield f"{path}: assert is dead code with NDEBUG, use TENSOROP_CHECK"
    for number, line in enumerate(lines, 1):
        found = FOREIGN.search(line)
        if found and path != "test/Repository/check_files.py":
            yield f"{path}:{number}: names a machine path or a package host: '{found.group(0)}'"
        if "\t" in line and path.endswith(COUNTED):
            yield f"{path}:{number}: tab"
        if line != line.rstrip() and path.endswith(COUNTED + (".md", ".txt")) and path != "LICENSE":
            yield f"{path}:{number}: trailing white space"


def main():
    root = sys.argv[1]
    paths = [p for p in tree.source_files(root) if not tree.is_check_input(p)]
    text_paths = [p for p in paths if not p.endswith((".npy", ".png", ".bin"))]
    problems = [line for path in text_paths for line in problems_of(root, path)]
    return tree.finish("files", problems, len(text_paths))


sys.exit(main())
