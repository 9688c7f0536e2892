"""Dependencies between rooms point one way, in link lines and in includes.

usage: check_dependencies.py ROOT TARGETS.json

TARGETS.json is written by CMake (TensorOpInstall.cmake): a list of
{"name", "kind": "library"|"tool"|"unittest", "folder", "links": [...]}.
A room may use rooms of a lower level only, so two rooms of one level do not
know each other.
"""

import json
import os
import re
import sys

import tree

# The longest matching prefix below lib/, include/TensorOp/ and unittests/ decides.
LEVELS = {
    "Support": 0,
    "Runtime": 1,
    "Hardware": 1,
    "Model": 2,
    "Simulate": 2,
    "Request": 2,
    "Database": 3,
    "Z3": 3,
    "Dialect/Strategy/IR": 3,
    "Dialect/Strategy/Transforms": 4,
    "Realise": 4,
    "Dialect/Strategy/TransformOps": 5,
    "Normalize": 6,
    "Proposer": 6,
    "Conversion": 6,
    "Target": 6,
    "Execution": 7,
    "Tuner": 8,
    "tools": 9,
}
# Rooms and tools that must work without these, directly or through what they use.
WITHOUT = {
    "Support": ("mlir",),
    "Runtime": ("llvm", "mlir"),
    "tools/tensorop-runner": ("llvm", "mlir"),
    "Hardware": ("mlir",),
    "Model": ("mlir",),
    "Simulate": ("mlir",),
    "Request": ("llvm", "mlir"),
    "Database": ("mlir",),
    "Z3": ("mlir",),
}


def room_of(path):
    """The room of a folder or file relative to the root; None outside rooms."""
    for top in ("include/TensorOp/", "lib/", "unittests/"):
        if path.startswith(top):
            rest = path[len(top):] + "/"
            rooms = [room for room in LEVELS if rest.startswith(room + "/")]
            if rooms:
                return max(rooms, key=len)
            is_top_header = top == "include/TensorOp/" and rest.count("/") == 1
            return "Execution" if is_top_header else None
    return "tools" if path.startswith("tools/") else None


def may_use(user, used):
    return user == used or LEVELS[used] < LEVELS[user]


def forbidden_for(path):
    keys = [key for key in WITHOUT if room_of(path) == key or path.startswith(key)]
    return {name for key in keys for name in WITHOUT[key]}


def link_problems(targets):
    by_name = {t["name"]: t for t in targets}

    def closure(name, seen):
        for link in by_name.get(name, {"links": []})["links"]:
            if link not in seen:
                seen.add(link)
                closure(link, seen)
        return seen

    for target in targets:
        room = room_of(target["folder"])
        if room is None:
            yield f"{target['name']}: folder '{target['folder']}' belongs to no room"
            continue
        for link in target["links"]:
            if link not in by_name:
                continue
            used = room_of(by_name[link]["folder"])
            if used and target["kind"] != "unittest" and not may_use(room, used):
                yield (f"{target['name']} ({room}) links {link} ({used}): "
                       f"level {LEVELS[room]} may use only levels below")
        if target["kind"] == "unittest":
            continue
        for bad in forbidden_for(target["folder"]):
            found = sorted(l for l in closure(target["name"], set())
                           if l not in by_name and l.lower().startswith(bad))
            if found:
                yield f"{target['name']} ({room}) links {bad.upper()}: {', '.join(found)}"


INCLUDE = re.compile(r'^\s*(?:#\s*include|include)\s*["<]([^">]+)[">]', re.M)


def include_problems(root, paths):
    sources = [p for p in paths if p.endswith((".cpp", ".h", ".c", ".td")) and room_of(p)]
    includes = {p: INCLUDE.findall(tree.read(root, p)) for p in sources}

    def closure(path, seen):
        for name in includes.get(path, []):
            if name not in seen:
                seen.add(name)
                closure("include/" + name, seen)
        return seen

    for path in sources:
        room = room_of(path)
        for name in includes[path]:
            used = room_of("include/" + name) if name.startswith("TensorOp/") else None
            if used and not may_use(room, used):
                yield f"{path}: {room} includes {name} of {used}"
        if path.startswith("unittests/"):
            continue
        for bad in forbidden_for(path):
            found = sorted(n for n in closure(path, set()) if n.startswith((bad + "/", bad + "-c/")))
            if found:
                yield f"{path}: {room} must work without {bad.upper()}, reaches {found[0]}"


def main():
    root, targets_file = sys.argv[1:3]
    with open(targets_file, encoding="utf-8") as file:
        targets = json.load(file)
    paths = [p for p in tree.source_files(root) if not tree.is_check_input(p)]
    problems = list(link_problems(targets)) + list(include_problems(root, paths))
    return tree.finish("dependencies", problems, len(targets) + len(paths))


sys.exit(main())
