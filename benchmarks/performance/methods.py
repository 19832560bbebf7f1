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
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

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
FIRST = 40
"""Evaluations of a process that are not measured: it loads and compiles what both sides need."""
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


def side_by_side(number: int, evaluations: int) -> dict[str, tuple[float, float]]:
    """Return, of each method, the milliseconds with the harness and without it; either comes first in turn."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    on, found = problem(), {}
    sides: list[Callable[[str, Problem, int], float]] = [partial(harness, clock=time.process_time), bare]
    order = [number % 2, 1 - number % 2]
    for tuner in BARE:
        TUNERS.load(tuner)
        for side in sides:
            side(tuner, on, FIRST)
        took = {place: sides[place](tuner, on, evaluations) for place in order}
        found[tuner] = took[0], took[1]
    return found


def main(evaluations: int = 100, rounds: int = 30) -> int:
    """Measure every method in several processes; return 1 if what is required is exceeded."""
    # A process that is fast with one side, by where its memory lies, is so in all its rounds: each has one of its own.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as processes:
        found = list(processes.map(side_by_side, range(rounds), [evaluations] * rounds))
    rows, failed = [], False
    for tuner in BARE:
        sides = [each[tuner] for each in found]
        with_harness, without = (statistics.mean(side) for side in zip(*sides, strict=True))
        added = with_harness - without
        error = statistics.stdev([one - other for one, other in sides]) / math.sqrt(rounds)
        failed |= added >= REQUIRED_MS
        rows.append([tuner, f"{with_harness:.3f}", f"{without:.3f}", f"{added:+.3f}", f"{error:.3f}"])
    headings = ["method", "harness, CPU ms/evaluation", "bare loop, CPU ms/evaluation", "added", "standard error"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    rounds_of = f"{evaluations} evaluations, means of {rounds} rounds side by side, each in a process of its own"
    print(f"\n{rounds_of}; required < {REQUIRED_MS} ms added")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
