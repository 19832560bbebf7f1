"""What is made of a fold's rows once and kept for all candidates that need the same, such as bins of boosted trees.

A worker process gets the rows of a fold anew with each of its tasks. What it has made of them before is found again by
the rows' `key`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import get_ident
from typing import Any

KEPT = 4
"""What one fold keeps; the ones least recently used go first."""
FOLDS = 16
"""Folds of which a worker process keeps something."""

_folds: OrderedDict[str, dict[str, Any]] = OrderedDict()


def of_fold(key: str) -> dict[str, Any]:
    """Return what this process has kept of a fold's rows: a dictionary to read and to fill."""
    memory = _folds.setdefault(key, {})
    _folds.move_to_end(key)
    while len(_folds) > FOLDS:
        _folds.popitem(last=False)
    return memory


def once(memory: dict[str, Any], key: Hashable, make: Callable[[], Any]) -> Any:
    """Return what `make` makes of the rows that the memory is of, made once for each key, and in each thread.

    Libraries do not promise that models may be fitted on the same bins at the same time.
    """
    kept: OrderedDict[Hashable, Any] = memory.setdefault(f"thread {get_ident()}", OrderedDict())
    if key not in kept:
        kept[key] = make()
    kept.move_to_end(key)
    while len(kept) > KEPT:
        kept.popitem(last=False)
    return kept[key]
