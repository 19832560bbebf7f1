"""Side files: the complete trials beside a saved run, one JSON object a line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.journal import plain
from tuners.record import Record
from tuners.run import Incumbent, Run
from tuners.trial import Trial


def new_name() -> str:
    """Return a name for this session's trials that no other session has."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}.trials.jsonl"


def write(runs: Iterable[Run], path: Path) -> None:
    """Write one JSON object a trial, in order, with its cell; NaN as null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for run in runs:
            tests = {incumbent.trial: incumbent.test_score for incumbent in run.incumbents}
            for position, trial in enumerate(run.trials):
                line = {"cell": run.record.cell, "trial": position} | trial.as_dict()
                line["status"] = trial.status
                line["incumbent"] = position in tests
                line["incumbent_test_score"] = tests.get(position)
                file.write(json.dumps(plain(line)) + "\n")


def read(path: Path, records: Sequence[Record]) -> dict[str, Run]:
    """Return the runs of records whose trials are in a side file, by cell.

    Raises `TuningError`, in one line, for a file that is damaged or none.
    """
    known = {record.cell: record for record in records}
    trials: dict[str, list[Trial]] = {}
    incumbents: dict[str, list[Incumbent]] = {}
    line_number = 0
    try:
        with path.open(encoding="utf-8") as file:
            for text in file:
                line_number += 1
                line = json.loads(text)
                cell, trial = line["cell"], _trial(line)
                trials.setdefault(cell, []).append(trial)
                if line["trial"] != len(trials[cell]) - 1:
                    raise ValueError  # noqa: TRY301  told below, with the line's number
                if line["incumbent"]:
                    found = Incumbent(line["trial"], trial.score, line["incumbent_test_score"])
                    incumbents.setdefault(cell, []).append(found)
    except OSError as error:
        message = f"trials {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        kind = type(error).__name__
        message = f"trials {path}: expected a saved run's trials, got a damaged line {line_number} ({kind})"
        raise TuningError(message) from None
    return {
        cell: Run(known[cell], tuple(each), tuple(incumbents.get(cell, ())))
        for cell, each in trials.items()
        if cell in known
    }


def of_saved(folder: Path, records: Sequence[Record]) -> list[Run]:
    """Return the runs of a saved run's records, with their trials; `folder` is where it lies.

    Raises `TuningError` if a side file that the records name cannot be read.
    """
    names = dict.fromkeys(record.trials for record in records if record.trials)
    found: dict[str, Run] = {}
    for name in names:
        found |= read(folder / Path(name).name, [record for record in records if record.trials == name])
    return list(found.values())


def _trial(line: Mapping[str, Any]) -> Trial:
    values = {known.name: line[known.name] for known in dataclasses.fields(Trial)}
    scores = tuple(math.nan if score is None else float(score) for score in line["fold_scores"])
    score = math.nan if line["score"] is None else float(line["score"])
    return Trial(**{**values, "params": dict(line["params"]), "fold_scores": scores, "score": score})
