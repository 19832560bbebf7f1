"""Regression and losses in a report: every format reads them the same way, and none shows a negated score."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests import runs
from tuners.report import formats
from tuners.report.document import Report
from tuners.report.sections import in_order


def page_data(html: str) -> dict[str, Any]:
    """Return what a page's script draws."""
    packed = re.search(r'id="data">([^<]*)<', html)
    assert packed is not None
    data: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return data


def numbers(**values: Any) -> Report:
    """Return the report of a session of regression on one dataset, with further metrics."""
    made = []
    for seed in range(6):
        for tuner, error in (("default", 58.0), ("random", 55.0), ("grid", 61.0)):
            pairs = [[float(true), true + 0.1 * error * (-1) ** true] for true in range(0, 120, 2)]
            one = runs.run(
                tuner, "diabetes", seed, metric="neg_root_mean_squared_error", test_score=-error - seed / 10,
                cv_score=-error - 1, default_test_score=-58.0 - seed / 10, confusion_matrix=None, classes=(),
                predictions=pairs, test_rows=120, other_scores={"r2": 0.4, "neg_log_loss": -0.31}, **values,
            )  # fmt: skip
            trials = [replace(each, score=each.score - 60) for each in one.trials]
            found = [replace(each, cv_score=each.cv_score - 60, test_score=-error) for each in one.incumbents]
            repeats = [replace(each, incumbents=tuple(found)) for each in one.repeats]
            made.append(replace(one, trials=tuple(trials), incumbents=tuple(found), repeats=tuple(repeats)))
    return runs.report(made)


def test_losses_are_told_as_losses_in_every_format() -> None:
    """A lower error is a change below 0 and better; nobody reads a negated score, but in JSON, which says so."""
    report = numbers()
    for text in (formats.text(report, verbose=True), formats.markdown(report)):
        flat = " ".join(text.split())
        assert "root mean squared error, lower is better, 6 blocks" in flat
        assert "change from default on diabetes: random -3.000" in flat
        assert "root mean squared error (lower is better), better" in flat
        assert "log loss (lower is better) random 0.3100, default 0.3100" in flat
        assert "55.2500" in flat
        assert "-55" not in flat
        assert "neg_" not in flat
    table = formats.comma_separated(report).splitlines()
    assert all(row.endswith(",lower") for row in table[1:])
    assert ",55.25," in table[2]
    assert '"test_score": -55.25' in formats.json_text(report)


def test_winners_of_regression_have_residuals() -> None:
    """Quantiles in text, with how many rows they are of; in the page the plot, too, and no confusion matrix."""
    report = numbers()
    text = formats.text(report, verbose=True)
    assert "residual, true less predicted" in text
    assert "50 %" in text
    assert "true \\ predicted" not in text
    page = formats.html(report)
    found = page_data(page)
    assert "Residuals on 60 of 120 test rows" in found["tuned"][0]["html"]
    traces = found["tuned"][0]["figure"]["data"]
    assert [len(trace["x"]) for trace in traces] == [2, 60, 2, 60]
    pairs = zip(traces[1]["x"], traces[1]["y"], strict=True)
    assert traces[3]["y"] == pytest.approx([true - predicted for true, predicted in pairs])


def test_charts_of_losses_say_which_way_is_better() -> None:
    """On their axes; the anytime curve falls, and up is better where a caption says so."""
    report = numbers()
    (group,) = report.groups
    drawn: dict[str, Any] = {
        section.key: section.chart.draw(report, group) for section in in_order() if section.chart is not None
    }
    titles = {
        key: " ".join(str(figure["layout"].get(axis, {}).get("title", {}).get("text")) for axis in ("xaxis", "yaxis"))
        for key, figure in drawn.items()
        if isinstance(figure, dict)
    }
    for key in ("gains", "cost", "evaluations"):
        assert "root mean squared error" in titles[key]
        assert "lower is better" in titles[key]
    assert drawn["cost"]["layout"]["yaxis"]["autorange"] == "reversed"
    scores = [y for trace in drawn["evaluations"]["data"] for y in trace["y"] if y is not None]
    assert min(scores) > 0


def test_metrics_that_are_no_shares_have_no_mean_over_datasets() -> None:
    """Of further metrics, too: over several datasets shares are told alone."""
    made = [
        runs.run(tuner, dataset, seed, other_scores={"f1": 0.8, "neg_log_loss": -0.3}, other_positive="yes")
        for dataset in ("wine", "iris") for tuner in ("default", "random") for seed in range(2)
    ]  # fmt: skip
    report = runs.report(made)
    told = {group.title: [each.measured for each in report.findings_of(group).others] for group in report.groups}
    both = ["f1 of class yes", "log loss"]
    assert told == {"forest on wine": both, "forest on iris": both, "forest on all datasets": ["f1 of class yes"]}
