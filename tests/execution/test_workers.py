"""Repeats in worker processes."""

from __future__ import annotations

import os
import time
from typing import Any

import psutil
import pytest

from tuners import TuningError
from tuners.evaluation.listener import Listener
from tuners.execution.rounds import prepared
from tuners.execution.scoring import scored
from tuners.execution.workers import Workers
from tuners.plan import Plan
from tuners.results.run import Run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


@pytest.mark.parametrize("processes", [1, 2, 3, 9])
def test_results_come_in_order(processes: int) -> None:
    """Whichever ends first, and however many processes there are."""

    def make(number: int) -> tuple[int, int]:
        time.sleep(0.05 * (number % 2))
        return number * number, os.getpid()

    with Workers(range(2, 7), make, processes) as workers:
        found = list(workers)
    assert [(number, square) for number, (square, _) in found] == [(n, n * n) for n in range(2, 7)]
    assert len({pid for _, (_, pid) in found}) == min(processes, 5)


def test_what_a_worker_raises_is_raised_in_its_place() -> None:
    """After the results before it; no process is left."""

    def make(number: int) -> int:
        if number == 2:
            raise ValueError(number)
        return number

    found: list[int] = []
    before = psutil.Process().children()
    with pytest.raises(ValueError, match="2"), Workers(range(5), make, 2) as workers:  # noqa: PT012  what came before
        for number, _ in workers:
            found.append(number)
    assert found == [0, 1]
    assert psutil.Process().children() == before


def test_a_worker_that_dies_is_named() -> None:
    """By the repeat that it was to make."""

    def make(number: int) -> None:
        os._exit(3)

    with pytest.raises(TuningError, match="repeat 1: its process died"), Workers(range(5), make, 2) as workers:
        list(workers)


@pytest.mark.parametrize("tuner", ["random", pytest.param("bayesian", marks=pytest.mark.slow)])
def test_repeats_are_the_same_in_workers(tuner: str) -> None:
    """Trials do not depend on the process; TPOT, whose threads no fork has, is not made in one."""
    plan = Plan({"models": ("logistic",), "datasets": ("iris",), "budget": 4, "seeds": (0,), "evaluation": "plain"})
    job = plan.job(tuner, plan.problem("logistic", "iris", 0))

    def make(number: int) -> Run:
        measurement = prepared(plan, job, Listener(), repeat=number)
        measurement.search()
        return scored(measurement)

    def hashes(found: Any) -> list[str]:
        return [run.record.trials_sha256 for run in found]

    with Workers(range(3), make, 2) as workers:
        elsewhere = hashes(run for _, run in workers)
    assert len(set(elsewhere)) == 3
    assert hashes(map(make, range(3))) == elsewhere
