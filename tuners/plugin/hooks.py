"""The hooks of a session in which a test asks for `tune`: check, run, report, save, judge, and print the table.

Registered when such a test is collected (`start`), so that other sessions are as they are without the plugin.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest

from tuners.comparison import before
from tuners.comparison.header import header
from tuners.errors import ClusterLostError, TuningError
from tuners.plugin import conclusion, division
from tuners.plugin.benchmark import content
from tuners.plugin.benchmark import session as benchmark
from tuners.plugin.clustering import CLUSTERING, Clustering
from tuners.plugin.log import figures, logs_cells, record_of
from tuners.plugin.session import RECORD, SESSION
from tuners.text.printable import printable, workflow_command

NAME = "tuners.hooks"


def pytest_report_collectionfinish(config: pytest.Config) -> Sequence[str]:
    """Say what will be compared."""
    state = config.stash[SESSION]
    shard = [] if state.share is None else [division.said(state.share)]
    return shard + (header(state.plan, state.cells, power=not config.option.collectonly) if state.cells else [])


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Check every problem before the first fit, so that bad input costs no measurement."""
    # A worker of xdist cannot end the session: there, bad input fails its cells.
    if session.config.option.collectonly or session.testsfailed or hasattr(session.config, "workerinput"):
        return
    state, clustering = session.config.stash[SESSION], None
    # Importing TensorFlow logs to standard error from C++; a test's output would be captured, too.
    capture = session.config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.resume_global_capture()
    try:
        if state.plan.cluster is not None:
            clustering = Clustering(state, session.items)  # its workers load libraries meanwhile
            session.config.stash[CLUSTERING] = clustering
        elsewhere = None if clustering is None else clustering.cluster.build
        before.prepare(state, partial(_say, session.config), elsewhere)
        if clustering is not None:
            clustering.begin(session.items)
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    except ClusterLostError as error:
        pytest.exit(f"--tuning-cluster={error}", returncode=pytest.ExitCode.INTERRUPTED)
    finally:
        if capture is not None:
            capture.suspend_global_capture()
            capture.read_global_capture()


def _say(config: pytest.Config, line: str) -> None:
    """Write a line at once, though output is captured while problems are checked."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is None:
        return
    with capture.global_and_fixture_disabled() if capture is not None else nullcontext():
        reporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the cell's record with its report, as plain data, and reduce bad input to its one line."""
    report = yield
    if RECORD in item.stash:
        vars(report)["tuning"] = item.stash[RECORD].as_dict()
        del item.stash[RECORD]
    if call.excinfo is not None and isinstance(call.excinfo.value, TuningError):
        report.longrepr = str(call.excinfo.value)
    return report


def pytest_report_teststatus(report: Any, config: pytest.Config) -> tuple[str, str, str] | None:
    """Give a cell's figures as its verbose word; in a plain log each cell has a line, not a dot."""
    record = record_of(report)
    if record is None:
        return None
    config.stash[SESSION].progress.end()
    if report.outcome == "rerun":
        return None  # pytest-rerunfailures has a word for it
    if (report.outcome == "failed") != record.failed:
        return None  # the test's own assertion failed after a good run
    category = {"ok": "passed", "skipped": "skipped"}.get(record.status, "failed")
    letter = "" if logs_cells(config) else {"passed": ".", "failed": "F", "skipped": "s"}[category]
    return category, letter, f"{category.upper()} {figures(record)}"


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_benchmark_generate_json(config: pytest.Config, benchmarks: list[Any]) -> None:
    """Before pytest-benchmark saves: write the trials, and leave out benchmarks without a time."""
    state = config.stash[SESSION]
    content.order(benchmarks, state.attempts.rank)
    state.measured.save_trials(state.benchmarks.folders)


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Mark a saved run of which cells are missing, and add what protects the rest."""
    state = config.stash[SESSION]
    content.complete(output_json, partial=state.partial, how=state.how)


@pytest.hookimpl(specname="pytest_sessionfinish", wrapper=True, tryfirst=True)  # around all that reports
def pytest_sessionfinish_by_ctrl_c(session: pytest.Session) -> Generator[None, None, None]:
    """Let Ctrl-C in the report be an exit code: pytest handles one while it collects or runs tests."""
    try:
        return (yield)
    except KeyboardInterrupt:
        journal = session.config.stash[SESSION].journal.path  # it has all that was measured
        remedy = f": python -m tuners rebuild {journal} makes the report anew" if journal else ""
        sys.stderr.write(f"interrupted while reporting{remedy}\n")
        session.exitstatus = pytest.ExitCode.INTERRUPTED


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Save what workers measured, and judge; before the terminal's summary, which says what came out."""
    config = session.config
    state = config.stash[SESSION]
    if CLUSTERING in config.stash:
        config.stash[CLUSTERING].end()
    ends = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
    state.cut_short = exitstatus not in ends or bool(session.shouldstop or session.shouldfail)
    benchmarks, messages = state.benchmarks, state.messages
    if state.in_worker or not benchmarks.active or not state.records:
        done = session.exitstatus == pytest.ExitCode.OK and not config.option.collectonly
        if done and state.plan.gates and not state.in_worker:
            messages.fail("--tuning-fail: not judged, and so failed: no cell has ended")
    else:
        if benchmarks.off_in_workers:
            conclusion.save_of_workers(state)
        if benchmarks.ignores_its_gate:
            messages.fail(
                "--benchmark-compare-fail: not judged, and so failed: pytest-benchmark is off, as it is under xdist; "
                "run without -n, or gate by --tuning-fail"
            )
        if exitstatus != pytest.ExitCode.INTERRUPTED:
            conclusion.judge(state)
    if messages.errors and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around the terminal reporter's, whose short summary comes before it
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Print the verdict last of all; a time regression that pytest-benchmark raises does not hide it."""
    state = config.stash[SESSION]
    messages = state.messages
    try:
        return (yield)
    except Exception as error:
        # pytest-benchmark raises what should be an exit code; its traceback would be the last screen.
        if not benchmark.is_its_regression(error) or not state.records:
            raise
        messages.fail(f"{error} --benchmark-compare-fail: the benchmarks are listed above")
    finally:
        if state.records:
            _report(config, terminalreporter)
        for message in messages.errors:
            terminalreporter.write_line(printable(message, None), red=True)
        session: Any = config.pluginmanager.get_plugin("session")
        if messages.errors and state.records and session is not None:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _report(config: pytest.Config, terminalreporter: pytest.TerminalReporter) -> None:
    """Write the reports, close the journal, and print what there is to know of the session, the verdict last."""
    from tuners.report.formats import text  # noqa: PLC0415  NumPy loads when there is a table

    state = config.stash[SESSION]
    report = conclusion.report_of(state)
    written = conclusion.write_reports(state, report)
    conclusion.add_to_summary(state, report)
    state.journal.end(complete=not state.missing)
    for message in [*state.messages.notes, *(f"report: {path}" for path in written)]:
        terminalreporter.write_line(printable(message, None))
    terminalreporter.section("evaluation of tuning methods")
    terminalreporter.write_line(text(report, verbose=config.get_verbosity() > 0))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        failing = [str(verdict) for verdict in state.verdicts if verdict.fails]
        for message in [*failing, *state.messages.errors]:
            terminalreporter.write_line(workflow_command("error", message, title="comparison of tuning methods"))
