"""What can go wrong by the user's hand, each said in one line."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from collections.abc import Iterable
from typing import Literal

MOST_NAMES = 20
"""A longer list of known names says less than the nearest of them."""


class TuningError(ValueError):
    """Bad input: names the thing, what was expected, what came, and the remedy, in one line."""


class UnavailableError(TuningError):
    """A dataset that is not on this machine; its cells skip with the message, which says the remedy."""


class MissingExtraError(ImportError):
    """An optional package is not installed; the message holds the command that installs it."""


Failure = Literal["failed", "timeout", "memory"]


class TrialTimeoutError(Exception):
    """One trial has taken longer than `--tuning-trial-timeout`: it fails, and the search goes on."""


def failure(reason: str) -> Failure:
    """Tell from a failure's reason, which begins with the exception's name, what kind it is.

    By the text, because that is all that scikit-learn's searches and other processes report.
    """
    found = re.match(r"[\w.]*?(TrialTimeoutError|MemoryError)\b", reason)
    if found is None:
        return "failed"
    return "timeout" if found[1] == "TrialTimeoutError" else "memory"


UNRELEASED = {"tpot": (3, 14), "scikeras": (3, 14), "tensorflow": (3, 14), "numba": (3, 16)}
"""The first Python for which a package has no release; its extra leaves it out from there on (pyproject.toml)."""


def require(*packages: str, extra: str) -> None:
    """Raise `MissingExtraError` if one of an extra's packages is not installed.

    Looks the packages up without importing them, so that an import error of any other kind still
    surfaces as what it is.
    """
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    late = [name for name in missing if sys.version_info[:2] >= UNRELEASED.get(name, (sys.maxsize,))]
    if late:
        python = ".".join(map(str, sys.version_info[:2]))
        first = ".".join(map(str, UNRELEASED[late[0]]))
        message = f"{late[0]} has no release for Python {python}: use a Python before {first}"
        raise MissingExtraError(message, name=late[0])
    if missing:
        message = f"{', '.join(missing)} is not installed: pip install 'pytest-tuners[{extra}]' installs it"
        raise MissingExtraError(message, name=missing[0])


def unknown(kind: str, name: str, known: Iterable[str]) -> TuningError:
    """Build the error for a name that is not among the known ones, nearest names first."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    others = f"known: {', '.join(known)}" if len(known) <= MOST_NAMES else f"there are {len(known)}"
    return TuningError(f"unknown {kind} {name!r}: {hint}{others}")


def one_line(error: BaseException) -> str:
    """Summarise an exception as `Type: first line of its message`; our own speak for themselves."""
    lines = str(error).strip().splitlines()
    name = type(error).__name__
    if isinstance(error, TuningError) and lines:
        return lines[0]
    return f"{name}: {lines[0].strip()}" if lines else name
