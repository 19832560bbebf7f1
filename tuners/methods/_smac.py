"""What the methods by SMAC have in common: its space, its determinism, and one loop (Lindauer et al. 2022)."""

from __future__ import annotations

import math
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ConfigSpace import Configuration

from tuners.errors import require
from tuners.methods._asked import Asked
from tuners.methods._quiet import ignore_empty_means, quiet
from tuners.spaces import Params, from_positions, to_configspace, to_positions

require("smac", extra="smac")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import smac
    from smac.acquisition.maximizer import local_search
    from smac.main.exceptions import ConfigurationSpaceExhaustedException
    from smac.runhistory.dataclasses import TrialInfo, TrialValue
    from smac.runhistory.enumerations import StatusType

__all__ = ["MANY", "ask_and_tell", "facade", "scenario", "search", "smac"]

if TYPE_CHECKING:
    from tuners.objective import Objective

MANY = 1_000_000
"""Trials announced to SMAC where only the time ends the search: the size of its initial design follows from them."""


class InOrder(dict[Any, None]):
    """A set that keeps the order in which its members came."""

    def __init__(self, items: Iterable[Any] = ()) -> None:
        """Take the members."""
        super().__init__(dict.fromkeys(items))

    def __or__(self, other: Iterable[Any]) -> InOrder:  # type: ignore[override]  # a set's union
        """Return the members of both."""
        return InOrder([*self, *other])

    def add(self, item: Any) -> None:
        """Add a member."""
        self.setdefault(item)

    def update(self, items: Iterable[Any]) -> None:  # type: ignore[override]  # as a set's
        """Add members."""
        super().update(dict.fromkeys(items))


@contextmanager
def deterministic() -> Iterator[None]:
    """Let SMAC make the same trials whatever PYTHONHASHSEED, while it searches.

    Its local search (2.4.1) keeps starting points in a set of configurations, whose hashes are those of texts. For as
    long as the search runs, `set` is one that keeps its order in that module alone.
    """
    vars(local_search)["set"] = InOrder
    try:
        yield
    finally:
        vars(local_search).pop("set", None)


@contextmanager
def scenario(objective: Objective, seed: int, **options: Any) -> Iterator[Any]:
    """Yield SMAC's description of a run, whose files lie in a folder that is removed; nothing is logged."""
    space = to_configspace(objective.space)
    space.seed(seed % 2**31)
    trials = MANY if objective.budget.stated is None else max(objective.remaining, 1)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), quiet("smac"), deterministic():
        warnings.filterwarnings("ignore", module=r"smac\.")
        # SMAC's log has the mean seconds of a local search, which may have had no neighbours.
        ignore_empty_means()
        given: dict[str, Any] = {"deterministic": True, "n_trials": trials, "seed": seed % 2**31, **options}
        yield smac.Scenario(space, output_directory=Path(folder), **given)


def facade(kind: Callable[..., Any], of: Any, **options: Any) -> Any:
    """Return SMAC in one of its kinds, which is asked and told; it evaluates nothing itself."""

    def nothing(config: Any, seed: int = 0, budget: float = 1.0) -> float:  # noqa: ARG001  SMAC looks at the names
        return math.nan

    return kind(of, nothing, overwrite=True, logging_level=False, **options)


def outcome(asked: Asked, params: Params, fidelity: float = 1.0) -> Any:
    """Evaluate a candidate; return its outcome as SMAC takes it: a crash has a loss, too, the largest so far.

    SMAC's model takes the logarithm of what a loss is above the least, so that one far larger moves all others alike.
    """
    loss = asked.finite_loss(params, fidelity)
    status = StatusType.CRASHED if asked.failed(params, fidelity) else StatusType.SUCCESS
    return TrialValue(cost=loss, time=0.0, status=status)


def search(objective: Objective, seed: int, kind: Callable[..., Any]) -> None:
    """Ask SMAC for candidates, and tell it their losses, until the budget is spent or it knows no further ones."""
    asked = Asked(objective)
    if objective.remaining < 1:
        return
    with scenario(objective, seed) as described:
        ask_and_tell(asked, described, facade(kind, described))


def ask_and_tell(asked: Asked, described: Any, optimiser: Any, last: int | None = None) -> None:
    """Ask SMAC for candidates, and tell it their losses, the start's first, until it knows no further ones.

    `last` is the largest of SMAC's budgets, which is a whole evaluation; None where all are evaluated in full.
    """
    if asked.start is not None:
        begin = Configuration(described.configspace, to_positions(asked.space, asked.start))
        known = TrialInfo(begin, seed=0, budget=None if last is None else float(last))
        optimiser.tell(known, outcome(asked, asked.start), save=False)
    # Less than an evaluation in full may do for one in part: there, the budget ends the search.
    while last is not None or asked.objective.remaining >= 1:
        try:
            info = optimiser.ask()
        except (StopIteration, ConfigurationSpaceExhaustedException):
            return
        fidelity = 1.0 if last is None else round(info.budget) / last
        params = from_positions(asked.space, dict(info.config))
        optimiser.tell(info, outcome(asked, params, fidelity), save=False)
