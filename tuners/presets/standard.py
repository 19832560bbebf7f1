"""What a comparison to be believed needs: the field's methods, models of each kind, and all data that come along.

Candidates of all models are recorded, so that it is the tables that take the hours, once.
"""

from __future__ import annotations

from tuners.presets import FIELD, IN_PART, METHODS, RANGED, THINKING, Preset, Scope
from tuners.task.protocol import Protocol

MODELS = ("forest", "extra_trees", "boosting", "svm", "neighbours", "ridge", "elastic_net", "mlp", "any")
CLASSIFIED = (
    "breast_cancer", "digits", "german_credit", "glass", "heart_disease", "hypothyroid", "iris", "penguins", "soybean",
    "spambase", "wine",
)  # fmt: skip
REPEATS = {
    "genetic": 3, "bayesian": 3, "optuna": 3, "flaml": 3, "halving": 3, "asha": 3, "hyperband": 3, "smac": 2,
    "smac_hyperband": 2,
}  # fmt: skip
"""Of methods whose thinking takes longer than looking candidates up."""

PRESET = Preset(
    tuners=(*METHODS, *FIELD, *IN_PART, *THINKING),
    models=(*MODELS, "ann"),
    datasets=CLASSIFIED,
    regression_datasets=("diabetes", "auto_mpg", "concrete", "automobile", "abalone", "wine_quality"),
    seeds=tuple(range(5)),
    budget=80,
    protocol=Protocol(folds=4),
    repeats=10,
    start="default",
    evaluation="recorded",
    scopes={
        **{model: Scope(repeats=REPEATS) for model in MODELS},
        "ann": Scope(datasets=("breast_cancer", "wine"), regression_datasets=("diabetes",), repeats=REPEATS),
    },
    effort={"ann": {"any_size": True}, **{model: {"finite": True} for model in RANGED}},
    note=(
        "standard: a night on 2 cores the first time, most of it for tables, whose hours are said before; they "
        "are kept, and the same command goes on where it was cut short"
    ),
)
