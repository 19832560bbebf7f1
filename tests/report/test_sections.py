"""A section of a report is one file, and every format shows it."""

from __future__ import annotations

import base64
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tuners.report.sections
from tests import runs
from tuners.report import formats
from tuners.report.document import Report
from tuners.report.formats import images
from tuners.report.sections import in_order

FILE = '''
"""How many cells each method has."""

from tuners.report.charts.style import axis, figure, methods_axis
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table

COLUMNS = (Column("tuner", lambda row: row.tuner), Column("number of cells", lambda row: str(row.cells)))


def table(report, group):
    return Table.of(COLUMNS, group.rows)


def draw(report, group):
    bars = {"type": "bar", "x": [row.cells for row in group.rows], "y": list(range(len(group.rows)))}
    return figure([bars], xaxis=axis("cells"), yaxis=methods_axis([row.tuner for row in group.rows]))


SECTION = Section(
    key="cells",
    title="Cells of each method",
    place=75,
    shown=lambda report: len(report.tuners) > 1,
    table=table,
    chart=Chart("A cell is a model, dataset, method and seed.", draw),
    words=lambda report: [f"{len(report.records)} in all"],
    rows=lambda report: {"cells": {group.title: [row.cells for row in group.rows] for group in report.groups}},
)
'''


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put one file beside the sections, and take it away again."""
    (tmp_path / "cells.py").write_text(FILE)
    package = tuners.report.sections
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    yield
    sys.modules.pop(f"{package.__name__}.cells", None)


@pytest.fixture
def report() -> Report:
    """Return the report of two methods on two datasets."""
    return runs.report(runs.grid(["default", "random"], ["wine", "iris"], 3))


@pytest.mark.usefixtures("added")
def test_a_section_is_one_file(report: Report) -> None:
    """A module with a `SECTION` is in text, Markdown, JSON and images, without any other change."""
    title = "Cells of each method: forest on all datasets"
    text, comment = formats.text(report, verbose=True), formats.markdown(report)
    assert re.search(rf"{title}\n\ntuner +number of cells\n[- ]+\ndefault +6\nrandom +6", text)
    assert f"<details><summary>{title}</summary>\n\n| tuner   | number of cells   |" in comment
    document = json.loads(formats.json_text(report))
    assert document["cells"] == {
        f"forest on {name}": [n, n] for name, n in (("wine", 3), ("iris", 3), ("all datasets", 6))
    }
    assert list(document)[-1] == "runs"
    drawn = [title for title, _ in images._figures(report)]
    assert drawn[3:6] == [
        f"{name}: forest on all datasets"
        for name in ("Gain against cost", "Cells of each method", "Average ranks over all datasets")
    ]


@pytest.mark.usefixtures("added")
def test_a_section_is_in_the_page(report: Report) -> None:
    """It has a chapter with heading and navigation, its chart, what is said below it, and the chart as a table."""
    page = formats.html(report)
    navigation = re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', page.partition("<nav")[2].partition("</nav>")[0])
    assert ("chapter-cells", "Cells of each method") in navigation
    assert all(page.count(f'<section id="{anchor}"') == 1 for anchor, _ in navigation)
    assert '<h2 id="chapter-cells-title">Cells of each method</h2>' in page
    assert '<figure id="cells"' in page
    assert "A cell is a model, dataset, method and seed.<br>12 in all</figcaption>" in page
    packed = re.search(r'id="data">([^<]*)<', page)
    assert packed is not None
    data = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    assert data["figures"]["cells"][-1]["data"][0]["x"] == [6, 6]
    assert "<td>6</td>" in data["numbers"]["cells"][-1]


@pytest.mark.usefixtures("added")
def test_a_section_with_nothing_to_show_is_not_shown() -> None:
    """Where its `shown` says so it is in no format but JSON, whose keys are always there."""
    alone = runs.report(runs.grid(["random"], ["wine"], 3))
    title = "Cells of each method"
    assert not [f for f in (formats.text, formats.markdown, formats.html) if title in f(alone)]
    assert json.loads(formats.json_text(alone))["cells"] == {"forest on wine": [3]}


def test_json_has_its_keys_in_their_order(report: Report) -> None:
    """Programs and people who read today's reports find the keys where they were."""
    fixed = [
        "schema", "header", "note", "groups", "baseline", "comparison", "verdicts", "verdict", "rankings", "times",
        "overtuning", "failures", "runs",
    ]  # fmt: skip
    assert [key for key in json.loads(formats.json_text(report)) if key in fixed] == fixed


def test_sections_have_places_and_keys_of_their_own() -> None:
    """Two at one place would have no order, two of one key would draw in one place of the page."""
    sections = in_order()
    keys = [section.key for section in sections if section.chart is not None]
    keys += [each.key for section in sections for each in section.pictures]
    keys += {section.in_chapter.key for section in sections}  # anchors of the page, all of them
    assert len({section.place for section in sections}) == len(sections)
    assert len(set(keys)) == len(keys)
