#!/usr/bin/env bash
# Runs clang-tidy-22 over our sources, with the compile commands of a build folder.
#
#   utils/tidy.sh [BUILD_DIR [FILE...]]     default: build, every file of lib/ and tools/
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
shift || true
if [ $# -eq 0 ]; then
  mapfile -t files < <(git ls-files 'lib/*.cpp' 'tools/*.cpp')
else
  files=("$@")
fi
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 \
  clang-tidy-22 --quiet -p "$build" --warnings-as-errors='*'
printf '[tidy] %s files, no warning\n' "${#files[@]}"
