"""Each tuned model: its parameters, and what it does on the test rows of its run.

Of classes the confusion matrix and the classification report, of numbers the residuals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tuners.analysis import units
from tuners.analysis.residuals import SHARES, Residuals
from tuners.report import templates
from tuners.report.charts import residuals as chart
from tuners.report.document import Report
from tuners.report.section import Block, Chapter, Section
from tuners.report.tables import Table
from tuners.report.words import counted, number, percentage
from tuners.results.record import BASE, Record
from tuners.text.shown import shown


def blocks(report: Report) -> list[Block]:
    """Return a block for each good run."""
    return [
        Block(record.cell, tables, [f"best parameters: {params(record)}"])
        for record in report.records
        if (tables := _tables(record))
    ]


def _tables(record: Record) -> list[Table]:
    """Return what a good run's winner does on the test rows; none where that is not known."""
    if record.ok and record.confusion_matrix and record.classes:
        return [confusion(record), classification(record)]
    return [residuals(record)] if record.ok and record.predictions else []


def residuals(record: Record) -> Table:
    """Return the quantiles of what the predictions miss: above 0 they are too low."""
    found = Residuals.of(record.predictions or ())
    rows = [
        [percentage(share), units.bare(quantile, None, "")]
        for share, quantile in zip(SHARES, found.quantiles, strict=True)
    ]
    every = counted(record.test_rows, "test row")
    of = every if len(found.true) == record.test_rows else f"{len(found.true)} of {every}"
    return Table(["share of rows up to", "residual, true less predicted"], rows, f"Residuals on {of}")


def params(record: Record) -> str:
    """Return the best parameters as text."""
    pairs = ", ".join(f"{name}={shown(value)}" for name, value in record.best_params.items())
    return pairs or ("the model's defaults" if record.tuner == BASE else "none")


def confusion(record: Record) -> Table:
    """Return the confusion matrix: a row a true class, a column a predicted one."""
    counts = record.confusion_matrix or []
    return Table(
        ["true \\ predicted", *record.classes],
        [[label, *map(str, row)] for label, row in zip(record.classes, counts, strict=True)],
    )


def classification(record: Record) -> Table:
    """Return scikit-learn's classification report: precision, recall and F1 of each class, then their means."""
    from sklearn.metrics import precision_recall_fscore_support  # noqa: PLC0415  slow to load, and not always needed

    # The confusion matrix holds all that the report needs: true and predicted class of every row.
    counts = np.array(record.confusion_matrix)
    truth, predicted = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    labels = np.arange(len(record.classes))

    def scores(average: str | None) -> list[np.ndarray]:
        found = precision_recall_fscore_support(truth, predicted, labels=labels, average=average, zero_division=0)
        return [np.atleast_1d(each) for each in found[:3]]

    total = str(counts.sum())
    rows = [
        [name, *(number(float(score)) for score in each), str(support)]
        for name, *each, support in zip(record.classes, *scores(None), counts.sum(axis=1), strict=True)
    ]
    rows.append(["accuracy", "", "", number(float(np.trace(counts) / counts.sum())), total])
    rows += [
        [f"{average} average", *(number(float(each[0])) for each in scores(average)), total]
        for average in ("macro", "weighted")
    ]
    return Table(["class", "precision", "recall", "f1-score", "support"], rows)


def script(report: Report) -> Mapping[str, Any]:
    """Return the page's part on each good run, of which the reader chooses one."""
    return {"tuned": [_chosen(record) for record in report.records if record.ok]}


def _chosen(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {"cell": record.cell, "html": _html(record)}
    return found | {"figure": chart.draw(Residuals.of(record.predictions))} if record.predictions else found


def _html(record: Record) -> str:
    matrix = record.confusion_matrix
    return templates.rendered(
        "tuned.html.j2",
        cell=record.cell,
        params=params(record),
        classes=record.classes if matrix else (),
        matrix=matrix,
        report=classification(record) if matrix else None,
        residuals=residuals(record) if record.predictions else None,
    )


SECTION = Section(
    key="tuned",
    title="Each tuned model",
    place=150,
    chapter=Chapter("tuned", "Tuned models", "Each tuned model", controls="choose_run.html.j2"),
    blocks=blocks,
    script=script,
    extent="appendix",
)
