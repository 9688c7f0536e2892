"""Runs each public function of an MLIR file through tensorop-run.

usage: run_functions.py TENSOROP_RUN FILE [option of tensorop-run...]

Prints one line a function; fails when one of them does.
"""

import concurrent.futures
import os
import re
import subprocess
import sys


def run(command):
    return subprocess.run(command, capture_output=True, text=True)


def main():
    tool, path, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    with open(path) as file:
        names = re.findall(r"^func\.func @(\w+)", file.read(), re.M)
    commands = [[tool, path, f"--function={name}", "--quiet"] + options for name in names]
    failures = planned = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, result in zip(names, pool.map(run, commands)):
            checked = [line for line in result.stdout.splitlines() if line.startswith("check:")]
            planned += any(line.startswith("plan:") and not line.startswith("plan: none")
                           for line in result.stdout.splitlines())
            good = result.returncode == 0 and len(checked) == 1
            failures += not good
            print(f"{'ok' if good else 'FAILED'} {name}: {' '.join(checked)}")
            if not good:
                print(f"  exit code {result.returncode}: {result.stderr.strip()}")
    print(f"functions: {len(names)} run, {failures} failed, {planned} by plan")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
