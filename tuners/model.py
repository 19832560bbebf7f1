"""A model: an estimator, its search space, and a person's guesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator, clone, is_classifier

from tuners.errors import TuningError
from tuners.spaces import Params, as_space

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


@dataclass(frozen=True, eq=False)
class Model:
    """What is tuned.

    `estimator` is a scikit-learn estimator that is never fitted itself: `build` clones it. `space` is
    a `ConfigurationSpace` or a mapping as its constructor takes it, of the estimator's parameter
    names. `guesses` are the points manual search tries, in order. `spaces` gives single methods a
    space of their own, which tables mark. `scale` standardises numeric features before the model.
    Raises `TuningError` where a named hyperparameter is not the estimator's.
    """

    name: str
    estimator: Any
    space: ConfigurationSpace
    guesses: tuple[Params, ...] = ()
    spaces: Mapping[str, ConfigurationSpace] = field(default_factory=dict)
    scale: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Check every name against the estimator's parameters."""
        if not isinstance(self.estimator, BaseEstimator) and not hasattr(self.estimator, "get_params"):
            message = (
                f"model {self.name!r}: expected a scikit-learn estimator (with get_params and set_params), "
                f"got {self.estimator!r}"
            )
            raise TuningError(message)
        object.__setattr__(self, "space", as_space(self.space))
        object.__setattr__(self, "spaces", {name: as_space(space) for name, space in self.spaces.items()})
        known = self.estimator.get_params()
        for params in (self.space, *self.spaces.values(), *self.guesses):
            lacking = [name for name in params if name not in known]
            if lacking:
                message = (
                    f"model {self.name!r}: {type(self.estimator).__name__} has no hyperparameter "
                    f"{', '.join(map(repr, lacking))}: it has {', '.join(sorted(known))}"
                )
                raise TuningError(message)

    @property
    def classifies(self) -> bool:
        """Whether the estimator is a classifier."""
        return bool(is_classifier(self.estimator))

    def space_for(self, tuner: str) -> ConfigurationSpace:
        """Return the space that a method searches: the model's, or one of its own."""
        return self.spaces.get(tuner, self.space)

    def build(self, params: Mapping[str, Any], seed: int) -> Any:
        """Return a new estimator with these parameters and every `random_state` set to the seed."""
        estimator = clone(self.estimator)
        states = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
        return estimator.set_params(**dict.fromkeys(states, seed), **params)
