"""The records of one session, with the machine and the libraries that its seconds depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tuners.results.record import Record


@dataclass(frozen=True)
class Session:
    """The records of one session, with the machine and the libraries that its seconds depend on."""

    records: tuple[Record, ...]
    machine: Mapping[str, Any]
    """pytest-benchmark's `machine_info`."""
    libraries: Mapping[str, str]
    """Versions by name."""
