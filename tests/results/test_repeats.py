"""The repeats of a cell, put together."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import runs
from tuners.results.record import Record
from tuners.results.repeats import MEANS, Repeats, aggregated
from tuners.results.run import Run, repeat_of

numbers = st.floats(0, 1)


def record(**values: Any) -> Record:
    """Return a good record."""
    usual: dict[str, Any] = {"test_score": 0.5, "cv_score": 0.5, "trials_sha256": "a", "evaluations": 3}
    return Record("m", "d", "t", 0, **(usual | values))


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=9))
def test_figures_are_means_and_what_is_shown_is_the_best_ones(scores: list[tuple[float, float]]) -> None:
    """The best by its cross-validation score, the earliest of equals: what its user would take."""
    made = [
        record(cv_score=cv, test_score=test, best_params={"number": number}, ties=number, trials_sha256=f"{number}")
        for number, (cv, test) in enumerate(scores)
    ]
    found = aggregated(made, len(made))
    assert found.cv_score == pytest.approx(sum(cv for cv, _ in scores) / len(scores))
    assert found.test_score == pytest.approx(sum(test for _, test in scores) / len(scores))
    best = [cv for cv, _ in scores].index(max(cv for cv, _ in scores))
    assert (found.best_params, found.ties, found.repeats) == ({"number": best}, best, len(scores))
    said = "".join(map(str, range(len(scores))))
    assert found.trials_sha256 == hashlib.sha256(said.encode()).hexdigest()


@given(numbers, st.integers(2, 30))
def test_the_mean_of_equal_repeats_is_each(value: float, of: int) -> None:
    """To the last bit."""
    made = [record(**dict.fromkeys(MEANS, value))] * of
    assert {getattr(aggregated(made, of), name) for name in MEANS} == {value}


def test_counts_are_the_most_or_the_sum() -> None:
    """And a figure that one repeat lacks has no mean."""
    made = [
        record(evaluations=3, failed_trials=1, peak_memory=5, regret=0.5, area=1.0),
        record(evaluations=9, failed_trials=2, own_space=True, regret=None, area=0.5, timed_out=True),
    ]
    found = aggregated(made, 2)
    assert (found.evaluations, found.failed_trials, found.peak_memory) == (9, 3, 5)
    assert (found.own_space, found.timed_out, found.earlier, found.regret, found.area) == (
        True,
        True,
        False,
        None,
        0.75,
    )


def test_a_cell_that_runs_once_has_its_runs_record() -> None:
    """Nothing is put together."""
    only = record()
    assert aggregated([only], 1) is only


def test_a_failed_repeat_fails_its_cell() -> None:
    """Its reason names the repeat; the good ones stay, and none is made after it."""
    good = [runs.run("random", seed=seed) for seed in range(2)]
    lost = runs.lost("random", "ValueError: no", trials_sha256="")
    ended = Repeats(5)
    for number, run in enumerate([*good, lost]):
        assert ended.missing == list(range(number, 5))
        assert ended.next == number
        ended.add(number, run)
    assert (ended.missing, ended.next) == ([], None)
    found = ended.run()
    assert (found.record.status, found.record.reason) == ("failed", "repeat 3 of 5: ValueError: no")
    assert (found.record.test_score, found.record.repeats) == (None, 3)
    assert [repeat.ok for repeat in found.repeats] == [True, True, False]
    assert found.trials == good[0].trials
    assert [found.trials_of(number) for number in range(3)] == [good[0].trials, good[1].trials, ()]


def test_repeats_that_ended_out_of_order_are_in_order() -> None:
    """What was made before one that failed is missing; what was made after it is left out."""
    good = [runs.run("random", seed=seed) for seed in range(3)]
    ended = Repeats(3)
    for number in (2, 0, 1):
        ended.add(number, good[number])
    assert [repeat.trials_sha256 for repeat in ended.run().repeats] == [run.record.trials_sha256 for run in good]
    ended.add(1, runs.lost("random", "no"))
    assert len(ended.run().repeats) == 2


def test_recorded_repeats_keep_row_numbers_alone() -> None:
    """Trials are kept of the first; the others' are in the table, which all share."""
    run = runs.run("random")
    table = dict(enumerate(run.trials))
    recorded = Run(
        run.record, run.trials, run.incumbents, (repeat_of(run.record, run.incumbents, rows=tuple(table)),), table=table
    )
    ended = Repeats(2)
    for number in range(2):
        ended.add(number, recorded)
    found = ended.run()
    assert found.table is table
    assert [repeat.trials for repeat in found.repeats] == [(), ()]
    assert found.trials_of(1) == run.trials
    assert replace(found, trials=()).trials_of(0) == run.trials
