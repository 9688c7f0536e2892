"""The files of a source tree that the repository checks look at."""

import os
import subprocess

SKIPPED_DIRS = {".git", "__pycache__"}


def source_files(root):
    """Paths relative to `root`, sorted: what git knows and does not ignore, or
    every file outside build folders when `root` is no git checkout."""
    if os.path.exists(os.path.join(root, ".git")):
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z",
             "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        paths = {p for p in listed.split("\0") if p}
        return sorted(p for p in paths if os.path.isfile(os.path.join(root, p)))
    found = []
    for folder, dirs, names in os.walk(root):
        dirs[:] = [d for d in dirs if d not in SKIPPED_DIRS and not d.startswith("build")]
        found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def is_check_input(path):
    """Files that are wrong on purpose: inputs of the checks' own tests."""
    return path.startswith("test/Repository/Inputs/")


def finish(name, problems, looked_at):
    """Prints each problem, then one line; the exit status for sys.exit."""
    for problem in problems:
        print(problem)
    print(f"{name}: {looked_at} looked at, {len(problems)} wrong")
    return 1 if problems else 0
