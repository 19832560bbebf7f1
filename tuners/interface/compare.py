"""`tuners.compare`: a comparison of tuning methods in a notebook or a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tuners.comparison.header import header
from tuners.errors import TuningError
from tuners.interface.arguments import options_of
from tuners.interface.bar import Bar
from tuners.interface.comparison import Comparison
from tuners.interface.data import dataset_of, roles_of
from tuners.interface.model import model_of
from tuners.interface.sitting import Sitting
from tuners.plan import Plan

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.results.cell import Cell
    from tuners.spaces import SpaceLike
    from tuners.task.model import Model

    Tuners = str | Iterable[str | Tuner]

OWN = ("model", "X", "y", "tuners", "budget", "seeds", "repeats", "space", "name", "progress")
"""Its own arguments."""


def compare(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    tuners: Tuners | None = None,
    budget: int | None = None,
    seeds: int | Sequence[int] | None = None,
    repeats: int | None = None,
    space: SpaceLike | None = None,
    name: str = "data",
    progress: bool = True,
    **options: Any,
) -> Comparison:
    """Compare tuning methods on one model, or several, and data.

    Parameters
    ----------
    model
        A model's name, a `tuners.Model`, a scikit-learn estimator, or a list of these.
    X, y
        Features of shape (rows, features), an array or a data frame, and the target of shape (rows,); or a frame and
        the name of its target's column; a file's path and the name of its target's column; a `tuners.Dataset`; or the
        name of a dataset that comes along, such as "iris".
    tuners
        Names of tuning methods, or functions of (objective, seed); those of the preset by default.
    budget
        Evaluations of each run.
    seeds
        How many, or these: each divides the rows in another way.
    repeats
        Runs of each cell, with other random numbers of the method's own.
    space
        The hyperparameters to search, of a bare estimator. Where none is given and a model that comes along has an
        estimator of that class, its space is taken, and the notes say so.
    name
        What the data are called in tables.
    progress
        Whether a bar shows how far it is, in a notebook or on a terminal; elsewhere there is none.
    options
        All others of the command line, by their names: `time_budget="10m"` is `--tuning-time-budget=10m`. Roles of rows
        (`groups`, `time`, `weights`, `test_rows`) are arrays, too, where X and y are given apart.

    Every cell is journaled in `.tuning/` when it ends. Ctrl-C ends the comparison with what there is; `resume=True`
    runs the rest. Raises `TuningError`, in one line, for bad input, before anything is measured, and `TypeError` for
    an option that does not exist.
    """
    roles = roles_of(options)
    given = options_of("compare", {**options, "budget": budget, "seeds": seeds, "repeats": repeats}, OWN)
    dataset = dataset_of(X, y, name, given, roles)
    return Comparison(compared(given, model, dataset, tuners, space=space, progress=progress))


def compared(
    given: dict[str, Any],
    models: Any,
    dataset: Any,
    tuners: Tuners | Callable[[Plan, list[str]], Tuners] | None,
    *,
    space: SpaceLike | None = None,
    progress: bool = True,
    printed: bool = False,
    command: str = "tuners.compare(...)",
    timed: Callable[[Plan, Sequence[Cell]], None] = lambda plan, cells: None,  # noqa: ARG005  budgets stay as given
) -> Sitting:
    """Run a comparison by options, parsed and by key; raise `TuningError` for bad input.

    `tuners` may be a function of the plan and of the kinds of its models, by the names of those that come along.
    `timed` is told what will run, before it does. `printed` lets what is said go to standard output, without the notes
    on a file, which an audit has said.
    """
    # What the preset compares otherwise is not in the way of models and data of the same names.
    plan = Plan({**given, "models": (), "datasets": (dataset,) if isinstance(dataset, str) else (dataset.name,)})
    plan.given.pop("models")
    chosen, kinds, notes = _models(plan, models, space)
    names = plan.adopt_models(chosen), plan.adopt_datasets(plan.datasets if isinstance(dataset, str) else [dataset])
    plan.models = tuple(names[0])
    if tuners is not None:
        wanted = tuners(plan, kinds) if callable(tuners) else tuners
        plan.given["tuners"] = tuple(plan.adopt_tuners(_listed(wanted)))
    plan.check()
    cells = plan.cells(*names)
    timed(plan, cells)
    bar = Bar(len(cells), shown=progress, printed=printed)
    sitting = Sitting(plan, cells, bar, command, _own(chosen, dataset))
    for note in notes:
        sitting.messages.note(note)
    for line in [*notes, *header(plan, cells, notes=not printed)]:
        bar.say(line)
    sitting.run(bar.say)
    return sitting


def _models(plan: Plan, given: Any, space: SpaceLike | None) -> tuple[list[str | Model], list[str], list[str]]:
    """Return models, the kind of each, and what is to be said of them."""
    several = list(given) if isinstance(given, list | tuple) else [given]
    if not several:
        message = "model: expected a model, or a list of them, got an empty list"
        raise TuningError(message)
    found = [model_of(plan, each, space) for each in several]
    return [each.model for each in found], [each.kind for each in found], [each.note for each in found if each.note]


def _listed(tuners: Tuners) -> list[str | Tuner]:
    listed: list[str | Tuner] = [*map(str.strip, tuners.split(","))] if isinstance(tuners, str) else list(tuners)
    wrong = [each for each in listed if not isinstance(each, str) and not callable(each)]
    if wrong or not listed:
        came = wrong[0] if wrong else listed
        message = f"tuners: expected names of methods or functions of (objective, seed), got {came!r}"
        raise TuningError(message)
    return listed


def _own(models: Sequence[str | Model], dataset: Any) -> dict[str, str]:
    """Return what a session that is resumed must have in common, of models and data that no file has."""
    found = {f"model {each.name}": f"{each.estimator!r} {each.space!r}" for each in models if not isinstance(each, str)}
    named = {"model": ", ".join(each for each in models if isinstance(each, str))}
    data = dataset if isinstance(dataset, str) else dataset.fingerprint()
    return {**named, **found, "data": data}
