"""The fenced blocks of a page, and what a comment above each says of it.

The comment is `<!-- test: MARK -->`, and the page shows no trace of it. A mark is one of:

`file NAME`: the block is written to that file, behind what the page has put there before
`by TEST`: only compiled or parsed; that test, a file which names the page, runs it
`given THING...`: files and names that a reader has, made by `given`
`parsed: REASON`: commands that are read by the real parsers, or code that is compiled, and not run
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(
    r"^(?:<!-- test: (?P<mark>.+?) -->\n)?```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
FENCE = re.compile(r"^\s*(```|~~~)", re.MULTILINE)
MARK = re.compile(r"(?P<kind>file|by|given|parsed)(?:: (?P<reason>\S.*)| (?P<names>\S.*))")


@dataclass(frozen=True)
class Block:
    """One block."""

    page: Path
    line: int
    """Of its fence, from 1."""
    language: str
    text: str
    kind: str = ""
    """Of its mark; empty without one."""
    names: tuple[str, ...] = ()
    """What its mark names."""

    @property
    def place(self) -> str:
        """Where it stands, as editors open it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order; raise `ValueError` for a fence or a mark that is not understood."""
    text = page.read_text(encoding="utf-8")
    found = list(FENCED.finditer(text))
    if len(FENCE.findall(text)) != 2 * len(found):
        message = f"{page.relative_to(ROOT)}: expected fences of three backticks at the beginning of a line, in pairs"
        raise ValueError(message)
    return [_block(page, text, each) for each in found]


def _block(page: Path, text: str, found: re.Match[str]) -> Block:
    line = text.count("\n", 0, found.start("language")) + 1
    mark = MARK.fullmatch(found["mark"]) if found["mark"] else None
    if found["mark"] and (mark is None or (mark["kind"] == "parsed") != bool(mark["reason"])):
        message = (
            f"{page.relative_to(ROOT)}:{line}: expected a mark of tests/documentation/blocks.py, got {found['mark']}"
        )
        raise ValueError(message)
    kind, names = (mark["kind"], mark["names"] or "") if mark else ("", "")
    return Block(page, line, found["language"], found["text"], kind, tuple(names.split()))


def functions(page: str) -> dict[str, str]:
    """Return the Python blocks of a page by the name of their last function."""
    python = [block.text for block in blocks_of(ROOT / "docs" / page) if block.language == "python"]
    return {names[-1]: text for text in python if (names := re.findall(r"^def (\w+)\(", text, re.MULTILINE))}
