"""The contract of a tuning method, for the tests of whoever writes one.

In a test module of your own, with pytest:

    from tuners.testing import TunerContract

    TestMine = TunerContract.of(my_tune)

Each promise is one test of that class. What every run shows holds on a model of yours, too:
`TunerContract.of(my_tune, model=my_model)`.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import psutil
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from tuners.catalog import DATASETS, TUNERS
from tuners.errors import MissingExtraError, NotApplicableError
from tuners.execution.here import measure
from tuners.objective import Objective, Tuner
from tuners.results.budget import Budget
from tuners.results.run import Run
from tuners.results.trial import charged, spent
from tuners.spaces import contains, same
from tuners.task.model import Model
from tuners.task.problem import Problem
from tuners.task.protocol import Protocol

FOLDS = 2
ROWS = 110
"""Of three classes, so many that a third of a fold's 38 is enough for a method that evaluates in part."""


class Cut(ClassifierMixin, BaseEstimator):
    """Predicts by one feature's quantile; counts its fits, and raises or takes time where told to."""

    fits: ClassVar[int] = 0

    def __init__(
        self, feature: int = 0, threshold: float = 0.5, raise_above: float = math.inf, seconds: float = 0.0
    ) -> None:
        """Keep the parameters."""
        self.feature = feature
        self.threshold = threshold
        self.raise_above = raise_above
        self.seconds = seconds

    def fit(self, X: Any, y: Any) -> Self:
        """Learn where to cut."""
        Cut.fits += 1
        time.sleep(self.seconds)
        if self.threshold > self.raise_above:
            message = f"threshold above {self.raise_above}"
            raise ValueError(message)
        self.classes_ = np.unique(y)
        self.cut_ = np.quantile(np.asarray(X)[:, self.feature], self.threshold)
        return self

    def predict(self, X: Any) -> Any:
        """Predict the last class above the cut, the first below."""
        return self.classes_[np.where(np.asarray(X)[:, self.feature] > self.cut_, -1, 0)]


class RunContract:
    """What every run of a tuning method shows, whatever the model: a test each.

    Made by `of`, for a function or the name of a registered method. Attributes say what a method is like;
    set them by `of`, or in a class of your own.
    """

    tune: ClassVar[Tuner | str]
    """The tuning method: `tune(objective, seed)`, or the name of one."""
    model: ClassVar[Callable[[], Model] | None] = None
    """What makes the model that it is run on; a small one of four features and a threshold where None."""
    budget: ClassVar[int] = 6
    """Evaluations of a run."""
    finite: ClassVar[bool] = False
    """Whether the method needs a space without ranges."""
    whole: ClassVar[bool] = False
    """Whether it evaluates a finite space whole, whatever the budget."""
    draws: ClassVar[bool] = True
    """Whether it draws candidates at random; False where they follow from the space or the guesses."""
    searches: ClassVar[bool] = True
    """Whether it searches at all; False for one that evaluates what is given, such as the untuned model."""
    few: ClassVar[bool] = False
    """Whether it has few candidates, such as a person's guesses, and so ends before its budget."""

    @classmethod
    def of(cls, tune: Tuner | str, **attributes: Any) -> type[Self]:
        """Return the contract of one method: assign it to a name that begins with `Test`."""
        unknown = [name for name in attributes if name not in cls.attributes()]
        if unknown:
            message = f"{cls.__name__}.of: expected some of {', '.join(cls.attributes())}, got {unknown[0]}"
            raise TypeError(message)
        plain = {name: staticmethod(value) if callable(value) else value for name, value in attributes.items()}
        members = {"tune": tune if isinstance(tune, str) else staticmethod(tune), **plain}
        return type(cls.__name__, (cls,), members)

    @classmethod
    def attributes(cls) -> list[str]:
        """Return what may be said of a method."""
        return [name for name in RunContract.__annotations__ if name != "tune"]

    @classmethod
    def name(cls) -> str:
        """Return the method's name, from which its seeds derive."""
        return cls.tune if isinstance(cls.tune, str) else cls.tune.__name__

    @classmethod
    def problem(cls, seed: int = 0, **fixed: Any) -> Problem:
        """Return a small problem; `fixed` are parameters of the model of this module."""
        model = cls.model() if cls.model is not None and not fixed else cls.cut(**fixed)
        return Problem(model, DATASETS.load("iris")(None), seed, Protocol(folds=FOLDS, rows=ROWS))

    @classmethod
    def cut(cls, **fixed: Any) -> Model:
        """Return the model of this module."""
        space = {"feature": [0, 1, 2, 3], "threshold": [0.1, 0.3, 0.5, 0.7, 0.9] if cls.finite else (0.0, 1.0)}
        guesses = ({"feature": 2, "threshold": 0.5}, {"feature": 3, "threshold": 0.9})
        return Model("cut", Cut(**fixed), space, guesses=guesses)

    @classmethod
    def run(cls, on: Problem, budget: Budget | None = None, **options: Any) -> Run:
        """Run the method; the test is skipped where it needs a package that is not there, or cannot serve the model."""
        try:
            run = measure(cls.name(), cls.method(), on, budget or Budget(cls.budget), **options)
        except NotApplicableError as error:
            pytest.skip(str(error))
        if run.record.status == "skipped":  # it has seen so on its way
            pytest.skip(run.record.reason)
        return run

    @classmethod
    def method(cls) -> Tuner:
        """Return the method's function; the test is skipped where it needs a package that is not there."""
        try:
            return TUNERS.load(cls.tune) if isinstance(cls.tune, str) else cls.tune
        except MissingExtraError as error:
            pytest.skip(str(error))

    @classmethod
    @cache
    def done(cls, seed: int = 0) -> Run:
        """Return a run that tests share."""
        return cls.run(cls.problem(seed))

    def test_budget_is_kept(self) -> None:
        """It evaluates something, never more than its budget, and ends without an error."""
        run = self.done()
        assert run.record.status == "ok", f"the run has failed: {run.record.reason}"
        assert self.whole or run.record.budget == self.budget
        spends = f"{spent(run.trials):g} of {run.record.budget} evaluations"
        assert 0 < run.record.evaluations <= (run.record.budget or 0), f"{self.name()} spends {spends}"
        assert run.record.evaluations == charged(run.trials), f"{self.name()} spends {spends}"

    def test_every_point_lies_in_the_space(self) -> None:
        """Candidates have the space's names, and values that it holds, of plain Python types."""
        space = self.problem().model.space_for(self.name())
        for trial in self.done().trials:
            names = set(trial.params)
            assert names <= set(space), f"{sorted(names - set(space))} are no names of the space: {sorted(space)}"
            if self.searches:
                assert contains(space, trial.params), f"{trial.params} is no point of the space"
            numpy = [name for name, value in trial.params.items() if isinstance(value, np.generic)]
            assert not numpy, f"{numpy} are NumPy's scalars: expected plain values, as value.item() gives"

    def test_same_seed_same_trials(self) -> None:
        """Run again with the same seed, it makes the same trials with the same scores, bit for bit."""
        once, again = self.done(), self.run(self.problem())
        assert [trial.params for trial in again.trials] == [trial.params for trial in once.trials], (
            "one seed gave different candidates: expected all that is random to be drawn from the seed, as from "
            "numpy.random.default_rng(seed)"
        )
        assert again.record.trials_sha256 == once.record.trials_sha256, "the same candidates have other scores"
        assert again.record.test_score == once.record.test_score

    def test_other_seed_other_trials(self) -> None:
        """Another seed splits otherwise; a method that draws its candidates draws others."""
        one, other = self.done(0), self.done(1)
        assert one.record.trials_sha256 != other.record.trials_sha256
        if self.draws:
            assert [trial.params for trial in one.trials] != [trial.params for trial in other.trials], (
                "two seeds gave the same candidates: the seed is ignored; a method that draws nothing says so by "
                "draws=False"
            )

    def test_times_and_incumbents_add_up(self) -> None:
        """Evaluating and searching make up the seconds; incumbents improve and end with the winner."""
        run, record = self.done(), self.done().record
        assert record.seconds is not None
        assert record.evaluation_seconds is not None
        assert record.search_seconds is not None
        assert record.evaluation_seconds + record.search_seconds == pytest.approx(record.seconds)
        assert all(0 <= trial.start <= trial.end <= record.seconds + 1e-3 for trial in run.trials)
        scores = [incumbent.cv_score for incumbent in run.incumbents]
        assert scores == sorted(set(scores))
        assert (scores[-1], run.incumbents[-1].test_score) == (record.cv_score, record.test_score)


class TunerContract(RunContract):
    """What a tuning method promises: all of `RunContract`, and what it does where things go wrong."""

    def test_every_fit_is_counted(self) -> None:
        """Nothing is fitted but by the objective: a fit of the method's own would be outside of its budget."""
        on = self.problem(seconds=0.0)
        assert on.default_test_score is not None  # fitted before the search
        self.run(on, Budget(1))  # whatever is fitted once in a process
        Cut.fits = 0
        run = self.run(on)
        ends = len(run.incumbents)  # the winner is fitted again, and earlier incumbents for their test scores
        most = FOLDS * len(run.trials) + ends
        assert Cut.fits <= most, (
            f"{Cut.fits} fits for {len(run.trials)} evaluations of {FOLDS} folds and {ends} scores on test rows, which "
            f"are {most}: the method fits models beside its budget: expected objective(params), or objective.search"
        )

    def test_no_warning(self) -> None:
        """It raises no warning, so that it runs under `-W error`."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            record = self.run(self.problem()).record
        assert record.status == "ok", f"with warnings as errors: {record.reason}"

    def test_nothing_is_left_running(self) -> None:
        """A second run leaves no thread and no process more than the first did."""
        self.done()
        threads, children = set(threading.enumerate()), set(psutil.Process().children(recursive=True))
        self.run(self.problem())
        left = [thread.name for thread in threading.enumerate() if thread not in threads and not thread.daemon]
        left += [str(child) for child in psutil.Process().children(recursive=True) if child not in children]
        assert not left, f"left running: {', '.join(left)}: join threads and end processes before tune returns"

    def test_nothing_global_is_touched(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Global generators, levels of loggers and the working directory are as before; no file is left there."""
        monkeypatch.chdir(tmp_path)
        self.done()  # imports
        before = _global_state()
        self.run(self.problem())
        touched = [what for what, value in _global_state().items() if value != before[what]]
        assert not touched, f"changed by a run: {', '.join(touched)}: leave them as they are, or put them back"

    def test_the_start_comes_first(self) -> None:
        """Where a session begins every search with the default configuration, that is the first trial, charged."""
        on = self.problem()
        run, start = self.run(on, start="default"), on.untuned(on.model.space)
        assert run.record.status == "ok", f"the run has failed: {run.record.reason}"
        first = run.trials[0].params if self.searches else start  # the untuned model's trial names no parameters
        assert same(first, start), (
            f"the first trial is {first}, where the search was to begin with {start}: expected the method to evaluate "
            "objective.start first, where it is not None"
        )
        assert 0 < run.record.evaluations <= (run.record.budget or 0)

    def test_only_a_deterministic_method_ignores_its_seed(self) -> None:
        """On one problem, another seed makes other trials; the same ones of a method that is deterministic."""
        method = self.method()

        @wraps(method)
        def other(objective: Objective, seed: int) -> None:
            method(objective, seed + 1)

        one, two = self.done(), measure(self.name(), other, self.problem(), Budget(self.budget))
        unchanged = one.record.trials_sha256 == two.record.trials_sha256
        if getattr(method, "deterministic", False):
            assert unchanged, (
                "two seeds gave different trials: expected a method that draws nothing, for it says deterministic = "
                "True: leave that out"
            )
        else:
            assert unchanged is not self.draws, (
                f"two seeds gave {'the same' if unchanged else 'different'} trials: expected others of a method that "
                "draws, and the same of one with draws=False; one that never draws has deterministic = True"
            )

    def test_inputs_are_unchanged(self) -> None:
        """Data and estimator are as they were."""
        on = self.problem(seconds=0.0)
        parts = (on.split.X_train, on.split.y_train, on.split.X_test, on.split.y_test)
        before, params = [np.array(part) for part in parts], on.estimator.get_params()
        self.run(on)
        assert all(np.array_equal(one, other) for one, other in zip(before, parts, strict=True))
        assert on.estimator.get_params() == params

    def test_no_test_row_reaches_it(self) -> None:
        """Scrambling the test rows changes no trial."""
        plain, scrambled = self.problem(seconds=0.0), self.problem(seconds=0.0)
        scrambled.split.X_test[:] = np.random.default_rng(0).permutation(scrambled.split.X_test) * 100
        assert self.run(plain).record.trials_sha256 == self.run(scrambled).record.trials_sha256, (
            f"{self.name()} made other trials where only the test rows differ: expected it to draw from its seed alone "
            "(test_same_seed_same_trials fails, too, where it does not), and to learn nothing of rows it was not given"
        )

    def test_candidate_that_raises_is_a_failed_trial(self) -> None:
        """A failed candidate keeps its reason and no score; the search goes on."""
        run = self.run(self.problem(raise_above=0.55), Budget(12))
        assert run.record.status == "ok", f"the run has failed with some of its candidates: {run.record.reason}"
        for trial in run.trials:
            failed = trial.params.get("threshold", 0.5) > 0.55
            assert trial.ok is not failed
            assert math.isnan(trial.score) is failed
            assert trial.reason == ("ValueError: threshold above 0.55" if failed else "")
        assert run.record.failed_trials == sum(not trial.ok for trial in run.trials)
        if self.searches:
            assert 0 < run.record.failed_trials < len(run.trials)

    def test_all_candidates_failing_fails_the_run(self) -> None:
        """Where no candidate can be fitted the run has failed, with the candidates' reason and no score."""
        on = self.problem(raise_above=-1.0)
        on.__dict__["default_test_score"] = 0.5  # the untuned model fails, too: it is not the subject here
        record = self.run(on).record
        assert record.status == "failed"
        assert record.reason == "every candidate failed: ValueError: threshold above -1.0"
        assert record.test_score is None
        assert record.cv_score is None

    def test_time_budget_stops_the_search(self) -> None:
        """A time budget ends a search that would go on for minutes, and the run keeps what it has."""
        # The first trial takes 0.3 s of the 3, and a library may take as long to start. It is the default, in full:
        # these trials are as slow in part, so that a method that evaluates in part may come to no other.
        record = self.run(self.problem(seconds=0.15), Budget(1000, seconds=3.0), start="default").record
        assert record.status == "ok", record.reason
        assert 1 <= record.evaluations < (record.budget or 0)
        assert record.timed_out or self.few, f"it ended by itself after {record.evaluations} of 1000 evaluations"
        assert record.seconds is not None
        assert record.seconds < 30.0, f"a budget of 3 s has taken {record.seconds:.0f}"

    def test_time_alone_is_a_budget(self) -> None:
        """Without a number of evaluations, it ends with the time, or with a finite space."""
        record = self.run(self.problem(seconds=0.0), Budget(seconds=1.5)).record
        assert record.status == "ok", record.reason
        assert record.budget is None or self.whole
        assert record.evaluations > 1 or self.few, "it evaluated one candidate, though there was time for more"


def _global_state() -> dict[str, object]:
    """Return what a method must leave as it is, by name."""
    loggers = logging.root.manager.loggerDict
    return {
        "the global generator of NumPy": repr(np.random.get_state()),  # noqa: NPY002  looked at, not drawn from
        "the global generator of Python": random.getstate(),
        "levels of loggers": {name: logging.getLogger(name).level for name in list(loggers)},
        "the working directory": Path.cwd(),
        "files in the working directory": sorted(map(str, Path.cwd().iterdir())),
    }
