"""What time allows on data of one's own: all rows, whole ranges, and searches that the clock ends.

`python -m tuners compare` and `tuners.tune` begin with it, and divide the minutes that they are given.
"""

from __future__ import annotations

from tuners.presets import Preset
from tuners.task.protocol import Protocol

MODELS = {"classification": ("logistic", "forest", "boosting"), "regression": ("ridge", "forest", "boosting")}
"""A linear model, and the two kinds of trees that are mostly the best on tables; none needs a further library."""

PRESET = Preset(
    tuners=("default", "random", "evolution"),
    models=MODELS["classification"][1:],
    datasets=("breast_cancer", "wine"),
    regression_datasets=("diabetes", "concrete"),
    # The fewest problems of one dataset by which methods can be told apart.
    seeds=tuple(range(6)),
    budget=40,
    protocol=Protocol(folds=4),
    start="default",
    # Not shared: what that compiles once would be on the clock of whoever has just installed it.
    evaluation="plain",
)
