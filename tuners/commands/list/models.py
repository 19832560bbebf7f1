"""`list models`: estimators, sizes of the spaces, conditions, what a fidelity is a share of, and what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.catalog import MODELS
from tuners.commands.list import Listing, Row
from tuners.commands.list._needs import installed, origin
from tuners.models._traits import TRAITS, OfTask, Traits

if TYPE_CHECKING:
    from tuners.task.model import Model

_NOTHING = Traits("", None, None, "")
"""Of a module that was dropped into the package, whose traits nobody has written down."""


def row(name: str) -> Row:
    """Return a model's traits; one of the user's own is loaded already, and is looked at."""
    whose = origin(MODELS, name)
    known = _own(MODELS.load(name)()) if whose == "yours" else TRAITS.get(name, _NOTHING)
    needed = installed("" if whose == "yours" else f"tuners.models.{name}")
    sides = {"": known.classes, "regression_": known.numbers}
    return {
        "name": name, **needed, "origin": whose, "library": known.library,
        **{f"{side}{key}": value for side, of in sides.items() for key, value in _fields(of).items()},
        "part_of": known.resource,
    }  # fmt: skip


def _fields(of: OfTask | None) -> Row:
    return dict.fromkeys(OfTask._fields) if of is None else of._asdict()


def _own(model: Model) -> Traits:
    from tuners.task.resource import resource_of  # noqa: PLC0415  who registered a model has loaded scikit-learn

    numbers = model.regressor if model.classifies else model
    return Traits(
        type(model.estimator).__module__.partition(".")[0],
        _of(model) if model.classifies else None,
        None if numbers is None else _of(numbers),
        resource_of(model.estimator).name,
    )


def _of(model: Model) -> OfTask:
    from tuners.spaces import cardinality, needed_by  # noqa: PLC0415  who registered a model has loaded ConfigSpace

    size = cardinality(model.space)
    finite = None if size == float("inf") else int(size)
    return OfTask(type(model.estimator).__name__, len(model.space), len(needed_by(model.space)), finite)


LISTING = Listing(
    MODELS,
    row,
    left_out=frozenset({"missing", "regression_hyperparameters", "regression_conditional", "regression_finite"}),
)
