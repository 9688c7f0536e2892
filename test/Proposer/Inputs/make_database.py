"""Makes a database of one measured plan, with the tables that the sources declare.

usage: make_database.py SCHEMA.cpp DATABASE FINGERPRINT TARGET EXTENTS OP PLAN
"""

import re
import sqlite3
import sys

source, path, fingerprint, target, extents, op, plan = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = file.read()
connection = sqlite3.connect(path)
scripts = re.findall(r'R"sql\((.*?)\)sql"', text, re.S)
for script in scripts:
    connection.executescript(script)
owner = int(re.search(r"applicationId = (0x[0-9a-f]+)", text).group(1), 16)
connection.execute(f"PRAGMA application_id = {owner}")
connection.execute(f"PRAGMA user_version = {len(scripts)}")
row = {"uid": "u1", "fingerprint": fingerprint, "extents": extents, "target": target,
       "machine_hash": "another", "threads": 1, "unit": "seconds", "evaluator": "native",
       "versions": "", "ops": f'["{op}"]', "plan": plan, "plan_hash": "h", "outcome": "measured",
       "diagnostic": "", "samples": "[0.001]", "score": 0.001, "run": "", "provenance": "{}",
       "created": "2026-11-22T05:38:00Z"}
if fingerprint != "-":
    connection.execute(f"INSERT INTO trials ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                       list(row.values()))
connection.commit()
