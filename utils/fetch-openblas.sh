#!/usr/bin/env bash
# Unpacks OpenBLAS for another architecture, with the C library that it needs,
# into a folder of its own: a baseline of simulations, nothing is installed.
#
#   utils/fetch-openblas.sh ARCHITECTURE FOLDER [SUITE]
#
# ARCHITECTURE is riscv64 or arm64; SUITE (trixie) is a Debian release. The
# archive is the one that this machine's apt takes its own release from.
set -euo pipefail
if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: utils/fetch-openblas.sh ARCHITECTURE FOLDER [SUITE]" >&2
  exit 2
fi
arch=$1 root=$2 suite=${3:-trixie}
case $arch in
  riscv64 | arm64) ;;
  *) echo "error: no baseline for architecture '$arch', riscv64 and arm64 are known" >&2; exit 2 ;;
esac
if [ -e "$root/.complete" ]; then
  echo "[fetch] $root is there"
  exit 0
fi
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mkdir -p "$root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"

# The stanza of this machine's release, for the other suite. Both forms of apt's sources are known.
cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v RS= -v ORS='\n\n' -v own="$own" \
  '$0 ~ "\nSuites:[^\n]*[ \t]" own "([ \t\n]|$)"' |
  sed "s/^Suites:.*/Suites: $suite/" > "$work/sources/other.sources"
grep -hE "^deb[[:space:]].*[[:space:]]$own[[:space:]]" /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
  sed -E "s/[[:space:]]$own[[:space:]]/ $suite /" > "$work/sources/other.list" || true
if ! [ -s "$work/sources/other.sources" ] && ! [ -s "$work/sources/other.list" ]; then
  echo "error: apt's sources have no stanza of the release '$own'" >&2
  exit 1
fi

apt=(-q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/sources"
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root
  -o "APT::Architecture=$arch" -o "APT::Architectures=$arch")
apt-get "${apt[@]}" update
packages=(libopenblas0-serial libc6 libgcc-s1 libgfortran5)
(cd "$work/debs" && apt-get "${apt[@]}" download "${packages[@]}")
for deb in "$work"/debs/*.deb; do
  dpkg -x "$deb" "$root"
done
# The packages of merged-/usr releases have nothing below /lib.
[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
(cd "$work/debs" && ls ./*.deb) | sed 's|^\./||' > "$root/.complete"
echo "[fetch] $root has $(grep -c . "$root/.complete") packages of $suite: $(grep openblas0 "$root/.complete")"
