"""The pytest plugin, in the order in which a session runs: options, collection, cells, table."""

from __future__ import annotations

import copy
import sys
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tuners.errors import TuningError
from tuners.plugin import options, storing
from tuners.plugin.cells import Cell
from tuners.plugin.fixtures import Stopwatch, WithBenchmark, WithoutBenchmark, problem, tuner
from tuners.plugin.header import header
from tuners.plugin.progress import Progress
from tuners.plugin.reporting import Collector, figures, logs_cells, record_of, tell_github
from tuners.plugin.session import RECORD, SESSION, Session
from tuners.plugin.settings import Settings
from tuners.printable import printable

BASELINE = pytest.StashKey[storing.Baseline]()

__all__ = ["problem", "tuner"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    options.add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Name the nearest option for a misspelt one; after the conftest.py files, which may have options of their own."""
    yield
    _, unrecognized = parser.parse_known_and_unknown_args(args, copy.copy(early_config.known_args_namespace))
    try:
        options.check_names(early_config, unrecognized)
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Find the run to compare with, before pytest-benchmark looks for it; let Ctrl-C in the report be an exit code."""
    if config.pluginmanager.hasplugin("benchmark"):
        try:
            config.stash[BASELINE] = storing.choose(config)
        except TuningError as error:
            raise pytest.UsageError(str(error)) from None
    try:
        return (yield)
    except KeyboardInterrupt:
        # pytest handles one while it collects or runs tests; all that was measured is in the journal.
        journal = config.stash[SESSION].journal_path
        remedy = f": python -m tuners rebuild {journal} makes the report anew" if journal else ""
        sys.stderr.write(f"interrupted while reporting{remedy}\n")
        return pytest.ExitCode.INTERRUPTED


@pytest.hookimpl(trylast=True)  # after pytest-benchmark and the terminal reporter
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and offer the `tune` fixture with or without pytest-benchmark."""
    config.addinivalue_line(
        "markers",
        "tuning(models=[...], datasets=[...]): compare on these models and datasets, names or objects, "
        "instead of the chosen ones",
    )
    state: Session
    try:
        settings = Settings(options.read(config))
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    # pytest has not begun to capture yet, or has paused it: this is the real output.
    interactive = config.pluginmanager.hasplugin("terminalreporter") and not hasattr(config, "workerinput")
    shown = interactive and config.get_verbosity() >= 0 and not config.option.collectonly
    state = config.stash[SESSION] = Session(settings, Progress(sys.stdout if shown else None), config.rootpath)
    state.baseline = config.stash.get(BASELINE, storing.Baseline())
    state.notes += state.baseline.notes
    config.pluginmanager.register(Collector(config), "tuners.collector")
    with_benchmark = config.pluginmanager.hasplugin("benchmark")
    if settings.gates and not hasattr(config, "workerinput") and not config.getoption("benchmark_compare", None):
        message = "--tuning-fail: expected a run to compare with, got none: add --benchmark-compare, or its NAME"
        raise pytest.UsageError(message)
    config.pluginmanager.register(WithBenchmark() if with_benchmark else WithoutBenchmark(), "tuners.tune")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep the session, whose exit code the summary may have to set, and take up an interrupted one."""
    state = session.config.stash[SESSION]
    state.pytest_session = session
    state.how = storing.how(session.config, state.settings)
    benchmarks = vars(session.config).get("_benchmarksession")
    if benchmarks is not None:
        storing.guard(benchmarks, state)
        state.about = partial(storing.about, benchmarks, state)
    given: dict[str, Any] = getattr(session.config, "workerinput", {})
    if "tuning_journal" in given:
        state.follow(given["tuning_journal"], resumed=state.settings.resumed)
    elif state.settings.resumed and not session.config.option.collectonly:
        try:
            state.resume()
        except TuningError as error:
            raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which journal to write to."""
    journal = node.config.stash[SESSION].journal
    if journal is not None:
        node.workerinput["tuning_journal"] = str(journal.path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize tests that ask for `problem` and `tuner`, or for one of them."""
    wanted = {"problem", "tuner"} & set(metafunc.fixturenames)
    if not wanted or "tune" not in metafunc.fixturenames:
        return
    settings = metafunc.config.stash[SESSION].settings
    if wanted == {"tuner"}:
        metafunc.parametrize("tuner", settings.tuners, indirect=True)
        return
    chosen = _marked(metafunc.definition)
    cells = settings.cells(
        settings.adopt_models(chosen.get("models", ())), settings.adopt_datasets(chosen.get("datasets", ()))
    )
    if "tuner" not in wanted:
        cells = list({(cell.model, cell.dataset, cell.seed): cell for cell in cells}.values())
    arguments = [(cell,) * len(wanted) for cell in cells]
    metafunc.parametrize(sorted(wanted), arguments, indirect=True, ids=[cell.id for cell in cells])


def _marked(item: pytest.Item) -> dict[str, Any]:
    """Return the arguments of the `tuning` mark."""
    marker = item.get_closest_marker("tuning")
    if marker is None:
        return {}
    wrong = [*map(repr, marker.args), *(name for name in marker.kwargs if name not in {"models", "datasets"})]
    if wrong:
        message = f"@pytest.mark.tuning of {item.name}: expected models=[...] or datasets=[...], got {', '.join(wrong)}"
        raise TuningError(message)
    return dict(marker.kwargs)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Reduce bad input in a test module, such as a model that cannot be, to its one line."""
    report = yield
    excinfo = report.call.excinfo if hasattr(report, "call") else None
    if excinfo is not None and isinstance(excinfo.value, TuningError):
        report.longrepr = str(excinfo.value)
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check the names, now that every conftest.py has registered its own, and note the cells."""
    session = config.stash[SESSION]
    try:
        session.settings.check()
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    session.cells = [cell for item in items if (cell := _cell(item)) is not None]
    measured = [item for item in items if "tune" in getattr(item, "fixturenames", ())]
    session.progress.cells = len(measured)
    if len(set(session.cells)) < len(session.cells):
        twice = next(cell for cell in session.cells if session.cells.count(cell) > 1)
        message = (
            f"two tests measure {twice.id}: choose one of them by its path or -k, or give their models or datasets "
            "other names in @pytest.mark.tuning"
        )
        raise pytest.UsageError(message)
    if session.finished or session.settings.limited:
        for item in measured:
            _measure_elsewhere(item)
    benchmarks = vars(config).get("_benchmarksession")
    timed = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
    if benchmarks is not None and timed == measured and not config.getoption("benchmark_columns"):
        benchmarks.columns = ["mean"]  # of one round each: deviations and outliers would be empty columns


def _measure_elsewhere(item: pytest.Item) -> None:
    """Let the seconds of an item's benchmark be told to its timer."""
    marker = item.get_closest_marker("benchmark")
    options = {**(marker.kwargs if marker else {}), "timer": Stopwatch()}
    item.add_marker(pytest.mark.benchmark(**options), append=False)


def _cell(item: pytest.Item) -> Cell | None:
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return next((value for value in params.values() if isinstance(value, Cell)), None)


def pytest_report_collectionfinish(config: pytest.Config) -> Sequence[str]:
    """Say what will be compared."""
    session = config.stash[SESSION]
    return header(session.settings, session.cells) if session.cells else []


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Check every problem before the first fit, so that bad input costs no measurement."""
    # A worker of xdist cannot end the session: there, bad input fails its cells.
    if session.config.option.collectonly or session.testsfailed or hasattr(session.config, "workerinput"):
        return
    state = session.config.stash[SESSION]
    # Importing TensorFlow logs to standard error from C++; a test's output would be captured, too.
    capture = session.config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.resume_global_capture()
    try:
        state.check_code()
        state.settings.preflight(state.cells)
        state.check_finished()
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    finally:
        if capture is not None:
            capture.suspend_global_capture()
            capture.read_global_capture()


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
    if (report.outcome == "failed") != record.failed:
        return None  # the test's own assertion failed after a good run
    category = {"ok": "passed", "skipped": "skipped"}.get(record.status, "failed")
    letter = "" if logs_cells(config) else {"passed": ".", "failed": "F", "skipped": "s"}[category]
    return category, letter, f"{category.upper()} {figures(record)}"


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_benchmark_generate_json(config: pytest.Config, benchmarks: list[Any]) -> None:
    """Before pytest-benchmark saves: write the trials, and leave out benchmarks without a time."""
    for bench in benchmarks:
        # A skip or an interrupt inside a benchmark leaves no time, on which the whole save would break.
        if not bench:
            bench.fixture.has_error = True
    saving = vars(config)["_benchmarksession"]  # where pytest-benchmark keeps its session
    folders = [Path(saving.json).parent] if saving.json else []
    if (saving.save or saving.autosave) and hasattr(saving.storage, "get"):
        folders.append(saving.storage.get("x").parent)
    config.stash[SESSION].save_trials(folders)


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Mark a saved run of which cells are missing, and add what protects the rest."""
    state = config.stash[SESSION]
    storing.complete(output_json, state.partial, state.how)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Save what workers measured, and judge; before the terminal's summary, which says what came out."""
    config = session.config
    state = config.stash[SESSION]
    ends = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
    state.cut_short = exitstatus not in ends or bool(session.shouldstop or session.shouldfail)
    benchmarks = vars(config).get("_benchmarksession")
    if hasattr(config, "workerinput") or benchmarks is None or not state.records:
        if state.settings.gates and not hasattr(config, "workerinput") and not config.option.collectonly:
            state.errors.append("--tuning-fail: not judged, and so failed: no cell has ended")
    else:
        if benchmarks.xdist_warning:
            storing.save_of_workers(benchmarks, state, state.partial)
        if benchmarks.compare_fail and benchmarks.disabled:
            state.errors.append(
                "--benchmark-compare-fail: not judged, and so failed: pytest-benchmark is off, as it is under xdist; "
                "run without -n, or gate by --tuning-fail"
            )
        if exitstatus != pytest.ExitCode.INTERRUPTED and state.settings.gates:
            state.judge(benchmarks.get_machine_info())
    if state.errors and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    """Print the evaluation table last; a time regression that pytest-benchmark raises does not hide it."""
    session = config.stash[SESSION]
    try:
        return (yield)
    except Exception as error:
        # pytest-benchmark raises what should be an exit code; its traceback would be the last screen.
        if type(error).__name__ != "PerformanceRegression" or not session.records:
            raise
        session.errors.append(f"{error} --benchmark-compare-fail: the benchmarks are listed above")
    finally:
        if session.records:
            from tuners.report.formats import text  # noqa: PLC0415  pandas loads when there is a table

            benchmarks = getattr(config, "_benchmarksession", None)
            report = session.report(getattr(benchmarks, "compared_mapping", None) or {})
            terminalreporter.section("evaluation of tuning methods")
            terminalreporter.write_line(text(report, verbose=config.get_verbosity() > 0))
            session.write_reports(report)
            tell_github(session, report, terminalreporter)
            for path in session.written:
                terminalreporter.write_line(printable(f"report: {path}", None))
            session.end_journal(complete=not session.partial)
            for message in session.notes:
                terminalreporter.write_line(printable(message, None))
            for message in session.errors:
                terminalreporter.write_line(printable(message, None), red=True)
            if session.errors and session.pytest_session is not None:
                session.pytest_session.exitstatus = pytest.ExitCode.TESTS_FAILED
