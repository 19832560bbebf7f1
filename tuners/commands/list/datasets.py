"""`list datasets`: rows, features, task, text, gaps and licence; files and OpenML's have names of their own."""

from __future__ import annotations

from tuners.catalog import DATASETS
from tuners.commands.list import Listing, Row
from tuners.commands.list._needs import origin
from tuners.datasets._traits import ELSEWHERE, TRAITS, Traits


def row(name: str) -> Row:
    """Return what a dataset holds; one of the user's own is there already, and is looked at."""
    whose = origin(DATASETS, name)
    known = TRAITS.get(name)
    found = _own(name) if whose == "yours" else dict.fromkeys(Traits._fields) if known is None else known._asdict()
    return {"name": name, "origin": whose, **found, "from": ELSEWHERE.get(name)}


def _own(name: str) -> Row:
    import pandas as pd  # noqa: PLC0415  who registered a dataset has loaded it

    dataset = DATASETS.load(name)(None)
    rows, features = dataset.X.shape
    frame = dataset.X if isinstance(dataset.X, pd.DataFrame) else None
    return {
        "rows": int(rows),
        "features": int(features),
        "task": dataset.task,
        "text": None if frame is None else int(frame.select_dtypes(exclude=["number", "bool", "datetime"]).shape[1]),
        "gaps": None if frame is None else int(frame.isna().sum().sum()),
        "classes": len(dataset.classes),
        "licence": dataset.licence,
    }


LISTING = Listing(DATASETS, row)
