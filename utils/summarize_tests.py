"""Sums up the results of lit and ctest.

usage: summarize_tests.py LIT.json CTEST.xml

Prints what failed, what was skipped and why, and as its last line
'N passed, N failed, N skipped'. Exit status 1 when a test failed, a result file is
missing or nothing passed.
"""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree

PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def lit_results(path):
    """Yields (name, 'passed'|'failed'|'skipped', reason)."""
    with open(path, encoding="utf-8") as file:
        tests = json.load(file)["tests"]
    for test in tests:
        code = test["code"]
        if code in PASSED:
            yield test["name"], "passed", ""
        elif code in SKIPPED:
            reason = re.sub(r"^Test (requires the following )?", "", test.get("output", "").strip())
            yield test["name"], "skipped", reason.splitlines()[0] if reason else code.lower()
        else:
            yield test["name"], "failed", code


def ctest_results(path):
    """The same from ctest's JUnit file; a GoogleTest skip gives its message."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = case.get("name")
        output = case.findtext("system-out") or ""
        if case.get("status") == "run":
            yield name, "passed", ""
        elif case.find("skipped") is not None and "[  SKIPPED ]" in output:
            lines = [line.strip() for line in output.splitlines()]
            at = next((i for i, line in enumerate(lines) if line.endswith(": Skipped")), None)
            yield name, "skipped", lines[at + 1] if at is not None else "no reason given"
        elif case.get("status") == "disabled":
            yield name, "skipped", "disabled"
        else:
            yield name, "failed", case.get("status")


def main():
    results, broken = [], 0
    for path, reader in zip(sys.argv[1:3], (lit_results, ctest_results)):
        try:
            results += reader(path)
        except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
            print(f"failed: no results in {path}: {error}")
            broken += 1
    for name, state, reason in results:
        if state == "failed":
            print(f"failed: {name}: {reason}")
    reasons = {}
    for name, state, reason in results:
        if state == "skipped":
            reasons.setdefault(reason, []).append(name)
    for reason, names in sorted(reasons.items()):
        print(f"skipped: {len(names)} because: {reason}")
        for name in names:
            print(f"  {name}")
    count = {s: sum(r[1] == s for r in results) for s in ("passed", "failed", "skipped")}
    count["failed"] += broken
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


sys.exit(main())
