"""The summary's sentences say what the rows say, and no more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tests import runs
from tests.report.test_report import failed, record
from tuners.analysis.anytime import curves
from tuners.analysis.costs import pareto
from tuners.analysis.findings import findings
from tuners.analysis.methods import evaluate
from tuners.report.document import Report
from tuners.report.sections import evaluations
from tuners.report.summary import sentences
from tuners.report.words import listed
from tuners.results.record import Record


def blocks(means: Mapping[str, float], seconds: Mapping[str, float] | None = None, seeds: int = 12) -> list[Record]:
    """Return records of methods with these mean scores on paired seeds."""
    noise = np.random.default_rng(0).normal(0, 0.002, (seeds, len(means)))
    return [
        record(
            tuner, mean + float(noise[seed, column]), seed=seed, default_test_score=means.get("default", 0.9),
            seconds=(seconds or {}).get(tuner, 2.0) + 0.01 * seed,
        )
        for column, (tuner, mean) in enumerate(means.items())
        for seed in range(seeds)
    ]  # fmt: skip


def said(records: list[Record]) -> list[str]:
    """Return the summary of the only group."""
    return sentences(evaluate(records)[-1], findings(records, ())[-1])


def test_a_winner_is_named_with_its_numbers() -> None:
    """Better than all others by more than luck: best, by how much, that tuning pays, and what to use."""
    records = blocks({"default": 0.9, "random": 0.95, "grid": 0.92})
    row = evaluate(records)[0].rows[1]
    first, pays, use = said(records)
    assert "random is best: accuracy" in first
    assert f"{row.test_score:.4f}" in first
    assert "behind by more than luck: default (-0.0" in first
    assert pays.startswith("tuning pays: random against the untuned model: +5.")
    assert use.startswith("use random: every other method is behind, 2.1 s")


def test_ties_go_to_the_cheaper() -> None:
    """Of two that are shown to be equivalent the faster one is advised."""
    first, _, use = said(blocks({"default": 0.9, "random": 0.95, "grid": 0.95}, {"random": 9.0, "grid": 3.0}))
    assert "are tied best" in first
    assert use.startswith("use grid: it is as good as the best (within 0.50 points) at the least cost, 3.1 s")


def test_luck_is_said_and_nothing_advised() -> None:
    """With too few blocks there is a highest mean and no winner."""
    found = said(blocks({"default": 0.9, "random": 0.95, "grid": 0.92}, seeds=3))
    assert "random has the highest mean" in found[0]
    assert "too few to tell it from luck" in found[0]
    assert not any(sentence.startswith(("use", "tuning pays")) for sentence in found)
    assert found[-1].startswith("which method to use is undecided: about 3 more seeds (--tuning-seeds=6")


def test_tuning_that_does_not_pay_is_said() -> None:
    """Where the untuned model has the highest mean."""
    assert "tuning has not paid here" in said(blocks({"default": 0.95, "random": 0.9}))[1]


def test_failures_are_said() -> None:
    """With their counts."""
    records = [*blocks({"default": 0.9, "random": 0.95})[:-1], failed("random", seed=11)]
    assert "failed cells: random 1 of 12" in said(records)


def test_a_method_that_fails_is_not_advised() -> None:
    """Its seconds are those of the cells where it worked: being quick there is no merit."""
    made = [run for run in runs.grid(["default", "random", "grid"], ["easy", "hard"], 6) if run.record.tuner != "grid"]
    made += [runs.run("grid", "easy", seed, seconds=0.01) for seed in range(6)]
    made += [runs.lost("grid", "killed", dataset="hard", seed=seed) for seed in range(6)]
    report = runs.report(made)
    group = report.groups[-1]
    assert not any("use grid" in sentence for sentence in report.summary)
    assert "failed cells: grid 6 of 12" in " ".join(report.summary)
    assert "grid" not in [row.tuner for row in pareto(group.rows)]
    assert "grid" not in [curve.tuner for curve in curves(report.runs_of(group), "seconds", "cv")]
    chart = evaluations.SECTION.chart
    assert chart is not None
    drawn = chart.draw(report, group)
    assert isinstance(drawn, dict)
    assert "grid: no curve, not on all datasets" in [trace.get("name") for trace in drawn["data"]]


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_joined(names: list[str], text: str) -> None:
    """As a sentence has them."""
    assert listed(names) == text


def test_each_model_has_its_summary() -> None:
    """Over all of its datasets; nothing measured, nothing said."""
    made = runs.grid(["default", "random"], ["wine", "iris"], 2)
    assert sum("forest on 2 datasets" in sentence for sentence in runs.report(made).summary) == 1
    assert Report((), ()).summary == []
