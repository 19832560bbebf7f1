"""Options of a session that commands take, under their own names."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from tuners.catalog import DATASETS, METRICS, MODELS, PRESETS, TUNERS
from tuners.commands._completers import completes
from tuners.comparison.options import OPTIONS
from tuners.errors import TuningError

T = TypeVar("T")
NAMES: dict[str, Iterable[str]] = {
    "tuners": TUNERS, "models": MODELS, "datasets": DATASETS, "metric": METRICS, "preset": PRESETS,
}  # fmt: skip
"""By key: the names that a shell completes its values by."""


def add(parser: argparse.ArgumentParser, *keys: str) -> None:
    """Add options of a session, by their keys: `--KEY` has the meaning of `--tuning-KEY`, and may be written so."""
    for option in OPTIONS:
        if option.key in keys:
            how: dict[str, Any] = {"metavar": option.metavar}
            if option.switch:
                how = {"action": "store_const", "const": "true"}
            added = parser.add_argument(f"--{option.key}", help=option.help.replace("%", "%%"), **how)
            hidden: dict[str, Any] = {"dest": added.dest, "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
            parser.add_argument(f"--tuning-{option.key}", **how, **hidden)
            if option.key in NAMES:
                completes(added, lambda _, family=NAMES[option.key]: family, several=True)  # type: ignore[misc]


def given(chosen: argparse.Namespace) -> dict[str, Any]:
    """Return the session's options that were given, by key, parsed; raise `TuningError` that names one's flag."""
    found = {}
    for option in OPTIONS:
        text = getattr(chosen, option.key.replace("-", "_"), None)
        if text is not None and not option.repeatable:  # reports and gates, which commands have of their own
            found[option.key] = parsed(f"--{option.key}", option.read, text)
    return found


def parsed(flag: str, read: Callable[[str], T], text: str) -> T:
    """Return an option's value; raise `TuningError` that says what was expected."""
    try:
        return read(text)
    except ValueError as error:
        message = f"{flag}: expected {error}, got {text!r}"
        raise TuningError(message) from None
