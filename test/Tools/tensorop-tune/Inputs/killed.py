"""Kills parts of a search: `killed.py tool|worker FOLDER COMMAND...`

COMMAND gets --json and --db in FOLDER.
  tool    kill -9 of the tool, three times: all that its events have is in the database, and
          its workers are gone
  worker  kill -9 of a worker, again and again, until a candidate in its hands is lost: it is a
          crashed trial, and the search goes on to its end
"""

import json
import os
import signal
import subprocess
import sys
import time

DEADLINE = time.monotonic() + 120


def trials(path):
    """Those of a file of events that may end in the middle of a line."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.endswith("\n")]
    return [line for line in lines if line.get("event", "trial") == "trial"]


def workers(search):
    """Processes that the tool has started."""
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == search.pid and state != "Z":
            found.append(int(process))
    return found


def wait_until(holds, what):
    while not holds():
        assert time.monotonic() < DEADLINE, what
        time.sleep(0.01)


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def check(command, events, database, export):
    """What the events say is stored; the diagnostics of candidates whose worker was killed."""
    subprocess.run([command[0], "--db=" + database, "--export=" + export], check=True)
    stored = {row["plan"]: row["outcome"] for row in trials(export)}
    for one in trials(events):
        assert stored[one["plan"]] == one["outcome"], one
    lost = [one for one in trials(events) if "was killed by signal 9" in one["diagnostic"]]
    assert all(one["outcome"] == "crashed" for one in lost)
    return lost


def main():
    mode, folder, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    events, database, export = folder + "/events.jsonl", folder + "/trials.sqlite", folder + "/trials.jsonl"
    command += ["--json=" + events, "--db=" + database]
    if mode == "worker":
        search = subprocess.Popen(command)
        wait_until(lambda: trials(events), "a first trial")
        while search.poll() is None and not any(one["outcome"] == "crashed" for one in trials(events)):
            for process in workers(search):
                kill(process)
            time.sleep(0.3)
        print("exit code:", search.wait(timeout=120))
        print("killed candidates:", "some" if check(command, events, database, export) else "none")
        return
    # At other moments each time; the next search goes on.
    for count in (3, 1, 2):
        search = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(lambda: sum(not one["is_earlier"] for one in trials(events)) >= count, "trials")
        left = workers(search)
        assert left
        search.kill()
        print("exit code:", search.wait())
        wait_until(lambda: not any(os.path.exists(f"/proc/{process}/exe") for process in left), "the end of workers")
        assert not check(command, events, database, export)
        os.remove(events)
    print("stored:", len(trials(export)))


main()
