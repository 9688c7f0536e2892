"""Compiles each case many times and compares the bundles byte for byte.

usage: run_reproducible.py TENSOROP_RUN FOLDER PAYLOAD=PLAN...    (PLAN empty: the analytic proposer)

The runs differ in what must not matter: folder, length of its path, environment, process, the
processors that they may use, and what else runs at the same time. Another target must give other
bytes, so that a comparison of nothing would be noticed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

RUNS = 4


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def start(tool, folder, payload, plan, number, target):
    """One run in a folder of its own, with copies of its inputs."""
    place = os.path.join(folder, *["deep"] * number, f"run{number}")
    os.makedirs(place)
    command = [tool, shutil.copy(payload, place), "--no-check", "--quiet", f"--target={target}"]
    # What messages say about places belongs to the bundle: the name is the same in each folder.
    command[1] = os.path.basename(command[1])
    if plan:
        command.append("--plan=" + os.path.basename(shutil.copy(plan, place)))
    command += ["--emit=bundle", "-o", "out"]
    environment = dict(os.environ, TENSOROP_UNUSED="x" * (1000 * number))
    allowed = sorted(os.sched_getaffinity(0))
    pinned = {allowed[number % len(allowed)]} if number % 2 else set(allowed)
    process = subprocess.Popen(
        command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: os.sched_setaffinity(0, pinned))
    return process, os.path.join(place, "out")


def compile_all(tool, folder, payload, plan, targets):
    """All at once: they compete for the processors. Returns what identifies each bundle."""
    started = [start(tool, folder, payload, plan, n, target) for n, target in enumerate(targets)]
    found = []
    for process, out in started:
        text = process.communicate()[0].decode()
        if process.returncode != 0:
            sys.exit(f"{payload}: exit code {process.returncode}\n{text}")
        with open(os.path.join(out, "manifest.json")) as file:
            manifest = json.load(file)
        files = {name: digest(os.path.join(out, name))
                 for name in ("kernel.o", "kernel.so", "kernel.h", "manifest.json")}
        found.append((files, manifest["hash"]))
    return found


def main():
    tool, folder, *cases = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    failed = False
    for number, case in enumerate(cases):
        payload, _, plan = case.partition("=")
        targets = ["x86-64-v3"] * RUNS + ["x86-64-v4"]
        found = compile_all(tool, os.path.join(folder, str(number)), payload, plan, targets)
        same, other = found[:RUNS], found[RUNS]
        name = os.path.basename(payload) + (" + " + os.path.basename(plan) if plan else "")
        for files, hash_value in same[1:]:
            for file, value in files.items():
                if value != same[0][0][file]:
                    print(f"{name}: {file} differs between two runs")
                    failed = True
            if hash_value != same[0][1]:
                print(f"{name}: the manifests' hashes differ")
                failed = True
        if other[0]["kernel.o"] == same[0][0]["kernel.o"] or other[1] == same[0][1]:
            print(f"{name}: another target gives the same bytes")
            failed = True
        print(f"{name}: kernel.o {same[0][0]['kernel.o'][:12]}, manifest {same[0][1][:12]}, {RUNS} runs")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
