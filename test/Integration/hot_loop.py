"""Counts the instructions of the hottest loop of an assembly file.

usage: hot_loop.py FILE MNEMONIC [--none=REGEX] [--most=REGEX:COUNT]

That is the innermost loop (from a label to a branch back to it, with no other
loop inside) that has most of MNEMONIC. Prints `instruction: count` by name;
`stack` counts the instructions that access it. Fails when an instruction that
--none matches (the whole name) is there, or when there are more than COUNT of
those that --most matches.
"""

import collections
import re
import sys


def main():
    path, wanted = sys.argv[1:3]
    limits = []
    for option in sys.argv[3:]:
        flag, _, value = option.partition("=")
        if flag == "--none":
            limits.append((value, 0))
        elif flag == "--most":
            pattern, _, count = value.rpartition(":")
            limits.append((pattern, int(count)))
        else:
            sys.exit(f"unknown option '{option}'")
    lines = [line.split("#")[0].split("//")[0].strip() for line in open(path)]
    labels = {line[:-1]: i for i, line in enumerate(lines) if line.endswith(":")}
    loops = []
    for end, line in enumerate(lines):
        target = re.search(r"(\.L\w+)$", line)
        if target and not line.endswith(":") and labels.get(target[1], end) < end:
            loops.append((labels[target[1]], end))
    inner = [a for a in loops if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    code = [[line for line in lines[start:end + 1] if line and not line.endswith(":") and line[0] != "."]
            for start, end in inner]
    bodies = [[line.split()[0] for line in body] + ["stack" for line in body if re.search(r"[\[(]sp\b", line)]
              for body in code]
    body = max(bodies, key=lambda body: body.count(wanted), default=[])
    if wanted not in body:
        sys.exit(f"{path} has no innermost loop with '{wanted}'")
    counts = collections.Counter(body)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    for pattern, most in limits:
        found = sum(count for name, count in counts.items() if re.fullmatch(pattern, name))
        if found > most:
            sys.exit(f"{path}: the hot loop has {found} of '{pattern}', at most {most} are expected")


if __name__ == "__main__":
    main()
