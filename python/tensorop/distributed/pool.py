"""The workers of a Dask scheduler. What happens there becomes entries of a queue:

    ("joined", address)               a worker is there
    ("described", address, info)      its greeting, or an exception
    ("admitted", address, key, why)   None, or why it takes no candidates of a search
    ("lost", address, keys)           it is gone, with the tasks that it had
    ("done", key of a task, result)   an answer, or an exception
"""

import contextlib
import logging
import signal
import threading

import dask
import distributed

from tensorop.distributed import worker


def silence_dask():
    """What it says of workers and schedulers that go, the driver says in fewer lines."""
    for name in ("distributed", "distributed.client", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def start_cluster(workers, dashboard, losses):
    """A scheduler and workers of one thread each on this machine."""
    # Our own count decides first; Dask's would end a task that did nothing wrong.
    dask.config.set({"distributed.scheduler.allowed-failures": max(losses, 3)})
    # Workers inherit it from the threads that start them: ^C is for this process.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=dashboard, silence_logs=logging.CRITICAL)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Pool:
    def __init__(self, cluster_or_address, events, seconds):
        """Connects; OSError when no scheduler answers within `seconds`."""
        self.events = events
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.client = distributed.Client(cluster_or_address, timeout=seconds,
                                             set_as_default=False)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.futures = {}
        self.client.subscribe_topic("all", self._hear)
        for address in self.client.scheduler_info()["workers"]:
            events.put(("joined", address))

    @property
    def dashboard(self):
        return self.client.dashboard_link

    @property
    def is_connected(self):
        return self.client.status == "running"

    def _hear(self, event):
        _, message = event
        action = message.get("action") if isinstance(message, dict) else None
        if action == "add-worker":
            self.events.put(("joined", message["worker"]))
        elif action == "remove-worker":
            self.events.put(("lost", message["worker"], set(message["processing-tasks"])))

    def _call(self, address, function, *args):
        """What the function gives in that worker, or an exception."""
        try:
            result = self.client.run(function, *args, workers=[address], on_error="return")
            return result.get(address, ConnectionError("the worker is gone"))
        except Exception as error:  # of the connection, whatever it is
            return error

    def _in_background(self, work):
        threading.Thread(target=work, daemon=True).start()

    def describe(self, address):
        self._in_background(lambda: self.events.put(
            ("described", address, self._call(address, worker.describe))))

    def admit(self, address, key, search, is_timed):
        def work():
            result = self._call(address, worker.admit, key, search, is_timed)
            why = result if isinstance(result, BaseException) else None
            self.events.put(("admitted", address, key, why))
        self._in_background(work)

    def submit(self, task, key, message, seconds):
        """Has the message answered by some worker that was admitted to `key`; Dask gives
        it to another one when a worker is lost."""
        future = self.client.submit(worker.evaluate, key, message, seconds, key=task,
                                    resources={key: 1}, pure=False)
        self.futures[task] = future
        future.add_done_callback(lambda done: self._finish(task, done))

    def _finish(self, task, future):
        if self.futures.get(task) is not future or future.status == "cancelled":
            return
        try:
            error = future.exception() if future.status == "error" else None
            result = error if error is not None else future.result()
        except Exception as error:  # lost between the end and the transfer
            result = error
        self.events.put(("done", task, result))

    def forget(self, task):
        future = self.futures.pop(task, None)
        if future is not None and self.is_connected:
            # Waits for nothing: the scheduler may be on its way out.
            self.client.loop.add_callback(self.client._cancel, [future], force=False)

    def close(self):
        for task in list(self.futures):
            self.forget(task)
        if self.is_connected:
            # An event for a client that has gone is an error of the scheduler's log.
            self.client.unsubscribe_topic("all")
        with contextlib.suppress(TimeoutError, OSError):
            self.client.close(timeout=5)
