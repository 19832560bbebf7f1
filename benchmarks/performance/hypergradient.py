"""What a derivative in the network's rates costs beside a fit, and how near it is to differences of fits.

    python -m benchmarks.performance.hypergradient [ROUNDS] [SEEDS]

110 rows of iris or diabetes, 80 epochs, 15 neurons, Adam. In the learning rate and the weight decay the derivative is
exact, as tests hold it to. In the dropout, its mean over SEEDS is set beside the difference of the mean losses of three
times as many fits each with a logit of the dropout that is 0.4 smaller and larger.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.preprocessing import scale
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tuners.methods._hypergradients import Rows, network
from tuners.methods._hypergradients.kinds import LOGIT
from tuners.models._network import NetworkClassifier, NetworkRegressor

DROPOUT, BY = 0.3, 0.4
CASES = {
    "tanh on iris": (NetworkClassifier, load_iris, "tanh"),
    "relu on iris": (NetworkClassifier, load_iris, "relu"),
    "relu on diabetes": (NetworkRegressor, load_diabetes, "relu"),
}
MOST = 12
"""Fits that a derivative in all three may cost."""


def rows(load: Any) -> list[Rows]:
    """Return training and validation rows."""
    X, y = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))[:160]
    return [Rows(scale(X)[of], y[of], None) for of in (order[:110], order[110:])]


def loss(model: Any, train: Rows, validation: Rows) -> float:
    """Fit and return the loss of the validation rows."""
    model.fit(train.X, train.y)
    if isinstance(model, NetworkRegressor):
        return float(mean_squared_error(validation.y, model.predict(validation.X)))
    chances = model.predict_proba(validation.X).astype(float)
    return float(log_loss(validation.y, chances / chances.sum(axis=1, keepdims=True)))


def main(rounds: int = 10, seeds: int = 60) -> int:
    """Measure, and return 1 if a derivative costs more than it may."""
    table, ratios = [], []
    for name, (made, load, activation) in CASES.items():
        train, validation = rows(load)
        model = made(activation=activation, learning_rate=0.005, weight_decay=0.05, dropout=DROPOUT, random_state=0)
        sides = {
            "fit": partial(model.fit, train.X, train.y),
            "derivative": partial(network.slopes, model, train, validation, network.RATES),
        }
        first = medians(interleave(sides, 1))
        median = medians(interleave(sides, rounds))
        ratios.append(median["derivative"] / median["fit"])
        cost = [f"{median[side]:.3f} ({first[side]:.2f} the first time)" for side in sides]
        seeded = [clone(model).set_params(random_state=seed) for seed in range(3 * seeds)]
        slopes = [network.slopes(each, train, validation, ["dropout"])[0] for each in seeded[:seeds]]
        low, high = (LOGIT.value(LOGIT.odds(DROPOUT) * np.exp(by)) for by in (-BY, BY))
        differences = [
            (
                loss(clone(each).set_params(dropout=high), train, validation)
                - loss(clone(each).set_params(dropout=low), train, validation)
            )
            / (2 * BY)
            for each in seeded
        ]
        same = np.mean(np.sign(slopes) == np.sign(np.mean(differences)))
        table.append([name, _mean(slopes), _mean(differences), f"{same:.0%}", *cost])
    headings = ["network", "derivative in logit(dropout)", "difference of fits", "same sign"]
    headings += ["fit, seconds", "derivative in all rates, seconds"]
    print(tabulate(table, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\nmeans ± standard errors of {seeds} derivatives and {3 * seeds} differences; medians of {rounds} "
        f"interleaved rounds: a derivative costs {', '.join(f'{each:.1f}' for each in ratios)} fits; at most {MOST}; "
        f"{machine('tensorflow', 'keras')}"
    )
    return int(max(ratios) > MOST)


def _mean(values: Any) -> str:
    return f"{np.mean(values):.3g} ± {np.std(values) / len(values) ** 0.5:.2g}"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
