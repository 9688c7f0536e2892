"""Processes that speak JSON, one object a line (docs/distributed.md)."""

import json
import os
import selectors
import signal
import subprocess
import threading
import time


class ProcessLost(Exception):
    """The process ended, or did not answer in time and was ended."""


class JsonProcess:
    """A child whose standard input and output are a channel. It has a session of
    its own: ^C is for who started it."""

    def __init__(self, command, pass_fds=()):
        self.name = os.path.basename(command[0])
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            pass_fds=pass_fds)
        self._writing = threading.Lock()
        self._pending = b""

    def send(self, message):
        """False when the process reads no more."""
        line = message if isinstance(message, bytes) else json.dumps(message).encode()
        try:
            with self._writing:
                self.process.stdin.write(line + b"\n")
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError, OSError):
            return False
        return True

    def lines(self):
        """Each line of its output, until that ends."""
        for line in self.process.stdout:
            yield line.rstrip(b"\n")

    def receive(self, seconds):
        """The next message. ProcessLost when none comes within `seconds`."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                left = deadline - time.monotonic()
                if left <= 0:
                    self.end(wait=0)
                    raise ProcessLost(f"{self.name} did not answer within {seconds:.0f} s")
                if not selector.select(left):
                    continue
                # Unbuffered: the selector sees what is left.
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                if not data:
                    code = self.process.wait()
                    raise ProcessLost(f"{self.name} {describe_exit(code)}")
                self._pending += data
        line, self._pending = self._pending.split(b"\n", 1)
        try:
            return json.loads(line)
        except ValueError:
            self.end(wait=0)
            raise ProcessLost(f"{self.name} wrote no JSON: "
                              f"{line[:80].decode(errors='replace')!r}") from None

    def end(self, wait=5):
        """Closes its input, and kills it when it is there after `wait` seconds.
        Returns its exit code."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            return self.process.wait(wait)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def describe_exit(code):
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
