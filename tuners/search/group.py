"""One group of candidates on one fold: grown together, each model scored once for all candidates that it is."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score
from sklearn.metrics._scorer import _Scorer
from sklearn.model_selection._validation import _score

from tuners.errors import one_line
from tuners.search.anatomy import Anatomy
from tuners.search.families import Family, Plan
from tuners.search.folds import Fold


class StoppedError(Exception):
    """The search was cut short: what still runs ends here."""


@dataclass(frozen=True)
class Group:
    """Candidates that one growth serves, on one fold."""

    fold: int
    family: Family
    served: dict[Plan, list[int]]
    """Positions of candidates, by what they need grown."""
    estimators: dict[Plan, Any]
    """The unfitted model of each plan."""

    def work(self) -> int:
        """Return how much is to be grown, at most."""
        longest: dict[Hashable, int] = defaultdict(int)
        for plan in self.served:
            longest[plan.detail] = max(longest[plan.detail], plan.size)
        return sum(longest.values())

    def positions(self) -> set[int]:
        """Return the candidates of the group."""
        return {position for served in self.served.values() for position in served}


@dataclass(frozen=True)
class Scores:
    """The scores of one model, and the candidates that it is the model of."""

    positions: list[int]
    test: Any
    """A number, or a number by metric."""
    train: Any


@dataclass(frozen=True)
class Failed:
    """A group that could not be evaluated together."""

    positions: set[int]
    reason: str


@dataclass(frozen=True)
class Scored:
    """What came of a group. Times are seconds, readings of `perf_counter` for start and end."""

    fold: int
    models: list[Scores]
    fit_seconds: float
    score_seconds: float
    start: float
    end: float


def evaluate(
    group: Group, fold: Fold, anatomy: Anatomy, scorer: Any, stopped: threading.Event | None
) -> Scored | Failed:
    """Grow and score a group; where that fails, its candidates are scikit-learn's to evaluate."""

    def check() -> None:
        if stopped is not None and stopped.is_set():
            raise StoppedError

    start = perf_counter()
    scoring = 0.0
    models: list[Scores] = []
    tested = _once(scorer) if group.family.answers and by_labels(scorer) else partial(_scores, scorer=scorer)
    try:
        for plans, model in group.family.fitted(list(group.estimators.items()), fold.rows, check):
            begun = perf_counter()
            whole = anatomy.whole(fold.known, model)
            test = tested(whole, fold.X_test, fold.y_test)
            train = math.nan
            if fold.rows.X_asked_train is not None:
                train = _scores(whole, fold.X_train, fold.y_train, scorer)
            models.append(Scores([position for plan in plans for position in group.served[plan]], test, train))
            scoring += perf_counter() - begun
    except Exception as error:  # noqa: BLE001  scikit-learn says what is wrong
        return Failed(group.positions(), one_line(error))
    end = perf_counter()
    return Scored(group.fold, models, end - start - scoring, scoring, start, end)


def by_labels(scorer: Any) -> bool:
    """Whether a scorer is a metric of scikit-learn's that asks for labels: same labels, same score."""
    metric = getattr(scorer, "_score_func", None)
    own = type(scorer) is _Scorer and scorer._response_method == "predict"  # noqa: SLF001  no other way to ask
    return own and str(getattr(metric, "__module__", "")).startswith("sklearn.metrics.")


def _once(scorer: Any) -> Callable[[Any, Any, Any], Any]:
    """Return what scores estimators on the same rows, those of equal labels once."""
    known: dict[Hashable, Any] = {}
    counted = _is_accuracy(scorer)

    def scores(estimator: Any, X: Any, y: Any) -> Any:
        nonlocal counted
        labels = np.asarray(estimator.predict(X))
        key = _key(labels)
        if key in known:
            return known[key]
        share = _agreement(labels, y) if counted else None
        if share is None or not known:  # the first is scored both ways
            known[key] = _scores(estimator, X, y, scorer)
            counted = share == known[key]
        else:
            known[key] = share
        return known[key]

    return scores


def _is_accuracy(scorer: Any) -> bool:
    return scorer._score_func is accuracy_score and scorer._sign == 1 and not scorer._kwargs  # noqa: SLF001  no other way


def _agreement(labels: NDArray[Any], y: Any) -> float | None:
    """Return the accuracy, as scikit-learn computes it after its checks, which take most of its time.

    None where they may have something to say: of labels that are neither numbers nor text, or not alike in kind.
    """
    truth = np.asarray(y)
    alike = truth.dtype.kind == labels.dtype.kind and truth.shape == labels.shape == (len(labels),)
    return float(np.average(truth == labels)) if alike and truth.dtype.kind in "biuU" else None


def _key(labels: NDArray[Any]) -> Hashable:
    """Return what is equal only where labels are."""
    # In an array's bytes, objects are addresses in memory.
    return tuple(labels.ravel().tolist()) if labels.dtype.hasobject else labels.tobytes()


def _scores(estimator: Any, X: Any, y: Any, scorer: Any) -> Any:
    def strict(estimator: Any, X: Any, y: Any) -> Any:
        result = scorer(estimator, X, y)
        # How scikit-learn's scorer of several metrics says that one failed.
        if isinstance(result, dict) and any(isinstance(score, str) for score in result.values()):
            message = "a metric failed"
            raise ValueError(message)
        return result

    return _score(estimator, X, y, strict, {}, "raise")
