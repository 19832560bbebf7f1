"""The recording of a problem: its table, looked up and added to.

look a candidate up among the rows in memory
else among those that other sessions have added
else evaluate it, shared where that is exact, else plainly, and add its row
"""

from __future__ import annotations

import dataclasses
import glob
import math
import threading
from collections.abc import Callable, Generator, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from tuners.errors import TuningError, failure
from tuners.evaluation.modelled import Modelled, measured
from tuners.evaluation.whole import Whole
from tuners.results.keys import freeze
from tuners.results.landmarks import EQUAL, Landmarks
from tuners.results.params import Params, plain_params
from tuners.results.trial import Trial
from tuners.spaces import candidates, contains
from tuners.store.table import Row, Table, key
from tuners.task.address import address, differences, digest, of_metric
from tuners.task.winner import Told, expected, told, told_of_all
from tuners.text.printable import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.problem import Problem

ADDED_SECONDS = 1.0
"""How much work is added to the file at a time: what a killed session loses."""
MODEL = "seconds"
"""The name of the model of seconds in a table."""
LANDMARKS = "landmarks"
"""The name of a whole table's landmarks in it, for who lists tables."""
BUILT = "built"
"""The name of the seconds in a table that building it took."""
TOLD = {"confusion_matrix": "confusion", "predictions": "predictions", "other_scores": "others"}
"""How the names of what is told of winners begin in a table, by fields of `Told`."""

_recordings: WeakKeyDictionary[Problem, dict[Path, Recording]] = WeakKeyDictionary()


def recording_of(problem: Problem, folder: Path) -> Recording:
    """Return the recording of a problem whose table lies in a folder: one in a process."""
    known = _recordings.setdefault(problem, {})
    if folder not in known:
        known[folder] = Recording(problem, folder)
    return known[folder]


def is_checked(problem: Problem, folder: Path) -> bool:
    """Whether a problem's untuned model is recorded, so that it can be measured; makes no table."""
    return _path(problem, folder, address(problem)).exists() and recording_of(problem, folder).checked


def _path(problem: Problem, folder: Path, of: Mapping[str, Any]) -> Path:
    named = f"{problem.model.name}-{problem.dataset.name}-{problem.seed}-{digest(of)}.sqlite"
    return folder / printable(named).replace("/", "_")


class Recording:
    """A problem's table in memory and on disk."""

    def __init__(self, problem: Problem, folder: Path) -> None:
        """Read what is recorded; raise `TuningError` for a damaged table."""
        self.problem = problem
        self.address = address(problem)
        self.table = Table(_path(problem, folder, self.address))
        self.instead_of = "" if self.table.path.exists() else self._instead_of()
        """What the newest table of the problem depended on, and this new one does not; empty without another one."""
        self.table.create(self.address)
        self.trials: dict[int, Trial] = {}
        """By row number: what was evaluated there, without times."""
        self._rows: dict[str, Row] = {}
        self._by_value: dict[object, Row] = {}
        self._inside: dict[int, bool] = {}
        self.asked = False
        """Whether it was tried to build the table whole."""
        self.fidelities: tuple[float, ...] = ()
        """Those below 1 that the session's methods evaluate candidates at."""
        self.expected: float | None = None
        """Seconds that building it would take, where that was too long."""
        self._landmarks: Landmarks | None = None
        self._noted: dict[str, Any] = {}
        self._last = -1
        self._lock = threading.RLock()
        self.read()

    def _instead_of(self) -> str:
        path = self.table.path
        stem = path.stem.removesuffix(digest(self.address))
        others = path.parent.glob(f"{glob.escape(stem)}{'?' * len(digest({}))}{path.suffix}")
        try:
            newest = max(others, key=lambda each: each.stat().st_mtime, default=None)
            return "" if newest is None else differences(Table(newest).about(), self.address)
        except (OSError, TuningError):
            return ""  # it is damaged or gone, and nobody reads it

    @cached_property
    def whole(self) -> Whole:
        """What evaluates candidates that are not there."""
        return Whole(self.problem)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def find(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Row | None:
        """Look up a candidate by its very values; None where it is not in memory, or must be looked for by text."""
        return self._by_value.get((freeze(params), fidelity))

    def row(self, params: Params, fidelity: float = 1.0) -> Row:
        """Return the row of a candidate, evaluated and added if it is not there."""
        with self._lock:
            named = key(params, fidelity)
            found = self._rows.get(named) if named is not None else None
            if found is None and named is not None:
                self.read()
                found = self._rows.get(named)
            if found is None:
                found = self._kept(self._evaluated(params, fidelity), named)
            return found

    def _evaluated(self, params: Params, fidelity: float) -> Row:
        """Evaluate one candidate; the untuned model is known where its values are recorded by their names."""
        if fidelity != 1:
            return self.whole.plain(params, fidelity)
        same = None if params else self._rows.get(key(self.problem.untuned(self.problem.model.space)) or "")
        return next(self._parts([params]))[0] if same is None else dataclasses.replace(same, number=-1, params=params)

    def inside(self, row: Row) -> bool:
        """Whether a row's candidate lies in the model's space."""
        if row.number not in self._inside:
            self._inside[row.number] = contains(self.problem.model.space, row.params)
        return self._inside[row.number]

    def missing(self, candidates: Sequence[Params]) -> list[Params]:
        """Return the candidates that have no row, and can have one."""
        self.read()
        keys = [(key(params), params) for params in candidates]
        return [params for named, params in keys if named is not None and named not in self._rows]

    def add(self, candidates: Sequence[Params], heard: Callable[[int], bool]) -> bool:
        """Evaluate candidates, and add their rows; return whether all were: `heard`, told how many, may stop it."""
        done, begun = 0, perf_counter()
        rows: list[Row] = []
        try:
            for part in self._parts(candidates):
                rows += [row for row in part if _lasting(row)]
                done += len(part)
                if perf_counter() - begun > ADDED_SECONDS:
                    self.table.add(rows)
                    rows, begun = [], perf_counter()
                if not heard(done):
                    return False
        finally:
            self.table.add(rows)
            self.read()
        return True

    def take(self, rows: Sequence[Row]) -> dict[int, int]:
        """Add rows of another process's table; return their numbers in this one, by those in that one."""
        self.table.add(rows)
        self.read()
        return {row.number: self._rows[key(row.params, row.fidelity) or ""].number for row in rows}

    def took(self, seconds: float) -> None:
        """Note that building the table has taken so long, besides what is noted."""
        self.table.note(BUILT, self.table.about().get(BUILT, 0.0) + seconds)

    def prepare(self) -> None:
        """Measure what the seconds of candidates are modelled from, unless it is known, or none share work.

        To be done while nothing else runs.
        """
        _ended(self.preparing())

    def preparing(self) -> Generator[None]:
        """Prepare, and yield between two fits: problems that are prepared in turn share the machine's moods."""
        if self.shares and self.candidates and self.missing(self.candidates):
            if MODEL not in self.table.about():
                yield from self._measuring(self.candidates)
            self.whole.warm_up()

    @property
    def takes_as_long(self) -> Hashable:
        """What problems have in common whose candidates take as long: all but the rows that their seeds draw."""
        folds = tuple(len(fit) for fit, _ in self.problem.folds)
        return self.problem.model.name, self.problem.dataset.name, self.problem.split.X_train.shape, folds

    @property
    def model(self) -> Modelled | None:
        """What the seconds of candidates that share work follow from; None where that is not measured."""
        known = self.table.about().get(MODEL)
        try:
            return None if known is None else Modelled(**known)
        except TypeError:
            said = f"the model of {MODEL}"
            raise self.table.damaged(said) from None

    def model_as(self, model: Modelled) -> None:
        """Model seconds as those of a problem whose candidates take as long, unless they are modelled."""
        if self.model is None:
            self.table.note(MODEL, dataclasses.asdict(model))

    @property
    def checked(self) -> bool:
        """Whether the untuned model is recorded, so that the problem can be measured."""
        return key({}) in self._rows

    @property
    def shares(self) -> bool:
        """Whether candidates share work, as far as their model's class tells."""
        return bool(self.candidates) and self.whole.size((self.candidates or [{}])[0]) is not None

    @cached_property
    def fingerprint(self) -> str:
        """Of the dataset."""
        return self.problem.dataset.fingerprint()

    @cached_property
    def candidates(self) -> list[Params] | None:
        """The candidates of the model's space; None where they have no end, or are too many to list."""
        return candidates(self.problem.model.space)

    @property
    def wanted(self) -> list[Params] | None:
        """What a whole table holds: the space's candidates, and smaller ones where those come with their growth."""
        every, resource = self.candidates, self.problem.resource
        if not every or not self.fidelities or not resource.parameter or not self.shares:
            return every
        smaller = [resource.share(params, fidelity) for params in every for fidelity in self.fidelities]
        return list({key(params): params for params in (*every, *smaller)}.values())

    def landmarks(self) -> Landmarks:
        """Return where the scores of the space's candidates lie, as far as they are recorded."""
        if self._landmarks is None or not self._landmarks.whole:
            self._landmarks = self._placed()
            if self._landmarks.whole and LANDMARKS not in self.table.about():
                self.table.note(LANDMARKS, dataclasses.asdict(self._landmarks))
        return self._landmarks

    def _placed(self) -> Landmarks:
        default = self.row({})
        known_score = self.trials[default.number].score if default.number >= 0 else math.nan
        untuned = known_score if math.isfinite(known_score) else None
        rows = [self._rows.get(key(params) or "") for params in self.candidates or ()]
        found = [row for row in rows if row is not None]
        about = self.table.about()
        known: dict[str, Any] = {
            "candidates": None if self.candidates is None else len(self.candidates),
            "recorded": len(self._rows) if self.candidates is None else len(found),
            "default": untuned,
            "modelled": MODEL in about,
            "seconds": about.get(BUILT),
        }
        if not found or len(found) < len(rows):
            return Landmarks(**known)
        tests = [row.test_score for row in found if row.test_score is not None]
        known["oracle"] = max(tests, default=None)
        return placed([self.trials[row.number].score for row in found], untuned, known)

    def told(self, row: Row) -> Told:
        """Return what is told of a candidate's refit on the test rows, made when it is first asked for."""
        if row.number < 0:  # it has no place in the table
            return told(self.problem, self.problem.fit(row.params))
        names = {field: f"{begun} {row.number}{self._others(field)}" for field, begun in TOLD.items()}
        if not self._known(names):
            self._noted |= self.table.about()
        if not self._known(names):
            made = told(self.problem, self.problem.fit(row.params))
            for field, name in names.items():
                self._noted[name] = getattr(made, field)
                if self._noted[name] is not None:
                    self.table.note(name, self._noted[name])
        known: dict[str, Any] = {field: self._noted.get(name) for field, name in names.items()}
        return dataclasses.replace(told_of_all(self.problem), **known)

    def _known(self, names: Mapping[str, str]) -> bool:
        return all(names[field] in self._noted for field in expected(self.problem))

    def _others(self, field: str) -> str:
        """Return what tells other metrics of one name apart; empty where there are none."""
        metrics = self.problem.protocol.others if field == "other_scores" else ()
        return f" {digest({each: of_metric(self.problem, each) for each in metrics})}" if metrics else ""

    def _parts(self, candidates: Sequence[Params]) -> Iterator[list[Row]]:
        """Yield the rows of candidates, a part that shares work at a time."""
        modelled = self._modelled(candidates)
        parts = self.whole.together(candidates) if modelled else [[place] for place in range(len(candidates))]
        for part in parts:
            some = [candidates[position] for position in part]
            rows = {} if modelled is None else dict(self.whole.shared(some, modelled))
            left = [params for place, params in enumerate(some) if place not in rows]
            yield [*rows.values(), *map(self.whole.plain, left)]

    def _modelled(self, candidates: Sequence[Params]) -> Modelled | None:
        """Return the model of seconds, measured if it is not known; None where candidates share nothing."""
        size = self.whole.size(candidates[0])
        if size is None:
            return None
        if self.model is None and len(candidates) > 1:  # one alone is measured
            _ended(self._measuring(candidates))
        return self.model

    def _measuring(self, candidates: Sequence[Params]) -> Generator[None]:
        """Measure the model of seconds, and note it, unless every candidate fails, as its row will say."""
        size = self.whole.size(candidates[0])
        assert size is not None
        try:
            model = yield from measured(self.problem, candidates, size)
        except Exception:  # noqa: BLE001  a scorer that fails: plain evaluation says why
            return
        if model is not None:
            self.table.note(MODEL, dataclasses.asdict(model))

    def _kept(self, row: Row, named: str | None) -> Row:
        """Add a row, unless its reason is a limit of this session's, or its values cannot be written."""
        if named is None or not _lasting(row):
            return row
        self.table.add([row])
        self.read()
        return self._rows[named]

    def read(self) -> None:
        """Take in the rows that were added since the last time."""
        with self._lock:
            for row in self.table.rows(self._last):
                self._last = row.number
                self._rows[key(row.params, row.fidelity) or ""] = row
                params = plain_params(row.params)
                if not any(type(value) is float and value == 0 for value in params.values()):  # -0.0 equals 0.0
                    self._by_value[freeze(params), row.fidelity] = row
                trial = Trial.of(
                    params, row.fold_scores, start=0.0, end=0.0, fit_seconds=row.fit_seconds,
                    score_seconds=row.score_seconds, reason=row.reason, fidelity=row.fidelity,
                )  # fmt: skip
                self.trials[row.number] = dataclasses.replace(trial, exact=trial.identity)


def _ended(steps: Generator[None]) -> None:
    """Take all steps."""
    for _ in steps:
        pass


def _lasting(row: Row) -> bool:
    """Whether a row would be the same in any session: it met no limit of this one, nor of the machine just then."""
    said = [*row.reason.split(": "), *row.refused.split(": ")]  # an exception's name may stand behind words of ours
    return all(failure(part) == "failed" for part in said)


def placed(scores: Sequence[float], untuned: float | None, known: Mapping[str, Any]) -> Landmarks:
    """Return the landmarks of a whole space's scores, NaN where a candidate failed; without any, it is not whole."""
    ranked = np.sort(np.where(np.isfinite(scores), scores, -np.inf))[::-1]
    if not np.isfinite(ranked[0]):
        return Landmarks(**known)
    median = float(np.median(ranked))
    return Landmarks(
        **known,
        whole=True,
        optimum=float(ranked[0]),
        ties=int((ranked >= ranked[0] - EQUAL).sum()),
        median=median if math.isfinite(median) else None,
        tenth=_reached_by(ranked, 0.1),
        hundredth=_reached_by(ranked, 0.01),
        default_rank=None if untuned is None else 1 + int((ranked > untuned + EQUAL).sum()),
    )


def _reached_by(ranked: NDArray[np.float64], share: float) -> float | None:
    """Return the score that the best share of the candidates reach, at least one of them."""
    score = float(ranked[max(math.ceil(share * len(ranked)), 1) - 1])
    return score if math.isfinite(score) else None
