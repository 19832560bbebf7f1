"""Recordings keep what any session would find, and nothing that only this one met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from tuners import Dataset, Model, Problem
from tuners.comparison.building import said
from tuners.evaluation.recording import recording_of
from tuners.execution.tables import Built, whole
from tuners.plan import Plan
from tuners.task import address


class Scarce(DecisionTreeClassifier):
    """Raises for want of memory where it is told to, with so many rows or more."""

    LEAST = 10**9

    def fit(self, X: Any, y: Any) -> Any:
        """Fit, or raise."""
        if len(X) >= type(self).LEAST:
            message = "busy machine"
            raise MemoryError(message)
        return super().fit(X, y)


def problem() -> Problem:
    """Return a problem of three candidates, with 42 training rows."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    data = Dataset("d", X, (X[:, 0] > 0).astype(int))
    return Problem(Model("scarce", Scarce(random_state=0), {"max_depth": [1, 2, 3]}), data, 0)


@pytest.mark.parametrize("least", [1, 42], ids=["folds", "refit"])
def test_want_of_memory_is_not_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    """A candidate that met it, on the folds or in the refit, is evaluated again when there is memory."""
    short = problem()
    assert len(short.split.y_train) >= 42 > max(len(fitted) for fitted, _ in short.folds)
    recording = recording_of(short, tmp_path)
    monkeypatch.setattr(Scarce, "LEAST", least)
    met = recording.row({"max_depth": 1})
    assert "MemoryError" in met.reason + met.refused
    whole(recording, 100)
    assert recording.table.count() == 0
    monkeypatch.undo()
    again = recording_of(problem(), tmp_path)
    whole(again, 100)
    assert [(row.reason, row.refused) for row in again.table.rows()] == [("", "")] * 3


def test_table_of_another_version_is_built_anew_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the library with both versions; the old rows are not read, and a table of its own is not told."""
    versions = address._versions
    monkeypatch.setattr(address, "_versions", lambda estimator: versions(estimator) | {"scikit-learn": "1.8.0"})
    old = recording_of(problem(), tmp_path)
    whole(old, 100)
    assert not old.instead_of
    monkeypatch.undo()
    new = recording_of(problem(), tmp_path)
    now = versions(problem().estimator)["scikit-learn"]
    assert (len(new), new.instead_of) == (0, f"scikit-learn 1.8.0, now {now}")
    line = said([Built("scarce-d-0", 3, 3, None, new.instead_of)], 0.0, Plan({}))[0]
    assert line == f"table of scarce-d-0: recorded with scikit-learn 1.8.0, now {now}: built anew"
    assert not recording_of(problem(), tmp_path).instead_of
