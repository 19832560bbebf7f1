"""Side files: the complete trials beside a saved run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from tuners.journal import plain
from tuners.run import Run


def side_file_name() -> str:
    """Return a name for this session's trials that no other session has."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}.trials.jsonl"


def write_trials(runs: Iterable[Run], path: Path) -> None:
    """Write one JSON object a trial, in order, with its cell; NaN as null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for run in runs:
            tests = {incumbent.trial: incumbent.test_score for incumbent in run.incumbents}
            for position, trial in enumerate(run.trials):
                line = {"cell": run.record.cell, "trial": position} | dataclasses.asdict(trial)
                line["status"] = trial.status
                line["incumbent_test_score"] = tests.get(position)
                file.write(json.dumps(plain(line), default=repr) + "\n")
