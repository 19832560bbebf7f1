"""Every family by name: tuning methods, models, datasets, metrics, presets, and what users register."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.registry import Registry
from tuners.task.scorers import METRICS

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.presets import Preset
    from tuners.task.dataset import Dataset
    from tuners.task.model import Model

__all__ = [
    "DATASETS", "METRICS", "MODELS", "PRESETS", "TUNERS", "register_dataset", "register_metric", "register_model",
    "tuner",
]  # fmt: skip

TUNERS: Registry[Tuner] = Registry("tuner", "tuners.methods", "tune", replaceable=True)
MODELS: Registry[Callable[..., Model]] = Registry("model", "tuners.models", "model", replaceable=True)
DATASETS: Registry[Callable[[Path | None], Dataset]] = Registry("dataset", "tuners.datasets", "load")
"""A CSV needs no entry: `path.csv:target` is a dataset's name, too."""
PRESETS: Registry[Preset] = Registry("preset", "tuners.presets", "PRESET")


def tuner(tune: Tuner) -> Tuner:
    """Register a tuning method of your own under the function's name: a decorator."""
    TUNERS.register(tune.__name__, tune)
    return tune


def register_model(model: Model) -> Model:
    """Register a model of your own under its name."""
    MODELS.register(model.name, lambda **effort: model)  # noqa: ARG005  a preset scales only its own models
    return model


def register_dataset(dataset: Dataset) -> Dataset:
    """Register a dataset of your own under its name."""
    DATASETS.register(dataset.name, lambda path: dataset)  # noqa: ARG005  no file: it is here already
    return dataset


def register_metric(name: str, scorer: Any) -> Any:
    """Register a metric of your own: what make_scorer returns, or a function of (estimator, X, y), larger is better.

    The scores of `make_scorer(..., greater_is_better=False)` are negated losses: they are reported as losses.
    """
    METRICS.register(name, scorer)
    return scorer
