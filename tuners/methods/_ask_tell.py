"""A tuner of any object that can be asked for candidates and told how they did."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import TuningError
from tuners.methods._asked import Asked
from tuners.spaces import Params
from tuners.spaces.unit import from_unit

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

    from tuners.objective import Objective, Tuner

Make = Callable[["Objective", int], Any]


def ask_tell(
    make: Make | None = None,
    /,
    *,
    params: Callable[[Any], Any] | None = None,
    told: Callable[[Any, float], Any] | None = None,
    fidelity: Callable[[Any], float] | None = None,
) -> Any:
    """Return a tuner of a function that makes an optimiser: a decorator, under `@tuners.tuner`.

    `make(objective, seed)` returns an object with `ask()` and `tell(asked, loss)`, which is asked and told until the
    budget is spent. A loss is a score negated, smaller being better; a failed candidate has the largest so far, or
    1e30 before any has succeeded.

    `params(asked)` are the hyperparameters of what it has asked for, where that is not them already: a mapping, or a
    point of the unit cube, an array of shape (hyperparameters,), which is read in the order of `objective.space`.
    Inactive hyperparameters are left out of that point. `told(asked, loss)` is what it is told in place of a loss, and
    `fidelity(asked)`, above 0 and up to 1, at what fidelity it wants the candidate evaluated. The start comes
    first, a candidate is evaluated once, and NumPy's and Python's global generators are as before afterwards.

    Raises `TuningError` for an object that cannot be asked or told, and for a candidate that is neither of the two.
    """
    if make is None:
        return functools.partial(ask_tell, params=params, told=told, fidelity=fidelity)
    return _tuner(make, params or _same, told or _loss, fidelity or _in_full)


def _tuner(
    make: Make,
    params: Callable[[Any], Any],
    told: Callable[[Any, float], Any],
    fidelity: Callable[[Any], float],
) -> Tuner:
    @functools.wraps(make)
    def tune(objective: Objective, seed: int) -> None:
        asked = Asked(objective)
        with _generators_kept():
            optimiser = make(objective, seed)
            for action in ("ask", "tell"):
                if not callable(getattr(optimiser, action, None)):
                    kind = type(optimiser).__name__
                    message = (
                        f"{make.__name__}: expected to return an object with ask() and tell(asked, loss), got {kind}"
                    )
                    raise TuningError(message)
            while True:  # the budget ends it
                candidate = optimiser.ask()
                loss = asked.finite_loss(_params(asked.space, params(candidate), make.__name__), fidelity(candidate))
                optimiser.tell(candidate, told(candidate, loss))

    return tune


def _params(space: ConfigurationSpace, point: Any, name: str) -> Params:
    if isinstance(point, Mapping):
        return dict(point)
    if np.shape(point) == (len(space),):
        return from_unit(space, point)
    message = (
        f"{name}: expected hyperparameters by name, or {len(space)} numbers between 0 and 1, got a "
        f"{type(point).__name__} of shape {np.shape(point)}: say by params=... how to read it"
    )
    raise TuningError(message)


def _same(asked: Any) -> Any:
    return asked


def _in_full(_: Any) -> float:
    return 1.0


def _loss(_: Any, loss: float) -> float:
    return loss


@contextmanager
def _generators_kept() -> Iterator[None]:
    """Leave the global generators as they are, whatever a library draws from them."""
    numpys, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002  kept, not drawn from
    try:
        yield
    finally:
        np.random.set_state(numpys)  # noqa: NPY002  as above
        random.setstate(pythons)
