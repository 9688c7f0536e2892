"""Runs a command beside a scheduler of Dask and workers of one thread.

usage: with_scheduler.py [FOLDER...] -- COMMAND...

One worker for each folder, whose tools it has; "." for the folder of TENSOROP_BIN, "-"
for a worker without our Python package.
SCHEDULER in the command becomes the address. Exits as the command does.
"""

import os
import subprocess
import sys
import tempfile

import distributed


def main():
    split = sys.argv.index("--")
    folders, command = sys.argv[1:split], sys.argv[split + 1:]
    own = os.environ["TENSOROP_BIN"]
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "scheduler.json")
        started = [subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
             "--port", "0", "--no-dashboard", "--scheduler-file", file],
            stderr=subprocess.DEVNULL)]
        with distributed.Client(scheduler_file=file, timeout=60) as client:
            address = client.scheduler_info()["address"]
            started += [subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
                 "--no-dashboard", "--no-nanny"], stderr=subprocess.DEVNULL,
                env=os.environ | {"TENSOROP_BIN": own if folder == "." else folder}
                | ({"PYTHONPATH": ""} if folder == "-" else {}))
                for folder in folders]
            if folders:
                client.wait_for_workers(len(folders), timeout=60)
        code = subprocess.run([word.replace("SCHEDULER", address) for word in command]).returncode
        for process in started:
            process.kill()
            process.wait()
    sys.exit(code)


if __name__ == "__main__":
    main()
