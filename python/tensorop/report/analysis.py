"""What the events of a search say: scores, failures, parts of plans, parameters."""

import difflib
import re
import statistics
from dataclasses import dataclass


def measured(search):
    return [trial for trial in search.trials if trial["outcome"] == "measured"]


def start_trial(search):
    """The trial of the analytic plan, or None."""
    values = search.begin["start"]["values"]
    for trial in search.trials:
        if trial["structure"] == "" and trial["values"] == values:
            return trial
    return None


@dataclass
class Final:
    """The best plan and the analytic one, in the unit of the scores. Scores are None
    when not measured; spreads are (largest - least) / median of the last comparison,
    None without one."""
    best: dict
    best_score: float
    best_spread: float
    start_score: float
    start_spread: float

    @property
    def gain(self):
        """Time of the analytic plan over that of the best; None: not known."""
        return self.start_score / self.best_score if self.start_score else None


def spread(samples):
    if len(samples) < 2:
        return None
    return (max(samples) - min(samples)) / statistics.median(samples)


def final(search):
    """None when nothing was measured."""
    found = measured(search)
    if not found:
        return None
    start = start_trial(search)
    comparison = search.comparison
    if comparison and comparison["best_score"] > 0:
        samples = {one["trial"]: one["samples"] for one in comparison["finalists"]}
        best = next(trial for trial in search.trials if trial["trial"] == comparison["best"])
        return Final(best, comparison["best_score"], spread(samples.get(best["trial"], [])),
                     comparison["start_score"] or None,
                     spread(samples.get(start["trial"], [])) if start else None)
    best = min(found, key=lambda trial: trial["score"])
    start_score = start["score"] if start and start["outcome"] == "measured" else None
    return Final(best, best["score"], None, start_score, None)


def ranks(values):
    """Ranks from 0; equal values share their mean rank."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    result = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and values[order[end]] == values[order[at]]:
            end += 1
        for i in order[at:end]:
            result[i] = (at + end - 1) / 2
        at = end
    return result


def rank_correlation(pairs):
    """Spearman's; None for fewer than three pairs, or when one side is constant."""
    if len(pairs) < 3:
        return None
    a, b = (ranks([pair[side] for pair in pairs]) for side in (0, 1))
    if len(set(a)) < 2 or len(set(b)) < 2:
        return None
    return statistics.correlation(a, b)


def predictions(search):
    """Measured trials of this search whose prediction has the scores' unit: before
    the first measurement the cost model knows cycles only."""
    result, knows = [], search.begin["unit"] == "cycles"
    for trial in search.trials:
        if trial["outcome"] == "measured":
            if knows and not trial["is_earlier"] and trial["predicted"] > 0:
                result.append(trial)
            knows = True
    return result


def best_so_far(search):
    """(trial number, least score up to it), a pair for each improvement and the last trial."""
    result, best = [], None
    for trial in search.trials:
        if trial["outcome"] == "measured" and (best is None or trial["score"] < best):
            best = trial["score"]
            result.append((trial["trial"], best))
    if result and result[-1][0] != search.trials[-1]["trial"]:
        result.append((search.trials[-1]["trial"], best))
    return result


def outcome_counts(search):
    counts = {}
    for trial in search.trials:
        counts[trial["outcome"]] = counts.get(trial["outcome"], 0) + 1
    return counts


RULE = re.compile(r"\b([A-Z]{1,2}-[A-Z][A-Z0-9-]*)\b")


def diagnostic_kind(text):
    """The rule that a diagnostic names, else its first line without positions and numbers."""
    rule = RULE.search(text)
    if rule:
        return rule.group(1)
    line = re.sub(r"^\S+:\d+:\d+: ", "", text.split("\n", 1)[0])
    return re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "N", line)[:160]


def failures(search):
    """[{outcome, kind, count, trials, example}], most frequent first."""
    groups = {}
    for trial in search.trials:
        if trial["outcome"] != "measured":
            groups.setdefault((trial["outcome"], diagnostic_kind(trial["diagnostic"])), []).append(trial)
    rows = [{"outcome": outcome, "kind": kind, "count": len(trials),
             "trials": [trial["trial"] for trial in trials], "example": trials[0]["diagnostic"]}
            for (outcome, kind), trials in groups.items()]
    return sorted(rows, key=lambda row: -row["count"])


def without_reason(plan):
    """The lines of a plan without the attribute that says why."""
    plan = re.sub(r'\n? *attributes \{why = "(?:[^"\\]|\\.)*"\}', "", plan)
    return plan.rstrip().split("\n")


def plan_difference(old, new):
    """[(line of old or None, line of new or None, is the same)] in order."""
    a, b = without_reason(old), without_reason(new)
    rows = []
    for kind, a0, a1, b0, b1 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += [(x, y, True) for x, y in zip(a[a0:a1], b[b0:b1])]
            continue
        left, right = a[a0:a1], b[b0:b1]
        for i in range(max(len(left), len(right))):
            rows.append((left[i] if i < len(left) else None, right[i] if i < len(right) else None, False))
    return rows


def parameters(search):
    """{parameter: {value: [trial, ...]}} of measured trials, parameters with more than
    one value only, those of the most trials first."""
    found = {}
    for trial in measured(search):
        for name, value in trial["values"].items():
            found.setdefault(name, {}).setdefault(value, []).append(trial)
    varied = {name: values for name, values in found.items() if len(values) > 1}
    return dict(sorted(varied.items(), key=lambda item: (-sum(map(len, item[1].values())), item[0])))


def structures(search):
    """[{what, trials, failures, best, median, best_trial}], the best first, then those
    without a score."""
    groups = {}
    for trial in search.trials:
        groups.setdefault(trial["structure"], []).append(trial)
    rows = []
    for what, trials in groups.items():
        scored = [trial for trial in trials if trial["outcome"] == "measured"]
        best = min(scored, key=lambda trial: trial["score"], default=None)
        rows.append({"what": what, "trials": len(trials), "failures": len(trials) - len(scored),
                     "best": best["score"] if best else None,
                     "best_trial": best["trial"] if best else None,
                     "median": statistics.median(trial["score"] for trial in scored) if scored else None})
    return sorted(rows, key=lambda row: (row["best"] is None, row["best"] or 0, row["what"]))


def attribution_rows(search):
    """Attributions with what they mean: `share` is the time that the plan loses without
    the part, over its own (negative: the part costs time), None when not measured;
    `is_certain` when all pairs of measurements agree about the sign."""
    rows = []
    for one in search.attributions:
        share = one["ratio"] - 1 if one["outcome"] == "measured" and one["ratio"] > 0 else None
        ratios = one["ratios"]
        certain = bool(ratios) and (min(ratios) > 1 or max(ratios) < 1) and \
            (len(ratios) > 1 or search.begin["unit"] == "cycles")
        rows.append({**one, "share": share, "is_certain": certain})
    return sorted(rows, key=lambda row: (row["share"] is None, -(row["share"] or 0)))


def roofline(search):
    """{intensity, flops, bytes, peak, bandwidth, attainable, points}: operations per
    second (or cycle), of the threads together where they count; None when not known.
    `points` are (name, operations per second) of the analytic and the best plan."""
    bounds, end = search.bounds, final(search)
    if not bounds or not end or min(bounds["flops"], bounds["bytes"], bounds["peak"], bounds["bandwidth"]) <= 0:
        return None
    peak = bounds["peak"] * search.begin["threads"]
    intensity = bounds["flops"] / bounds["bytes"]
    points = [("best", bounds["flops"] / end.best_score)]
    if end.start_score:
        points.append(("analytic", bounds["flops"] / end.start_score))
    return {"intensity": intensity, "flops": bounds["flops"], "bytes": bounds["bytes"], "peak": peak,
            "bandwidth": bounds["bandwidth"], "attainable": min(peak, intensity * bounds["bandwidth"]),
            "is_simulated": bounds["is_simulated"], "points": points}
