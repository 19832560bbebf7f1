"""What a comparison to be believed needs: full budgets, ten seeds, all rows, the article's epochs."""

from __future__ import annotations

from tuners.presets import METHODS, Preset
from tuners.task.protocol import Protocol

PRESET = Preset(
    tuners=METHODS,
    models=("forest", "ann"),
    datasets=("breast_cancer", "digits", "wine"),
    regression_datasets=("diabetes", "auto_mpg", "concrete", "automobile", "abalone"),
    seeds=tuple(range(10)),
    budget=80,
    protocol=Protocol(folds=4),
    start="default",
)
