"""Writes a machine of the catalogue as 'mine', after a change.

usage: change_machine.py FOLDER MACHINE FILE "m['field'] = value"
"""

import json
import sys

folder, machine, path, change = sys.argv[1:]
with open(f"{folder}/{machine}.json") as text:
    m = json.load(text)
m["name"] = "mine"
exec(change)
with open(path, "w") as text:
    json.dump(m, text)
