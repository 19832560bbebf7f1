"""The metrics by name: scikit-learn's scorers, and those that users register.

scikit-learn is loaded when a name is looked up: a session that registers nothing and collects tests needs none.
"""

from __future__ import annotations

import inspect
from typing import Any

from tuners.errors import TuningError, unknown
from tuners.registry import Registry
from tuners.results.scorers import NEGATED, is_loss


class Metrics(Registry[Any]):
    """scikit-learn's scorers and the user's own: functions of an estimator, X and y; larger is better."""

    def __init__(self) -> None:
        """Begin with scikit-learn's."""
        super().__init__("metric", "sklearn.metrics", "get_scorer")

    def _modules(self) -> list[str]:
        from sklearn.metrics import get_scorer_names  # noqa: PLC0415  scikit-learn loads when a name is looked up

        return list(get_scorer_names())

    def is_own(self, name: str) -> bool:
        """Whether a metric is one that was registered, by its name or as records have it."""
        return any(name in (each, self.recorded(each)) for each in self._registered)

    def recorded(self, name: str) -> str:
        """Return the name under which records have a metric: a loss's begins with `neg_`, as scikit-learn's do."""
        own = self._registered.get(name)
        return f"{NEGATED}{name}" if getattr(own, "_sign", 1) < 0 and not is_loss(name) else name

    def register(self, name: str, member: Any) -> None:
        """Add a scorer; raise `TuningError` for what is none, and for a name that scikit-learn has."""
        self.check_new(name)
        check_scorer(name, member)
        negated = f"{NEGATED}{name}"
        if getattr(member, "_sign", 1) < 0 and negated in list(self):
            message = (
                f"metric {name!r}: records have a loss as {negated!r}, which exists already: give yours another name"
            )
            raise TuningError(message)
        super().register(name, member)

    def load(self, name: str) -> Any:
        """Return the scorer of that name; raise `TuningError` with the nearest names if there is none."""
        if name in self._registered:
            return self._registered[name]
        if name not in self._modules():
            raise unknown(self.kind, name, self)
        from sklearn.metrics import get_scorer  # noqa: PLC0415  scikit-learn loads when a name is looked up

        return get_scorer(name)


def check_scorer(name: str, scorer: Any) -> None:
    """Raise `TuningError` for what cannot score an estimator: no function, or one of the true and predicted values."""
    if hasattr(scorer, "_score_func"):
        return  # made by make_scorer
    got = repr(scorer)
    if callable(scorer) and not isinstance(scorer, type):
        try:
            signature = inspect.signature(scorer)
            signature.bind("estimator", "X", "y")
        except ValueError:
            return  # a builtin, which does not tell
        except TypeError:
            pass
        else:
            if not {"y_true", "y_pred"} & set(signature.parameters):
                return
        got = f"a function of ({', '.join(signature.parameters)})"
    message = (
        f"metric {name!r}: expected a scorer, a function of (estimator, X, y) or what make_scorer makes of one of "
        f"(y_true, y_pred), got {got}"
    )
    raise TuningError(message)


METRICS = Metrics()
"""The one list of them."""
