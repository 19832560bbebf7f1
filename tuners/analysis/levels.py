"""At which levels figures are told, and what makes no difference in practice. It needs no library."""

from __future__ import annotations

CONFIDENCE = 0.95
ALPHA = 1 - CONFIDENCE
POWER = 0.8
"""Chance of finding a difference of the size that is told."""
EQUIVALENT = 0.005
"""Half a point of a share: methods that differ by no more are equivalent."""
