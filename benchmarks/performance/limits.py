"""What a process of its own costs each cell, and how exactly a time budget ends a search.

    python -m benchmarks.performance.limits

The cost is the median over cells of the time from asking for the run to having it, in a process of its own less
here; the untuned model's score is known, as it is from a problem's second cell on. A search of fits of 50 ms, and one
whose fits no alarm reaches, get a budget of 2 s.
"""

from __future__ import annotations

import signal
import statistics
import sys
import time
from typing import Any

from sklearn.ensemble import RandomForestClassifier
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine
from benchmarks.performance.overhead import NoOp
from tuners import Budget, Model, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.evaluation.listener import Listener
from tuners.execution.contract import Around, backend
from tuners.plan import Plan
from tuners.results.run import Run

METHODS = ("random", "grid", "bayesian", "genetic")
CELLS = 9
SECONDS = 2.0
COST, OVER = 0.3, 1.0


class Slow(NoOp):
    """Takes 50 ms to fit."""

    def fit(self, X: Any, y: Any) -> Slow:
        """Wait."""
        time.sleep(0.05)
        super().fit(X, y)
        return self


class Deaf(NoOp):
    """Fits for ever once it is tuned, and hears no alarm."""

    def fit(self, X: Any, y: Any) -> Deaf:
        """Wait for ever."""
        if self.a:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
            time.sleep(10_000)
        super().fit(X, y)
        return self


def run(tuner: str, problem: Problem, budget: Budget, *, alone: bool) -> tuple[float, Run]:
    """Run a cell, in a process of its own or here; return its seconds, preparations included, and the run."""
    given = {"budget": budget.evaluations, "evaluation": "plain", "start": "cold", "repeats": 1}
    plan = Plan(given | ({"time-budget": budget.seconds} if budget.seconds else {}))
    began = time.perf_counter()
    found = backend("forked" if alone else "here", plan, Around()).run(plan.job(tuner, problem), Listener())
    return time.perf_counter() - began, found


def main() -> int:
    """Measure, and return 1 if a requirement is missed."""
    forest = Model("forest", RandomForestClassifier(20), {"max_depth": [1, 2, 3, 4]})
    problem = Problem(forest, DATASETS.load("iris")(None), 0, Protocol(folds=2))
    _ = problem.default_test_score
    sides = {
        name: lambda alone=alone: run("random", problem, Budget(2), alone=alone)
        for name, alone in {"alone": True, "here": False}.items()
    }
    seconds = interleave(sides, CELLS)
    cost = statistics.median(a - b for a, b in zip(seconds["alone"], seconds["here"], strict=True))
    rows = [["a cell here, s", f"{statistics.median(seconds['here']):.3f}"]]
    rows += [["a cell in a process of its own, s", f"{statistics.median(seconds['alone']):.3f}"]]
    rows += [["added, s", f"{cost:.3f}"]]
    failed = cost >= COST
    space: Any = {"a": (0.1, 1.0), "b": (0, 1_000_000)}
    for method in METHODS:
        slow = Problem(Model("slow", Slow(), space), DATASETS.load("iris")(None), 0, Protocol(folds=2))
        _, result = run(method, slow, Budget(1_000, SECONDS), alone=True)
        over = (result.record.seconds or 0.0) - SECONDS
        failed |= not over < OVER
        rows.append([f"{method}: over a budget of {SECONDS:g} s, refit included, s", f"{over:+.2f}"])
    deaf = Problem(Model("deaf", Deaf(), space), DATASETS.load("iris")(None), 0, Protocol(folds=2))
    took, result = run("random", deaf, Budget(1_000, SECONDS), alone=True)
    failed |= result.record.ok or took - SECONDS > 2 * OVER
    rows.append([f"a fit that no alarm reaches: killed after {SECONDS:g} s and, s", f"{took - SECONDS:+.2f}"])
    print(tabulate(rows, ["limit", "measured"], tablefmt="pipe", disable_numparse=True))
    print(
        f"\nmedians of {CELLS} interleaved cells; required: {COST} s a cell, {OVER:g} s over; {machine('scikit-learn')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
