"""`export --optuna`: a study a cell in Optuna's storage, which optuna-dashboard opens."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tuners.commands.export import Exported, Target
from tuners.commands.export._distributions import distributions, divided
from tuners.errors import TuningError, one_line, require
from tuners.report.words import counted
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.scorers import is_loss, read_as
from tuners.results.trial import Trial

TOLD = (
    "test_score", "cv_score", "default_test_score", "regret", "seconds", "evaluations", "status", "reason", "clock",
    "trials_sha256",
)  # fmt: skip
"""Fields of a record that its study has as attributes."""


def write(exported: Exported, where: str) -> str:
    """Make a study of each cell; return how many. Raises `TuningError` for a storage that has one of these already."""
    require("optuna", extra="optuna")
    import optuna  # noqa: PLC0415  an extra's

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = _storage(where)
    planned = [(f"{exported.name}: {_name(run, number)}", run, number) for run in exported.cells
               for number in exported.numbers(run)]  # fmt: skip
    there = set(optuna.get_all_study_names(storage))
    twice = next((name for name, *_ in planned if name in there), None)
    if twice is not None:
        message = f"--optuna: expected a storage without a study {twice!r}, got {where}, which has one: "
        message += "choose another --name, or another storage"
        raise TuningError(message)
    trials = 0
    for name, run, number in planned:
        record, tried = run.record, run.trials_of(number) if run.trials or run.repeats else ()
        study = optuna.create_study(
            storage=storage, study_name=name, direction="minimize" if is_loss(record.metric) else "maximize"
        )
        for key, value in _attributes(record, exported).items():
            study.set_user_attr(key, value)
        study.add_trials(_trials(tried, record, exported))
        trials += len(tried)
    return f"{_counted(len(planned), trials)} in {where}"


def _counted(studies: int, trials: int) -> str:
    return f"{studies} {'study' if studies == 1 else 'studies'}, {counted(trials, 'trial')}"


def _storage(where: str) -> Any:
    """Return a database's storage for a URL, else that of a journal file."""
    import optuna  # noqa: PLC0415  an extra's

    try:
        if "://" in where:
            return optuna.storages.RDBStorage(where)
        backend = optuna.storages.journal.JournalFileBackend(where)
        return optuna.storages.JournalStorage(backend)
    except Exception as error:  # noqa: BLE001  SQLAlchemy and drivers raise many kinds
        message = f"--optuna: expected a URL such as sqlite:///trials.db, or a path, got {where!r}: {one_line(error)}"
        raise TuningError(message) from None


def _name(run: Run, number: int) -> str:
    return run.record.cell + (f", repeat {number + 1}" if number else "")


def _attributes(record: Record, exported: Exported) -> Mapping[str, Any]:
    told = {name: getattr(record, name) for name in TOLD}
    commit = exported.saved.commit.get("id")
    whence = {"metric": record.metric, "saved_run": exported.saved.name, "commit": commit}
    return {name: value for name, value in (whence | told).items() if value not in (None, "")}


def _trials(tried: Sequence[Trial], record: Record, exported: Exported) -> list[Any]:
    known = distributions(exported.space(record), (trial.params for trial in tried))
    began = dt.datetime.fromisoformat(exported.saved.date) if exported.saved.date else dt.datetime.now(dt.UTC)
    # Optuna's times have no zone: those of the machine that looks at them.
    began = began.astimezone().replace(tzinfo=None)
    return [_trial(number, trial, record, known, began) for number, trial in enumerate(tried)]


def _trial(number: int, trial: Trial, record: Record, known: Mapping[str, Any], began: dt.datetime) -> Any:
    """Return a trial of Optuna's: failed ones as failed; those in part as pruned, at the share that they had."""
    from optuna.trial import FrozenTrial, TrialState  # noqa: PLC0415  an extra's

    params, outside = divided(trial.params, known)
    value = read_as(record.metric, trial.score) if trial.ok else None
    state = TrialState.FAIL if not trial.ok else TrialState.COMPLETE if trial.fidelity == 1 else TrialState.PRUNED
    attributes = {
        "fold_scores": json.dumps([repr(score) for score in trial.fold_scores]),
        "fit_seconds": trial.fit_seconds,
        "fidelity": trial.fidelity,
        **({"reason": trial.reason} if trial.reason else {}),
        **({"outside the space": outside} if outside else {}),
    }
    return FrozenTrial(
        number=number,
        trial_id=number,
        state=state,
        value=value if state is TrialState.COMPLETE else None,
        datetime_start=began + dt.timedelta(seconds=trial.start),
        datetime_complete=began + dt.timedelta(seconds=trial.end),
        params=params,
        distributions={name: known[name] for name in params},
        user_attrs=attributes,
        system_attrs={},
        # Of an evaluation in part: the share in percent, since Optuna's steps are whole numbers.
        intermediate_values={round(100 * trial.fidelity): value} if state is TrialState.PRUNED else {},
    )


TARGET = Target(
    "URL", "a study a cell in Optuna's storage: sqlite:///trials.db, or the path of a journal, trials.log", write
)
