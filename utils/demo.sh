#!/usr/bin/env bash
# The main job on a fresh Debian 12: installs what is needed, builds, then
# compiles a 1024x1024x1024 f32 matmul given as MLIR by way of a plan, checks it,
# and times it beside OpenBLAS.
#
#   utils/demo.sh [more arguments for tensorop-run]
#
# Needs root or sudo, and network for packages. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."

printf '[demo] 1/3 packages\n'
utils/setup.sh
printf '[demo] 2/3 build\n'
utils/build.sh
printf '[demo] 3/3 run\n'
command=(build/bin/tensorop-run examples/matmul_1024.mlir
  --plan=benchmarks/plans/sgemm.mlir --check --bench --baseline=openblas "$@")
printf '+ %s\n' "${command[*]}"
exec "${command[@]}"
