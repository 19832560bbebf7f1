"""Where the seconds went, overtuning, and the change against the compared run: a line a method."""

from __future__ import annotations

from tuners.analysis.costs import overtuning, times
from tuners.analysis.methods import Group
from tuners.report.charts.style import Figure, axis, colours, dots, figure, label, methods_axis
from tuners.report.document import Report


def seconds(report: Report, group: Group) -> Figure | str:
    """Draw the mean seconds of a run, split into fitting, scoring and searching."""
    rows = times(report.runs_of(group))
    if not rows:
        return "no run has its trials here"
    parts = {"fitting": ("#0072B2", ""), "scoring": ("#E69F00", "/"), "searching": ("#888888", ".")}
    data = [
        {
            "type": "bar", "orientation": "h", "name": name, "y": list(range(len(rows))),
            "x": [getattr(row, name) for row in rows],
            "marker": {"color": colour, "pattern": {"shape": shape}},
        }
        for name, (colour, shape) in parts.items()
    ]  # fmt: skip
    return figure(
        data, barmode="stack", height=180 + 40 * len(rows), xaxis=axis("seconds a run (mean)"),
        yaxis=methods_axis([row.tuner for row in rows]),
    )  # fmt: skip


def lost(report: Report, group: Group) -> Figure | str:
    """Draw the mean overtuning with its interval."""
    rows = overtuning(report.runs_of(group))
    if not rows:
        return "no run has test scores of its incumbents here"
    data = dots([(row.tuner, row.mean, row.interval) for row in rows], colours(report.tuners))
    return figure(
        data, height=160 + 40 * len(rows), yaxis=methods_axis([row.tuner for row in rows]),
        xaxis=axis(f"test {label(group.metric)} lost to the best earlier incumbent (mean, 95 % interval)"),
    )  # fmt: skip


def change(report: Report, group: Group) -> Figure | str:
    """Draw the paired difference of test scores to the compared run."""
    rows = [
        (row.tuner, row.score_difference, row.score_interval)
        for row in report.comparison
        if row.model == group.model and row.score_difference is not None
    ]
    if not rows:
        return "there is no run to compare with, or no cell of it that compares"
    tuners = [tuner for tuner, *_ in rows]
    data = dots(rows, colours([*report.tuners, *tuners]))
    return figure(
        data, height=160 + 40 * len(rows), yaxis=methods_axis(tuners),
        xaxis=axis(f"change of the test {label(group.metric)}, now minus then (mean, 95 % interval)", zeroline=True),
    )  # fmt: skip
