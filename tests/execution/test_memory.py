"""Peak memory: what a stretch of work takes, though it gives it back, and none of what others took before."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tuners.execution import memory
from tuners.execution.memory import PeakMemory

MEBIBYTES = 2**20
TAKEN = 200 * MEBIBYTES

kept = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="this kernel keeps no peak to begin anew")


def take(seconds: float = 0) -> None:
    """Take memory, and give it back after so many seconds."""
    taken = np.ones(TAKEN, dtype=np.uint8)
    time.sleep(seconds)
    del taken


@kept
def test_what_is_given_back_at_once_is_seen() -> None:
    """And is no part of the next stretch."""
    with PeakMemory(children=False) as first:
        take()
    with PeakMemory(children=False) as second:
        pass
    assert TAKEN * 0.95 < first.growth < TAKEN * 1.2
    assert first.bytes > first.growth
    assert second.growth < TAKEN / 10


@kept
def test_a_stretch_within_another_one_erases_nothing() -> None:
    """Such as that of a tuner which tunes another model itself."""
    with PeakMemory(children=False) as outer:
        take()
        with PeakMemory(children=False) as inner:
            pass
    assert outer.growth > TAKEN * 0.95
    assert inner.growth < TAKEN / 10


def test_samples_where_the_kernel_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same figure, of what lasts."""
    monkeypatch.setattr(memory, "_begin_anew", lambda: False)
    with PeakMemory(children=False) as peak:
        take(6 * memory.SAMPLE_SECONDS)
    assert TAKEN * 0.95 < peak.growth < TAKEN * 1.2


def test_children_count_where_asked() -> None:
    """What a child holds is counted with them only."""
    script = f"import time; taken = bytearray(b'1') * {TAKEN}; time.sleep({6 * memory.SAMPLE_SECONDS})"
    growth = {}
    for children in (True, False):
        with PeakMemory(children=children) as peak:
            subprocess.run([sys.executable, "-c", script], check=True)
        growth[children] = peak.growth
    assert growth[True] > TAKEN * 0.95
    assert growth[False] < TAKEN / 4
