"""Rungs: the arithmetic of the fidelities that candidates climb, and the rows that they need."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

from tuners import Budget, Dataset, Model, NotApplicableError, Objective, Problem, Protocol
from tuners.catalog import TUNERS
from tuners.errors import MissingExtraError
from tuners.execution.here import measure
from tuners.methods._rungs import ETA, MOST, ROWS_A_CLASS, check_rows, cost, rungs
from tuners.methods._traits import TRAITS
from tuners.task.resource import ROWS, Resource

TREES = Resource("trees", "n_estimators", 100, "warm_start")
EPOCHS = Resource("epochs", "max_iter", 100)
IN_PART = [name for name, of in TRAITS.items() if of.fidelity == "in part"]


def objective(resource: Resource, *, remaining: int = 20, rows: int = 300, classes: int = 3) -> Objective:
    """Return what the rungs look at of an objective: classes that are numbers where there is one."""
    found = SimpleNamespace(
        resource=resource, remaining=remaining, start=None, y=np.arange(rows) % classes,
        estimator=Ridge() if classes == 1 else SVC(),
        folds_of=lambda _: [(np.arange(rows + 5), None), (np.arange(rows), None)],
    )  # fmt: skip
    return cast("Objective", found)


@given(st.sampled_from([ROWS, TREES, EPOCHS]), st.integers(1, 60), st.integers(6, 500), st.integers(1, 6))
def test_rungs_rise_by_their_ratio_to_the_whole(resource: Resource, remaining: int, rows: int, classes: int) -> None:
    """No more than the budget holds, and the lowest has rows enough for its classes."""
    found = rungs(objective(resource, remaining=remaining, rows=rows, classes=classes))
    assert found[-1] == 1.0
    assert 1 <= len(found) <= min(MOST, remaining)
    ratios = [other / one for one, other in itertools.pairwise(found)]
    assert ratios == pytest.approx([ETA] * (len(found) - 1))
    enough = resource is not ROWS or rows >= ETA * ROWS_A_CLASS * classes
    assert (len(found) > 1) is (enough and remaining > 1)
    if resource is ROWS and len(found) > 1:
        assert found[0] * rows >= ROWS_A_CLASS * classes


@given(st.integers(6, 200), st.integers(1, 6))
def test_rows_are_refused_where_they_hold_no_rung(rows: int, classes: int) -> None:
    """They are exactly where a budget however large would have a single one."""
    of = objective(ROWS, remaining=1000, rows=rows, classes=classes)
    if len(rungs(of)) > 1:
        check_rows(of)
    else:
        with pytest.raises(NotApplicableError, match=f"at least {ETA * ROWS_A_CLASS * classes} .* got {rows}: "):
            check_rows(of)


@given(st.sampled_from([TREES, EPOCHS, ROWS]), st.integers(1, 3), st.integers(1, 100))
def test_the_cost_of_a_bracket_is_that_of_its_evaluations(resource: Resource, count: int, entered: int) -> None:
    """Counted candidate by candidate: one that is grown on costs what is added, any other its whole again."""
    fidelities = [ETA ** -float(above) for above in reversed(range(count))]
    seen: dict[int, float] = {}
    spent, climbing = 0.0, list(range(entered))
    for fidelity in fidelities:
        for candidate in climbing:
            spent += fidelity - (seen.get(candidate, 0.0) if resource.continued else 0.0)
            seen[candidate] = fidelity
        climbing = climbing[: -(-len(climbing) // ETA)]
    assert cost(objective(resource), fidelities, entered) == pytest.approx(spent)


def test_costs_by_hand() -> None:
    """Nine candidates of three rungs: a third of each evaluation is one of a candidate that is grown on."""
    fidelities = [1 / 9, 1 / 3, 1.0]
    assert cost(objective(ROWS), fidelities, 9) == pytest.approx(1 + 1 + 1)
    assert cost(objective(TREES), fidelities, 9) == pytest.approx(1 + 3 * 2 / 9 + 2 / 3)


def small(estimator: Any, space: dict[str, Any], rows: int = 60) -> Problem:
    """Return a problem of three classes with 21 rows to fit on in a fold."""
    generator = np.random.default_rng(0)
    data = Dataset("small", generator.normal(size=(rows, 3)), np.arange(rows) % 3)
    return Problem(Model("mine", estimator, space), data, 0, Protocol(folds=2))


@pytest.mark.parametrize("start", ["cold", "default"])
@pytest.mark.parametrize("tuner", IN_PART)
def test_too_few_rows_skip_a_method_that_evaluates_in_part(tuner: str, start: str) -> None:
    """With its reason, before it evaluates anything; a model that has a resource of its own is searched."""
    try:
        tune = TUNERS.load(tuner)
    except MissingExtraError as error:
        pytest.skip(str(error))
    run = measure(tuner, tune, small(SVC(), {"C": (0.1, 10.0)}), Budget(6), start=start)
    assert run.record.status == "skipped"
    assert run.record.reason == (
        "too few rows to evaluate candidates in part: expected at least 36 to fit on in each fold, for 3 classes, got "
        "21: take more rows, or a model with a resource of its own, such as trees"
    )
    assert run.trials == ()
    grown = small(RandomForestClassifier(9), {"max_depth": (1, 9)})
    assert measure(tuner, tune, grown, Budget(6), start=start).record.status == "ok"
