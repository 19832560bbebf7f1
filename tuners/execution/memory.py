"""Peak memory of a stretch of work, its worker processes included."""

from __future__ import annotations

import threading

import psutil

SAMPLE_SECONDS = 0.05


class PeakMemory:
    """Samples the resident memory of this process (and its children) from a thread.

    `bytes` is the largest sum seen; what comes and goes between two samples is missed.
    """

    def __init__(self, *, children: bool) -> None:
        """Count child processes, too, if asked: listing them costs milliseconds a sample."""
        self.bytes = 0
        self.growth = 0
        """Over the size at the start."""
        self._before = 0
        self._children = children
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        """Start sampling."""
        self._sample()
        self._before = self.bytes
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Take the last sample."""
        self._stop.set()
        self._thread.join()
        self._sample()
        self.growth = self.bytes - self._before

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        processes = [self._process, *(self._process.children(recursive=True) if self._children else [])]
        total = 0
        for process in processes:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:  # a worker that has just ended
                continue
        self.bytes = max(self.bytes, total)
