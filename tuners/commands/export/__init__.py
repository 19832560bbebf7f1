"""`export`: a saved run's cells and trials put into another tool's store; a tool a module, its `TARGET`.

A command, not a format of the report: a store is no file that is written at once, trials need the spaces of the models,
which reports do not know, and any saved run can be exported when somebody wants to look at it.
"""

from __future__ import annotations

import argparse
import fnmatch
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from tuners.commands import Command
from tuners.commands._shared import NAMES, completes_run, runs, session, storage_option
from tuners.commands._tests import load, tests_option
from tuners.errors import TuningError
from tuners.plan import Plan, loaded
from tuners.registry import Registry
from tuners.report.words import counted
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.tasks import TASKS, Task
from tuners.store import saved_folder
from tuners.store.saved import SavedRun
from tuners.text.printable import printable

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


@dataclass(frozen=True)
class Exported:
    """What is exported."""

    name: str
    """Of the experiment, and how studies' names begin."""
    saved: SavedRun
    cells: tuple[Run, ...]
    """Those that were asked for; without trials where there are none."""
    repeats: bool
    """Whether further repeats are exported, too, not the first of each cell alone."""
    trials: bool
    """Whether each trial becomes a run of its own, where the tool keeps its scores otherwise, too."""

    @cached_property
    def _plan(self) -> Plan:
        options = (self.saved.content.get("tuning") or {}).get("options") or {}
        return Plan({key: options[key] for key in ("preset",) if key in options})

    def space(self, record: Record) -> ConfigurationSpace | None:
        """Return the space that a cell's method searched; None where its model is not known here."""
        task = cast("Task", record.task or TASKS[0])
        return loaded(lambda: self._plan.model(record.model).for_task(task).space_for(record.tuner))

    def numbers(self, run: Run) -> range:
        """Return which repeats of a cell are exported, from 0."""
        return range(len(run.repeats) if self.repeats and run.repeats else 1)


@dataclass(frozen=True)
class Target:
    """A tool. Its name is that of its module, and of its option."""

    metavar: str
    help: str
    write: Callable[[Exported, str], str]
    """Puts what is exported into the store at an address; returns what was written, in words."""


TARGETS: Registry[Target] = Registry("tool", __name__, "TARGET")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the run, the tool, and what of the run."""
    completes_run(parser.add_argument("saved", metavar="RUN", help=f"a saved run: {NAMES}"))
    where = parser.add_mutually_exclusive_group(required=True)
    for name in TARGETS:
        target = TARGETS.load(name)
        where.add_argument(f"--{name}", metavar=target.metavar, help=target.help)
    parser.add_argument("--name", help="of the experiment, and the beginning of studies' names; the saved run's own")
    parser.add_argument("--cells", metavar="PATTERN", default="*", help="these alone, as in 'forest-*-optuna-*'")
    parser.add_argument("--repeats", action="store_true", help="also each cell's repeats beyond the first")
    parser.add_argument("--trials", action="store_true", help="mlflow: each trial as a run below its cell's, too")
    tests_option(parser)
    storage_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Export, and say what was written."""
    load(chosen.tests)
    saved = saved_folder.find(chosen.storage, chosen.saved)
    session(saved)
    known = {each.record.cell: each for each in runs(saved)[0]}
    cells = [known.get(record.cell, Run(record, ())) for record in saved.records]
    asked = tuple(each for each in cells if fnmatch.fnmatchcase(each.record.cell, chosen.cells))
    if not asked:
        message = f"--cells: expected a pattern of cells in {saved.name}, got {chosen.cells!r}: they are named as "
        message += f"{cells[0].record.cell!r}"
        raise TuningError(message)
    name = next(name for name in TARGETS if getattr(chosen, name) is not None)
    exported = Exported(chosen.name or saved.name, saved, asked, chosen.repeats, chosen.trials)
    written = TARGETS.load(name).write(exported, getattr(chosen, name))
    print(printable(f"{counted(len(asked), 'cell')} of {saved.name}: {written}", None))
    return 0


COMMAND = Command(
    place=50, help="put a saved run's cells and trials into MLflow, or Optuna's storage", options=options, run=run
)
