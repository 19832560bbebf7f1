"""The seconds that plain evaluation would take of candidates that shared their work, modelled from measured fits.

A fit takes a fixed part and one that grows with the candidate's size (trees, iterations, epochs). The seconds of a step
of size are measured, by small fits of candidates drawn from the space, and follow from the other hyperparameters by a
ridge regression of their logarithm: a value listed has an effect of its own, a number that is in no list a slope.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from tuners.errors import unwinds
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.results.params import Params
from tuners.task.problem import own_rows, own_values
from tuners.task.splits import take

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.problem import Problem
    from tuners.task.splits import Fold

MEASURED = 32
"""Candidates whose fits are measured."""
SMALL, SMALLER = 12, 2
"""Sizes at which they are."""
LEAST_STEP = 1e-6
"""Seconds: a fit that was no longer than its fixed part says nothing of a step."""
RIDGE = 0.1
"""The penalty of the regression."""


@dataclass(frozen=True)
class Modelled:
    """Seconds of candidates on one model and dataset; plain values, which a table keeps."""

    size: str
    """The hyperparameter that says how far a candidate grows, by its name in candidates; empty: it has no name."""
    usual: float
    """Its value where a candidate does not say it."""
    folds: int
    fixed: float
    """Seconds of a fit beside its steps."""
    effects: Mapping[str, float]
    """On the logarithm of a step's seconds: by `name=value` of listed values, by name of numbers; "" for all."""
    score_fixed: float
    score_step: float
    own: float
    """Seconds of an evaluation beside fits and scores."""
    refit: float
    """Seconds of a refit on all training rows over those of a fit on a fold's."""
    fits: int = 0
    """Fits that were measured."""

    def seconds(self, params: Mapping[str, Any]) -> tuple[float, float, float, float]:
        """Return what a candidate takes: its fits, its scores, the refit, and the rest."""
        steps = float(params.get(self.size, self.usual))
        logarithm = self.effects.get("", 0.0) + sum(
            self.effects.get(f"{name}={value!r}", 0.0)
            if f"{name}={value!r}" in self.effects
            else self.effects.get(name, 0.0) * _number(value)
            for name, value in params.items()
            if name != self.size
        )
        fit = self.fixed + steps * math.exp(logarithm)
        score = self.score_fixed + steps * self.score_step
        return self.folds * fit, self.folds * score, self.refit * fit, self.own


def _number(value: Any) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return math.log(abs(value)) if known and value else 0.0


def measured(problem: Problem, candidates: Sequence[Params], size: str) -> Generator[None, None, Modelled | None]:
    """Measure small fits of some candidates, drawn by the problem's seed, and model the rest.

    `size` is the name of their size. Candidates that cannot be fitted are passed over; None where none can be. To be
    measured while nothing else runs. Yields after each fit: a machine is slower now and faster then, which problems
    that are measured in turn have in common.
    """
    train, validation = _typical(problem.folds)
    X, y = own_rows(problem.split.X_train), own_rows(problem.split.y_train)
    taken = _Taken(problem, take(X, train), y[train], take(X, validation), y[validation])
    taken.fit({size: SMALLER})  # what the first fit of a process does besides
    paired = max(4, min(MEASURED, len(candidates)) // 4)
    chosen: list[Params] = []
    smaller, small = [], []
    for position in np.random.default_rng(problem.seed).permutation(len(candidates)):
        params = candidates[position]
        try:
            first = [taken.fit({**params, size: SMALLER})] if len(chosen) < paired else []
            then = taken.fit({**params, size: SMALL})
        except BaseException as error:
            if unwinds(error):
                raise
            continue
        chosen.append(params)
        smaller += first
        small.append(then)
        if len(chosen) == MEASURED:
            break
        yield
    if not chosen:
        return None
    pairs = list(zip(smaller, small, strict=False))
    fits = [(one, two) for (one, _), (two, _) in pairs]
    fixed = max(float(np.median([one - SMALLER * (two - one) / (SMALL - SMALLER) for one, two in fits])), 0.0)
    scores = np.median([(one, two) for (_, one), (_, two) in pairs], axis=0)
    score_step = max(float(scores[1] - scores[0]) / (SMALL - SMALLER), 0.0)
    steps = [max((fit - fixed) / SMALL, LEAST_STEP) for fit, _ in small]
    whole = _Taken(problem, X, y, X[:1], y[:1])
    refits = []
    for params in chosen[: len(pairs)]:
        refits.append(whole.fit({**params, size: SMALL})[0])
        yield
    return Modelled(
        size=size,
        usual=float(problem.estimator.get_params()[size]),
        folds=len(problem.folds),
        fixed=fixed,
        effects=_effects(*_telling(chosen, steps), size),
        score_fixed=max(float(scores[0]) - SMALLER * score_step, 0.0),
        score_step=score_step,
        own=_own_seconds(problem, {**chosen[0], size: SMALLER}),
        refit=float(np.median(refits)) / float(np.median([two for _, two in fits])),
        fits=len(chosen),
    )


class _Taken:
    """The seconds of single fits and scores on given rows."""

    def __init__(self, problem: Problem, X: Any, y: Any, X_asked: Any, y_asked: Any) -> None:
        self._problem = problem
        self._rows = (X, y, X_asked, y_asked)

    def fit(self, params: Params) -> tuple[float, float]:
        """Return the seconds of a fit and of its score."""
        X, y, X_asked, y_asked = self._rows
        estimator = clone(self._problem.estimator).set_params(**own_values(params))
        begun = perf_counter()
        estimator.fit(X, y)
        fitted = perf_counter()
        self._problem.scorer(estimator, X_asked, y_asked)
        return fitted - begun, perf_counter() - fitted


def _typical(folds: Sequence[Fold]) -> Fold:
    """Return the fold whose rows to fit on are nearest to the mean: folds that go forward fit on more and more."""
    mean = sum(len(fit) for fit, _ in folds) / len(folds)
    return min(folds, key=lambda fold: abs(len(fold[0]) - mean) // 1)


def _own_seconds(problem: Problem, params: Params) -> float:
    """Return what an evaluation takes beside fits and scores."""
    plain = Plain(Training.of(problem))
    taken = []
    for _ in range(3):
        begun = perf_counter()
        scores = plain.evaluate(params)
        taken.append(perf_counter() - begun - scores.fit_seconds - scores.score_seconds)
    return max(float(np.median(taken)), 0.0)


def _telling(candidates: Sequence[Params], steps: Sequence[float]) -> tuple[list[Params], list[float]]:
    """Return the candidates whose steps took time, and how much; all, where none did."""
    told = [(each, step) for each, step in zip(candidates, steps, strict=True) if step > LEAST_STEP]
    return ([each for each, _ in told], [step for _, step in told]) if told else (list(candidates), list(steps))


def _effects(candidates: Sequence[Params], steps: Sequence[float], size: str) -> dict[str, float]:
    """Return the effects of hyperparameters on the logarithm of a step's seconds, by ridge regression."""
    names = [name for name in candidates[0] if name != size]
    columns: dict[str, NDArray[np.float64]] = {}
    for name in names:
        values = [params[name] for params in candidates]
        distinct = {repr(value) for value in values}
        if len(distinct) <= len(candidates) // 3 or not all(isinstance(value, int | float) for value in values):
            for each in sorted(distinct):
                columns[f"{name}={each}"] = np.array([float(repr(value) == each) for value in values])
        else:
            columns[name] = np.array([_number(value) for value in values])
    target = np.log(steps)
    if not columns:
        return {"": math.log(np.mean(steps))}
    matrix = np.column_stack(list(columns.values()))
    centre = matrix.mean(axis=0)
    centred = matrix - centre
    penalty = RIDGE * np.eye(matrix.shape[1])
    slopes = np.linalg.solve(centred.T @ centred + penalty, centred.T @ (target - target.mean()))
    found = dict(zip(columns, map(float, slopes), strict=True))
    # The mean of seconds is wanted, not of their logarithm: what was measured and what is modelled have one sum.
    modelled = np.exp(target.mean() + centred @ slopes)
    level = target.mean() - centre @ slopes + math.log(np.sum(steps) / modelled.sum())
    return {"": float(level), **found}
