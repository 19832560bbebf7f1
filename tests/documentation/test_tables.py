"""What of the documentation is made is as the code is, and all of it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.documentation.gallery import PICTURES
from benchmarks.documentation.tables import DOCS, filled
from tests.documentation.blocks import PAGES
from tuners.comparison.options import OPTIONS

WITH_TABLES = [page for page in PAGES if "<!-- table: " in page.read_text("utf-8")]


@pytest.mark.parametrize("page", WITH_TABLES, ids=lambda page: page.stem)
def test_tables_are_those_of_the_code(page: Path) -> None:
    """Options, arguments of commands, and keys of records, trials, journals and reports."""
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text, "run: python -m benchmarks.documentation"


def test_options_are_all_explained() -> None:
    """Beyond its row in the table, each option stands in the words below it."""
    words = (DOCS / "reference" / "options.md").read_text(encoding="utf-8").partition("<!-- end of table -->")[2]
    assert [option.flag for option in OPTIONS if f"`{option.flag}" not in words] == []


def test_the_gallery_shows_every_picture() -> None:
    """What is drawn is there, small, and on the page; and no other picture is."""
    page = (DOCS / "gallery" / "index.md").read_text(encoding="utf-8")
    files = {path.name: path.stat().st_size for path in (DOCS / "gallery").glob("*.png")}
    assert {f"{picture.name}.png" for picture in PICTURES} | {"report.png"} == set(files)
    assert [name for name in files if f"]({name})" not in page] == []
    assert [name for name, size in files.items() if size > 150_000] == []
