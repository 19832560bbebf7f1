"""What a family makes of candidates, beside each one's own fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import clone

from tuners.search.families import Family, Plan, Rows


def estimators(family: Family, rows: Rows, candidates: Sequence[Any]) -> list[Any]:
    """Return each candidate as the family fits it, in order; all must be of one kind that the family shares."""
    groups: dict[object, dict[Plan, list[int]]] = {}
    for position, candidate in enumerate(candidates):
        plan = family.plan(type(candidate), candidate.get_params(deep=False), *np.shape(rows.X_train))
        assert plan is not None
        groups.setdefault(plan.group, {}).setdefault(plan, []).append(position)
    found: dict[int, Any] = {}
    for group in groups.values():
        members = [(plan, candidates[positions[0]]) for plan, positions in group.items()]
        for plans, estimator in family.fitted(members, rows, lambda: None):
            found |= {position: estimator for plan in plans for position in group[plan]}
    return [found[position] for position, _ in enumerate(candidates)]


def same_answers(family: Family, rows: Rows, candidates: Sequence[Any], methods: Sequence[str]) -> None:
    """Assert that each candidate answers bit for bit as its own fit does, of the rows asked and of others."""
    asked = [rows.X_asked, rows.X_train if rows.X_asked_train is None else rows.X_asked_train, rows.X_asked[:3].copy()]
    for candidate, shared in zip(candidates, estimators(family, rows, candidates), strict=True):
        own = clone(candidate).fit(rows.X_train, rows.y_train)
        for method in methods:
            for X in asked:
                same(getattr(shared, method)(X), getattr(own, method)(X), f"{method} of {candidate}")


def same(found: Any, expected: Any, what: str) -> None:
    """Assert that answers, or lists of them, are the same bit for bit."""
    if isinstance(expected, list | tuple):
        assert len(found) == len(expected), what
        for one, other in zip(found, expected, strict=True):
            same(one, other, what)
        return
    assert np.asarray(found).dtype == np.asarray(expected).dtype, what
    assert np.array_equal(found, expected), what
