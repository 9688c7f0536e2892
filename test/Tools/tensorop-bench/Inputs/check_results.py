"""Checks a JSON file of tensorop-bench against docs/formats.md.

usage: check_results.py FILE [CASES]
"""

import json
import math
import re
import sys

with open(sys.argv[1]) as file:
    results = json.load(file)
assert results["schema"] == 1
assert results["command"].startswith("tensorop-bench --")
assert results["machine"]["cpu"] and results["machine"]["features"] is not None
assert len(results["cases"]) == int(sys.argv[2]) if len(sys.argv) > 2 else results["cases"]
ratios = []
for case in results["cases"]:
    assert case["op"] == "gemm" and case["types"] in ("f16", "bf16", "f32", "f64", "i8"), case
    assert case["target"] == "native" and case["threads"] >= 1
    assert case["correct"] is True, case["check"]
    assert case["state"] in ("timed", "void")
    assert (case["reason"] == "") == (case["state"] == "timed")
    assert case["seconds"] > 0 and case["spread"] >= 0
    m, n, k = map(int, case["shape"].split("x"))
    assert math.isclose(case["gflops"], 2e-9 * m * n * k / case["seconds"], rel_tol=1e-6)
    assert case["bench"]["peaks"]["f32_flops"] > 0
    assert case["percent_of_peak"] <= 103 or case["state"] == "void"
    assert case["check"]["max_error"] <= case["check"]["error_bound"]
    for baseline in case["bench"]["baselines"]:
        assert baseline["state"] in ("timed", "void", "skipped")
        assert "/" not in baseline.get("library", ""), "no folders in results"
        assert not re.search(r"(^|\s)/", baseline.get("note", "")), "no folders in results"
    timed = {b["name"]: b for b in case["bench"]["baselines"] if b["state"] == "timed"}
    assert set(case["baselines"]) == set(timed)
    if timed:
        best = min(b["ratio"] for b in timed.values())
        assert math.isclose(case["ratio_to_best"], best, rel_tol=1e-9)
        if case["state"] == "timed":
            ratios.append(best)
if ratios:
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    assert math.isclose(results["geomean_to_best"], mean, rel_tol=1e-9)
    assert math.isclose(results["min_to_best"], min(ratios), rel_tol=1e-9)
else:
    assert results["geomean_to_best"] is None and results["min_to_best"] is None
