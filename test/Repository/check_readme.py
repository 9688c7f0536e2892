"""Runs the examples of a Markdown page and looks for what it names.

usage: check_readme.py PAGE ROOT BUILD SCRATCH

A block opened by ```sh run is executed by bash in a scratch folder where `build`
is the build folder and the source folders are as in the tree; when the next
block is opened by ```text contains, each of its lines must be in the output. Paths
in `code` that begin with a folder of the tree must exist, and so must each
target of a link.
"""

import os
import re
import subprocess
import sys

import tree

BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.M | re.S)
FOLDERS = ("benchmarks", "cmake", "docs", "examples", "include", "lib", "python", "test", "tools", "unittests",
           "utils", ".ci")


def scratch_view(root, build, scratch):
    os.makedirs(scratch, exist_ok=True)
    for name, target in [("build", build)] + [(f, os.path.join(root, f)) for f in FOLDERS]:
        link = os.path.join(scratch, name)
        if not os.path.lexists(link) and os.path.exists(target):
            os.symlink(target, link)


def block_problems(text, scratch):
    blocks = list(BLOCK.finditer(text))
    for index, block in enumerate(blocks):
        language, mark, body = block.groups()
        if language != "sh" or mark.strip() != "run":
            continue
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", body], cwd=scratch, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            yield f"exit status {done.returncode} of:\n{body}{done.stdout}"
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if following and following.group(1) == "text" and following.group(2).strip() == "contains":
            for line in following.group(3).splitlines():
                if line.strip() and line.strip() not in done.stdout:
                    yield f"'{line.strip()}' is not in the output of:\n{body}{done.stdout}"


def path_problems(page, text, root):
    without_blocks = BLOCK.sub("", text)
    for code in re.findall(r"`([^`\n]+)`", without_blocks):
        word = code.split()[0].rstrip("/,.")
        if "<" in code or "*" in word:
            continue
        if "/" in word and word.split("/")[0] in FOLDERS and not os.path.exists(os.path.join(root, word)):
            yield f"{page}: no '{word}' in the tree"
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", without_blocks):
        if "://" not in target and not os.path.exists(os.path.join(root, os.path.dirname(page), target)):
            yield f"{page}: link to '{target}' leads nowhere"


def main():
    page, root, build, scratch = sys.argv[1:5]
    text = tree.read(root, page)
    scratch_view(root, build, scratch)
    problems = list(path_problems(page, text, root)) + list(block_problems(text, scratch))
    runs = sum(b.group(2).strip() == "run" for b in BLOCK.finditer(text))
    return tree.finish(page, problems, runs)


sys.exit(main())
