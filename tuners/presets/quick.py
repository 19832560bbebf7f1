"""A verdict worth reading in under 3 minutes on 2 cores, on small data that come with it."""

from __future__ import annotations

from tuners.presets import FIELD, IN_PART, METHODS, RANGED, Preset, Scope
from tuners.task.protocol import Protocol

REPEATS = {"genetic": 3, "bayesian": 4, "optuna": 4, "flaml": 5, "halving": 2, "asha": 2, "hyperband": 2}
"""As many as their thinking lets into the time."""

PRESET = Preset(
    tuners=(*METHODS, *FIELD, *IN_PART),
    models=("forest", "ann"),
    datasets=("breast_cancer", "digits", "wine", "iris"),
    regression_datasets=("diabetes", "auto_mpg", "concrete", "automobile"),
    seeds=(0, 1, 2, 3, 4),
    budget=40,
    protocol=Protocol(folds=4, rows=400),
    repeats=10,
    start="default",
    evaluation="recorded",
    scopes={
        **{model: Scope(repeats=REPEATS) for model in ("forest", *RANGED)},
        # TensorFlow and its graphs take as long to start as all forests: the network gets one small dataset, and no
        # method that would train it once more for each share of its epochs.
        "ann": Scope(
            tuners=(*METHODS, *FIELD),
            datasets=("wine",),
            regression_datasets=("diabetes",),
            seeds=(0,),
            repeats={"genetic": 3},
        ),
    },
    effort={
        "ann": {"epochs": 20, "any_size": True},
        **{model: {"finite": True} for model in RANGED},
        "mlp": {"finite": True, "epochs": 50},
    },
    note=(
        "quick: at most 400 rows of small datasets, a network of few epochs: what holds here may not hold on larger "
        "data, which --tuning-preset=standard and data of your own show. Left to standard: smac and smac_hyperband, "
        "which think for 0.1 s a candidate"
    ),
)
