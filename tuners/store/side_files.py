"""Side files: the complete trials beside a saved run, one JSON object a line."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial
from tuners.store import codec, files
from tuners.store import trials as on_disk
from tuners.store.agreement import disagreement, require_mean


@dataclass(frozen=True)
class Place:
    """What a line says besides the fields of its trial: whose it is, and whether it was the best so far."""

    cell: str
    trial: int
    """Its position among the trials of its cell, from 0."""
    incumbent: bool = False
    incumbent_test_score: float | None = None


def new_name() -> str:
    """Return a name for this session's trials that no other session has."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}.trials.jsonl"


def write(runs: Iterable[Run], path: Path) -> None:
    """Write one JSON object a trial, in order, with its cell; NaN as null. The file is written whole, or not at all."""
    files.write((text for run in runs for text in _lines(run)), path)


def _lines(run: Run) -> Iterator[str]:
    tests = {incumbent.trial: incumbent.test_score for incumbent in run.incumbents}
    for position, trial in enumerate(run.trials):
        yield codec.line(
            {
                "cell": run.record.cell,
                "trial": position,
                **on_disk.written(trial),
                "status": trial.status,
                "incumbent": position in tests,
                "incumbent_test_score": tests.get(position),
            }
        )


def read(path: Path, records: Sequence[Record]) -> dict[str, Run]:
    """Return the runs of records whose trials are in a side file, by cell.

    Raises `TuningError`, in one line, for a file that cannot be read or is damaged, or whose trials are not those of
    the records.
    """
    trials: dict[str, list[Trial]] = {}
    incumbents: dict[str, list[Incumbent]] = {}
    number = 0
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):  # noqa: B007  said of the line that is damaged
                place, trial = _line(data)
                require_mean(trial)
                before = trials.setdefault(place.cell, [])
                _require_next(place, len(before))
                before.append(trial)
                if place.incumbent:
                    found = Incumbent(place.trial, trial.score, place.incumbent_test_score)
                    incumbents.setdefault(place.cell, []).append(found)
    except OSError as error:
        message = f"trials {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    except codec.DamagedError as error:
        message = f"trials {path}: expected a saved run's trials, got a damaged line {number} ({error})"
        raise TuningError(message) from None
    runs = {}
    for record in {record.cell: record for record in records}.values():
        run = Run(record, tuple(trials.get(record.cell, ())), tuple(incumbents.get(record.cell, ())))
        differs = disagreement(record, run.trials, run.incumbents)
        if differs:
            message = f"trials {path}: {record.cell}: {differs}"
            raise TuningError(message)
        if run.trials:
            runs[record.cell] = run
    return runs


def _require_next(place: Place, position: int) -> None:
    if place.trial != position:
        said = f"expected {position} of {place.cell}, got {place.trial}"
        raise codec.damaged(said, "trial")


def _line(data: bytes) -> tuple[Place, Trial]:
    content = codec.parsed(data)
    trial, place = on_disk.read(content), codec.shaped(content, Place)
    # Older versions wrote no checksum.
    if "check" in content and not codec.is_whole(data.decode().rstrip("\r\n")):
        message = "it is not as it was written"
        raise codec.DamagedError(message)
    return place, trial


def of_saved(folder: Path, records: Sequence[Record]) -> list[Run]:
    """Return the runs of a saved run's records, with their trials; `folder` is where it lies.

    Raises `TuningError` if a side file that the records name cannot be read, or is not theirs.
    """
    names = dict.fromkeys(record.trials for record in records if record.trials)
    found: dict[str, Run] = {}
    for name in names:
        found |= read(folder / Path(name).name, [record for record in records if record.trials == name])
    return list(found.values())
