"""Exactly the article's exercise, its leak included; `tuners.article` holds what differs."""

from __future__ import annotations

from tuners.presets import METHODS, Preset, Scope
from tuners.task.protocol import Protocol

PRESET = Preset(
    tuners=METHODS,
    models=("forest", "ann"),
    datasets=("creditcard",),
    seeds=(101,),
    budget=80,
    protocol=Protocol(folds=4),
    scopes={
        # Random search's 80 and the 45 around its best; 24 individuals and 5 x 12 offspring.
        "forest": Scope(budgets={"grid": 125, "genetic": 84}),
        "ann": Scope(tuners=("default", "random", "grid"), budgets={"grid": 90}),
    },
    replaced_models={"forest": "tuners.article:forest"},
    replaced_tuners={"grid": "tuners.article:grid_around_random", "genetic": "tuners.article:genetic"},
    problem="tuners.article:ArticleProblem",
    note=(
        "article: one seed, and features standardised over all rows before the split, as the article did, "
        "so that test statistics leak into training; methods search spaces and budgets of their own"
    ),
)
