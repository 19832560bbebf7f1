"""The clock of recorded runs: an evaluation takes what is recorded of it, all else what it takes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from tuners.evaluation.clock import RecordedClock

spans = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10), st.floats(0, 1000)), max_size=10)


def wall() -> tuple[list[float], Callable[[], float]]:
    """Return readings of a wall's clock that a test sets, of which the first is read."""
    readings = [100.0]
    return readings, lambda: readings[0]


@given(spans=spans)
def test_it_shows_the_thinking_and_the_recorded_seconds(spans: list[tuple[float, float, float]]) -> None:
    """Their sum, whatever looking up took; started again, it begins at zero."""
    readings, now = wall()
    clock = RecordedClock(now)
    expected = 0.0
    for thinking, looking, recorded in spans:
        readings[0] += thinking
        expected += thinking
        since = now()
        assert abs(clock.at(since) - expected) < 1e-6
        readings[0] += looking
        clock.count(recorded, since)
        expected += recorded
        assert abs(clock() - expected) < 1e-6
    clock.start()
    assert clock() == 0


def test_threads_count_all_that_they_evaluate() -> None:
    """No evaluation of a thread's is lost."""
    _, now = wall()
    clock = RecordedClock(now)

    def counts() -> None:
        for _ in range(20_000):
            clock.count(1.0, 100.0)

    threads = [Thread(target=counts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock() == 80_000
