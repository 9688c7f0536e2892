"""Prints plans of a Markdown page as one module that --verify-diagnostics reads.

usage: extract_plans.py PAGE [NAME]...

Without names: all. The page omits the clause `numerics`; every plan gets one.

A plan whose name has an entry in EXPECTED gets its expected errors as comments
before the lines that bring them. Ranges are written `lo to hi` here: the MLIR
lexer reads `1..14` as a number and an error.
"""

import re
import sys

# plan name -> {start of a line: [messages]}
EXPECTED = {
    "bad_epilogue": {
        "strategy.fuse gelu": [
            "would read an unfinished result: loop 'pc' around it is a reduction of 'mm'"
        ],
    },
    "bad_reorder": {
        "strategy.reorder": [
            "loop 'ir' would run outside loop 'ic', the outer tile of the same dimension 'm'"
        ],
    },
    "bad_names": {
        "strategy.tile [k:": ["loop 'k' has the name of a dimension"],
        "strategy.tile [ic: n": ["loop 'ic' has the name of a loop (step 0)"],
        "strategy.layout": ["unknown place 'jc'; the loops are ic"],
    },
}


def main():
    page, wanted = sys.argv[1], sys.argv[2:]
    text = open(page, encoding="utf-8").read()
    block = re.search(r"```mlir\n(.*?)```", text, re.S).group(1)
    block = re.sub(r"(\w+)\.\.(\w+)", r"\1 to \2", block)
    block = re.sub(r"(?m)^(strategy\.plan .*) {$", r"\1 numerics(reassoc, contract) {", block)
    plans = re.split(r"(?m)^(?=strategy\.plan)", block)[1:]
    print(f"// {len(plans)} plans")
    for plan in plans:
        name = re.match(r"strategy\.plan @(\w+)", plan).group(1)
        if wanted and not any(re.fullmatch(w, name) for w in wanted):
            continue
        for line in plan.splitlines():
            for start, messages in EXPECTED.get(name, {}).items():
                if line.strip().startswith(start):
                    for message in messages:
                        print(f"  // expected-error@below {{{{{message}}}}}")
            print(line)


main()
