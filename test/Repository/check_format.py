"""C and C++ files are as clang-format-22 writes them.

usage: check_format.py ROOT [--fix]
"""

import subprocess
import sys

import tree


def main():
    root = sys.argv[1]
    paths = [p for p in tree.source_files(root)
             if p.endswith((".cpp", ".h", ".c")) and not tree.is_check_input(p)]
    if not paths:
        return tree.finish("format", [f"{root}: no C++ file"], 0)
    if "--fix" in sys.argv:
        subprocess.run(["clang-format-22", "-i", *paths], cwd=root, check=True)
    done = subprocess.run(["clang-format-22", "--dry-run", "-Werror", *paths],
                          cwd=root, capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines()
                    if "[-Wclang-format-violations]" in line})
    if done.returncode != 0 and not wrong:
        wrong = [done.stderr]
    return tree.finish("format", [f"{p}: not formatted by clang-format-22" for p in wrong], len(paths))


sys.exit(main())
