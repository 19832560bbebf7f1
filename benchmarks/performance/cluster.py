"""What a cluster gains and costs: two workers beside one process, a cell's overhead, and what a scheduler can take.

    python -m benchmarks.performance.cluster

Sessions of 40 cells of 2 s of busy work, by the wall's clock: from the first test to the last, and as wholes, imports
and the start of the workers included. To be run on a machine that does nothing else. A
cell's overhead is what it takes at a slot beyond a process of its own here. The throughput is of empty orders that take
every way that a cell takes, but for the process that runs it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners.evaluation.listener import Listener
from tuners.execution.cluster import slot
from tuners.execution.cluster.connection import opened
from tuners.execution.cluster.orders import Ended
from tuners.execution.cluster.session import Cluster, joined
from tuners.execution.contract import Around, backend
from tuners.plan import Plan

CELLS, SECONDS = 40, 2.0
FASTER, OVERHEAD = 1.7, 0.2
SHORT = 30
"""Cells of which the overhead is the median."""
THREADS, EMPTY = 50, 1_500
"""Slots of each of two workers, and orders, for the throughput."""
LARGE = {"workers": 1_000, "cells": 100_000}

CONFTEST = """
import time
from pathlib import Path
import tuners
from sklearn.tree import DecisionTreeClassifier

tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": (1, 9)}))

@tuners.tuner
def busy(objective, seed):
    end = time.perf_counter() + SECONDS
    objective({"max_depth": 3})
    while time.perf_counter() < end:
        pass

BEGUN = []

def pytest_runtest_logstart():
    BEGUN.append(time.perf_counter())

def pytest_sessionfinish():
    Path("took").write_text(str(time.perf_counter() - BEGUN[0]))
"""


@dataclass(frozen=True)
class Took:
    """Seconds of a session."""

    whole: float
    cells: float
    """From the beginning of the first test."""


def session(folder: Path, *options: str) -> Took:
    """Run a session of the cells."""
    arguments = ("-q", "--tuning-models=tree", "--tuning-datasets=iris", "--tuning-tuners=busy", "--tuning-repeats=1")
    given = (*arguments, f"--tuning-seeds={CELLS}", "--tuning-evaluation=plain", "--tuning-start=cold", *options)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "pytest", *given], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return Took(time.perf_counter() - began, float((folder / "took").read_text()))


def gained() -> tuple[Took, Took]:
    """Return what sessions took in one process and on two workers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(CONFTEST.replace("SECONDS", str(SECONDS)))
        suite = Path(__file__).parents[1] / "test_tuning.py"
        (folder / "test_tuning.py").write_text(suite.read_text())
        return session(folder), session(folder, "--tuning-cluster=local:2")


@contextmanager
def at(plan: Plan) -> Iterator[Cluster]:
    """Give a cluster for the cells of a plan."""
    with joined(plan, plan.cells(), by_value=(), ended=lambda _: None, note=print) as cluster:
        yield cluster


def overhead() -> tuple[float, float]:
    """Return the median seconds of a short cell in a process of its own here, and at a slot."""
    given: dict[str, Any] = {
        "models": ("logistic",), "datasets": ("iris",), "tuners": ("default",), "seeds": tuple(range(SHORT)),
        "evaluation": "plain", "repeats": 1, "budget": 1, "start": "cold",
    }  # fmt: skip
    here, there = Plan(given), Plan({**given, "cluster": "local:1"})
    jobs = [plan.job("default", plan.problem("logistic", "iris", seed)) for plan in (here,) for seed in plan.seeds]
    with at(there) as cluster:
        alone, apart = backend("forked", here, Around()), backend("clustered", there, Around(cluster=cluster))
        asked = [there.job("default", there.problem("logistic", "iris", seed)) for seed in there.seeds]
        apart.run(asked[0], Listener())  # the runner loads its libraries
        seconds: dict[str, list[float]] = {"here": [], "there": []}
        for mine, its in zip(jobs[1:], asked[1:], strict=True):
            for name, by, job in (("here", alone, mine), ("there", apart, its)):
                began = time.perf_counter()
                by.run(job, Listener())
                seconds[name].append(time.perf_counter() - began)
    return statistics.median(seconds["here"]), statistics.median(seconds["there"])


def nothing(*_: Any) -> None:
    """Stand in for what starts runners."""


def empty(*order: Any, name: str, topic: str, **_: Any) -> Ended:
    """Stand in for what runs an order: say that it begins, and end."""
    from distributed import get_worker  # noqa: PLC0415  it is there, in a worker

    get_worker().log_event(topic, [name, []])
    return Ended("run", order[1])


@dataclass(frozen=True)
class Throughput:
    """What orders take that run nothing; the scheduler and two workers are processes of their own."""

    rate: float
    """A second, by the wall's clock, all of them on this machine's processors."""
    session: float
    """Seconds of a processor in the session, an order."""
    scheduler: float
    """The same in the scheduler."""

    @property
    def most(self) -> float:
        """Orders a second that the busier of the two can take, with a processor of its own."""
        return 1 / max(self.session, self.scheduler)


def throughput() -> Throughput:
    """Send empty orders out, and take them back."""
    given: dict[str, Any] = {
        "models": ("logistic",), "datasets": ("iris",), "tuners": ("default",), "seeds": (0,), "evaluation": "plain",
        "repeats": 1,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name, dask(Path(name)) as (address, scheduler):
        plan = Plan({**given, "cluster": address})
        real = slot.run, slot.warm
        stand_ins: Any = empty, nothing
        slot.run, slot.warm = stand_ins
        try:
            with at(plan) as cluster:
                job = plan.job("default", plan.problem("logistic", "iris", 0))
                ((_, order),) = cluster.orders(job)
                orders = {f"order {number}": order for number in range(EMPTY)}
                processes = psutil.Process(), scheduler
                before, began = [_seconds(each) for each in processes], time.perf_counter()
                cluster.flights.ahead(orders.items())
                for each in orders:
                    for _ in cluster.flights.follow(each, order):
                        pass
                took = time.perf_counter() - began
                spent = [_seconds(each) - then for each, then in zip(processes, before, strict=True)]
                return Throughput(EMPTY / took, *(each / EMPTY for each in spent))
        finally:
            slot.run, slot.warm = real


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def dask(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Start a scheduler, and two workers of many slots; give the path of its file, and its process."""
    file = folder / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", "--nthreads", str(THREADS), "--no-nanny", *common]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *filter(None, sys.path)])}
    started: list[psutil.Process] = []
    with ExitStack() as stack:
        for kind, *options in (["scheduler", "--port", "0", "--no-show", *common], worker, worker):
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=environment,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.terminate)
            started.append(psutil.Process(process.pid))
        while not file.exists():
            time.sleep(0.1)
        with opened(str(file)) as client:
            client.wait_for_workers(2)
        yield str(file), started[0]


def main() -> int:
    """Measure, and return 1 if a requirement is missed."""
    one, two = gained()
    faster = one.cells / two.cells
    here, there = overhead()
    empty_orders = throughput()
    most = empty_orders.most
    rows = [
        [f"{CELLS} cells of {SECONDS:g} s in one process, s", f"{one.cells:.1f} ({one.whole:.1f} with its start)"],
        [f"{CELLS} cells of {SECONDS:g} s on local:2, s", f"{two.cells:.1f} ({two.whole:.1f} with its start)"],
        ["times faster", f"{faster:.2f} ({one.whole / two.whole:.2f} with the start)"],
        ["a short cell in a process of its own here, s", f"{here:.3f}"],
        ["a short cell at a slot, s", f"{there:.3f}"],
        ["overhead a cell, s", f"{there - here:.3f}"],
        [f"empty orders a second, {2 * THREADS} slots, all on this machine", f"{empty_orders.rate:.0f}"],
        ["an order: ms of a processor in the session", f"{1000 * empty_orders.session:.1f}"],
        ["an order: ms of a processor in the scheduler", f"{1000 * empty_orders.scheduler:.1f}"],
        [f"{LARGE['cells']:,} cells, by the busier of these: at least, minutes", f"{LARGE['cells'] / most / 60:.0f}"],
        [f"{LARGE['workers']:,} slots are kept busy by cells of at least, s", f"{LARGE['workers'] / most:.1f}"],
    ]
    print(tabulate(rows, ["cluster", "measured"], tablefmt="pipe", disable_numparse=True))
    required = f"required: {FASTER} times, overhead under {OVERHEAD} s"
    print(f"\nmedian of {SHORT - 1} interleaved short cells; {required}; {machine('distributed', 'scikit-learn')}")
    return int(faster < FASTER or there - here >= OVERHEAD)


if __name__ == "__main__":
    sys.exit(main())
