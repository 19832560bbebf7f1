"""What came of a measurement: the winner and the earlier incumbents scored on the test rows, and the record."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuners.errors import failure, one_line, skips, unwinds
from tuners.evaluation.whole import UNSCORED
from tuners.results.landmarks import area
from tuners.results.record import CLOCKS, Record, Status
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial, charged, incumbent, trials_hash
from tuners.spaces import contains, same
from tuners.task.winner import Told
from tuners.text.shown import without_addresses

if TYPE_CHECKING:
    from tuners.evaluation.recording import Recording
    from tuners.execution.measurement import Measurement
    from tuners.execution.refits import Refits
    from tuners.store.table import Row
    from tuners.task.problem import Problem


def scored(done: Measurement) -> Run:
    """Return the run of a measurement whose search has ended."""
    problem, trials = done.problem, tuple(done.ledger.trials)
    best = incumbent(trials)
    evaluation = _covered([(t.start, t.end) for t in trials]) + done.refit_seconds
    incumbents: tuple[Incumbent, ...] = ()
    test_score, told = None, Told()
    error, reason = done.error, done.reason
    if done.refitted:
        try:
            test_score = done.refits.test_score()
            # Of a recorded run it takes a fit: made for the repeat that is shown.
            told = done.refits.told() if done.recording is None else told
            incumbents = _incumbents(done.refits, trials, test_score)
        except BaseException as raised:
            if unwinds(raised):
                raise
            # The winner cannot predict the test rows.
            error = raised
            reason = f"{UNSCORED}: {one_line(raised)}"
        if test_score is not None and not math.isfinite(test_score):
            reason = f"the winner's test score is {test_score}"
        if reason:
            test_score, told = None, Told()
    record = Record(
        model=problem.model.name,
        dataset=problem.dataset.name,
        tuner=done.tuner,
        seed=problem.seed,
        task=problem.model.task,
        metric=problem.metric,
        positive="" if problem.positive is None else str(problem.positive),
        test_score=test_score,
        cv_score=best.score if best else None,
        train_rows=len(problem.split.y_train),
        test_rows=len(problem.split.y_test),
        ties=sum(trial.can_win and trial.score == best.score for trial in trials) if best else 0,
        default_test_score=done.default_test_score,
        evaluations=charged(trials),
        fidelity_resource="" if all(trial.fidelity == 1 for trial in trials) else str(problem.resource),
        failed_trials=sum(not trial.ok for trial in trials),
        budget=done.budget.stated,
        time_budget=done.budget.seconds,
        status=_status(error, done.cause or reason),
        reason=reason,
        seconds=done.seconds,
        evaluation_seconds=min(evaluation, done.seconds),
        search_seconds=max(done.seconds - evaluation, 0.0),
        evaluation=done.evaluation,
        start=done.start,
        timed_out=done.timed_out,
        peak_memory=done.memory.bytes,
        memory_growth=done.memory.growth,
        best_params=dict(best.params) if best and not reason else {},
        classes=problem.dataset.classes if problem.model.classifies else (),
        **vars(told),
        own_space=_left_the_space(done, trials),
        trials_sha256=trials_hash(trials),
        dataset_sha256=problem.dataset.fingerprint() if done.recording is None else done.recording.fingerprint,
        protocol=problem.splitting,
        dataset_notes=problem.dataset.notes,
        setup_sha256=_setup_hash(problem, done.tuner),
    )
    if done.recording is None:
        return Run(record, trials, incumbents, error=error)
    return _recorded(record, Run(record, trials, incumbents, error=error), done.recording, done.rows)


def _recorded(record: Record, run: Run, recording: Recording, rows: Sequence[Row]) -> Run:
    """Return a run that was looked up, with what the table knows: its rows, and where its scores lie."""
    landmarks = recording.landmarks()
    record = replace(record, clock=CLOCKS[1], landmarks=landmarks)
    if record.ok and landmarks.whole:
        # Incumbents know what they had spent once they are in a run.
        steps = [(each.spent or 1.0, landmarks.regret(each.cv_score) or 0.0) for each in run.incumbents]
        record = replace(record, regret=landmarks.regret(record.cv_score), area=area(steps, record.evaluations))
    numbers = tuple(row.number for row in rows) if len(rows) == len(run.trials) else ()
    repeats = tuple(replace(each, rows=numbers) for each in run.repeats)
    return replace(run, record=record, repeats=repeats, table=recording.trials if numbers else None)


def _status(error: BaseException | None, reason: str) -> Status:
    if skips(error):
        return "skipped"
    return failure(reason) if reason else "ok"


def _setup_hash(problem: Problem, tuner: str) -> str:
    # The text of a space takes a millisecond: known once for all runs.
    known: dict[str, str] = problem.__dict__.setdefault("setups", {})
    if tuner not in known:
        known[tuner] = _setup(problem, tuner)
    return known[tuner]


def _setup(problem: Problem, tuner: str) -> str:
    space = problem.model.space_for(tuner)
    setup = [
        problem.protocol.setup,
        *(without_addresses(str(space[name])) for name in sorted(space)),
    ]
    return hashlib.sha256("\n".join(setup).encode()).hexdigest()


def _left_the_space(done: Measurement, trials: Sequence[Trial]) -> bool:
    """Whether the method went elsewhere than its model's space and where all methods begin."""
    model = done.problem.model
    recording = done.recording
    if recording is not None:
        # Each row's is known once for all runs.
        strays = [row.params for row in done.rows if row.params and not recording.inside(row)]
        return done.tuner in model.spaces or any(not same(params, done.begun_at) for params in strays)
    outside = (
        trial.params and not contains(model.space, trial.params) and not same(trial.params, done.begun_at)
        for trial in trials
    )
    return done.tuner in model.spaces or any(outside)


def _incumbents(refits: Refits, trials: Sequence[Trial], winner_score: float) -> tuple[Incumbent, ...]:
    best = -math.inf
    found = []
    for position, trial in enumerate(trials):
        if trial.can_win and trial.score > best:
            best = trial.score
            found.append(position)
    earlier = [refits.earlier(position, trials[position]) for position in found[:-1]]
    return tuple(
        Incumbent(position, trials[position].score, score)
        for position, score in zip(found, [*earlier, winner_score], strict=True)
    )


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Return the length of the union of intervals: parallel evaluations count once."""
    total, reached = 0.0, -math.inf
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
