# Configuration of the lit suites.
#
# Substitutions beside the usual ones:
#   %python   the Python 3 that runs lit        %src   the source root
#   %obj      the build folder                  %shared   data from outside
#   %cc %cxx  the compilers of the build
#   %{rvv}256  QEMU's RISC-V with vectors of 256 bits
#   %{timed}  runs a command that times; a void timing of a busy machine is no failure
# Features: shared-data, clang-format, gcc, avx2, avx512, avx512-vnni, avx512-bf16, two-cpus, openblas, blis, onednn,
#   libraries-riscv64, libraries-aarch64 (the C library that Debian's cross compilers bring),
#   qemu-riscv64, qemu-aarch64 (user emulation, the cross compiler and a static runner),
#   plotly (some Python 3 has it; %{plotly} is that Python), browser (a Chromium; %{browser}),
#   distributed (some Python 3 has Dask.distributed; %{distributed} is that Python),
#   small-disk (a user may mount a tmpfs in a namespace of his own),
#   z3 (the build has it), z3-program (it lies in PATH),
#   plugin (TensorOpPlugin.so was built), tier-full (lit -DTIER=full, or TENSOROP_TEST_TIER=full in the environment).
# A test whose feature is missing is reported as unsupported, with its name.

import ctypes
import ctypes.util
import os
import shutil
import subprocess
import sys

import lit.formats
import lit.util
from lit.llvm import llvm_config

config.name = "TensorOp"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "CMakeLists.txt", "README.md"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.tensorop_obj_root, "test")

bin_dir = os.path.join(config.tensorop_obj_root, "bin")
llvm_config.with_system_environment(
    ["HOME", "TMP", "TEMP", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TENSOROP_OPENBLAS", "TENSOROP_BLIS",
     "TENSOROP_ONEDNN", "TENSOROP_BASELINE_PATH"]
)
# Measured peaks are kept there: neither the user's own nor those of an earlier run.
cache_dir = os.path.join(config.test_exec_root, "cache")
shutil.rmtree(cache_dir, ignore_errors=True)
llvm_config.with_environment("XDG_CACHE_HOME", cache_dir)
if config.sanitizers:
    # LLVM itself is not instrumented: its containers and allocators look poisoned.
    config.environment.setdefault("ASAN_OPTIONS", "detect_container_overflow=0:allow_user_poisoning=0")
llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", bin_dir, append_path=True)
llvm_config.with_environment("FILECHECK_OPTS", "-enable-var-scope")
for tool in (
    "tensorop",
    "tensorop-opt",
    "tensorop-run",
    "tensorop-bench",
    "tensorop-runner",
    "tensorop-tblgen",
    "tensorop-lsp-server",
    "tensorop-translate",
    "tensorop-simulate",
    "tensorop-tune",
):
    llvm_config.add_tool_substitutions(
        [lit.llvm.subst.ToolSubst(tool, unresolved="ignore")], [bin_dir]
    )
llvm_config.add_tool_substitutions(
    [lit.llvm.subst.ToolSubst(t, unresolved="ignore")
     for t in ("mlir-opt", "mlir-translate", "mlir-tblgen", "llvm-mca", "llvm-nm", "llvm-objdump")],
    [config.llvm_tools_dir],
)

# RISC-V with vectors of any length: %{rvv}N, N bits.
config.substitutions.append(("%{rvv}", "qemu-riscv64 -cpu rv64,v=true,vext_spec=v1.0,elen=64,vlen="))
config.substitutions += [
    ("%cmake", config.cmake_executable),
    ("%llvm_tools", config.llvm_tools_dir),
    ("%mlir_include", config.mlir_include_dir),
    ("%src", config.tensorop_src_root),
    ("%obj", config.tensorop_obj_root),
    ("%shared", config.tensorop_shared_data),
    ("%cxx", config.host_cxx),
    ("%cc", config.host_cc),
    ("%{timed}", f"{sys.executable} {config.test_source_root}/timed.py"),
]


def cpu_flags():
    try:
        with open("/proc/cpuinfo") as info:
            for line in info:
                if line.startswith("flags"):
                    return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


def add_feature(name, present):
    if present:
        config.available_features.add(name)


def loads(*names):
    for name in names:
        path = ctypes.util.find_library(name) if "/" not in name else name
        if path:
            try:
                ctypes.CDLL(path)
                return True
            except OSError:
                pass
    return False


flags = cpu_flags()
add_feature("avx2", {"avx2", "fma"} <= flags)
add_feature("avx512", {"avx512f", "avx512vl", "avx512bw", "avx512dq"} <= flags)
add_feature("avx512-vnni", "avx512_vnni" in flags)
add_feature("avx512-bf16", "avx512_bf16" in flags)
add_feature("shared-data", os.path.isdir(os.path.join(config.tensorop_shared_data, "kernelbench")))
add_feature("clang-format", shutil.which("clang-format-22"))
add_feature("clang-tidy", shutil.which("clang-tidy-22"))
add_feature("two-cpus", len(os.sched_getaffinity(0)) >= 2)
add_feature("plugin", os.path.exists(os.path.join(config.tensorop_obj_root, "lib", "TensorOpPlugin.so")))
add_feature("gcc", shutil.which("g++"))
add_feature("z3", config.tensorop_z3)
add_feature("z3-program", shutil.which("z3"))


def python_with(module):
    """A Python 3 that has the module, as tensorop-tune looks for one; None: there is none."""
    for python in (shutil.which("python3"), "/usr/bin/python3", sys.executable):
        if python and os.path.exists(python) and subprocess.run(
                [python, "-c", f"import {module}"], capture_output=True).returncode == 0:
            return python
    return None


def add_program(name, path):
    """The feature and the substitution of a program."""
    add_feature(name, path)
    config.substitutions.append(("%{" + name + "}", path or f"no-{name}"))


add_program("plotly", python_with("plotly"))
add_program("browser", shutil.which("chromium") or shutil.which("google-chrome"))
add_program("distributed", python_with("distributed"))
add_feature("small-disk", shutil.which("unshare") and subprocess.run(
    ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"],
    capture_output=True).returncode == 0)
add_feature("git", os.path.exists(os.path.join(config.tensorop_src_root, ".git")))
add_feature("openblas", os.environ.get("TENSOROP_OPENBLAS") or loads("openblas"))
add_feature("blis", loads("blis"))
add_feature("onednn", loads("dnnl"))
for arch in ("riscv64", "aarch64"):
    add_feature(f"libraries-{arch}", os.path.exists(f"/usr/{arch}-linux-gnu/lib/libm.so.6"))
    add_feature(f"qemu-{arch}", shutil.which(f"qemu-{arch}") and shutil.which(f"{arch}-linux-gnu-gcc") and
                os.path.exists(os.path.join(bin_dir, f"tensorop-runner-{arch}")))
add_feature("no-sanitizers", not config.sanitizers)
tier = lit_config.params.get("TIER", os.environ.get("TENSOROP_TEST_TIER", "default"))
add_feature("tier-full", tier == "full")

# One test may not hang the suite (lit needs psutil to end it).
if lit.util.killProcessAndChildrenIsSupported()[0]:
    lit_config.maxIndividualTestTime = 1800 if tier == "full" else 600
