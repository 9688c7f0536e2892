"""The page: HTML around the figures, with plotly.js and all data inside.

All text that comes from the events goes through `esc`; data goes into script elements
through `script_json`, in which nothing can end the element.
"""

import html
import importlib.resources
import json

from plotly.offline import get_plotlyjs

from . import analysis, figures
from .units import ScoreUnit, count, percent, plural

# Draws each figure into the element of its name, and says when all are there.
BOOT = """
const report = JSON.parse(document.getElementById("report-data").textContent);
Promise.all(Object.entries(report.figures).map(([name, figure]) => Plotly.newPlot(
  name, figure.data, figure.layout, {responsive: true, displayModeBar: false})))
  .then(() => { document.body.dataset.state = "drawn"; });
"""
STRUCTURES_SHOWN, TRIALS_SHOWN = 15, 20


def esc(text):
    return html.escape(str(text), quote=True)


def script_json(value):
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def code(text):
    return f"<code>{esc(text)}</code>"


def tile(value, what):
    return f'<div class="tile"><b>{esc(value)}</b><span>{esc(what)}</span></div>'


def table(head, rows, kind=""):
    """`head`: (title, class of the column); cells are HTML."""
    titles = "".join(f'<th class="{name}">{esc(title)}</th>' for title, name in head)
    body = "".join("<tr>" + "".join(f'<td class="{name}">{cell}</td>' for cell, (_, name) in zip(row, head)) + "</tr>"
                   for row in rows)
    return f'<div class="scroll"><table class="{kind}"><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>'


def section(name, title, body):
    return f'<section id="{name}"><h2>{esc(title)}</h2>{body}</section>'


def figure(name):
    return f'<div class="figure" id="figure-{name}"></div>'


def soft(text):
    return f'<p class="soft">{esc(text)}</p>'


def flat(value):
    """A value of the machine's description in words."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {flat(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(flat(one) for one in value)
    return str(value)


class Page:
    def __init__(self, search):
        self.search = search
        self.begin = search.begin
        self.final = analysis.final(search)
        self.unit = ScoreUnit(self.begin["unit"], self.final.best_score if self.final else 1)
        self.figures = {}

    def add_figure(self, name, data):
        """The element of a figure, or nothing when there is none."""
        if data is None:
            return ""
        self.figures[f"figure-{name}"] = data
        return figure(name)

    def score(self, score, spread):
        text = self.unit.format(score)
        return text if spread is None else f"{text}, spread {100 * spread:.1f} %"

    def head(self):
        begin, final, search = self.begin, self.final, self.search
        tiles = []
        if final:
            if final.gain:
                tiles.append(tile(f"{final.gain:.3f}×", "of the analytic plan's speed"))
            tiles.append(tile(self.unit.format(final.best_score), f"best, trial {final.best['trial']}" + (
                f", spread {100 * final.best_spread:.1f} %" if final.best_spread is not None else "")))
            if final.start_score:
                tiles.append(tile(self.unit.format(final.start_score), "analytic plan" + (
                    f", spread {100 * final.start_spread:.1f} %" if final.start_spread is not None else "")))
            if begin["flops"]:
                tiles.append(tile(self.unit.rate(begin["flops"] / final.best_score), "best"))
        counts = analysis.outcome_counts(search)
        tiles.append(tile(f"{len(search.trials):,}", "trials: " + (
            ", ".join(f"{number} {name}" for name, number in counts.items()) or "none")))
        tiles.append(tile(count(begin["legal"], begin["is_capped"]),
                          f"legal of {count(begin['points'], begin['is_capped'])} points, "
                          f"{plural(begin['structures'], 'structure')}"))
        notes = "".join(f'<p class="note">{esc(note)}</p>' for note in search.notes)
        return (f"<h1>{esc(begin['kernel'])}</h1><p class=\"soft\">Search of a plan, {esc(begin['payload'])} for "
                f"{esc(begin['target'])}, {esc(begin['date'])}</p>{notes}<div class=\"tiles\">{''.join(tiles)}</div>")

    def facts(self):
        begin, end = self.begin, self.search.end
        machine = (self.search.bounds or {}).get("machine")
        if begin["evaluator"] in ("native", "simulated") or not isinstance(machine, dict):
            machine = begin["machine"]
        rows = [("command", code(begin["command"])), ("target", code(begin["target"])),
                ("evaluator", code(begin["evaluator"]) + (
                    ": cycles of a model, not of a machine" if begin["evaluator"] == "simulated" else "")),
                ("threads", esc(begin["threads"]))]
        rows += [(key, esc(flat(value))) for key, value in machine.items() if key != "features"]
        rows += [("versions", esc(begin["versions"])), ("search", f"{esc(begin['search'])}, seed {begin['seed']}"),
                 ("date", esc(begin["date"]))]
        if end:
            rows.append(("search time", f"{end['seconds']:.1f} s" + (
                f", {end['trials'] / end['seconds']:.2f} trials a second" if end["seconds"] > 0 else "")))
            if end["attribution_seconds"] > 0:
                rows.append(("attribution", f"{end['attribution_seconds']:.1f} s"))
            if end["earlier"]:
                rows.append(("earlier trials", f"{end['earlier']} of the database"))
            if end["exhausted"]:
                rows.append(("end", "nothing was left to try"))
        cells = "".join(f"<tr><td>{esc(name)}</td><td>{value}</td></tr>" for name, value in rows)
        features = flat(machine.get("features", []))
        more = f"<details><summary>features of the processor</summary><p class=\"soft\">{esc(features)}</p></details>" \
            if features else ""
        return section("facts", "How it was made", f'<table class="facts">{cells}</table>{more}'
                       f"<details><summary>the kernel</summary><pre>{esc(begin['text'])}</pre></details>")

    def convergence(self):
        if not self.search.trials:
            return section("convergence", "Convergence", soft("No trial was made."))
        return section("convergence", "Convergence",
                       self.add_figure("convergence", figures.convergence(self.search, self.unit)))

    def failures(self):
        rows = [[esc(row["outcome"]), code(row["kind"]), str(row["count"]),
                 esc(", ".join(map(str, row["trials"][:8])) + (", ..." if len(row["trials"]) > 8 else "")),
                 code(row["example"][:600])] for row in analysis.failures(self.search)]
        if not rows:
            return section("failures", "Candidates that failed", soft("None."))
        return section("failures", "Candidates that failed", table(
            [("outcome", ""), ("kind", "text"), ("count", "number"), ("trials", ""), ("first of them", "text")], rows,
            "stacked"))

    def plans(self):
        start = self.begin["start"]["plan"]
        if not self.final:
            return section("plan", "Best plan", soft("Nothing could be measured. The analytic plan:") +
                           f"<pre>{esc(start)}</pre>")
        best = self.final.best
        rows = analysis.plan_difference(start, best["plan"])
        body = "".join(
            f'<tr class="{"" if same else "differs"}"><td class="mono">{esc(old or "")}</td>'
            f'<td class="mono">{esc(new or "")}</td></tr>' for old, new, same in rows)
        words = "The analytic plan won: nothing was faster." if all(same for _, _, same in rows) else \
            f"Moves from the analytic plan's structure: {best['structure'] or 'none'}; lines that differ are marked."
        return section("plan", "Best plan", soft(words) +
                       '<div class="scroll"><table class="plans"><thead><tr><th>analytic plan</th>'
                       f'<th>best plan, trial {best["trial"]}</th></tr></thead><tbody>{body}</tbody></table></div>')

    def attribution(self):
        rows = analysis.attribution_rows(self.search)
        title = "What each part of the best plan is worth"
        if not rows:
            return section("attribution", title, soft("Not measured (see --attribution)."))
        most = max((abs(row["share"]) for row in rows if row["share"] is not None), default=0) or 1
        cells = []
        for row in rows:
            if row["share"] is None:
                what = {"needed": "needed", "skipped": "not measured"}.get(row["outcome"], row["outcome"])
                cells.append([esc(row["kind"]), code(row["what"]), "", esc(what), code(row["diagnostic"])])
                continue
            width = 50 * abs(row["share"]) / most
            left = 50 if row["share"] > 0 else 50 - width
            kind = ("gain" if row["share"] > 0 else "loss") + ("" if row["is_certain"] else " unsure")
            bar = f'<div class="axis"><i class="{kind}" style="left:{left:.1f}%;width:{width:.1f}%"></i></div>'
            ratios = row["ratios"]
            words = f"{percent(min(ratios) - 1)} to {percent(max(ratios) - 1)}, {plural(len(ratios), 'pair')}" \
                if len(ratios) > 1 else "one pair" if self.begin["unit"] == "seconds" else ""
            if row["share"] < 0 and row["is_certain"]:
                words += ("; " if words else "") + "the plan is faster without"
            cells.append([esc(row["kind"]), code(row["what"]), bar, percent(row["share"]), esc(words)])
        return section("attribution", title, soft(
            "Each part is left out alone; parameters take the analytic plan's value. Shown is how much longer the plan "
            "takes then, each time measured in turns with the best plan. Pale: the measurements do not agree about the "
            "sign. Parts that the others need stay, with the rule that says so.") + table(
                [("part", ""), ("left out", "text"), ("", ""), ("time", "number"), ("", "text")], cells, "stacked"))

    def roofline(self):
        roof = analysis.roofline(self.search)
        if not roof:
            return section("roofline", "Roofline", soft("Peaks or sizes are not known."))
        peak, bandwidth = roof["peak"], roof["bandwidth"]
        threads = self.begin["threads"]
        cores = "one core" if threads == 1 else f"{threads} threads (the bandwidth is that of one)"
        words = f"Simulated: peaks of the machine's model, {self.unit.rate(peak)} and {bandwidth:.3g} bytes a cycle." \
            if roof["is_simulated"] else f"Measured peaks of {cores}: {self.unit.rate(peak)}, {bandwidth * 1e-9:.1f} GB/s."
        words += (f" The payload has {roof['flops']:,.0f} operations and moves {roof['bytes']:,.0f} bytes at least: "
                  f"{roof['intensity']:.3g} operations per byte, bound by "
                  + ("memory" if roof["attainable"] < peak else "compute") + ". " + ", ".join(
                      f"{name} plan {100 * rate / roof['attainable']:.1f} %" for name, rate in roof["points"])
                  + " of what is attainable.")
        return section("roofline", "Roofline", soft(words) +
                       self.add_figure("roofline", figures.roofline(self.search, self.unit)))

    def parameters(self):
        found = analysis.parameters(self.search)
        if not found:
            return section("parameters", "Parameters", soft("No parameter was measured at several values."))
        cells = "".join(self.add_figure(f"parameter-{number}", figures.parameter(self.search, self.unit, name, values))
                        for number, (name, values) in enumerate(found.items()))
        return section("parameters", "Parameters", soft(
            "Scores of all measured trials by value; the star is the best plan, the diamond the analytic one.") +
            f'<div class="grid">{cells}</div>')

    def structures(self):
        rows = analysis.structures(self.search)
        if not rows:
            return ""
        # Scores of trials beside a score of a trial, not of the last comparison.
        trial = analysis.start_trial(self.search)
        start = trial["score"] if trial and trial["outcome"] == "measured" else None
        cells = [[str(place), code(row["what"] or "the analytic plan's"), str(row["trials"]), str(row["failures"]),
                  esc(self.unit.format(row["best"])) if row["best"] else "",
                  esc(self.unit.format(row["median"])) if row["best"] else "",
                  f"{start / row['best']:.3f}×" if row["best"] and start else "", str(row["best_trial"] or "")]
                 for place, row in enumerate(rows, 1)]
        head = [("", "number"), ("moves", "text"), ("trials", "number"), ("failed", "number"), ("best", "number"),
                ("median", "number"), ("of the analytic", "number"), ("trial", "number")]
        body = table(head, cells[:STRUCTURES_SHOWN])
        if len(cells) > STRUCTURES_SHOWN:
            body += f"<details><summary>{len(cells) - STRUCTURES_SHOWN} more</summary>" \
                    f"{table(head, cells[STRUCTURES_SHOWN:])}</details>"
        return section("structures", "Structures", body)

    def fastest(self):
        found = sorted(analysis.measured(self.search), key=lambda trial: trial["score"])[:TRIALS_SHOWN]
        rows = [[str(trial["trial"]), esc(self.unit.format(trial["score"])), code(trial["structure"] or "none"),
                 code(" ".join(f"{name} = {value}" for name, value in trial["values"].items())),
                 f"<details><summary>plan</summary><pre>{esc(trial['plan'])}</pre></details>"] for trial in found]
        head = [("trial", "number"), ("score", "number"), ("moves", "text"), ("parameters", "text"), ("", "")]
        return section("fastest", "Fastest trials", soft(
            "As they were measured in the search, before the last comparison.") + table(head, rows, "stacked")) \
            if rows else ""

    def prediction(self):
        trials = analysis.predictions(self.search)
        correlation = analysis.rank_correlation([(trial["predicted"], trial["score"]) for trial in trials])
        if not trials:
            return section("prediction", "Cost model", soft("No measured trial was predicted."))
        words = f"{plural(len(trials), 'trial')}, predicted just before each was measured. Rank correlation: " + (
            f"{correlation:.2f}." if correlation is not None else "not known.")
        return section("prediction", "Cost model", soft(words) +
                       self.add_figure("prediction", figures.prediction(self.search, self.unit)))

    def data(self):
        """What the page says, for programs and tests; with the figures."""
        final = self.final
        return {"schema": 1, "kernel": self.begin["kernel"], "unit": self.begin["unit"],
                "trials": len(self.search.trials), "outcomes": analysis.outcome_counts(self.search),
                "best": final and {"trial": final.best["trial"], "score": final.best_score,
                                   "spread": final.best_spread, "plan": final.best["plan"]},
                "start": {"plan": self.begin["start"]["plan"], "score": final and final.start_score},
                "gain": final and final.gain, "notes": self.search.notes,
                "failures": analysis.failures(self.search), "attribution": analysis.attribution_rows(self.search),
                "roofline": analysis.roofline(self.search), "structures": analysis.structures(self.search),
                "figures": self.figures}

    def write(self):
        css = importlib.resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
        body = [self.convergence(), self.plans(), self.attribution(), self.roofline(), self.parameters(),
                self.structures(), self.fastest(), self.prediction(), self.failures(), self.facts()]
        return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1">'
                f"<title>{esc(self.begin['kernel'])}: search of a plan</title><style>{css}</style></head>\n"
                f"<body><header>{self.head()}</header>\n<main>" + "\n".join(body) +
                f"</main>\n<footer>{esc(self.begin['versions'])}</footer>\n"
                f'<script type="application/json" id="report-data">{script_json(self.data())}</script>\n'
                f"<script>{get_plotlyjs()}</script>\n<script>{BOOT}</script></body></html>\n")
