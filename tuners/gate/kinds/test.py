"""Test scores alone: what the winners are worth on rows that no search saw."""

from __future__ import annotations

from functools import partial

from tuners.analysis import units
from tuners.gate.kind import Kind, Tolerance
from tuners.gate.measured import TEST
from tuners.gate.scores import judged

KIND = Kind(
    place=14, examples=("1%",), read=Tolerance.read, test=partial(judged, scores=(TEST,)), worded=units.difference
)
