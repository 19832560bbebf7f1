"""What a saved run holds, field by field, and what must agree in it; light, since every comparison begins with one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tuners.results.record import SCHEMA, Record
from tuners.store.codec import damaged, shaped

IDENTITY = ("model", "dataset", "tuner", "seed")
MANY = 8
"""Fields of a record that no other benchmark has all by chance."""
COUNTS = (
    "ties", "evaluations", "failed_trials", "budget", "time_budget", "seconds", "evaluation_seconds",
    "search_seconds", "reference_seconds", "peak_memory",
)  # fmt: skip
"""Fields of a record that are not below zero."""

MOST_ROWS = 10**8
"""Test rows of a class; a matrix with more of them is no count of rows that were held in memory."""


@dataclass(frozen=True)
class Cpu:
    """A processor, as far as it is shown or compared."""

    brand_raw: str | None = None
    count: int | None = None


@dataclass(frozen=True)
class Machine:
    """pytest-benchmark's `machine_info`."""

    node: str | None = None
    machine: str | None = None
    system: str | None = None
    release: str | None = None
    python_version: str | None = None
    cpu: Cpu | None = None


@dataclass(frozen=True)
class Commit:
    """pytest-benchmark's `commit_info`."""

    id: str | None = None
    branch: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True)
class How:
    """How a session was run."""

    command: str | None = None
    options: dict[str, Any] | None = None
    threads: str | None = None


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known of a session besides its records."""

    machine_info: Machine | None = None
    commit_info: Commit | None = None
    datetime: str | None = None
    version: str | None = None
    libraries: dict[str, str] = field(default_factory=dict)
    tuning: How | None = None


@dataclass(frozen=True, kw_only=True)
class Stats:
    """pytest-benchmark's figures, which it sets in a table when it compares."""

    mean: float
    min: float | None = None
    max: float | None = None
    stddev: float | None = None
    median: float | None = None
    iqr: float | None = None
    q1: float | None = None
    q3: float | None = None
    ops: float | None = None
    total: float | None = None
    rounds: int | None = None
    iterations: int | None = None
    outliers: str | None = None
    data: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Benchmark:
    """A test's benchmark."""

    fullname: str
    stats: Stats
    extra_info: dict[str, Any]
    name: str | None = None
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document(About):
    """A saved run."""

    benchmarks: list[Benchmark]
    partial: str = ""


def is_record(extra_info: Mapping[str, Any]) -> bool:
    """Whether `extra_info` is a cell's, perhaps a damaged one, and not of some other benchmark."""
    shared = sum(known.name in extra_info for known in dataclasses.fields(Record))
    return shared >= MANY or ("schema" in extra_info and sum(name in extra_info for name in IDENTITY) > 1)


def record(saved: Mapping[str, Any], at: str) -> Record:
    """Return the record of a cell; raise `DamagedError` that names the field."""
    schema = saved.get("schema", SCHEMA)
    if schema != SCHEMA:
        said = f"expected {SCHEMA}, got {schema!r}: read it with the version that wrote it"
        raise damaged(said, f"{at}.schema")
    for known in dataclasses.fields(Record):
        value = saved.get(known.name)
        if isinstance(value, float) and math.isinf(value):  # a record has none: this is a number beyond all
            said = "expected a finite number, got an infinite one"
            raise damaged(said, f"{at}.{known.name}")
    found = shaped(saved, Record, at)
    for name in COUNTS:
        value = getattr(found, name)
        if value is not None and value < 0:
            said = f"expected a number that is not negative, got {value}"
            raise damaged(said, f"{at}.{name}")
    if found.ok and found.test_score is None:
        said = "expected a number, since the status is ok, got null"
        raise damaged(said, f"{at}.test_score")
    counts, size = found.confusion_matrix or [], len(found.classes)
    if counts and [len(row) for row in counts] != [size] * size:
        said = f"expected {size} rows of {size} numbers, one for each class"
        raise damaged(said, f"{at}.confusion_matrix")
    if any(not 0 <= count < MOST_ROWS for row in counts for count in row):
        said = "expected counts of test rows"
        raise damaged(said, f"{at}.confusion_matrix")
    return found
