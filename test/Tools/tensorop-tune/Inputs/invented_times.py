"""An evaluator that reports the times TIME... in turns, whatever the runner measured: `invented_times.py COUNT TIME... COMMAND...`

`none` instead of a time: the timing is void. COUNT is a file whose size is the number of timings so far.
"""

import json
import os
import subprocess
import sys


def is_time(word):
    try:
        return word == "none" or float(word) > 0
    except ValueError:
        return False


def main():
    count, *words = sys.argv[1:]
    times = []
    while is_time(words[0]):
        times.append(words.pop(0))
    result = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    if not result.stdout.startswith("{"):
        sys.stdout.write(result.stdout)
        return result.returncode
    with open(count, "a", encoding="utf-8") as file:
        file.write("+")
    time = times[(os.path.getsize(count) - 1) % len(times)]
    report = json.loads(result.stdout)
    bundle = report["bundles"][0]
    assert bundle["correct"]
    bundle["diagnostics"] = ["error: timing is void: invented"] if time == "none" else []
    if time != "none":
        bundle["bench"]["seconds"]["median"] = float(time)
    print(json.dumps(report))
    return 1 if time == "none" else 0


sys.exit(main())
