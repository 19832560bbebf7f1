"""From records to rows to text."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import classification_report

from tests import runs
from tuners.analysis.comparison import compare
from tuners.analysis.failures import failures
from tuners.analysis.methods import evaluate
from tuners.analysis.statistics import mean_interval
from tuners.report import formats
from tuners.report.document import Report
from tuners.report.formats.comment import COMMENT
from tuners.report.sections import blocks, tuned
from tuners.report.words import duration, number
from tuners.results.record import Record
from tuners.store.records import readable

PICTURES = {".png", ".svg"}
"""Which a browser draws, in seconds."""


def record(tuner: str, score: float | None, *, seed: int = 0, dataset: str = "wine", **values: Any) -> Record:
    """Return a record with all figures of a good run."""
    usual = {
        "model": "forest", "dataset": dataset, "tuner": tuner, "seed": seed, "metric": "accuracy",
        "test_score": score, "cv_score": score, "default_test_score": 0.9, "evaluations": 10, "budget": 10,
        "seconds": 2.0, "evaluation_seconds": 1.5, "search_seconds": 0.5, "peak_memory": 2**30,
    }  # fmt: skip
    return Record(**{**usual, **values})


def failed(tuner: str, seed: int = 0, **values: Any) -> Record:
    """Return a record of a failed run."""
    return record(tuner, None, seed=seed, status="failed", reason="RuntimeError: lost", cv_score=None, **values)


def test_groups_are_datasets_then_all() -> None:
    """A group for each model x dataset, and one over all where there are several."""
    records = [record("default", 0.9, dataset=name) for name in ("wine", "iris")]
    assert [group.title for group in evaluate(records)] == [
        "forest on wine",
        "forest on iris",
        "forest on all datasets",
    ]
    assert [group.title for group in evaluate(records[:1])] == ["forest on wine"]


def test_gains_are_paired_to_default() -> None:
    """In the metric's unit, with the interval of the pairs; of one method, Student's."""
    scores = {"default": [0.95, 0.90, 0.85, 0.80], "random": [0.9708, 0.91, 0.86, 0.82]}
    records = [record(t, s, seed=i) for t, values in scores.items() for i, s in enumerate(values)]
    row = evaluate(records)[0].rows[1]
    base, tuned = np.array(scores["default"]), np.array(scores["random"])
    assert row.difference == pytest.approx(tuned.mean() - base.mean())
    assert row.difference_interval == pytest.approx(mean_interval(tuned - base))
    assert (row.test_interval, row.change, row.change_interval) == (None, None, None)


def test_gains_need_no_default_row() -> None:
    """Each record carries the untuned model's score, so that one method alone is compared with it, too."""
    row = evaluate([record("random", 0.945, seed=seed) for seed in range(3)])[0].rows[0]
    assert row.tuner == "random"
    assert row.tied == "best"
    assert row.difference == pytest.approx(0.045)
    assert len(evaluate([record("random", 0.945)])[0].rows) == 1


def test_a_loss_is_compared_in_its_own_unit() -> None:
    """Scores that are no shares, in table and verdict."""
    scores = {"default": (0.01, 0.02, 0.03), "a": (0.21, 0.22, 0.24)}
    records = [record(t, s, seed=i, metric="r2") for t, values in scores.items() for i, s in enumerate(values)]
    report = Report(records, evaluate(records))
    row = report.groups[0].rows[1]
    assert row.difference == pytest.approx(0.2033, abs=1e-4)
    assert any("+0.2033 r2, untested" in each for each in report.summary)
    assert any("undecided, 3 problems: nothing can be tested" in each for each in report.summary)
    assert "vs default, %" not in formats.text(report)
    assert "+0.2033 [+0.1890, +0.2177]" in formats.text(report)


def test_no_mean_over_datasets_of_unlike_scale() -> None:
    """Errors in euros and in metres have no common mean: methods are compared by ranks."""
    scale = {"houses": 1000.0, "trees": 1.0}
    records = [
        record(tuner, -loss * scale[name] * (1 + 0.1 * seed), seed=seed, dataset=name, metric="neg_mean_absolute_error",
               default_test_score=-3.0 * scale[name])
        for name in scale for seed in range(4) for tuner, loss in (("default", 3.0), ("a", 1.0), ("b", 2.0))
    ]  # fmt: skip
    *single, both = evaluate(records)
    assert all(row.test_score is not None and row.behind is not None for group in single for row in group.rows)
    assert [(row.test_score, row.difference, row.behind) for row in both.rows] == [(None, None, None)] * 3
    assert [(row.rank, row.tied) for row in both.rows] == [(3, "behind"), (1, "best"), (2, "behind")]


def test_identical_methods_are_rarely_called_behind() -> None:
    """Over six methods that are the same, the whole table's false alarms stay near 5 % (binomial bound)."""
    generator = np.random.default_rng(0)
    alarms = 0
    for _ in range(60):
        scores = generator.normal(0.9, 0.01, (10, 6))
        records = [
            record("default" if t == 0 else str(t), float(scores[s, t]), seed=s) for s in range(10) for t in range(6)
        ]
        alarms += any(row.tied == "behind" for row in evaluate(records)[0].rows)
    assert alarms <= 8  # 99.5 % point of 60 draws at 5 %


def test_infinite_parameters_are_written() -> None:
    """JSON has no infinity, a hyperparameter may."""
    records = [record("a", 0.5, best_params={"C": float("inf")})]
    document = json.loads(formats.json_text(Report(records, evaluate(records))))
    assert document["runs"][0]["best_params"] == {"C": "inf"}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"metric": "f1"}, "metric (accuracy, now f1)"),
        ({"budget": 20}, "budget (10, now 20)"),
        ({"dataset_sha256": "b"}, "the data"),
        ({"setup_sha256": "b"}, "folds, test share, rows or space"),
    ],
)
def test_unlike_cells_are_not_compared(changed: dict[str, Any], what: str) -> None:
    """Cells of one name that differ in what scores depend on are left out, with the reason."""
    (row,) = compare([record("a", 0.8, trials_sha256="x", **changed)], [record("a", 0.9, trials_sha256="x")])
    assert (row.cells, row.score_difference, row.unlike) == (0, None, (what,))


def test_failed_cell_counts_as_default() -> None:
    """A failed cell is its default model's score in mean and rank, and is flagged; times leave it out."""
    records = [record("default", 0.9, seed=0), record("default", 0.9, seed=1)]
    records += [record("random", 1.0, seed=0), failed("random", seed=1)]
    row = evaluate(records)[0].rows[1]
    assert (row.failures, row.cells) == (1, 2)
    assert row.test_score == pytest.approx(0.95)
    assert row.rank == pytest.approx((1 + 1.5) / 2)
    assert row.seconds == 2.0


@pytest.mark.parametrize(
    "suffix", [pytest.param(each, marks=pytest.mark.slow) if each in PICTURES else each for each in formats.SUFFIXES]
)
def test_all_failed_and_all_skipped_make_a_table(suffix: str) -> None:
    """Nothing to show is no error."""
    skipped = Record("forest", "wine", "bayesian", 0, status="skipped", reason="hyperopt is not installed")
    nothing = [failed("random", default_test_score=None, seconds=None), skipped]
    text = formats.text(Report(nothing, evaluate(nothing)), verbose=True)
    assert "skipped: forest-wine-bayesian-0: hyperopt is not installed" in text
    assert "failed: forest-wine-random-0: RuntimeError: lost" in text
    assert formats.FORMATS[suffix](Report(nothing, evaluate(nothing)))


def test_verdicts() -> None:
    """With enough blocks a constant gap is `behind`, noise is `tied`; equal means are both `best`."""
    generator = np.random.default_rng(0)
    noise = generator.normal(0, 0.01, 10)
    noise -= noise.mean()
    columns = {"default": np.full(10, 0.8), "a": np.full(10, 0.9), "b": 0.8999 + noise, "c": np.full(10, 0.9)}
    records = [record(t, float(s), seed=i) for t, values in columns.items() for i, s in enumerate(values)]
    verdicts = {row.tuner: row.tied for row in evaluate(records)[0].rows}
    assert verdicts == {"default": "behind", "a": "best", "b": "tied", "c": "best"}


def test_too_few_cells_instead_of_a_p_value() -> None:
    """Where no outcome could be significant there is no p-value."""
    records = [record(t, s, seed=i) for t, s in (("default", 0.8), ("a", 0.9)) for i in range(5)]
    row = evaluate(records)[0].rows[0]
    assert (row.tied, row.p_value) == ("too few cells", None)


def test_incomplete_blocks_are_left_out_of_pairs_and_said() -> None:
    """A method that lacks a block does not gain by it."""
    records = [record("default", s, seed=i) for i, s in enumerate((0.9, 0.5))] + [record("a", 0.8, seed=0)]
    group = evaluate(records)[0]
    assert group.notes == ("paired figures use the 1 of 2 blocks that all methods have",)
    assert [row.test_score for row in group.rows] == [0.9, 0.8]


def test_comparison_pairs_cells() -> None:
    """Differences are now minus then over shared cells; the rest is counted."""
    then = [record("a", s, seed=i, trials_sha256=str(i)) for i, s in enumerate((0.80, 0.82, 0.84, 0.99))]
    now = [record("a", s, seed=i, trials_sha256="0", seconds=3.0) for i, s in enumerate((0.81, 0.84, 0.84))]
    (row,) = compare(now, then)
    assert (row.cells, row.unpaired, row.identical) == (3, 1, 1)
    assert row.score_difference == pytest.approx(0.01)
    assert row.score_interval == pytest.approx(mean_interval([0.01, 0.02, 0.0]))
    assert (row.seconds_then, row.seconds_now, row.seconds_difference) == (2.0, 3.0, 1.0)


def test_comparison_with_a_run_that_shares_nothing() -> None:
    """New and missing methods have rows, without figures."""
    rows = compare([record("a", 0.8)], [record("b", 0.9)])
    assert [(row.tuner, row.cells, row.unpaired, row.score_difference) for row in rows] == [
        ("a", 0, 1, None),
        ("b", 0, 1, None),
    ]


@given(st.lists(st.lists(st.integers(0, 5), min_size=3, max_size=3), min_size=3, max_size=3))
def test_classification_report_comes_from_the_confusion_matrix(matrix: list[list[int]]) -> None:
    """Expanding the matrix gives the figures of scikit-learn's own report of the predictions."""
    assume(any(map(any, matrix)))
    pairs = [(i, j) for i, row in enumerate(matrix) for j, count in enumerate(row) for _ in range(count)]
    truth, predicted = zip(*pairs, strict=True)
    labels, names = [0, 1, 2], ["x", "y", "z"]
    expected = classification_report(
        truth, predicted, labels=labels, target_names=names, output_dict=True, zero_division=0
    )
    made = tuned.classification(record("a", 0.7, classes=tuple(names), confusion_matrix=matrix))
    rows = {name: values for name, *values in made.rows}
    for name, theirs in (*zip(names, names, strict=True), ("macro average", "macro avg")):
        figures = [f"{expected[theirs][figure]:.4f}" for figure in ("precision", "recall", "f1-score")]
        assert rows[name] == [*figures, f"{expected[theirs]['support']:.0f}"]
    assert rows["accuracy"][2] == f"{np.trace(matrix) / len(pairs):.4f}"


def test_failures_are_told_by_reason() -> None:
    """Cells by their reason, the most frequent first; failed trials of good cells, of how many; in every format."""
    good = runs.run("random")
    lost = [replace(trial, reason="ValueError: no") if i % 3 == 0 else trial for i, trial in enumerate(good.trials)]
    made = [
        replace(good, trials=tuple(lost)),
        runs.run("random", seed=1),
        *(runs.lost("grid", "it broke", seed=seed) for seed in range(2)),
    ]
    cells, trials = failures([run.record for run in made], made)
    assert (cells.what, cells.count, cells.total, cells.reason) == ("cells", 2, 4, "it broke")
    assert (trials.what, trials.count, trials.total, trials.where) == ("trials", 4, 24, ("forest-wine-random-0",))
    report = runs.report(made)
    for content in (formats.text(report, verbose=True), formats.markdown(report)):
        flat = " ".join(content.split())
        assert "failed: forest-wine-grid-0 and 1 more: it broke" in flat
        assert "failed: 4 of 24 trials of random on forest, in forest-wine-random-0: ValueError: no" in flat
    assert [row["count"] for row in json.loads(formats.json_text(report))["failures"]] == [2, 4]


def test_many_reasons_do_not_fill_the_screen() -> None:
    """A reason that differs from cell to cell is told a few times, and the rest counted."""
    report = runs.report([runs.lost("grid", f"at {seed}", seed=seed) for seed in range(100)])
    short, whole = formats.text(report), formats.text(report, verbose=True).removesuffix(formats.text(report))
    assert (short.count("failed: forest-wine-grid-"), whole.count("failed: forest-wine-grid-")) == (2, 5)
    assert "98 more reasons of failures" in short
    assert "95 more reasons of failures" in whole


def test_a_comment_is_never_too_long() -> None:
    """Of very many datasets and cells, the verdict and the main table stay, and what is left out is counted."""
    names = [f"dataset {index} with a long name" for index in range(60)]
    content = formats.markdown(runs.report(runs.grid(["default", "random", "grid"], names, 1)))
    assert len(content) <= COMMENT
    assert "## In short" in content
    assert "## forest on all datasets (accuracy, 60 blocks)" in content
    assert re.search(r"\d+ of 180 tuned models left out", content)


def test_a_comment_has_what_counts_first() -> None:
    """The verdict, then the table over all datasets, then what is folded."""
    content = formats.markdown(runs.report(runs.grid(["default", "random"], ["wine", "iris"], 3)))
    told = (
        "## In short",
        "| verdict",
        "- best on these 2 datasets",
        "## forest on all",
        "<details>",
        "Each tuned model",
    )
    order = [content.index(each) for each in told]
    assert order == sorted(order)
    assert "Where the seconds went: forest on all datasets" in content


def test_zero_has_no_sign_but_plus() -> None:
    """A difference that rounds to zero is not shown as negative."""
    assert (number(-0.00001, 2, sign=True), number(-1e-9), duration(-0.0001)) == ("+0.00", "0.0000", "0.00")


def test_formats_show_the_same_figures() -> None:
    """Text and Markdown have the rounded figure, CSV and JSON the whole."""
    score = 0.912345678
    records = [record("default", 0.9), record("random", score, best_params={"a": 1}, classes=("n", "y"))]
    report = Report(records, evaluate(records), header=["tuning: this and that"])
    assert "0.9123" in formats.text(report, verbose=True)
    assert "0.9123" in formats.markdown(report)
    rows = list(csv.DictReader(io.StringIO(formats.comma_separated(report))))
    assert float(rows[1]["test_score"]) == score
    assert json.loads(formats.json_text(report))["groups"][0]["rows"][1]["test_score"] == score


def test_markdown_is_harmless() -> None:
    """Names with HTML, pipes and backticks break neither page nor table."""
    evil = "<script>|`*\\"
    records = [record(evil, 0.9, dataset="d|d", confusion_matrix=[[1]], classes=(evil,), best_params={evil: evil})]
    text = formats.markdown(Report(records, evaluate(records)))
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert "<script>" not in "\n".join(table)
    assert len({line.count("|") for line in table[:3]}) == 1


def test_a_comment_mentions_nobody() -> None:
    """No name makes an image, a link, a mention, an issue, emphasis or a second line; usual names stay as they are."""
    evil = "![x](https://e.example/t.png) @octocat #1 __b__ &lt;b&gt; [a]: x\n# top"
    made = record("my_tuner", 0.9, dataset=evil, confusion_matrix=[[1]], classes=(evil,))
    content = formats.markdown(Report([made], evaluate([made]), header=[evil]))
    assert not re.search(r"!\[|\]\(|\]:|@octocat|#1 |__|&lt;|\n# top", content)
    assert "my_tuner" in content


def test_text_fits_a_hundred_columns() -> None:
    """The widest figures and usual names fit."""
    records = [
        record(t, float(s), seed=i, seconds=12345.6, evaluations=1000, budget=1000)
        for t, values in {"default": np.linspace(0.1, 0.9, 10), "bayesian": np.linspace(0.9, 0.1, 10)}.items()
        for i, s in enumerate(values)
    ]
    then = [replace(r, trials_sha256="x", seconds=123.4) for r in records]
    now = [replace(r, trials_sha256="x") for r in records]
    report = Report(records, evaluate(records), compare(now, then), "0001_a_run.json")
    assert max(map(len, formats.text(report, verbose=True).splitlines())) <= 100


def test_details_are_of_good_classifiers_only() -> None:
    """Failed runs and regressors have no confusion matrix to show."""
    records = [failed("a"), record("b", 0.5), record("c", 0.5, confusion_matrix=[[2, 0], [1, 1]], classes=("n", "y"))]
    assert [block.title for block in tuned.blocks(Report(records, evaluate(records)))] == ["forest-wine-c-0"]
    assert blocks(Report([], []), {"verbose"})
    assert formats.text(Report([], [])) == ""


@given(
    st.builds(
        record,
        st.text(min_size=1),
        st.floats(0, 1),
        seed=st.integers(0, 2**32 - 1),
        best_params=st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()),
        classes=st.lists(st.text()).map(tuple),
        time_budget=st.none() | st.floats(0.1, 1e6),
    )
)
def test_record_survives_saving(original: Record) -> None:
    """Saved as JSON and read back, a record is the same."""
    assert readable(json.loads(json.dumps(original.as_dict()))) == original


def test_foreign_extra_info_is_no_record() -> None:
    """Other people's benchmarks, and other schemas, are passed over."""
    assert readable({}) is None
    assert readable({**record("a", 0.5).as_dict(), "schema": 2}) is None


def test_unusual_parameters_are_saved_as_text() -> None:
    """A parameter that JSON does not know is saved as its repr."""
    assert record("a", 0.5, best_params={"f": len}).as_dict()["best_params"] == {"f": "<built-in function len>"}
