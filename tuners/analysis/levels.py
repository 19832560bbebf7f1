"""At which levels figures are told, and what makes no difference in practice. It needs no library."""

from __future__ import annotations

import itertools

CONFIDENCE = 0.95
ALPHA = 1 - CONFIDENCE
POWER = 0.8
"""Chance of finding a difference of the size that is told."""
EQUIVALENT = 0.005
"""Half a point of a share: methods that differ by no more are equivalent."""
LEAST = next(count for count in itertools.count(1) if 2.0 ** (1 - count) < ALPHA)
"""Problems without which no test can find a difference, however many methods there are: sign flips are too few."""
AGREEING = 20
"""Problems on all of which two methods agree if they are to be equivalent: at 95 % fewer than 14 % of all differ."""
