"""A comparison where there is no test: options that say what to compare are enough in a folder without a test file."""

from __future__ import annotations

from pathlib import Path

import pytest

import tuners.benchmark
from tuners.comparison.options import OPTIONS

CHOOSING = ("preset", "tuners", "models", "datasets")
"""Options that say what is compared."""


def collected(session: pytest.Session) -> list[pytest.Item]:
    """Return the tests of the comparison that comes along, if that is what a session without a test is asked for.

    It is where the command says what to compare and names no path, and nothing at all was collected: a session that
    has tests of its own runs these and no others.
    """
    config = session.config
    named = config.args_source is pytest.Config.ArgsSource.ARGS
    if session.items or named or session.testsfailed or not _asked(config):
        return []
    module = pytest.Module.from_parent(session, path=Path(tuners.benchmark.__file__), name=tuners.benchmark.__name__)
    return list(session.genitems(module))


def _asked(config: pytest.Config) -> bool:
    return any(config.getoption(option.dest) is not None for option in OPTIONS if option.key in CHOOSING)
