"""The history of methods: which runs compare, what is followed, and what is marked."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.past import past
from tuners.analysis.followed import Series
from tuners.analysis.history import History, history
from tuners.report.history.words import sentences
from tuners.results.past import PastRun


def series(found: History, measure: str, tuner: str = "random") -> list[Series]:
    """Return the series of a method."""
    return [each for each in found.series if (each.measure, each.tuner) == (measure, tuner)]


def changed(runs: Sequence[PastRun], places: Sequence[int], **values: Any) -> list[PastRun]:
    """Return runs of which some have other fields in each of their cells."""
    return [
        dataclasses.replace(run, cells=[dataclasses.replace(cell, **values) for cell in run.cells])
        if place in places
        else run
        for place, run in enumerate(runs)
    ]


def test_a_method_that_becomes_worse_is_marked_at_its_commit() -> None:
    """In regret and score, and no other method or measure; with values before and after, and what changed beside it."""
    runs = past(14, worse_from=9)
    runs[9:] = [dataclasses.replace(run, libraries={"Python": "3.12"}) for run in runs[9:]]
    found = history(runs)
    assert [(each.series.tuner, each.series.measure, each.at) for each in found.changes] == [
        ("random", "regret", 9),
        ("random", "score", 9),
    ]
    regret = found.changes[0]
    assert [regret.before, regret.after] == pytest.approx([0.3, 0.6], abs=0.01)
    assert not any(each.better for each in found.changes)
    assert regret.libraries == ("Python 3.11 to 3.12",)


def test_nothing_is_marked_where_nothing_changed() -> None:
    """Of 60 histories of 7 tested series with nothing changed, no more are marked than the stated 5 % let expect."""
    marked = sum(bool(history(past(8, problems=6, seed=seed)).changes) for seed in range(60))
    assert marked <= 9  # more has a chance of one in a thousand at the very rate


def test_a_short_history_says_that_it_can_show_nothing() -> None:
    """Three sessions come in six orders: no p-value of seconds is small; many problems show a change of scores."""
    assert set(history(past(3, problems=20)).needed) == {"seconds"}
    assert set(history(past(3, problems=2)).needed) == {"regret", "score", "seconds"}
    long = history(past(14, problems=20))
    assert not long.needed
    (line,) = [line for line in sentences(history(past(3, problems=20))) if "too few" in line]
    assert re.fullmatch(r"too few runs yet for a change to show: seconds need \d+ sessions", line)


def test_commits_with_the_same_trials_are_one_search() -> None:
    """A hundred copies of two searches are two searches: how often a run was repeated makes no change surer."""
    one, other = past(2, noise=0.5, problems=3)
    many = [
        dataclasses.replace(source, name=f"{place:04}", commit=dataclasses.replace(source.commit, id=f"{place:040x}"))
        for place, source in enumerate([one] * 50 + [other] * 50)
    ]
    found = history(many)
    assert [each for each in found.changes if each.series.measure != "seconds"] == []


@pytest.mark.parametrize(
    "values", [{"budget": 80}, {"metric": "f1"}, {"start": "cold"}, {"protocol": "5 folds"}, {"dataset_sha256": "x"}]
)
def test_runs_under_other_conditions_are_a_series_of_their_own(values: dict[str, Any]) -> None:
    """Another budget, metric, start, protocol or data: values are never joined to those before."""
    found = history(changed(past(8), [3, 5], **values))
    assert [each.at for each in series(found, "regret")] == [(0, 1, 2, 4, 6, 7), (3, 5)]
    assert [each.number for each in series(found, "regret")] == [0, 1]


def test_other_cells_are_a_series_of_their_own() -> None:
    """A run of fewer problems has another mean."""
    runs = past(6)
    runs[2] = dataclasses.replace(runs[2], cells=[cell for cell in runs[2].cells if cell.dataset != "data1"])
    assert [each.at for each in series(history(runs), "score")] == [(0, 1, 3, 4, 5), (2,)]


def test_failed_cells_are_counted_and_change_no_mean() -> None:
    """A problem that fails once is left out of that commit's mean, with its own level; the failure is counted."""
    runs = past(5, noise=0.0)
    cells = [
        dataclasses.replace(cell, regret=0.9 if cell.dataset == "data0" else 0.1)
        for cell in past(1, noise=0.0)[0].cells
    ]
    runs = [dataclasses.replace(run, cells=cells) for run in runs]
    broken = [
        dataclasses.replace(cell, status="failed", regret=None, test_score=None, dataset_sha256="")
        if (cell.tuner, cell.dataset, cell.seed) == ("random", "data0", 0)
        else cell
        for cell in cells
    ]
    runs[2] = dataclasses.replace(runs[2], cells=broken)
    (found,) = series(history(runs), "regret")
    assert found.failed == (0, 0, 1, 0, 0)
    assert found.values == pytest.approx([0.5] * 5)


def test_seconds_are_divided_by_the_reference_and_processors_are_apart() -> None:
    """A machine half as fast changes nothing; another processor is a series of its own, and is named."""
    runs = past(6)
    slow = [
        dataclasses.replace(
            cell, search_seconds=2 * (cell.search_seconds or 0), reference_seconds=2 * (cell.reference_seconds or 0)
        )
        for cell in runs[1].cells
    ]
    plain = series(history(runs), "seconds")[0]
    runs[1] = dataclasses.replace(runs[1], cells=slow)
    assert series(history(runs), "seconds")[0].values == pytest.approx(plain.values)
    runs[4] = dataclasses.replace(runs[4], processor="another")
    apart = series(history(runs), "seconds")
    assert [(each.at, each.processor) for each in apart] == [((0, 1, 2, 3, 5), "one processor"), ((4,), "another")]
    assert len(series(history(runs), "regret")) == 1


def test_seconds_that_are_not_the_methods_alone_are_left_out() -> None:
    """Cells that ran side by side, and those without a reference, have none."""
    assert series(history(changed(past(3), range(3), contended=True)), "seconds") == []
    assert series(history(changed(past(3), range(3), reference_seconds=None)), "seconds") == []


def test_runs_of_one_commit_are_one_point_and_uncommitted_ones_are_not() -> None:
    """Two runs of a clean commit are averaged; changes that are not committed are other code each time."""
    runs = past(4)
    twice = dataclasses.replace(runs[1], name="0009_again")
    found = history([*runs, twice])
    assert [len(point.runs) for point in found.points] == [1, 2, 1, 1]
    dirty = [dataclasses.replace(run, commit=dataclasses.replace(run.commit, dirty=True)) for run in (runs[1], twice)]
    found = history([*runs[2:], *dirty])
    assert [point.label.endswith("+") for point in found.points] == [True, True, False, False]


def test_the_order_is_that_of_commits() -> None:
    """Whatever the order in which runs were saved or are listed, and in whatever time zone."""
    runs = past(6)
    assert history(runs[::-1]).points == history(runs).points
    early = dataclasses.replace(runs[3].commit, time="2025-12-31T23:00:00-05:00")
    earlier = dataclasses.replace(runs[3], commit=early)
    found = history([*runs[:3], earlier])
    assert [point.commit.id for point in found.points].index(early.id) == 1


def test_losses_read_as_people_read_them() -> None:
    """Of several datasets, whose losses are of no common scale, in percent of each one's mean; lower is better."""
    loss = {"metric": "neg_root_mean_squared_error"}
    runs = changed(past(12, problems=8), range(12), **loss)
    scaled = [
        dataclasses.replace(
            run,
            cells=[
                dataclasses.replace(
                    cell,
                    test_score=-(1000.0 if cell.dataset == "data0" else 1.0)
                    * (2.0 if place > 5 and cell.tuner == "random" else 1.0),
                )
                for cell in run.cells
            ],
        )
        for place, run in enumerate(runs)
    ]
    found = history(scaled)
    (score,) = series(found, "score")
    assert score.relative
    assert score.values[0] == pytest.approx(-100 / 3)
    assert score.values[-1] == pytest.approx(100 / 3)
    (change,) = [each for each in found.changes if each.series is score]
    assert (change.at, change.better, change.after > change.before) == (6, False, True)


def test_values_are_finite_and_named_by_their_points() -> None:
    """Whatever is missing: a series has a finite value at each of its places."""
    generator = np.random.default_rng(0)
    runs = [
        dataclasses.replace(
            run,
            cells=[
                dataclasses.replace(cell, regret=None if generator.random() < 0.5 else cell.regret)
                for cell in run.cells
            ],
        )
        for run in past(7)
    ]
    for each in history(runs).series:
        assert len(each.at) == len(each.values) == len(each.failed)
        assert all(map(math.isfinite, each.values))
