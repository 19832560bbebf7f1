"""The commands of `python -m tuners`, a module each: its `COMMAND` says what it is and does."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from tuners.registry import Registry


@dataclass(frozen=True)
class Command:
    """One command. Its name is that of its module."""

    place: int
    """Where it stands among the commands in the help."""
    help: str
    options: Callable[[argparse.ArgumentParser], None]
    """Adds its arguments and options."""
    run: Callable[[argparse.Namespace], int]
    """Returns the exit code; raises `TuningError` for bad input."""


INTERRUPTED = 130
"""The exit code of Ctrl-C, as shells have it."""
COMMANDS: Registry[Command] = Registry("command", __name__, "COMMAND")
