"""Command line: `python3 -m tensorop.report EVENTS -o PAGE`."""

import argparse
import os
import sys

from .events import EventsError, read_events

NEEDS_PLOTLY = "the Python package plotly is missing (Debian's python3-plotly)"


def fail(text):
    print(f"error: {text}", file=sys.stderr)
    return 1


def write_page(text, path):
    """All of it or nothing: a page that is there already stays until then."""
    part = f"{path}.part"
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(part, path)
    except OSError:
        if os.path.exists(part):
            os.remove(part)
        raise


def main():
    parser = argparse.ArgumentParser(prog="tensorop.report", description=(
        "Writes the report of a search, one page of HTML, from the events that tensorop-tune --json writes. "
        "Exit codes: 0 done; 1 refused or failed, with a message; 2 usage."))
    parser.add_argument("events", nargs="?", help="file of events")
    parser.add_argument("-o", "--output", help="file for the page")
    parser.add_argument("--check", action="store_true", help="only look whether all that is needed is there")
    args = parser.parse_args()
    if not args.check and not (args.events and args.output):
        parser.error("a file of events and -o are needed")
    try:
        search = None if args.check else read_events(args.events)
    except EventsError as error:
        return fail(error)
    try:
        from . import page
    except ImportError as error:
        if (error.name or "").split(".")[0] != "plotly":
            raise
        return fail(NEEDS_PLOTLY)
    if args.check:
        return 0
    text = page.Page(search).write()
    try:
        write_page(text, args.output)
    except OSError as error:
        return fail(f"cannot write '{args.output}': {error.strerror}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
