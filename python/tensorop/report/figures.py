"""The figures of a report, as plotly's plain data.

Texts of kernels, plans and diagnostics are not ours: plotly reads some HTML in labels
and hovers, so each goes through `label`.
"""

import html
import json
import textwrap

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from . import analysis

# Okabe and Ito's colours, which most eyes can tell apart.
BEST, START, TRIAL, PREDICTED = "#D55E00", "#0072B2", "#7f8fa6", "#009E73"
OUTCOME = {"void": "#999999", "illegal": "#F0E442", "refused": "#E69F00", "wrong": "#CC79A7", "crashed": "#000000",
           "timeout": "#56B4E9", "memory": "#0072B2"}
HOVER_WIDTH, HOVER_LINES = 70, 14


def label(text):
    """Foreign text for a hover: wrapped, nothing of it is markup."""
    lines = [part for line in text.split("\n") for part in
             (textwrap.wrap(line, HOVER_WIDTH, drop_whitespace=False, replace_whitespace=False) or [""])]
    if len(lines) > HOVER_LINES:
        lines = lines[:HOVER_LINES] + ["..."]
    return "<br>".join(html.escape(line) for line in lines)


def finish(figure, height, **layout):
    figure.update_layout(template="plotly_white", height=height, margin={"l": 60, "r": 20, "t": 30, "b": 50},
                         font={"family": "system-ui, sans-serif", "size": 13},
                         hoverlabel={"align": "left", "font": {"family": "monospace", "size": 12}},
                         legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0}, **layout)
    return json.loads(figure.to_json())


def describe(trial, unit):
    """The hover of a trial."""
    lines = [f"trial {trial['trial']}" + (" (of an earlier search)" if trial["is_earlier"] else "")]
    lines.append(unit.format(trial["score"]) if trial["outcome"] == "measured" else trial["outcome"])
    lines.append(trial["structure"] or "the analytic plan's structure")
    lines.append(" ".join(f"{name} = {value}" for name, value in trial["values"].items()))
    if trial["worker"]:
        lines.append(f"by {trial['worker']}")
    if trial["diagnostic"]:
        lines.append(trial["diagnostic"])
    return label("\n".join(lines))


def convergence(search, unit):
    """Scores of the trials, the best so far, the analytic plan, and below them what failed."""
    good = analysis.measured(search)
    bad = [trial for trial in search.trials if trial["outcome"] != "measured"]
    kinds = [kind for kind in OUTCOME if any(trial["outcome"] == kind for trial in bad)]
    # The strip of failures has a row of some pixels for each kind.
    strip = 24 * len(kinds) + 10
    height = 400 + (strip if kinds else 0)
    if kinds:
        figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06,
                               row_heights=[1 - strip / height, strip / height])
    else:
        figure = make_subplots(rows=1, cols=1)
    figure.add_scatter(row=1, col=1, x=[trial["trial"] for trial in good], mode="markers", name="trial",
                       y=[unit.scale(trial["score"]) for trial in good], marker={"color": TRIAL, "size": 7},
                       text=[describe(trial, unit) for trial in good], hovertemplate="%{text}<extra></extra>")
    steps = analysis.best_so_far(search)
    figure.add_scatter(row=1, col=1, x=[step[0] for step in steps], y=[unit.scale(step[1]) for step in steps],
                       mode="lines", line={"shape": "hv", "color": BEST, "width": 2}, name="best so far",
                       hovertemplate="best so far: %{y:.4g} " + unit.name + "<extra></extra>")
    start = analysis.start_trial(search)
    if start and start["outcome"] == "measured":
        ends = [search.trials[0]["trial"], search.trials[-1]["trial"]]
        figure.add_scatter(row=1, col=1, x=ends, y=[unit.scale(start["score"])] * 2, mode="lines",
                           line={"color": START, "dash": "dash", "width": 2}, name="analytic plan",
                           hovertemplate="analytic plan: %{y:.4g} " + unit.name + "<extra></extra>")
    for kind in kinds:
        some = [trial for trial in bad if trial["outcome"] == kind]
        figure.add_scatter(row=2, col=1, x=[trial["trial"] for trial in some], y=[kind] * len(some), mode="markers",
                           name=kind, showlegend=False,
                           marker={"symbol": "x", "size": 9, "color": OUTCOME[kind]},
                           text=[describe(trial, unit) for trial in some], hovertemplate="%{text}<extra></extra>")
    scores = [trial["score"] for trial in good]
    if scores and max(scores) > 4 * min(scores):
        figure.update_yaxes(row=1, col=1, type="log")
    figure.update_yaxes(row=1, col=1, title=unit.name)
    if kinds:
        figure.update_yaxes(row=2, col=1, type="category", categoryorder="array", categoryarray=kinds)
    figure.update_xaxes(row=2 if kinds else 1, col=1, title="trial")
    return finish(figure, height)


def roofline(search, unit):
    """The roof of the machine, and the plans under it; None when the peaks are not known."""
    roof = analysis.roofline(search)
    if not roof:
        return None
    ridge = roof["peak"] / roof["bandwidth"]
    low = min(ridge, roof["intensity"]) / 8
    high = max(ridge, roof["intensity"]) * 8
    scale = 1 if unit.is_cycles else 1e-9
    of = "model" if roof["is_simulated"] else "measured"
    figure = go.Figure()
    figure.add_scatter(x=[low, ridge, high], mode="lines", name=f"roof ({of})", line={"color": "#333", "width": 2},
                       y=[scale * low * roof["bandwidth"], scale * roof["peak"], scale * roof["peak"]],
                       hovertemplate="%{x:.3g} op/byte: at most %{y:.4g}<extra></extra>")
    trials = analysis.measured(search)
    figure.add_scatter(x=[roof["intensity"]] * len(trials), mode="markers", name="trials",
                       y=[scale * roof["flops"] / trial["score"] for trial in trials],
                       marker={"color": TRIAL, "size": 6, "opacity": 0.5},
                       text=[describe(trial, unit) for trial in trials], hovertemplate="%{text}<extra></extra>")
    for name, rate in reversed(roof["points"]):
        figure.add_scatter(x=[roof["intensity"]], y=[scale * rate], mode="markers", name=f"{name} plan",
                           marker={"color": BEST if name == "best" else START, "size": 13, "line": {"width": 1.5,
                                   "color": "#fff"}, "symbol": "star" if name == "best" else "diamond"},
                           hovertemplate=f"{name} plan: {unit.rate(rate)}, {100 * rate / roof['attainable']:.1f} % of "
                                         "what is attainable<extra></extra>")
    figure.update_xaxes(type="log", title="operations per byte of main memory")
    figure.update_yaxes(type="log", title="op/cycle" if unit.is_cycles else "GFLOP/s")
    return finish(figure, 400)


def parameter(search, unit, name, values):
    """Scores of the measured trials by the value of one parameter."""
    order = sorted(values)
    figure = go.Figure()
    for value in order:
        trials = values[value]
        figure.add_box(x=[str(value)] * len(trials), y=[unit.scale(trial["score"]) for trial in trials],
                       boxpoints="all", jitter=0.5, pointpos=0, marker={"color": TRIAL, "size": 5},
                       line={"color": "#5b6b84", "width": 1}, fillcolor="rgba(127,143,166,0.15)", showlegend=False,
                       text=[describe(trial, unit) for trial in trials], hoveron="points",
                       hovertemplate="%{text}<extra></extra>")
    end = analysis.final(search)
    marks = [("best", BEST, "star", end.best), ("analytic", START, "diamond", analysis.start_trial(search))]
    for what, color, symbol, trial in reversed(marks):
        if trial and trial["outcome"] == "measured" and name in trial["values"]:
            figure.add_scatter(x=[str(trial["values"][name])], y=[unit.scale(trial["score"])], mode="markers",
                               marker={"color": color, "symbol": symbol, "size": 12,
                                       "line": {"width": 1, "color": "#fff"}},
                               name=what, showlegend=False, text=[describe(trial, unit)],
                               hovertemplate="%{text}<extra>" + what + "</extra>")
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=[str(value) for value in order],
                        title=label(name))
    scores = [trial["score"] for trials in values.values() for trial in trials]
    figure.update_yaxes(title=unit.name, type="log" if max(scores) > 4 * min(scores) else "linear")
    return finish(figure, 300)


def prediction(search, unit):
    """Predicted against measured scores; None without predictions."""
    trials = analysis.predictions(search)
    if not trials:
        return None
    x = [unit.scale(trial["predicted"]) for trial in trials]
    y = [unit.scale(trial["score"]) for trial in trials]
    ends = [min(x + y), max(x + y)]
    figure = go.Figure()
    figure.add_scatter(x=ends, y=ends, mode="lines", line={"color": "#999", "dash": "dot"}, name="as predicted",
                       hoverinfo="skip")
    figure.add_scatter(x=x, y=y, mode="markers", name="trial", marker={"color": PREDICTED, "size": 7, "opacity": 0.8},
                       text=[describe(trial, unit) for trial in trials],
                       hovertemplate="predicted %{x:.4g}<br>%{text}<extra></extra>")
    kind = "log" if ends[1] > 4 * ends[0] else "linear"
    figure.update_xaxes(type=kind, title=f"predicted, {unit.name}")
    figure.update_yaxes(type=kind, title=f"measured, {unit.name}")
    return finish(figure, 380)
