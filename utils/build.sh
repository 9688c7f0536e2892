#!/usr/bin/env bash
# Configures and builds everything with the preset `release`.
#
#   utils/build.sh [TARGET...]          default target: all
#
# Environment: TENSOROP_JOBS (default: one per core, and 1.5 GiB of memory each),
# TENSOROP_CMAKE_ARGS (more arguments for cmake).
set -euo pipefail
cd "$(dirname "$0")/.."

memory_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || echo 0)
by_memory=$((${memory_kib:-0} / 1572864))
jobs=$(nproc)
if [ "$by_memory" -gt 0 ] && [ "$by_memory" -lt "$jobs" ]; then jobs=$by_memory; fi
jobs=${TENSOROP_JOBS:-$jobs}

printf '[build] configuring (log: build/configure.log)\n'
mkdir -p build
# shellcheck disable=SC2086
if ! cmake --preset release ${TENSOROP_CMAKE_ARGS:-} > build/configure.log 2>&1; then
  tail -n 40 build/configure.log >&2
  exit 1
fi
printf '[build] ninja -j%s\n' "$jobs"
ninja -C build -j"$jobs" "$@"
