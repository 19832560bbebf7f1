"""The kinds of models whose validation loss has a derivative: in which hyperparameters, and where it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from tuners.errors import NotApplicableError
from tuners.methods._hypergradients import Rows, logistic, ridge
from tuners.spaces import finite_values

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

STEPWISE = ("Forest", "Tree", "Boosting", "XGB", "LGBM", "KNeighbors")
"""Parts of the names of estimators that choose among finitely many predictions."""


class Scale(NamedTuple):
    """A hyperparameter is descended along in the logarithm of its odds, which of a positive number is itself."""

    odds: Callable[[float], float]
    value: Callable[[float], float]
    """The inverse."""
    most: float
    """The values lie between 0 and this, both apart."""
    range: str
    """The words for a range of such values."""


LOG = Scale(lambda value: value, lambda odds: odds, math.inf, "a range of positive numbers")
LOGIT = Scale(lambda value: value / (1 - value), lambda odds: odds / (1 + odds), 1.0, "a range inside of 0 to 1")


class Kind(NamedTuple):
    """A kind of model whose validation loss has a derivative."""

    along: Mapping[str, Scale]
    """The hyperparameters in which it has one."""
    slopes: Callable[[Any, Rows, Rows, Sequence[str]], NDArray[np.float64]]
    """Returns the derivatives of the mean loss of the validation rows in some of these, on their scales, for a model
    that is fitted on the training rows."""
    needed: Mapping[str, tuple[Any, ...]]
    """The parameters that the derivative holds for, with their values."""
    own: Callable[[Any], Mapping[str, Any]]
    """Returns what an estimator has of the hyperparameters, in numbers."""


def _penalised(along: str, slope: Callable[[Any, Rows, Rows], float], **needed: tuple[Any, ...]) -> Kind:
    """Return the kind of a linear model with one penalty."""
    return Kind(
        {along: LOG}, lambda model, train, validation, _: np.array([slope(model, train, validation)]), needed,
        lambda model: model.get_params(),
    )  # fmt: skip


def _unrolled(model: Any, train: Rows, validation: Rows, names: Sequence[str]) -> NDArray[np.float64]:
    from tuners.methods._hypergradients import network  # noqa: PLC0415  it loads TensorFlow, which a network has loaded

    return network.slopes(model, train, validation, names)


_NETWORK = Kind(
    {"learning_rate": LOG, "weight_decay": LOG, "dropout": LOGIT}, _unrolled,
    {"optimizer": ("SGD", "Adam", "Adamax")}, lambda model: model.rates._asdict(),
)  # fmt: skip
KINDS = {
    ("sklearn", "LogisticRegression"): _penalised(
        "C", logistic.slope, penalty=("l2", "deprecated"), l1_ratio=(None, 0, 0.0), class_weight=(None,),
        solver=("lbfgs", "newton-cg", "newton-cholesky"),
    ),
    ("sklearn", "Ridge"): _penalised("alpha", ridge.slope, positive=(False,)),
    ("sklearn", "RidgeClassifier"): _penalised("alpha", ridge.slope, positive=(False,), class_weight=(None,)),
    ("tuners", "NetworkClassifier"): _NETWORK,
    ("tuners", "NetworkRegressor"): _NETWORK,
}  # fmt: skip
"""By package and class: a subclass may fit in another way."""


def kind_of(estimator: Any, space: ConfigurationSpace) -> Kind:
    """Return an estimator's kind; raises `NotApplicableError` with the reason where there is no derivative."""
    name = type(estimator).__name__
    kind = KINDS.get((type(estimator).__module__.partition(".")[0], name))
    if kind is None and any(word in name for word in STEPWISE):
        message = (
            f"gradient: the score of {name} is piecewise constant in its hyperparameters: it has no slope to follow"
        )
        raise NotApplicableError(message)
    if kind is None:
        known = ", ".join(each for _, each in KINDS)
        message = f"gradient: no derivative of the validation loss of {name} is known: {known} have one"
        raise NotApplicableError(message)
    found = ranges(kind, space)
    ends = {name: (cast("Any", space[name]).lower, cast("Any", space[name]).upper) for name in found}
    unfit = [name for name, (lower, upper) in ends.items() if not 0 < lower < upper < kind.along[name].most]
    if unfit or not found:
        names = unfit[:1] or list(kind.along)
        message = (
            f"gradient: expected {kind.along[names[0]].range} for {' or '.join(names)} of {name}, along which to "
            "descend"
        )
        raise NotApplicableError(message)
    params = estimator.get_params()
    for param, values in kind.needed.items():
        own = (finite_values(space[param]) or (None,)) if param in space else (params.get(param, values[0]),)
        if any(each not in values for each in own):
            message = f"gradient: the derivative for {name} holds for {param} of {' or '.join(map(repr, values))} only"
            raise NotApplicableError(message)
    return kind


def ranges(kind: Kind, space: ConfigurationSpace) -> list[str]:
    """Return the hyperparameters that have a derivative, and a range in the space."""
    return [name for name in kind.along if name in space and finite_values(space[name]) is None]
