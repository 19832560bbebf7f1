"""Peak memory of a stretch of work, its worker processes included."""

from __future__ import annotations

import contextlib
import re
import threading
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


_lock = threading.Lock()
_measuring = 0
"""Stretches of this process that are being measured: only the first may have the kernel begin anew."""


class PeakMemory:
    """The largest resident memory of this process (and its children).

    Of this process alone, the kernel keeps it, where it can be told to begin anew (Linux, proc(5): so the process's
    `ru_maxrss` is, from then on, that of the last stretch). Elsewhere, with children, and within another stretch, a
    thread takes samples, for whose wakings the work waits; `bytes` is then the largest sum seen: what comes and goes
    between two samples is missed.
    """

    def __init__(self, *, children: bool) -> None:
        """Count child processes, too, if asked: listing them costs milliseconds a sample."""
        self.bytes = 0
        self.growth = 0
        """Over the size at the start."""
        self._before = 0
        self._children = children
        self._kept = False
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        """Begin."""
        global _measuring  # noqa: PLW0603  the kernel keeps one peak for the whole process
        self._sample()
        self._before = self.bytes
        with _lock:
            self._kept = not self._children and not _measuring and _begin_anew()
            _measuring += 1
        if not self._kept:
            self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Note the peak."""
        global _measuring  # noqa: PLW0603  the kernel keeps one peak for the whole process
        with _lock:
            _measuring -= 1
        if self._kept:
            self.bytes = max(self.bytes, _kept_peak())
        else:
            self._stop.set()
            self._thread.join()
            self._sample()
        self.growth = self.bytes - self._before

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        total = 0
        for process in [self._process, *(self._process.children(recursive=True) if self._children else [])]:
            with contextlib.suppress(psutil.NoSuchProcess):  # a worker that has just ended
                total += process.memory_info().rss
        self.bytes = max(self.bytes, total)


def _begin_anew() -> bool:
    """Have the kernel forget this process's peak; return whether it does, and tells the next one."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return _kept_peak() > 0


def _kept_peak() -> int:
    found = _PEAK.search(Path("/proc/self/status").read_text())
    return 1024 * int(found[1]) if found else 0
