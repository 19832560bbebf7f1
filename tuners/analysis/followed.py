"""The series of a history: one measure of one method, at the commits that compare the same cells in the same way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tuners.analysis import units
from tuners.analysis.change_points import Draw, Matrix, as_wholes, within_rows
from tuners.results.past import Commit, PastCell, PastRun
from tuners.results.scorers import read_as

SHORT = 7
"""Characters of a commit's name that are shown."""
Problem = tuple[str, int]
"""Dataset and seed."""
Cells = Mapping[Problem, PastCell]
"""Of one method in one run."""


@dataclass(frozen=True)
class Measure:
    """What is followed over commits."""

    name: str
    of: Callable[[PastCell], float | None]
    """Its value; None where a cell has none."""
    kind: Callable[[Matrix], tuple[Matrix, Draw]]
    """What may be reordered where nothing has changed."""


def _seconds(cell: PastCell) -> float | None:
    """Return the logarithm of a run's seconds, in units of the reference workload; of a recorded run, its method's own.

    The seconds of recorded evaluations are looked up: no change to a method makes a fit slower.
    """
    found = cell.search_seconds if cell.clock == "recorded" else cell.seconds
    if not found or not cell.reference_seconds or cell.contended or found < 0:
        return None
    return math.log(found / cell.reference_seconds)


MEASURES = (
    Measure("regret", lambda cell: cell.regret, kind=within_rows),
    Measure("score", lambda cell: cell.test_score, kind=within_rows),
    Measure("seconds", _seconds, kind=as_wholes),
)


@dataclass(frozen=True)
class Point:
    """A commit and the runs that were saved at it."""

    commit: Commit
    runs: tuple[PastRun, ...]

    @property
    def label(self) -> str:
        """The commit's short name, with `+` where there were changes beside it; the run's where it has none."""
        return f"{self.commit.id[:SHORT]}{'+' if self.commit.dirty else ''}" if self.commit.id else self.runs[0].name

    @property
    def when(self) -> str:
        """Date of the commit; of the first run where that is not known."""
        return (self.commit.time or self.runs[0].date)[:10]


@dataclass(frozen=True)
class Series:
    """One measure of one method, at the commits that compare."""

    model: str
    tuner: str
    measure: str
    metric: str
    at: tuple[int, ...]
    """Places of the points."""
    values: tuple[float, ...]
    """Mean over datasets, which weigh equally; of seconds the geometric mean. A loss is a positive number."""
    failed: tuple[int, ...]
    """Cells without a score, at each point."""
    cells: int
    """Problems."""
    relative: bool = False
    """Whether values are percent of each problem's mean, since those of several datasets are of no common scale."""
    number: int = 0
    """Of several series of the method that do not compare with one another: which, from 0."""
    processor: str = ""
    """Of seconds: on which they were taken."""


@dataclass(frozen=True)
class Columns:
    """A method's runs that compared the same cells in the same way, by the places of their points."""

    model: str
    tuner: str
    number: int
    runs: Mapping[int, Sequence[tuple[PastRun, Cells]]] = field(repr=False)

    @cached_property
    def problems(self) -> list[Problem]:
        """Of each run."""
        return sorted(next(iter(self.runs.values()))[0][1])

    @cached_property
    def failed(self) -> dict[int, int]:
        """Cells without a score, by place."""
        return {
            place: sum(cell.status != "ok" for _, cells in runs for cell in cells.values())
            for place, runs in self.runs.items()
        }

    @cached_property
    def trials(self) -> dict[int, tuple[str, ...]]:
        """The hashes of the trials of each problem, by place; of several runs those of the last one."""
        return {
            place: tuple(runs[-1][1][problem].trials_sha256 for problem in self.problems)
            for place, runs in self.runs.items()
        }


@dataclass(frozen=True)
class Followed:
    """A series, and what of it is tested."""

    series: Series
    measure: Measure
    searches: Matrix = field(repr=False)
    """A row a problem, weighted, and a column a search: commits whose trials are the same, one by one, are one."""
    firsts: tuple[int, ...] = field(repr=False)
    """Of each search: the place in the series where it begins."""


def compared(points: Sequence[Point]) -> list[Columns]:
    """Return each method's runs, apart where their cells, options or data are others."""
    found: dict[tuple[str, str], dict[object, dict[int, list[tuple[PastRun, Cells]]]]] = {}
    for place, point in enumerate(points):
        for run in point.runs:
            for method, (condition, cells) in _methods(run):
                conditions = found.setdefault(method, {})
                conditions.setdefault(condition, {}).setdefault(place, []).append((run, cells))
    return [
        Columns(*method, number, runs)
        for method, conditions in found.items()
        for number, runs in enumerate(conditions.values())
    ]


def _methods(run: PastRun) -> Iterator[tuple[tuple[str, str], tuple[object, Cells]]]:
    """Yield each method of a run, with what its scores depend on, and its cells."""
    cells: dict[tuple[str, str], dict[Problem, PastCell]] = {}
    options: dict[tuple[str, str], set[object]] = {}
    data: dict[str, set[object]] = {}
    for cell in run.cells:
        if cell.status == "skipped":
            continue
        method = cell.model, cell.tuner
        cells.setdefault(method, {})[cell.dataset, cell.seed] = cell
        if cell.status == "ok":  # one that failed before it began knows nothing of its data
            options.setdefault(method, set()).add(
                (cell.metric, cell.positive, cell.budget, cell.time_budget, cell.start)
            )
            # As `comparison.unlike` has it: words say more than a hash, where they are there.
            known = cell.dataset, cell.dataset_sha256, cell.protocol or cell.setup_sha256
            data.setdefault(cell.model, set()).add(known)
    fixed = {model: frozenset(known) for model, known in data.items()}
    for method, its in cells.items():
        yield method, ((frozenset(its), frozenset(options.get(method, ())), fixed.get(method[0])), its)


def followed(columns: Columns, measure: Measure) -> list[Followed]:
    """Return the series of a measure, if it is known; of seconds, one for each kind of processor and evaluation."""
    apart: dict[tuple[str, ...], dict[int, list[Cells]]] = {}
    for place, runs in columns.runs.items():
        for run, cells in runs:
            one = next(iter(cells.values()))
            kind = (run.processor, one.clock, one.evaluation) if measure.name == "seconds" else ("",)
            apart.setdefault(kind, {}).setdefault(place, []).append(cells)
    found = [_series(columns, measure, kind[0], runs) for kind, runs in apart.items()]
    return [each for each in found if each is not None]


def _series(columns: Columns, measure: Measure, processor: str, runs: Mapping[int, Sequence[Cells]]) -> Followed | None:
    values = np.array([_column(columns.problems, cells, measure) for cells in runs.values()]).T
    known = ~np.isnan(values)
    rows, places = known.any(axis=1), known.any(axis=0)
    if not rows.any():
        return None
    values = values[rows][:, places]
    at = [place for place, there in zip(runs, places, strict=True) if there]
    metric = next((cell.metric for cells in runs.values() for cell in cells[0].values() if cell.metric), "")
    means = np.nanmean(values, axis=1, keepdims=True)
    datasets = [dataset for (dataset, _), there in zip(columns.problems, rows, strict=True) if there]
    relative = measure.name == "score" and _has_no_scale(metric, datasets) and bool((means != 0).all())
    if relative:
        values, means = 100 * (values - means) / abs(means), np.zeros_like(means)
    # A cell that failed here has no part in what changes.
    values = np.where(np.isnan(values), means, values)
    weights = np.array([1 / (len(set(datasets)) * datasets.count(dataset)) for dataset in datasets])
    weighted = values * weights[:, None]
    firsts = [0, *(n for n in range(1, len(at)) if measure.name == "seconds" or not _same(columns, *at[n - 1 : n + 1]))]
    read = [_read(value, measure, metric) for value in weighted.sum(axis=0)]
    failed = [columns.failed[place] for place in at]
    series = Series(
        columns.model, columns.tuner, measure.name, metric, tuple(at), tuple(read), tuple(failed), len(datasets),
        relative, columns.number, processor,
    )  # fmt: skip
    return Followed(series, measure, weighted[:, firsts], tuple(firsts))


def _column(problems: Sequence[Problem], runs: Sequence[Cells], measure: Measure) -> Matrix:
    """Return the value of each problem, the mean over the runs of a commit; NaN where none has one."""
    of = measure.of
    found: Matrix = np.array(
        [[of(cell) if cell.status == "ok" else None for cell in map(cells.__getitem__, problems)] for cells in runs],
        dtype=float,
    )
    if len(found) == 1:
        only: Matrix = found[0]
        return only
    known = ~np.isnan(found)
    sums, counts = np.where(known, found, 0.0).sum(axis=0), known.sum(axis=0)
    means: Matrix = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def _has_no_scale(metric: str, datasets: Sequence[str]) -> bool:
    return len(set(datasets)) > 1 and not units.is_share(metric) and units.has_percentages(metric)


def _same(columns: Columns, before: int, after: int) -> bool:
    """Whether the trials at two places are the same, one by one, in each cell."""
    return columns.trials[before] == columns.trials[after] and any(columns.trials[after])


def _read(value: float, measure: Measure, metric: str) -> float:
    """Return a mean as people read it."""
    if measure.name == "seconds":
        return float(np.exp(value))
    return float(read_as(metric, value)) if measure.name == "score" else float(value)
