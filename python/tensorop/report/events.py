"""The events of a search, as docs/tuning.md describes them, read and checked."""

import json
import math
from dataclasses import dataclass, field

SCHEMA = 2
OUTCOMES = ("measured", "void", "illegal", "refused", "wrong", "crashed", "timeout", "memory")

NUMBER, TEXT, WHOLE, FLAG, OBJECT, LIST, ANY = "a number", "text", "a whole number", "true or false", \
    "an object", "an array", "a value"
FIELDS = {
    "begin": {"schema": WHOLE, "kernel": TEXT, "payload": TEXT, "text": TEXT, "unit": TEXT, "target": TEXT,
              "threads": WHOLE, "evaluator": TEXT, "machine": OBJECT, "versions": TEXT, "command": TEXT,
              "search": TEXT, "seed": WHOLE, "date": TEXT, "flops": NUMBER, "start": OBJECT,
              "structures": WHOLE, "points": WHOLE, "legal": WHOLE, "is_capped": FLAG},
    "trial": {"trial": WHOLE, "at": NUMBER, "structure": TEXT, "values": OBJECT, "plan": TEXT,
              "predicted": NUMBER, "outcome": TEXT, "score": NUMBER, "samples": LIST, "diagnostic": TEXT,
              "worker": TEXT, "is_earlier": FLAG},
    "bounds": {"flops": NUMBER, "bytes": NUMBER, "peak": NUMBER, "bandwidth": NUMBER, "is_simulated": FLAG,
               "machine": ANY},
    "comparison": {"best": WHOLE, "best_score": NUMBER, "start_score": NUMBER, "finalists": LIST},
    "attribution": {"kind": TEXT, "what": TEXT, "plan": TEXT, "outcome": TEXT, "score": NUMBER,
                    "ratio": NUMBER, "ratios": LIST, "diagnostic": TEXT},
    "end": {"trials": WHOLE, "earlier": WHOLE, "seconds": NUMBER, "attribution_seconds": NUMBER, "outcomes": OBJECT,
            "rank_correlation": NUMBER, "exhausted": FLAG, "interrupted": FLAG},
}


class EventsError(Exception):
    """Why a file is no record of a search; the text names file and line."""


@dataclass
class Search:
    """What a file tells. `comparison`, `bounds` and `end` are None when the search
    did not come so far; `notes` say what is missing, for people."""
    begin: dict
    trials: list = field(default_factory=list)
    attributions: list = field(default_factory=list)
    bounds: dict = None
    comparison: dict = None
    end: dict = None
    notes: list = field(default_factory=list)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def fits(value, kind):
    if kind == NUMBER:
        return is_number(value)
    if kind == WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {TEXT: str, FLAG: bool, OBJECT: dict, LIST: list, ANY: object}[kind])


def check_event(event, place):
    """Raises EventsError when a field is missing or of another type."""
    kind = event["event"]
    for name, wanted in FIELDS[kind].items():
        if name not in event:
            raise EventsError(f"{place}: event '{kind}' has no '{name}'")
        if not fits(event[name], wanted):
            raise EventsError(f"{place}: '{name}' of event '{kind}' must be {wanted}, but is "
                              f"{json.dumps(event[name])[:60]}")
    numbers = list(event.get("samples", [])) + list(event.get("ratios", []))
    if kind == "begin":
        start = event["start"]
        if not isinstance(start.get("plan"), str) or not isinstance(start.get("values"), dict):
            raise EventsError(f"{place}: 'start' must have a plan and values")
        if event["unit"] not in ("seconds", "cycles"):
            raise EventsError(f"{place}: 'unit' must be seconds or cycles, but is '{event['unit']}'")
    if kind == "trial":
        numbers += event["values"].values()
        if event["outcome"] not in OUTCOMES:
            raise EventsError(f"{place}: outcome '{event['outcome']}' is not known")
        if event["outcome"] == "measured" and not event["score"] > 0:
            raise EventsError(f"{place}: the score of a measured trial must be above 0, but is {event['score']}")
    if kind == "comparison":
        for one in event["finalists"]:
            if not isinstance(one, dict) or not fits(one.get("trial"), WHOLE) or \
                    not fits(one.get("samples"), LIST):
                raise EventsError(f"{place}: a finalist must have a trial and samples")
            numbers += one["samples"]
    if not all(is_number(one) for one in numbers):
        raise EventsError(f"{place}: samples, ratios and values must be numbers")


def parse_line(line, place, is_first):
    """The event of a line; None for a kind that is not known."""
    try:
        event = json.loads(line)
    except ValueError as error:
        raise EventsError(f"{place}: no JSON: {error}") from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise EventsError(f"{place}: no event of tensorop-tune")
    kind = event["event"]
    if is_first:
        if kind != "begin":
            raise EventsError(f"{place}: a search starts with event 'begin', but this is '{kind}'")
        if event.get("schema") != SCHEMA:
            raise EventsError(f"{place}: schema {json.dumps(event.get('schema'))[:20]} is not read, {SCHEMA} is: "
                              "another version of tensorop-tune wrote the file")
    elif kind == "begin":
        raise EventsError(f"{place}: another search begins; a report is of one")
    if kind not in FIELDS:
        return None
    check_event(event, place)
    return event


def read_events(path):
    """The search in the file `path`. A last line without an end, as a killed tool
    leaves it, is left out with a note; whatever else is wrong is an EventsError."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise EventsError(f"cannot read '{path}': {why}") from None
    lines = text.split("\n")
    rest = lines.pop()
    search, unknown, notes = None, {}, []
    for number, line in enumerate(lines + ([rest] if rest else []), 1):
        try:
            event = parse_line(line, f"{path}:{number}", search is None)
        except EventsError:
            if number <= len(lines) or search is None:
                raise
            notes.append(f"Line {number}, the last one, is cut off and left out.")
            break
        if event is None:
            kind = json.loads(line)["event"]
            unknown[kind] = unknown.get(kind, 0) + 1
        elif search is None:
            search = Search(event)
        elif event["event"] == "trial":
            search.trials.append(event)
        elif event["event"] == "attribution":
            search.attributions.append(event)
        else:
            setattr(search, event["event"], event)
    if search is None:
        raise EventsError(f"{path}: the file is empty")
    numbers = {trial["trial"] for trial in search.trials}
    if search.comparison and search.comparison["best"] not in numbers:
        raise EventsError(f"{path}: the best trial, {search.comparison['best']}, is not in the file")
    if not search.end:
        search.notes.append("The record has no end: the tool was killed, or still runs. This is what it had found.")
    elif search.end["interrupted"]:
        search.notes.append("The search was interrupted.")
    if not search.comparison:
        search.notes.append("There was no last comparison: scores are those of single trials.")
    search.notes += notes
    for kind, count in unknown.items():
        search.notes.append(f"{count} events of the unknown kind '{kind}' are left out.")
    return search
