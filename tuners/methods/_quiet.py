"""A library's log, kept down while it searches."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Let the loggers of these names say errors only; their levels are as they were afterwards."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def ignore_empty_means() -> None:
    """Ignore NumPy's two warnings of a mean of nothing, inside `warnings.catch_warnings`."""
    for message in ("Mean of empty slice", "invalid value encountered in scalar divide"):
        warnings.filterwarnings("ignore", message, RuntimeWarning)
