"""A gate as the user writes it, `[TUNER:]KIND:TOLERANCE`; help and errors say what the kinds say of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from tuners.gate.kind import Kind
from tuners.gate.kinds import KINDS

ALPHA = 0.05
"""Chance that the whole gate fails with nothing changed, where the user does not choose it."""
ANY_TUNER = "[TUNER:]"


@dataclass(frozen=True)
class Gate:
    """One condition on each method."""

    kind: str
    tolerance: float
    """A share if relative; else in the kind's unit: score, seconds or failures."""
    relative: bool
    tuner: str | None
    """The only method it holds for."""
    text: str


def parse(text: str) -> Gate:
    """Read `[TUNER:]KIND:TOLERANCE`; raise `ValueError` that says what is expected."""
    *front, limit = text.split(":")
    tuner, name = (front[0], front[1]) if len(front) == 2 else (None, front[0] if len(front) == 1 else "")
    tolerance = kind(name).read(limit) if name in list(KINDS) and tuner != "" else None
    if tolerance is None:
        raise ValueError(expected())
    return Gate(name, tolerance.value, tolerance.relative, tuner, text)


def kind(name: str) -> Kind:
    """Return the kind of that name."""
    return KINDS.load(name)


def expected() -> str:
    """Return every form that an expression may have."""
    return _either([f"{ANY_TUNER}{name}:{example}" for name in _in_order() for example in kind(name).examples])


def usage() -> str:
    """Return an expression of each kind, as short as an option's help has it."""
    return ANY_TUNER + _either([f"{name}:{kind(name).examples[0]}" for name in _in_order()])


def _in_order() -> list[str]:
    return sorted(KINDS, key=lambda name: kind(name).place)


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
