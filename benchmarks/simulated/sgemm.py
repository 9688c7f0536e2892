"""Simulates OpenBLAS's sgemm on machines that are not there, each of its kernel sets beside the others.

usage: sgemm.py BIN ROOT --target=TARGET... [--shapes=MxNxK,...] [--cores=NAME,...] [--json=FILE]

BIN has tensorop-simulate; ROOT is a folder of utils/fetch-openblas.sh. C = A * B, row-major, beta 0, one core. A
target that QEMU, the library or the scheduling model does not take ends the run. The numbers are the model's, not a
board's (docs/simulation.md), and the same each time.
"""

import argparse
import glob
import os
import subprocess
import sys
import tempfile

import records

HERE = os.path.dirname(os.path.abspath(__file__))
# Kernel sets of the library by architecture; on AArch64 those without SVE, which
# targets with SVE run as well as those of SVE_CORES.
CORES = {
    "riscv64": ["RISCV64_GENERIC", "RISCV64_ZVL128B", "RISCV64_ZVL256B"],
    "aarch64": ["ARMV8", "CORTEXA53", "CORTEXA57", "NEOVERSEN1"],
}
SVE_CORES = ["ARMV8SVE", "NEOVERSEV1"]
MARCH = {"riscv64": "rv64gc", "aarch64": "armv8-a"}


def find_library(root):
    found = glob.glob(os.path.join(root, "usr/lib/*-linux-gnu/openblas-serial/libopenblas-r*.so"))
    if len(found) != 1:
        sys.exit(f"error: {root} has {len(found)} libopenblas-r*.so, not 1; utils/fetch-openblas.sh makes the folder")
    return found[0]


def build_driver(library, arch, folder):
    compiler = next((c for c in ("clang-22", "clang") if run_ok([c, "--version"])), None)
    if not compiler:
        sys.exit("error: no clang-22 nor clang")
    records.run([compiler, f"--target={arch}-linux-gnu", f"-march={MARCH[arch]}", "-O2", "-c",
                 os.path.join(HERE, "sgemm.c"), "-o", f"{folder}/sgemm.o"])
    inside = "/usr/lib/" + library.split("/usr/lib/")[1]
    records.run([f"{arch}-linux-gnu-gcc", f"{folder}/sgemm.o", library, "-Wl,-rpath," + os.path.dirname(inside),
                 "-Wl,--allow-shlib-undefined", "-lm", "-o", f"{folder}/sgemm"])
    return f"{folder}/sgemm"


def run_ok(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def selected_core(program, root, arch, core):
    """What the library says that it runs, under an emulator without the profile."""
    cpu = ("rv64,v=true,vext_spec=v1.0,vlen=256,elen=64" if arch == "riscv64" else
           "max" if core in SVE_CORES else "max,sve=off")
    said = records.run([f"qemu-{arch}", "-L", root, "-cpu", cpu, program, "3", "4", "5", "1"],
                       env={"PATH": os.environ["PATH"], "OPENBLAS_CORETYPE": core})
    return said.split()[1]


def simulate(args, arch, program, target, shape, core):
    m, n, k = records.parse_shape(shape)
    return records.simulate(args.bin, target, [program, str(m), str(n), str(k), "{}"],
                            f"--emulator=qemu-{arch} -L {args.root}", "--env", f"OPENBLAS_CORETYPE={core}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("root")
    parser.add_argument("--target", action="append", required=True)
    parser.add_argument("--shapes", default="128x128x128,256x256x256,512x512x512")
    parser.add_argument("--cores")
    parser.add_argument("--json")
    args = parser.parse_args()
    library = find_library(args.root)
    arch = library.split("/usr/lib/")[1].split("-linux-gnu")[0]
    cores = args.cores.split(",") if args.cores else CORES[arch]
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        program = build_driver(library, arch, folder)
        names = {core: selected_core(program, args.root, arch, core) for core in cores}
        print(f"simulated, no measurement: {os.path.basename(library)} for {arch}, C = A * B, beta 0, one core")
        print(f"{'target':34} {'shape':12} {'core':16} {' '.join(records.COLUMNS)} misses by level")
        for target in args.target:
            for shape in args.shapes.split(","):
                macs = records.count_macs(shape)
                for core in cores:
                    result = simulate(args, arch, program, target, shape, core)
                    misses = " ".join(f"{level['name']} {level['misses']:.0f}" for level in result["levels"])
                    print(f"{target:34} {shape:12} {names[core]:16} {' '.join(records.rates(result, macs))} {misses}",
                          flush=True)
                    cases.append({"shape": shape, "core": names[core], "library": os.path.basename(library),
                                  "macs": macs, "simulation": result})
    records.write(args.json, cases)
    return 0


sys.exit(main())
