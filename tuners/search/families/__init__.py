"""The families of models whose candidates have work in common. A module here is one way of sharing.

A family says which candidates one growth serves (`plan`) and grows it (`fitted`). It yields
estimators that predict, bit for bit, as scikit-learn's own fit of each candidate would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from tuners.search.anatomy import Params
from tuners.search.families.kept import of_fold


@dataclass(frozen=True)
class Plan:
    """What a candidate needs grown, hashable. Equal plans mean the same fitted model."""

    group: Any
    """Equal for candidates that one growth serves."""
    detail: Any
    """What tells them apart, besides their size."""
    size: int
    """How far to grow: trees, iterations, epochs or neighbours."""


@dataclass
class Rows:
    """The rows of one fold, as the model sees them (after the preprocessing)."""

    X_train: Any
    y_train: Any
    X_asked: Any
    """Rows to predict: those of the fold's validation part."""
    X_asked_train: Any = None
    """The training rows, where training scores are asked for."""
    remember: bool = False
    """Whether later candidates will ask for the same rows."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What a family keeps of these rows."""
    key: str = field(default_factory=lambda: uuid4().hex)
    """By which another process that gets them again finds what it has kept of them."""

    def __getstate__(self) -> dict[str, Any]:
        """Leave the memory behind: it is this process's."""
        return {name: value for name, value in self.__dict__.items() if name != "memory"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Find the memory that this process has of them."""
        self.__dict__.update(state)
        self.memory = of_fold(self.key)


class Fitted(Protocol):
    """How a family grows models."""

    def __call__(
        self, members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
    ) -> Iterator[tuple[list[Plan], Any]]:
        """Yield estimators as if fitted, each with all the plans that it is the model of.

        `members` are distinct plans of one group, each with an unfitted estimator of its parameters, which other
        folds have, too: fit a clone. Every plan is yielded once. Call `check` now and then: it raises when the
        search is over.
        """
        ...


@dataclass(frozen=True)
class Family:
    """A way of sharing: each module of this package ends in one."""

    size: Callable[[type], str | None]
    """The parameter that says how far a kind of model grows; empty where its candidates share without growing, None for
    models of other families."""
    plan: Callable[[type, Params, int, int], Plan | None]
    """`plan(model, params, rows, features)`: what a candidate needs; None where exactness cannot be promised.

    `rows` and `features` are the training part's. It refuses whatever is not known to be valid:
    scikit-learn says what is wrong with it.
    """
    fitted: Fitted
    threads: bool
    """Whether threads serve, since most of the work releases the interpreter's lock; else processes."""
    alone: bool
    """Whether a single candidate is worth it, too."""
    answers: bool = False
    """Whether its estimators know what they predict, so that asking one of them costs nothing."""
    variants: tuple[Params, ...] = field(default=(), compare=False)
    """Parameters of the candidates that the self-check compares; models that grow have theirs there."""


def seeded(params: Params) -> bool:
    """Whether the model's random numbers are those of an integer seed."""
    state = params.get("random_state")
    return isinstance(state, int) and not isinstance(state, bool)
