"""Counts the instructions of the hottest loop of an assembly file.

usage: hot_loop.py FILE MNEMONIC

That is the innermost loop (from a label to a branch back to it, with no other
loop inside) that has most of MNEMONIC. Prints `instruction: count` by name.
"""

import collections
import re
import sys


def main():
    path, wanted = sys.argv[1:3]
    lines = [line.split("#")[0].split("//")[0].strip() for line in open(path)]
    labels = {line[:-1]: i for i, line in enumerate(lines) if line.endswith(":")}
    loops = []
    for end, line in enumerate(lines):
        target = re.search(r"(\.L\w+)$", line)
        if target and not line.endswith(":") and labels.get(target[1], end) < end:
            loops.append((labels[target[1]], end))
    inner = [a for a in loops if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    bodies = [[line.split()[0] for line in lines[start:end + 1] if line and not line.endswith(":") and line[0] != "."]
              for start, end in inner]
    body = max(bodies, key=lambda body: body.count(wanted), default=[])
    if wanted not in body:
        sys.exit(f"{path} has no innermost loop with '{wanted}'")
    for name, count in sorted(collections.Counter(body).items()):
        print(f"{name}: {count}")


if __name__ == "__main__":
    main()
