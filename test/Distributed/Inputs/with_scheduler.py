"""Runs a command beside a scheduler of Dask and workers of one thread.

usage: with_scheduler.py [FOLDER...] -- COMMAND...

One worker for each folder, whose tools it has; "." for the folder of TENSOROP_BIN.
SCHEDULER in the command becomes the address. Exits as the command does.
"""

import os
import signal
import subprocess
import sys

import distributed


def main():
    split = sys.argv.index("--")
    folders, command = sys.argv[1:split], sys.argv[split + 1:]
    own = os.environ["TENSOROP_BIN"]
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None,
                                  silence_logs=50) as cluster:
        address = cluster.scheduler_address
        workers = [subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1",
             "--no-dashboard", "--no-nanny"], stderr=subprocess.DEVNULL,
            env=os.environ | {"TENSOROP_BIN": own if folder == "." else folder})
            for folder in folders]
        with distributed.Client(cluster) as client:
            if folders:
                client.wait_for_workers(len(folders), timeout=60)
        code = subprocess.run([word.replace("SCHEDULER", address) for word in command]).returncode
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    sys.exit(code)


if __name__ == "__main__":
    main()
