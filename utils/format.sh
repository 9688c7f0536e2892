#!/usr/bin/env bash
# Formats every C and C++ file of the tree with clang-format-22.
exec python3 "$(dirname "$0")/../test/Repository/check_format.py" "$(dirname "$0")/.." --fix
