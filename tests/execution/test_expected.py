"""What cells are expected to take, before anything is measured: by it, sessions divide them."""

from __future__ import annotations

from typing import Any

import pytest

from tuners.catalog import MODELS as KNOWN
from tuners.catalog import TUNERS
from tuners.execution.expected import MODELS, THINKING, seconds
from tuners.plan import Plan
from tuners.results.cell import Cell

PLAIN = {"evaluation": "plain", "budget": 10, "repeats": 1}


def expected(
    model: str = "forest", dataset: str = "wine", tuners: tuple[str, ...] = ("random",), **given: Any
) -> float:
    """Return the seconds of a problem."""
    cells = [Cell(model, dataset, tuner, 0) for tuner in tuners]
    return seconds(Plan({**PLAIN, **{name.replace("_", "-"): value for name, value in given.items()}}), cells)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({}, {"budget": 20}),
        ({}, {"repeats": 3}),
        ({}, {"tuners": ("random", "grid")}),
        ({"tuners": ("default",)}, {}),
        ({"tuners": ("random",)}, {"tuners": ("smac",)}),
        ({"model": "ridge"}, {"model": "elastic_net"}),
        ({"dataset": "iris"}, {"dataset": "digits", "rows": "all"}),
        (
            {"model": "boosting", "dataset": "breast_cancer", "rows": 300},
            {"model": "boosting", "dataset": "soybean", "rows": 300},
        ),
        ({"dataset": "digits", "rows": 200}, {"dataset": "digits", "rows": "all"}),
        ({"time_budget": 1.0}, {}),
        ({"evaluation": "recorded", "model": "forest"}, {"evaluation": "recorded", "model": "svm"}),
    ],
)
def test_more_is_expected_to_take_longer(less: dict[str, Any], more: dict[str, Any]) -> None:
    """A larger budget, more repeats, methods, rows, slower models and methods; a time budget is a limit."""
    assert expected(**less) < expected(**more)


def test_a_table_is_expected_to_take_no_longer_than_its_limit_allows() -> None:
    """One that takes longer is not built: what searches ask for is recorded, however large the space is."""
    whole: dict[str, Any] = {"model": "svm", "evaluation": "recorded"}
    assert expected(**whole, table_limit=1.0) < expected(**whole)


def test_what_cannot_be_loaded_has_an_expectation() -> None:
    """A dataset that is not here, such as one behind a network, and a model of a user's own; and no cell at all."""
    assert expected(dataset="nowhere.csv:y") > 0
    assert expected(model="one's own") > 0
    assert seconds(Plan(dict(PLAIN)), []) > 0


def test_names_are_known() -> None:
    """Each model that comes along has its costs, and what is said of methods is of ones that there are."""
    assert set(KNOWN) == set(MODELS)
    assert set(THINKING) <= set(TUNERS)
