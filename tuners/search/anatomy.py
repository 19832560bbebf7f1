"""An estimator taken apart: what prepares the data, the model at the end, and which parameter is whose."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import Pipeline

from tuners.results.keys import freeze

Params = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A candidate's parameters, taken apart."""

    front: Params
    """Those of the preprocessing, by their names in the search."""
    model: Params
    """All of the model's own, by its names, those the search leaves alone included."""

    def front_key(self) -> object:
        """Return a key that is equal for candidates whose preprocessing is the same."""
        return freeze(self.front)


class Known(TransformerMixin, BaseEstimator):
    """A fitted preprocessing, and what it makes of rows it has seen: transformed once for all candidates."""

    def __init__(self, fitted: Any) -> None:
        """Take the fitted preprocessing."""
        self.fitted = fitted
        self._seen: list[tuple[Any, Any]] = []

    def see(self, X: Any, transformed: Any) -> None:
        """Remember what becomes of these very rows."""
        self._seen.append((X, transformed))

    def fit(self, X: Any, y: Any = None) -> Known:  # noqa: ARG002  scikit-learn's signature
        """Do nothing: it is fitted."""
        return self

    def transform(self, X: Any) -> Any:
        """Transform rows."""
        for seen, transformed in self._seen:
            if seen is X:
                return transformed
        return self.fitted.transform(X)


class Anatomy:
    """A model, or a pipeline that ends in one."""

    def __init__(self, estimator: Any) -> None:
        """Take the estimator of a search, unfitted; `model` is its last step, or itself."""
        self.estimator = estimator
        # A subclass that fits in its own way, such as one that resamples rows, is nothing we can take apart.
        self.piped = (
            isinstance(estimator, Pipeline)
            and type(estimator).fit is Pipeline.fit
            and type(estimator)._fit is Pipeline._fit  # noqa: SLF001  which some override instead
            and estimator.transform_input is None
        )
        self.model: Any = estimator.steps[-1][1] if self.piped else estimator
        self._defaults: Params = self.model.get_params(deep=False)
        self._places: dict[str, str | None] = {}

    def candidate(self, params: Mapping[str, Any]) -> Candidate | None:
        """Take parameters of the search apart; None where some lie deeper than the model's own."""
        front: Params = {}
        model = dict(self._defaults)
        for name, value in params.items():
            place = self._place(name)
            if place is not None:
                model[place] = value
            elif self.piped and not self._touches_model(name):
                front[name] = value
            else:
                return None
        return Candidate(front, model)

    def prepared(self, front: Params) -> Pipeline | None:
        """Return the preprocessing with its parameters set, unfitted; None without one."""
        if not self.piped or len(self.estimator.steps) == 1:
            return None
        return Pipeline(clone(self.estimator).set_params(**clone(front, safe=False)).steps[:-1])

    def deterministic(self, front: Params) -> bool:
        """Whether the preprocessing draws no random numbers but those of an integer seed, and keeps the rows."""
        preprocessing = self.prepared(front)
        params = preprocessing.get_params() if preprocessing else {}
        if any(value is False for name, value in params.items() if name.rpartition("__")[2] == "copy"):
            return False  # it changes the rows that others see
        states = [value for name, value in params.items() if name.rpartition("__")[2] == "random_state"]
        return all(isinstance(state, int) for state in states)

    def unfitted(self, candidate: Candidate) -> Any:
        """Return the model of a candidate, unfitted."""
        changed = {name: value for name, value in candidate.model.items() if value is not self._defaults[name]}
        return clone(self.model).set_params(**clone(changed, safe=False))

    def whole(self, known: Known | None, fitted_model: Any) -> Any:
        """Return a fitted model with the preprocessing, where there is one, before it."""
        if known is None:
            return fitted_model
        pipeline = copy.copy(self.estimator)
        names = [name for name, _ in self.estimator.steps]
        between = [(name, "passthrough") for name in names[1:-1]]
        pipeline.steps = [(names[0], known), *between, (names[-1], fitted_model)]
        return pipeline

    def named(self, place: str, params: Mapping[str, Any]) -> str | None:
        """Return the name by which `params` set one of the model's own parameters, or may."""
        names = [*params, f"{self.estimator.steps[-1][0]}__{place}", place] if self.piped else [place]
        accepted = self.estimator.get_params()
        return next((name for name in names if name in accepted and self._place(name) == place), None)

    def _place(self, name: str) -> str | None:
        """Ask the estimator itself which of the model's parameters a name sets."""
        if name not in self._places:
            mark = object()
            try:
                marked = clone(self.estimator).set_params(**{name: mark})
            except Exception:  # noqa: BLE001  scikit-learn says what is wrong
                self._places[name] = None
                return None
            model = marked.steps[-1][1] if self.piped else marked
            own_params = {} if model is mark else model.get_params(deep=False)
            places = [own for own, value in own_params.items() if value is mark]
            self._places[name] = places[0] if places else None
        return self._places[name]

    def _touches_model(self, name: str) -> bool:
        last = self.estimator.steps[-1][0]
        front = [step for step, _ in self.estimator.steps[:-1]]
        # Parameters without a step's name are the pipeline's own, or, in a pipeline of another kind, the model's.
        return name == last or name.startswith(f"{last}__") or ("__" not in name and name not in front)
