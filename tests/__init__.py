"""The tests, in rooms as the package's, and a contract suite over all tuners."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
