"""Genetic search: TPOT, restricted to the model's space (Olson and Moore 2016; TPOT 1.1)."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from tuners.errors import require
from tuners.methods._interrupt import interruptible
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import active, allowed, cardinality, contains, from_positions, same, to_configspace, to_positions

require("tpot", "pkg_resources", extra="genetic")
with warnings.catch_warnings():
    # stopit, which TPOT imports, uses what setuptools has deprecated.
    warnings.filterwarnings("ignore", "pkg_resources is deprecated")
    from tpot import TPOTEstimator
    from tpot.evolvers import BaseEvolver
    from tpot.search_spaces.nodes import EstimatorNode, EstimatorNodeIndividual

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

GENERATIONS = 3
"""The fewest: enough to evolve, few enough for a population worth the name in a small budget."""
POPULATION = 50
"""The most individuals, TPOT's own default. TPOT makes the whole first population before it evaluates any of it: a
short time budget would end while a large one is made."""

NO_CLUSTER = object()
"""Given to TPOT as its cluster, which it then neither starts nor asks."""


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
        kind = Conditional if self.space.conditions else EstimatorNodeIndividual
        individual = kind(self.method, self.space, hyperparameter_parser=self.hyperparameter_parser, rng=rng)
        if self._first is not None:
            individual.hyperparameters, self._first = dict(self._first), None
        return individual


class Conditional(EstimatorNodeIndividual):
    """An individual whose offspring has just the hyperparameters that are active in it."""

    def crossover(self, other: Any, rng: Any = None) -> bool:
        """Swap hyperparameters as TPOT does; one that becomes active is the other parent's, or the default."""
        self.hyperparameters: dict[str, Any]
        swapped = bool(super().crossover(other, rng))
        both = {**other.hyperparameters, **self.hyperparameters}
        filled = {name: both.get(name, self.space[name].default_value) for name in self.space}
        self.hyperparameters = {name: filled[name] for name in active(self.space, filled)}
        return swapped


class InThisProcess(BaseEvolver):
    """TPOT's evolution, whose individuals are evaluated one after another where the objective is, not on a cluster."""

    def evaluate_population_full(self, budget: float | None = None) -> None:
        """Evaluate the individuals of the population that have not been, the last one first, as TPOT does."""
        individuals = self.get_unevaluated_individuals(self.objective_names, budget=budget)
        told: list[tuple[list[float], float, float, str | None]] = []
        for individual in reversed(individuals):
            begun = time.time()
            scores = [*self.objective_functions[0](individual, budget=budget, **self.objective_kwargs)]
            told.insert(0, (scores, begun, time.time(), "INVALID" if math.isnan(scores[0]) else None))
        if told:
            scores, starts, ends, errors = map(list, zip(*told, strict=True))
            self.population.update_column(individuals, column_names=self.objective_names, data=scores)
            self.population.update_column(individuals, column_names="Submitted Timestamp", data=starts)
            self.population.update_column(individuals, column_names="Completed Timestamp", data=ends)
            self.population.update_column(individuals, column_names="Eval Error", data=errors)
            self.population.remove_invalid_from_population(column_names="Eval Error")


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

    def score(individual: Individual) -> float:
        params = from_positions(objective.space, individual.params)
        if not allowed(objective.space, params):
            return math.nan  # TPOT drops it, as one that has failed
        # TPOT evaluates its initial population in an order of its own, so that the start has been evaluated before it.
        return objective.trials[0].score if same(params, objective.start) else objective(params)

    # TPOT seeds the space it samples from; the model's own stays as it is.
    space = to_configspace(objective.space)
    estimator = TPOTEstimator(
        search_space=Begun(space, first),
        scorers=[],
        scorers_weights=[],
        other_objective_functions=[score],
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
        client=NO_CLUSTER,
        scatter=False,
        random_state=seed,
        verbose=0,
    )
    estimator._evolver = InThisProcess  # noqa: SLF001  TPOT names its evolver nowhere else
    with interruptible(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"tpot\.")
        estimator.fit(*_placeholder())


def _placeholder() -> tuple[Any, Any]:
    """Return two classes of two rows: TPOT inspects its data, the objective holds the real ones."""
    return np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
