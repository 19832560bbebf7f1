"""What a session compares: a preset and the options given beside it."""

from __future__ import annotations

import dataclasses
import itertools
import os
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tuners.catalog import DATASETS, METRICS, MODELS, PRESETS, TUNERS
from tuners.errors import TuningError, UnavailableError, unwinds
from tuners.presets import Preset, Scope
from tuners.registry import Registry
from tuners.results.budget import UNLIMITED, Budget
from tuners.results.cell import OPENML, OPENML_SUITE, Cell, dataset_name, file_and_target, is_elsewhere
from tuners.results.record import BASE, EVALUATIONS
from tuners.results.run import Run
from tuners.results.scorers import ONE_CLASS
from tuners.results.tasks import METRICS as DEFAULTS
from tuners.results.tasks import TASKS, Task
from tuners.store.journal_folder import FOLDER
from tuners.task import paths

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.task.dataset import Dataset
    from tuners.task.model import Model
    from tuners.task.problem import Problem
    from tuners.task.protocol import Protocol

T = TypeVar("T")
ALL = "all"
"""What is given for as many rows as there are."""
PROTOCOL = {"test_size": "test-size", "rows": "rows", "reshuffle": "reshuffle"}
"""By field of a protocol: the option that it has the value of."""
READING = {
    "task": "task", "drop": "drop", "keep": "keep", "na": "na_values", "groups": "groups", "time": "time",
    "weights": "weights", "test-rows": "test", "encoding": "encoding",
}  # fmt: skip
"""By option: the argument of `tuners.read` that it is for a dataset that is a file."""
INCONCLUSIVE = ("pass", "fail")
"""What the gate makes of an inconclusive verdict."""
TABLE_SECONDS = 180.0
"""The longest that building the whole table of a problem may be expected to take, where no option says so."""


@dataclass(frozen=True)
class Job:
    """One run that is to be made, as plain data: any process can make its problem anew, by `Plan(job.options)`.

    What a test has made itself, where the names in `cell` do not say it, comes along as the object that it is.
    """

    options: Mapping[str, Any]
    """The session's, by their names without `--tuning-`."""
    cell: Cell
    problem: Problem | None = None
    """The test's own; None for the one that the cell names."""
    tune: Tuner | None = None
    """The test's own function; None for the method that the cell names."""
    finished: Mapping[int, Run] = field(default_factory=dict)
    """Repeats that an interrupted session has made, by number."""


class Plan:
    """A preset with the given options over it; loads what they name when asked for it."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Merge; raise `TuningError` for an unknown preset. Names are checked by `check`."""
        self.given = given
        self.preset_name: str = given.get("preset", "quick")
        preset: Preset = PRESETS.load(self.preset_name)
        self.preset = preset
        self.tuners: tuple[str, ...] = given.get("tuners", preset.tuners)
        self.models: tuple[str, ...] = given.get("models", preset.models)
        self._unavailable: dict[str, UnavailableError] = {}
        self.datasets: tuple[str, ...] = self._expanded(given.get("datasets", self._of_task(preset)))
        self.seeds: tuple[int, ...] = given.get("seeds", preset.seeds)
        self.time_budget: float | None = given.get("time-budget")
        self.trial_timeout: float | None = given.get("trial-timeout")
        self.memory_limit: int | None = given.get("memory-limit")
        self.isolated: bool = given.get("isolate", False)
        self.resumed: bool = given.get("resume", False)
        self.gates: tuple[str, ...] = given.get("fail", ())
        self.alpha: float | None = given.get("alpha")
        self.evaluation: str = given.get("evaluation", preset.evaluation)
        # Repeats of runs that are looked up use all processors, since that changes no figure.
        self.jobs: int = given.get("jobs", processors() if self.recorded else preset.jobs)
        self.start: str = given.get("start", preset.start)
        self.inconclusive: str = given.get("inconclusive", INCONCLUSIVE[0])
        self.tables: Path = given.get("tables", Path(FOLDER, "tables"))
        """The folder of recorded tables."""
        self.real_on: Problem | None = None
        """The problem on which each method is also run for real, in a recorded session."""
        self.table_limit: float = given.get("table-limit", TABLE_SECONDS)
        self.reports: tuple[Path, ...] = given.get("report", ())
        self.cluster: str | None = given.get("cluster")
        """The address of the Dask scheduler on whose workers cells run; None for this machine."""
        self._adopted: dict[tuple[str, str], Any] = {}
        self._brought: dict[tuple[str, str], Any] = {}
        self.model = cache(self._model)
        self.dataset = cache(self._dataset)
        self.tuner = cache(self._tuner)
        self._problems: dict[tuple[str, str, int], Problem] = {}

    def _expanded(self, datasets: Sequence[str]) -> tuple[str, ...]:
        """Return names with those of a suite's datasets in its place; a suite that cannot be had skips as it is."""
        found: list[str] = []
        for name in datasets:
            if not name.startswith(OPENML_SUITE):
                found.append(name)
                continue
            from tuners.task import openml  # noqa: PLC0415  it loads scikit-learn

            try:
                found += openml.suite(name)
            except UnavailableError as error:
                self._unavailable[name] = error
                found.append(name)
        return tuple(dict.fromkeys(found))

    def _of_task(self, of: Preset | Scope) -> tuple[str, ...]:
        """Return the datasets of a preset, or of its scope, for the task that was asked for; none for no others."""
        return (of.regression_datasets if self.given.get("task") == "regression" else of.datasets) or ()

    @cached_property
    def task(self) -> Task:
        """The session's one task: as given, else that of the first dataset that can be loaded."""
        if "task" in self.given:
            given: Task = self.given["task"]
            return given
        if "datasets" not in self.given and not self._adopted:
            return TASKS[0]
        names = [name for kind, name in self._adopted if kind == "dataset"] or self.datasets
        found = (loaded(lambda: self.dataset(name)) for name in names)  # noqa: B023  called here
        return next((dataset.task for dataset in found if dataset is not None and dataset.task), TASKS[0])

    @cached_property
    def protocol(self) -> Protocol:
        """How the session's problems are measured."""
        metric, *others = self.given.get("metric", DEFAULTS[self.task]).split(",")
        given = {name: self.given[key] for name, key in PROTOCOL.items() if key in self.given}
        if given.get("rows") == ALL:
            given["rows"] = None
        found = dataclasses.replace(
            self.preset.protocol, metric=metric, others=tuple(others), positive=self.given.get("positive"), **given
        )
        return found.validated(self.given["folds"]) if "folds" in self.given else found

    @property
    def metric(self) -> str:
        """The metric that steers, as records have it."""
        return METRICS.recorded(self.protocol.metric)

    @property
    def reading(self) -> dict[str, Any]:
        """What options say of the columns of files, as arguments of `tuners.read`."""
        return {argument: self.given[key] for key, argument in READING.items() if key in self.given}

    @property
    def recorded(self) -> bool:
        """Whether candidates are looked up in the problems' tables."""
        return self.evaluation == "recorded"

    @property
    def limited(self) -> bool:
        """Whether cells run in processes of their own, so that they can be killed at a limit."""
        # The time budget of a run that is looked up is one of its own clock.
        time_budget = None if self.recorded else self.time_budget
        limits = (time_budget, self.trial_timeout, self.memory_limit)
        return self.isolated or (any(limit is not None for limit in limits) and hasattr(os, "fork"))

    def check(self) -> None:
        """Raise `TuningError` for an unknown name, with the nearest known ones."""
        if self.trial_timeout is not None and self.evaluation != EVALUATIONS[0]:
            message = f"--tuning-trial-timeout: expected --tuning-evaluation=plain beside it, got {self.evaluation}, "
            message += "which has no time of one trial: leave one of them out"
            raise TuningError(message)
        if (self.isolated or self.trial_timeout or self.memory_limit) and not hasattr(os, "fork"):
            message = (
                "--tuning-isolate, --tuning-trial-timeout and --tuning-memory-limit: expected a system that forks "
            )
            message += "(Linux, macOS): leave them out"
            raise TuningError(message)
        # Not by the protocol, whose metric depends on data that are not loaded yet.
        if self.given.get("reshuffle", self.preset.protocol.reshuffle) and self.evaluation == "shared":
            message = "--tuning-reshuffle: expected --tuning-evaluation=plain or recorded beside it, got shared: "
            message += "candidates on folds of their own have no work in common: leave one of them out"
            raise TuningError(message)
        for registry, chosen in ((TUNERS, self.tuners), (MODELS, self.models), (DATASETS, self.datasets)):
            for name in chosen:
                if registry is DATASETS:
                    paths.check(name)
                adopted = (registry.kind, name) in self._adopted
                if not (adopted or (registry is DATASETS and is_elsewhere(name))):
                    registry.check(name)
        if not self.datasets:
            message = f"--tuning-task: preset {self.preset_name} has no datasets of {self.task}: name some, "
            message += "--tuning-datasets=A,B, or choose another preset"
            raise TuningError(message)
        listed = [dataset_name(name) for name in self.datasets]
        twice = [name for name in listed if listed.count(name) > 1]
        if twice:
            message = f"--tuning-datasets: two datasets are both listed as {twice[0]!r}: rename a file"
            raise TuningError(message)

    def cells(self, models: Sequence[str] | None = None, datasets: Sequence[str] | None = None) -> list[Cell]:
        """List the cells, all tuners of a problem one after another; arguments replace the choice."""
        chosen = []
        for model in models or self.models:
            scope = self.preset.scopes.get(model, Scope())
            tuners = self.tuners if "tuners" in self.given else scope.tuners or self.tuners
            narrowed = self.datasets if "datasets" in self.given else self._of_task(scope) or self.datasets
            seeds = self.seeds if "seeds" in self.given else scope.seeds or self.seeds
            order = itertools.product(datasets or narrowed, seeds, tuners)
            chosen += [Cell(model, dataset, tuner, seed) for dataset, seed, tuner in order]
        return chosen

    def evaluations(self, model: str, tuner: str) -> int:
        """Return the evaluations that a method may make on a model; with a time budget alone, no end of them."""
        scope = self.preset.scopes.get(model, Scope())
        if "budget" in self.given:
            return int(self.given["budget"])
        if self.time_budget is not None:
            return UNLIMITED
        return scope.budgets.get(tuner, scope.budget or self.preset.budget)

    def repeats(self, model: str, tuner: str) -> int:
        """Return how many runs a cell has, of a method that is not deterministic."""
        if "repeats" in self.given:
            return int(self.given["repeats"])
        return self.preset.scopes.get(model, Scope()).repeats.get(tuner, self.preset.repeats)

    def repeats_of(self, job: Job) -> int:
        """Return how many runs a job has: one of a deterministic method; raise what keeps it from being loaded."""
        if getattr(self.tuner_of(job), "deterministic", False):
            return 1
        return self.repeats(job.cell.model, job.cell.tuner)

    def budget(self, model: str, tuner: str) -> Budget:
        """Return what a method may spend on a model.

        The untuned model is no search: the time of one does not end it, which would leave nothing to compare with.
        """
        if tuner == BASE:
            evaluations = 1 if self.evaluations(model, tuner) >= UNLIMITED else self.evaluations(model, tuner)
            return Budget(evaluations, None, self.trial_timeout, self.memory_limit)
        return Budget(self.evaluations(model, tuner), self.time_budget, self.trial_timeout, self.memory_limit)

    @property
    def backend(self) -> str:
        """The name of what runs the cells, a module of `tuners.execution`."""
        if self.cluster is not None:
            return "clustered"
        return "forked" if self.limited else "here"

    def job(self, tuner: str | Tuner, problem: Problem) -> Job:
        """Return the job of a method, by name or as a function, on a problem."""
        key = next((key for key, known in self._problems.items() if known is problem), None)
        model, dataset, seed = key or (problem.model.name, problem.dataset.name, problem.seed)
        adopted = self._adopted.keys() & {("model", model), ("dataset", dataset)}
        by_name = key is not None and not adopted
        cell = Cell(model, dataset, tuner if isinstance(tuner, str) else tuner.__name__, seed)
        own = self._adopted.get(("tuner", tuner)) if isinstance(tuner, str) else tuner
        return Job(self.given, cell, None if by_name else problem, own)

    def problem(self, model: str, dataset: str, seed: int) -> Problem:
        """Return the problem of these names, made once; raise what keeps it from being loaded."""
        key = (model, dataset, seed)
        if key not in self._problems:
            kind: type[Problem] = pkgutil.resolve_name(self.preset.problem)
            found = self.dataset(dataset)
            assert found.task is not None
            self._problems[key] = kind(self.model(model).for_task(found.task), found, seed, self.protocol)
        return self._problems[key]

    def problem_of(self, job: Job) -> Problem:
        """Return the problem of a job; raise what keeps it from being loaded."""
        if job.problem is not None:
            return job.problem
        return self.problem(job.cell.model, job.cell.dataset, job.cell.seed)

    def fidelities(self, tuners: Iterable[str]) -> tuple[float, ...]:
        """Return the fidelities below 1 that methods say they evaluate candidates at, rising."""
        found: set[float] = set()
        for tuner in tuners:
            with suppress(Exception):  # what keeps it from being loaded is said by its cells
                found |= set(getattr(self.tuner(tuner), "fidelities", ()))
        return tuple(sorted(found))

    def tuner_of(self, job: Job) -> Tuner:
        """Return the method of a job; raise what keeps it from being loaded."""
        return self.tuner(job.cell.tuner) if job.tune is None else job.tune

    def adopt_models(self, models: Sequence[str | Model]) -> list[str]:
        """Take in models given as objects, for this session; return all their names."""
        for model in models:
            if not isinstance(model, str):
                self._adopt(MODELS, model)
        return [model if isinstance(model, str) else model.name for model in models]

    def adopt_datasets(self, datasets: Sequence[str | Dataset]) -> list[str]:
        """Take in datasets given as objects, for this session; return all their names."""
        for dataset in datasets:
            if not isinstance(dataset, str):
                self._adopt(DATASETS, dataset)
        return [dataset if isinstance(dataset, str) else dataset.name for dataset in datasets]

    def adopt_tuners(self, tuners: Sequence[str | Tuner]) -> list[str]:
        """Take in methods given as functions, for this session; return all their names."""
        for tuner in tuners:
            if not isinstance(tuner, str):
                self._adopt(TUNERS, tuner, tuner.__name__, taken=[each for each in tuners if isinstance(each, str)])
        self.tuners = tuple(tuner if isinstance(tuner, str) else tuner.__name__ for tuner in tuners)
        return list(self.tuners)

    def _adopt(self, registry: Registry[Any], member: Any, name: str = "", taken: Sequence[str] | None = None) -> None:
        name = name or member.name
        # A session that compares the package's own cannot have another one of that name beside it.
        registry.check_new(name, taken=self.models if taken is None else taken)
        if self._adopted.setdefault((registry.kind, name), member) is not member:
            message = f"two {registry.kind}s are both named {name!r}: give one another name"
            raise TuningError(message)

    def bring(self, members: Mapping[str, Mapping[str, Any]]) -> None:
        """Take in members by kind and name that another process has loaded: they stand in for those here."""
        self._brought |= {(kind, name): member for kind, of in members.items() for name, member in of.items()}

    def replaced(self, registry: Registry[Any]) -> list[str]:
        """Return the names under which the user's own stand in for members that come along."""
        return [
            *registry.replaced,
            *(name for kind, name in self._adopted if kind == registry.kind and registry.has(name)),
        ]

    def positives(self, cells: Sequence[Cell]) -> list[str]:
        """Return the classes that the metric scores, as `dataset: label`; none for a metric of all classes."""
        found: list[str] = []
        of_one = [metric for metric in self.protocol.metrics if metric in ONE_CLASS]
        if not of_one:
            return found
        for model, dataset in dict.fromkeys((cell.model, cell.dataset) for cell in cells):
            problem = loaded(lambda: self.problem(model, dataset, self.seeds[0]))  # noqa: B023  called here
            positive = None if problem is None else problem.positive_of(of_one[0])
            if positive is not None:
                found.append(f"{dataset_name(dataset)}: {positive}")
        return list(dict.fromkeys(found))

    def notes(self, dataset: str) -> tuple[str, ...]:
        """Return what was decided of a file when it was read; nothing of another dataset, or of one that cannot be."""
        if not is_elsewhere(dataset) and ("dataset", dataset) not in self._adopted:
            return ()
        found = loaded(lambda: self.dataset(dataset))
        return () if found is None else found.notes

    def _tuner(self, name: str) -> Tuner:
        if ("tuner", name) in self._brought:
            brought: Tuner = self._brought["tuner", name]
            return brought
        if ("tuner", name) in self._adopted:
            adopted: Tuner = self._adopted["tuner", name]
            return adopted
        if name in self.preset.replaced_tuners:
            replaced: Tuner = pkgutil.resolve_name(self.preset.replaced_tuners[name])
            return replaced
        return TUNERS.load(name)

    def _model(self, name: str) -> Model:
        if ("model", name) in self._brought:
            brought: Model = self._brought["model", name]
            return brought
        if name in self.preset.replaced_models:
            replaced: Model = pkgutil.resolve_name(self.preset.replaced_models[name])()
            return replaced
        if ("model", name) in self._adopted:
            adopted: Model = self._adopted["model", name]
            return adopted
        return MODELS.load(name)(**self.preset.effort.get(name, {}))

    def _dataset(self, name: str) -> Dataset:
        found = self._loaded(name)
        return found if "task" not in self.given else found.for_task(self.given["task"])

    def _loaded(self, name: str) -> Dataset:
        if ("dataset", name) in self._brought:
            brought: Dataset = self._brought["dataset", name]
            return brought
        its = file_and_target(name)
        if its is not None:
            from tuners.task.reading import read  # noqa: PLC0415  pandas loads when a file is read

            found, positive = read(*its, **self.reading), self.given.get("positive")
            # Of several datasets, those that have the class; what was decided is said of that.
            return read(*its, **self.reading, positive=positive) if positive in found.classes else found
        if ("dataset", name) in self._adopted:
            adopted: Dataset = self._adopted["dataset", name]
            return adopted
        if name in self._unavailable:
            raise self._unavailable[name]
        if name.startswith(OPENML):
            from tuners.task import openml  # noqa: PLC0415  pandas loads when a dataset is read

            roles = {key: value for key, value in self.reading.items() if key not in {"na_values", "encoding"}}
            return self._found(name, lambda: openml.read(name, **roles))
        # The one dataset that is a file of the user's under a name of ours.
        file: Path | None = self.given.get("creditcard") if name == "creditcard" else None
        return self._found(name, lambda: DATASETS.load(name)(file))

    def _found(self, name: str, load: Callable[[], Dataset]) -> Dataset:
        try:
            return load()
        except UnavailableError as error:
            self._unavailable[name] = error  # a network that is not there is not waited for in every cell
            raise


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def loaded(load: Callable[[], T]) -> T | None:
    """Return what a function loads; None for what cannot be loaded, of which its cells speak."""
    try:
        return load()
    except BaseException as error:
        if unwinds(error):
            raise
        return None
