"""What a reader of the documentation has: files and objects of theirs that its examples name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROWS = 120


def _frame(target: str) -> pd.DataFrame:
    """Return a table as people have them: numbers, text, gaps, days, customers, and a target of two classes."""
    rng = np.random.default_rng(0)
    size = rng.normal(size=ROWS)
    return pd.DataFrame(
        {
            "size": size,
            "town": rng.choice(["Bonn", "Riga", "Porto"], ROWS),
            "income": [f"${1000 + 10 * row:,}" if row % 9 else "?" for row in range(ROWS)],
            "note": [f"a note of its own, the {row}th" for row in range(ROWS)],
            "customer": np.arange(ROWS) // 4 + 1000,
            "patient": np.arange(ROWS) // 4 + 1000,
            "day": pd.date_range("2024-01-01", periods=ROWS).strftime("%Y-%m-%d"),
            target: np.where(size + rng.normal(size=ROWS) > 0, "yes", "no"),
        }
    )


def _houses() -> pd.DataFrame:
    frame = _frame("sold")
    return frame[["size", "town"]].assign(price=1000 * frame["size"].to_numpy() + np.arange(ROWS))


FILES: dict[str, Callable[[], pd.DataFrame]] = {
    "customers.csv": lambda: _frame("churned"),
    "visits.csv": lambda: _frame("ill"),
    "shop.csv.gz": lambda: _frame("bought"),
    "houses.csv": _houses,
}
"""By name."""
TEXTS = {"scheduler.json": '{"address": "tcp://host:8786"}'}
"""By name."""
OBJECTS: dict[str, Callable[[], Any]] = {
    "df": lambda: _frame("bought"),
    "X": lambda: np.random.default_rng(0).normal(size=(ROWS, 3)),
    "y": lambda: np.arange(ROWS) % 2,
    "customer": lambda: np.arange(ROWS) // 4,
    "amount": lambda: np.ones(ROWS),
}
"""By name."""


def give(names: tuple[str, ...], folder: Path, namespace: dict[str, Any]) -> None:
    """Put what has these names into a folder or a namespace."""
    for name in names:
        if name in FILES:
            FILES[name]().to_csv(folder / name, index=False)
        elif name in TEXTS:
            (folder / name).write_text(TEXTS[name])
        else:
            namespace[name] = OBJECTS[name]()
