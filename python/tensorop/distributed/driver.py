"""Brings candidates of searches to workers and their outcomes back."""

import json
import os
import queue
import re
import signal
import sys
import time

from tensorop.distributed.channel import ProcessLost, describe_exit
from tensorop.distributed.search import Search
from tensorop.distributed.worker import WorkerRefused
from tensorop.tools import ToolMissing

# Seconds between looks at what has no event.
TICK = 0.5
# Seconds after which a scheduler that is gone does not come back.
DISCONNECTED = 3
# Seconds in which a search has to end after ^C.
PATIENCE = 30


class Driver:
    """`options` as __main__ makes them; `tool` is the path of tensorop-tune, and
    `make_pool` connects a Pool to a queue of events."""

    def __init__(self, options, tool, make_pool):
        self.options = options
        self.tool = tool
        self.events = queue.SimpleQueue()  # its put may be called by a signal's handler
        self.pool = make_pool(self.events)
        self.searches = []
        self.machines = {}  # address: greeting of its evaluator
        self.tasks = {}  # name: (search, id)
        self.refused = set()  # addresses that no search takes
        self.joined = set()
        self.gone = set()
        self.lost = 0
        self.stopped_at = None
        self.disconnected_at = None
        self.shown = 0
        self.begun = time.monotonic()

    # ---- Searches ----

    def start_search(self, target, name, machine):
        options = self.options
        many = len(options.targets) > 1 or "native" in options.targets and not options.simulated
        number = len(self.searches)

        def path_of(path):
            """With several searches, each has files of its own."""
            if not many or number == 0:
                return path
            stem, extension = os.path.splitext(path)
            return f"{stem}.{re.sub(r'[^A-Za-z0-9._-]', '-', name)}{extension}"

        command = [self.tool, options.input, f"--target={target}", "--ask-tell",
                   f"--in-flight={options.in_flight}", *options.tune]
        if options.simulated:
            command.append("--evaluator=simulated")
        for option in ("output", "json", "report"):
            if path := getattr(options, option):
                command.append(f"--{option}={path_of(path)}")
        search = Search(name, command, not options.simulated, machine, self.events)
        self.searches.append(search)
        return search

    def active(self):
        return [search for search in self.searches if not search.is_over]

    def take_line(self, search, line):
        try:
            message = json.loads(line)
            event = message["event"]
        except (ValueError, KeyError, TypeError):
            self.fail(search, "tensorop-tune wrote no message: "
                              f"{line[:80].decode(errors='replace')!r}")
            return
        if event == "search":
            search.search = message
            search.line = line
            self.look_for_workers(search)
        elif event in ("ask", "compare"):
            search.waiting.append(message)
        elif event == "progress":
            self.show(search, message)
        elif event == "end":
            search.result = message
        else:
            self.fail(search, "tensorop-tune refused a message: "
                              + message.get("diagnostic", str(message)))

    def fail(self, search, problem):
        if search.problem is None:
            search.problem = problem
        search.stop()

    # ---- Workers ----

    def take_description(self, address, info):
        if isinstance(info, BaseException):
            if address not in self.gone and not self.stopped_at:
                self.refuse_worker(address, self.explain(info))
            return
        self.machines[address] = info
        hash_ = info["machine_hash"]
        if "native" in self.options.targets and not self.options.simulated and not self.stopped_at:
            if not any(search.machine == hash_ for search in self.searches):
                self.start_native(info)
        for search in self.active():
            self.look_for_workers(search)

    def start_native(self, info):
        """Each kind of machine has a search of its own."""
        hash_ = info["machine_hash"]
        path = os.path.join(self.options.scratch, f"machine-{hash_[:8]}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(info["hardware"], file)
        name = f"native-{hash_[:8]}"
        self.say(f"machine: {info['host']} is {name} ({info['hardware'].get('cpu', '')})")
        self.start_search(path, name, hash_)

    def look_for_workers(self, search):
        """Admits the machines that are known to a search whose message is known."""
        if search.search is None:
            return
        for address, info in self.machines.items():
            if address in search.asked_workers:
                continue
            hash_ = info["machine_hash"]
            if search.is_timed and search.machine is None:
                search.machine = hash_
            if search.is_timed and search.machine != hash_:
                if "native" not in self.options.targets:
                    search.asked_workers.add(address)
                    self.refuse_worker(
                        address, f"it is machine {hash_[:8]}, candidates for "
                                 f"'{search.name}' are timed on {search.machine[:8]}: scores of "
                                 "different machines are not compared")
                continue
            search.asked_workers.add(address)
            self.pool.admit(address, search.key, search.line, search.is_timed)

    def take_admission(self, address, key, why):
        search = next((s for s in self.active() if s.key == key), None)
        if search is None:
            return
        if why is None:
            if address in self.machines:
                search.workers.add(address)
        elif address in self.machines:
            self.refuse_worker(address, self.explain(why))

    def explain(self, error):
        # Dask's own words where it cannot load what we send.
        if isinstance(error, ImportError) or "ModuleNotFoundError(" in str(error):
            return f"it cannot load TensorOp's Python package ({error}): PYTHONPATH there"
        if isinstance(error, (WorkerRefused, ProcessLost, ToolMissing)):
            return str(error)
        return f"{type(error).__name__}: {error}"

    def refuse_worker(self, address, why):
        self.refused.add(address)
        self.say(f"worker {address} is refused: {why}", error=True)

    def take_loss(self, address, tasks):
        known = self.machines.pop(address, None)
        self.gone.add(address)
        for search in self.searches:
            search.workers.discard(address)
        had = [task for task in tasks if task in self.tasks]
        if known is None or self.stopped_at or not self.active():
            return
        where = f"{address} ({known['host']}:{known['pid']})"
        self.lost += 1
        self.say(f"worker {where} is gone"
                 + (f"; candidates that others get: {len(had)}" if had else ""))
        for task in had:
            self.count_loss(task, where, resubmit=False)

    # ---- Candidates ----

    def dispatch(self):
        for search in self.active():
            # What waits with Dask tells an adaptive cluster how many workers are worth
            # having; elsewhere a candidate waits here until a worker is free for it.
            most = self.options.in_flight if self.options.is_adaptive else len(search.workers)
            while search.waiting and len(search.handed) < most and search.workers:
                self.submit(search, search.waiting.pop(0))

    def submit(self, search, message):
        task = search.hand(message)
        self.tasks[task] = (search, message["id"])
        self.pool.submit(task, search.key, message, search.seconds_for(message))

    def count_loss(self, task, where, resubmit):
        """A worker was lost with the task. Dask has given it to another one, unless we
        must `resubmit` it."""
        search, identifier = self.tasks[task]
        losses = search.losses.setdefault(identifier, [])
        losses.append(where)
        is_hopeless = len(losses) >= self.options.losses
        if is_hopeless or resubmit:
            del self.tasks[task]
            self.pool.forget(task)
        if is_hopeless:
            self.say(f"candidate {identifier} of {search.name} was lost with {len(losses)} "
                     "workers: it counts as crashed")
            search.tell_lost(identifier)
        elif resubmit:
            self.submit(search, search.handed[identifier])

    def take_result(self, task, result):
        if task not in self.tasks or self.stopped_at:
            return
        if isinstance(result, BaseException):
            self.say(f"an evaluator was lost: {self.explain(result)}", error=True)
            self.count_loss(task, self.explain(result), resubmit=True)
            return
        search, identifier = self.tasks.pop(task)
        self.pool.forget(task)
        if result.get("event") != "tell":
            self.fail(search, f"worker {result.get('worker')} refused a candidate: "
                              + str(result.get("diagnostic", result)))
            return
        search.tell(identifier, result)

    # ---- What the user sees ----

    def say(self, text, error=False):
        stream = sys.stderr if error else sys.stdout
        if self.shown:
            sys.stdout.write("\n")
            sys.stdout.flush()
            self.shown = 0
        print(("error: " if error else "") + text, file=stream, flush=True)

    def show(self, search, message):
        is_terminal = sys.stdout.isatty()
        lines = message["text"].splitlines()
        if len(self.searches) > 1:
            lines = [f"{search.name}: {line}" for line in lines]
        if search.search is None:
            for line in lines:
                self.say(line)
            return
        if not (is_terminal or message.get("best")):
            return
        line = f"{lines[-1]}; workers: {len(search.workers)}" + (
            f", lost: {self.lost}" if self.lost else "")
        if not is_terminal:
            print(line, flush=True)
            return
        # The last line may have been longer.
        sys.stdout.write("\r" + line.ljust(self.shown))
        sys.stdout.flush()
        self.shown = len(line)

    # ---- The run ----

    def handle(self, event):
        kind = event[0]
        if kind == "line":
            self.take_line(event[1], event[2])
        elif kind == "closed":
            event[1].exit_code = event[2]
            self.finish(event[1])
        elif kind == "joined":
            # Those that were there are listed, and may have come just now.
            if event[1] not in self.joined:
                self.joined.add(event[1])
                self.pool.describe(event[1])
        elif kind == "described":
            self.take_description(event[1], event[2])
        elif kind == "admitted":
            self.take_admission(*event[1:])
        elif kind == "lost":
            self.take_loss(event[1], event[2])
        elif kind == "done":
            self.take_result(event[1], event[2])
        elif kind == "interrupt":
            self.stop()

    def finish(self, search):
        for task in search.tasks.values():
            self.tasks.pop(task, None)
            self.pool.forget(task)
        if search.result is not None:
            for line in search.result["text"].splitlines():
                self.say(f"{search.name}: {line}" if len(self.searches) > 1 else line)
        elif search.exit_code < 0 and search.problem is None:
            search.problem = f"tensorop-tune {describe_exit(search.exit_code)}"
        if search.problem:
            self.say(f"{search.name}: {search.problem}", error=True)

    def look_at_clock(self):
        """Ends searches that no worker comes for, or that do not end when they should."""
        now = time.monotonic()
        if self.pool.is_connected or self.stopped_at:
            self.disconnected_at = None
        elif self.disconnected_at is None:
            self.disconnected_at = now
        for search in self.active():
            if self.disconnected_at and now - self.disconnected_at > DISCONNECTED:
                self.fail(search, "the scheduler is gone")
            if self.stopped_at and now - self.stopped_at > PATIENCE:
                search.problem = "it did not end by itself"
                search.process.process.kill()
            elif search.workers:
                search.alone_since = None
            elif search.alone_since is None:
                search.alone_since = now
            elif now - search.alone_since > self.options.wait and search.problem is None:
                self.fail(search, f"no worker for it since {self.options.wait:g} s")

    def stop(self):
        """^C: the searches write what they know; at once when it comes again."""
        if self.stopped_at:
            self.stopped_at -= PATIENCE
            return
        self.stopped_at = time.monotonic()
        self.say("interrupted: ending the searches")
        for search in self.active():
            search.stop()
        for task in list(self.tasks):
            self.pool.forget(task)

    def run(self):
        """Returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.events.put(("interrupt",)))
        for target in self.options.targets:
            if self.options.simulated or target != "native":
                self.start_search(target, target, None)
        while True:
            try:
                self.handle(self.events.get(timeout=TICK))
            except queue.Empty:
                pass
            self.dispatch()
            self.look_at_clock()
            if self.searches and not self.active():
                break
            if not self.searches and (self.stopped_at or time.monotonic() - self.begun
                                      > self.options.wait):
                self.say("interrupted before a search began" if self.stopped_at else
                         f"no worker joined the scheduler within {self.options.wait:g} s",
                         error=True)
                return 1
        self.say(f"workers: {len(self.joined)} joined, {self.lost} lost, {len(self.refused)} refused")
        if self.stopped_at:
            self.say("the same command continues from " + self.options.database
                     if self.options.database else
                     "with --db=FILE the same command would continue; nothing was stored")
        codes = [search.exit_code for search in self.searches]
        if any(search.problem for search in self.searches):
            return 1
        return next((code for code in codes if code != 0), 0)
