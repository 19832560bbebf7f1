"""Scores: the cross-validation score, which is what a search can do, and the test score, which is what a user gets."""

from __future__ import annotations

from functools import partial

from tuners.analysis import units
from tuners.gate.kind import Kind, Tolerance
from tuners.gate.measured import SEARCH, TEST
from tuners.gate.scores import judged

KIND = Kind(
    place=10,
    examples=("1%", "0.01"),
    read=Tolerance.read,
    test=partial(judged, scores=(SEARCH, TEST)),
    worded=units.difference,
)
