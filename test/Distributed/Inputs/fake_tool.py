"""A tensorop-tune whose evaluator differs: fake_tool.py MODE REAL ARGUMENTS...

  version   it is of another version
  machine   it is on another machine
  dies      it ends when it gets candidate 2
  silent    it greets with no JSON
  strict    it refuses each candidate
Without --evaluate it is the real one, and with "babbles" a search that writes no JSON.
"""

import json
import os
import subprocess
import sys
import threading

mode, real, *arguments = sys.argv[1:]
if mode == "babbles":
    print("a search of another program", flush=True)
    sys.stdin.readline()
    sys.exit(1)
if "--evaluate" not in arguments:
    os.execv(real, [real, *arguments])
if mode == "silent":
    print("a greeting of another program", flush=True)
    sys.exit(0)
evaluator = subprocess.Popen([real, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answers():
    for line in evaluator.stdout:
        message = json.loads(line)
        if mode == "machine" and message["event"] == "machine":
            message["machine_hash"] = "feedbeef" * 4
            message["hardware"]["cores"] += 1
        if mode == "machine" and message.get("ran_on"):
            message["ran_on"] = "feedbeef" * 4
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


threading.Thread(target=answers, daemon=True).start()
for line in sys.stdin.buffer:
    message = json.loads(line)
    if mode == "version" and message["event"] == "search":
        message["versions"] = "TensorOp of another day"
    if mode == "dies" and message["event"] == "ask" and message["id"] == 2:
        evaluator.kill()
        os._exit(9)
    if mode == "strict" and message["event"] == "ask":
        print(json.dumps({"event": "refused", "diagnostic": "not today"}), flush=True)
        continue
    evaluator.stdin.write(json.dumps(message).encode() + b"\n")
    evaluator.stdin.flush()
evaluator.stdin.close()
sys.exit(evaluator.wait())
