"""Sessions whose cells have several repeats."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests import bench as suite
from tests.bench import saved_runs
from tuners.analysis.comparison import unlike
from tuners.results.record import Record
from tuners.store.journal_contents import read

OPTIONS = ("-p", "tuners.plugin", *suite.CHEAP, "--tuning-budget=3", "--tuning-seeds=1", "--tuning-repeats=3")


def rounds(folder: Path) -> list[int]:
    """Return how many rounds each benchmark of the newest saved run has."""
    return [
        each["stats"]["rounds"]
        for each in json.loads(max(folder.glob(".benchmarks/*/*.json")).read_text())["benchmarks"]
    ]


SLOWLY = [pytest.param(option, marks=pytest.mark.slow) for option in (("--tuning-isolate",), ("-n2",))]


@pytest.mark.parametrize("option", [(), *SLOWLY])
def test_repeats_are_rounds_of_one_benchmark(bench: pytest.Pytester, option: tuple[str, ...]) -> None:
    """Of a method that draws; others run once. Journal and side file have the trials of each, here and elsewhere."""
    result = bench.runpytest_subprocess(*OPTIONS, "--benchmark-save=a", *option)
    result.assert_outcomes(passed=2)
    assert rounds(bench.path) == [1, 3]
    found = saved_runs(bench.path)
    assert (found["default"].record.repeats, found["random"].record.repeats) == (1, 3)
    trials = [[trial.params for trial in found["random"].trials_of(number)] for number in range(3)]
    assert all(len(each) == 3 for each in trials)
    assert trials[0] != trials[1] != trials[2] != trials[0]
    alone = bench.runpytest_subprocess(*OPTIONS[:-1], "--benchmark-save=b")
    alone.assert_outcomes(passed=2)
    first = found["random"].repeats[0].trials_sha256
    assert saved_runs(bench.path)["random"].record.trials_sha256 == first != found["random"].record.trials_sha256
    kept = read(min(bench.path.glob(".tuning/*.journal.jsonl"))).entries["tree-iris-random-0"].run
    assert [kept.trials_of(number) for number in range(3)] == [found["random"].trials_of(number) for number in range(3)]
    assert kept.repeats == found["random"].repeats


def test_rounds_are_timed_without_what_prepares_them(bench: pytest.Pytester) -> None:
    """Each round is the time of a search and its refit, as the run's own clock has it."""
    bench.runpytest_subprocess(
        *OPTIONS, "--benchmark-save=a", "--benchmark-save-data", "--tuning-tuners=patient"
    ).assert_outcomes(passed=1)
    times = json.loads(next(bench.path.glob(".benchmarks/*/*.json")).read_text())["benchmarks"][0]["stats"]["data"]
    own = [repeat.seconds for repeat in saved_runs(bench.path)["patient"].repeats]
    assert times == pytest.approx(own, abs=0.1)
    assert len(times) == 3
    assert min(times) > 0.45


@pytest.mark.parametrize(
    "option",
    ["--benchmark-disable", "-pno:benchmark", pytest.param("--benchmark-cprofile=tottime", marks=pytest.mark.slow)],
)
def test_every_repeat_is_made_whatever_the_benchmark_does(bench: pytest.Pytester, option: str) -> None:
    """Off, absent, or profiling, which calls the search once more."""
    bench.runpytest_subprocess(*OPTIONS, option, "--tuning-report=out.json").assert_outcomes(passed=2)
    found = json.loads((bench.path / "out.json").read_text())["runs"]
    assert [run["repeats"] for run in found] == [1, 3]
    entries = read(next(bench.path.glob(".tuning/*.journal.jsonl"))).entries
    assert len(entries["tree-iris-random-0"].run.repeats) == 3


def test_a_broken_method_fails_in_its_first_repeat(bench: pytest.Pytester) -> None:
    """The reason says which; the others are not made."""
    result = bench.runpytest_subprocess(*OPTIONS, "--tuning-tuners=broken", "--benchmark-save=a")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*tree-iris-broken-0: repeat 1 of 3: RuntimeError: lost its way*"])
    assert rounds(bench.path) == [1]


SECOND = """
import os
import signal

@tuners.tuner
def second(objective, seed):
    if os.path.exists("begun"):
        if not os.path.exists("again"):
            {deed}
    open("begun", "w").close()
    objective(objective.guesses[seed % 4])
"""


@pytest.mark.parametrize("option", [(), ("--tuning-isolate",)])
def test_a_repeat_that_fails_fails_its_cell(bench: pytest.Pytester, option: tuple[str, ...]) -> None:
    """It is named; what the good ones measured is kept, and rounds are those that were made."""
    conftest = bench.path / "conftest.py"
    conftest.write_text(conftest.read_text() + SECOND.format(deed='raise ValueError("no")'))
    result = bench.runpytest_subprocess(*OPTIONS, "--tuning-tuners=second", "--benchmark-save=a", *option)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*second-0: repeat 2 of 3: ValueError: no*"])
    assert rounds(bench.path) == [2]
    run = saved_runs(bench.path)["second"]
    assert (run.record.status, [repeat.ok for repeat in run.repeats]) == ("failed", [True, False])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="sessions are forked")
def test_a_killed_session_loses_the_repeat_in_flight(bench: pytest.Pytester) -> None:
    """The resumed one takes the repeats that had ended, and is as if nothing had happened."""
    conftest = bench.path / "conftest.py"
    conftest.write_text(conftest.read_text() + SECOND.format(deed="os.kill(os.getpid(), signal.SIGKILL)"))
    options = (*OPTIONS, "--tuning-tuners=second", "--benchmark-save=a", "--benchmark-save-data")
    assert bench.runpytest_subprocess(*options).ret == -signal.SIGKILL
    journal = next(bench.path.glob(".tuning/*.journal.jsonl"))
    assert [*read(journal).repeats["tree-iris-second-0"]] == [0]
    (bench.path / "again").touch()
    resumed = bench.runpytest_subprocess(*options, "--tuning-resume")
    resumed.assert_outcomes(passed=1)
    resumed.stdout.fnmatch_lines(["resumed from *: 0 cells and 1 repeat of others taken from it"])
    found = saved_runs(bench.path)["second"]
    assert (found.record.repeats, found.record.earlier) == (3, True)
    times = json.loads(next(bench.path.glob(".benchmarks/*/*.json")).read_text())["benchmarks"][0]["stats"]["data"]
    assert len(times) == 3
    assert times[0] == found.repeats[0].seconds
    assert min(times) > 0
    whole = bench.runpytest_subprocess(*options)
    whole.assert_outcomes(passed=1)
    assert saved_runs(bench.path)["second"].record.trials_sha256 == found.record.trials_sha256


def test_means_of_other_numbers_of_repeats_compare() -> None:
    """They are of the same thing."""
    once, often = (Record("m", "d", "t", 0, trials_sha256="a", repeats=repeats) for repeats in (1, 9))
    assert unlike(once, often) == []


def test_no_repeats_are_refused(bench: pytest.Pytester) -> None:
    """One line that says what was expected."""
    result = bench.runpytest_subprocess(*OPTIONS, "--tuning-repeats=0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-repeats: expected a whole number of at least 1*, got '0'"])
