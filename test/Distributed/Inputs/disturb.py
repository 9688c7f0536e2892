"""Runs a distributed search and disturbs it when two trials are stored.

usage: disturb.py kill|interrupt DATABASE COMMAND...

kill: `kill -9` of the worker that has made most of them. interrupt: ^C. Exits as the
command does.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter


def workers(database):
    """Of each trial that is stored."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return [json.loads(text)["worker"]
                    for text, in connection.execute("SELECT provenance FROM trials")]
    except sqlite3.Error:
        return []  # not there yet


def main():
    mode, database, *command = sys.argv[1:]
    process = subprocess.Popen(command)
    while len(found := workers(database)) < 2:
        if process.poll() is not None:
            sys.exit(f"disturb.py: the search ended before: {process.returncode}")
        time.sleep(0.02)
    if mode == "kill":
        worker = Counter(found).most_common(1)[0][0]
        os.kill(int(worker.rsplit(":", 1)[1]), signal.SIGKILL)
    else:
        process.send_signal(signal.SIGINT)
    sys.exit(process.wait())


main()
