"""A page in one HTML file that needs nothing else: chapters of tables, charts that its script draws, and their data."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from tuners.report.charts.style import Figure
from tuners.report.section import Block, Chapter
from tuners.report.templates import part, rendered

DIGITS = 6
"""Significant ones of a number in a chart."""


@dataclass(frozen=True)
class Drawn:
    """Where the script draws a chart, and what is said around it."""

    key: str
    title: str
    caption: str
    notes: Sequence[str] = ()
    numbered: bool = False
    """Whether there is a table below it."""
    table: str = "The same as a table"
    """What that table is called."""


@dataclass(frozen=True)
class Part:
    """A chapter with what is shown in it."""

    chapter: Chapter
    blocks: Sequence[Block]
    charts: Sequence[Drawn]


def single_page(title: str, header: Sequence[str], parts: Sequence[Part], data: Mapping[str, Any], groups: str) -> str:
    """Set a page; `groups` is what the reader chooses among, such as models, and `data` what the script draws."""
    packed = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return rendered(
        "page.html.j2",
        title=title,
        header=header,
        parts=parts,
        groups=groups,
        choose_group_before=next((each.chapter.key for each in parts if each.charts), ""),
        style=Markup(part("style.css")),  # noqa: S704  our own file
        script=Markup(part("page.js")),  # noqa: S704  our own file
        plotly=Markup(_plotly()),  # noqa: S704  base64 has no markup
        data=Markup(_packed(packed)),  # noqa: S704  base64 has no markup
    )


def rounded(values: Sequence[float | None]) -> list[float | None]:
    """Return numbers that are no longer than can be seen."""
    return [None if value is None else float(f"{value:.{DIGITS}g}") for value in values]


def plain(drawn: Figure | str) -> Figure | str:
    """Return a figure whose numbers are no longer than can be seen."""
    found: Figure | str = json.loads(json.dumps(drawn), parse_float=lambda text: float(f"{float(text):.{DIGITS}g}"))
    return found


@cache
def _plotly() -> str:
    return _packed(get_plotlyjs())


def _packed(text: str) -> str:
    """Return a text as the page unpacks it: gzip in base64, which no text can break out of."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
