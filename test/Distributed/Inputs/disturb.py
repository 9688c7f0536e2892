"""Runs a distributed search and disturbs it when two trials are stored.

usage: disturb.py kill|search|scheduler|driver|interrupt DATABASE COMMAND...

`kill -9` of the worker that has made most of them (kill), of the process that searches
(search), of that of --scheduler (scheduler), or of the command (driver). interrupt: ^C.
Exits as the command does.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import psutil


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
    elif mode == "search":
        for child in psutil.Process(process.pid).children():
            if "--ask-tell" in child.cmdline():
                child.kill()
    elif mode == "scheduler":
        # It is a child of with_scheduler.py, as this process is.
        for child in psutil.Process(os.getppid()).children():
            if "distributed.cli.dask_scheduler" in child.cmdline():
                child.kill()
    elif mode == "driver":
        process.kill()
    else:
        process.send_signal(signal.SIGINT)
    code = process.wait()
    sys.exit(code if code >= 0 else 128 - code)


main()
