"""The shared evaluation of candidates: what they have in common is done once.

for each way of preprocessing among the candidates:
    fit it on every fold
    group the candidates, fold by fold, by what one growth serves
    in parallel, for each group: grow, and score each model once for all candidates that it is
    hand out a candidate when all its folds are scored

A group in which anything fails is left to scikit-learn, with all its candidates: it says what is wrong.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.model_selection._validation import _score
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.parallel import Parallel, delayed

from tuners.search.anatomy import Anatomy, Candidate, Known, Params
from tuners.search.families import Family, Plan, Rows, forest, perceptron, prefix
from tuners.search.verification import verified

FAMILIES: tuple[Family, ...] = (forest, prefix, perceptron)
"""The first that plans a candidate has it."""


WITNESSES = (2, 3)
"""Trees, iterations or epochs of the candidates that are evaluated both ways, on the search's own rows."""
WITNESS_COST = 0.05
"""What they may cost at most, as a share of the search."""


class StoppedError(Exception):
    """The search was cut short: what still runs ends here."""


@dataclass(frozen=True)
class Outcome:
    """One candidate on one fold. Times are seconds, a share of what its group took."""

    test_score: Any
    """A number, or a number by metric."""
    train_score: Any
    n_test: int
    fit_seconds: float
    score_seconds: float
    start: float
    """A reading of `perf_counter`, as `end`: those of its group."""
    end: float


@dataclass(frozen=True)
class _Fold:
    """The rows of a fold, raw and as the model sees them."""

    X_test: Any
    y_test: Any
    X_train: Any
    y_train: Any
    rows: Rows
    known: Known | None
    seconds: float


@dataclass(frozen=True)
class _Task:
    """One group of candidates on one fold."""

    fold: int
    family: Family
    plans: dict[Plan, list[int]]
    """Candidates by what they need grown."""
    estimators: dict[Plan, Any]

    def work(self) -> int:
        """How much is to be grown, at most."""
        longest: dict[Hashable, int] = defaultdict(int)
        for plan in self.plans:
            longest[plan.detail] = max(longest[plan.detail], plan.size)
        return sum(longest.values())


@dataclass(frozen=True)
class _Scored:
    """The scores of one model, and the candidates that it is the model of."""

    candidates: list[int]
    test_score: Any
    train_score: Any


class SharedEvaluator:
    """Evaluates candidates of one estimator on fixed folds, scores bit for bit as scikit-learn's."""

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        splits: Sequence[tuple[Any, Any]],
        scorer: Any,
        *,
        jobs: int | None = None,
        train_scores: bool = False,
        remember: bool = False,
    ) -> None:
        """Take an unfitted estimator and (train, test) row numbers; `scorer(estimator, X, y)` gives one or more scores.

        With `remember`, what is grown is kept for later calls, within `starts.KEPT_BYTES` a fold.
        """
        self.anatomy = Anatomy(estimator)
        self.family = family_of(type(self.anatomy.model))
        self._X = X
        self._y = y
        self._splits = splits
        self._scorer = scorer
        self._jobs = jobs
        self._train_scores = train_scores
        self._remember = remember
        self._folds: tuple[object, list[_Fold]] | None = None

    def evaluate(self, candidates: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, list[Outcome]]]:
        """Yield positions of candidates with an outcome a fold; those not yielded are scikit-learn's to evaluate."""
        if self.family is None:
            return
        fronts: dict[object, list[tuple[int, Candidate]]] = {}
        for position, params in enumerate(candidates):
            candidate = self.anatomy.candidate(params)
            if candidate is not None:
                fronts.setdefault(candidate.front_key(), []).append((position, candidate))
        for key, members in fronts.items():
            yield from self._front(key, members, candidates)

    def witnesses(self, candidates: Sequence[Mapping[str, Any]]) -> list[Params]:
        """Return two very small candidates of the kind that can be shared; none where they would cost too much."""
        sizes = [self._size(params) for params in candidates]
        if self.family is None or WITNESS_COST * sum(sizes) < sum(WITNESSES) or WITNESS_COST * len(sizes) < 1:
            return []
        name = self.anatomy.named(self.family.size(type(self.anatomy.model)) or "")
        return [] if name is None else [{**candidates[0], name: size} for size in WITNESSES]

    def smallest(self, candidates: Sequence[Mapping[str, Any]]) -> int:
        """Return the position of a candidate that grows least."""
        return min(range(len(candidates)), key=lambda position: self._size(candidates[position]))

    def _size(self, params: Mapping[str, Any]) -> int:
        candidate = self.anatomy.candidate(params)
        size = self.family.size(type(self.anatomy.model)) if self.family else None
        value = candidate.model[size] if candidate and size else 0
        return value if isinstance(value, int) else 0

    def _front(
        self, key: object, members: list[tuple[int, Candidate]], candidates: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[int, list[Outcome]]]:
        kind = type(self.anatomy.model)
        family = self.family
        first = members[0][1]
        # Asked before any fold is prepared: most of what cannot be shared cannot be on any rows.
        if family is None or not any(family.plan(kind, candidate.model, 1000, 1000) for _, candidate in members):
            return
        if not (self.anatomy.deterministic(first.front) and verified(self.anatomy.model, family)):
            return
        try:
            folds = self._prepared(key, first.front)
            tasks = self._tasks(family, folds, members, candidates)
        except Exception:  # noqa: BLE001  scikit-learn says what is wrong
            return
        yield from self._run(family, folds, tasks, len(members))

    def _prepared(self, key: object, front: Params) -> list[_Fold]:
        if self._folds is not None and self._folds[0] == key:
            return self._folds[1]
        parallel = Parallel(n_jobs=self._jobs, prefer="threads")
        folds = parallel(delayed(self._fold)(front, train, test) for train, test in self._splits)
        self._folds = (key, folds)
        return folds

    def _fold(self, front: Params, train: Any, test: Any) -> _Fold:
        begun = time.perf_counter()
        X_train, y_train = _safe_split(self.anatomy.estimator, self._X, self._y, train)
        X_test, y_test = _safe_split(self.anatomy.estimator, self._X, self._y, test, train)
        preprocessing = self.anatomy.prepared(front)
        known = None
        seen_train, seen_test = X_train, X_test
        if preprocessing is not None:
            seen_train = preprocessing.fit_transform(X_train, y_train)
            known = Known(preprocessing)
            seen_test = preprocessing.transform(X_test)
            known.see(X_test, seen_test)
        asked_train = None
        if self._train_scores:
            asked_train = X_train
            if known is not None:
                # Transformed as the scorer would: some transformers' `fit_transform` gives something else.
                asked_train = known.fitted.transform(X_train)
                known.see(X_train, asked_train)
        rows = Rows(seen_train, y_train, seen_test, asked_train, self._remember)
        return _Fold(X_test, y_test, X_train, y_train, rows, known, time.perf_counter() - begun)

    def _tasks(
        self,
        family: Family,
        folds: list[_Fold],
        members: list[tuple[int, Candidate]],
        candidates: Sequence[Mapping[str, Any]],
    ) -> list[_Task]:
        kind = type(self.anatomy.model)
        shapes = [fold.rows.X_train.shape for fold in folds]
        planned = {
            position: [family.plan(kind, candidate.model, *shape) for shape in shapes]
            for position, candidate in members
        }
        plans = {position: on_folds for position, on_folds in planned.items() if all(on_folds)}
        if not family.alone:
            company = Counter((fold, plan.group) for on_folds in plans.values() for fold, plan in enumerate(on_folds))
            plans = {
                position: on_folds
                for position, on_folds in plans.items()
                if all(company[fold, plan.group] > 1 for fold, plan in enumerate(on_folds))
            }
        groups: dict[tuple[int, Hashable], dict[Plan, list[int]]] = {}
        for position, on_folds in plans.items():
            for fold, plan in enumerate(on_folds):
                groups.setdefault((fold, plan.group), {}).setdefault(plan, []).append(position)
        tasks = [
            _Task(fold, family, served, {plan: self.anatomy.unfitted(candidates[at[0]]) for plan, at in served.items()})
            for (fold, _), served in groups.items()
        ]
        return sorted(tasks, key=_Task.work, reverse=True)

    def _run(
        self, family: Family, folds: list[_Fold], tasks: list[_Task], members: int
    ) -> Iterator[tuple[int, list[Outcome]]]:
        stopped = threading.Event()
        threads = family.threads or effective_n_jobs(self._jobs) == 1
        parallel = Parallel(
            n_jobs=self._jobs,
            return_as="generator_unordered",
            pre_dispatch="2*n_jobs",
            **({"backend": "threading"} if threads else {}),
        )
        outcomes: dict[int, dict[int, Outcome]] = defaultdict(dict)
        lost: set[int] = set()
        done = parallel(
            delayed(_evaluate)(task, folds[task.fold], self.anatomy, self._scorer, stopped if threads else None)
            for task in tasks
        )
        try:
            for fold, scored, seconds in done:
                if isinstance(scored, set):
                    lost |= scored
                    for position in scored:
                        outcomes.pop(position, None)
                    continue
                share = _share(scored, seconds, folds[fold], members)
                for model in scored:
                    for position in model.candidates:
                        if position in lost:
                            continue
                        outcomes[position][fold] = Outcome(model.test_score, model.train_score, *share)
                        if len(outcomes[position]) == len(folds):
                            found = outcomes.pop(position)
                            yield position, [found[number] for number in range(len(folds))]
        finally:
            stopped.set()
            done.close()


def _share(
    scored: list[_Scored], seconds: tuple[float, float, float, float], fold: _Fold, members: int
) -> tuple[int, float, float, float, float]:
    """Divide what a group took among its candidates, and the preprocessing among all `members` that share it."""
    start, end, fit, score = seconds
    count = sum(len(model.candidates) for model in scored)
    return fold.rows.X_asked.shape[0], fit / count + fold.seconds / members, score / count, start, end


def _evaluate(
    task: _Task, fold: _Fold, anatomy: Anatomy, scorer: Any, stopped: threading.Event | None
) -> tuple[int, list[_Scored] | set[int], tuple[float, float, float, float]]:
    """Grow and score one group; the set of its candidates where that failed."""

    def check() -> None:
        if stopped is not None and stopped.is_set():
            raise StoppedError

    start = time.perf_counter()
    scoring = 0.0
    scored: list[_Scored] = []
    try:
        members = list(task.estimators.items())
        for plans, model in task.family.fitted(members, fold.rows, check):
            begun = time.perf_counter()
            whole = anatomy.whole(fold.known, model)
            test = _scores(whole, fold.X_test, fold.y_test, scorer)
            train = math.nan
            if fold.rows.X_asked_train is not None:
                train = _scores(whole, fold.X_train, fold.y_train, scorer)
            scored.append(_Scored([position for plan in plans for position in task.plans[plan]], test, train))
            scoring += time.perf_counter() - begun
    except Exception:  # noqa: BLE001  scikit-learn evaluates them, and says what is wrong
        return task.fold, {position for where in task.plans.values() for position in where}, (0.0, 0.0, 0.0, 0.0)
    end = time.perf_counter()
    return task.fold, scored, (start, end, end - start - scoring, scoring)


def _scores(estimator: Any, X: Any, y: Any, scorer: Any) -> Any:
    def strict(estimator: Any, X: Any, y: Any) -> Any:
        result = scorer(estimator, X, y)
        # How scikit-learn's scorer of several metrics says that one failed.
        if isinstance(result, dict) and any(isinstance(score, str) for score in result.values()):
            message = "a metric failed"
            raise ValueError(message)
        return result

    return _score(estimator, X, y, strict, {}, "raise")


def family_of(model: type) -> Family | None:
    """Return the family that a model belongs to."""
    return next((family for family in FAMILIES if family.size(model) is not None), None)


def shareable(estimator: Any, X: Any, listed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all candidates listed, if any, look as if they share work in threads."""
    anatomy = Anatomy(estimator)
    kind = type(anatomy.model)
    family = family_of(kind)
    if family is None or not family.threads or not hasattr(X, "shape") or not hasattr(X, "__array__"):
        return False
    if not (anatomy.piped or np.isfinite(np.asarray(X, dtype=np.float32)).all()):
        return False
    candidates = [anatomy.candidate(params) for params in listed]
    return bool(candidates) and all(
        candidate and family.plan(kind, candidate.model, *X.shape) for candidate in candidates
    )
