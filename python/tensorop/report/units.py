"""Numbers for people."""


class ScoreUnit:
    """How scores of a search are shown: seconds in the largest unit below `least`,
    cycles as they are."""

    def __init__(self, unit, least):
        self.is_cycles = unit == "cycles"
        choices = [("cycles", 1)] if self.is_cycles else [("s", 1), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)]
        self.name, self.factor = next((one for one in choices if least * one[1] >= 1), choices[-1])

    def scale(self, score):
        return score * self.factor

    def format(self, score):
        value = self.scale(score)
        return f"{value:,.0f} {self.name}" if self.is_cycles else f"{value:.4g} {self.name}"

    def rate(self, per_unit):
        """Operations per second or cycle."""
        return f"{per_unit:.2f} op/cycle" if self.is_cycles else f"{per_unit * 1e-9:.1f} GFLOP/s"


def percent(share):
    return f"{100 * share:+.1f} %"


def count(number, is_more=False):
    return ("more than " if is_more else "") + f"{number:,}"


def plural(number, word):
    return f"{number:,} {word}" + ("" if number == 1 else "s")
