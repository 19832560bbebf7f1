"""Building tables: what is told of the time left."""

from __future__ import annotations

from pathlib import Path

from sklearn.tree import DecisionTreeClassifier

from tuners import Model, register_model
from tuners.execution.tables import build
from tuners.plan import Plan


def test_the_time_left_is_that_of_the_candidates(tmp_path: Path) -> None:
    """Nothing is said of the time left until some are evaluated, and none is left at the end."""
    register_model(Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}))
    given = {"models": ("tree",), "datasets": ("iris", "wine"), "seeds": (0,), "tables": tmp_path, "jobs": 1}
    plan = Plan({**given, "evaluation": "recorded"})
    told: list[tuple[int, int, float | None]] = []
    build(plan, plan.cells(), lambda *heard: told.append(heard), lambda _: None)
    measuring, evaluating = told[:2], told[2:]
    assert [left for _, _, left in measuring] == [None, None]
    assert [(done, total) for done, total, _ in evaluating] == [(3, 6), (6, 6)]
    half, end = (left for _, _, left in evaluating)
    assert half is not None
    assert half > 0
    assert end == 0
