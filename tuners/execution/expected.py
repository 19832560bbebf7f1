"""What a problem's cells are expected to take, told from names, rows and budget before anything is measured.

It says how the cells of a comparison are divided among sessions, which must all come to the same numbers: nothing here
depends on the machine. Only ratios matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuners.plan import loaded
from tuners.results.budget import UNLIMITED
from tuners.results.record import BASE

if TYPE_CHECKING:
    from tuners.plan import Plan
    from tuners.results.cell import Cell

ROWS = 400
"""Rows that the seconds below are of."""
LEAST = 0.3
"""Seconds that any problem takes: its rows are read, its untuned model is fitted."""


@dataclass(frozen=True)
class Cost:
    """What a model's candidates take on 400 rows of two classes and 4 folds: `benchmarks/performance/shards.py`."""

    candidate: float
    """Seconds of one, evaluated by fits of its own."""
    table: float
    """Seconds of all of the space that `standard` has of it, recorded."""
    rows: float = 1.0
    """The power of the rows with which both grow, by least squares of the seconds' logarithms."""
    classes: float = 0.0
    """The same of the classes: a boosting fits trees for each."""

    def growth(self, rows: int, classes: int) -> float:
        """Return how many times as long it takes on other data; a regression has no classes."""
        return float((rows / ROWS) ** self.rows * (max(classes, 2) / 2) ** self.classes)


USUAL = Cost(0.2, 30.0)
"""Of a model that is not listed, such as one of a user's own."""
MODELS: Mapping[str, Cost] = {
    "forest": Cost(0.25, 2.6, rows=0.4),
    "extra_trees": Cost(0.3, 500.0, rows=0.5),
    "boosting": Cost(0.24, 190.0, rows=0.5, classes=1.0),
    "lightgbm": Cost(0.13, 210.0, rows=0.8, classes=0.8),
    "xgboost": Cost(0.18, 480.0, rows=0.6, classes=0.7),
    "svm": Cost(0.06, 43.0, rows=1.1),
    "logistic": Cost(0.06, 22.0, rows=0.4, classes=0.3),
    "ridge": Cost(0.045, 18.0, rows=0.4),
    "elastic_net": Cost(0.23, 330.0, rows=1.4, classes=0.8),
    "neighbours": Cost(0.07, 28.0, rows=1.2),
    "mlp": Cost(0.47, 900.0, rows=0.7),
    "any": Cost(0.2, 900.0, rows=0.7, classes=0.5),
    "ann": Cost(1.2, 900.0, rows=0.7),
    "ann_plain": Cost(3.0, 2000.0, rows=0.7),
}
THINKING: Mapping[str, float] = {
    "bayesian": 0.008, "genetic": 0.012, "optuna": 0.006, "optuna_tpe_independent": 0.006, "optuna_gp": 0.35,
    "smac": 0.19, "smac_hyperband": 0.19, "hyperband": 0.006, "asha": 0.006, "gradient": 0.02,
}  # fmt: skip
"""Seconds that a method takes itself for each candidate; others take a thousandth."""


def seconds(plan: Plan, cells: Sequence[Cell]) -> float:
    """Return what the cells of one problem are expected to take; the least where no cell is known beforehand."""
    if not cells:
        return LEAST
    model, dataset = cells[0].model, cells[0].dataset
    cost = MODELS.get(model, USUAL)
    growth = cost.growth(*_rows_and_classes(plan, dataset))
    candidate = cost.candidate * growth
    runs = [(plan.repeats(model, cell.tuner), _evaluations(plan, cell, candidate), cell.tuner) for cell in cells]
    thinking = sum(repeats * count * THINKING.get(tuner, 0.001) for repeats, count, tuner in runs)
    if plan.recorded:
        whole = cost.table * growth
        searched = sum(repeats * count for repeats, count, _ in runs) * candidate
        return LEAST + thinking + (whole if whole <= plan.table_limit else searched)
    limit = plan.time_budget or float("inf")
    return LEAST + thinking + sum(repeats * min(count * candidate, limit) for repeats, count, _ in runs)


def _evaluations(plan: Plan, cell: Cell, candidate: float) -> float:
    """Return the candidates that a run evaluates; where only time limits it, as many as fit into it."""
    count = plan.evaluations(cell.model, cell.tuner)
    if cell.tuner == BASE:
        return 1
    return count if count < UNLIMITED else (plan.time_budget or 1.0) / candidate


def _rows_and_classes(plan: Plan, dataset: str) -> tuple[int, int]:
    """Return what is used of a dataset; of one that cannot be loaded, as much as the costs are of."""
    found = loaded(lambda: plan.dataset(dataset))
    count, classes = (ROWS, 0) if found is None else (len(found.y), len(found.classes))
    return min(count, plan.protocol.rows or count), classes
