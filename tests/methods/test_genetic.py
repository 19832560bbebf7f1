"""The genetic method's population: how a budget becomes generations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tpot", reason="pip install 'pytest-tuners[genetic]'")


@given(budget=st.integers(1, 20_000))
def test_a_budget_becomes_generations(budget: int) -> None:
    """Never more than the budget, most of it, and no population too large for a short time budget to see any of."""
    from tuners.methods.genetic import POPULATION, shape

    population, generations = shape(budget)
    assert 1 <= population <= POPULATION
    assert population * generations <= budget
    assert population * generations >= 2 * budget / 3
    assert generations >= min(budget, 2)
