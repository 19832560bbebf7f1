"""The shared evaluation of candidates: what they have in common is done once.

for each way of preprocessing among the candidates:
    fit it on every fold
    group the candidates, fold by fold, by what one growth serves
    in parallel, evaluate the groups
    hand out a candidate when all its folds are scored

A group in which anything fails is left to scikit-learn, with all its candidates: it says what is wrong.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from joblib._parallel_backends import LokyBackend
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from tuners.search.anatomy import Anatomy, Candidate, Params
from tuners.search.families import Family, Plan, forest, neighbours, perceptron, prefix, ridge
from tuners.search.folds import Apart, Fold, Split, prepare
from tuners.search.group import Failed, Group, Scored, evaluate
from tuners.search.verification import verified

# The first that plans a candidate has it.
FAMILIES: tuple[Family, ...] = (
    forest.FAMILY,
    prefix.FAMILY,
    perceptron.FAMILY,
    neighbours.FAMILY,
    ridge.FAMILY,
)
WITNESSES = (2, 3)
"""Trees, iterations or epochs of the candidates that are evaluated both ways, on the search's own rows."""
WITNESS_COST = 0.05
"""The most that the witnesses may cost, as a share of the search."""
MANY_FEATURES = 10**6
"""Stands for the number of features where the preprocessing has not made them yet."""

Candidates = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """One candidate on one fold. Times are seconds, its share of what its group took."""

    test_score: Any
    """A number, or a number by metric."""
    train_score: Any
    n_test: int
    fit_seconds: float
    score_seconds: float
    start: float
    """A reading of `perf_counter`, as `end`: those of its group."""
    end: float


class SharedEvaluator:
    """Evaluates candidates of one estimator on fixed folds, scores bit for bit as scikit-learn's."""

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        splits: Sequence[Split],
        scorer: Any,
        *,
        jobs: int | None = None,
        train_scores: bool = False,
        remember: bool = False,
    ) -> None:
        """Take an unfitted estimator, (train, test) row numbers, and `scorer(estimator, X, y)` of one or more scores.

        A split may also be rows `Apart`.

        With `remember`, what is grown is kept for later calls, within `starts.KEPT_BYTES` a fold.
        """
        self.anatomy = Anatomy(estimator)
        self.failure = ""
        """Why a group could not be evaluated together, if one could not."""
        self.lost: set[int] = set()
        """Positions of the candidates in such groups, in the last evaluation."""
        self._kind = type(self.anatomy.model)
        self._families = _families(self._kind)
        self._X = X
        self._y = y
        self._splits = splits
        self._scorer = scorer
        self._jobs = jobs
        self._train_scores = train_scores
        self._remember = remember
        self._folds: tuple[object, list[Fold]] | None = None

    def evaluate(self, candidates: Candidates) -> Generator[tuple[int, list[Outcome]]]:
        """Yield positions of candidates with an outcome a fold; those not yielded are scikit-learn's to evaluate."""
        self.lost = set()
        fronts: dict[object, list[tuple[int, Candidate]]] = {}
        for position, params in enumerate(candidates if self._families else ()):
            candidate = self.anatomy.candidate(params)
            if candidate is not None and self._likely(candidate):
                fronts.setdefault(candidate.front_key(), []).append((position, candidate))
        for key, members in fronts.items():
            front = members[0][1].front
            if not self.anatomy.deterministic(front):
                continue
            try:
                folds = self._prepared(key, front)
                groups = self._groups(folds, members)
            except Exception:  # noqa: BLE001, S112  scikit-learn says what is wrong
                continue
            for family in self._families:
                mine = [group for group in groups if group.family is family]
                if mine:
                    yield from self._run(family, folds, mine, len(members))

    def witnesses(self, candidates: Candidates) -> list[Params]:
        """Return two very small candidates of the kind that can be shared; none where they would cost too much.

        Of models that do not grow, they are two of the candidates, the one that asks for less first.
        """
        if not self._families or WITNESS_COST * len(candidates) < 1:
            return []
        size = self._families[0].size(self._kind)
        if not size:
            related = max(self.together(candidates), key=len)
            asked = sorted(related, key=lambda position: self._asked(candidates[position]))
            return [dict(candidates[position]) for position in (asked[0], asked[-1])] if len(asked) > 1 else []
        if WITNESS_COST * sum(self._size(params) for params in candidates) < sum(WITNESSES):
            return []
        like = candidates[self.smallest(candidates)]
        name = self.anatomy.named(size, like)
        return [] if name is None else [{**like, name: steps} for steps in WITNESSES]

    def smallest(self, candidates: Candidates) -> int:
        """Return the position of the candidate that grows least, of those that can be shared if there are any."""
        for position in sorted(range(len(candidates)), key=lambda position: self._size(candidates[position])):
            candidate = self.anatomy.candidate(candidates[position])
            if candidate is None or not self._likely(candidate):
                continue
            try:
                shape = self._prepared(candidate.front_key(), candidate.front)[0].rows.X_train.shape
                if _planned(self._kind, candidate, self._families, *shape):
                    return position
            except Exception:  # noqa: BLE001, S112  scikit-learn says what is wrong
                continue
        return 0

    def size_name(self, params: Mapping[str, Any]) -> str | None:
        """Return the name by which candidates like this one say how far they grow; None where nothing is shared."""
        size = self._families[0].size(self._kind) if self._families else None
        return self.anatomy.named(size, params) if size else None

    def together(self, candidates: Candidates) -> list[list[int]]:
        """Return the positions of candidates in parts, each of which shares all that it can share.

        Candidates that share nothing are a part each. Preprocessing is shared between parts, too, while it stays the
        same from one to the next.
        """
        parts: dict[object, list[int]] = {}
        for position, params in enumerate(candidates):
            candidate = self.anatomy.candidate(params) if self._families else None
            planned = None if candidate is None else self._plan(candidate)
            key = (candidate.front_key(), planned[0], planned[1].group) if candidate and planned else position
            parts.setdefault(key, []).append(position)
        return list(parts.values())

    def _plan(self, candidate: Candidate) -> tuple[Family, Plan] | None:
        """Return a candidate's plan on the last split."""
        shape = (_fitted_rows(self._splits[-1]), self._features(candidate))
        return _planned(self._kind, candidate, self._families, *shape)

    def _asked(self, params: Mapping[str, Any]) -> int:
        """Return the size that a candidate's plan asks for; 0 without a plan."""
        candidate = self.anatomy.candidate(params)
        planned = None if candidate is None else self._plan(candidate)
        return planned[1].size if planned else 0

    def _features(self, candidate: Candidate) -> int:
        try:
            prepared = self._prepared(candidate.front_key(), candidate.front)
        except Exception:  # noqa: BLE001  scikit-learn says what is wrong
            return MANY_FEATURES
        return int(prepared[-1].rows.X_train.shape[1])

    def _size(self, params: Mapping[str, Any]) -> int:
        candidate = self.anatomy.candidate(params)
        size = self._families[0].size(self._kind) if self._families else None
        value = candidate.model[size] if candidate and size else 0
        return value if isinstance(value, int) else 0

    def _likely(self, candidate: Candidate) -> bool:
        """Whether a candidate can be shared, as far as is known before any fold is prepared."""
        return _planned(self._kind, candidate, self._families, _fitted_rows(self._splits[0]), MANY_FEATURES) is not None

    def _prepared(self, key: object, front: Params) -> list[Fold]:
        if self._folds is None or self._folds[0] != key:
            # Without preprocessing there is nothing to do at once.
            parallel = Parallel(n_jobs=self._jobs if self.anatomy.prepared(front) else 1, prefer="threads")
            options = {"train_scores": self._train_scores, "remember": self._remember}
            folds = parallel(
                delayed(prepare)(self.anatomy, front, self._X, self._y, split, **options) for split in self._splits
            )
            self._folds = (key, folds)
        return self._folds[1]

    def _groups(self, folds: list[Fold], members: list[tuple[int, Candidate]]) -> list[Group]:
        """Group candidates that can be shared on every fold, the groups with most work first."""
        shapes = [fold.rows.X_train.shape for fold in folds]
        plans: dict[int, list[tuple[Family, Plan]]] = {}
        for position, candidate in members:
            by_shape = {shape: _planned(self._kind, candidate, self._families, *shape) for shape in {*shapes}}
            planned = [by_shape[shape] for shape in shapes]
            found = [each for each in planned if each and verified(self.anatomy.model, each[0])]
            if len(found) == len(folds):
                plans[position] = found
        company = Counter(
            (fold, family, plan.group) for found in plans.values() for fold, (family, plan) in enumerate(found)
        )
        served: dict[tuple[int, Family, Hashable], dict[Plan, list[int]]] = {}
        for position, found in plans.items():
            if all(family.alone or company[fold, family, plan.group] > 1 for fold, (family, plan) in enumerate(found)):
                for fold, (family, plan) in enumerate(found):
                    served.setdefault((fold, family, plan.group), {}).setdefault(plan, []).append(position)
        listed = dict(members)
        unfitted = cache(lambda position: self.anatomy.unfitted(listed[position]))
        groups = [
            Group(fold, family, each, {plan: unfitted(at[0]) for plan, at in each.items()})
            for (fold, family, _), each in served.items()
        ]
        return sorted(groups, key=Group.work, reverse=True)

    def _run(
        self, family: Family, folds: list[Fold], groups: list[Group], members: int
    ) -> Iterator[tuple[int, list[Outcome]]]:
        threads = family.threads or effective_n_jobs(self._jobs) == 1
        stopped = threading.Event() if threads else None
        context, _ = get_active_backend()
        # Under a caller's `parallel_config("loky")`, ours would end the very backend that scikit-learn's goes on with.
        backend = "threading" if threads else "loky" if isinstance(context, LokyBackend) else None
        parallel = Parallel(n_jobs=self._jobs, return_as="generator_unordered", backend=backend)
        done = parallel(
            delayed(evaluate)(group, folds[group.fold], self.anatomy, self._scorer, stopped) for group in groups
        )
        outcomes: dict[int, dict[int, Outcome]] = defaultdict(dict)
        try:
            for scored in done:
                if isinstance(scored, Failed):
                    self.lost |= scored.positions
                    self.failure = self.failure or scored.reason
                    continue
                fold = folds[scored.fold]
                for position, outcome in _divided(scored, fold, members):
                    outcomes[position][scored.fold] = outcome
                    if len(outcomes[position]) == len(folds) and position not in self.lost:
                        found = outcomes.pop(position)
                        yield position, [found[number] for number in range(len(folds))]
        finally:
            if stopped is not None:
                stopped.set()
            done.close()


def _divided(scored: Scored, fold: Fold, members: int) -> Iterator[tuple[int, Outcome]]:
    """Divide what a group took among its candidates, and the preprocessing among all `members` that have it."""
    count = sum(len(model.positions) for model in scored.models)
    fit = scored.fit_seconds / count + fold.seconds / members
    score = scored.score_seconds / count
    n_test = fold.rows.X_asked.shape[0]
    for model in scored.models:
        outcome = Outcome(model.test, model.train, n_test, fit, score, scored.start, scored.end)
        for position in model.positions:
            yield position, outcome


def shareable(estimator: Any, X: Any, listed: Candidates) -> bool:
    """Whether all candidates listed, if any, look as if they share work in threads."""
    anatomy = Anatomy(estimator)
    kind = type(anatomy.model)
    families = _families(kind)
    if not families or not hasattr(X, "shape") or not hasattr(X, "__array__"):
        return False
    if not (anatomy.piped or np.isfinite(np.asarray(X, dtype=np.float32)).all()):
        return False
    candidates = [anatomy.candidate(params) for params in listed]
    planned = [each and _planned(kind, each, families, *X.shape) for each in candidates]
    return bool(planned) and all(each and each[0].threads for each in planned)


def _fitted_rows(split: Split) -> int:
    return len(split if isinstance(split, Apart) else split[0])


def _families(model: type) -> list[Family]:
    """Return the families that know a kind of model."""
    return [family for family in FAMILIES if family.size(model) is not None]


def _planned(
    model: type, candidate: Candidate, families: Sequence[Family], rows: int, features: int
) -> tuple[Family, Plan] | None:
    """Return a candidate's plan, by the first family that has one."""
    for family in families:
        try:
            plan = family.plan(model, candidate.model, rows, features)
        except Exception:  # noqa: BLE001, S112  a value that no plan foresees: scikit-learn says what is wrong
            continue
        if plan is not None:
            return family, plan
    return None
