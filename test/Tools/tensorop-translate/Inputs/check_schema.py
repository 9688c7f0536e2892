"""Whether a JSON file follows a schema, for the words that ours uses.

usage: check_schema.py SCHEMA FILE      exit code 1 and a message when it does not
"""

import json
import sys

KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "const", "required",
         "additionalProperties", "properties", "items", "oneOf"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int}


def problems(value, schema, root, path):
    unknown = set(schema) - KNOWN
    if unknown:
        sys.exit(f"the schema uses {unknown}, which this check does not know")
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from problems(value, root["$defs"][name], root, path)
    if "const" in schema and (value != schema["const"] or type(value) is not type(schema["const"])):
        yield f"{path}: is not {schema['const']!r}"
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if isinstance(value, bool) or not any(isinstance(value, TYPES[n]) for n in names):
            yield f"{path}: is no {' or '.join(names)}"
            return
    for name in schema.get("required", []):
        if name not in value:
            yield f"{path}: lacks '{name}'"
    if isinstance(value, dict):
        for name, field in value.items():
            if name in schema.get("properties", {}):
                yield from problems(field, schema["properties"][name], root, f"{path}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}: has '{name}'"
    if isinstance(value, list) and "items" in schema:
        for i, element in enumerate(value):
            yield from problems(element, schema["items"], root, f"{path}[{i}]")
    if "oneOf" in schema:
        fits = [s for s in schema["oneOf"] if not list(problems(value, s, root, path))]
        if len(fits) != 1:
            yield f"{path}: fits {len(fits)} of {len(schema['oneOf'])} alternatives"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        value = json.load(file)
    found = list(problems(value, schema, schema, "$"))
    print("\n".join(found) if found else "follows the schema")
    return 1 if found else 0


sys.exit(main())
