"""The formats a report is written in, each in a module of its own, which is loaded when a report is written in it.

A new format is a module here and a line below.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from tuners.report.document import Report

Content = TypeVar("Content", str, bytes)


@dataclass(frozen=True)
class Format(Generic[Content]):
    """One format. Called with a report, it returns the file's content."""

    module: str
    function: str
    suffix: str = ""
    """Of its files; empty: the terminal's."""
    image: bool = False
    """Whether it has the charts alone, which a browser draws."""
    package: str = __name__
    """Where its module is."""

    def __call__(self, report: Any, **options: Any) -> Content:
        """Set a report, or what else its package is about."""
        write = getattr(importlib.import_module(f"{self.package}.{self.module}"), self.function)
        return cast("Content", write(report, **options))


text = Format[str]("terminal", "text")
html = Format[str]("page", "page", ".html")
markdown = Format[str]("comment", "markdown", ".md")
comma_separated = Format[str]("spreadsheet", "comma_separated", ".csv")
json_text = Format[str]("data", "json_text", ".json")
latex = Format[str]("paper", "tex", ".tex")
references = Format[str]("paper", "bib", ".bib")
png = Format[bytes]("images", "png", ".png", image=True)
svg = Format[bytes]("images", "svg", ".svg", image=True)

FORMATS: dict[str, Format[str] | Format[bytes]] = {
    each.suffix: each for each in (html, markdown, comma_separated, json_text, latex, references, png, svg)
}
"""Those of files, by suffix, the most telling first."""
SUFFIXES = tuple(sorted(FORMATS))


def write(report: Report, path: Path) -> None:
    """Write the report in the format that the suffix names, making its folder where needed."""
    content = FORMATS[path.suffix](report)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
