"""The record of a run: its figures as flat, plain Python values, as every saved benchmark holds them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tuners.results.landmarks import Landmarks
from tuners.text.printable import printable
from tuners.text.shown import saveable

SCHEMA = 1

EVALUATIONS = ("plain", "shared", "recorded")
"""How candidates are evaluated: each by a fit of its own, with what they have in common done once, or by a table.

Scores, trials and their hash are the same either way; seconds are not.
"""

BASE = "default"
"""The method that evaluates the untuned model, once: what all others are compared with."""

STARTS = ("cold", "default")
"""Where searches begin: each where its method does, or all with the default configuration, charged."""

CLOCKS = ("wall", "recorded")
"""Whose seconds a run has: the wall's, or those recorded of its evaluations and the wall's for the method's own."""

FROM_OUTSIDE = {"model", "dataset", "tuner", "metric", "other_positive", "reason"}
"""Fields that hold names and messages of the user's and of libraries."""

Status = Literal["ok", "failed", "timeout", "memory", "crashed", "skipped"]
"""`timeout` and `memory`: the run was killed at a limit, or all its trials were; `crashed`: its process died."""


@dataclass(frozen=True)
class RealRun:
    """A run that was made for real beside recorded ones, and the same run looked up. Times are seconds."""

    evaluations: int
    wall: float
    """What it took."""
    recorded: float
    """What the recorded clock makes of the same run."""
    alike: bool = True
    """Whether both made the same trials, as one seed should."""


@dataclass(frozen=True)
class Record:
    """One cell of a comparison. Scores: larger is better, losses are negated. Times are seconds, memory bytes."""

    model: str
    dataset: str
    tuner: str
    seed: int
    schema: int = SCHEMA
    task: str = ""
    """One of `TASKS`; empty in files of before, and of a cell that could not begin."""
    metric: str = ""
    positive: str = ""
    """The class that the metric scores; empty for a metric of all classes."""
    status: Status = "ok"
    reason: str = ""
    """Why the status is not ok, in one line."""
    test_score: float | None = None
    """Of the winner, refitted on all training rows. The winner is the best trial."""
    cv_score: float | None = None
    """Of the winner: the mean of its fold scores."""
    repeats: int = 1
    """Runs of the method, of which scores and seconds are means; its other figures are of the shown one, the best."""
    start: str = STARTS[0]
    """Where searches begin; one of `STARTS`."""
    clock: str = CLOCKS[0]
    """Whose seconds they are; one of `CLOCKS`."""
    regret: float | None = None
    """Normalised regret of the winner's cross-validation score; None where the optimum is not known."""
    area: float | None = None
    """Mean normalised regret over the logarithm of the evaluations."""
    landmarks: Landmarks | None = None
    """Where the scores of the problem's candidates lie, as far as they are recorded."""
    real: RealRun | None = None
    """A run of the method that was made for real, on the session's smallest problem."""
    train_rows: int = 0
    test_rows: int = 0
    ties: int = 0
    """Trials with the winner's cross-validation score, its own included."""
    default_test_score: float | None = None
    """Of the untuned model on the same split."""
    evaluations: int = 0
    """Candidates; those evaluated in part count as that share of one, and the sum is rounded up."""
    fidelity_resource: str = ""
    """What a candidate evaluated in part had a share of, such as `trees`; empty where all were evaluated in full."""
    failed_trials: int = 0
    budget: int | None = 0
    """Evaluations; None where the time budget alone ended the search."""
    time_budget: float | None = None
    evaluation: str = EVALUATIONS[0]
    """How candidates were evaluated; one of `EVALUATIONS`."""
    timed_out: bool = False
    """Whether the time budget ended the search."""
    seconds: float | None = None
    """Search and refit."""
    evaluation_seconds: float | None = None
    """Spent in fits and scoring, the refit included; parallel ones count once."""
    search_seconds: float | None = None
    """Not spent in evaluation: what the method itself costs."""
    earlier: bool = False
    """Whether the times were taken in an earlier session, which this one resumed."""
    contended: bool = False
    """Whether other cells ran at the same time, so that seconds are not the method's alone."""
    reference_seconds: float | None = None
    """Of a fixed workload just before the run: the speed of the machine just then."""
    peak_memory: int | None = None
    """Resident memory of the process and its workers at its largest."""
    memory_growth: int | None = None
    """How much more than the process held when the run began."""
    best_params: Mapping[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    confusion_matrix: list[list[int]] | None = None
    """Test rows by (true, predicted) class."""
    predictions: list[list[float]] | None = None
    """Of regression: (true, predicted) numbers of test rows, in the order of the true ones; of many rows 100."""
    other_scores: Mapping[str, float | None] | None = None
    """Of the winner on the test rows, by further metrics; larger is better. None of one that cannot score it."""
    other_positive: str = ""
    """The class that those of one class score."""
    own_space: bool = False
    """Whether the method had a space of its own, or evaluated candidates outside the model's."""
    trials: str | None = None
    """The side file with the trials, relative to the saved run."""
    trials_sha256: str = ""
    dataset_sha256: str = ""
    protocol: str = ""
    """Folds, test rows and rows in words; empty in records of before it was said."""
    dataset_notes: tuple[str, ...] = ()
    """What was decided when the dataset was read, a line each."""
    setup_sha256: str = ""
    """Of folds, test share, rows and the method's space: runs that differ in them do not compare."""

    def __post_init__(self) -> None:
        """Turn NaN and infinity, which JSON cannot hold, into None, and make text from outside safe to print."""
        for known in dataclasses.fields(self):
            value = getattr(self, known.name)
            if known.name in FROM_OUTSIDE:
                object.__setattr__(self, known.name, printable(value))
            if isinstance(value, float) and not math.isfinite(value):
                object.__setattr__(self, known.name, None)
        object.__setattr__(self, "classes", tuple(map(printable, self.classes)))
        object.__setattr__(self, "dataset_notes", tuple(printable(note, None) for note in self.dataset_notes))
        if self.other_scores is not None:
            finite = {printable(name): _finite(score) for name, score in self.other_scores.items()}
            object.__setattr__(self, "other_scores", finite)

    @property
    def ok(self) -> bool:
        """Whether there is a score to compare."""
        return self.status == "ok"

    @property
    def failed(self) -> bool:
        """Whether the cell was run, or should have been, and has no score."""
        return self.status not in {"ok", "skipped"}

    @property
    def cell(self) -> str:
        """The name of the cell, as in its test id."""
        return f"{self.model}-{self.dataset}-{self.tuner}-{self.seed}"

    def as_dict(self) -> dict[str, Any]:
        """Return the record as pytest-benchmark saves it: plain values only."""
        plain = dataclasses.asdict(self)
        plain["best_params"] = {name: saveable(value) for name, value in self.best_params.items()}
        plain["classes"] = list(self.classes)
        plain["dataset_notes"] = list(self.dataset_notes)
        return plain


def _finite(score: float | None) -> float | None:
    return None if score is None or not math.isfinite(score) else score
