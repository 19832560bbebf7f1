"""The journal of a session: begun when the first cell runs, or taken up where a session was interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.errors import TuningError
from tuners.results.run import earlier
from tuners.store import imported_code

if TYPE_CHECKING:
    from tuners.comparison.messages import Messages
    from tuners.results.run import Run
    from tuners.store.journal import Journal
    from tuners.store.journal_contents import Contents, Entry


@dataclass(frozen=True)
class Opening:
    """What the first lines of a journal say."""

    given: Mapping[str, Any]
    """The options that were given, by key."""
    about: Mapping[str, Any]
    """What a saved run says of machine, commit and libraries."""
    cells: list[str]


class SessionJournal:
    """The journal of one session. Workers of pytest-xdist write to the one that the main process has begun."""

    def __init__(
        self,
        root: Path,
        messages: Messages,
        plugins: Callable[[], Iterable[object]] = tuple,
        resuming: str = "--tuning-resume",
    ) -> None:
        """Begin nothing.

        `root` is the folder that the journals' folder is in, `plugins` gives pytest's, and `resuming` is what whoever
        began the session gives to have the rest run.
        """
        self._resuming = resuming
        self.path: Path | None = None
        self.finished: dict[str, Entry] = {}
        """By cell: runs of the interrupted session that this one resumes."""
        self.repeats: dict[str, dict[int, Run]] = {}
        """By cell and number: good repeats of its runs that had not ended."""
        self._root = root
        self._messages = messages
        self._plugins = plugins
        self._journal: Journal | None = None
        self._tried = False
        """Whether it was tried to begin, or to read, a journal, which is done once."""
        self._resumed: Contents | None = None
        self._imported_elsewhere: set[str] = set()
        """Files that cells in processes of their own have imported."""
        self._noted: set[str] = set()
        self._known = (0, 0)
        self._lock: int | None = None
        """Of its file: until this session ends, no other takes it up."""

    def resume(self, given: Mapping[str, Any]) -> None:
        """Take up the interrupted session's journal; raise `TuningError` if there is none, or things have changed."""
        from tuners.store import resumable  # noqa: PLC0415  loaded when something is resumed
        from tuners.store.journal import Journal  # noqa: PLC0415  loaded when something is resumed

        contents, self._lock = resumable.interrupted(self._root)
        resumable.require_same(contents, resumable.setup(given, self._root), self._root)
        self._resumed = contents
        self._take(contents)
        self._journal, self._tried = Journal(contents.path), True
        self.path = contents.path
        repeats = sum(map(len, self.repeats.values()))
        taken = f"{len(contents.entries)} cell{'' if len(contents.entries) == 1 else 's'}"
        taken += f" and {repeats} repeat{'' if repeats == 1 else 's'} of others" if repeats else ""
        damaged = f"; {contents.damaged} damaged lines of it are left out" if contents.damaged else ""
        self._messages.note(f"resumed from {contents.path}: {taken} taken from it{damaged}")

    def take_finished(self, told: Callable[[], Path | None]) -> None:
        """Take, once, the finished runs of the journal that the main process resumes, in a worker.

        `told` returns its path, once the main process has told of it.
        """
        path = None if self._tried else told()
        if path is None:
            return
        from tuners.store.journal_contents import read  # noqa: PLC0415  loaded when something is resumed

        self._tried = True
        self._take(read(path))

    def _take(self, contents: Contents) -> None:
        """Take what has ended, and in cells that have not, the good repeats."""
        self.finished = dict(contents.entries)
        self.repeats = {
            cell: {number: earlier(run) for number, run in runs.items() if run.record.ok}
            for cell, runs in contents.repeats.items()
        }

    def check_code(self) -> None:
        """Raise `TuningError` if there is code, now that all is collected, that the resumed session did not have."""
        if self._resumed is not None:
            from tuners.store import resumable  # noqa: PLC0415  loaded when something is resumed

            resumable.require_known(self._resumed, resumable.digests(self._imported(), self._root))

    def join(self, told: Callable[[], Path | None]) -> Journal | None:
        """Return the main process's journal, to be written to by a worker; None where there is none."""
        path = told() if self._journal is None else None
        if path is not None:
            from tuners.store.journal import Journal  # noqa: PLC0415  loaded when a cell runs

            self._journal = Journal(path)
        return self._noting_code()

    def begun(self, opening: Callable[[], Opening]) -> Journal | None:
        """Return the journal, begun when it is first asked for; None where it cannot be written at all."""
        if self._journal is None and not self._tried:
            from tuners.store import journal_folder, resumable  # noqa: PLC0415  loaded when a cell runs
            from tuners.store.journal import Journal  # noqa: PLC0415  loaded when a cell runs

            self._tried = True
            try:
                self._journal = Journal(journal_folder.new_path(self._root))
                self.path = self._journal.path
                self._lock = journal_folder.lock(self.path)
                said = opening()
                self._journal.session(resumable.setup(said.given, self._root), said.about)
                self._journal.plan(said.cells)
            except OSError as error:
                self._messages.note(f"no journal: {self._root / journal_folder.FOLDER}: {error.strerror}")
        return self._noting_code()

    def imported_elsewhere(self, files: AbstractSet[str]) -> None:
        """Take note of what a cell in a process of its own has imported."""
        self._imported_elsewhere |= files

    def _imported(self) -> set[str]:
        return imported_code.files(self._plugins()) | self._imported_elsewhere

    def _noting_code(self) -> Journal | None:
        """Write to the journal what has been imported since: a method may import what it needs when it runs."""
        known = (len(sys.modules), len(self._imported_elsewhere))
        if self._journal is not None and known != self._known:
            from tuners.store import resumable  # noqa: PLC0415  loaded when a cell runs

            self._known = known
            new = self._imported() - self._noted
            if new:
                self._journal.code(resumable.digests(new, self._root))
            self._noted |= new
        return self._journal

    def entries(self) -> Mapping[str, Entry]:
        """Return the runs that are in the journal, by cell; none where it could not be written."""
        from tuners.store.journal_contents import read  # noqa: PLC0415  loaded when there is a table

        if self.path is None:
            return {}
        try:
            return read(self.path).entries
        except TuningError as error:
            self._messages.note(str(error))
            return {}

    def end(self, *, complete: bool) -> None:
        """Close the journal; a complete one is not resumed."""
        if self._journal is None:
            return
        if complete:
            self._journal.end()
        else:
            self._messages.note(f"cut short: {self._resuming} takes what is finished, and runs the rest")
        if self._journal.failure:
            message = f"journal {self._journal.path}: {self._journal.failure}: not all cells can be resumed"
            self._messages.fail(message)
        self._journal.close()
        self._journal = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
