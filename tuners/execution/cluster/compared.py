"""What comes of comparing a worker with this process."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from tuners.errors import one_line
from tuners.execution.cluster.fingerprint import Fingerprint, differences, lacking

MOST_SAID = 3
"""Differences that a message names."""


@dataclass(frozen=True)
class Compared:
    """A worker beside this process."""

    machine: str
    wrong: str = ""
    """Why it cannot run cells, in one line; empty if it can."""
    lacking: AbstractSet[str] = frozenset()
    """Modules of the user's that it does not have."""


def compared(worker: str, said: Any, here: Fingerprint) -> Compared:
    """Compare what a worker says, its fingerprint and its machine, or what it raised, with the fingerprint here."""
    if isinstance(said, BaseException):
        remedy = "install there what is installed here, pytest-tuners included"
        return Compared("", f"--tuning-cluster: worker {worker}: {one_line(said)}: {remedy}")
    there, machine = said
    differing = differences(here, there)
    return Compared(machine, refusal(worker, machine, differing) if differing else "", lacking(here, there))


def refusal(worker: str, machine: str, differing: Sequence[str]) -> str:
    """Say why a worker runs no cells."""
    more = f", and {len(differing) - MOST_SAID} more" if len(differing) > MOST_SAID else ""
    return (
        f"--tuning-cluster: worker {worker} on {machine} is not like this process: "
        f"{'; '.join(differing[:MOST_SAID])}{more}: install there what is installed here"
    )
