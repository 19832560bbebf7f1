"""What a shell may complete beside options and choices: names of members, saved runs and tables."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from tuners.errors import TuningError

Known = Callable[[argparse.Namespace], Iterable[str]]
"""Returns what an argument may be, by the arguments before it."""


def completes(action: argparse.Action, known: Known, *, several: bool = False) -> None:
    """Let an argument be completed; of `several` names, separated by commas, the last."""

    def complete(prefix: str, parsed_args: argparse.Namespace, **_: Any) -> list[str]:
        before, comma, _last = prefix.rpartition(",") if several else ("", "", prefix)
        # An argument before it may be wrong, of which running the command speaks.
        with suppress(TuningError, OSError):
            taken = before.split(",")
            return [f"{before}{comma}{name}" for name in known(parsed_args) if name not in taken]
        return []

    action.completer = complete  # type: ignore[attr-defined]  # where argcomplete looks for it
