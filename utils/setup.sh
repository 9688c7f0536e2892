#!/usr/bin/env bash
# Installs what TensorOp needs on Debian 12: the packages of utils/packages.txt,
# and a Python environment <build>/baselines with an OpenBLAS that knows new CPUs
# (a baseline of the measurements; nothing is linked with it).
#
#   utils/setup.sh [BUILD_DIR]          default: build
#
# Needs root or sudo when a package is missing, and network for packages only.
# Safe to repeat: what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}

say() { printf '[setup] %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "error: packages are missing and this is neither root nor is sudo there: $*" >&2
    return 1
  fi
}

if ! command -v apt-get >/dev/null; then
  say "error: no apt-get; this script is for Debian 12, elsewhere install what utils/packages.txt names" >&2
  exit 1
fi

missing=()
while read -r package; do
  case "$package" in '' | '#'*) continue ;; esac
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done < utils/packages.txt

if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${#missing[@]} packages: ${missing[*]}"
  as_root apt-get update -q
  if ! apt-cache show llvm-22-dev >/dev/null 2>&1; then
    say "error: no package llvm-22-dev; it comes with the suites bookworm-updates and bookworm-security" >&2
    exit 1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    "${missing[@]}"
else
  say "all packages of utils/packages.txt are installed"
fi

# The newer OpenBLAS. Without it the measurements still run, and say that the
# distribution's OpenBLAS may not use this machine's instructions.
wanted=$(grep -v '^#' utils/python-packages.txt)
venv=$build/baselines
if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/.installed" 2>/dev/null)" = "$wanted" ]; then
  say "Python environment $venv is up to date"
else
  say "making the Python environment $venv"
  mkdir -p "$build"
  /usr/bin/python3 -m venv "$venv"
  if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --only-binary :all: -r utils/python-packages.txt; then
    printf '%s\n' "$wanted" > "$venv/.installed"
  else
    say "warning: no newer OpenBLAS; the distribution's is the only baseline of that name"
  fi
fi
say "done"
