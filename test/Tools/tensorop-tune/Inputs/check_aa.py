"""Runs `check_aa.py PAIRS COMMAND...`, which compares a plan with itself in so many pairs: the ratio must be 1 within the spread.

A busy machine may make the timing void, which the tool must say.
"""

import re
import subprocess
import sys


def main():
    pairs, command = int(sys.argv[1]), sys.argv[2:]
    result = subprocess.run(command, capture_output=True, text=True)
    found = re.fullmatch(r"A/A: the plan against itself gives ([0-9.]+), and must be within ([0-9.]+) of 1 "
                         r"\(([0-9]+) pairs\)\n", result.stdout)
    sys.stdout.write(result.stdout + result.stderr)
    if result.returncode == 0:
        ratio, spread = float(found[1]), float(found[2])
        # As they were rounded.
        assert abs(ratio - 1) <= spread + 0.001 and 0.01 <= spread <= 0.2
        assert 3 <= int(found[3]) <= pairs and not result.stderr
    else:
        assert result.returncode == 1 and result.stderr.startswith("error: timing is void: "), result.returncode


main()
