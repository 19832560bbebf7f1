"""What is decided of a table's columns, and said: ids, roles, leaks, what each column holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tuners
from tuners import Dataset
from tuners.errors import TuningError

ROWS = 400
RANDOM = np.random.default_rng(0)
TENURE = RANDOM.integers(0, 72, ROWS)


def frame(**columns: Any) -> pd.DataFrame:
    """Return a frame with a feature, a target that follows it loosely, and these columns."""
    left = np.where(TENURE + RANDOM.normal(0, 20, ROWS) < 30, "yes", "no")
    return pd.DataFrame({"tenure": TENURE, **columns, "left": left})


def dataset(frame: pd.DataFrame, **options: Any) -> Dataset:
    """Return the frame as a dataset."""
    return Dataset.from_frame(frame, "left", name="people", **options)


def note(dataset: Dataset, column: str) -> str:
    """Return the line on a column."""
    return next((line for line in dataset.notes if line.startswith(f"{column}: ")), "")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([f"C-{number:06d}" for number in RANDOM.permutation(ROWS)], "400 distinct values in 400 rows: left out"),
        (np.arange(ROWS), "400 distinct values in 400 rows, from 0 to 399, which number them: left out"),
        (RANDOM.permutation(ROWS) + 1, "from 1 to 400, which number them: left out"),
        (pd.Series(np.arange(ROWS)).astype("float64"), "which number them: left out"),
    ],
)
def test_ids_are_left_out(values: Any, said: str) -> None:
    """Texts that are all distinct, and numbers that number the rows, tell rows apart and nothing else."""
    found = dataset(frame(code=values))
    assert found.features == ["tenure"]
    assert said in note(found, "code")
    assert "(--tuning-keep=code keeps it)" in note(found, "code")


def test_what_is_left_out_can_be_kept() -> None:
    """A person knows better, and the note says so."""
    found = dataset(frame(code=np.arange(ROWS)), keep=["code"])
    assert found.features == ["tenure", "code"]
    assert note(found, "code").endswith("which number them: kept, as you said")


def test_numbers_that_grow_with_a_sorted_target() -> None:
    """An index that was saved, after rows were left out and sorted by the target, tells the target."""
    people = frame().sort_values("left").assign(at=np.cumsum(RANDOM.integers(1, 9, ROWS)))
    assert "which grow from row to row, as the target does: left out" in note(dataset(people), "at")
    shuffled = frame(at=np.cumsum(RANDOM.integers(1, 9, ROWS)))
    assert "at" in dataset(shuffled).features


@pytest.mark.parametrize("name", ["customer_id", "CustomerID", "id", "Unnamed: 0", "row number"])
def test_distinct_numbers_with_the_name_of_an_id(name: str) -> None:
    """The same numbers under another name, such as a population, are a feature."""
    numbers = RANDOM.choice(10**6, ROWS, replace=False)
    assert name not in dataset(frame(**{name: numbers})).features
    assert "population" in dataset(frame(population=numbers)).features


@pytest.mark.parametrize(
    "values",
    [
        RANDOM.normal(size=ROWS),  # all distinct, as measurements are
        pd.date_range("2024-01-01", periods=ROWS),
        [f"this is the review number {number} of a person" for number in range(ROWS)],
        RANDOM.choice(["a", "b", "c"], ROWS),
    ],
)
def test_features_stay(values: Any) -> None:
    """Measurements, dates, prose and categories are features."""
    assert "x" in dataset(frame(x=values)).features


def test_a_leak_is_named_and_kept() -> None:
    """A column that tells the target alone is said, with the way to leave it out; others are not."""
    people = frame()
    people["cancelled_on"] = np.where(people["left"] == "yes", "2024-01-01", "")
    found = dataset(people)
    assert any(line.startswith("cancelled_on: a likely leak: it alone predicts the target") for line in found.notes)
    assert not any(line.startswith("tenure: a likely leak") for line in found.notes)
    assert "cancelled_on" in found.features
    price = pd.DataFrame(
        {"a": RANDOM.normal(size=ROWS), "net": np.linspace(1, 9, ROWS), "price": np.linspace(1, 9, ROWS) * 1.19}
    )
    notes = Dataset.from_frame(price, "price", name="p").notes
    assert [line.partition(":")[0] for line in notes if "a likely leak" in line] == ["net"]


def test_each_decision_is_a_line() -> None:
    """Gaps, dates, texts, money, empty columns and the target are said."""
    people = frame(
        signup=pd.Series(pd.date_range("2020-01-01", periods=ROWS)).dt.strftime("%d.%m.%Y"),
        state=[f"S{number % 51}" for number in range(ROWS)],
        total=[f"${number % 90},000.50" if number % 40 else "?" for number in range(ROWS)],
        nothing=[""] * ROWS,
        same=[7.5] * ROWS,
    )
    found = dataset(people)
    assert set(found.notes[1:]) == {
        "signup: dates, 2020-01-01 to 2021-02-03, whose parts are features, read as day before month",
        "state: text, 51 values",
        "total: numbers, $ left out, thousands separators left out, 10 gaps (written '?')",
        "nothing: empty: left out",
        "same: 7.5 in every row",
        "1 column of numbers without gaps",
    }


def test_roles_are_columns_that_are_no_features() -> None:
    """Groups, time, weights and the test rows come from their columns, and the target has no other role."""
    people = frame(
        patient=[f"p{number % 40}" for number in range(ROWS)],
        day=pd.date_range("2024-01-01", periods=ROWS),
        importance=np.ones(ROWS) * 2,
        part=["test" if number % 4 == 0 else "train" for number in range(ROWS)],
        secret=np.zeros(ROWS),
    )
    found = dataset(people, groups="patient", time="day", weights="importance", test="part", drop=["secret"])
    assert found.features == ["tenure"]
    assert found.groups is not None
    assert len(np.unique(found.groups)) == 40
    assert found.time is not None
    assert found.time.dtype.kind == "M"
    assert found.weights is not None
    assert set(found.weights) == {2.0}
    assert found.test is not None
    assert found.test.sum() == ROWS // 4
    assert "secret: left out, as you said" in found.notes
    with pytest.raises(TuningError, match="column 'left' is the target, and has another role, too"):
        dataset(people, groups="left")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": "tenur"}, r"has no column 'tenur' \(groups\): did you mean 'tenure'?"),
        ({"drop": ["nobody"]}, r"has no column 'nobody' \(to be dropped\)"),
        ({"drop": "tenure"}, "expected a list of names as drop and keep, got 'tenure'"),
        ({"positive": "maybe"}, r"expected a label of the target 'left' as positive \(no, yes\), got 'maybe'"),
        ({"task": "regression"}, "the target 'left' holds texts such as .*: expected numbers for regression"),
        ({"task": "ranking"}, "expected classification or regression as task, got 'ranking'"),
        ({"weights": "left2"}, "has no column 'left2'"),
    ],
)
def test_wrong_names_are_told(options: dict[str, Any], said: str) -> None:
    """One line names the thing and the remedy."""
    with pytest.raises(TuningError, match=said) as caught:
        dataset(frame(), **options)
    assert str(caught.value).startswith("dataset 'people': ")


@pytest.mark.parametrize(
    ("values", "classes", "positive"),
    [
        (pd.Categorical([0, 1] * 20), ("0", "1"), 1),
        (pd.array([True, False] * 20, dtype="boolean"), ("False", "True"), True),
        (pd.Categorical(["no", "yes"] * 20), ("no", "yes"), "yes"),
    ],
)
def test_targets_of_pandas_own_types(values: Any, classes: tuple[str, ...], positive: Any) -> None:
    """Categories that are numbers are numbers, and bools stay bools."""
    found = Dataset.from_frame(pd.DataFrame({"x": RANDOM.normal(size=40), "y": values}), "y", name="d")
    assert (found.classes, found.positive) == (classes, positive)


def test_times_as_text_are_read_as_in_a_file() -> None:
    """Days before months, which pandas alone takes for months."""
    days = [f"{number % 12 + 1:02d}.{number // 12 + 1:02d}.2020" for number in range(48)]
    found = Dataset("d", np.zeros((48, 1)), np.arange(48) % 2, time=np.array(days))
    assert found.time is not None
    assert (np.diff(found.time) > np.timedelta64(0)).all()
    with pytest.raises(TuningError, match="expected numbers, or dates of one way of writing, as time, got 'soon'"):
        Dataset("d", np.zeros((2, 1)), np.array([0, 1]), time=np.array(["soon", "later"]))


def test_doses_of_a_sorted_file_stay() -> None:
    """A feature that grows with the target is no index for that; nor are the years of a series."""
    dose = pd.DataFrame({"dose": np.arange(0, 300, 10), "age": RANDOM.normal(size=30)})
    assert "dose" in Dataset.from_frame(dose.assign(y=dose["dose"] * 1.7), "y", name="d").features
    years = pd.DataFrame({"year": np.arange(1950, 2010), "y": RANDOM.normal(size=60), "x": RANDOM.normal(size=60)})
    assert "year" in Dataset.from_frame(years, "y", name="d").features


def test_a_second_column_of_a_role_is_no_feature(tmp_path: Path) -> None:
    """As the first one is not."""
    path = tmp_path / "a.csv"
    path.write_text("x,g,g,y\n" + "".join(f"{n / 3},{n % 7},{n % 7},{n % 2}\n" for n in range(60)), encoding="utf-8")
    found = tuners.read(path, "y", groups="g")
    assert found.features == ["x"]
    assert "g.1: a second column named 'g': left out, as the first one is" in found.notes
    with pytest.raises(TuningError, match="column 'y' is the target, and is to be dropped"):
        tuners.read(path, "y", drop=["y"])


def test_frames_of_polars_are_the_same() -> None:
    """The dataset is that of the same frame in pandas."""
    polars = pytest.importorskip("polars", reason="needs polars: pip install polars")
    people = frame(
        state=[f"S{number % 5}" if number % 7 else None for number in range(ROWS)], size=RANDOM.normal(size=ROWS)
    )
    other = polars.DataFrame(
        {name: [None if pd.isna(each) else each for each in people[name]] for name in people.columns}
    )
    assert dataset(other).fingerprint() == dataset(people).fingerprint()
    with pytest.raises(
        TuningError, match="expected a data frame of pandas or polars, got ndarray: arrays are for Dataset"
    ):
        Dataset.from_frame(np.zeros((3, 2)), "y", name="a")


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ([0.0, np.nan, 1.0, 0.0], r"the target is missing in 1 of 4 rows, first in row 1 \(from 0\)"),
        (pd.array([0, 1, None, 0], dtype="Int64"), "the target is missing in 1 of 4 rows"),
        (np.array(["a", None, "b", "a"], dtype=object), "the target is missing in 1 of 4 rows"),
        ([0.0, np.inf, 1.0, 0.5], "the target is infinite in row 1"),
    ],
)
def test_missing_labels_are_refused(y: Any, said: str) -> None:
    """Rows without a label are no class of their own."""
    with pytest.raises(TuningError, match=said):
        Dataset("gaps", np.zeros((4, 1)), y)


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    """In a frame they are refused by name; in a file the second is said, and left out where it is the target."""
    with pytest.raises(TuningError, match="expected distinct names of columns, got 'a' twice"):
        Dataset("d", pd.DataFrame(np.zeros((2, 2)), columns=["a", "a"]), np.array([0, 1]))
    path = tmp_path / "twice.csv"
    path.write_text("a,a,y,y\n" + "1.5,2.5,no,no\n2.5,1.5,yes,yes\n" * 20, encoding="utf-8")
    found = tuners.read(path, "y")
    assert found.features == ["a", "a.1"]
    assert "y.1: a second column named 'y': left out, since it is the target" in found.notes


@pytest.mark.parametrize(
    ("values", "task", "positive"),
    [
        (["no", "yes"], "classification", "yes"),
        (["0", "1"], "classification", 1),
        (["good", "bad"], "classification", None),
        ([str(number / 7) for number in range(200)], "regression", None),
        ([str(number) for number in range(200)], "regression", None),
        ([str(number % 7) for number in range(200)], "classification", None),
    ],
)
def test_task_and_positive_class_are_found_and_said(
    tmp_path: Path, values: list[str], task: str, positive: Any
) -> None:
    """Numbers of many values are a quantity; of a yes and a no, the yes is positive."""
    rows = [f"{number * 37 % 101 / 3},{values[number % len(values)]}" for number in range(200)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    found = tuners.read(path, "y")
    assert (found.task, found.positive) == (task, positive)
    assert task in found.notes[0]
