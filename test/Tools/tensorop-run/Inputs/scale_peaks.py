"""scale_peaks.py FILE FACTOR: multiplies all cached peaks."""

import json
import sys

path, factor = sys.argv[1], float(sys.argv[2])
with open(path) as file:
    document = json.load(file)
for machine in document["machines"]:
    for name, value in machine["peaks"].items():
        if name != "instructions":
            machine["peaks"][name] = value * factor
with open(path, "w") as file:
    json.dump(document, file)
