"""Files as datasets of a session: what is decided is in the header, the record and the report."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from tests.bench import PLAIN
from tuners.comparison import values

CONFTEST = """
import tuners
from sklearn.tree import DecisionTreeClassifier
tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}))
"""


@pytest.fixture
def shop(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a folder with a packed file of semicolons, decimal commas, an id and a target with a comma."""
    chosen = random.Random(0)  # noqa: S311  no secret
    rows = []
    for number in range(120):
        size = chosen.random() * 10
        rows.append(f"C{number:04d};{size:.2f};{chosen.choice('abc')};{'yes' if size + chosen.random() > 5 else 'no'}")
    text = "\n".join(['customer;size;plan;"bought, at all"', *rows]).replace(".", ",")
    (pytester.path / "shop.csv.gz").write_bytes(gzip.compress(text.encode("cp1252")))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("def test_tuning(tune, tuner, problem):\n    tune(tuner, problem)\n")
    return pytester


def test_a_packed_file_with_a_quoted_target(shop: pytest.Pytester) -> None:
    """Decisions stand in the header, in each record, and in the report's provenance."""
    result = shop.runpytest(
        "-p", "tuners.plugin", *PLAIN, "--tuning-models=tree", "--tuning-tuners=default,random", "--tuning-seeds=1",
        "--tuning-budget=2", '--tuning-datasets=shop.csv.gz:"bought, at all"', "--tuning-metric=f1",
        "--benchmark-json=saved.json", "--tuning-report=report.html", "--tuning-drop=plan",
    )  # fmt: skip
    result.assert_outcomes(passed=2)
    noted = "customer: 120 distinct values in 120 rows: left out (--tuning-keep=customer keeps it)"
    result.stdout.fnmatch_lines(["*f1 (positive class of shop: yes)*", f"tuning: shop: {noted}"])
    info = json.loads((shop.path / "saved.json").read_text(encoding="utf-8"))["benchmarks"][0]["extra_info"]
    assert noted in info["dataset_notes"]
    assert "plan: left out, as you said" in info["dataset_notes"]
    page = (shop.path / "report.html").read_text(encoding="utf-8")
    assert "120 distinct values in 120 rows: left out" in page


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("bob's.csv:y,al's.csv:y", ("bob's.csv:y", "al's.csv:y")),
        ("a.csv:'b, c',iris", ("a.csv:'b, c'", "iris")),
        ('"b, c", d', ('"b, c"', "d")),
    ],
)
def test_quotes_open_where_a_name_begins(text: str, names: tuple[str, ...]) -> None:
    """An apostrophe inside of a name is a letter."""
    assert values.names(text) == names


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--tuning-datasets=shop.csv.gz:bought"],
            "*has no column 'bought': did you mean 'bought, at all'? its columns*",
        ),
        (["--tuning-datasets=shop.csv.gz:bought, at all"], "*unknown dataset 'at all'*"),
        (["--tuning-datasets=shop.csv.gz:size", "--tuning-groups=a,b"], "*--tuning-groups: expected one column*"),
        (["--tuning-datasets=shop.csv.gz:size", "--tuning-keep=nobody"], "*has no column 'nobody' (to be kept)*"),
    ],
)
def test_wrong_names_are_usage_errors(shop: pytest.Pytester, options: list[str], said: str) -> None:
    """One line, before anything is run."""
    result = shop.runpytest("-p", "tuners.plugin", *PLAIN, "--tuning-models=tree", "--tuning-tuners=default", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
