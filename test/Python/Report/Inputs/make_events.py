"""Writes the events of an invented search: `make_events.py VARIANT`.

`full` has every kind of event and of outcome; the others are what may happen to a file.
The scores are formulas, so that tests know what a report must say of them.
"""

import json
import sys

HOSTILE = "<script>alert('owned')</script><img src=x onerror=alert(1)>&lt;</SCRIPT ><!--"
PLAN = """strategy.plan @tuned root mm(m, n, k) requires [fma] numerics(reassoc, contract)
    attributes {{why = "{why}"}} {{
  strategy.tile [jr: n = v({tn}), ir: m = {tm}]
  strategy.tile [kk: k = 1]
{copy}  strategy.vectorize mm [m = {tm}, n = v({tn})] with fma
  strategy.unroll kk by 2
}}
"""
MACHINE = {"architecture": "x86_64", "cpu": "invented", "features": ["fma", "avx2"], "cores": 2, "system": "Linux"}


def plan(tm, tn, why="sizes", copied=True):
    return PLAN.format(tm=tm, tn=tn, why=why, copy="  strategy.layout mm.rhs pack [n] at call\n" if copied else "")


def begin(text="func.func @matmul()"):
    return {"event": "begin", "schema": 2, "kernel": "matmul", "payload": "layer.mlir", "text": text,
            "unit": "seconds", "target": "native", "threads": 1, "evaluator": "native", "machine": MACHINE,
            "versions": "TensorOp 0.1.0 (LLVM 22.1.8)", "command": "tensorop-tune layer.mlir --report=r.html",
            "search": "mcts", "seed": 1, "date": "2026-11-22T08:00:00Z", "flops": 2e9,
            "start": {"plan": plan(8, 3), "values": {"tm": 8, "tn": 3}}, "structures": 64, "points": 1000,
            "legal": 400, "is_capped": False}


def trial(number, values, structure="", outcome="measured", score=0.0, diagnostic="", predicted=0.02):
    return {"event": "trial", "trial": number, "at": 0.5 * number, "structure": structure, "values": values,
            "plan": plan(values["tm"], values["tn"], copied=not structure), "predicted": predicted,
            "outcome": outcome, "score": score, "samples": [score] if score else [], "diagnostic": diagnostic,
            "worker": "", "is_earlier": False}


def trials(diagnostic="a number 17 of 4096 is wrong"):
    """24 of them: the analytic plan takes 20 ms, the best, trial 10, 16 ms."""
    result = [trial(1, {"tm": 8, "tn": 3}, score=0.020, predicted=7e7)]
    for number in range(2, 21):
        score = 0.016 if number == 10 else 0.018 + 0.0005 * (number % 7)
        structure = "no copy of mm.rhs" if number % 2 == 0 else ""
        result.append(trial(number, {"tm": 2 + number % 5, "tn": 1 + number % 3}, structure, score=score,
                            predicted=score * (1.1 if number % 4 else 0.8)))
    for number, outcome, why in [
            (21, "illegal", "candidate:3:3: V-REGS: vector registers of the register tile is 94, must be <= 32"),
            (22, "illegal", "candidate:3:3: V-REGS: vector registers of the register tile is 40, must be <= 32"),
            (23, "wrong", diagnostic), (24, "timeout", "no reply after 60 s, and it was ended")]:
        result.append(trial(number, {"tm": 30, "tn": number - 20}, "edges: pad", outcome, 0, why))
    return result


def part(kind, what, outcome="measured", ratios=(), diagnostic=""):
    return {"event": "attribution", "kind": kind, "what": what, "plan": "" if outcome == "needed" else plan(1, 1),
            "outcome": outcome, "score": 0.016 * sorted(ratios)[len(ratios) // 2] if ratios else 0,
            "ratio": sorted(ratios)[len(ratios) // 2] if ratios else 0, "ratios": list(ratios),
            "diagnostic": diagnostic}


def tail():
    return [
        {"event": "bounds", "flops": 2e9, "bytes": 1e7, "peak": 150e9, "bandwidth": 50e9, "is_simulated": False,
         "machine": None},
        {"event": "comparison", "best": 10, "best_score": 0.0161, "start_score": 0.0201,
         "finalists": [{"trial": 10, "score": 0.0161, "samples": [0.0160, 0.0161, 0.0164]},
                       {"trial": 1, "score": 0.0201, "samples": [0.0200, 0.0201, 0.0202]}]},
        part("step", "tile [kk: k = 1]", "needed", diagnostic="S-NAME: unknown loop 'kk'; the loops are jr, ir"),
        part("step", "unroll kk by 2", ratios=(1.20, 1.25, 1.22)),
        part("edges", "edges of jr", ratios=(0.97, 1.03, 1.01)),
        part("move", "no copy of mm.rhs", ratios=(0.90, 0.92, 0.91)),
        part("parameter", "tm = 8, not 2", "skipped", diagnostic="not measured: the 60 s for the attribution are over"),
        {"event": "end", "trials": 24, "earlier": 0, "seconds": 12.0, "attribution_seconds": 5.0,
         "outcomes": {"measured": 20, "illegal": 2, "wrong": 1, "timeout": 1}, "best": 10, "best_score": 0.0161,
         "start_score": 0.0201, "rank_correlation": 0.5, "exhausted": False, "interrupted": False,
         "plan": plan(2, 2)}]


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


def hostile():
    """Text that would be markup wherever it is shown."""
    first, tried, rest = begin(HOSTILE), trials(HOSTILE), tail()
    for name in ("kernel", "payload", "target", "evaluator", "versions", "command", "search", "date"):
        first[name] = HOSTILE
    first["machine"] = {HOSTILE: HOSTILE, "features": [HOSTILE]}
    first["start"]["plan"] = HOSTILE
    for one in tried:
        one["plan"] = HOSTILE + one["plan"]
        one["structure"] = one["structure"] and HOSTILE
        one["worker"] = HOSTILE
        one["values"][HOSTILE] = one["trial"] % 2
    for one in rest:
        if one["event"] == "attribution":
            one["kind"] = one["what"] = HOSTILE
            one["diagnostic"] = one["diagnostic"] and HOSTILE
    return lines(first, *tried, *rest, {"event": HOSTILE})


def variants():
    first, tried, rest = begin(), trials(), tail()
    missing = dict(tried[0])
    del missing["score"]
    failed = [trial(1, {"tm": 8, "tn": 3}, outcome="crashed", diagnostic="signal 11")]
    constant = [trial(number, {"tm": 8, "tn": 3 + number}, score=0.02) for number in (1, 2, 3)]
    return {
        "full": lines(first, *tried, *rest),
        "hostile": hostile(),
        "killed": lines(first, *tried) + lines(tried[0])[:90],
        "no-newline": lines(first, *tried).rstrip("\n"),
        "begun": lines(first),
        "failed": lines(first, *failed),
        "constant": lines(first, *constant),
        "unknown": lines(first, *tried, {"event": "worker", "name": "board"}, *rest),
        "empty": "",
        "old": lines({**first, "schema": 1}, *tried),
        "foreign": lines({"machine": "x", "cases": []}),
        "prose": "This is no record.\n",
        "no-begin": lines(*tried),
        "broken": lines(first, tried[0]) + "{\"event\": \"tri\n" + lines(tried[1]),
        "missing": lines(first, missing),
        "mistyped": lines(first, {**tried[0], "score": "fast"}),
        "infinite": lines(first, tried[0]).replace("0.02,", "Infinity,"),
        "negative": lines(first, {**tried[0], "score": -1}),
        "outcome": lines(first, {**tried[0], "outcome": "tired"}),
        "samples": lines(first, {**tried[0], "samples": ["x"]}),
        "start": lines({**first, "start": {}}),
        "unit": lines({**first, "unit": "hours"}),
        "finalist": lines(first, *tried, {**rest[1], "finalists": [{}]}),
        "lost": lines(first, tried[0], rest[1]),
        "twice": lines(first, *tried, *rest) * 2,
    }


sys.stdout.write(variants()[sys.argv[1]])
