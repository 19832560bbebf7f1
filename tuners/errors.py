"""Errors that a user can cause, each said in one line."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
from collections.abc import Iterable
from typing import Any, Literal

from tuners.text import synonyms
from tuners.text.printable import message as printable_message
from tuners.text.printable import printable

MOST_NAMES = 20
"""The most known names that a message lists; of more it gives the number."""
MOST_SAID = 1_000
"""The most characters of a message of our own, which may quote a file or name its columns."""


class TuningError(ValueError):
    """Bad input: names the thing, what was expected, what came, and the remedy, in one line."""

    def __init__(self, message: str) -> None:
        """Take the message; what it quotes from outside is made printable."""
        super().__init__(printable_message(str(message), MOST_SAID))


class NotApplicableError(TuningError):
    """A method that cannot serve this model or space; its cells skip with the message, which says what it needs."""


def skips(error: BaseException | None) -> bool:
    """Whether an exception says that the method cannot serve this cell: ours, or `pytest.skip` in a user's tuner."""
    outcome = type(error).__module__ == "_pytest.outcomes" and type(error).__name__ == "Skipped"
    return outcome or isinstance(error, NotApplicableError)


class UnavailableError(TuningError):
    """A dataset that is not on this machine; its cells skip with the message, which says the remedy."""


class MissingExtraError(ImportError):
    """An optional package is not installed; the message holds the command that installs it."""


class Unwinding(BaseException):
    """Ends a run, or the session, from inside: not a failure of the estimator or tuner that it passes through."""


class ClusterLostError(Unwinding):
    """The scheduler of a cluster, or its last worker, is gone: the session ends, and can be resumed."""


def unwinds(error: BaseException) -> bool:
    """Whether an exception is meant for the run or the session: Ctrl-C, the end of a budget, pytest's outcomes.

    Any other, `SystemExit` and `CancelledError` included, is a failure of what raised it.
    """
    return isinstance(error, KeyboardInterrupt | Unwinding) or type(error).__module__ == "_pytest.outcomes"


class ElsewhereError(Exception):
    """An exception of another process, as far as it can be told here."""

    def __init__(self, reason: str, shown: Any = None) -> None:
        """Take its one line, and how pytest shows it."""
        super().__init__(reason, shown)
        self.reason = reason
        self.shown = shown

    def __str__(self) -> str:
        """Return the line."""
        return self.reason


Failure = Literal["failed", "timeout", "memory"]


class TrialTimeoutError(Exception):
    """One trial has taken longer than `--tuning-trial-timeout`: it fails, and the search goes on."""


def failure(reason: str) -> Failure:
    """Return the kind of a failure from its reason, which begins with the exception's name.

    The reason is a text, since scikit-learn's searches and other processes report nothing else.
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
    """Build the error for a name that is not among the known ones: nearest names first, or how to bring it in."""
    known = list(known)
    near = synonyms.here(kind, name, known) or nearest(name, known)
    several = [part for part in re.split(r"[\s;|+]+", name) if part]
    if len(several) > 1 and set(several) <= set(known):
        hint = f"separate names by commas, as in {','.join(several)}; "
    else:
        hint = synonyms.remedy(kind, name) or (f"did you mean {' or '.join(near)}? " if near else "")
        hint += "losses are negated, so that larger is better; " if near and near[0].startswith("neg_") else ""
    others = f"known: {', '.join(known)}" if len(known) <= MOST_NAMES else f"there are {len(known)} {kind}s"
    return TuningError(f"unknown {kind} {name!r}: {hint}{others}")


SLIP = 0.8
"""Of two names: how alike they are that differ by a letter or two, 1 being the same."""


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names nearest to one, whatever their case."""
    by_case = {each.lower(): each for each in known}
    for cutoff in (SLIP, 0.5):  # where there is a name that is misspelt, others are only alike
        found = difflib.get_close_matches(name.lower(), by_case, n=most, cutoff=cutoff)
        if found:
            return [by_case[each] for each in found]
    return []


def one_line(error: BaseException) -> str:
    """Summarise an exception as `Type: first line of its message`, printable; our own speak for themselves."""
    if isinstance(error, ElsewhereError):
        return error.reason
    lines = str(error).strip().splitlines()
    if isinstance(error, TuningError) and lines:
        return lines[0]
    name = type(error).__name__
    return printable(f"{name}: {lines[0]}" if lines else name)
