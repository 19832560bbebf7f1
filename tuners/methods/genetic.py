"""Genetic search: TPOT, restricted to the model's space (Olson and Moore 2016; TPOT 1.1)."""

from __future__ import annotations

import atexit
import logging
import math
import uuid
import warnings
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from tuners.errors import require
from tuners.methods._interrupt import interruptible
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import cardinality, contains, from_positions, same, to_configspace, to_positions

require("tpot", "pkg_resources", extra="genetic")
with warnings.catch_warnings():
    # stopit, which TPOT imports, uses what setuptools has deprecated.
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")
    from dask.distributed import Client, LocalCluster
    from tpot import TPOTEstimator
    from tpot.search_spaces.nodes import EstimatorNode

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

GENERATIONS = 3
"""The fewest: enough to evolve, few enough for a population worth the name in a small budget."""
POPULATION = 50
"""The most individuals, TPOT's own default. TPOT makes the whole first population before it evaluates any of it: a
short time budget would end while a large one is made."""

logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it logs every worker's coming and going

_objectives: dict[str, Objective] = {}
"""By key. TPOT pickles what it is given, and a pickled objective would remember nothing; its workers are threads of
this process, which look the live one up here."""


_started: list[Client] = []
"""The scheduler's client, while it runs."""


class Individual(ClassifierMixin, BaseEstimator):
    """A candidate as TPOT carries it: positions of its values. The objective builds and fits the estimator."""

    def __init__(self, **params: Any) -> None:
        """Keep the parameters."""
        self.params = params

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  scikit-learn's signature
        """Return the parameters, for scikit-learn's clone."""
        return self.params

    def fit(self, X: Any, y: Any) -> Individual:  # noqa: ARG002  scikit-learn's signature
        """Do nothing: TPOT fits its best individual at the end, the run refits the winner itself."""
        return self


class Begun(EstimatorNode):
    """A search space whose first individual is given, for TPOT takes no initial population; the others are drawn."""

    def __init__(self, space: ConfigurationSpace, first: Mapping[str, Any] | None) -> None:
        """Draw from a space of positions; `first` is a point of it, or None."""
        super().__init__(Individual, space)
        self._first = first

    def generate(self, rng: Any = None) -> Any:
        """Return the next individual of the initial population."""
        individual = super().generate(rng)
        if self._first is not None:
            individual.hyperparameters, self._first = dict(self._first), None
        return individual


def evaluate(key: str, individual: Individual) -> float:
    """Evaluate an individual, as TPOT's objective function; an exception marks it invalid."""
    objective = _objectives[key]
    params = from_positions(objective.space, individual.params)
    # TPOT evaluates its initial population in an order of its own, so that the start has been evaluated before it.
    score = objective.trials[0].score if same(params, objective.start) else objective(params)
    if math.isnan(score):
        message = "the candidate failed"
        raise ValueError(message)
    return score


def tune(objective: Objective, seed: int) -> None:
    """Evolve a population for as many generations as the budget holds."""
    first = begun(objective)
    budget = objective.remaining + (first is not None)
    if objective.budget.stated is None:
        # TPOT evaluates no point twice, and would look for new ones for ever where there are none left.
        budget = int(min(budget, cardinality(objective.space)))
    if budget:
        population, generations = shape(budget)
        evolve(objective, seed, first=first, population=population, generations=generations)


def begun(objective: Objective) -> dict[str, Any] | None:
    """Evaluate where the search begins; return it as positions, for the initial population, if the space has it."""
    evaluate_start(objective)
    start = objective.start
    return to_positions(objective.space, start) if start and contains(objective.space, start) else None


def shape(budget: int) -> tuple[int, int]:
    """Return population and generations that use most of the budget, the larger population of equals."""
    fewest = max(GENERATIONS, -(-budget // POPULATION))
    choices = [(budget // g, g) for g in range(fewest, fewest + 4) if budget // g >= 2]
    return max(
        choices,
        key=lambda choice: (choice[0] * choice[1], choice[0]),
        default=(max(1, budget // 2), min(2, budget)),
    )


def evolve(
    objective: Objective,
    seed: int,
    *,
    first: dict[str, Any] | None = None,
    population: int,
    generations: int,
    initial: int | None = None,
    early_stop: int | None = None,
) -> None:
    """Run TPOT: an initial population, then `generations - 1` generations of `population` offspring.

    `first` is an individual of the initial population, the start as `begun` returns it. TPOT evaluates only
    individuals it has not seen, so that fewer evaluations than `population * generations` may be made in a small space.
    It stops early after `early_stop` generations without improvement.
    """
    search = partial(
        _evolve, objective, seed, first,
        population=population, generations=generations, initial=initial, early_stop=early_stop,
    )  # fmt: skip
    before = len(objective.trials)
    try:
        search()
    except Exception:
        # dask may lose its scheduler, and TPOT then takes all individuals for invalid. Where none has been evaluated,
        # a search on another scheduler is the very same; a candidate that fails is a trial.
        if len(objective.trials) > before:
            raise
        search()


def _evolve(
    objective: Objective,
    seed: int,
    first: dict[str, Any] | None,
    *,
    population: int,
    generations: int,
    initial: int | None,
    early_stop: int | None,
) -> None:
    key = uuid.uuid4().hex
    _objectives[key] = objective
    # TPOT seeds the space it samples from; the model's own stays as it is.
    space = to_configspace(objective.space)
    estimator = TPOTEstimator(
        search_space=Begun(space, first),
        scorers=[],
        scorers_weights=[],
        other_objective_functions=[partial(evaluate, key)],
        other_objective_functions_weights=[1],
        objective_function_names=["score"],
        classification=True,
        cv=2,  # unused without scorers
        population_size=population,
        initial_population_size=population if initial is None else initial,
        generations=generations,
        early_stop=early_stop,
        max_time_mins=math.inf,
        max_eval_time_mins=math.inf,
        validation_strategy="none",
        client=_scheduler(),
        random_state=seed,
        verbose=0,
    )
    try:
        with interruptible(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"tpot\.")
            estimator.fit(*_placeholder())
    except BaseException:
        # Evaluations of this run may still wait in it: the next run gets another.
        _close_scheduler()
        raise
    finally:
        del _objectives[key]


def _scheduler() -> Client:
    """Return dask's scheduler, started once in a process, since that takes seconds."""
    if not _started or _started[-1].status != "running":
        _close_scheduler()
        # One worker thread: order of evaluation, and so the search, is the seed's. The objective itself
        # spreads the folds over the jobs.
        # Its status page gets any free port, local only: two sessions at once would dispute the usual one.
        cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
        _started.append(Client(cluster))
    return _started[-1]


def _close_scheduler() -> None:
    while _started:
        client = _started.pop()
        cluster = client.cluster
        client.close()
        cluster.close()


atexit.register(_close_scheduler)


def _placeholder() -> tuple[Any, Any]:
    """Return two classes of two rows: TPOT inspects its data, the objective holds the real ones."""
    return np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
