"""The formats a report is written in, by suffix."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tabulate import tabulate

from tuners.analysis.costs import overtuning, times
from tuners.report.document import Report, Section, sections
from tuners.report.numbers import numbers
from tuners.report.tuned import tuned_models
from tuners.text.printable import cell, printable

COMMENT = 65_536
"""Characters that GitHub takes in a comment."""
SAID_AROUND = 300
"""Characters kept for what is said of what does not fit."""
MARKUP = re.compile(r"[\\|*<>`~@#&]|(?<!\w)_|_(?!\w)|!(?=\[)|\](?=[(:\[])")
"""What Markdown, or GitHub in it, reads as more than text."""
WIDTH = 100
"""Columns of a terminal."""


def text(report: Report, *, verbose: bool = False) -> str:
    """Set the report for a terminal of `WIDTH` columns; with details of each tuned model if verbose."""
    parts = [_text_section(section) for section in sections(report)]
    if verbose:
        parts += [_text_section(section) for section in tuned_models(report)]
    return "\n\n".join(parts)


def _text_section(section: Section) -> str:
    tables = [
        tabulate(
            [[printable(value) for value in row] for row in t.rows],
            [printable(heading) for heading in t.headings],
            tablefmt="simple",
            disable_numparse=True,
        )
        for t in section.tables
    ]
    notes = [textwrap.fill(printable(note, None), WIDTH, break_long_words=False) for note in section.notes]
    return "\n\n".join([printable(section.title), *tables, *notes])


def markdown(report: Report) -> str:
    """Set the report in Markdown for a pull request's comment: what is long is folded, what is too long left out."""
    parts = ["# Evaluation of tuning methods", "\n".join(f"- {_escaped(line)}" for line in report.header)]
    parts += [_markdown_section(section) for section in sections(report) if not section.folded]
    parts += [_folded(section) for section in [*sections(report), *numbers(report)] if section.folded]
    models = [_markdown_section(section, "####") for section in tuned_models(report)]
    taken = _fitting(parts, COMMENT - SAID_AROUND)
    taken_models = _fitting(models, COMMENT - SAID_AROUND - sum(len(part) + 2 for part in taken))
    left_out = [(len(parts) - len(taken), len(parts), "sections")]
    left_out += [(len(models) - len(taken_models), len(models), "tuned models")]
    if taken_models:
        taken += ["<details><summary>Each tuned model</summary>", *taken_models, "</details>"]
    missing = [f"{lacking} of {whole} {what}" for lacking, whole, what in left_out if lacking]
    if missing:
        taken.append(f"{' and '.join(missing)} left out, for a comment's length: the HTML report has all of them.")
    return "\n\n".join(taken) + "\n"


def _fitting(parts: list[str], room: int) -> list[str]:
    """Return those of the parts that fit into as many characters, the first ones first."""
    taken = []
    for part in parts:
        if len(part) + 2 <= room:
            taken.append(part)
            room -= len(part) + 2
    return taken


def _folded(section: Section) -> str:
    body = _markdown_section(replace(section, title=""))
    return f"<details><summary>{_escaped(section.title)}</summary>\n\n{body}\n\n</details>"


def _markdown_section(section: Section, level: str = "##") -> str:
    tables = [
        tabulate(
            [[_escaped(value) for value in row] for row in t.rows],
            [_escaped(heading) for heading in t.headings],
            tablefmt="pipe",
            disable_numparse=True,
        )
        for t in section.tables
    ]
    notes = [_escaped(note) for note in section.notes]
    if not tables:
        notes = ["\n".join(f"- {note}" for note in notes)]
    title = [f"{level} {_escaped(section.title)}"] if section.title else []
    return "\n\n".join([*title, *tables, *notes])


def _escaped(value: str) -> str:
    """Return text in which Markdown and GitHub see no markup, mention, issue or image; names' underscores stay."""
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", printable(value, None))


def comma_separated(report: Report) -> str:
    """Write every row of the evaluation table, unrounded; intervals as two columns, no cell a formula."""
    rows = [
        {
            "model": group.model,
            "dataset": group.dataset or "",
            "metric": group.metric,
            "blocks": group.blocks,
        }
        | _flat(dataclasses.asdict(row))
        | {"positive": group.positive}
        for group in report.groups
        for row in group.rows
    ]
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {name: cell(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows
        )
    return out.getvalue()


def _flat(row: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        if name.endswith("_interval"):
            low, high = value if isinstance(value, tuple) else (None, None)
            flat |= {f"{name}_low": low, f"{name}_high": high}
        else:
            flat[name] = value
    return flat


def json_text(report: Report) -> str:
    """Write rows, comparison and records, unrounded."""
    document = {
        "schema": 1,
        "header": list(report.header),
        "note": report.note,
        "groups": [dataclasses.asdict(group) for group in report.groups],
        "baseline": report.baseline,
        "comparison": [dataclasses.asdict(row) for row in report.comparison],
        "verdicts": [dataclasses.asdict(verdict) for verdict in report.verdicts],
        "verdict": list(report.verdict),
        "rankings": [dataclasses.asdict(ranking) for ranking in report.rankings],
        "times": {
            group.title: [dataclasses.asdict(row) for row in times(report.runs_of(group))] for group in report.groups
        },
        "overtuning": {
            group.title: [dataclasses.asdict(row) for row in overtuning(report.runs_of(group))]
            for group in report.groups
        },
        "failures": [dataclasses.asdict(row) for row in report.failures],
        "runs": [record.as_dict() for record in report.records],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def html(report: Report) -> str:
    """Set the report as one HTML file with charts."""
    from tuners.report.html import page  # noqa: PLC0415  plotly loads when there is a page

    return page(report)


def png(report: Report) -> bytes:
    """Draw the charts."""
    from tuners.report import images  # noqa: PLC0415  likewise

    return images.png(report)


def svg(report: Report) -> bytes:
    """Draw the charts."""
    from tuners.report import images  # noqa: PLC0415  likewise

    return images.svg(report)


FORMATS: dict[str, Callable[[Report], str | bytes]] = {
    ".csv": comma_separated,
    ".html": html,
    ".json": json_text,
    ".md": markdown,
    ".png": png,
    ".svg": svg,
}
"""By suffix. A new format is a function here."""


def write(report: Report, path: Path) -> None:
    """Write the report in the format that the suffix names, making its folder where needed."""
    content = FORMATS[path.suffix](report)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
