"""A first look in under 3 minutes on 2 cores: small budgets, few rows, small forests, few epochs."""

from __future__ import annotations

from tuners.presets import METHODS, Preset, Scope
from tuners.task.protocol import Protocol

PRESET = Preset(
    tuners=METHODS,
    models=("forest", "ann"),
    datasets=("breast_cancer", "digits", "wine"),
    seeds=(0, 1),
    budget=10,
    protocol=Protocol(folds=2, rows=400),
    # The first fit of each architecture takes half a second: the network gets one small dataset and few of them.
    scopes={"ann": Scope(datasets=("wine",), budget=4)},
    effort={"forest": {"trees": (8, 60)}, "ann": {"epochs": 8}},
    note="quick: small budgets, rows, forests and epochs show how it works; believe --tuning-preset=standard",
)
