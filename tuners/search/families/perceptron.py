"""scikit-learn's multi-layer perceptrons: trained once for the most epochs, the weights kept at the others.

Exact for the stochastic solvers without early stopping, whose epochs do not depend on how many follow.
The training of fewer epochs that ends with scikit-learn's `ConvergenceWarning` ends here without it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tuners.results.keys import freeze
from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows, seeded

_SUBCLASSES: dict[type, type] = {}


def size(model: type) -> str | None:
    """Return the parameter that says how many epochs."""
    return "max_iter" if model in (MLPClassifier, MLPRegressor) else None


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:  # noqa: ARG001  the family's signature
    """Group candidates that differ in their epochs alone."""
    if size(model) is None or not seeded(params):
        return None
    if params["solver"] not in ("sgd", "adam") or params["early_stopping"] or params["warm_start"]:
        return None
    epochs = params["max_iter"]
    if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 1:
        return None
    others = {name: value for name, value in params.items() if name != "max_iter"}
    return Plan((model, freeze(others)), None, epochs)


def fitted(
    members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
) -> Iterator[tuple[list[Plan], Any]]:
    """Train the longest, and yield a copy with the weights of each epoch asked for."""
    _, longest = max(members, key=lambda member: member[0].size)
    longest = clone(longest)
    kind = type(longest)
    longest.__class__ = _watched(kind)
    longest._watch = {member.size for member, _ in members}  # noqa: SLF001  our own class, below
    longest._kept = {}  # noqa: SLF001  our own class, below
    longest._check = check  # noqa: SLF001  our own class, below
    longest.fit(rows.X_train, rows.y_train)
    kept = longest._kept  # noqa: SLF001  our own class, below
    longest.__class__ = kind
    for name in ("_watch", "_kept", "_check"):
        delattr(longest, name)
    for member, estimator in members:
        model = copy.copy(longest)
        model.max_iter = estimator.max_iter
        # Training that ended sooner by itself is the same for all who asked for more.
        if member.size in kept:
            model.coefs_, model.intercepts_, model.n_iter_, model.loss_ = kept[member.size]
            if member.size < longest.n_iter_:
                for name in ("best_loss_", "loss_curve_", "t_", "_no_improvement_count", "_optimizer"):
                    model.__dict__.pop(name, None)  # of the longest: a scorer that reads them is scikit-learn's
        yield [member], model


def _watched(model: type) -> type:
    """Return a subclass that keeps its weights at the end of the epochs it is told to watch."""
    if model in _SUBCLASSES:
        return _SUBCLASSES[model]

    def update(self: Any, *args: Any) -> None:
        getattr(model, "_update_no_improvement_count")(self, *args)  # noqa: B009  overridden here, and private
        self._check()
        if self.n_iter_ in self._watch:
            weights = [weight.copy() for weight in self.coefs_]
            biases = [bias.copy() for bias in self.intercepts_]
            self._kept[self.n_iter_] = (weights, biases, self.n_iter_, self.loss_)

    return _SUBCLASSES.setdefault(
        model, type(f"Watched{model.__name__}", (model,), {"_update_no_improvement_count": update})
    )


FAMILY = Family(size, plan, fitted, threads=False, alone=False)
