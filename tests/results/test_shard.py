"""Shards: how `K/N` is read, and how units are shared out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuners.results.shard import MOST, Shard, divided

SECONDS = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=40).map(
    lambda seconds: {f"unit {place}": each for place, each in enumerate(seconds)}
)


@pytest.mark.parametrize("text", ["1/1", " 2 / 3", f"{MOST}/{MOST}"])
def test_shards_are_read(text: str) -> None:
    """K from 1 to N; what is printed is read again."""
    shard = Shard.read(text)
    assert Shard.read(str(shard)) == shard


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1/0", "-1/3", "1", "1/2/3", "a/b", "1/10001", "1.5/2", "٣/٤"])
def test_bad_shards_are_refused(text: str) -> None:
    """The message says what is expected."""
    with pytest.raises(ValueError, match="K/N, the share K of N, with K from 1 to N"):
        Shard.read(text)


@given(SECONDS, st.integers(1, 12))
@settings(max_examples=50)
def test_a_division_is_whole_and_depends_on_no_order(seconds: dict[str, float], of: int) -> None:
    """Each unit is in one shard from 1 to N, the same one in whatever order the units are given."""
    numbers = divided(seconds, of)
    assert numbers.keys() == seconds.keys()
    assert set(numbers.values()) <= set(range(1, of + 1))
    assert divided(dict(reversed(seconds.items())), of) == numbers


@given(SECONDS, st.integers(1, 12))
@settings(max_examples=50)
def test_shards_are_balanced(seconds: dict[str, float], of: int) -> None:
    """No shard takes longer than the mean and one unit: the fullest had the least when it was given its last one."""
    numbers = divided(seconds, of)
    loads = [sum(seconds[name] for name in seconds if numbers[name] == shard) for shard in range(1, of + 1)]
    assert max(loads) <= sum(loads) / of + max(seconds.values()) * (1 - 1 / of) + 1e-6


def test_long_units_are_spread() -> None:
    """The longest first, each to the shard with the least: here as even as can be."""
    seconds = {"a": 8.0, "b": 7.0, "c": 6.0, "d": 5.0, "e": 4.0}
    numbers = divided(seconds, 2)
    assert [sum(seconds[name] for name in seconds if numbers[name] == shard) for shard in (1, 2)] == [17.0, 13.0]
    assert sorted(divided(dict.fromkeys("abcdef", 1.0), 3).values()) == [1, 1, 2, 2, 3, 3]
