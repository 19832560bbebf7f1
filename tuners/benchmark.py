"""The comparison as a test that comes along: `pytest --pyargs tuners.benchmark` needs no file of one's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuners import Problem, Run


def test_tuning(tune: Callable[[str, Problem], Run], tuner: str, problem: Problem) -> None:
    """A tuner runs on a problem within its budget; its record goes into the evaluation table."""
    run = tune(tuner, problem)
    assert 0 < run.record.evaluations <= (run.record.budget or math.inf)
