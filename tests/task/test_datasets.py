"""Datasets: embedded ones, the credit card file, and any CSV."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pandas as pd
import pytest

from tuners import Dataset, Model, Problem, Protocol, TuningError
from tuners.catalog import DATASETS
from tuners.datasets import creditcard
from tuners.errors import UnavailableError
from tuners.task.reading import read

SUBSET = Path(os.environ.get("TUNING_CREDITCARD", ""))
WITHOUT_SUBSET = "needs a creditcard.csv: give its path in TUNING_CREDITCARD"
needs_creditcard = pytest.mark.skipif(not SUBSET.is_file(), reason=WITHOUT_SUBSET)


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "creditcard"])
def test_embedded_datasets_load_without_network(name: str) -> None:
    """Each has rows, a target, a source and a licence, and bears the name it is asked for by."""
    dataset = DATASETS.load(name)(None)
    assert dataset.name == name
    assert len(dataset.X) == len(dataset.y) > 100
    assert len(dataset.classes) >= 2 or dataset.task == "regression"
    assert dataset.licence != "unknown"


@needs_creditcard
def test_creditcard_is_the_articles_subset() -> None:
    """400 frauds, then 400 genuine rows, of four features."""
    dataset = creditcard.load(SUBSET)
    assert dataset.X.shape == (800, 4)
    assert dataset.y.tolist() == [1] * 400 + [0] * 400
    first_fraud = pd.read_csv(SUBSET).query("Class == 1").iloc[0]
    assert dataset.X[0].tolist() == first_fraud[["V17", "V9", "V6", "V12"]].tolist()


def _creditcard(path: Path, **columns: object) -> Path:
    frame = {name: np.ones(800) for name in creditcard.KAGGLE_COLUMNS} | {"Class": [0] * 400 + [1] * 400}
    pd.DataFrame({name: value for name, value in (frame | columns).items() if value is not None}).to_csv(
        path, index=False
    )
    return path


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"V17": None}, r"has no column V17: expected Kaggle's creditcard.csv"),
        ({"Class": [0] * 799 + [1]}, "has 799 genuine rows and 1 frauds: expected at least 400 of each"),
        ({"V9": ["abc"] + ["1"] * 799}, "column V9 holds 'abc' in line 2: expected a finite number"),
    ],
)
def test_another_file_as_creditcard_is_refused(tmp_path: Path, columns: dict[str, object], message: str) -> None:
    """The error names the file, the column or the count, and what was expected."""
    with pytest.raises(TuningError, match=message):
        creditcard.load(_creditcard(tmp_path / "creditcard.csv", **columns))


def test_missing_creditcard_file_is_refused(tmp_path: Path) -> None:
    """The error names the path that the user gave."""
    with pytest.raises(TuningError, match="there is no file .*nowhere.csv"):
        creditcard.load(tmp_path / "nowhere.csv")


def test_creditcard_without_file_or_network_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its cells skip with the remedy."""

    def offline(*arguments: object, **options: object) -> None:
        message = "no network"
        raise URLError(message)

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", offline)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))  # an empty cache
    with pytest.raises(
        UnavailableError,
        match="does not answer .URLError.*: download .* --tuning-creditcard=PATH",
    ):
        creditcard.load(None)


def test_csv_with_categories_and_gaps(tmp_path: Path) -> None:
    """Text columns are categories, gaps stay for the imputer, and a model is fitted on the lot."""
    from sklearn.tree import DecisionTreeClassifier

    path = tmp_path / "shop.csv"
    rows = [
        f"{i % 7},{'red' if i % 2 else 'blue'},{'' if i % 5 == 0 else i},{'yes' if i % 2 else 'no'}" for i in range(60)
    ]
    path.write_text("\n".join(["size,colour,age,bought", *rows]))
    dataset = read(str(path), "bought")
    assert (dataset.name, dataset.classes, dataset.categorical) == ("shop", ("no", "yes"), ["colour"])
    assert dataset.has_missing
    model = Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2]})
    assert Problem(model, dataset, 0, Protocol(folds=2)).default_test_score == 1.0


def test_a_csv_may_have_a_price_for_a_target(tmp_path: Path) -> None:
    """A file does not know whether a classifier or a regressor is tuned: distinct floats are a target as they are."""
    path = tmp_path / "prices.csv"
    path.write_text("area,price\n1,0.1\n2,0.2\n3,0.3\n4,0.4\n", encoding="utf-8")
    assert read(str(path), "price").y.tolist() == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        ("", "y", "cannot be read as a table: it is empty: expected a text file with a header line"),
        ("a,y\n", "y", "has no rows"),
        (
            "a,label\n1,0\n2,1\n",
            "lable",
            "has no column 'lable': did you mean 'label'[?] its columns are a, label",
        ),
        ("y\n0\n1\n", "y", "has no column but the target 'y'"),
        ("a,y\n1,0\n2,0\n", "y", "the target 'y' is constant [(]0[)]: expected at least two values"),
        ("a,y\n1,0\n2,\n3,1\n", "y", "the target 'y' is missing in line 3"),
        (
            "a,y\n1,0\n2,1\nabc,0\n" + "4.5,1\n" * 60,
            "y",
            "column 'a' holds 'abc' in line 4, where the other rows hold numbers",
        ),
        ("a,y\n1,0\ninf,1\n3,0\n", "y", "column 'a' is infinite in line 3"),
        ("b,y\n,0\n,1\n", "y", "has no feature beside the target 'y': .*b: empty"),
    ],
)
def test_damaged_csv_is_refused(tmp_path: Path, text: str, target: str, message: str) -> None:
    """Each error is one line that names the file, the column and the line."""
    path = tmp_path / "data.csv"
    path.write_text(text)
    with pytest.raises(TuningError, match=message) as caught:
        read(str(path), target)
    assert "\n" not in str(caught.value)
    assert "data" in str(caught.value)


def test_missing_csv_is_refused() -> None:
    """The error names the path."""
    with pytest.raises(TuningError, match="dataset nowhere.csv: there is no such file"):
        read("nowhere.csv", "y")


def test_features_and_target_must_match() -> None:
    """The error gives both shapes."""
    with pytest.raises(TuningError, match=r"got \(3, 2\) and \(4,\)"):
        Dataset("odd", np.ones((3, 2)), np.arange(4))


def test_fingerprint_is_the_contents() -> None:
    """Equal data have equal fingerprints, one changed value gives another."""
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1] * 3)
    other = X.copy()
    other[3, 1] += 1
    assert Dataset("a", X, y).fingerprint() == Dataset("b", X.copy(), y).fingerprint()
    assert Dataset("a", X, y).fingerprint() != Dataset("a", other, y).fingerprint()
