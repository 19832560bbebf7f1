"""The sections of the figures say what was found, in its unit, with its scope and its number of runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests import runs
from tuners.report import formats
from tuners.report.document import Report
from tuners.report.section import Section
from tuners.report.sections import SECTIONS, gains, in_order, overtuning, problems, regret, targets, wins, worse
from tuners.report.tables import Table
from tuners.results.record import RealRun

METHODS = ["default", "random", "bayesian"]


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report of recorded runs on two datasets."""
    return runs.report(runs.sessions(METHODS, ["wine", "iris"], 4))


def column(table: Table, heading: str) -> dict[str, str]:
    """Return a column of a table by its rows' first cells."""
    at = table.headings.index(heading)
    return {row[0]: row[at] for row in table.rows}


def test_gains_name_their_scope(report: Report) -> None:
    """On these datasets, and on new rows of them, whose intervals are wider; against the best, too."""
    group = report.groups[-1]
    table, found = gains.table(report, group), report.findings_of(group)
    these, alike = found.user.against_default("bayesian"), found.alike.against_default("bayesian")
    assert these is not None
    assert alike is not None
    assert column(table, "gain on these datasets")["bayesian"] == these.text
    assert column(table, "gain on new rows of them")["bayesian"] == alike.text
    assert these.interval is not None
    assert alike.interval is not None
    assert alike.interval[1] - alike.interval[0] > these.interval[1] - these.interval[0]
    assert column(table, "against the best")["bayesian"] == "best"
    assert column(table, "against the best")["random"].startswith("-")
    assert "default" not in column(table, "p")


def test_a_gain_is_drawn_in_points(report: Report) -> None:
    """As the sentence and the table say it."""
    group = report.groups[-1]
    drawn = gains.draw(report, group)
    assert isinstance(drawn, dict)
    found = {trace["name"]: trace["x"][0] for trace in drawn["data"]}
    contrast = report.findings_of(group).user.against_default("random")
    assert contrast is not None
    assert found["random"] == pytest.approx(100 * contrast.mean)
    assert "points" in drawn["layout"]["xaxis"]["title"]["text"]


def test_regret_is_said_with_what_it_is_measured_from(report: Report) -> None:
    """The optimum where tables are whole; else the best score that was seen."""
    table = regret.table(report, report.groups[-1])
    values = [float(value) for value in column(table, "regret at the end").values()]
    assert values == sorted(values)
    assert column(table, "runs") == {"default": "8", "random": "40", "bayesian": "40"}
    assert regret.words(report) == [regret.KINDS["optimum"]]
    unknown = [replace(each, record=replace(each.record, landmarks=None)) for each in report.runs]
    assert regret.words(runs.report(unknown)) == [regret.KINDS["best seen"]]


def test_targets_say_how_many_runs_reached_them(report: Report) -> None:
    """In evaluations and seconds, which are marked as the recorded clock's; the untuned model searches for none."""
    table = targets.table(report, report.groups[-1])
    assert {row[0] for row in table.rows} == {"random", "bayesian"}
    assert len(table.rows) == 2 * 3
    at = table.headings.index("seconds")
    assert all(row[at].endswith("†") for row in table.rows if row[at] != "-")
    assert all(row[-1].endswith(" of 40") for row in table.rows)
    assert "recorded clock" in targets.words(report)[0]
    assert not targets.words(runs.report(runs.grid(METHODS, ["wine"], 3)))


def test_rates_and_wins_are_shares(report: Report) -> None:
    """With intervals that end at 0 and 100 %, and the number of test rows; both directions of a pair add up to 1."""
    group = report.groups[-1]
    rates = worse.table(report, group)
    assert set(column(rates, "test rows").values()) == {"171"}
    assert all(0 <= float(value.split()[0]) <= 100 for value in column(rates, "worse than default").values())
    shares = {(row.tuner, row.other): row.share for row in report.findings_of(group).wins}
    assert shares["random", "bayesian"] + shares["bayesian", "random"] == pytest.approx(1)
    assert column(wins.table(report, group), "beats random")["random"] == "-"


def test_overtuning_has_its_oracle_and_test_rows(report: Report) -> None:
    """Of methods that choose; without whole tables there is no oracle."""
    table = overtuning.table(report, report.groups[-1])
    assert {row[0] for row in table.rows} == {"random", "bayesian"}
    assert set(column(table, "test rows").values()) == {"171"}
    assert all(float(value.split()[0]) >= 0 for value in column(table, "to the oracle").values())
    assert (
        "to the oracle" not in overtuning.table(runs.report(runs.grid(METHODS, ["wine"], 3)), report.groups[0]).headings
    )


def test_problems_have_their_landmarks(report: Report) -> None:
    """A row each, however many methods; what is not known has a dash; runs without tables have no such section."""
    (block,) = problems.blocks(report)
    (table,) = block.tables
    assert len(table.rows) == 2 * 4
    marks = runs.table("wine", 0)[2]
    row = dict(zip(table.headings, table.rows[0], strict=True))
    assert row["optimum"] == f"{marks.optimum:.4f}"
    assert (row["rank"], row["ties"], row["table"]) == (str(marks.default_rank), "20", "whole, 1000 of 1000")
    cache = replace(marks, whole=False, recorded=7, optimum=None)
    part = [replace(each, record=replace(each.record, landmarks=cache)) for each in report.runs]
    row = dict(zip(table.headings, problems.blocks(runs.report(part))[0].tables[0].rows[0], strict=True))
    assert (row["optimum"], row["table"]) == ("-", "cache, 7 of 1000")
    assert not problems.SECTION.shown(runs.report(runs.grid(METHODS, ["wine"], 3)))


def test_the_walls_clock_stands_beside_the_recorded_one(report: Report) -> None:
    """Where runs were made for real, in every format; else there is no such section."""
    one = replace(report.records[4], real=RealRun(evaluations=40, wall=2.0, recorded=1.9))
    real = replace(report, records=[one, *report.records])
    for content in (formats.text(real, verbose=True), formats.markdown(real)):
        assert "1.90†" in content
        assert "0.95" in content
    assert json.loads(formats.json_text(real))["wall"][0]["recorded"] == 1.9
    assert "other trials with the same seed" not in formats.text(real, verbose=True)
    unlike = replace(one, real=RealRun(evaluations=40, wall=2.0, recorded=1.9, alike=False))
    said = formats.markdown(replace(report, records=[unlike, *report.records]))
    assert f"{unlike.tuner} on forest: other trials with the same seed" in said
    assert "1.90†" not in formats.text(real)
    assert not SECTIONS.load("wall").shown(report)


@pytest.mark.parametrize("section", [each for each in in_order() if each.chart is not None], ids=lambda each: each.key)
@pytest.mark.parametrize("what", ["recorded", "plain", "lost", "one"])
def test_each_chart_is_a_figure_or_a_sentence(section: Section, what: str, report: Report) -> None:
    """Whatever is missing: of failed runs, of one method, of runs without tables."""
    made = {
        "recorded": report,
        "plain": runs.report(runs.grid(METHODS, ["wine"], 3)),
        "lost": runs.report([runs.lost("random", "broken", seed=seed) for seed in range(3)]),
        "one": runs.report(runs.grid(["random"], ["wine"], 2)),
    }[what]
    assert section.chart is not None
    for group in made.groups:
        drawn = section.chart.draw(made, group)
        assert drawn if isinstance(drawn, str) else all(trace["type"] for trace in drawn["data"])
        if section.table is not None:
            table = section.table(made, group)
            assert all(len(row) == len(table.headings) for row in table.rows)
