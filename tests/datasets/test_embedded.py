"""The datasets that come with the package: what they hold, where they are from, and that they stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pytest

from tests import ROOT
from tuners import Dataset
from tuners.catalog import DATASETS
from tuners.datasets._embedded import DATA
from tuners.results.tasks import Task

PACKAGE = ROOT / "tuners" / "datasets"
MOST_BYTES = 1_500_000
RARE = 0.15
"""The share of rows of the rarest class, at most, where classes are imbalanced."""


@dataclass(frozen=True)
class Known:
    """What a dataset is known to hold: what its publication says, less what its module says is left out."""

    name: str
    shape: tuple[int, int]
    task: Task
    fingerprint: str
    texts: int = 0
    """Columns of text categories."""
    gaps: int = 0
    """Values that are missing, in all columns."""
    classes: tuple[int, ...] = ()
    """Rows of each class, the most first."""
    positive: str | None = None


SOYBEAN = (92, 91, 91, 88, 44, 44, *[20] * 9, 16, 15, 14, 8)
C: Final = "classification"
R: Final = "regression"
EMBEDDED = [
    Known("abalone", (4177, 8), R, "0543556d11334092746808d80ab872dca53c163b5362c5f598b5c69cf19b9e8c", 1),
    Known("auto_mpg", (398, 7), R, "351cccf82b29a29222b0c0ba72263ada3a3718d9b790ce853fd2e8686743ced8", 1, 6),
    Known("automobile", (201, 25), R, "6c26b94bcdba9eed837434f2f3a7f5491a15bb96153b69c432632caa2a98d409", 10, 51),
    Known("concrete", (1030, 8), R, "3df6d44dfef76700d31555d7b0267c312a8a12c34494897360c54986aaa25e8e"),
    Known(
        "german_credit",
        (1000, 20),
        C,
        "bb3a8b80c2ef404023febe040dfc6d735274dec895b9815ce309f57a538ace0c",
        13,
        classes=(700, 300),
        positive="bad",
    ),
    Known(
        "glass",
        (214, 9),
        C,
        "8df079c57ab68e8b456275a7fba26b638efa351e14adfcc63136cbbd3982272c",
        classes=(76, 70, 29, 17, 13, 9),
    ),
    Known(
        "heart_disease",
        (303, 13),
        C,
        "6a1f2cb49bd3b6e15acd5bc8a4bba048ccc867b2e5b7322525cc3d791cf2e33e",
        7,
        6,
        (164, 139),
        "present",
    ),
    Known(
        "hypothyroid",
        (3163, 25),
        C,
        "78f0486ac47e5612fbce8bb50325e0f9a4e2d693242306e434ad1255bef05a62",
        18,
        5329,
        (3012, 151),
        "hypothyroid",
    ),
    Known(
        "penguins",
        (344, 7),
        C,
        "2e33913d30ff3173da93051002b303b7084cb4dc25fefc45bf2b35f674724230",
        2,
        19,
        (152, 124, 68),
    ),
    Known(
        "soybean", (683, 35), C, "b83b89214e98b4850bdb96928b235795b90cd15259015a411edbb90328fc5793", 35, 2337, SOYBEAN
    ),
    Known(
        "spambase",
        (4601, 57),
        C,
        "fe19eebc138348a7f65f8b8c2cd5302fabe4aab73bdaf6e0d85fdba8c2f15032",
        classes=(2788, 1813),
        positive="spam",
    ),
    Known("wine_quality", (4898, 11), R, "694bd94e2b1c45128962f39ac68b4c2c5861ea8b39857d77072b7ddbddf6b3fb"),
]
CARRIED = {"breast_cancer": C, "diabetes": R, "digits": C, "iris": C, "wine": C}
"""The datasets that scikit-learn carries, and their tasks."""
TARGETS = {
    "abalone": (1, 29, 9.9337),
    "auto_mpg": (9, 46.6, 23.5146),
    "automobile": (5118, 45400, 13207.1294),
    "concrete": (2.3318, 82.5992, 35.8178),
    "diabetes": (25, 346, 152.1335),
    "wine_quality": (3, 9, 5.8779),
}
"""Smallest, largest and mean target of each regression dataset."""


def _loaded(name: str) -> Dataset:
    dataset: Dataset = DATASETS.load(name)(None)
    return dataset


def _rarest(dataset: Dataset) -> float:
    return float(np.unique(dataset.y, return_counts=True)[1].min() / len(dataset.y))


@pytest.fixture(scope="module")
def embedded() -> dict[str, Dataset]:
    """Return every dataset that needs no file of the user's, by name."""
    return {name: _loaded(name) for name in DATASETS._modules() if name != "creditcard"}


def test_the_datasets_that_are_registered_are_the_known_ones() -> None:
    """Each file of data has a module, each module is known here, and what has an underscore is no dataset."""
    names = {known.name for known in EMBEDDED}
    assert {entry.name.removesuffix(".csv.gz") for entry in DATA.iterdir()} == names | {"README.md"}
    assert set(DATASETS._modules()) == names | set(CARRIED) | {"creditcard"}


@pytest.mark.parametrize("known", EMBEDDED, ids=lambda known: known.name)
def test_an_embedded_dataset_is_the_known_one(known: Known) -> None:
    """Rows, columns, task, categories, gaps, rows of each class and the class of interest are the known ones."""
    dataset = _loaded(known.name)
    assert dataset.name == known.name
    assert isinstance(dataset.X, pd.DataFrame)
    assert (dataset.X.shape, dataset.task) == (known.shape, known.task)
    assert len(dataset.categorical) == known.texts
    assert dataset.X.isna().to_numpy().sum() == known.gaps
    assert dataset.positive == known.positive
    counts = sorted(np.unique(dataset.y, return_counts=True)[1].tolist(), reverse=True)
    assert tuple(counts if known.task == C else ()) == known.classes


@pytest.mark.parametrize("known", EMBEDDED, ids=lambda known: known.name)
def test_an_embedded_dataset_never_changes(known: Known) -> None:
    """Its content has the fingerprint that tables and saved runs know it by, under every pandas."""
    assert _loaded(known.name).fingerprint() == known.fingerprint


@pytest.mark.parametrize("known", EMBEDDED, ids=lambda known: known.name)
def test_columns_are_numbers_or_text(known: Known) -> None:
    """Numbers are int64 or float64, everything else is text or NaN, and no column says nothing."""
    dataset = _loaded(known.name)
    assert isinstance(dataset.X, pd.DataFrame)
    for name in dataset.numeric:
        assert dataset.X[name].dtype in ("int64", "float64")
    for name in dataset.categorical:
        assert dataset.X[name].dtype == "object"
        assert {type(value) for value in dataset.X[name].dropna()} == {str}
        assert all(value == value.strip() != "?" for value in dataset.X[name].dropna())
    assert dataset.X.nunique().min() > 1


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_of_regression_has_its_known_range(name: str) -> None:
    """The smallest, the largest and the mean target are the known ones, and there are no classes."""
    dataset = _loaded(name)
    assert (dataset.y.min(), dataset.y.max(), dataset.y.mean()) == pytest.approx(TARGETS[name], rel=1e-4)
    assert dataset.task == "regression"
    assert dataset.classes == ()


@pytest.mark.parametrize("known", EMBEDDED, ids=lambda known: known.name)
def test_an_embedded_dataset_says_where_it_is_from(known: Known) -> None:
    """Its source has the DOI and its licence is open, and module and README say the same of both."""
    dataset = _loaded(known.name)
    doi = dataset.source.split("doi:")[1]
    assert dataset.licence in ("CC BY 4.0", "CC0 1.0")
    assert doi.startswith("10.")
    module = (PACKAGE / f"{known.name}.py").read_text("utf-8").split('"""')[1]
    assert doi in module
    assert dataset.licence in module
    lines = (PACKAGE / "data" / "README.md").read_text("utf-8").splitlines()
    about = [line for line in lines if line.startswith(f"| `{known.name}` ")]
    assert len(about) == 3
    assert f"| {known.shape[0]:,} | {known.shape[1]} | {known.task} |" in about[0]
    assert doi in about[1]
    assert dataset.licence in about[1]


def test_the_files_are_small() -> None:
    """All files of data together take at most 1.5 MB, in the repository and where the package is installed."""
    sizes = [len(entry.read_bytes()) for entry in DATA.iterdir()]
    assert sum(sizes) <= MOST_BYTES


def test_the_files_are_reproducible() -> None:
    """No file holds the time or the name that it was written with: the same rows give the same bytes."""
    for entry in DATA.iterdir():
        if entry.name.endswith(".gz"):
            head = entry.read_bytes()[:10]
            assert head[:2] == b"\x1f\x8b"
            assert head[3:8] == bytes(5), entry.name


def test_the_datasets_differ_in_kind(embedded: dict[str, Dataset]) -> None:
    """There are 12 or more, 4 or more of regression, and several with categories, with gaps and with rare classes."""
    assert len(embedded) >= 12
    tasks = {name: dataset.task for name, dataset in embedded.items()}
    assert {name: tasks[name] for name in CARRIED} == CARRIED
    assert sum(task == R for task in tasks.values()) >= 5
    assert sum(bool(dataset.categorical) for dataset in embedded.values()) >= 6
    assert sum(dataset.has_missing for dataset in embedded.values()) >= 6
    ours = [embedded[known.name] for known in EMBEDDED if known.task == C]
    assert sum(_rarest(dataset) <= RARE for dataset in ours) >= 3
    assert any(_rarest(dataset) <= RARE and len(dataset.classes) == 2 for dataset in ours)


@pytest.mark.parametrize("task", [C, R])
def test_each_task_has_a_larger_dataset(embedded: dict[str, Dataset], task: Task) -> None:
    """Of both tasks, one dataset or more has 4,000 rows."""
    assert max(len(dataset.y) for dataset in embedded.values() if dataset.task == task) >= 4000


@pytest.mark.parametrize("name", ["wine", "diabetes", "penguins"])
def test_a_dataset_of_the_package_reads_no_file_of_the_users(name: str) -> None:
    """A path that is given to a dataset that comes with the package is not read."""
    missing = ROOT / "there-is-no-such-file.csv"
    assert DATASETS.load(name)(missing).fingerprint() == _loaded(name).fingerprint()
