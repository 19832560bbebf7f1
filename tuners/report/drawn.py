"""Every chart and picture of a report by its key, each drawn of one model: for images, and in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tuners.analysis.landscape import landscape
from tuners.analysis.methods import Group
from tuners.report.charts.binding import fill
from tuners.report.charts.picture import Picture, choice
from tuners.report.charts.style import Figure, label
from tuners.report.document import Report
from tuners.report.section import Section
from tuners.report.sections import in_order
from tuners.results.scorers import spoken


@dataclass(frozen=True)
class Drawing:
    """One chart or picture."""

    key: str
    shown: Callable[[Report], bool]
    draw: Callable[[Report, Group], Figure | str]
    """Returns a figure, or the sentence that says why there is none."""
    title: Callable[[Report, Group], str]


def drawings() -> list[Drawing]:
    """Return all of them, in the order of the sections."""
    found = []
    for section in in_order():
        if section.chart is not None:
            found.append(Drawing(section.key, section.shown, section.chart.draw, partial(_of_model, section)))
        found += [
            Drawing(picture.key, section.shown, partial(_drawn, picture), partial(_of_dataset, picture))
            for picture in section.pictures
        ]
    return found


def _of_model(section: Section, report: Report, group: Group) -> str:  # noqa: ARG001  pictures need the report
    return f"{section.title}: {group.title}"


def _of_dataset(picture: Picture, report: Report, group: Group) -> str:
    return f"{picture.title}: {group.model} on {report.dataset_of(group)}"


def _drawn(picture: Picture, report: Report, group: Group) -> Figure | str:
    """Draw a picture over the hyperparameters that the page shows first."""
    trials = landscape(report.runs, group.model, report.dataset_of(group))
    drawn = picture.first(trials, f"CV {label(spoken(group.metric))}")
    return fill(drawn, trials, choice(trials)) if isinstance(drawn, dict) and trials is not None else drawn
