"""The sections of a report, a module each: its `SECTION` says all that formats know of it.

A new section is a new module here. Its `place` decides the order in text, Markdown, JSON, images and page; chapters,
navigation and headings of the page follow from it.
"""

from __future__ import annotations

from collections.abc import Collection

from tuners.registry import Registry
from tuners.report.document import Report, widest
from tuners.report.section import Block, Extent, Section

SECTIONS: Registry[Section] = Registry("section", __name__, "SECTION")


def in_order() -> list[Section]:
    """Return all sections, first to last."""
    return sorted((SECTIONS.load(name) for name in SECTIONS), key=lambda section: section.place)


def shown(report: Report, extents: Collection[Extent] | None = None) -> list[Section]:
    """Return the sections that have something to show; those of some extents, if told."""
    return [
        section for section in in_order() if section.shown(report) and (extents is None or section.extent in extents)
    ]


def blocks(report: Report, extents: Collection[Extent]) -> list[Block]:
    """Return the blocks of sections, then, model by model, their tables over all of its datasets."""
    sections = shown(report, extents)
    return [block for section in sections for block in section.blocks(report)] + by_group(report, sections)


def by_group(report: Report, sections: Collection[Section]) -> list[Block]:
    """Return a block for each table of a model over all of its datasets that has rows."""
    found = [
        Block(f"{section.title}: {group.title}", [section.table(report, group)], folded=True)
        for group in widest(report.groups)
        for section in sections
        if section.table is not None
    ]
    return [block for block in found if block.tables[0].rows]
