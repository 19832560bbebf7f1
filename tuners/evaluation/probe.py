"""The probe: reports each fold that a scikit-learn search evaluates, as it happens.

It is the search's callback and its scorer in one: the callback knows which candidate and fold run and
when, the scorer sees the fitted estimator and its score. Both are called by the thread that fits. In
worker processes they act on pickled copies, whose reports come back through a file.

Of scikit-learn's callback protocol it uses the `setup` hook alone, to put contexts of its own in the place of
scikit-learn's: those ask for protocols and signatures anew at each fit, which takes longer than all that the
probe does.
"""

from __future__ import annotations

import math
import os
import pickle
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter  # bound here: a tuner that replaces the time module's changes no figure
from typing import Any

from tuners.errors import one_line
from tuners.evaluation.alarm import AT_ONCE, trial_limit
from tuners.search.events import SHARED

POLL_SECONDS = 0.2
_running = threading.local()


@dataclass
class Evaluation:
    """One candidate on one fold; times are `perf_counter` readings, one clock for all processes."""

    candidate: int
    fold: int
    start: float
    end: float = math.nan
    fit_seconds: float = 0.0
    score_seconds: float = 0.0
    score: float = math.nan
    reason: str = ""


class Probe:
    """Callback and scorer of one search over `folds` folds."""

    def __init__(self, metric: Any, folds: int, *, jobs: int, trial_seconds: float | None = None) -> None:
        """Wrap the metric; with several jobs, worker processes report through a file.

        A fold is given what is left of `trial_seconds` to its candidate in this process.
        """
        self._trial_seconds = trial_seconds
        self._spent: dict[int, float] = defaultdict(float)
        self.metric = metric
        self.folds = folds
        self.on_candidate: Callable[[int, list[Evaluation]], None] | None = None
        self._pid = os.getpid()
        self._done: dict[int, list[Evaluation]] = defaultdict(list)
        self._parallel = jobs != 1
        self._path = ""
        self._offset = 0
        self._stop = threading.Event()
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Probe:
        """Open the way back from the workers."""
        if self._parallel:
            handle, self._path = tempfile.mkstemp(prefix="tuning-probe-")
            os.close(handle)
            self._reader = threading.Thread(target=self._poll, daemon=True)
            self._reader.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Read what is left and close; the search, which is the tuner's, keeps a probe that leads nowhere."""
        try:
            if self._reader is not None:
                self._stop.set()
                self._reader.join()
                self._drain()
        finally:
            self.on_candidate = None
            if self._path:
                Path(self._path).unlink(missing_ok=True)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what belongs to this process."""
        own = ("on_candidate", "_done", "_stop", "_reader")
        return {name: value for name, value in self.__dict__.items() if name not in own}

    def evaluations(self, candidate: int) -> list[Evaluation]:
        """Return a candidate's evaluations, in order of the folds."""
        return sorted(self._done.get(candidate, []), key=lambda evaluation: evaluation.fold)

    # What scikit-learn calls, in its words (sklearn.callback.FitCallback).

    def setup(self, estimator: Any, context: Any) -> None:  # noqa: ARG002  their signature
        """Have the search ask for its evaluations' contexts here."""
        context.subcontext = _SearchContext(self).here

    def teardown(self, estimator: Any, context: Any) -> None:
        """Do nothing: the search is over."""

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        """Do nothing: the search begins."""

    def on_fit_task_end(self, estimator: Any, context: Any) -> None:
        """Do nothing: the search ends."""

    # What a search calls for each fold of each candidate, in this order.

    def begin(self, number: int) -> None:
        """Note which fold of which candidate this thread fits, by its number among the search's evaluations."""
        candidate, fold = divmod(number, self.folds)
        _running.evaluation = Evaluation(candidate, fold, perf_counter())
        if self._trial_seconds is not None:
            _running.limit = trial_limit(max(AT_ONCE, self._trial_seconds - self._spent[candidate]))
            _running.limit.__enter__()

    def score(self, estimator: Any, X: Any, y: Any) -> float:
        """Score as the metric does, and note the score."""
        evaluation = getattr(_running, "evaluation", None)
        if evaluation is None:  # a search without callbacks
            return float(self.metric(estimator, X, y))
        evaluation.fit_seconds = perf_counter() - evaluation.start
        try:
            evaluation.score = float(self.metric(estimator, X, y))
        except Exception as error:
            evaluation.reason = one_line(error)
            raise
        return float(evaluation.score)

    def end(self, outcome: Any = None) -> None:
        """Report the evaluation, unless it was cut short; a shared one comes with its outcome."""
        limit = _running.__dict__.pop("limit", None)
        if limit is not None:
            limit.__exit__(None, None, None)
        evaluation = _running.__dict__.pop("evaluation", None)
        interrupted = isinstance(sys.exc_info()[1], BaseException) and not isinstance(sys.exc_info()[1], Exception)
        if evaluation is None or interrupted:
            return
        if outcome is not None:
            evaluation.start, evaluation.end, evaluation.score = outcome.start, outcome.end, outcome.test_score
            evaluation.fit_seconds, evaluation.score_seconds = outcome.fit_seconds, outcome.score_seconds
        else:
            evaluation.end = perf_counter()
            self._spent[evaluation.candidate] += evaluation.end - evaluation.start
            spent = evaluation.end - evaluation.start
            evaluation.fit_seconds = evaluation.fit_seconds or spent
            evaluation.score_seconds = spent - evaluation.fit_seconds
        if os.getpid() == self._pid:
            self._receive(evaluation)
        else:
            with Path(self._path).open("ab", buffering=0) as file:  # one write: appended whole
                file.write(pickle.dumps(evaluation))

    def _receive(self, evaluation: Evaluation) -> None:
        done = self._done[evaluation.candidate]
        done.append(evaluation)
        if len(done) == self.folds and self.on_candidate is not None:
            self.on_candidate(evaluation.candidate, self.evaluations(evaluation.candidate))

    def _poll(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            self._drain()

    def _drain(self) -> None:
        with Path(self._path).open("rb") as file:
            file.seek(self._offset)
            while True:
                try:
                    evaluation = pickle.load(file)  # noqa: S301  our own workers' file
                except (EOFError, pickle.UnpicklingError):
                    return
                self._offset = file.tell()
                self._receive(evaluation)


class _SearchContext:
    """A search's context (sklearn.callback.CallbackContext): it has one evaluation after another."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._callbacks = [probe]

    def here(self, **named: Any) -> _SearchContext:  # noqa: ARG002  their signature
        """Return this one, for the part of a search in which its candidates are evaluated."""
        return self

    def subcontext(self, *, task_name: str, task_id: int) -> _EvaluationContext:  # noqa: ARG002  their signature
        """Return the context of a fold of a candidate."""
        return _EvaluationContext(self._probe, task_id)

    def call_on_fit_task_begin(self, **named: Any) -> _SearchContext:  # noqa: ARG002  their signature
        """Go on: what counts are the evaluations."""
        return self

    def call_on_fit_task_end(self, **named: Any) -> None:
        """Do nothing: the search ends."""


class _EvaluationContext:
    """The context of one evaluation, which tells the probe when it begins and ends."""

    def __init__(self, probe: Probe, number: int) -> None:
        self._probe = probe
        self._number = number

    def propagate_callback_context(self, estimator: Any) -> AbstractContextManager[None]:  # noqa: ARG002  their signature
        """Leave the estimator's own callbacks as they are."""
        return nullcontext()

    def call_on_fit_task_begin(self, **named: Any) -> None:  # noqa: ARG002  their signature
        self._probe.begin(self._number)

    def call_on_fit_task_end(self, *, metadata: dict[str, Any] | None = None, **named: Any) -> None:  # noqa: ARG002  their signature
        self._probe.end((metadata or {}).get(SHARED))
