#!/usr/bin/env bash
# All tests on a fresh Debian 12: installs what is needed, builds, runs the lit
# suites and the unit tests, and ends with one line 'N passed, N failed, N skipped'.
#
#   utils/test.sh [--full]              --full: the long tier as well
#
# Needs root or sudo, and network for packages. Safe to repeat. Data from outside
# is looked for in TENSOROP_SHARED_DATA (default: ../shared); tests that need it are
# skipped, with the reason, when it is absent.
set -euo pipefail
cd "$(dirname "$0")/.."

tier=default
for argument in "$@"; do
  case "$argument" in
    --full) tier=full ;;
    *)
      printf 'usage: utils/test.sh [--full]\n' >&2
      exit 2
      ;;
  esac
done

printf '[test] 1/4 packages\n'
utils/setup.sh
printf '[test] 2/4 build\n'
if [ -n "${TENSOROP_SHARED_DATA:-}" ]; then
  export TENSOROP_CMAKE_ARGS="${TENSOROP_CMAKE_ARGS:-} -DTENSOROP_SHARED_DATA=$TENSOROP_SHARED_DATA"
fi
utils/build.sh

export TENSOROP_TEST_TIER=$tier
results=build/test-results
rm -rf "$results"
mkdir -p "$results"
lit=$(sed -n 's/^LLVM_EXTERNAL_LIT:[^=]*=//p' build/CMakeCache.txt)
printf '[test] 3/4 lit (tier: %s)\n' "$tier"
"$lit" -sv -j"$(nproc)" -o "$results/lit.json" build/test || true
printf '[test] 4/4 unit tests\n'
ctest --test-dir build -j"$(nproc)" --output-on-failure --timeout 900 \
  --output-junit "$PWD/$results/ctest.xml" > "$results/ctest.log" 2>&1 || true
tail -n 5 "$results/ctest.log"
exec python3 utils/summarize_tests.py "$results/lit.json" "$results/ctest.xml"
