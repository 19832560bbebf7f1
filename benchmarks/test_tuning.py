"""The comparison: every chosen model x dataset x tuner x seed, each a benchmark."""

from __future__ import annotations

from tuners.benchmark import test_tuning

__all__ = ["test_tuning"]
