"""How training rows are divided into rows to fit on and rows to validate on, and its notation.

- `5`: 5 folds; `5x3`: 5 folds, 3 times, shuffled anew each time.
- `holdout`: a quarter of the rows; `holdout:30%`: another share; `holdout:0.3x10`: 10 times, drawn anew each time.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Integral

from tuners.errors import TuningError

HOLDOUT = 0.25
"""The share of a holdout, where nobody says it: that of the presets' 4 folds."""
EXPECTED = "folds as in 5 or 5x3, or holdout, holdout:0.25 or holdout:0.25x10"
MOST = 10_000
"""Fits of one candidate."""
_NOTATION = re.compile(
    r"(?:(?P<folds>[0-9]{1,5})|holdout(?::\s*(?P<share>[0-9]{0,3}\.?[0-9]{0,18})\s*(?P<percent>%?))?)"
    r"\s*(?:x\s*(?P<times>[0-9]{1,5}))?"
)


def percent(share: float) -> str:
    """Return a share as a percentage, exact for those that people write."""
    return f"{share * 100:.4g}%"


@dataclass(frozen=True)
class Validation:
    """A division of the training rows."""

    folds: int = 4
    """Not used with `holdout`."""
    times: int = 1
    holdout: float | None = None
    """The share to validate on; None for folds."""

    def __str__(self) -> str:
        """Return the notation."""
        what = str(self.folds) if self.holdout is None else f"holdout:{self.holdout:g}"
        return what if self.times == 1 else f"{what}x{self.times}"

    @property
    def words(self) -> str:
        """What it is, as in `5 folds x 3`."""
        if self.holdout is None:
            return f"{self.folds} folds" + (f" x {self.times}" if self.times > 1 else "")
        size = percent(self.holdout)
        return f"a holdout of {size}" if self.times == 1 else f"{self.times} holdouts of {size}"

    @property
    def least(self) -> int:
        """How many rows a class must have, so that each part to validate on gets one of them."""
        return self.folds if self.holdout is None else math.ceil(1 / min(self.holdout, 1 - self.holdout))

    def check(self) -> None:
        """Raise `TuningError` where no rows can be divided so."""
        whole = all(isinstance(number, Integral) for number in (self.folds, self.times))
        good = self.folds >= 2 if self.holdout is None else 0 < self.holdout < 1
        if not (whole and good and self.times >= 1 and self._fits <= MOST):
            message = "protocol: expected at least 2 folds, or a holdout above 0 and below 1, made at least once and "
            message += f"with at most {MOST} fits of a candidate, got folds={self.folds!r}, times={self.times!r}, "
            raise TuningError(message + f"holdout={self.holdout!r}")

    @property
    def _fits(self) -> int:
        return self.times * (self.folds if self.holdout is None else 1)


def read(text: str) -> Validation:
    """Read the notation; raise `ValueError` that says what was expected."""
    found = _NOTATION.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(EXPECTED)
    times = int(found["times"] or 1)
    if found["folds"] is not None:
        validation = Validation(int(found["folds"]), times)
    else:
        try:
            share = HOLDOUT if found["share"] is None else float(found["share"]) / (100 if found["percent"] else 1)
        except ValueError:
            raise ValueError(EXPECTED) from None
        validation = Validation(times=times, holdout=share)
    try:
        validation.check()
    except TuningError:
        raise ValueError(f"{EXPECTED}: at least 2 folds, or a share above 0 and below 1") from None  # noqa: TRY003, EM102  `options.read` completes it
    return validation
