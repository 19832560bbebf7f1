"""The harness beside a bare loop of each method's library.

Both evaluate an estimator that costs nothing, with the same seed: what is left is the library's own thinking, in both,
and what the harness and the method's file add to it. `smac` thinks 100 times as long as they add: it is not measured.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import optuna
from cmaes import CatCMAwM
from scipy.optimize import Bounds, differential_evolution
from scipy.stats.qmc import Sobol
from sklearn.model_selection import cross_val_score
from tabulate import tabulate

from benchmarks.performance.overhead import harness, problem
from tuners.catalog import TUNERS
from tuners.execution.measurement import tuner_seed
from tuners.task.problem import Problem

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import flaml.tune
    from flaml import BlendSearch

REQUIRED_MS = 0.3
LARGEST = 1_000_000
Loss = Callable[[float, int], float]


def tpe(loss: Loss, seed: int, evaluations: int, **options: bool) -> None:
    """Search as a user of Optuna would."""
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed % 2**31, **options))
    for _ in range(evaluations):
        trial = study.ask()
        study.tell(trial, loss(trial.suggest_float("a", 0, 1), trial.suggest_int("b", 0, LARGEST)))


def sobol(loss: Loss, seed: int, evaluations: int) -> None:
    """Search as a user of SciPy would."""
    points = Sobol(2, rng=np.random.default_rng(seed)).random(2 ** math.ceil(math.log2(evaluations)))
    for u in points[:evaluations]:
        loss(float(u[0]), int(u[1] * LARGEST))


def evolution(loss: Loss, seed: int, evaluations: int) -> None:
    """Search as a user of SciPy would."""
    done = 0

    def of(u: np.ndarray) -> float:
        nonlocal done
        done += 1
        if done > evaluations:
            raise StopIteration
        return loss(float(u[0]), int(u[1] * LARGEST))

    try:
        differential_evolution(
            of, Bounds([0, 0], [1, 1]), popsize=15, maxiter=10**6, tol=0, atol=-1, polish=False,
            rng=np.random.default_rng(seed),
        )  # fmt: skip
    except StopIteration:
        return


def cmaes(loss: Loss, seed: int, evaluations: int) -> None:
    """Search as a user of cmaes would."""
    optimiser = CatCMAwM(x_space=[[0, 1], [0, 1]], seed=seed % 2**31)
    for _ in range(evaluations // optimiser.population_size):
        asked = [optimiser.ask() for _ in range(optimiser.population_size)]
        optimiser.tell([(each, loss(float(each.x[0]), int(each.x[1] * LARGEST))) for each in asked])


def blend(loss: Loss, seed: int, evaluations: int) -> None:
    """Search as a user of FLAML would."""
    space = {"a": flaml.tune.uniform(0, 1), "b": flaml.tune.randint(0, LARGEST + 1)}
    library = BlendSearch(metric="loss", mode="min", space=space, cost_attr=None, seed=seed % 2**31)
    done = number = 0
    while done < evaluations:
        number += 1
        point = library.suggest(str(number))
        if point is not None:
            done += 1
            library.on_trial_complete(str(number), {"loss": loss(point["a"], point["b"]), "config": point})


BARE: dict[str, Callable[[Loss, int, int], None]] = {
    "sobol": sobol,
    "evolution": evolution,
    "cmaes": cmaes,
    "flaml": blend,
    "optuna": tpe,
    "optuna_tpe_independent": lambda *given: tpe(*given, multivariate=False, group=False),
}


def bare(tuner: str, on: Problem, evaluations: int) -> float:
    """Return the CPU milliseconds an evaluation of the bare loop."""

    def loss(a: float, b: int) -> float:
        estimator = on.estimator.set_params(a=a, b=b)
        scores = cross_val_score(estimator, on.split.X_train, on.split.y_train, cv=on.folds, scoring=on.scorer)
        return -float(scores.mean())

    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cmaes has some of losses that are all the same
        BARE[tuner](loss, tuner_seed(0, tuner), evaluations)
    return 1000 * (time.process_time() - began) / evaluations


def main(evaluations: int = 100, rounds: int = 5) -> int:
    """Measure every method, interleaved; return 1 if what is required is exceeded."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    on, rows, failed = problem(), [], False
    for tuner in BARE:
        TUNERS.load(tuner)
        sides = [
            (harness(tuner, on, evaluations, time.process_time), bare(tuner, on, evaluations)) for _ in range(rounds)
        ]
        with_harness, without = (min(side) for side in zip(*sides, strict=True))
        typical = statistics.median(one - other for one, other in sides)
        failed |= with_harness - without >= REQUIRED_MS
        rows.append(
            [tuner, f"{with_harness:.3f}", f"{without:.3f}", f"{with_harness - without:+.3f}", f"{typical:+.3f}"]
        )
    headings = [
        "method",
        "harness, CPU ms/evaluation",
        "bare loop, CPU ms/evaluation",
        "added",
        "added, median of rounds",
    ]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(f"\n{evaluations} evaluations, least of {rounds} interleaved rounds; required < {REQUIRED_MS} ms added")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
