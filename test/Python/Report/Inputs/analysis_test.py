"""Unit tests of tensorop.report.analysis and units."""

import unittest

from tensorop.report import analysis
from tensorop.report.events import Search
from tensorop.report.units import ScoreUnit


def trial(number, score, outcome="measured", **more):
    return {"trial": number, "score": score, "outcome": outcome, "structure": "", "values": {}, "predicted": score,
            "is_earlier": False, "diagnostic": "", **more}


def search(trials, unit="seconds", **more):
    return Search({"unit": unit, "threads": 1, "start": {"values": {"t": 1}, "plan": ""}}, list(trials), **more)


class Ranks(unittest.TestCase):
    def test_ties_share_their_mean(self):
        self.assertEqual(analysis.ranks([3, 1, 3, 0]), [2.5, 1, 2.5, 0])

    def test_correlation_is_of_order(self):
        self.assertAlmostEqual(analysis.rank_correlation([(1, 1), (2, 10), (3, 1000)]), 1)
        self.assertAlmostEqual(analysis.rank_correlation([(1, 3), (2, 2), (3, 1)]), -1)
        # With d the differences of ranks: 1 - 6 * (1 + 1 + 0 + 0) / (4 * 15).
        self.assertAlmostEqual(analysis.rank_correlation([(1, 2), (2, 1), (3, 3), (4, 4)]), 0.8)

    def test_nothing_can_be_said(self):
        self.assertIsNone(analysis.rank_correlation([(1, 1), (2, 2)]))
        self.assertIsNone(analysis.rank_correlation([(1, 1), (2, 1), (3, 1)]))


class Trials(unittest.TestCase):
    def test_best_so_far_falls_and_reaches_the_end(self):
        one = search([trial(1, 3), trial(2, 0, "void"), trial(3, 2), trial(4, 5)])
        self.assertEqual(analysis.best_so_far(one), [(1, 3), (3, 2), (4, 2)])

    def test_predictions_start_behind_the_first_measurement_of_seconds(self):
        trials = [trial(1, 0, "void"), trial(2, 1, predicted=1e7), trial(3, 1), trial(4, 1, predicted=0),
                  trial(5, 2, is_earlier=True)]
        self.assertEqual([one["trial"] for one in analysis.predictions(search(trials))], [3])
        self.assertEqual([one["trial"] for one in analysis.predictions(search(trials, "cycles"))], [2, 3])

    def test_the_comparison_decides(self):
        trials = [trial(1, 5, values={"t": 1}), trial(2, 4), trial(3, 3)]
        self.assertEqual(analysis.final(search(trials)).best["trial"], 3)
        self.assertAlmostEqual(analysis.final(search(trials)).gain, 5 / 3)
        comparison = {"best": 2, "best_score": 4.1, "start_score": 0, "finalists": [{"trial": 2, "samples": [4, 4.1, 4.2]}]}
        final = analysis.final(search(trials, comparison=comparison))
        self.assertEqual((final.best["trial"], final.best_score, final.gain), (2, 4.1, None))
        self.assertAlmostEqual(final.best_spread, 0.2 / 4.1)

    def test_nothing_measured(self):
        self.assertIsNone(analysis.final(search([trial(1, 0, "refused")])))
        self.assertIsNone(analysis.roofline(search([])))

    def test_structures_are_ranked(self):
        rows = analysis.structures(search([trial(1, 5), trial(2, 3, structure="a"), trial(3, 9, structure="a"),
                                           trial(4, 0, "refused", structure="b")]))
        self.assertEqual([(row["what"], row["best"], row["median"], row["failures"]) for row in rows],
                         [("a", 3, 6, 0), ("", 5, 5, 0), ("b", None, None, 1)])

    def test_only_parameters_with_several_values(self):
        found = analysis.parameters(search([trial(1, 5, values={"a": 1, "b": 2}), trial(2, 4, values={"a": 3, "b": 2}),
                                            trial(3, 0, "void", values={"a": 1, "b": 7})]))
        self.assertEqual({name: sorted(values) for name, values in found.items()}, {"a": [1, 3]})


class Diagnostics(unittest.TestCase):
    def test_kinds(self):
        self.assertEqual(analysis.diagnostic_kind("candidate:3:3: V-REGS: tile is 94"), "V-REGS")
        self.assertEqual(analysis.diagnostic_kind("x.mlir:1:2: is 17, not 1.5e-3\nmore"), "is N, not N")
        self.assertEqual(analysis.diagnostic_kind(""), "")

    def test_failures_are_counted_by_kind(self):
        rows = analysis.failures(search([trial(1, 0, "void", diagnostic="is 1"), trial(2, 0, "void", diagnostic="is 2"),
                                         trial(3, 0, "wrong", diagnostic="is 2"), trial(4, 1)]))
        self.assertEqual([(row["outcome"], row["kind"], row["trials"]) for row in rows],
                         [("void", "is N", [1, 2]), ("wrong", "is N", [3])])


class Plans(unittest.TestCase):
    def test_the_reason_is_no_difference(self):
        plan = 'strategy.plan @p root mm(m)\n    attributes {{why = "a \\"{}\\" }} {{"}} {{\n  {}\n}}\n'
        same = analysis.plan_difference(plan.format(1, "strategy.unroll kk by 2"), plan.format(2, "strategy.unroll kk by 2"))
        self.assertTrue(all(one for _, _, one in same))
        self.assertEqual(same[0][0], "strategy.plan @p root mm(m) {")
        other = analysis.plan_difference(plan.format(1, "a"), plan.format(1, "b\n  c"))
        self.assertEqual([row for row in other if not row[2]], [("  a", "  b", False), (None, "  c", False)])


class Attribution(unittest.TestCase):
    def rows(self, ratios, unit="seconds"):
        one = {"outcome": "measured", "ratio": sorted(ratios)[len(ratios) // 2], "ratios": ratios}
        return analysis.attribution_rows(search([], unit, attributions=[one]))[0]

    def test_certain_when_all_agree(self):
        self.assertTrue(self.rows([1.1, 1.2])["is_certain"])
        self.assertTrue(self.rows([0.8, 0.9])["is_certain"])
        self.assertFalse(self.rows([0.9, 1.2])["is_certain"])
        self.assertFalse(self.rows([1.2])["is_certain"])
        self.assertTrue(self.rows([1.2], "cycles")["is_certain"])


class Units(unittest.TestCase):
    def test_the_unit_fits_the_best(self):
        self.assertEqual(ScoreUnit("seconds", 0.0161).format(0.02), "20 ms")
        self.assertEqual(ScoreUnit("seconds", 2).format(2.5), "2.5 s")
        self.assertEqual(ScoreUnit("seconds", 3e-6).format(4.5e-6), "4.5 µs")
        self.assertEqual(ScoreUnit("seconds", 3e-9).format(3e-9), "3 ns")
        self.assertEqual(ScoreUnit("cycles", 28704).format(28704.4), "28,704 cycles")


if __name__ == "__main__":
    unittest.main()
