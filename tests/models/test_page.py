"""`docs/reference/models.md`: its table is what the models say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests import ROOT
from tests.models.test_models import LISTED
from tuners import Model
from tuners.catalog import MODELS
from tuners.errors import MissingExtraError
from tuners.spaces import cardinality, needed_by

PAGE = (ROOT / "docs" / "reference" / "models.md").read_text(encoding="utf-8")
LINES = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
ROWS = {cells[0].strip("`"): cells for cells in LINES}


def described(model: Model, finite: Model) -> list[str]:
    """Return what the table says of one task of a model."""
    conditions = len(needed_by(model.space))
    return [_name(model.estimator), f"{len(model.space)} ({conditions})", f"{cardinality(finite.space):,.0f}"]


def _name(estimator: Any) -> str:
    return f"`{type(getattr(estimator, 'regressor', estimator)).__name__}`"


NAMES = [pytest.param(name, marks=pytest.mark.slow) if name.startswith("ann") else name for name in MODELS]
"""Networks load TensorFlow."""


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_models_is_right(name: str) -> None:
    """Estimators, hyperparameters, conditions and sizes of finite versions are those of the code."""
    try:
        model = MODELS.load(name)()
        finite = model if name in LISTED else MODELS.load(name)(finite=True)
    except MissingExtraError as error:
        pytest.skip(str(error))
    classes = described(model, finite)
    if model.regressor is None or finite.regressor is None:
        expected = [f"{each}, -" for each in classes]
    else:
        expected = [
            one if one == other else f"{one}, {other}"
            for one, other in zip(classes, described(model.regressor, finite.regressor), strict=True)
        ]
    assert ROWS[name][1:4] == expected, " | ".join(expected)


def test_the_page_names_no_other_model() -> None:
    """A row for each model, and no more."""
    assert [cells[0].strip("`") for cells in LINES] == sorted(MODELS)
