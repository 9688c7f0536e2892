"""Sends a signal to a search when it has made three trials: `interrupt.py INT|KILL EVENTS COMMAND...`; its exit code."""

import os
import signal
import subprocess
import sys
import time


def main():
    signal_name, events, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.path.exists(events):
        os.remove(events)
    search = subprocess.Popen(command)
    deadline = time.monotonic() + 120
    while search.poll() is None and time.monotonic() < deadline:
        if os.path.exists(events):
            with open(events, encoding="utf-8") as file:
                if sum('"event":"trial"' in line for line in file) >= 3:
                    break
        time.sleep(0.05)
    search.send_signal(getattr(signal, "SIG" + signal_name))
    code = search.wait(timeout=120)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
