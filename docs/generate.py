"""Writes the reference pages: dialects, transform ops, interfaces and passes from
their TableGen definitions, the help pages of the tools, and the JSON schema of plans.

usage: generate.py OUT --tblgen=MLIR_TBLGEN --bin=DIR [--include=DIR]...

OUT gets one file each; pages without a source are removed. A definition
is found by its name below include/TensorOp: `Passes.td`, `*TransformOps.td`,
`*Interfaces.td`, and `IR/*Ops.td` for a dialect.
"""

import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(ROOT, "include")
# Tools whose whole help is ours; tensorop-opt lists every pass of MLIR too.
TOOLS = ("tensorop", "tensorop-run", "tensorop-bench", "tensorop-runner", "tensorop-simulate",
         "tensorop-tune")


def pages():
    """Yields (page name, definition relative to include/, generator arguments)."""
    for folder, _, names in sorted(os.walk(os.path.join(INCLUDE, "TensorOp"))):
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), INCLUDE)
            parts = path.split(os.sep)
            grouped = parts[1] in ("Dialect", "Conversion", "Target") and len(parts) > 3
            room = parts[2] if grouped else parts[1]
            if name == "Passes.td":
                yield room + "Passes", path, ["-gen-pass-doc"]
            elif name.endswith("TransformOps.td"):
                yield name[:-3], path, ["-gen-op-doc"]
            elif name.endswith("Interfaces.td"):
                yield name[:-3], path, ["-gen-op-interface-docs"]
            elif name.endswith("Ops.td") and parts[-2] == "IR":  # a dialect
                yield (name[:-len("Ops.td")] + "Dialect", path,
                       ["-gen-dialect-doc", "-dialect=" + name[:-len("Ops.td")].lower()])


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"generate.py: {' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def tidy(text):
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--tblgen", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--include", action="append", default=[])
    args = parser.parse_args()

    texts, sources = {}, {}
    includes = [f"-I{path}" for path in [INCLUDE] + args.include]
    for name, path, generator in pages():
        full = os.path.join(INCLUDE, path)
        if name in sources:
            sys.exit(f"generate.py: {path} and {sources[name]} would both be {name}.md")
        sources[name] = path
        note = f"<!-- Made from {path.replace(os.sep, '/')} by `ninja tensorop-docs`; do not edit. -->\n"
        local = [f"-I{os.path.dirname(full)}"]
        texts[name + ".md"] = note + run([args.tblgen, *generator, full, *local, *includes])
    for tool in TOOLS:
        binary = os.path.join(args.bin, tool)
        if os.path.exists(binary):
            help_text = run([binary, "--help"]).replace(binary, tool)
            texts[tool + ".md"] = (
                f"<!-- Made from `{tool} --help` by `ninja tensorop-docs`; do not edit. -->\n"
                f"# {tool}\n\n```text\n{tidy(help_text)}```\n")

    # Our own backend: the schema of plans in JSON.
    ops = os.path.join(INCLUDE, "TensorOp", "Dialect", "Strategy", "IR", "StrategyOps.td")
    texts["plan.schema.json"] = run([os.path.join(args.bin, "tensorop-tblgen"), "-gen-plan-schema",
                                     ops, *includes])

    os.makedirs(args.out, exist_ok=True)
    for stale in set(os.listdir(args.out)) - set(texts):
        os.remove(os.path.join(args.out, stale))
    for name, text in texts.items():
        with open(os.path.join(args.out, name), "w", encoding="utf-8") as file:
            file.write(tidy(text))
    print(f"{len(texts)} pages in {args.out}")


main()
