"""Plays the search's end of `tensorop-tune --evaluate`, with the search that
`tensorop-tune --ask-tell` hands out: evaluate.py TOOL PAYLOAD."""

import json
import re
import subprocess
import sys

TOOL, PAYLOAD = sys.argv[1:3]


def lines(count):
    """What a search of a native kernel hands out first."""
    with subprocess.Popen([TOOL, PAYLOAD, "--ask-tell", "--in-flight=2", "--measure-seconds=0.02"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        found = [json.loads(process.stdout.readline()) for _ in range(count)]
        process.stdin.write('{"event": "stop"}\n')
    return found


progress, search, ask, _ = lines(4)
evaluator = subprocess.Popen([TOOL, "--evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             text=True)
machine = json.loads(evaluator.stdout.readline())
print(machine["event"], machine["schema"], machine["versions"])
assert machine["machine_hash"] == search["machine_hash"] and machine["hardware"]


def answer(message):
    text = message if isinstance(message, str) else json.dumps(message)
    evaluator.stdin.write(text + "\n")
    evaluator.stdin.flush()
    return json.loads(evaluator.stdout.readline())


compare = {"event": "compare", "id": 5, "plans": [ask["plan"], "no plan"], "rounds": 1,
           "seconds": 0.02}
for bad in (ask, {"event": "tune"}, "{", search | {"schema": 2}, search | {"versions": "0.0"},
            search | {"job": None}, search | {"job": {"schema": 1}}, search | {"hardware": {}},
            search | {"job": search["job"] | {"bench": None}}, search | {"time_limit": "none"},
            search | {"job": {k: v for k, v in search["job"].items() if k != "bench"}}):
    print("refused:", answer(bad)["diagnostic"])
# What is for people is no question.
evaluator.stdin.write(json.dumps(progress) + "\n")
ready = answer(search)
assert ready["machine_hash"] == ready["ran_on"] == search["machine_hash"], ready
print(ready["event"])
for bad in ({"event": "ask", "id": 1}, {"event": "compare"}):
    print("refused:", answer(bad)["diagnostic"])
told = answer(ask)
# A busy machine may time nothing; what else can be is a fault.
assert told["event"] == "tell" and told["id"] == ask["id"], told
assert told["outcome"] in ("measured", "void"), told
assert (told["score"] is not None) == (told["outcome"] == "measured"), told
told = answer(ask | {"id": 9, "plan": "no plan"})
print(told["id"], told["outcome"], told["diagnostic"])
told = answer(ask | {"id": 10, "plan": re.sub("unroll kk by [0-9]+", "unroll kk by 4096", ask["plan"])})
print(told["id"], told["outcome"], told["diagnostic"])
told = answer(compare)
assert told["id"] == 5 and len(told["samples"][0]) <= 1 and told["samples"][1] == [], told
evaluator.stdin.close()
print("exit code:", evaluator.wait())
