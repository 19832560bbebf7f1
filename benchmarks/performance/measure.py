"""Measuring two ways of doing one thing side by side, and the machine it was done on."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

Sides = Mapping[str, Callable[[], Any]]


def interleave(sides: Sides, rounds: int) -> dict[str, list[float]]:
    """Run all sides in turn, `rounds` times; return each one's seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def medians(seconds: Mapping[str, list[float]]) -> dict[str, float]:
    """Return each side's median."""
    return {name: statistics.median(values) for name, values in seconds.items()}


def machine(*packages: str) -> str:
    """Return the processor count and the versions of Python and of packages."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}"
