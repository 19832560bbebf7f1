"""`export --mlflow`: an experiment in MLflow, with a run a cell, and the scores of its trials as metrics by step."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tuners.commands.export import Exported, Target
from tuners.errors import TuningError, one_line, require
from tuners.report.words import counted
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.scorers import read_as, spoken
from tuners.results.trial import Trial
from tuners.text.shown import shown

AT_ONCE = {"metrics": 1_000, "params": 100}
"""The most that one of MLflow's requests takes."""
LONGEST = 6_000
"""Characters of a parameter's value."""
STATUS = {True: "FINISHED", False: "FAILED"}
"""By whether there is a score."""
FIGURES = (
    "regret", "area", "seconds", "evaluation_seconds", "search_seconds", "evaluations", "failed_trials", "peak_memory",
    "memory_growth", "train_rows", "test_rows",
)  # fmt: skip
"""Fields of a record that are metrics under their own names; scores are read as people read them."""
SCORES = ("test_score", "cv_score", "default_test_score")
SETTINGS = (
    "model", "dataset", "tuner", "seed", "metric", "positive", "repeats", "start", "clock", "evaluation", "budget",
    "time_budget", "protocol", "fidelity_resource",
)  # fmt: skip
"""Fields that are parameters, with the winner's hyperparameters beside them."""


def write(exported: Exported, where: str) -> str:
    """Make an experiment; return how many runs. Raises `TuningError` for a store that has one of the name already."""
    require("mlflow", extra="mlflow")
    from mlflow.tracking import MlflowClient  # noqa: PLC0415  an extra's, of seconds

    logging.getLogger("mlflow").setLevel(logging.WARNING)  # it tells of each table that it makes
    try:
        with warnings.catch_warnings(action="ignore"):  # its libraries warn of each other, which no user can mend
            return _written(MlflowClient(where), exported, where)
    except TuningError:
        raise
    except Exception as error:  # noqa: BLE001  MLflow, SQLAlchemy and HTTP raise many kinds
        message = f"--mlflow: expected a store that takes the runs, as sqlite:///mlflow.db does, got {where!r}: "
        raise TuningError(message + one_line(error)) from None


def _written(client: Any, exported: Exported, where: str) -> str:
    store = _Store(client, exported, where)
    for run in exported.cells:
        store.add(run)
    return f"experiment {exported.name!r}, {counted(store.count, 'run')} in {where}"


class _Store:
    """The experiment, and what was put into it."""

    def __init__(self, client: Any, exported: Exported, where: str) -> None:
        self._client = client
        self._exported = exported
        if client.get_experiment_by_name(exported.name) is not None:
            message = (
                f"--mlflow: expected a store without an experiment {exported.name!r}, got {where}, which has one: "
            )
            message += "choose another --name"
            raise TuningError(message)
        saved = exported.saved
        began = dt.datetime.fromisoformat(saved.date) if saved.date else dt.datetime.now(dt.UTC)
        self._began = int(began.timestamp() * 1000)
        self._experiment = client.create_experiment(exported.name)
        self.count = 0

    def add(self, run: Run) -> None:
        """Add a cell, and each of its repeats' trials."""
        record = run.record
        for number in self._exported.numbers(run):
            trials = run.trials_of(number) if run.trials or run.repeats else ()
            end = max((trial.end for trial in trials), default=record.seconds or 0.0)
            name = record.cell + (f", repeat {number + 1}" if number else "")
            with self._run(name, self._tags(record), 0.0, end, ok=record.ok) as identity:
                self._log(identity, _params(record), _figures(record) if not number else {}, end)
                self._history(identity, trials, record.metric)
                if self._exported.trials:
                    for position, trial in enumerate(trials):
                        self._trial(identity, position, trial, record)

    def _trial(self, parent: str, position: int, trial: Trial, record: Record) -> None:
        tags = {"mlflow.parentRunId": parent, **({"tuning.reason": trial.reason} if trial.reason else {})}
        name = f"{record.cell}: trial {position}"
        with self._run(name, tags, trial.start, trial.end, ok=trial.ok) as identity:
            figures = {"score": read_as(record.metric, trial.score), "fidelity": trial.fidelity}
            figures |= {"fit_seconds": trial.fit_seconds, "score_seconds": trial.score_seconds}
            self._log(identity, trial.params, figures, trial.end)

    def _tags(self, record: Record) -> dict[str, str]:
        saved = self._exported.saved
        commit = str(saved.commit.get("id") or "")
        tags = {"tuning.saved_run": saved.name, "tuning.cell": record.cell, "tuning.status": record.status,
                "tuning.reason": record.reason, "tuning.trials_sha256": record.trials_sha256,
                "mlflow.source.git.commit": commit}  # fmt: skip
        return {name: value for name, value in tags.items() if value}

    @contextlib.contextmanager
    def _run(self, name: str, tags: Mapping[str, str], start: float, end: float, *, ok: bool) -> Iterator[str]:
        """Make a run, and end it; times are seconds of the saved run's clock."""
        made = self._client.create_run(self._experiment, self._at(start), dict(tags), name)
        self.count += 1
        yield made.info.run_id
        self._client.set_terminated(made.info.run_id, STATUS[ok], self._at(end))

    def _at(self, seconds: float) -> int:
        return self._began + round(seconds * 1000)

    def _log(self, identity: str, params: Mapping[str, Any], figures: Mapping[str, float | None], at: float) -> None:
        from mlflow.entities import Metric, Param  # noqa: PLC0415  an extra's

        metrics = [
            Metric(_key(name), float(value), self._at(at), 0)
            for name, value in figures.items()
            if value is not None and math.isfinite(value)
        ]
        self._send(identity, metrics=metrics)
        self._send(identity, params=[Param(_key(name), _value(value)) for name, value in params.items()])

    def _history(self, identity: str, trials: Sequence[Trial], metric: str) -> None:
        """Log each trial's score at its position, and the best so far of those in full."""
        from mlflow.entities import Metric  # noqa: PLC0415  an extra's

        found, best = [], -math.inf
        for step, trial in enumerate(trials):
            if trial.ok:
                found.append(Metric("trial.score", read_as(metric, trial.score), self._at(trial.end), step))
            if trial.can_win and trial.score > best:
                best = trial.score
                found.append(Metric("incumbent.score", read_as(metric, best), self._at(trial.end), step))
        self._send(identity, metrics=found)

    def _send(self, identity: str, **entities: Sequence[Any]) -> None:
        for kind, listed in entities.items():
            most = AT_ONCE[kind]
            for first in range(0, len(listed), most):
                self._client.log_batch(identity, **{kind: list(listed[first : first + most])})


def _figures(record: Record) -> dict[str, float | None]:
    scores = {name: getattr(record, name) for name in SCORES}
    turned = {name: None if value is None else read_as(record.metric, value) for name, value in scores.items()}
    others = {
        f"test {spoken(name)}": None if value is None else read_as(name, value)
        for name, value in (record.other_scores or {}).items()
    }
    return {**turned, **{name: getattr(record, name) for name in FIGURES}, **others}


def _params(record: Record) -> dict[str, Any]:
    settings = {name: getattr(record, name) for name in SETTINGS}
    known = {name: value for name, value in settings.items() if value not in (None, "")}
    return known | {f"best.{name}": value for name, value in record.best_params.items()}


def _key(name: str) -> str:
    """Return a name as MLflow takes it: letters, digits and a few signs."""
    return re.sub(r"[^\w .:/-]+", "_", name)[:250]


def _value(value: Any) -> str:
    return (value if isinstance(value, str) else shown(value))[:LONGEST]


TARGET = Target(
    "URI",
    "an experiment with a run a cell in MLflow's tracking store: sqlite:///mlflow.db, or a server's address",
    write,
)
