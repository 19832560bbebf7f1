"""Scorers, as far as their names tell: who reads records needs them and loads no scikit-learn.

A score is larger the better it is. A loss is kept negated, under a name that begins with `neg_`, as scikit-learn does;
people read it as what it is: a positive loss, the lower the better.
"""

from __future__ import annotations

ONE_CLASS = frozenset(
    {
        "average_precision",
        "f1",
        "jaccard",
        "neg_negative_likelihood_ratio",
        "positive_likelihood_ratio",
        "precision",
        "recall",
    }
)
"""Metrics of two classes whose value depends on which of them is called positive."""
NEGATED = "neg_"
"""How the name of a scorer begins whose scores are negated losses."""
_PROPER = {"brier": "Brier"}
"""Words that are names."""


def is_loss(metric: str) -> bool:
    """Whether scores are negated losses."""
    return metric.startswith(NEGATED) and metric != NEGATED


def spoken(metric: str) -> str:
    """Return a metric's name as people read it: `root mean squared error`, `Brier score`; others by their own names."""
    if not is_loss(metric):
        return metric
    words = [word for word in metric.removeprefix(NEGATED).split("_") if word]
    return " ".join(_PROPER.get(word, word) for word in words) or metric


def direction(metric: str) -> str:
    """Return `lower is better` of a loss, else `higher is better`."""
    return f"{'lower' if is_loss(metric) else 'higher'} is better"


def read_as(metric: str, score: float) -> float:
    """Return a score, or a difference of scores, as people read it: of a loss with its sign turned."""
    return 0.0 - score if is_loss(metric) else score
