"""The page: one file that needs nothing else. What it shows is computed here; its script only draws and chooses."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from tuners.analysis.landscape import Landscape, Parameter, landscape
from tuners.report import charts, columns
from tuners.report.charts import explore
from tuners.report.charts.style import Figure, label
from tuners.report.document import Report, Table, sections
from tuners.report.provenance import provenance
from tuners.report.summary import widest
from tuners.report.tuned import classification, params

DIGITS = 6
"""Significant ones of a number in a chart."""


def page(report: Report) -> str:
    """Set the report as one HTML file, which opens from disk without a network."""
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            header=report.header,
            verdict=report.verdict,
            sections=sorted(sections(report)[bool(report.verdict) :], key=lambda section: section.folded),
            costs=[chart for chart in charts.COSTS if chart.key != "change" or report.comparison],
            search=charts.SEARCH,
            notes={"ranks": [f"{ranking.model}: {ranking.note}" for ranking in report.rankings if ranking.note]},
            pictures=charts.PICTURES,
            provenance=Table(["what", "value"], [list(pair) for pair in provenance(report)]),
            numbered=[chart.key for chart in (*charts.COSTS, *charts.SEARCH) if chart.numbers is not None],
            failures=Table.of(columns.FAILURES, report.failures),
            style=Markup(_part("style.css")),  # noqa: S704  ours
            script=Markup(_part("page.js")),  # noqa: S704  ours
            plotly=Markup(_plotly()),  # noqa: S704  base64
            data=Markup(_packed(json.dumps(_data(report), separators=(",", ":"), allow_nan=False))),  # noqa: S704  likewise
        )
    )


def _data(report: Report) -> dict[str, Any]:
    first = next(iter(widest(report.groups)), None)
    shown: dict[str, Landscape | None] = {}
    groups = []
    metrics: dict[str, str] = {}
    for group in report.groups:
        # Scores of several datasets are not one landscape: the first stands for them.
        dataset = report.dataset_of(group)
        key = f"{group.model} on {dataset}"
        metrics[key] = group.metric
        shown.setdefault(key, landscape(report.runs, group.model, dataset))
        groups.append({"title": group.title, "landscape": key})
    drawn = [chart for chart in (*charts.COSTS, *charts.SEARCH) if chart.key != "change" or report.comparison]
    return {
        "groups": groups,
        "start": report.groups.index(first) if first is not None else 0,
        "figures": {chart.key: [_plain(chart.draw(report, group)) for group in report.groups] for chart in drawn},
        "numbers": {
            chart.key: [_table(chart.numbers(report, group), chart.title) for group in report.groups]
            for chart in drawn
            if chart.numbers is not None
        },
        "pictures": [picture.key for picture in charts.PICTURES],
        "roles": charts.ROLES,
        "landscapes": {key: _landscape(found, metrics[key]) for key, found in shown.items() if found is not None},
        "tuned": [_tuned(record) for record in report.records if record.ok],
    }


def _landscape(found: Landscape, metric: str) -> dict[str, Any]:
    tuners = list(dict.fromkeys(found.tuners))
    codes = {tuner: code for code, tuner in enumerate(tuners)}
    score = f"CV {label(metric)}"
    return {
        "tuners": tuners,
        "labels": [label(tuner) for tuner in tuners],
        "tuner": [codes[tuner] for tuner in found.tuners],
        "seed": found.seeds,
        "order": found.order,
        "score": _rounded(found.scores),
        "first": {role: parameter.name for role, parameter in charts.choice(found).items()} if found.parameters else {},
        "parameters": [_parameter(found, parameter, tuners) for parameter in found.parameters],
        "figures": {picture.key: _plain(picture.first(found, score)) for picture in charts.PICTURES},
    }


def _parameter(found: Landscape, parameter: Parameter, tuners: Sequence[str]) -> dict[str, Any]:
    methods = {"": None} | {str(code): tuner for code, tuner in enumerate(tuners)}
    curves = {key: explore.curve_columns(found, parameter, tuner) for key, tuner in methods.items()}
    same = parameter.scale == "levels"  # the values are the levels' positions
    return {
        "name": parameter.name,
        "label": label(parameter.name),
        "levels": parameter.levels,
        "level": parameter.level,
        "value": parameter.level if same else _rounded(parameter.values),
        "value_axis": explore.scale(parameter),
        "level_axis": explore.scale(parameter, levels=True),
        "curves": curves,
    }


def _table(table: Table, caption: str) -> str:
    return _environment().get_template("table.html.j2").module.set(table, caption)  # type: ignore[attr-defined, no-any-return]


def _rounded(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def _plain(drawn: Figure | str) -> Figure | str:
    """Return a figure whose numbers are no longer than can be seen."""
    plain: Figure | str = json.loads(json.dumps(drawn), parse_float=lambda text: float(f"{float(text):.{DIGITS}g}"))
    return plain


def _tuned(record: Any) -> Mapping[str, str]:
    rendered = (
        _environment()
        .get_template("tuned.html.j2")
        .render(
            cell=record.cell,
            params=params(record),
            classes=record.classes if record.confusion_matrix else (),
            matrix=record.confusion_matrix,
            report=classification(record) if record.confusion_matrix else None,
        )
    )
    return {"cell": record.cell, "html": rendered}


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.FunctionLoader(_part))


def _part(name: str) -> str:
    return files("tuners.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    return _packed(get_plotlyjs())


def _packed(text: str) -> str:
    """Return a text as the page unpacks it: gzip in base64, which no text can break out of."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
