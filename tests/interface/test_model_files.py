"""Files of tuned models."""

from __future__ import annotations

import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier

from tuners import Dataset, Model, Problem, TuningError
from tuners.interface import model_files

X = pd.DataFrame({"size": [1.0, 2.0, np.nan, 4.0] * 10, "kind": ["a", "b", "b", "c"] * 10})
PROBLEM = Problem(
    Model("ridge", RidgeClassifier(), {"alpha": (0.1, 1.0)}), Dataset("shop", X, (X["kind"] == "a").to_numpy()), 0
)


@pytest.mark.parametrize("suffix", model_files.SUFFIXES)
def test_a_model_is_loaded_by_the_words_that_are_printed(suffix: str, tmp_path: Path) -> None:
    """With its preparation, and the same predictions; of a pickle what that means is said."""
    io = pytest.importorskip("skops.io", reason="pip install 'pytest-tuners[skops]'")
    fitted, path = PROBLEM.fit({}), tmp_path / f"model{suffix}"
    said, *more = model_files.save(fitted, path)
    words = said.partition("to load it: ")[2].removeprefix("skops.")
    loaded = eval(words, {"io": io, "joblib": joblib})  # noqa: S307  what a user is told to run
    assert np.array_equal(loaded.predict(X), fitted.predict(X))
    assert more == ([f"warning: {model_files.PICKLED}"] if suffix == ".joblib" else [])


def test_a_path_is_checked_before_a_model_is_made(tmp_path: Path) -> None:
    """Its suffix, and whether it can be written; nothing is left there."""
    with warnings.catch_warnings(action="error"):
        model_files.check(tmp_path / "new" / "a.joblib")
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(TuningError, match=r"expected a path that ends in .skops or .joblib, got 'a.pkl'"):
        model_files.check(Path("a.pkl"))
