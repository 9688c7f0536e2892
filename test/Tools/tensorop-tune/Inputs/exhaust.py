"""A payload on which the compiler needs more memory than it may use: exhaust.py TOOL PAYLOAD.

As a candidate's, by the other end of `--ask-tell`; then the evaluator takes the next search, of PAYLOAD
itself.
"""

import json
import re
import subprocess
import sys

TOOL, PAYLOAD = sys.argv[1:3]
LEAVES, STEP = 40000, 32 << 20


def large(text):
    """With an elementwise op of very many operations behind the product: a tree, so that nothing is deep."""
    lines = []
    for i in range(2 * LEAVES - 1, 0, -1):
        if i >= LEAVES:
            lines.append(f"%c{i} = arith.constant {i}.5 : f32\n%n{i} = arith.mulf %x, %c{i} : f32")
        else:
            lines.append(f"%n{i} = arith.maximumf %n{2 * i}, %n{2 * i + 1} : f32")
    kind = re.search(r"-> (tensor<[0-9x]+f32>)", text)[1]
    op = (f"%y = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], "
          f'iterator_types = ["parallel", "parallel"]}} ins(%c : {kind}) outs(%empty : {kind}) {{\n'
          "^bb0(%x: f32, %o: f32):\n" + "\n".join(lines) + f"\nlinalg.yield %n1 : f32\n}} -> {kind}\n")
    assert "return %c" in text
    return text.replace("return %c", op + "return %y")


def lines(count):
    """What a search hands out first."""
    with subprocess.Popen([TOOL, PAYLOAD, "--ask-tell", "--in-flight=1", "--measure-seconds=0.02"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        found = [json.loads(process.stdout.readline()) for _ in range(count)]
        process.stdin.write('{"event": "stop"}\n')
    return found


def main():
    with open(PAYLOAD, encoding="utf-8") as file:
        text = large(file.read())
    _, search, ask = lines(3)
    evaluator = subprocess.Popen([TOOL, "--evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    evaluator.stdout.readline()

    def answer(message):
        evaluator.stdin.write(json.dumps(message) + "\n")
        evaluator.stdin.flush()
        return json.loads(evaluator.stdout.readline())

    job = search["job"] | {"compile": search["job"]["compile"] | {"payload": text}}
    # What a small payload needs, and little more.
    limit, outcome = 256 << 20, ""
    while outcome not in ("measured", "void"):
        limit += STEP
        assert limit < 2 << 30, outcome
        assert answer(search | {"memory_limit": limit})["event"] == "ready"
        outcome = answer(ask).get("outcome")
    assert answer(search | {"job": job, "memory_limit": limit + 2 * STEP})["event"] == "ready"
    told = answer(ask)
    print(told["outcome"], told["diagnostic"])
    assert answer(search)["event"] == "ready"
    outcome = answer(ask)["outcome"]
    print("next:", "measured" if outcome == "void" else outcome)
    evaluator.stdin.close()
    print("exit code:", evaluator.wait())


main()
