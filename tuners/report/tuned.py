"""Each tuned model: its parameters, confusion matrix and classification report, on the test rows of its run."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from tuners.analysis.methods import BASE
from tuners.report.columns import number
from tuners.report.document import Report, Section, Table
from tuners.results.record import Record
from tuners.text.shown import shown


def tuned_models(report: Report) -> list[Section]:
    """Return a section for each good run of a classifier."""
    return [
        Section(record.cell, [confusion(record), classification(record)], [f"best parameters: {params(record)}"])
        for record in report.records
        if record.ok and record.confusion_matrix and record.classes
    ]


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
