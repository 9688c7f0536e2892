#!/bin/bash
# An emulator that breaks with vectors of 512 bits; REAL is one that does not.
case "$*" in
*vlen=512*)
  echo "broken today" >&2
  exit 9
  ;;
esac
exec "$REAL" "$@"
