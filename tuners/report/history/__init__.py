"""The history of saved runs as a page, as JSON, and as a badge; a module each, loaded when it is written."""

from __future__ import annotations

from pathlib import Path

from tuners.analysis.history import History
from tuners.report.formats import Format

FORMATS = {
    ".html": Format[str]("page", "page", ".html", package=__name__),
    ".json": Format[str]("data", "json_text", ".json", package=__name__),
    ".svg": Format[str]("badge", "badge", ".svg", package=__name__),
}
"""By suffix."""


def write(found: History, path: Path) -> None:
    """Write a history in the format that the suffix names, making its folder where needed. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FORMATS[path.suffix](found), encoding="utf-8")
