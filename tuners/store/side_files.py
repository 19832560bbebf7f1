"""Side files: the complete trials beside a saved run, one JSON object a line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.run import Incumbent, Repeat, Run
from tuners.results.trial import Trial
from tuners.store import codec, files
from tuners.store import trials as on_disk
from tuners.store.agreement import disagreement, require_mean
from tuners.store.rows import RowsLine, Tables, Written, content


@dataclass(frozen=True)
class Place:
    """What a line says besides the fields of its trial: whose it is, and whether it was the best so far."""

    cell: str
    trial: int
    """Its position among the trials of its cell, from 0."""
    incumbent: bool = False
    incumbent_test_score: float | None = None
    repeat: int = 0


@dataclass(frozen=True, kw_only=True)
class RepeatLine(Repeat):
    """A line of a repeat's figures."""

    cell: str
    repeat: int
    cv_score: float | None = None
    test_score: float | None = None


def new_name() -> str:
    """Return a name for this session's trials that no other session has."""
    now = dt.datetime.now(dt.UTC)
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}.trials.jsonl"


def write(runs: Iterable[Run], path: Path) -> None:
    """Write one JSON object a trial, in order, with its cell; NaN as null. The file is written whole, or not at all.

    Of a run with several repeats, or with rows of a table, there is a line a repeat besides; rows are once in the file.
    """
    files.write(_lines(runs), path)


def _lines(runs: Iterable[Run]) -> Iterator[str]:
    rows = Written()
    for run in runs:
        new = rows.new(run)
        if new is not None:
            yield codec.line(content(new))
        for number in range(max(1, len(run.repeats))):
            yield from map(codec.line, _trials(run, number))
        if len(run.repeats) > 1 or any(repeat.rows for repeat in run.repeats):
            for number, repeat in enumerate(run.repeats):
                yield codec.line({"cell": run.record.cell, "repeat": number, **_figures(repeat)})


def _trials(run: Run, number: int) -> Iterator[dict[str, Any]]:
    """Yield the trials of a repeat that are kept as such: the first one's, and those that are in no table."""
    trials = run.repeats[number].trials if number else run.trials
    incumbents = run.repeats[number].incumbents if number else run.incumbents
    tests = {incumbent.trial: incumbent.test_score for incumbent in incumbents}
    for position, trial in enumerate(trials):
        yield {
            "cell": run.record.cell,
            **({"repeat": number} if number else {}),
            "trial": position,
            **on_disk.written(trial),
            "status": trial.status,
            "incumbent": position in tests,
            "incumbent_test_score": tests.get(position),
        }


def _figures(repeat: Repeat) -> dict[str, Any]:
    """Return what a repeat's line says: the fields that have not their defaults."""
    fields = dataclasses.asdict(dataclasses.replace(repeat, trials=()))
    usual = {known.name: known.default for known in dataclasses.fields(Repeat)}
    return {name: value for name, value in fields.items() if value != usual[name]}


class _Contents:
    """What the lines that were read so far say."""

    def __init__(self) -> None:
        self.trials: dict[tuple[str, int], list[Trial]] = {}
        """By cell and repeat."""
        self.incumbents: dict[tuple[str, int], list[Incumbent]] = {}
        self.repeats: dict[str, list[Repeat]] = {}
        self.tables: dict[str, Mapping[int, Trial]] = {}
        """By cell."""
        self._known = Tables()

    def take(self, data: bytes, records: Mapping[str, Record]) -> None:
        """Take in a line; raise `DamagedError`."""
        line = codec.parsed(data)
        # Older versions wrote no checksum.
        if isinstance(line, dict) and "check" in line and not codec.is_whole(data.decode().rstrip("\r\n")):
            message = "it is not as it was written"
            raise codec.DamagedError(message)
        if isinstance(line, dict) and "problem" in line:
            self._known.take(codec.shaped(line, RowsLine))
        elif isinstance(line, dict) and "trial" not in line and "repeat" in line:
            self._repeat(line, records)
        else:
            self._trial(line)

    def _trial(self, line: Mapping[str, Any]) -> None:
        trial, place = on_disk.read(line), codec.shaped(line, Place)
        require_mean(trial)
        key = (place.cell, place.repeat)
        before = self.trials.setdefault(key, [])
        _require_next(place, len(before))
        before.append(trial)
        if place.incumbent:
            found = Incumbent(place.trial, trial.score, place.incumbent_test_score)
            self.incumbents.setdefault(key, []).append(found)

    def _repeat(self, line: Mapping[str, Any], records: Mapping[str, Record]) -> None:
        found = codec.shaped(line, RepeatLine)
        repeats = self.repeats.setdefault(found.cell, [])
        if found.repeat != len(repeats):
            said = f"expected {len(repeats)} of {found.cell}, got {found.repeat}"
            raise codec.damaged(said, "repeat")
        own = {known.name: getattr(found, known.name) for known in dataclasses.fields(Repeat) if known.name != "trials"}
        repeats.append(Repeat(**own, trials=tuple(self.trials.get((found.cell, found.repeat), ())) if repeats else ()))
        if found.rows and found.cell in records:
            self.tables[found.cell] = self._known.of(records[found.cell], found.rows)

    def run(self, record: Record) -> Run:
        """Return the run of a record."""
        key = (record.cell, 0)
        run = Run(record, tuple(self.trials.get(key, ())), tuple(self.incumbents.get(key, ())))
        repeats = self.repeats.get(record.cell)
        if not repeats:
            return run
        return dataclasses.replace(
            run, incumbents=repeats[0].incumbents, repeats=tuple(repeats), table=self.tables.get(record.cell)
        )


def read(path: Path, records: Sequence[Record]) -> dict[str, Run]:
    """Return the runs of records whose trials are in a side file, by cell.

    Raises `TuningError`, in one line, for a file that cannot be read or is damaged, or whose trials are not those of
    the records.
    """
    contents, by_cell = _Contents(), {record.cell: record for record in records}
    number = 0
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):  # noqa: B007  said of the line that is damaged
                contents.take(data, by_cell)
    except OSError as error:
        message = f"trials {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    except codec.DamagedError as error:
        message = f"trials {path}: expected a saved run's trials, got a damaged line {number} ({error})"
        raise TuningError(message) from None
    runs = {}
    for record in by_cell.values():
        run = contents.run(record)
        differs = disagreement(run)
        if differs:
            message = f"trials {path}: {record.cell}: {differs}"
            raise TuningError(message)
        if run.trials or run.repeats:
            runs[record.cell] = run
    return runs


def _require_next(place: Place, position: int) -> None:
    if place.trial != position:
        said = f"expected {position} of {place.cell}, got {place.trial}"
        raise codec.damaged(said, "trial")


def of_saved(folder: Path, records: Sequence[Record]) -> list[Run]:
    """Return the runs of a saved run's records, with their trials; `folder` is where it lies.

    Raises `TuningError` if a side file that the records name cannot be read, or is not theirs.
    """
    names = dict.fromkeys(record.trials for record in records if record.trials)
    found: dict[str, Run] = {}
    for name in names:
        found |= read(folder / Path(name).name, [record for record in records if record.trials == name])
    return list(found.values())
