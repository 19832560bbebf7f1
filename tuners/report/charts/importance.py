"""What matters: the permutation importance of each hyperparameter in a random forest fitted to the trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuners.analysis.landscape import Landscape, Parameter
from tuners.report.charts.picture import Choice
from tuners.report.charts.style import COLOURS, Figure, axis, figure, label

LEAST_TRIALS = 40
"""Trials that importances are computed of, at the least."""
SURROGATE_TRIALS = 2_000
"""At the most: evenly spread over all."""


@dataclass(frozen=True)
class ImportanceRow:
    """What shuffling a hyperparameter's values costs a random forest fitted to the trials, in units of R squared."""

    parameter: str
    importance: float
    deviation: float
    """Over repeats."""


def importances(landscape: Landscape) -> tuple[list[ImportanceRow], float | None]:
    """Permutation importances (Breiman 2001), the largest first, and the forest's out-of-bag R squared.

    The forest is fitted to each trial's score minus the mean of its seed's, since seeds differ in how hard their
    split is. R squared is None without enough trials; no importances where it is not above 0, since a forest
    that foresees nothing has nothing to tell. Searches look more closely where scores are good, so that
    importances speak of what they tried, not of the whole space. Where a hyperparameter was inactive, values of other
    trials, drawn at random, stand in: whether it was active is its parent's effect, and not its own.
    """
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415  slow to load, and only this needs it
    from sklearn.inspection import permutation_importance  # noqa: PLC0415  slow to load, and only this needs it

    scores, seeds = np.array(landscape.scores), np.array(landscape.seeds)
    for seed in set(landscape.seeds):
        scores[seeds == seed] -= scores[seeds == seed].mean()
    if len(scores) < LEAST_TRIALS or not landscape.parameters or np.allclose(scores, 0):
        return [], None
    chosen = np.unique(np.linspace(0, len(scores) - 1, SURROGATE_TRIALS).round().astype(int))
    generator = np.random.default_rng(0)
    X = np.column_stack([_everywhere(parameter, generator) for parameter in landscape.parameters])[chosen]
    forest = RandomForestRegressor(50, min_samples_leaf=3, oob_score=True, random_state=0).fit(X, scores[chosen])
    if forest.oob_score_ <= 0:
        return [], float(forest.oob_score_)
    found = permutation_importance(forest, X, scores[chosen], n_repeats=5, random_state=0)
    rows = [
        ImportanceRow(parameter.name, float(mean), float(deviation))
        for parameter, mean, deviation in zip(
            landscape.parameters, found.importances_mean, found.importances_std, strict=True
        )
    ]
    return sorted(rows, key=lambda row: -row.importance), float(forest.oob_score_)


def _everywhere(parameter: Parameter, generator: np.random.Generator) -> NDArray[np.float64]:
    values = np.array(parameter.values, dtype=float)
    inactive = np.isnan(values)
    values[inactive] = generator.choice(values[~inactive], inactive.sum())
    return values


def draw(landscape: Landscape, _: Choice, _score: str) -> Figure | str:
    """Draw how much the score depends on each hyperparameter."""
    rows, fit = importances(landscape)
    if fit is None:
        return f"there are fewer than {LEAST_TRIALS} trials, or only one score, to tell what matters"
    if not rows:
        return f"nothing is seen to matter: a forest fitted to the trials foresees no others (R squared {fit:.2f})"
    trace = {
        "type": "bar", "orientation": "h", "x": [row.importance for row in rows],
        "y": list(range(len(rows))), "marker": {"color": COLOURS[0]},
        "error_x": {"type": "data", "array": [row.deviation for row in rows]},
    }  # fmt: skip
    ticks = {"tickvals": list(range(len(rows))), "ticktext": [label(row.parameter) for row in rows]}
    title = f"fall of R squared when shuffled (the forest explains {fit:.2f} of the variance out of bag)"
    return figure(
        [trace], height=160 + 40 * len(rows), xaxis=axis(title),
        yaxis=axis("", range=[len(rows) - 0.5, -0.5], **ticks),
    )  # fmt: skip
