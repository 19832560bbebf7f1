"""A problem: one model on one dataset under one seed, shared by all tuners of a cell."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import confusion_matrix

from tuners.errors import TuningError, unwinds
from tuners.results.scorers import ONE_CLASS
from tuners.spaces import Params, active, copied, restored
from tuners.task import checks, fitting, metrics, splits, splitting
from tuners.task.choice import estimator_of
from tuners.task.early_stopping import with_early_stopping
from tuners.task.fitting import WEIGHTS, OfRows, model_of, takes_weights
from tuners.task.labels import with_own_labels
from tuners.task.part import Part
from tuners.task.preparation import prepared
from tuners.task.protocol import Protocol
from tuners.task.reshuffled import Reshuffled
from tuners.task.resource import Resource, resource_of
from tuners.task.scorers import METRICS
from tuners.task.splits import Fold, Split
from tuners.task.target import check_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ConfigSpace import ConfigurationSpace
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset
    from tuners.task.model import Model


@dataclass(frozen=True, eq=False)
class Problem:
    """Model x dataset x seed: the split, the folds, the metric.

    The seed varies the split, the folds and the estimator's `random_state` (Bouthillier et al. 2021,
    "Accounting for variance in machine learning benchmarks", section 3): all that makes one
    comparison differ from the next, and nothing that differs between its tuners.
    """

    model: Model
    dataset: Dataset
    seed: int
    protocol: Protocol = field(default_factory=Protocol)

    @cached_property
    def split(self) -> Split:
        """The rows that tuners see and the rows that they are judged on; raises `TuningError` for unfit data."""
        check_target(self.model, self.dataset, self.protocol.metric, self.positive)
        self._check_weights()
        checks.check_dataset(self.dataset, self.protocol, classes=self.model.classifies)
        return splits.split(self.dataset, self.protocol, self.seed, stratified=self.model.classifies)

    @cached_property
    def folds(self) -> list[Fold]:
        """Row numbers of the training part, (train, validation) for each fold."""
        try:
            return splits.folds(self._training, self.protocol, self.seed)
        except ValueError as error:
            message = (
                f"dataset {self.dataset.name!r} cannot be divided into {self.protocol.words}: {error}: fewer folds "
            )
            raise TuningError(message + "(--tuning-folds), or more data") from None

    @cached_property
    def reshuffled(self) -> Reshuffled | None:
        """What makes folds of each candidate's own; None where all have the same."""
        if not self.protocol.reshuffle:
            return None
        return Reshuffled(self._training, self.protocol, self.seed, self.estimator.get_params())

    @property
    def splitting(self) -> str:
        """Folds, test rows and rows in words."""
        return splitting.in_words(self.dataset, self.protocol)

    @cached_property
    def estimator(self) -> Any:
        """The untuned estimator, seeded, with its preprocessing; clone it before you fit it."""
        return self._prepared(self.model)

    @cached_property
    def resource(self) -> Resource:
        """What a candidate evaluated in part is given a share of."""
        searched = {name for space in (self.model.space, *self.model.spaces.values()) for name in space}
        return resource_of(self.estimator, rows=len(self.split.train_rows), searched=searched)

    @property
    def metric(self) -> str:
        """The metric as records have it: the name of a loss begins with `neg_`."""
        return METRICS.recorded(self.protocol.metric)

    @cached_property
    def positive(self) -> Any | None:
        """The label that the metric scores; None for a metric of all classes, or where nobody has said which."""
        return self.positive_of(self.protocol.metric)

    def positive_of(self, metric: str) -> Any | None:
        """Return the label that one of the metrics scores; None of one of all classes, or where nobody has said."""
        if not self.model.classifies or metric not in ONE_CLASS or len(self._labels) != 2:
            return None
        for chosen in (self.protocol.positive, self.dataset.positive):
            label = None if chosen is None else metrics.label_named(self._labels, chosen)
            if label is not None:
                return label
        return metrics.conventional_positive(self._labels)

    @cached_property
    def scorer(self) -> Any:
        """The metric as a scikit-learn scorer."""
        return self.scorer_of(self.protocol.metric)

    def scorer_of(self, metric: str) -> Any:
        """Return one of the metrics as a scikit-learn scorer."""
        labels = self._labels.tolist() if self.model.classifies else ()
        return metrics.scorer(self.estimator, metric, self.positive_of(metric), labels)

    def untuned(self, space: ConfigurationSpace) -> Params:
        """Return the untuned estimator's own values of a space's hyperparameters.

        A value that the space lists is the listed object, and what is not active there is left out. The point may lie
        outside of the space.
        """
        own = self.estimator.get_params()
        return restored(space, {name: own[name] for name in active(space, own)})

    @cached_property
    def default_test_score(self) -> float:
        """Test score of the untuned model: the base of every comparison."""
        return self.test_score(self.fit({}))

    def know_default_test_score(self, score: float) -> None:
        """Take the test score of the untuned model from another process, so that it is fitted once."""
        self.__dict__.setdefault("default_test_score", score)

    def fit(self, params: Mapping[str, Any]) -> Any:
        """Return the estimator with these parameters, fitted on all training rows."""
        estimator = clone(self.estimator).set_params(**own_values(params))
        return fitting.fit(estimator, own_rows(self.split.X_train), own_rows(self.split.y_train), self.of_training_rows)

    def test_score(self, fitted: Any, metric: str | None = None) -> float:
        """Score a fitted estimator on the test rows, by the metric or another one of the protocol's."""
        scorer = self.scorer if metric is None else self.scorer_of(metric)
        X, y = own_rows(self.split.X_test), own_rows(self.split.y_test)
        return fitting.score(scorer, fitted, X, y, self.of_test_rows)

    def confusion_matrix(self, fitted: Any) -> list[list[int]] | None:
        """Count test rows by (true class, predicted class); None for a regressor."""
        if not self.model.classifies:
            return None
        predicted = fitted.predict(own_rows(self.split.X_test))
        counts: list[list[int]] = confusion_matrix(self.split.y_test, predicted, labels=self._labels).tolist()
        return counts

    def check(self) -> None:
        """Raise `TuningError` if the problem cannot be measured as it is.

        For an unknown metric, for one that cannot score this target, for a target that is no class label, and for a
        class with too few rows. A model that cannot be fitted raises nothing here: its cells fail with their reason.
        """
        for metric in self.protocol.metrics:
            METRICS.load(metric)
        for metric in self.protocol.metrics:
            check_target(self.model, self.dataset, metric, self.positive_of(metric))
        self._check_rows()
        try:
            fitted = self.fit({})
        except BaseException as error:
            if unwinds(error):
                raise
            return  # a broken model is the cell's failure
        for metric in self.protocol.metrics:
            self._check_score(metric, fitted)

    def _check_score(self, metric: str, fitted: Any) -> None:
        """Raise `TuningError` for a metric that cannot score the untuned model."""
        about = f"metric {metric!r} does not fit {self.model.name} on {self.dataset.name}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                score = self.test_score(fitted, metric)
        except Exception as error:  # noqa: BLE001  whatever a scorer says of this target
            message = f"{about}: {metrics.unusable(metric, fitted, error)}"
            raise TuningError(message) from None
        except BaseException as error:
            if unwinds(error):
                raise
            return
        if not np.isfinite(score):
            of = f"{len(self.dataset.classes)} classes" if self.model.classifies else "these numbers"
            message = f"{about}: it gives {score} for {of}"
            raise TuningError(message)
        if self.model.classifies and metric == self.protocol.metric:
            checks.check_validated(self.dataset, self.split, self.folds, partial(self._scores, fitted), about)

    def _check_rows(self) -> None:
        """Raise `TuningError` if the rows cannot be divided so that each part has what it needs."""
        classifies = self.model.classifies
        checks.check_dataset(self.dataset, self.protocol, classes=classifies)
        if classifies:
            checks.check_training_classes(self.dataset, self.protocol, self.seed, self.split)
        checks.check_split(self.dataset, self.split, classes=classifies)
        checks.check_groups(self.dataset, self.protocol, self.split)
        checks.check_folds(self.dataset, self.split, self.folds, classes=classifies)

    def _scores(self, fitted: Any, rows: NDArray[np.intp]) -> bool:
        """Whether the metric has a score for some of the training rows."""
        X, y = splits.take(self.split.X_train, rows), self.split.y_train[rows]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return bool(np.isfinite(self.scorer(fitted, own_rows(X), own_rows(y))))
        except Exception:  # noqa: BLE001  whatever a scorer says of these labels
            return False

    @cached_property
    def _training(self) -> Part:
        return Part.of(self.dataset, self.split.train_rows, stratified=self.model.classifies)

    def _check_weights(self) -> None:
        """Raise `TuningError` where rows have weights and the estimator takes none, or not with early stopping."""
        if self.dataset.weights is not None and self.model.early_stopping and fitting.requests_weights(self.estimator):
            message = (
                f"model {self.model.name!r}: its parts request sample weights (set_fit_request), and it has early "
                "stopping: expected one of them: without requests, weights reach the last step"
            )
            raise TuningError(message)
        if self.dataset.weights is None:
            return
        estimators = [self._prepared(model) for model in self.model.plain]
        lacking = [estimator for estimator in estimators if not takes_weights(estimator)]
        if lacking:
            message = (
                f"model {self.model.name!r}: {type(model_of(lacking[0])).__name__} does not take sample weights, "
                f"which dataset {self.dataset.name!r} has: expected an estimator whose fit has {WEIGHTS}, or with a "
                f"part that requests it (set_fit_request({WEIGHTS}=True)): choose other models (--tuning-models), or "
                "leave the weights out"
            )
            raise TuningError(message)

    @cached_property
    def of_training_rows(self) -> OfRows:
        """What reaches a fit of each training row besides features and target: mostly nothing."""
        return self.of_rows(self.split.train_rows)

    @cached_property
    def of_test_rows(self) -> OfRows:
        """What is known of each test row, such as its weight in the score."""
        return self.of_rows(self.split.test_rows)

    def of_rows(self, rows: NDArray[np.intp]) -> OfRows:
        """Return what is known of rows of the dataset, by their numbers in it, besides features and target."""
        known = {WEIGHTS: self.dataset.weights}
        if self.model.early_stopping is not None:
            known |= {"groups": self.dataset.groups, "time": self.dataset.time}
        return {name: values[rows] for name, values in known.items() if values is not None}

    @cached_property
    def _labels(self) -> NDArray[Any]:
        return np.unique(self.dataset.y)

    def _prepared(self, model: Model) -> Any:
        """Return a model with its preprocessing, seeded; of a choice, each member with its own."""
        if model.members:
            members = [(member.name, self._prepared(member)) for member in model.members]
            return estimator_of(members, classifies=model.classifies)
        estimator = self._unprepared(model)
        return prepared(estimator, self.dataset, scale=model.scale, seed=self.seed) if model.preprocess else estimator

    def _unprepared(self, model: Model) -> Any:
        """Return a model, seeded, made to take the user's own labels."""
        estimator = model.build({}, self.seed)
        if model.classifies:
            estimator = with_own_labels(estimator, self._labels)
        early = model.early_stopping
        return estimator if early is None else with_early_stopping(estimator, early, self.seed)


def own_rows(data: Any) -> Any:
    """Return a copy of rows or labels, in the same layout, for code that may write into it."""
    return data.copy(order="K") if isinstance(data, np.ndarray) else data.copy()


def own_values(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of parameters, for code that may change them or for an estimator that is to be fitted.

    A listed estimator belongs to the space: what is fitted is a copy, as in scikit-learn's searches.
    """
    return {name: copied(value) for name, value in params.items()}
