"""Side files: the complete trials beside a saved run, one JSON object a line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial
from tuners.store import codec, files, lines


def new_name() -> str:
    """Return a name for this session's trials that no other session has."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}.trials.jsonl"


def write(runs: Iterable[Run], path: Path) -> None:
    """Write one JSON object a trial, in order, with its cell; NaN as null. The file is whole, or there is none."""
    files.write((text for run in runs for text in _lines(run)), path)


def _lines(run: Run) -> Iterator[str]:
    tests = {incumbent.trial: incumbent.test_score for incumbent in run.incumbents}
    for position, trial in enumerate(run.trials):
        yield codec.line(
            {
                "cell": run.record.cell,
                "trial": position,
                **lines.written(trial),
                "status": trial.status,
                "incumbent": position in tests,
                "incumbent_test_score": tests.get(position),
            }
        )


def read(path: Path, records: Sequence[Record]) -> dict[str, Run]:
    """Return the runs of records whose trials are in a side file, by cell.

    Raises `TuningError`, in one line, for a file that is damaged or none, or whose trials are not those of the records.
    """
    trials: dict[str, list[Trial]] = {}
    incumbents: dict[str, list[Incumbent]] = {}
    number = 0
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):  # noqa: B007  said of the line that is damaged
                form = _line(data)
                made = trials.setdefault(form.cell, [])
                made.append(lines.trial(form))
                lines.require_mean(made[-1])
                _require_next(form, len(made) - 1)
                if form.incumbent:
                    found = Incumbent(form.trial, made[-1].score, form.incumbent_test_score)
                    incumbents.setdefault(form.cell, []).append(found)
    except OSError as error:
        message = f"trials {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    except codec.DamagedError as error:
        message = f"trials {path}: expected a saved run's trials, got a damaged line {number} ({error})"
        raise TuningError(message) from None
    runs = {}
    for record in {record.cell: record for record in records}.values():
        run = Run(record, tuple(trials.get(record.cell, ())), tuple(incumbents.get(record.cell, ())))
        differs = lines.disagreement(record, run.trials, run.incumbents)
        if differs:
            message = f"trials {path}: {record.cell}: {differs}"
            raise TuningError(message)
        if run.trials:
            runs[record.cell] = run
    return runs


def _require_next(form: lines.SideLine, position: int) -> None:
    if form.trial != position:
        said = f"expected {position} of {form.cell}, got {form.trial}"
        raise codec.damaged(said, "trial")


def _line(data: bytes) -> lines.SideLine:
    content = codec.parsed(data)
    form = codec.shaped(content, lines.SideLine)
    # Older versions wrote no checksum.
    if "check" in content and not codec.is_whole(data.decode().rstrip("\r\n")):
        message = "it is not as it was written"
        raise codec.DamagedError(message)
    return form


def of_saved(folder: Path, records: Sequence[Record]) -> list[Run]:
    """Return the runs of a saved run's records, with their trials; `folder` is where it lies.

    Raises `TuningError` if a side file that the records name cannot be read, or is not theirs.
    """
    names = dict.fromkeys(record.trials for record in records if record.trials)
    found: dict[str, Run] = {}
    for name in names:
        found |= read(folder / Path(name).name, [record for record in records if record.trials == name])
    return list(found.values())
