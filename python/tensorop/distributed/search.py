"""One search: a process of `tensorop-tune --ask-tell`, and what it has handed out."""

import threading
import time
import uuid

from tensorop.distributed.channel import JsonProcess


class Search:
    """`machine` is the hash of the only machine that may take candidates; None: any may
    (cycles are simulated), or none was seen yet."""

    def __init__(self, name, command, is_timed, machine, events):
        self.name = name
        # A resource of Dask's workers, and the prefix of task names.
        self.key = f"tensorop-{uuid.uuid4().hex[:12]}"
        self.is_timed = is_timed
        self.machine = machine
        self.search = self.line = None  # the message for evaluators, and as it came
        self.waiting = []  # messages that no worker has
        self.handed = {}  # id: message that some worker has
        self.tasks = {}  # id: name of its task
        self.losses = {}  # id: workers that were lost with it
        self.workers = set()
        self.asked_workers = set()
        self.result = None  # the message `end`
        self.exit_code = None
        self.problem = None
        self.attempts = 0
        self.alone_since = time.monotonic()  # without a worker; None: has one
        self.process = JsonProcess(command)
        threading.Thread(target=self._read, args=(events,), daemon=True).start()

    def _read(self, events):
        for line in self.process.lines():
            events.put(("line", self, line))
        events.put(("closed", self, self.process.process.wait()))

    @property
    def is_over(self):
        return self.exit_code is not None

    def hand(self, message):
        """Notes that it goes to a worker, and names the task."""
        identifier = message["id"]
        self.attempts += 1
        self.handed[identifier] = message
        self.tasks[identifier] = f"{self.key}-{identifier}-{self.attempts}"
        return self.tasks[identifier]

    def seconds_for(self, message):
        """What an evaluator may take for it: each measurement has the limit of the
        search, and a reserve for starting again."""
        one = self.search["time_limit"]
        steps = 2 if message["event"] == "ask" else len(message["plans"]) * message["rounds"]
        return one * steps + 60

    def tell(self, identifier, reply):
        self.handed.pop(identifier, None)
        self.tasks.pop(identifier, None)
        self.losses.pop(identifier, None)
        self.process.send({**reply, "event": "tell", "id": identifier})

    def tell_lost(self, identifier):
        """No worker survived it."""
        message, lost = self.handed[identifier], self.losses.get(identifier, [])
        reply = {"machine_hash": self.search["machine_hash"]}
        if message["event"] == "compare":
            reply["samples"] = [[] for _ in message["plans"]]
        else:
            reply |= {"outcome": "crashed", "score": None, "samples": [],
                      "diagnostic": f"{len(lost)} workers were lost with this candidate: "
                                    + ", ".join(lost)}
        self.tell(identifier, reply)

    def stop(self):
        self.process.send({"event": "stop"})
