"""Whether a target fits the model and the metric: classes for a classifier, numbers for a regressor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import TuningError
from tuners.results.scorers import ONE_CLASS
from tuners.task import metrics
from tuners.task.inferred import MANY_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset
    from tuners.task.model import Model


def check_target(model: Model, dataset: Dataset, metric: str, positive: Any | None) -> None:
    """Raise `TuningError` where model, metric and target are of different tasks.

    `positive` is the label that the metric scores; a metric of one class without it is refused, too.
    """
    labels = np.unique(dataset.y)
    examples = metrics.EXAMPLES[model.task]
    if not model.classifies:
        _check_numbers(model, dataset, labels)
        if not metrics.fits(metric, model.task):
            message = (
                f"metric {metric!r} does not fit {model.name} on {dataset.name}: it is for classes, and {model.name} "
                f"is a regressor: expected a metric of numbers, such as {examples} (--tuning-task=regression takes "
                "one by default)"
            )
            raise TuningError(message)
        return
    _check_classes(model, dataset, labels)
    if not metrics.fits(metric, model.task):
        message = (
            f"metric {metric!r} is for regression, and {model.name} is a classifier: expected a metric of classes, "
            f"such as {examples}"
        )
        raise TuningError(message)
    _check_positive(model, dataset, metric, positive)


def _check_numbers(model: Model, dataset: Dataset, labels: NDArray[Any]) -> None:
    if labels.dtype.kind not in "iufb":
        message = (
            f"dataset {dataset.name!r}: the target holds labels such as {str(labels[0])!r}, and {model.name} is a "
            "regressor, which expects numbers: tune a classifier"
        )
        raise TuningError(message)


def _check_classes(model: Model, dataset: Dataset, labels: NDArray[Any]) -> None:
    fractions = labels.dtype.kind == "f" and bool((labels % 1).any())
    if fractions and (dataset.task == "classification" or len(labels) <= MANY_CLASSES):
        message = (
            f"dataset {dataset.name!r}: the labels are fractions, such as {labels[labels % 1 > 0][0]}, which "
            "scikit-learn takes for a quantity: write them as text, y.astype(str), or tune a regressor"
        )
        raise TuningError(message)
    if dataset.task == "regression":
        message = (
            f"dataset {dataset.name!r}: the target has {len(labels)} distinct numbers in {len(dataset.y)} rows, which "
            f"is regression, and {model.name} is a classifier: tune a regressor, or say that the numbers are classes "
            "(--tuning-task=classification, Dataset(..., task='classification'))"
        )
        raise TuningError(message)


def _check_positive(model: Model, dataset: Dataset, metric: str, positive: Any | None) -> None:
    """Refuse a metric that does not fit so many classes, and one of one class where nobody has said which it is."""
    classes = len(dataset.classes)
    if metric in {"f1", "jaccard", "precision", "recall"} and classes > 2:
        message = (
            f"metric {metric!r} does not fit {model.name} on {dataset.name}: it scores one of two classes, and there "
            f"are {classes}: expected {metric}_macro, {metric}_weighted or {metric}_micro"
        )
        raise TuningError(message)
    if metric == "top_k_accuracy" and classes == 2:
        message = (
            f"metric {metric!r} does not fit {model.name} on {dataset.name}: the right class is always among the first "
            f"two of 2: expected another, such as {metrics.EXAMPLES['classification']}"
        )
        raise TuningError(message)
    if metric in ONE_CLASS and classes == 2 and positive is None:
        first, second = dataset.classes
        message = (
            f"metric {metric!r} scores one class, and dataset {dataset.name!r} has {first!r} and {second!r}: say "
            f"which is positive, --tuning-positive={second} or "
            f"Dataset(..., positive={np.unique(dataset.y).tolist()[1]!r})"
        )
        raise TuningError(message)
