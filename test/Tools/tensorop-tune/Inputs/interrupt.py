"""Sends a signal to a search when it has made three trials: `interrupt.py HOW EVENTS COMMAND...`; its exit code.

HOW: INT, KILL; GROUP: INT to it and what it has started, as a terminal does; TWICE: INT when the file
EVENTS is there, which says that a candidate hangs, then GROUP.
"""

import os
import signal
import subprocess
import sys
import time


def main():
    how, events, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.path.exists(events):
        os.remove(events)
    search = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 120
    while search.poll() is None and time.monotonic() < deadline:
        if os.path.exists(events):
            with open(events, encoding="utf-8") as file:
                if how == "TWICE" or sum('"event":"trial"' in line for line in file) >= 3:
                    break
        time.sleep(0.05)
    if how == "GROUP":
        os.killpg(search.pid, signal.SIGINT)
    else:
        search.send_signal(signal.SIGKILL if how == "KILL" else signal.SIGINT)
    if how == "TWICE":
        # The tool waits for a candidate that hangs.
        time.sleep(1)
        assert search.poll() is None
        os.killpg(search.pid, signal.SIGINT)
        code = search.wait(timeout=10)
        assert code == -signal.SIGINT, code
        # What the evaluator has started in the background hears no ^C.
        os.killpg(search.pid, signal.SIGKILL)
    code = search.wait(timeout=120)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
