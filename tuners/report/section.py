"""The contract of a section: one part of a report, which every format sets in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tuners.analysis.methods import Group
from tuners.report.charts.picture import Picture
from tuners.report.charts.style import Figure
from tuners.report.document import Report
from tuners.report.tables import Table

Extent = Literal["terminal", "verbose", "appendix", "comment", "page"]
"""The shortest output that has a section's tables; each longer one has them, too.

`terminal`: all have them, and the terminal as its last lines. `verbose`: not the terminal without `-v`. `appendix`: the
same, and in the Markdown report at its end. `comment`: the Markdown report and the page. `page`: the page alone.
"""


@dataclass(frozen=True)
class Block:
    """A heading, tables below it, and what must be said about them."""

    title: str
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    spare: Sequence[str] = ()
    """Further notes, which are left out where room is short."""
    folded: bool = False
    """Whether it is shown only when asked for, where a format can fold."""


@dataclass(frozen=True)
class Chart:
    """The chart of a group: a figure, or the sentence that says why there is none."""

    caption: str
    draw: Callable[[Report, Group], Figure | str]


@dataclass(frozen=True)
class Chapter:
    """A chapter of the page: sections under one heading, with one entry in the navigation."""

    key: str
    """Its anchor."""
    name: str
    """In the navigation."""
    heading: str
    lead: str = ""
    """A sentence below the heading."""
    empty: str = ""
    """What is said where no section has anything to show."""
    controls: str = ""
    """The template of what the reader chooses by."""


def _always(_: Report) -> bool:
    return True


def _nothing(_: Report) -> list[Any]:
    return []


def _no_rows(_: Report) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Section:
    """One section. What it does not have is left out."""

    key: str
    """Of its chart in the page."""
    title: str
    """Of its chart, and of its table in formats without charts."""
    place: int
    """Its order among the sections, in every format."""
    chapter: Chapter | None = None
    """Of the page; None: a chapter of its own under its title."""
    shown: Callable[[Report], bool] = _always
    """Whether there is something to show. JSON has its keys even where there is not."""
    blocks: Callable[[Report], Sequence[Block]] = _nothing
    """Its tables and notes over the whole report."""
    table: Callable[[Report, Group], Table] | None = None
    """Its table of one group: beside the chart in the page; of each model over all datasets in other formats."""
    chart: Chart | None = None
    words: Callable[[Report], Sequence[str]] = _nothing
    """What is said below the chart's caption."""
    pictures: tuple[Picture, ...] = ()
    """Charts of a model's trials on one dataset."""
    rows: Callable[[Report], Mapping[str, Any]] = _no_rows
    """Its keys in the JSON report, with plain values."""
    rows_place: int | None = None
    """Where the keys stand, if not at the section's place."""
    extent: Extent = "verbose"
    script: Callable[[Report], Mapping[str, Any]] | None = None
    """What the page's script shows of it in place of its blocks, by key."""

    @property
    def in_chapter(self) -> Chapter:
        """The chapter of the page that it stands in."""
        return self.chapter or Chapter(f"chapter-{self.key}", self.title, self.title)
