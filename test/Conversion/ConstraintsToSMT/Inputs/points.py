"""Prints a model of one script of an SMT-LIB file as `a=1,b=2`.

usage: points.py FILE.smt2 INDEX
"""

import re
import subprocess
import sys

path, index = sys.argv[1], int(sys.argv[2])
with open(path, encoding="utf-8") as file:
    script = file.read().split("(reset)")[index]
names = re.findall(r"\(declare-const (\S+) Int\)", script)
done = subprocess.run(["z3", "-smt2", "-in"], capture_output=True, text=True,
                      input=f"{script}\n(get-value ({' '.join(names)}))\n")
if not done.stdout.startswith("sat"):
    sys.exit(f"points.py: {done.stdout}")
print(",".join(f"{name}={value}" for name, value in re.findall(r"\(([^\s()]+) (\d+)\)", done.stdout)))
