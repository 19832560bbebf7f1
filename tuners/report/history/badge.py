"""The history as a badge: a small SVG that says when something last changed, for a README."""

from __future__ import annotations

import html

from tuners.analysis.history import History
from tuners.report.words import counted

LABEL = "tuning history"
GREY, BLUE, ORANGE, DARK = "#6e7781", "#0072b2", "#b34700", "#444c56"
"""No change, the last change was better, or worse; and the label's. White on each has a contrast of 4.5 and more."""
CHARACTER, PADDING, HEIGHT = 7.2, 8, 20
"""Pixels of a character of the badge's 12 pixel font, of the room around a text, and of the badge."""
LONGEST = 60


def badge(found: History) -> str:
    """Return the badge: it needs no other file, no font of its own and no script."""
    said, colour = _said(found)
    left, right = (round(len(text) * CHARACTER) + 2 * PADDING for text in (LABEL, said))
    title = html.escape(f"{LABEL}: {said}")
    size = f'width="{left + right}" height="{HEIGHT}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">
<title>{title}</title>
<rect width="{left}" height="{HEIGHT}" fill="{DARK}"/>
<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="12" text-anchor="middle">
<text x="{left / 2}" y="14" textLength="{left - 2 * PADDING}">{html.escape(LABEL)}</text>
<text x="{left + right / 2}" y="14" textLength="{right - 2 * PADDING}">{html.escape(said)}</text>
</g>
</svg>
"""


def _said(found: History) -> tuple[str, str]:
    """Return what the badge says, and its colour."""
    if not found.changes:
        return f"no change in {counted(len(found.points), 'commit')}", GREY
    at = max(each.at for each in found.changes)
    last = [each for each in found.changes if each.at == at]
    worse = [each for each in last if not each.better]
    first = (worse or last)[0]
    more = f" and {len(last) - 1} more" if len(last) > 1 else ""
    direction = "worse" if worse else "better"
    text = f"{first.series.tuner} {first.series.measure} {direction}{more} since {found.points[at].label}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", ORANGE if worse else BLUE
