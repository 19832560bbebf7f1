"""The pytest plugin, in the order in which a session runs: options, collection, and what begins a comparison.

A session in which no test asks for `tune` is as it is without the plugin: `hooks` has what is done in the others.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tuners.comparison.progress import Progress
from tuners.errors import TuningError
from tuners.plan import Plan
from tuners.plugin import alone, command_line, division, hooks, start
from tuners.plugin.asks import asks
from tuners.plugin.benchmark import baseline
from tuners.plugin.fixtures import WithBenchmark, WithoutBenchmark, problem, tuner
from tuners.plugin.log import Collector
from tuners.plugin.session import SESSION, Session
from tuners.plugin.workers import Collected, Exchange

__all__ = ["problem", "tuner"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    command_line.add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Name the nearest option for a misspelt one; after the conftest.py files, which may have options of their own."""
    yield
    _, unrecognized = parser.parse_known_and_unknown_args(args, copy.copy(early_config.known_args_namespace))
    try:
        command_line.check_names(early_config, unrecognized)
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(tryfirst=True, specname="pytest_configure")
def pytest_configure_before_pytest_benchmark(config: pytest.Config) -> None:
    """Let it find the run to compare with."""
    if config.pluginmanager.hasplugin("benchmark"):
        baseline.point(config)


@pytest.hookimpl(trylast=True)  # after pytest-benchmark and the terminal reporter
def pytest_configure(config: pytest.Config) -> None:
    """Check the command line's options, and offer the `tune` fixture with or without pytest-benchmark."""
    config.addinivalue_line(
        "markers",
        "tuning(models=[...], datasets=[...]): compare on these models and datasets, names or objects, "
        "instead of the chosen ones",
    )
    try:
        given = Plan(command_line.read(config, ini=False))
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    start.require_a_baseline(config, given)
    # pytest has not begun to capture yet, or has paused it: this is the real output.
    interactive = config.pluginmanager.hasplugin("terminalreporter") and not hasattr(config, "workerinput")
    shown = interactive and config.get_verbosity() >= 0 and not config.option.collectonly
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    exchange = Exchange(Path(worker["tuning_exchange"])) if "tuning_exchange" in worker else None
    config.stash[SESSION] = Session(config, Progress(sys.stdout if shown else None), exchange, start.late)
    config.pluginmanager.register(Collector(config), "tuners.collector")
    with_benchmark = config.pluginmanager.hasplugin("benchmark")
    config.pluginmanager.register(WithBenchmark() if with_benchmark else WithoutBenchmark(), "tuners.tune")
    if given.gates and not worker:
        config.pluginmanager.register(hooks, hooks.NAME)  # a gate asked for is never passed by measuring nothing


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what workers of pytest-xdist were told by."""
    state = config.stash.get(SESSION, None)
    if state is not None and state.exchange is not None and not hasattr(config, "workerinput"):
        state.exchange.remove()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Say to a worker of pytest-xdist where it tells what it has collected."""
    state = node.config.stash[SESSION]
    state.exchange = state.exchange or Exchange.new()
    node.workerinput["tuning_exchange"] = str(state.exchange.folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize tests that ask for `problem` and `tuner`, or for one of them."""
    wanted = {"problem", "tuner"} & set(metafunc.fixturenames)
    if not wanted or not asks(metafunc.definition):
        return
    plan = metafunc.config.stash[SESSION].plan
    if wanted == {"tuner"}:
        metafunc.parametrize("tuner", plan.tuners, indirect=True)
        return
    chosen = _marked(metafunc.definition)
    cells = plan.cells(plan.adopt_models(chosen.get("models", ())), plan.adopt_datasets(chosen.get("datasets", ())))
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


@pytest.hookimpl(tryfirst=True)  # before -k and -m choose among the tests
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Collect the comparison that comes along where options ask for one, and there is no test."""
    items += alone.collected(session)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note in which order tests are written, before any plugin shuffles them."""
    if asks(item):
        item.config.stash[SESSION].written.setdefault(item.nodeid, len(item.config.stash[SESSION].written))


# After -k and all others that choose tests: what is chosen is divided.
@pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)
def pytest_collection_modifyitems_by_shard(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the cells of other shards to them."""
    division.deselect(config, config.stash[SESSION], items)


@pytest.hookimpl(tryfirst=True)  # before the terminal reporter, which has the header
def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin a comparison if a test asks for `tune`, now that every other plugin has chosen and ordered the tests."""
    items = [item for item in session.items if asks(item)]
    state = session.config.stash[SESSION]
    if items:
        start.of_items(session, items)
    elif state.share is not None and state.exchange is not None and state.in_worker:
        state.exchange.tell(session.config.workerinput["workerid"], Collected(share=state.share))  # type: ignore[attr-defined]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Begin a comparison if a worker of pytest-xdist says that a test asks for `tune`."""
    state = node.config.stash[SESSION]
    collected = state.exchange.told(node.gateway.id) if state.exchange is not None else None
    if collected is not None and (collected.tests or collected.error):
        start.of_session(node.config, collected)
    elif collected is not None:
        state.share = collected.share


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Let a shard without cells succeed: there are more shards than problems, and it has done its share."""
    share = session.config.stash[SESSION].share
    if share is not None and share.empty and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say of a shard without cells that it has none."""
    share = config.stash[SESSION].share
    if share is not None and share.empty:
        terminalreporter.write_line(division.said(share))
