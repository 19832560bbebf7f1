"""How workers of pytest-xdist and the main process tell each other what each alone knows.

Only workers collect, and only the main process begins the journal. Both tell by files in a folder of the session's,
which is made when a test asks for `tune`: a session without such a test writes nothing.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path

from tuners.results.cell import Cell
from tuners.results.shard import Share


@dataclass(frozen=True)
class Collected:
    """What was collected of the tests that ask for `tune`."""

    tests: Mapping[str, Cell | None] = field(default_factory=dict)
    """By node id, in the order in which they are written; None where a test parametrizes by itself."""
    error: str = ""
    """Bad input, in one line."""
    share: Share | None = None
    """Of a shard: what it has of the whole."""
    whole: Sequence[Cell] = ()
    """The cells of all shards; none of a session that is no shard."""


class Exchange:
    """The folder of one session; `folder` need not be there."""

    def __init__(self, folder: Path) -> None:
        """Belong to a session."""
        self.folder = folder

    @classmethod
    def new(cls) -> Exchange:
        """Choose a folder that no other session has, and do not make it."""
        return cls(Path(tempfile.gettempdir()) / f"pytest-tuners-{uuid.uuid4().hex}")

    def tell(self, worker: str, collected: Collected) -> None:
        """Say what a worker has collected."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        tests = [[test, cell and astuple(cell)] for test, cell in collected.tests.items()]
        content = {
            "tests": tests,
            "error": collected.error,
            "share": collected.share and asdict(collected.share),
            "whole": [astuple(cell) for cell in collected.whole],
        }
        (self.folder / f"{worker}.json").write_text(json.dumps(content), encoding="utf-8")

    def told(self, worker: str) -> Collected | None:
        """Return what a worker has collected; None if no test asks for `tune`."""
        try:
            content = json.loads((self.folder / f"{worker}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Collected(
            {test: Cell(*cell) if cell else None for test, cell in content["tests"]},
            content["error"],
            Share(**content["share"]) if content["share"] else None,
            [Cell(*cell) for cell in content["whole"]],
        )

    def journal(self) -> Path | None:
        """Return the path of the session's journal; None where there is none."""
        try:
            return Path((self.folder / "journal").read_text(encoding="utf-8"))
        except OSError:
            return None

    def tell_journal(self, path: Path) -> None:
        """Say where the session's journal is."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        (self.folder / "journal").write_text(str(path), encoding="utf-8")

    def remove(self) -> None:
        """Delete the folder, if there is one."""
        shutil.rmtree(self.folder, ignore_errors=True)
