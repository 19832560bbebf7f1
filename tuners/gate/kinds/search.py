"""Cross-validation scores alone: what the searches find, which varies far less than what test rows say of it."""

from __future__ import annotations

from functools import partial

from tuners.analysis import units
from tuners.gate.kind import Kind, Tolerance
from tuners.gate.measured import SEARCH
from tuners.gate.scores import judged

KIND = Kind(
    place=12, examples=("1%",), read=Tolerance.read, test=partial(judged, scores=(SEARCH,)), worded=units.difference
)
