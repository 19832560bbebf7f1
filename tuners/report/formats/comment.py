"""The report in Markdown, for a pull request's comment."""

from __future__ import annotations

import re
from dataclasses import replace

from tuners.report.document import Report
from tuners.report.section import Block
from tuners.report.sections import blocks, shown
from tuners.text.printable import printable

COMMENT = 65_536
"""Characters that GitHub takes in a comment."""
SAID_AROUND = 300
"""Characters kept for what is said of what does not fit."""
MARKUP = re.compile(r"[\\|*<>`~@#&]|(?<!\w)_|_(?!\w)|!(?=\[)|\](?=[(:\[])")
"""What Markdown, or GitHub in it, reads as more than text."""


def markdown(report: Report) -> str:
    """Set the report in Markdown: what is long is folded, what is too long left out."""
    found = blocks(report, {"terminal", "verbose", "comment"})
    parts = ["# Evaluation of tuning methods", "\n".join(f"- {_escaped(line)}" for line in report.header)]
    parts += [_set(block) for block in found if not block.folded]
    parts += [_folded(block) for block in found if block.folded]
    taken = _fitting(parts, COMMENT - SAID_AROUND)
    missing = _missing(parts, taken, "sections")
    for section in shown(report, {"appendix"}):
        details = [_set(block, "####") for block in section.blocks(report)]
        kept = _fitting(details, COMMENT - SAID_AROUND - sum(len(part) + 2 for part in taken))
        missing += _missing(details, kept, section.in_chapter.name.lower())
        if kept:
            taken += [f"<details><summary>{_escaped(section.title)}</summary>", *kept, "</details>"]
    if missing:
        taken.append(f"{' and '.join(missing)} left out, for a comment's length: the HTML report has all of them.")
    return "\n\n".join(taken) + "\n"


def _missing(parts: list[str], taken: list[str], what: str) -> list[str]:
    lacking = len(parts) - len(taken)
    return [f"{lacking} of {len(parts)} {what}"] if lacking else []


def _fitting(parts: list[str], room: int) -> list[str]:
    """Return those of the parts that fit into as many characters, the first ones first."""
    taken = []
    for part in parts:
        if len(part) + 2 <= room:
            taken.append(part)
            room -= len(part) + 2
    return taken


def _folded(block: Block) -> str:
    body = _set(replace(block, title=""))
    return f"<details><summary>{_escaped(block.title)}</summary>\n\n{body}\n\n</details>"


def _set(block: Block, level: str = "##") -> str:
    tables = [table.tabulated("pipe", _escaped) for table in block.tables]
    notes = [_escaped(note) for note in [*block.notes, *block.spare]]
    if not tables or block.spare:
        notes = ["\n".join(f"- {note}" for note in notes)]
    title = [f"{level} {_escaped(block.title)}"] if block.title else []
    return "\n\n".join([*title, *tables, *notes])


def _escaped(value: str) -> str:
    """Return text in which Markdown and GitHub see no markup, mention, issue or image; names' underscores stay."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", printable(value, None))
