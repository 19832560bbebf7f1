"""The charts as one static image, as the page shows them when it is opened."""

from __future__ import annotations

import base64
import re
from html import escape

from tuners.errors import TuningError, one_line, require
from tuners.report.charts.style import Figure, figure
from tuners.report.document import Report, widest
from tuners.report.drawn import drawings

WIDTH = 900
TITLE = 44
"""Height of a chart's title; both in pixels."""


def svg(report: Report) -> bytes:
    """Draw all charts of the first model below each other."""
    return _stacked(report)[0]


def png(report: Report) -> bytes:
    """Draw all charts of the first model below each other."""
    drawn, height = _stacked(report)
    source = f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"
    image = {"source": source, "xref": "paper", "yref": "paper", "x": 0, "y": 1, "sizex": 1, "sizey": 1}
    layout = {
        "images": [image], "margin": dict.fromkeys("tblr", 0), "xaxis": {"visible": False}, "yaxis": {"visible": False},
    }  # fmt: skip
    return _rendered([{"data": [], "layout": layout}], "png", [height])[0]


def _stacked(report: Report) -> tuple[bytes, int]:
    figures = _figures(report)
    if not figures:
        figures = [("There is nothing to draw: no cell has a score", figure([], height=60))]
    heights = [int(drawn["layout"]["height"]) for _, drawn in figures]
    images = _rendered([drawn for _, drawn in figures], "svg", heights)
    parts, top = [], 0
    for index, ((title, _), image, height) in enumerate(zip(figures, images, heights, strict=True)):
        # Names of one chart's clips and gradients must not be another's.
        inner = re.sub(r'(id="|url\(\'?"?#|href="#)', rf"\g<1>c{index}-", image.decode())
        parts.append(f'<text x="16" y="{top + 28}" font-family="sans-serif" font-size="18">{escape(title)}</text>')
        parts.append(f'<svg x="0" y="{top + TITLE}" width="{WIDTH}" height="{height}">{inner}</svg>')
        top += TITLE + height
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}">'
    return f'{frame}<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>'.encode(), top


def _figures(report: Report) -> list[tuple[str, Figure]]:
    groups = widest(report.groups)
    if not groups:
        return []
    group = groups[0]
    return [
        (drawing.title(report, group), drawn)
        for drawing in drawings()
        if drawing.shown(report) and isinstance(drawn := drawing.draw(report, group), dict)
    ]


def _rendered(figures: list[Figure], kind: str, heights: list[int]) -> list[bytes]:
    """Draw figures with plotly in a browser, which kaleido finds."""
    require("kaleido", extra="images")
    import kaleido  # noqa: PLC0415  optional, and slow to load
    import plotly.graph_objects as go  # noqa: PLC0415  slow to load

    # The page draws its own lines, in the colours of its theme.
    drawn = [go.Figure(each).update_layout(template="plotly_white") for each in figures]

    async def draw() -> list[bytes]:
        async with kaleido.Kaleido(n=1) as browser:
            return [
                await browser.calc_fig(each, opts={"format": kind, "width": WIDTH, "height": height})
                for each, height in zip(drawn, heights, strict=True)
            ]

    try:
        import asyncio  # noqa: PLC0415  only kaleido needs it

        return asyncio.run(draw())
    except Exception as error:  # noqa: BLE001  kaleido and its driver raise many kinds
        message = f"charts as .{kind}: expected Chrome or Chromium to draw them, got {one_line(error)}: install one"
        raise TuningError(message) from None
