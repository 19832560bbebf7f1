"""`list metrics`: scikit-learn's scorers and one's own; scikit-learn, whose list it is, takes a second to load."""

from __future__ import annotations

from typing import Any

from tuners.catalog import METRICS
from tuners.commands.list import Listing, Row
from tuners.results.scorers import ONE_CLASS, direction, spoken

_TASKS = {"_classification": "classification", "_ranking": "classification", "_regression": "regression"}
"""By the module of scikit-learn's that a metric's function is from."""


def row(name: str) -> Row:
    """Return a metric's direction, task, and what it asks of the model."""
    scorer: Any = METRICS.load(name)
    function = getattr(scorer, "_score_func", None)
    module = getattr(function, "__module__", "").rpartition(".")[2]
    asks = getattr(scorer, "_response_method", None)
    recorded = METRICS.recorded(name)
    return {
        "name": name,
        "origin": "yours" if METRICS.is_own(name) else "scikit-learn",
        "read_as": spoken(recorded),
        "better": direction(recorded).removesuffix(" is better"),
        "task": "clustering" if "cluster" in getattr(function, "__module__", "") else _TASKS.get(module),
        "one_class": name in ONE_CLASS,
        "needs": [asks] if isinstance(asks, str) else list(asks or ()),
    }


LISTING = Listing(METRICS, row)
