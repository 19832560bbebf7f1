"""The formats a report is written in, by suffix."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tabulate import tabulate

from tuners.report.costs import overtuning, times
from tuners.report.document import Report, Section, details, sections

COMMENT = 65_536
"""Characters that GitHub takes in a comment."""
WIDTH = 100
"""Columns of a terminal."""


def text(report: Report, *, verbose: bool = False) -> str:
    """Set the report for a terminal of `WIDTH` columns; with details of each tuned model if verbose."""
    parts = [_text_section(section) for section in sections(report)]
    if verbose:
        parts += [_text_section(section) for section in details(report)]
    return "\n\n".join(parts)


def _text_section(section: Section) -> str:
    tables = [tabulate(t.rows, t.headings, tablefmt="simple", disable_numparse=True) for t in section.tables]
    notes = [textwrap.fill(note, WIDTH, break_long_words=False) for note in section.notes]
    verbatim = [section.verbatim.rstrip()] if section.verbatim else []
    return "\n\n".join([section.title, *tables, *verbatim, *notes])


def markdown(report: Report) -> str:
    """Set the report in Markdown for a pull request's comment: what is long is folded, what is too long left out."""
    parts = ["# Evaluation of tuning methods", "\n".join(f"- {line}" for line in report.header)]
    for section in sections(report):
        if section.folded:
            body = _markdown_section(replace(section, title=""), "")
            parts.append(f"<details><summary>{_escaped(section.title)}</summary>\n\n{body}\n\n</details>")
        else:
            parts.append(_markdown_section(section, "##"))
    return _fitting(parts, [_markdown_section(section, "####") for section in details(report)])


def _fitting(parts: list[str], models: list[str]) -> str:
    """Join the parts, and of the tuned models as many as fit into a comment."""
    parts = list(parts)
    left = COMMENT - len("\n\n".join(parts)) - 300  # for what is said around them
    taken: list[str] = []
    for model in models:
        left -= len(model) + 2
        if left < 0:
            break
        taken.append(model)
    if taken:
        parts = [*parts, "<details><summary>Each tuned model</summary>", *taken, "</details>"]
    if len(taken) < len(models):
        rest = len(models) - len(taken)
        parts.append(
            f"{rest} of {len(models)} tuned models are left out, for a comment's length: the HTML and JSON reports "
            "have all of them."
        )
    return "\n\n".join(parts) + "\n"


def _markdown_section(section: Section, level: str) -> str:
    tables = [
        tabulate(
            [[_escaped(cell) for cell in row] for row in t.rows],
            [_escaped(heading) for heading in t.headings],
            tablefmt="pipe",
            disable_numparse=True,
        )
        for t in section.tables
    ]
    notes = [_escaped(note) for note in section.notes]
    verbatim = [f"```text\n{section.verbatim.rstrip()}\n```"] if section.verbatim else []
    title = [f"{level} {_escaped(section.title)}"] if section.title else []
    return "\n\n".join([*title, *tables, *verbatim, *notes])


def _escaped(value: str) -> str:
    for character in "\\|*<>`":
        value = value.replace(character, f"&#{ord(character)};")
    return value


def comma_separated(report: Report) -> str:
    """Write every row of the evaluation table, unrounded; intervals as two columns."""
    rows = [
        {"model": group.model, "dataset": group.dataset or "", "metric": group.metric, "blocks": group.blocks}
        | _flat(dataclasses.asdict(row))
        for group in report.groups
        for row in group.rows
    ]
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
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
    path.write_bytes(content.encode() if isinstance(content, str) else content)
