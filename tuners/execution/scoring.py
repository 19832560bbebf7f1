"""What came of a measurement: the winner and the earlier incumbents scored on the test rows, and the record."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuners.errors import failure, one_line, skips, unwinds
from tuners.results.record import Record, Status
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial, charged, incumbent, trials_hash
from tuners.spaces import contains, same
from tuners.text.shown import without_addresses

if TYPE_CHECKING:
    from tuners.execution.measurement import Measurement
    from tuners.task.problem import Problem


def scored(done: Measurement) -> Run:
    """Return the run of a measurement whose search has ended."""
    problem, trials = done.problem, tuple(done.ledger.trials)
    best = incumbent(trials)
    evaluation = _covered([(t.start, t.end) for t in trials]) + done.refit_seconds
    incumbents: tuple[Incumbent, ...] = ()
    test_score = confusion = None
    error, reason = done.error, done.reason
    if done.winner is not None:
        try:
            test_score = problem.test_score(done.winner)
            confusion = problem.confusion_matrix(done.winner)
            incumbents = _incumbents(problem, trials, test_score)
        except BaseException as raised:
            if unwinds(raised):
                raise
            # The winner cannot predict the test rows.
            error = raised
            reason = f"the winner cannot be scored on the test rows: {one_line(raised)}"
        if test_score is not None and not math.isfinite(test_score):
            reason = f"the winner's test score is {test_score}"
        if reason:
            test_score = confusion = None
    record = Record(
        model=problem.model.name,
        dataset=problem.dataset.name,
        tuner=done.tuner,
        seed=problem.seed,
        metric=problem.protocol.metric,
        positive="" if problem.positive is None else str(problem.positive),
        test_score=test_score,
        cv_score=best.score if best else None,
        train_rows=len(problem.split.y_train),
        test_rows=len(problem.split.y_test),
        ties=sum(trial.can_win and trial.score == best.score for trial in trials) if best else 0,
        default_test_score=done.default_test_score,
        evaluations=charged(trials),
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
        confusion_matrix=confusion,
        own_space=_left_the_space(done, trials),
        trials_sha256=trials_hash(trials),
        dataset_sha256=problem.dataset.fingerprint(),
        setup_sha256=_setup_hash(problem, done.tuner),
    )
    return Run(record, trials, incumbents, error=error)


def _status(error: BaseException | None, reason: str) -> Status:
    if skips(error):
        return "skipped"
    return failure(reason) if reason else "ok"


def _setup_hash(problem: Problem, tuner: str) -> str:
    space = problem.model.space_for(tuner)
    setup = [
        repr(replace(problem.protocol, metric="")),
        *(without_addresses(str(space[name])) for name in sorted(space)),
    ]
    return hashlib.sha256("\n".join(setup).encode()).hexdigest()


def _left_the_space(done: Measurement, trials: Sequence[Trial]) -> bool:
    """Whether the method went elsewhere than its model's space and where all methods begin."""
    model = done.problem.model
    outside = (
        trial.params and not contains(model.space, trial.params) and not same(trial.params, done.begun_at)
        for trial in trials
    )
    return done.tuner in model.spaces or any(outside)


def _incumbents(problem: Problem, trials: Sequence[Trial], winner_score: float) -> tuple[Incumbent, ...]:
    best = -math.inf
    found = []
    for position, trial in enumerate(trials):
        if trial.can_win and trial.score > best:
            best = trial.score
            found.append(position)
    earlier = [_earlier_score(problem, trials[position]) for position in found[:-1]]
    return tuple(
        Incumbent(position, trials[position].score, score)
        for position, score in zip(found, [*earlier, winner_score], strict=True)
    )


def _earlier_score(problem: Problem, trial: Trial) -> float | None:
    try:
        return problem.test_score(problem.fit(trial.params))
    except BaseException as error:
        if unwinds(error):
            raise
        return None  # it was good on the folds, and was beaten: the run stands without it


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Return the length of the union of intervals: parallel evaluations count once."""
    total, reached = 0.0, -math.inf
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
