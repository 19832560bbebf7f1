"""The tables of a session, built whole before the first run where that is affordable.

for each model and dataset: measure what seconds are modelled from, alone on the machine
estimate from a first part what the rest takes; more than the limit is left to the runs, whose candidates are recorded
build the rest, a problem in each of several processes at a time
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Container, Generator, Hashable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from tuners.errors import TuningError
from tuners.evaluation.recording import Recording, recording_of
from tuners.execution.channel import Channel
from tuners.execution.preflight import of_each
from tuners.execution.process import bound, call, end_group, fork, kill, raisable

if TYPE_CHECKING:
    from tuners.plan import Plan
    from tuners.results.cell import Cell
    from tuners.results.params import Params

POLL_SECONDS = 0.2
FEW, FEW_SECONDS = 10, 2.0
"""Candidates from which the time of those like them is told: so many, or those begun within so many seconds."""


@dataclass(frozen=True)
class Built:
    """What there is to say of a problem's table."""

    name: str
    """The problem's: model, dataset, seed."""
    candidates: int | None
    """In the space; None for one without an end."""
    recorded: int
    """Of these, in the table."""
    expected: float | None = None
    """Seconds that the whole would take, of one that was not built."""
    instead_of: str = ""
    """What an earlier table of the problem depended on, and this new one does not."""

    @property
    def whole(self) -> bool:
        """Whether all candidates are recorded."""
        return self.recorded == self.candidates


Heard = Callable[[int, int, float | None], None]
"""Told how many candidates are recorded, how many there are, and about how many seconds are left."""


@dataclass(frozen=True)
class Expected:
    """What building takes, told before it begins."""

    problems: int
    candidates: int
    """That are to be evaluated."""
    seconds: float | None
    """On as many processors as there are; None while that is being measured."""
    longer: int = 0
    """Problems of which each would take longer than the limit: only what their runs ask for is recorded."""
    measured_later: tuple[str, ...] = ()
    """Models with a single problem of candidates that share no work: they are timed as they are evaluated."""


Elsewhere = Callable[[Sequence[Recording], Callable[[], None]], None]
"""Builds tables, such as on other machines, and says whenever one has come."""


def unannounced(expected: Expected) -> None:
    """Say nothing of what is to come."""


def build(
    plan: Plan,
    cells: Sequence[Cell],
    heard: Heard,
    announce: Callable[[Expected], None] = unannounced,
    elsewhere: Elsewhere | None = None,
) -> list[Built]:
    """Build the tables of the cells' problems, here unless something else does; return what there is to say of each.

    Where there is something to build, `announce` is told how much, and again when it is measured how long it takes.
    Raises `TuningError` for a problem that cannot be measured, and for a damaged table. A problem that cannot be loaded
    is left to its cells, which say why.
    """
    recordings = of_each(plan, cells, lambda problem: recording_of(problem, plan.tables))
    waiting = [each for each in recordings if each.candidates is not None]
    fidelities = plan.fidelities(dict.fromkeys(cell.tuner for cell in cells))
    for recording in waiting:
        recording.fidelities = fidelities
    wanted = {recording: recording.wanted or [] for recording in waiting}
    progress = _Progress(waiting, sum(map(len, wanted.values())), heard)
    lacking = {recording: recording.missing(every) for recording, every in wanted.items()}
    lacking = {recording: missing for recording, missing in lacking.items() if missing}
    begun = perf_counter()
    try:
        if lacking:
            announce(Expected(len(lacking), sum(map(len, lacking.values())), None))
        # What shares nothing takes longest, and its libraries are loaded where it is built.
        order = sorted(lacking, key=lambda each: (each.shares, -len(lacking[each])))
        if elsewhere is not None:
            progress.begin()
            elsewhere(order, progress.tell)
            return [_said(each) for each in recordings]
        _prepare(waiting, lacking, progress)
        if lacking:
            announce(_expected(lacking, plan.jobs, plan.table_limit))
        progress.begin()
        if hasattr(os, "fork") and plan.jobs > 1:
            _in_processes(order, plan.table_limit, plan.jobs, progress)
        else:
            _here(order, plan.table_limit, progress)
    finally:
        for recording in lacking:
            recording.took((perf_counter() - begun) / len(lacking))
    return [_said(each) for each in recordings]


def _prepare(recordings: Sequence[Recording], lacking: Container[Recording], progress: _Progress) -> None:
    """Measure what seconds are modelled from, a fit of each model and dataset in turn: its seeds take as long."""
    alike: dict[Hashable, list[Recording]] = {}
    for recording in recordings:
        alike.setdefault(recording.takes_as_long, []).append(recording)
    under_way = deque(_preparing(each, lacking) for each in alike.values())
    while under_way:
        each = under_way.popleft()
        if next(each, under_way) is None:
            under_way.append(each)
        else:
            progress.tell()


def _preparing(alike: Sequence[Recording], lacking: Container[Recording]) -> Generator[None]:
    """Prepare one of the problems that take as long, the next one where it cannot be measured; all have its model."""
    model = next((each.model for each in alike if each.model is not None), None)
    ready = False
    for each in alike:
        if each not in lacking:
            continue
        if model is not None:
            each.model_as(model)
        if model is None or not ready:
            yield from each.preparing()
            model, ready = each.model, True


def _expected(lacking: Mapping[Recording, list[Params]], jobs: int, limit: float) -> Expected:
    """Return what the rest takes, from some candidates of each model and dataset, whose rows are kept."""
    alike: dict[tuple[str, str], dict[Recording, list[Params]]] = {}
    for recording, missing in lacking.items():
        named = recording.problem.model.name, recording.problem.dataset.name
        alike.setdefault(named, {})[recording] = missing
    count, seconds, longer, later = 0, 0.0, 0, []
    for (model, _), each in alike.items():
        first, *others = each
        if not (others or first.shares):
            later.append(model)
            count += len(each[first])
            continue
        one = _of_one(first, each[first]) if first.shares else _of_some(first, each[first])
        for missing in each.values():
            if one * len(missing) > limit:
                longer += 1
            else:
                count += len(missing)
                seconds += one * len(missing)
    problems = len(lacking) - longer
    return Expected(problems, count, seconds / min(jobs, max(problems, 1)), longer, tuple(dict.fromkeys(later)))


def _of_one(recording: Recording, missing: Sequence[Params]) -> float:
    """Return the seconds of a candidate, from a part of those missing that shares work."""
    begun, evaluated = perf_counter(), [1]

    def heard(done: int) -> bool:
        evaluated[0] = done
        return False

    recording.add(_drawn(recording, missing), heard)
    return (perf_counter() - begun) / evaluated[0]


def _of_some(recording: Recording, missing: Sequence[Params]) -> float:
    """Return the seconds of a candidate, from a few of those missing, evaluated where they leave no threads here."""

    def evaluate() -> float:
        times = [perf_counter()]

        def heard(_: int) -> bool:
            times.append(perf_counter())
            return len(times) <= FEW and times[-1] - times[0] < FEW_SECONDS

        recording.add(_drawn(recording, missing), heard)
        # The first may load a library, or compile.
        return (times[-1] - times[1]) / (len(times) - 2) if len(times) > 2 else times[1] - times[0]

    found: float | None = call(evaluate, None) if hasattr(os, "fork") else evaluate()
    return math.inf if found is None else found  # it died, as the runs of its candidates will


def _drawn(recording: Recording, missing: Sequence[Params]) -> list[Params]:
    """Return candidates in random order, so that the first of them are like the rest."""
    order = np.random.default_rng(recording.problem.seed).permutation(len(missing))
    return [missing[place] for place in order]


class _Progress:
    """What is told while tables are built: counted in the tables themselves, whoever adds to them."""

    def __init__(self, recordings: Sequence[Recording], total: int, heard: Heard) -> None:
        self._recordings = recordings
        self._total = total
        self._heard = heard
        self._begun: float | None = None
        self._first = 0

    def begin(self) -> None:
        """Take the time from here: what is measured beforehand says nothing of the rest."""
        self._begun = perf_counter()
        self._first = self._done()

    def tell(self) -> None:
        done = self._done()
        new = done - self._first
        left = None
        if self._begun is not None and new > 0:
            left = (perf_counter() - self._begun) / new * max(self._total - done, 0)
        self._heard(min(done, self._total), self._total, left)

    def _done(self) -> int:
        return sum(each.table.count() for each in self._recordings)


def whole(recording: Recording, limit: float) -> float | None:
    """Record every candidate of a problem's space, unless that takes longer than the limit.

    Return the seconds that it would take, where it was not done.
    """
    missing = recording.missing(recording.wanted or ())
    if not missing:
        return None
    drawn = _drawn(recording, missing)
    begun = perf_counter()
    first: list[tuple[int, float]] = []
    expected = 0.0

    def heard(done: int) -> bool:
        nonlocal expected
        seconds = perf_counter() - begun
        if not first:
            # It may load a library, or compile: what the others take is told by the next.
            first.append((done, seconds))
            expected = seconds if seconds <= limit else seconds / done * len(drawn)
        else:
            each = (seconds - first[0][1]) / (done - first[0][0])
            expected = seconds + each * (len(drawn) - done)
        return done == len(drawn) or expected <= limit

    return None if recording.add(drawn, heard) else expected


def _here(recordings: Sequence[Recording], limit: float, progress: _Progress) -> None:
    for recording in recordings:
        recording.expected = whole(recording, limit)
        progress.tell()


def _in_processes(recordings: Sequence[Recording], limit: float, jobs: int, progress: _Progress) -> None:
    """Build each table in a process of its own, several at a time; raise what one of them raises."""
    waiting = deque(recordings)
    running: dict[Connection, tuple[Recording, int, ExitStack]] = {}
    ended: deque[Recording] = deque()
    try:
        while waiting or running or ended:
            while waiting and len(running) < jobs:
                recording = waiting.popleft()
                receiver, pid, stack = _begun(recording, limit)
                running[receiver] = recording, pid, stack
            while ended:
                ended.popleft().read()  # takes a while, in which the next ones are built
                progress.tell()
            ready = wait(list(running), POLL_SECONDS) if running else ()
            for receiver in [each for each in running if each in ready]:
                recording, pid, stack = running[receiver]
                _ended(recording, receiver)
                ended.append(recording)
                del running[receiver]
                kill(pid)
                stack.close()
            progress.tell()
    finally:
        for receiver, (_, pid, stack) in running.items():
            kill(pid)
            receiver.close()
            stack.close()


def _begun(recording: Recording, limit: float) -> tuple[Connection, int, ExitStack]:
    receiver, sender = Pipe(duplex=False)

    def work() -> None:
        channel = Channel(sender, closed=end_group)
        try:
            # There is a process for each processor: threads of each one's own would only wait for one another.
            with threadpool_limits(1, "openmp"):
                channel.say("value", whole(recording, limit))
        except BaseException as error:  # noqa: BLE001  raised again in the parent
            channel.say("error", raisable(error))

    pid = fork(receiver, work)
    sender.close()
    stack = ExitStack()
    stack.enter_context(bound(pid))
    return receiver, pid, stack


def _ended(recording: Recording, receiver: Connection) -> None:
    try:
        kind, content = receiver.recv()
    except EOFError:
        kind, content = "value", None  # it died: what it has added is there, and the rest is added when it is asked for
    finally:
        receiver.close()
    if kind == "error" and isinstance(content, TuningError):
        raise content
    recording.expected = content if kind == "value" else None


def _said(recording: Recording) -> Built:
    problem = recording.problem
    every: Sequence[Params] | None = recording.candidates
    lacking = 0 if every is None else len(recording.missing(every))
    return Built(
        f"{problem.model.name}-{problem.dataset.name}-{problem.seed}",
        None if every is None else len(every),
        len(recording) if every is None else len(every) - lacking,
        recording.expected,
        recording.instead_of,
    )


def ensure(plan: Plan, recording: Recording) -> None:
    """Build the table of a problem of which no session knew before its run: a test's own, or a worker's."""
    if recording.candidates is not None and recording.expected is None and not recording.asked:
        recording.asked = True
        begun = perf_counter()
        recording.prepare()
        recording.expected = whole(recording, plan.table_limit)
        recording.took(perf_counter() - begun)
