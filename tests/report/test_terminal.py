"""The terminal ends with the verdict, in few lines; what is long is shown where it is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import runs
from tuners.report.document import Report
from tuners.report.formats import text
from tuners.report.formats.terminal import LINES, WIDTH
from tuners.report.sections.summary import TITLE
from tuners.results.run import Run

METHODS = ["default", "manual", "random", "grid", "bayesian", "genetic", "exhaustive", "halving"]


def of_model(model: str, made: list[Run]) -> list[Run]:
    """Return runs as those of another model."""
    return [replace(each, record=replace(each.record, model=model)) for each in made]


def sessions() -> dict[str, Report]:
    """Return reports of sessions as they come: one model, two, and one with nothing but failures."""
    forest = runs.sessions(METHODS, ["wine", "iris", "digits", "cancer"], 2, repeats=3)
    network = of_model("ann", runs.sessions(METHODS[:5], ["wine"], 2, repeats=3))
    lost = [runs.lost(tuner, f"it broke at {seed}", seed=seed) for tuner in METHODS for seed in range(3)]
    command = "pytest benchmarks/ --tuning-preset=quick"
    return {
        "one model": runs.report(forest, command=command),
        "two models": runs.report([*forest, *network], command=command),
        "four models": runs.report(
            [*forest, *(each for name in ("ann", "svm", "tree") for each in of_model(name, forest))], command=command
        ),
        "two models that failed in part": runs.report([*forest, *network, *of_model("tree", lost)], command=command),
        "failures": runs.report(lost),
    }


@pytest.fixture(scope="module", params=["one model", "two models", "two models that failed in part", "failures"])
def report(request: pytest.FixtureRequest) -> Report:
    """Return each report."""
    return sessions()[request.param]


def test_the_verdict_fits_a_screen(report: Report) -> None:
    """In 25 lines with the rule above it, none wider than a terminal; a table a model, then the sentences."""
    lines = text(report).splitlines()
    assert len(lines) <= LINES == 24
    assert max(map(len, lines)) <= WIDTH
    at = next(at for at, line in enumerate(lines) if line.split(" (")[0] == TITLE)
    assert lines[at + 1].startswith("- ")
    headings = [line for line in lines[:at] if " verdict" in line]
    assert len(headings) == len(report.subjects)


def test_what_matters_most_is_kept() -> None:
    """Of two models with eight methods each: who wins, what tuning gains and costs, what to use, how to settle it."""
    lines = text(sessions()["two models"])
    for head in ("- best, forest on these 4 datasets", "- gain over default", "- seconds a run", "- use, ", "- †: "):
        assert head in lines
    assert "--tuning-" in lines
    assert "more rows with -v)" in lines


def test_what_to_use_is_said_of_any_number_of_models() -> None:
    """Where room is short, all else is left out before the answers: who is best, and what to use."""
    shown = text(sessions()["four models"])
    assert all(head in shown for head in ("- best", "- use"))


def test_rows_that_are_left_out_are_counted() -> None:
    """The best methods have rows, and the others are told to be there."""
    report = sessions()["two models"]
    shown = text(report)
    rows = [line for line in shown.splitlines() if line.split("  ")[0] in METHODS]
    (left_out,) = (int(line.split("(")[1].split()[0]) for line in shown.splitlines() if line.startswith(f"{TITLE} ("))
    assert len(rows) + left_out == sum(len(subject.standings) for subject in report.subjects)


def test_verbose_has_everything_and_ends_the_same_way() -> None:
    """Tables of single datasets, legend and notes come first; the verdict is last, with all its rows and sentences."""
    report = sessions()["one model"]
    whole = text(report, verbose=True)
    order = [
        whole.index(each) for each in ("true \\ predicted", "forest on wine (", "How to read this", f"\n{TITLE}\n")
    ]
    assert order == sorted(order)
    last = whole[whole.rindex("\n\n") :]
    assert all(f"\n{tuner} " in last for tuner in METHODS)
    flat = " ".join(last.split())
    assert all(f"- {sentence}" in flat for sentence in (*report.summary, *report.summary_more))
    assert "How to read this" not in text(report)


def test_a_command_is_in_one_piece() -> None:
    """So that it can be copied: an option is not broken at its hyphens."""
    report = sessions()["two models"]
    options = [more.option for subject in report.subjects if (more := subject.findings.advice.more) is not None]
    assert options
    lines = text(report, verbose=True).splitlines()
    assert all(any(option in line for line in lines) for option in options)


def test_recorded_seconds_are_marked() -> None:
    """With a sign, and a line that says what it means; seconds of the wall's clock have none."""
    assert "†: recorded clock" in text(sessions()["one model"])
    assert "†" not in text(runs.report(runs.grid(["default", "random"], ["wine"], 3)), verbose=True)
