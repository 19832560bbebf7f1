"""What a session does when a test asks for `tune`: it checks what was asked for, and finds what it compares with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tuners.errors import TuningError, nearest
from tuners.plan import Plan
from tuners.plugin import hooks
from tuners.plugin.asks import cell_of
from tuners.plugin.benchmark.baseline import asked_for
from tuners.plugin.benchmark.session import measured_by
from tuners.plugin.session import SESSION, Session
from tuners.plugin.workers import Collected

REPEAT = "__pytest_repeat_step_number"
"""The parameter by which pytest-repeat makes many tests of one."""


def require_a_baseline(config: pytest.Config, plan: Plan) -> None:
    """Raise `pytest.UsageError` where there are gates, and no run was named to compare with."""
    if plan.gates and not hasattr(config, "workerinput") and not asked_for(config):
        message = "--tuning-fail: expected a run to compare with, got none: add --benchmark-compare, or its NAME"
        raise pytest.UsageError(message)


def require_gated_methods(session: Session) -> None:
    """Raise `TuningError` for a gate on a method that neither this session nor the run compared with has."""
    if not session.plan.gates or None in (session.tests or {}).values():
        return  # some tests say what they measure when they run
    from tuners.gate import expression  # noqa: PLC0415  loaded when something is judged

    earlier = session.benchmarks.baseline.runs
    known = {cell.tuner for cell in session.cells} | {record.tuner for run in earlier for record in run.records}
    for gate in map(expression.parse, session.plan.gates):
        if gate.tuner is not None and gate.tuner not in known:
            near = nearest(gate.tuner, known, most=1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
            message = f"--tuning-fail={gate.text}: expected a method of this run, got {gate.tuner!r}: {meant}"
            raise TuningError(message)


def of_items(session: pytest.Session, items: Sequence[pytest.Item]) -> None:
    """Begin where tests are collected: in the main process, or in a worker of pytest-xdist, which tells that one."""
    config = session.config
    state = config.stash[SESSION]
    tests = {item.nodeid: cell_of(item) for item in sorted(items, key=lambda item: state.written[item.nodeid])}
    collected = Collected(tests, _error(state, items), state.share, state.whole)
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    if worker and state.exchange is not None:
        # A worker cannot end the session with an exit code; the main process can.
        state.exchange.tell(worker["workerid"], collected)
        _take_up(config, collected)
        return
    of_session(config, collected)
    if measured_by(session.items) == items:
        plan = state.plan
        several = any(plan.repeats(cell.model, cell.tuner) > 1 for cell in tests.values() if cell is not None)
        state.benchmarks.list_columns(several=several)
        state.benchmarks.hide_table()


def of_session(config: pytest.Config, collected: Collected) -> None:
    """Begin in the main process. Raises `pytest.UsageError`."""
    state = config.stash[SESSION]
    if collected.error:
        raise pytest.UsageError(collected.error)
    if state.begun:
        return  # a further worker of pytest-xdist has collected the same
    _take_up(config, collected)
    require_a_baseline(config, state.plan)
    try:
        state.benchmarks.begin(state.cannot_write)
        require_gated_methods(state)
        for note in state.benchmarks.baseline.notes:
            state.messages.note(note)
        if state.plan.resumed and not config.option.collectonly:
            state.journal.resume(state.plan.given)
    except TuningError as error:
        raise pytest.UsageError(str(error)) from None
    if state.exchange is not None and state.begin_journal() is not None and state.journal.path is not None:
        state.exchange.tell_journal(state.journal.path)


def late(config: pytest.Config) -> None:
    """Begin where no collected test was known to ask for `tune`, but one has got it. Raises `TuningError`."""
    try:
        if hasattr(config, "workerinput"):
            _take_up(config, Collected())
        else:
            of_session(config, Collected())
    except pytest.UsageError as error:
        raise TuningError(str(error)) from None


def _take_up(config: pytest.Config, collected: Collected) -> None:
    """Take note of the tests, and act on what pytest and pytest-benchmark do from now on."""
    config.stash[SESSION].begin(collected)
    if not config.pluginmanager.has_plugin(hooks.NAME):
        config.pluginmanager.register(hooks, hooks.NAME)


def _error(state: Session, items: Sequence[pytest.Item]) -> str:
    """Check options and tests, now that every conftest.py has registered its own; say what is wrong, if anything is."""
    try:
        plan = state.plan
        if state.wrong:
            return state.wrong
        plan.check()
        if "shard" in plan.given and plan.gates:
            return (
                f"--tuning-fail: expected the whole comparison, got shard {plan.given['shard']}: leave it out, put the "
                "shards together by python -m tuners merge, and judge that run by python -m tuners gate"
            )
        if plan.limited and state.benchmarks.profiled:
            return (
                "--benchmark-cprofile: expected cells that run in this process, got --tuning-isolate or a limit, with "
                "which they run in processes of their own: leave one of them out"
            )
        if plan.cluster is not None and (state.in_worker or state.benchmarks.profiled):
            beside = "pytest-xdist (-n)" if state.in_worker else "--benchmark-cprofile"
            return (
                f"--tuning-cluster: expected cells that run on the cluster's workers, got {beside} beside it, which "
                "runs them in processes of its own: leave one of them out"
            )
    except TuningError as error:
        return str(error)
    measured = Counter(cell for item in items if (cell := cell_of(item)) is not None)
    repeated = [item for item in items if REPEAT in getattr(getattr(item, "callspec", None), "params", {})]
    if repeated:
        return (
            f"pytest-repeat (--count, @pytest.mark.repeat) cannot repeat {repeated[0].name}: expected each cell once: "
            "for more runs of each method, use --tuning-repeats=N"
        )
    twice = next((cell for cell, count in measured.items() if count > 1), None)
    if twice is not None:
        return (
            f"two tests measure {twice.id}: choose one of them by its path or -k, or give their models or datasets "
            "other names in @pytest.mark.tuning"
        )
    return ""
