"""Rows of problems' tables as journals and side files hold them: once a problem, each column coded by its values.

Repeats of recorded runs are lists of row numbers, which these lines give a meaning. A line counts for those after it:
a row number that has another content later, as in a table that was built anew, gets it from there on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.trial import Trial
from tuners.store import trials
from tuners.store.codec import damaged, json_value, line

ABSENT = -1
"""The code of a hyperparameter that a row does not have."""


@dataclass(frozen=True)
class Column:
    """Values, each once, and the position of each row's among them."""

    values: list[Any]
    codes: list[int]


@dataclass(frozen=True)
class RowsLine:
    """Rows of a problem's table."""

    kind: ClassVar = "rows"
    problem: str
    rows: list[int]
    """Their numbers."""
    params: dict[str, Column] = field(default_factory=dict)
    folds: list[Column] = field(default_factory=list)
    """One a fold, of scores."""
    scores: Column = field(default_factory=lambda: Column([], []))
    rest: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By row number: what few rows have besides, such as a reason to fail."""


def content(line: RowsLine) -> dict[str, Any]:
    """Return a line's fields as JSON has them."""
    columns = {"params": {name: vars(column) for name, column in line.params.items()}}
    return vars(line) | columns | {"folds": [vars(column) for column in line.folds], "scores": vars(line.scores)}


def problem_of(record: Record) -> str:
    """Return the name of a run's problem."""
    return f"{record.model}-{record.dataset}-{record.seed}"


class Written:
    """What is in a file already, so that each row is written once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known: dict[str, dict[int, Trial]] = {}

    def new(self, run: Run) -> RowsLine | None:
        """Return a line with those rows of a run's repeats that are not in the file; None if all are."""
        table = run.table
        if table is None:
            return None
        known = self._known.setdefault(problem_of(run.record), {})
        found = {}
        for row in sorted({row for repeat in run.repeats for row in repeat.rows}):
            trial = table[row]
            if row not in known or not (known[row] is trial or same(known[row], trial)):
                found[row] = known[row] = trial
        return coded(problem_of(run.record), found) if found else None


def same(one: Trial, other: Trial) -> bool:
    """Whether two trials have the same content, whatever their times."""
    return (one.identity, one.reason) == (other.identity, other.reason)


def coded(problem: str, rows: Mapping[int, Trial]) -> RowsLine:
    """Return rows as a line; those with scores for other numbers of folds than the first go by themselves."""
    listed = {number: trials.written(trial) for number, trial in rows.items()}
    folds = max((len(fields["fold_scores"]) for fields in listed.values()), default=0)
    rest: dict[str, dict[str, Any]] = {}
    for number, fields in listed.items():
        unusual = {name: fields[name] for name in ("reason", "fidelity", "saved", trials.EXACT) if fields.get(name)}
        if len(fields["fold_scores"]) != folds:
            unusual["fold_scores"] = fields["fold_scores"]
        if unusual:
            rest[str(number)] = unusual
    names = sorted({str(name) for fields in listed.values() for name in fields["params"]})
    every = list(listed.values())
    return RowsLine(
        problem,
        list(rows),
        {name: _column([each["params"].get(name, _NONE) for each in every]) for name in names},
        [_column([(each["fold_scores"] + [None] * folds)[fold] for each in every]) for fold in range(folds)],
        _column([each["score"] for each in every]),
        rest,
    )


class _None:
    """Stands for a hyperparameter that is not there."""


_NONE = _None()
_PLAIN = {str, int, float, bool, type(None)}


def _column(values: Sequence[Any]) -> Column:
    places: dict[str, int] = {}
    found: list[Any] = []
    codes = []
    for value in values:
        if value is _NONE:
            codes.append(ABSENT)
            continue
        # By text: 1, 1.0 and True are equal, as are 0.0 and -0.0.
        key = repr(value) if type(value) in _PLAIN else line({"value": value})
        if key not in places:
            places[key] = len(found)
            found.append(json_value(value))
        codes.append(places[key])
    return Column(found, codes)


class Tables:
    """The rows that were read so far, by problem."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tables: dict[str, dict[int, Trial]] = {}

    def take(self, found: RowsLine) -> None:
        """Take in a line; raise `DamagedError` that names what is wrong with it."""
        rows = dict(_decoded(found))
        known = self._tables.get(found.problem, {})
        if any(row in known and not same(known[row], trial) for row, trial in rows.items()):
            known = dict(known)  # runs that were read before keep the rows as they were
        known.update(rows)
        self._tables[found.problem] = known

    def of(self, record: Record, rows: Iterable[int], at: str = "rows") -> Mapping[int, Trial]:
        """Return the table of a run's problem; raise `DamagedError` if it lacks one of these rows."""
        table = self._tables.get(problem_of(record), {})
        missing = next((row for row in rows if row not in table), None)
        if missing is not None:
            said = f"expected the rows of {problem_of(record)} before it, found no row {missing}"
            raise damaged(said, at)
        return table


def _decoded(found: RowsLine) -> Iterator[tuple[int, Trial]]:
    count = len(found.rows)
    columns = {f"params.{name}": each for name, each in found.params.items()} | {"scores": found.scores}
    columns |= {f"folds[{fold}]": each for fold, each in enumerate(found.folds)}
    for name, column in columns.items():
        least = ABSENT if name.startswith("params.") else 0
        if len(column.codes) != count or not all(least <= code < len(column.values) for code in column.codes):
            said = f"expected a code for each of {count} rows, from 0 to {len(column.values) - 1}"
            raise damaged(said, name)
    if len(set(found.rows)) != count or any(row < 0 for row in found.rows):
        said = "expected distinct numbers from 0"
        raise damaged(said, "rows")
    for place, row in enumerate(found.rows):
        params = {
            name: column.values[column.codes[place]]
            for name, column in found.params.items()
            if column.codes[place] != ABSENT
        }
        fields = {
            "params": params,
            "fold_scores": [column.values[column.codes[place]] for column in found.folds],
            "score": found.scores.values[found.scores.codes[place]],
            **found.rest.get(str(row), {}),
        }
        yield row, trials.read(fields, f"rows[{place}]")
