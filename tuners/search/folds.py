"""The rows of a fold, with the preprocessing fitted once for all candidates that have it."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sklearn.utils.metaestimators import _safe_split

from tuners.search.anatomy import Anatomy, Known, Params
from tuners.search.families import Rows


@dataclass(frozen=True)
class Apart:
    """Rows of their own to fit on and to score, in place of row numbers: a refit, scored on the test rows."""

    X_train: Any
    y_train: Any
    X_test: Any
    y_test: Any

    def __len__(self) -> int:
        """Return how many rows are fitted on."""
        return len(self.y_train)


Split = tuple[Any, Any] | Apart
"""Row numbers to fit on and to score, or rows apart."""


@dataclass(frozen=True)
class Fold:
    """The rows of a fold, raw and as the model sees them."""

    X_test: Any
    y_test: Any
    X_train: Any
    y_train: Any
    rows: Rows
    known: Known | None
    """The preprocessing, where there is one."""
    seconds: float
    """What preparing it took."""


def prepare(
    anatomy: Anatomy, front: Params, X: Any, y: Any, split: Split, *, train_scores: bool, remember: bool
) -> Fold:
    """Fit the preprocessing on one fold, as scikit-learn's pipeline does."""
    begun = perf_counter()
    if isinstance(split, Apart):
        X_train, y_train, X_test, y_test = split.X_train, split.y_train, split.X_test, split.y_test
    else:
        train, test = split
        X_train, y_train = _safe_split(anatomy.estimator, X, y, train)
        X_test, y_test = _safe_split(anatomy.estimator, X, y, test, train)
    preprocessing = anatomy.prepared(front)
    known = None
    seen_train, seen_test, asked_train = X_train, X_test, X_train
    if preprocessing is not None:
        seen_train = preprocessing.fit_transform(X_train, y_train)
        known = Known(preprocessing)
        seen_test = preprocessing.transform(X_test)
        known.see(X_test, seen_test)
        if train_scores:
            # Transformed as a scorer would: some transformers' `fit_transform` gives something else.
            asked_train = preprocessing.transform(X_train)
            known.see(X_train, asked_train)
    rows = Rows(seen_train, y_train, seen_test, asked_train if train_scores else None, remember)
    return Fold(X_test, y_test, X_train, y_train, rows, known, perf_counter() - begun)
