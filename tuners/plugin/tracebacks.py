"""Tracebacks of a user's own code: they end in the user's frame, with neither our frames nor a library's in between."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest import SkipTest

import pytest

import tuners
from tuners.errors import ElsewhereError, TuningError, one_line
from tuners.text.printable import printable_lines

_PACKAGES = {"site-packages", "dist-packages"}
_LIBRARIES = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (str(Path(tuners.__file__).parent), *map(sysconfig.get_path, ("stdlib", "platstdlib")))
)


@dataclass(frozen=True)
class Failure:
    """A cell that failed in the user's code."""

    line: str
    """The cell and its reason."""
    shown: Any = None
    """How pytest shows an exception of another process."""


FAILURE = pytest.StashKey[Failure]()
"""On a test item, until its failure is reported."""


class Reporter:
    """Shows a failure in the user's code as pytest shows a test's own, whatever the style."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Leave the user's frames in the traceback, for the debugger, too, and add the cell's one line below it."""
        failure = item.stash.get(FAILURE, None)
        if failure is None or call.excinfo is None:
            return (yield)
        del item.stash[FAILURE]
        if not item.config.option.fulltrace:
            trim(call.excinfo.value)
            call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)
        report = yield
        if failure.shown is not None:
            report.longrepr = failure.shown
        longrepr: Any = report.longrepr
        _print_safely(longrepr)
        if hasattr(longrepr, "addsection") and item.config.option.tbstyle != "line":
            longrepr.addsection("tuning", failure.line)
        return report


def _print_safely(longrepr: Any) -> None:
    """Let no line of a message, a source or a value begin a workflow command in the log."""
    # In native style there is one traceback, which tells of causes itself.
    alone = [(longrepr.reprtraceback, longrepr.reprcrash, None)] if hasattr(longrepr, "reprcrash") else []
    for traceback, crash, _ in getattr(longrepr, "chain", alone):
        for entry in traceback.reprentries:
            entry.lines = [printable_lines(line) for line in entry.lines]
            arguments, values = getattr(entry, "reprfuncargs", None), getattr(entry, "reprlocals", None)
            if arguments is not None:
                arguments.args = [(name, printable_lines(value)) for name, value in arguments.args]
            if values is not None:
                values.lines = [printable_lines(line) for line in values.lines]
        for location in (crash, *(getattr(entry, "reprfileloc", None) for entry in traceback.reprentries)):
            if location is not None:
                location.message = printable_lines(location.message)


def shows(error: BaseException) -> bool:
    """Whether a traceback says more than the error's one line: it passes through the user's code."""
    if isinstance(error, ElsewhereError):
        return error.shown is not None
    return not isinstance(error, TuningError) and _users(error.__traceback__) is not None


def elsewhere(error: BaseException, item: pytest.Item) -> ElsewhereError:
    """Return an exception as it can be told to another process."""
    if not shows(error):
        return ElsewhereError(one_line(error))
    if not item.config.option.fulltrace:
        trim(error)
    return ElsewhereError(one_line(error), item.repr_failure(pytest.ExceptionInfo.from_exception(error)))


def raised(error: BaseException, line: str) -> BaseException:
    """Return what to raise in a test for a user's exception: itself, unless pytest would take it for no failure."""
    if isinstance(error, Exception) and not isinstance(error, SkipTest):
        return error
    return pytest.fail.Exception(line).with_traceback(error.__traceback__)


def trim(error: BaseException) -> None:
    """Leave only the user's frames in the traceback of an exception and of those that it came from."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        kept = _users(each.__traceback__)
        if kept is not None:
            each.with_traceback(kept)
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]


def _users(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback of the user's frames alone; None where there are none."""
    frames = []
    while traceback is not None:
        if _is_users(traceback.tb_frame.f_code.co_filename):
            frames.append((traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno))
        traceback = traceback.tb_next
    kept = None
    for frame, instruction, line in reversed(frames):
        kept = TracebackType(kept, frame, instruction, line)
    return kept


@cache
def _is_users(filename: str) -> bool:
    """Whether a file is neither ours, nor Python's, nor an installed library's; code without a file is a library's."""
    path = os.path.realpath(filename)
    return Path(filename).is_file() and not path.startswith(_LIBRARIES) and not _PACKAGES & set(Path(path).parts)
