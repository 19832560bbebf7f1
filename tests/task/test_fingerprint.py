"""What tells two datasets apart: values, names, types, roles and the task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuners import Dataset

Y = np.array([0, 1] * 30)
B = pd.Series(np.arange(60) % 3)


def of(X: Any, **options: Any) -> str:
    """Return the fingerprint of a dataset."""
    return Dataset("d", X, Y, **options).fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"b": pd.Categorical(B)}),
        pd.DataFrame({"b": pd.Categorical(B, categories=[2, 1, 0], ordered=True)}),
        pd.DataFrame({"b": B == 1}),
        pd.DataFrame({"c": B}),
        pd.DataFrame({"b": B + 1}),
    ],
)
def test_other_types_names_and_values_are_told_apart(other: pd.DataFrame) -> None:
    """A pipeline of a person's own may choose columns by type, so that equal values are not all."""
    assert of(other) != of(pd.DataFrame({"b": B}))


def test_names_with_commas_are_told_apart() -> None:
    """Two columns are not two others whose names, joined, read the same."""
    one, other = (pd.DataFrame(np.zeros((60, 2)), columns=names) for names in (["a,b", "c"], ["a", "b,c"]))
    assert of(one) != of(other)


def test_roles_and_task_are_told_apart() -> None:
    """What rows are divided by, and what the target is taken for, are of the dataset."""
    X = np.arange(60.0)[:, None]
    found = [
        of(X), of(X, task="regression"), of(X, groups=np.arange(60) // 5), of(X, time=np.arange(60)),
        of(X, weights=np.ones(60)), of(X, test=np.arange(60) % 4 == 0),
    ]  # fmt: skip
    assert len(set(found)) == len(found)
    assert of(X, task="classification") == of(X)
