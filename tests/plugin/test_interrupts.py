"""Sessions that are ended early, and tuners that would end them: what was measured is kept."""

from __future__ import annotations

import os
import signal

import pytest

from tests import forked
from tests.bench import CHEAP, run, saved
from tests.forked import until


def test_interrupt_keeps_what_was_measured(bench: pytest.Pytester) -> None:
    """Ctrl-C inside a cell ends the session with the table and the save of the cells before it."""
    arguments = (*CHEAP, "--tuning-tuners=default,interrupted", "--tuning-seeds=1", "--benchmark-save=mine")
    result = bench.runpytest_subprocess("-p", "tuners.plugin", *arguments)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["tree on iris  verdict*", "default *"])
    assert [b["extra_info"]["tuner"] for b in saved(bench)["benchmarks"]] == ["default"]


def test_an_interrupt_while_tables_are_built_says_how_to_go_on(bench: pytest.Pytester) -> None:
    """What is recorded stays, and no run has begun that could be resumed."""
    bench.makeconftest(INTERRUPTED)
    arguments = (*CHEAP, "--tuning-evaluation=recorded", "--tuning-jobs=1", "--tuning-tables=kept")
    result = bench.runpytest_subprocess("-p", "tuners.plugin", *arguments)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    said = "tables: interrupted: what is recorded stays in kept, and the same command goes on from there"
    result.stdout.fnmatch_lines([said])


INTERRUPTED = """
from sklearn.tree import DecisionTreeClassifier
import tuners
from tuners.execution import tables

def interrupt(*_, **__):
    raise KeyboardInterrupt

tables.whole = interrupt

tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}))
"""


@pytest.mark.parametrize(
    "tuner", ["random", *(pytest.param(tuner, marks=pytest.mark.slow) for tuner in ("bayesian", "genetic"))]
)
def test_interrupt_from_the_keyboard_ends_any_search(bench: pytest.Pytester, server: forked.Server, tuner: str) -> None:
    """SIGINT during a search ends the session, keeps the cells before it, and the trials of this one."""
    options = ("--tuning-models=forest", f"--tuning-tuners=default,{tuner}", "--tuning-budget=1000", "--tuning-seeds=1")
    report = ("--benchmark-save=mine", "--tuning-report=out.md")
    cell = f'"forest-iris-{tuner}-0"'
    out = bench.path / "out.txt"
    session = server.start(
        bench.path, "-p", "tuners.plugin", *CHEAP, *options, *report, out=out, err=bench.path / "err.txt"
    )

    def searching() -> bool:
        lines = [line for path in bench.path.glob(".tuning/*.jsonl") for line in path.read_text().splitlines()]
        return sum('"kind": "trial"' in line and cell in line for line in lines) > 1

    until(searching)
    os.kill(session, signal.SIGINT)
    assert server.wait(session) == pytest.ExitCode.INTERRUPTED, out.read_text()
    assert "evaluation of tuning methods" in out.read_text()
    run_ = saved(bench)
    assert [b["extra_info"]["tuner"] for b in run_["benchmarks"]] == ["default"]
    trials = (run_["folder"] / run_["benchmarks"][0]["extra_info"]["trials"]).read_text()
    assert trials.count(cell) > 0


def test_a_tuner_that_exits_is_a_failed_cell(bench: pytest.Pytester) -> None:
    """SystemExit of a library does not end the session."""
    result = run(bench, "--tuning-tuners=leaving,default", "--tuning-seeds=1")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["tree-iris-leaving-0: SystemExit: 3"])
