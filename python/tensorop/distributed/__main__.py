"""Command line of the package; see its docstring."""

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile

USAGE = 2

# Options of tensorop-tune that are passed on as they are.
PASSED = {
    "function": "function to compile, when the file has several",
    "kernel": "kernel to tune, when the function has several",
    "threads": "most threads of a kernel (1)",
    "search": "mcts, evolutionary, random or exhaustive (mcts)",
    "trials": "candidates to try in each search (64)",
    "seconds": "seconds after which a search ends; 0: no limit (0)",
    "seed": "seed of the search's random numbers (1)",
    "depth": "most moves between the analytic plan's structure and another one (2)",
    "structures": "most structures in the space (64)",
    "measure-seconds": "time for the careful measurement of a good candidate (0.3)",
    "db": "database of trials: what was tried is known, each trial is stored",
    "time-limit": "seconds after which a measurement is given up (60)",
    "memory-limit": "GiB of address space of a worker's compiler (16)",
}


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python3 -m tensorop.distributed", formatter_class=argparse.RawTextHelpFormatter,
        description="Searches a plan for a kernel as tensorop-tune does, with candidates\n"
                    "compiled, checked and timed by workers of Dask.distributed. Without\n"
                    "--scheduler, workers are started on this machine. Machines that differ\n"
                    "have searches of their own. ^C ends them and keeps what is known.\n"
                    "Exit codes: 0 done; 1 refused or failed, with a message; 2 usage.")
    parser.add_argument("input", help="MLIR file, as for tensorop-tune")
    parser.add_argument("--target", action="append", default=[],
                        help="machine to compile for, several times for several searches\n"
                             "(native: each worker's own)")
    parser.add_argument("--evaluator", help="simulated: cycles by a model instead of times,\n"
                        "which are the same on every worker")
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT",
                        help="a scheduler that is there, with its workers")
    parser.add_argument("--workers", type=int, metavar="N",
                        help="workers on this machine (1; simulated: one for each CPU)")
    parser.add_argument("--adapt", metavar="MIN:MAX",
                        help="as many workers on this machine as the search has work for")
    parser.add_argument("--dashboard", metavar="HOST:PORT", default="127.0.0.1:8787",
                        help="address of Dask's dashboard, without --scheduler\n"
                             "(127.0.0.1:8787; port 0: any)")
    parser.add_argument("--in-flight", type=int, metavar="N",
                        help="candidates that a search hands out before it hears of the first\n"
                             "(twice the workers; with --scheduler 16)")
    parser.add_argument("--losses", type=int, default=3, metavar="N",
                        help="workers that may be lost with a candidate before it counts as\n"
                             "crashed (3)")
    parser.add_argument("--wait", type=float, default=60, metavar="SECONDS",
                        help="for a scheduler to answer, and for workers when there are none "
                             "(60)")
    parser.add_argument("-o", "--output", help="file for the payload with the best plan; with\n"
                        "several searches the others have the machine's name in theirs")
    parser.add_argument("--json", help="file for the search's events, named like --output")
    parser.add_argument("--report", help="file for a page about the search (HTML), named like\n"
                        "--output")
    parser.add_argument("--cold", action="store_true", help="do not start with the analytic plan")
    for name, text in PASSED.items():
        parser.add_argument(f"--{name}", help=text, metavar=name.split("-")[-1].upper())
    return parser, parser.parse_args(arguments)


def validate(parser, options):
    """Fills what follows from the options; ends with exit code 2 where they contradict."""
    options.targets = options.target or ["native"]
    if len(set(options.targets)) < len(options.targets):
        parser.error("--target names a machine twice")
    if options.evaluator not in (None, "simulated"):
        parser.error(f"--evaluator knows 'simulated', but not '{options.evaluator}': workers run "
                     "candidates themselves, tensorop-tune takes them to a board")
    options.simulated = options.evaluator is not None
    options.is_adaptive = options.adapt is not None
    if (options.scheduler is not None) + (options.workers is not None) + options.is_adaptive > 1:
        parser.error("--scheduler, --workers and --adapt exclude each other")
    if options.scheduler is not None and not re.fullmatch(r"(tcp|tls)://\S+:\d+",
                                                          options.scheduler):
        parser.error(f"--scheduler is tcp://HOST:PORT or tls://HOST:PORT, but is "
                     f"'{options.scheduler}'")
    options.least = options.most = 0
    if options.is_adaptive:
        least, _, most = options.adapt.partition(":")
        if not (least.isdigit() and most.isdigit() and 1 <= int(least) <= int(most)):
            parser.error(f"--adapt is two numbers MIN:MAX, 1 <= MIN <= MAX, but is "
                         f"'{options.adapt}'")
        options.least, options.most = int(least), int(most)
    elif options.scheduler is None:
        if options.workers is None:
            options.workers = len(os.sched_getaffinity(0)) if options.simulated else 1
        if options.workers < 1:
            parser.error(f"--workers must be at least 1, but is {options.workers}")
        options.least = options.most = options.workers
    if options.in_flight is None:
        options.in_flight = 2 * options.most if options.most else 16
    if options.in_flight < 1:
        parser.error(f"--in-flight must be at least 1, but is {options.in_flight}")
    if options.losses < 1:
        parser.error(f"--losses must be at least 1, but is {options.losses}")
    if not os.path.isfile(options.input):
        parser.error(f"cannot read '{options.input}'")
    options.database = options.db
    options.tune = [f"--{name}={value}" for name in PASSED
                    if (value := getattr(options, name.replace("-", "_"))) is not None]
    if options.cold:
        options.tune.append("--cold")


def fail(text):
    print(f"error: {text}", file=sys.stderr, flush=True)
    return 1


def run(options):
    # Dask takes a second to load; --help and usage errors need none of it.
    try:
        from tensorop.distributed import pool
    except ImportError as error:
        return fail(f"Dask.distributed cannot be loaded ({error}): Debian's python3-distributed "
                    "has it")
    from tensorop.distributed.driver import Driver
    from tensorop.tools import ToolMissing, find_tool
    try:
        tool = find_tool("tensorop-tune")
    except ToolMissing as error:
        return fail(str(error))
    pool.silence_dask()
    cluster = driver = None
    options.scratch = tempfile.mkdtemp(prefix="tensorop-distributed-")
    try:
        if options.scheduler is None:
            cluster = pool.start_cluster(options.least, options.dashboard, options.losses)
            if options.is_adaptive:
                cluster.adapt(minimum=options.least, maximum=options.most, interval="500ms",
                              target_duration="1s")
        try:
            driver = Driver(options, tool, lambda events: pool.Pool(
                cluster if cluster is not None else options.scheduler, events, options.wait))
        except (OSError, ValueError) as error:
            return fail(f"no scheduler answers at '{options.scheduler}': {error}")
        print(f"dashboard: {driver.pool.dashboard}", flush=True)
        return driver.run()
    finally:
        if driver is not None:
            driver.pool.close()
        if cluster is not None:
            cluster.close(timeout=5)
        shutil.rmtree(options.scratch, ignore_errors=True)


def main():
    parser, options = parse(sys.argv[1:])
    validate(parser, options)
    # Also where a shell had it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(options)
    except KeyboardInterrupt:
        return fail("interrupted before a search began")


if __name__ == "__main__":
    sys.exit(main())
