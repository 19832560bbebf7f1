"""Trials that a tuner reports, evaluated by a library of its own: what they must be to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.task import metrics

if TYPE_CHECKING:
    from tuners.evaluation.contract import Training
    from tuners.results.trial import Trial


def require_reportable(trial: Trial, training: Training, *, jobs: int, now: float) -> None:
    """Raise `TuningError` for scores that the metric cannot give, one a fold, or for times that are not the run's.

    `now` is a reading of the run's clock.
    """
    folds, metric = len(training.folds), training.metric
    expected = (
        f"record: expected {folds} fold scores that {metric} can give, and start and end as readings of "
        "objective.clock()"
    )
    if len(trial.fold_scores) != folds:
        message = f"{expected}; got {len(trial.fold_scores)} fold scores"
        raise TuningError(message)
    wrong = [score for score in trial.fold_scores if not metrics.in_range(metric, score)]
    if wrong:
        low, high = metrics.score_range(metric)
        message = f"{expected}; got {wrong[0]:g}, outside of {low:g} to {high:g}"
        raise TuningError(message)
    longest = (trial.end - trial.start) * jobs
    if not all(0 <= seconds <= longest for seconds in (trial.fit_seconds, trial.score_seconds)):
        message = f"{expected}; got {trial.fit_seconds:g} s of fits and {trial.score_seconds:g} s of scoring between"
        raise TuningError(message)
    if not 0 <= trial.start <= trial.end <= now:
        message = f"{expected}; got {trial.start:g} and {trial.end:g} at {now:.3g} s"
        raise TuningError(message)
