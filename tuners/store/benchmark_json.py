"""The fields of a saved run, which is pytest-benchmark's JSON file with some of ours: those that are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tuners.results.shard import Share


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
    shard: Share | None = None
    """Of one of several sessions that share a comparison."""


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
