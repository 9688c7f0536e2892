"""Plays the other end of `tensorop-tune --ask-tell`.

usage: ask_tell.py MODE COMMAND...

Outcomes are made from the plan's text, so they are the same in each run. Modes:
  first, last, mixed   answer the oldest, newest or any candidate; print the trials
  wrong                send what is no answer first, print what is refused
  stop, close, signal  end the search after five answers, and print its exit code
"""

import json
import queue
import random
import signal
import subprocess
import sys
import threading
import zlib


def outcome(search, ask):
    number = zlib.crc32(ask["plan"].encode()) % 1000
    told = {"event": "tell", "id": ask["id"], "machine_hash": search["machine_hash"],
            "ran_on": "here", "worker": "w1"}
    if number % 7 == 0:
        return told | {"outcome": "refused", "score": None, "samples": [], "diagnostic": "no reason"}
    score = 1e-3 * (1 + number / 1000)
    return told | {"outcome": "measured", "score": score, "samples": [score], "diagnostic": ""}


def compared(search, ask):
    scores = [1e-3 * (1 + zlib.crc32(plan.encode()) % 1000 / 1000) for plan in ask["plans"]]
    return {"event": "tell", "id": ask["id"], "machine_hash": search["machine_hash"],
            "ran_on": "here", "samples": [[score] * ask["rounds"] for score in scores]}


def wrong(good):
    """Each is refused, whatever it is near to."""
    yield "no JSON at all"
    yield "[1, 2]"
    yield '{"id": 1}'
    yield {"event": "ask", "id": 1}
    yield {"event": "tell"}
    yield good | {"id": "one"}
    yield good | {"id": 77}
    yield good | {"machine_hash": "0123456789abcdef"}
    yield good | {"outcome": "splendid"}
    yield good | {"outcome": "measured", "score": -1.0, "samples": [1.0], "diagnostic": ""}
    yield good | {"outcome": "measured", "score": 1.0, "samples": [0.0], "diagnostic": ""}
    yield good | {"outcome": "wrong", "score": 1.0, "samples": [], "diagnostic": "it is"}
    yield good | {"outcome": "wrong", "score": None, "samples": [], "diagnostic": ""}
    yield {name: value for name, value in good.items() if name != "samples"}


def wrong_comparison(good):
    yield good | {"ran_on": "elsewhere"}
    yield good | {"samples": good["samples"][1:]}
    yield good | {"samples": [[-1.0] for _ in good["samples"]]}
    yield good | {"samples": "none"}


def main():
    mode, command = sys.argv[1], sys.argv[2:]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    choice = random.Random(1)

    def send(message):
        text = message if isinstance(message, str) else json.dumps(message)
        process.stdin.write(text + "\n")
        process.stdin.flush()

    messages = queue.Queue()

    def read():
        for line in process.stdout:
            messages.put(json.loads(line))
        messages.put(None)

    threading.Thread(target=read, daemon=True).start()

    def receive(seconds=None):
        try:
            return messages.get(timeout=seconds)
        except queue.Empty:
            return {"event": "none"}

    search, waiting, answers, end = None, [], 0, None
    # No more come while the oldest is held back too long: that is no fault.
    while (message := receive(1 if waiting else None)) is not None:
        event = message["event"]
        if event == "search":
            search = message
        elif event == "ask":
            waiting.append(message)
        elif event == "compare":
            good = compared(search, message)
            for bad in wrong_comparison(good) if mode == "wrong" else ():
                send(bad)
                print("refused:", receive()["diagnostic"])
            send(good)
        elif event == "end":
            end = message
            continue
        # All that it hands out at once first: then the order is ours.
        most = min(search["in_flight"] if search else 1, 12 - answers)
        if event != "none" and len(waiting) < most:
            continue
        if answers == 5 and mode in ("stop", "close", "signal"):
            answers += 1
            if mode == "stop":
                send({"event": "stop"})
            elif mode == "close":
                process.stdin.close()
            else:
                process.send_signal(signal.SIGINT)
            waiting.clear()
        elif waiting and answers < 12:
            at = {"last": len(waiting) - 1, "mixed": choice.randrange(len(waiting))}.get(mode, 0)
            good = outcome(search, waiting.pop(at))
            for bad in wrong(good) if mode == "wrong" and answers == 0 else ():
                send(bad)
                print("refused:", receive()["diagnostic"])
            send(good)
            answers += 1
    code = process.wait()
    if mode in ("first", "last", "mixed"):
        assert code == 0, code
        print(end["trials"], end["best_score"], end["start_score"])
    else:
        print("exit code:", code, "interrupted" if end and end["interrupted"] else "")


main()
