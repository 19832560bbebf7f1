"""The presets by name. A module here is one preset: `PRESET`, what is compared unless options say otherwise.

Models, methods and problems are named as strings and loaded when run, so that reading a preset
imports none of their libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tuners.results.record import EVALUATIONS, STARTS
from tuners.task.protocol import Protocol


@dataclass(frozen=True)
class Scope:
    """What a preset compares on one model where that differs from the rest."""

    tuners: tuple[str, ...] | None = None
    datasets: tuple[str, ...] | None = None
    regression_datasets: tuple[str, ...] | None = None
    """Instead of `datasets`, where the task is regression."""
    seeds: tuple[int, ...] | None = None
    budget: int | None = None
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Evaluations of single methods."""
    repeats: Mapping[str, int] = field(default_factory=dict)
    """Runs of each cell of single methods."""


@dataclass(frozen=True)
class Preset:
    """A named set of options; an option given beside it wins."""

    tuners: tuple[str, ...]
    models: tuple[str, ...]
    datasets: tuple[str, ...]
    seeds: tuple[int, ...]
    budget: int
    protocol: Protocol
    regression_datasets: tuple[str, ...] = ()
    """Instead of `datasets`, where the task is regression; none of a preset that has no such comparison."""
    jobs: int = 1
    repeats: int = 1
    """Runs of each cell."""
    start: str = STARTS[0]
    evaluation: str = EVALUATIONS[0]
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    """By model."""
    effort: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """By model: the keyword arguments of its factory."""
    replaced_models: Mapping[str, str] = field(default_factory=dict)
    """By model: the `module:attribute` of the factory that stands in for its own."""
    replaced_tuners: Mapping[str, str] = field(default_factory=dict)
    """By method: the `module:attribute` that stands in for it."""
    problem: str = "tuners.task.problem:Problem"
    """The `module:attribute` of the problem's class."""
    note: str = ""
    """What the table must say about this preset."""


METHODS = ("default", "manual", "random", "grid", "bayesian", "genetic")
"""The article's methods, in its order."""
FIELD = ("sobol", "evolution", "cmaes", "flaml", "optuna")
"""Methods of the field that think for milliseconds a candidate, and evaluate it in full."""
IN_PART = ("halving", "asha", "hyperband")
"""Those that evaluate candidates in part: each needs more of a table than its whole candidates."""
THINKING = ("smac", "smac_hyperband")
"""Those that think for a tenth of a second a candidate."""

RANGED = (
    "any", "boosting", "elastic_net", "extra_trees", "lightgbm", "logistic", "mlp", "neighbours", "ridge", "svm",
    "xgboost",
)  # fmt: skip
"""Models whose spaces have ranges: `finite=True` lists values instead, so that whole tables can be recorded."""
