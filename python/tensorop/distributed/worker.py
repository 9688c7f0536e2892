"""What runs in a worker: one process of `tensorop-tune --evaluate`, which compiles,
checks and times candidates of this machine, one at a time.

Candidates that are timed hold a lock of the machine meanwhile: workers of one machine,
whichever scheduler they have, would disturb each other.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import tempfile
import threading

from tensorop.distributed.channel import JsonProcess, ProcessLost
from tensorop.tools import find_tool

# Seconds for what starts, stops and answers without work.
PATIENCE = 60


class WorkerRefused(Exception):
    """This machine is none for the search; the text says why."""


class _Evaluator:
    """The process, and the search that it has."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process = None
        self.machine = None
        self.searches = {}
        self.current = None
        path = os.path.join(tempfile.gettempdir(), "tensorop-measure.lock")
        try:
            self.measuring = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            self.measuring = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)

    def start(self):
        if self.process is not None:
            return
        # It has the lock, too: when this worker is killed in a measurement, the next
        # one waits until that has ended.
        process = JsonProcess([find_tool("tensorop-tune"), "--evaluate"],
                              pass_fds=(self.measuring,))
        self.machine = process.receive(PATIENCE)
        self.process, self.current = process, None

    def drop(self):
        process, self.process, self.current = self.process, None, None
        if process is not None:
            process.end()

    def request(self, message, seconds):
        if not self.process.send(message):
            raise ProcessLost(f"{self.process.name} reads no more")
        return self.process.receive(seconds)

    def use(self, key):
        """Begins the search where another one is on; returns its greeting."""
        self.start()
        if self.current == key:
            return None
        reply = self.request(self.searches[key]["search"], PATIENCE)
        if reply.get("event") != "ready":
            raise WorkerRefused(reply.get("diagnostic", f"an answer without reason: {reply}"))
        self.current = key
        return reply

    @contextlib.contextmanager
    def measurement(self, is_timed):
        if not is_timed:
            yield
            return
        fcntl.flock(self.measuring, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.measuring, fcntl.LOCK_UN)


_evaluator = None
_making = threading.Lock()


def _get():
    global _evaluator
    with _making:
        if _evaluator is None:
            _evaluator = _Evaluator()
    return _evaluator


def _describe():
    evaluator = _get()
    with evaluator.lock:
        evaluator.drop()
        evaluator.start()
        return {"host": socket.gethostname(), "pid": os.getpid(), **evaluator.machine}


def _admit(key, search, is_timed):
    evaluator = _get()
    with evaluator.lock:
        evaluator.searches[key] = {"search": search, "is_timed": is_timed}
        evaluator.current = None
        try:
            return evaluator.use(key)
        except BaseException:
            del evaluator.searches[key]
            raise


async def describe():
    """What this machine is: the greeting of its evaluator, host and process."""
    return await asyncio.to_thread(_describe)


async def admit(key, search, is_timed, dask_worker):
    """Begins a search here; from now on tasks with the resource `key` may come.
    WorkerRefused when this machine is none for it."""
    reply = await asyncio.to_thread(_admit, key, search, is_timed)
    await dask_worker.set_resources(**{key: 1})
    return reply


def evaluate(key, message, seconds):
    """The answer to a message `ask` or `compare` of the search, within `seconds` after
    this machine was free. ProcessLost when the evaluator ended or hangs."""
    evaluator = _get()
    with evaluator.lock, evaluator.measurement(evaluator.searches[key]["is_timed"]):
        try:
            evaluator.use(key)
            reply = evaluator.request(message, seconds)
        except ProcessLost:
            evaluator.drop()
            raise
    reply["worker"] = f"{socket.gethostname()}:{os.getpid()}"
    return reply
