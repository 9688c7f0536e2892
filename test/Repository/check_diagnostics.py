"""Each diagnostic of ours appears in a test.

usage: check_diagnostics.py ROOT

A diagnostic is a string given to one of CALLS in lib/ or tools/. It counts as tested
when three words that follow each other in it (or a shorter piece of it) occur in a
test. This does not prove that the test provokes that message from that place; it finds
messages nobody thought of. `// untested: <why>` in the lines before excuses one.
"""

import re
import sys

import tree

CALLS = re.compile(r"\b(emitError|emitOpError|emitRemark|emitWarning|emitSilenceableError"
                   r"|emitDefiniteFailure|emitSilenceableFailure|notifyMatchFailure|refuse|fail"
                   r"|reject|require|error|diagnose|createStringError|makeError|Status::failure"
                   r"|Refusal|warn|report)\s*\(")
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')
# A way to speak of our own errors; input cannot reach it.
INTERNAL = re.compile(r"internal error|TENSOROP_CHECK")


# A comment before a message that no test on this machine can provoke, with why.
UNTESTED = re.compile(r"// untested: \S")
UNTESTED_LINES = 3


def strip_comments(text):
    pattern = re.compile(r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\')|//[^\n]*|/\*.*?\*/', re.S)
    return pattern.sub(lambda m: m.group(1) or re.sub(r"[^\n]", " ", m.group(0)), text)


def statement_at(text, start):
    """From `start` to the `;` or `{` that ends the statement, strings respected."""
    at = start
    while at < len(text) and text[at] not in ";{":
        literal = LITERAL.match(text, at)
        at = literal.end() if literal else at + 1
    return text[start:at]


def words_of(text):
    return re.findall(r"[\w'.-]+", text.replace("\\n", " ").replace("\\", ""))


def windows(statement):
    """Word triples of each literal, between its format marks; adjacent literals are
    one. A piece of fewer words counts whole when it has eight letters or more."""
    joined = re.sub(r'"\s*(?:PRI\w+\s*)?"', "", statement)
    found = []
    for literal in LITERAL.findall(joined):
        for piece in re.split(r"%[-\d.]*(?:ll)?[a-z]|\{\d+\}", literal):
            words = [w for w in (w.strip("'.-") for w in words_of(piece)) if w]
            if len(words) >= 3:
                found += [words[i:i + 3] for i in range(len(words) - 2)]
            elif sum(len(w) for w in words) >= 8:
                found.append(words)
    return found


def main():
    root = sys.argv[1]
    paths = [p for p in tree.source_files(root) if not tree.is_check_input(p)]
    tests = "".join(tree.read(root, p) for p in paths
                    if p.startswith(("test/", "unittests/")) and p.endswith((".mlir", ".test", ".cpp", ".py", ".h")))
    # Adjacent C++ literals of expectations are one; FileCheck's regexes are gaps.
    tests = re.sub(r'"\s*\n\s*"', "", tests)
    test_words = " ".join(w.strip("'.-") for w in words_of(tests))
    problems, looked_at = [], 0
    for path in paths:
        if not path.startswith(("lib/", "tools/")) or not path.endswith((".cpp", ".h")):
            continue
        raw = tree.read(root, path)
        excused = {number for number, line in enumerate(raw.splitlines(), 1)
                   if UNTESTED.search(line)}
        text = strip_comments(raw)
        for call in CALLS.finditer(text):
            statement = statement_at(text, call.start())
            if INTERNAL.search(statement):
                continue
            triples = windows(statement)
            line = text.count("\n", 0, call.start()) + 1
            if not triples:
                continue
            excuse = {n for n in excused if line - UNTESTED_LINES <= n < line}
            if excuse:
                excused -= excuse  # one comment excuses one message
                continue
            looked_at += 1
            if not any(" ".join(t) in test_words for t in triples):
                shown = " ... ".join(LITERAL.findall(re.sub(r'"\s*"', "", statement)))
                problems.append(f"{path}:{line}: no test speaks of \"{shown}\"")
    return tree.finish("diagnostics", problems, looked_at)


sys.exit(main())
