"""The resource of a fidelity: what a candidate evaluated in part is given a share of.

Of an estimator that grows, it is the growth: a quarter of a forest of 100 trees has 25, and the first 25 trees of the
whole are those very trees. Of any other it is the training rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline

from tuners.spaces import Params
from tuners.task.early_stopping import EarlyStopped
from tuners.task.labels import NumberedClasses
from tuners.task.preprocessing import Preprocessed
from tuners.task.standardised import StandardisedTarget


@dataclass(frozen=True)
class Resource:
    """What a fidelity is a share of."""

    name: str
    """The word for it: `trees`, `iterations`, `epochs` or `rows`."""
    parameter: str = ""
    """The hyperparameter that says how much of it a whole fit has; empty for rows."""
    whole: int = 0
    """The estimator's own value of it, which a candidate without one has; 0 for rows."""
    warm_start: str = ""
    """The parameter that lets a fit go on where the last one ended, scores bit for bit; empty where none does."""

    def __str__(self) -> str:
        """Return the word."""
        return self.name

    @property
    def continued(self) -> bool:
        """Whether a candidate seen at a smaller fidelity is grown on, and so costs what is added to it."""
        return bool(self.warm_start)

    def share(self, params: Mapping[str, Any], fidelity: float) -> Params:
        """Return a candidate of a share of its size, at least 1.

        Raises `TypeError` for a size that is no whole number.
        """
        size = params.get(self.parameter, self.whole)
        if not isinstance(size, int) or isinstance(size, bool):
            message = f"{self.parameter}: expected a whole number, of which a fidelity is a share, got {size!r}"
            raise TypeError(message)
        return {**params, self.parameter: max(1, round(fidelity * size))}


ROWS = Resource("rows")

_GROWING = {
    ("sklearn", "RandomForestClassifier"): ("trees", "n_estimators", "warm_start"),
    ("sklearn", "RandomForestRegressor"): ("trees", "n_estimators", "warm_start"),
    ("sklearn", "ExtraTreesClassifier"): ("trees", "n_estimators", "warm_start"),
    ("sklearn", "ExtraTreesRegressor"): ("trees", "n_estimators", "warm_start"),
    ("sklearn", "GradientBoostingClassifier"): ("iterations", "n_estimators", "warm_start"),
    ("sklearn", "GradientBoostingRegressor"): ("iterations", "n_estimators", "warm_start"),
    ("sklearn", "HistGradientBoostingClassifier"): ("iterations", "max_iter", "warm_start"),
    ("sklearn", "HistGradientBoostingRegressor"): ("iterations", "max_iter", "warm_start"),
    ("xgboost", "XGBClassifier"): ("iterations", "n_estimators", ""),
    ("xgboost", "XGBRegressor"): ("iterations", "n_estimators", ""),
    ("lightgbm", "LGBMClassifier"): ("iterations", "n_estimators", ""),
    ("lightgbm", "LGBMRegressor"): ("iterations", "n_estimators", ""),
    ("sklearn", "MLPClassifier"): ("epochs", "max_iter", ""),
    ("sklearn", "MLPRegressor"): ("epochs", "max_iter", ""),
    ("scikeras", "KerasClassifier"): ("epochs", "epochs", ""),
    ("scikeras", "KerasRegressor"): ("epochs", "epochs", ""),
    ("tuners", "NetworkClassifier"): ("epochs", "epochs", ""),
    ("tuners", "NetworkRegressor"): ("epochs", "epochs", ""),
}
"""By package and class: the word, the hyperparameter of the size, and what continues a fit exactly."""


STOPPING = ("early_stopping", "n_iter_no_change")
"""Parameters by which an estimator ends its growth itself, on rows that it sets apart."""
MANY_ROWS = 10_000
"""Above which scikit-learn's histograms stop early by themselves, unless they are told otherwise."""


def resource_of(estimator: Any, *, rows: int = 0, searched: Collection[str] = ()) -> Resource:
    """Return the resource of an estimator's fidelities, with the names that its candidates have for the parameters.

    `rows` are those of a fit, and `searched` the hyperparameters of the candidates. Where a fit may end its growth
    itself, a size is only the most that it can have, and the resource is the rows.
    """
    path = ""
    while isinstance(estimator, Pipeline):
        name, inner = estimator.steps[-1]
        path += "" if isinstance(estimator, Preprocessed) else f"{name}__"
        estimator = inner
    while isinstance(estimator, NumberedClasses | StandardisedTarget):  # their parameters are those of what is inside
        estimator = estimator.estimator if isinstance(estimator, NumberedClasses) else estimator.regressor
    if isinstance(estimator, EarlyStopped):  # how far it grows is for each fit to find out
        return ROWS
    named = [(kind.__module__.partition(".")[0], kind.__name__) for kind in type(estimator).__mro__]
    known = next((_GROWING[each] for each in named if each in _GROWING), None)
    if known is None:
        return ROWS
    word, parameter, warm_start = known
    if named[0] not in _GROWING:  # a subclass may fit in another way
        warm_start = ""
    whole = estimator.get_params()[parameter]
    if _stops_by_itself(estimator, rows) or any(name.rpartition("__")[2] in STOPPING for name in searched):
        return ROWS
    return Resource(word, path + parameter, whole or 100, warm_start and path + warm_start)


def _stops_by_itself(estimator: Any, rows: int) -> bool:
    """Whether an estimator ends its growth on rows that it sets apart, so that its size is only the most."""
    if hasattr(estimator, "early_stopping"):
        return estimator.early_stopping is True or (estimator.early_stopping == "auto" and rows > MANY_ROWS)
    return getattr(estimator, "n_iter_no_change", None) is not None  # GradientBoosting has no other word for it
