"""Spam: whether one of 4,601 e-mails is, 39 %, by how often 48 words and 6 characters occur, and capitals.

Many rows and 57 numeric columns, most of them 0 in most rows. 391 rows repeat an earlier one; all are kept.
UCI Spambase, doi:10.24432/C53G6X, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "spambase",
        "class",
        "classification",
        source="UCI Spambase, doi:10.24432/C53G6X",
        licence="CC BY 4.0",
        positive="spam",
    )
