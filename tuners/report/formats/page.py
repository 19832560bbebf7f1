"""The report as a page.

What the page shows is computed here and in the sections; its script only draws and chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tuners.analysis.landscape import Landscape, Parameter, landscape
from tuners.report.charts.binding import curve_columns, scale
from tuners.report.charts.picture import ROLES, Picture, choice
from tuners.report.charts.style import label
from tuners.report.document import Report, widest
from tuners.report.section import Chapter, Section
from tuners.report.sections import by_group, shown
from tuners.report.single_page import Drawn, Part, plain, rounded, single_page
from tuners.report.templates import table_html
from tuners.results.scorers import spoken


def page(report: Report) -> str:
    """Set the report as one HTML file, which opens from disk without a network."""
    sections = shown(report)
    chapters = dict.fromkeys(section.in_chapter for section in sections)
    parts = [
        _part(report, chapter, [section for section in sections if section.in_chapter == chapter])
        for chapter in chapters
    ]
    return single_page(
        "Evaluation of tuning methods", report.header, parts, _data(report, sections), groups="Model and dataset"
    )


def _part(report: Report, chapter: Chapter, sections: Sequence[Section]) -> Part:
    blocks = [block for section in sections if section.script is None for block in section.blocks(report)]
    blocks += by_group(report, [section for section in sections if section.chart is None])
    charts = []
    for section in sections:
        if section.chart is not None:
            numbered = section.table is not None
            words = section.words(report)
            charts.append(Drawn(section.key, section.title, section.chart.caption, words, numbered))
        charts += [Drawn(picture.key, picture.title, picture.caption) for picture in section.pictures]
    return Part(chapter, sorted(blocks, key=lambda block: block.folded), charts)


def _data(report: Report, sections: Sequence[Section]) -> dict[str, Any]:
    """Return what the script draws, and what it chooses from."""
    first = next(iter(widest(report.groups)), None)
    trials: dict[str, Landscape | None] = {}
    groups = []
    metrics: dict[str, str] = {}
    for group in report.groups:
        # Scores of several datasets are not one landscape: the first stands for them.
        dataset = report.dataset_of(group)
        key = f"{group.model} on {dataset}"
        metrics[key] = group.metric
        trials.setdefault(key, landscape(report.runs, group.model, dataset))
        groups.append({"title": group.title, "landscape": key})
    pictures = [picture for section in sections for picture in section.pictures]
    data: dict[str, Any] = {
        "groups": groups,
        "start": report.groups.index(first) if first is not None else 0,
        "figures": {
            section.key: [plain(section.chart.draw(report, group)) for group in report.groups]
            for section in sections
            if section.chart is not None
        },
        "numbers": {
            section.key: [table_html(section.table(report, group), section.title) for group in report.groups]
            for section in sections
            if section.chart is not None and section.table is not None
        },
        "pictures": [picture.key for picture in pictures],
        "roles": ROLES,
        "landscapes": {
            key: _landscape(found, metrics[key], pictures) for key, found in trials.items() if found is not None
        },
    }
    for section in sections:
        data |= section.script(report) if section.script is not None else {}
    return data


def _landscape(found: Landscape, metric: str, pictures: Sequence[Picture]) -> dict[str, Any]:
    tuners = list(dict.fromkeys(found.tuners))
    codes = {tuner: code for code, tuner in enumerate(tuners)}
    score = f"CV {label(spoken(metric))}"
    return {
        "tuners": tuners,
        "labels": [label(tuner) for tuner in tuners],
        "tuner": [codes[tuner] for tuner in found.tuners],
        "seed": found.seeds,
        "order": found.order,
        "score": rounded(found.scores),
        "first": {role: parameter.name for role, parameter in choice(found).items()} if found.parameters else {},
        "parameters": [_parameter(found, parameter, tuners) for parameter in found.parameters],
        "figures": {picture.key: plain(picture.first(found, score)) for picture in pictures},
    }


def _parameter(found: Landscape, parameter: Parameter, tuners: Sequence[str]) -> dict[str, Any]:
    methods = {"": None} | {str(code): tuner for code, tuner in enumerate(tuners)}
    curves = {key: curve_columns(found, parameter, tuner) for key, tuner in methods.items()}
    same = parameter.scale == "levels"  # the values are the levels' positions
    return {
        "name": parameter.name,
        "label": label(parameter.name),
        "levels": parameter.levels,
        "level": parameter.level,
        "value": parameter.level if same else rounded(parameter.values),
        "value_axis": scale(parameter),
        "level_axis": scale(parameter, levels=True),
        "curves": curves,
    }
