"""The seams: every evaluator scores alike, every backend makes the same run, and a job makes its problem anew."""

from __future__ import annotations

import contextlib
import math
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV

from tests.estimators import stump
from tuners import Budget, Model, Objective, Problem, Protocol, TuningError
from tuners.catalog import DATASETS, TUNERS
from tuners.errors import ElsewhereError
from tuners.evaluation.clock import Clock
from tuners.evaluation.contract import Evaluator, Training, evaluator
from tuners.evaluation.listener import Listener
from tuners.evaluation.rows import in_part
from tuners.execution.contract import Around, backend
from tuners.execution.here import measure
from tuners.plan import Job, Plan
from tuners.results.budget import UNLIMITED, BudgetExhausted
from tuners.results.cell import Cell
from tuners.results.record import EVALUATIONS, Record
from tuners.results.trial import Trial, trials_hash
from tuners.store import codec, side_files, trials
from tuners.testing import TunerContract as Contract

FOREST = Model("small", RandomForestClassifier(), {"n_estimators": [3, 9], "max_depth": [1, 2, 3]})
OPTIONS: dict[str, Any] = {
    "models": ("forest",), "datasets": ("iris",), "budget": 3, "seeds": (0,), "evaluation": "plain", "repeats": 1,
}  # fmt: skip
CELL = Cell("forest", "iris", "random", 0)
CANDIDATES = [{"n_estimators": trees, "max_depth": depth} for trees in (3, 9) for depth in (1, 2, 3)]

evaluators = pytest.mark.parametrize("name", EVALUATIONS)
backends = pytest.mark.parametrize("name", ["here", "forked"])


class Rows(ClassifierMixin, BaseEstimator):
    """Scores how many rows it was fitted on."""

    def __init__(self, level: int = 1) -> None:
        """Keep the parameter."""
        self.level = level

    def fit(self, X: Any, y: Any) -> Rows:
        """Count the rows."""
        self.classes_ = np.unique(y)
        self.rows_ = len(X)
        return self


class RowsProblem(Problem):
    """A problem whose metric is how many rows a model was fitted on."""

    scorer = property(lambda self: lambda fitted, X, y: float(fitted.rows_))  # noqa: ARG005  a scorer's signature


def problem(model: Model = FOREST) -> Problem:
    """Return a small problem."""
    return Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=3))


def made(name: str, on: Problem, tables: Path) -> Evaluator:
    """Make an evaluator."""
    return evaluator(name, Training.of(on, tables))


@evaluators
def test_every_evaluator_gives_the_scores_of_plain_fits(name: str, tmp_path: Path) -> None:
    """Bit for bit, one a fold, with the seconds that were spent."""
    on = problem()
    mine, plain = made(name, on, tmp_path), made("plain", on, tmp_path)
    for params in CANDIDATES:
        found = mine.evaluate(params)
        assert found.fold_scores == plain.evaluate(params).fold_scores
        assert len(found.fold_scores) == 3
        assert found.fit_seconds >= 0
        assert found.score_seconds >= 0
        assert not found.reason


@evaluators
def test_every_evaluator_raises_what_the_estimator_raises(name: str, tmp_path: Path) -> None:
    """The ledger makes a failed trial of it; what is recorded is raised in the words that it had."""
    with pytest.raises((ValueError, ElsewhereError), match=r"threshold above 0\.5"):
        made(name, problem(stump(raise_above=0.5)), tmp_path).evaluate({"threshold": 0.9})


@evaluators
def test_every_evaluator_evaluates_in_part(name: str, tmp_path: Path) -> None:
    """A fidelity is a share of the training rows: scores are those of fits on as many rows, of all classes."""
    on = RowsProblem(Model("rows", Rows(), {"level": [1, 2]}), DATASETS.load("iris")(None), 0, Protocol(folds=3))
    for fidelity, rows in ((1.0, 70), (0.5, 35), (0.1, 7), (0.001, 1)):
        assert made(name, on, tmp_path).evaluate({"level": 1}, fidelity).fold_scores == (rows,) * 3


@evaluators
def test_a_fidelity_that_is_no_share_is_refused(name: str, tmp_path: Path) -> None:
    """In one line, and at no cost."""
    mine = Objective(problem(), "mine", Budget(2), evaluation=name, tables=tmp_path)
    wrongs: tuple[Any, ...] = (0.0, 1.5, -1, math.nan, "1", None)
    for wrong in wrongs:
        with pytest.raises(TuningError, match="objective: expected a fidelity above 0 and up to 1, got "):
            mine(CANDIDATES[0], wrong)
    assert (mine.remaining, mine.trials) == (2, [])


@given(
    labels=st.lists(st.sampled_from("abc"), min_size=6, max_size=60),
    shares=st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
)
def test_parts_of_rows_are_nested_and_have_every_class(labels: list[str], shares: tuple[float, float]) -> None:
    """A smaller share's rows are among a larger one's; each class has a row, if there are as many rows as classes."""
    y = np.array(labels)
    folds = [(np.arange(len(y)), np.arange(3))]
    (less, _), (more, validation) = (in_part(folds, y, share, stratified=True)[0] for share in sorted(shares))
    assert set(less) <= set(more)
    assert list(validation) == [0, 1, 2]
    assert len(more) == max(1, round(max(shares) * len(y)))
    if len(less) >= len(set(labels)):
        assert set(y[less]) == set(labels)


@evaluators
def test_every_evaluator_adapts_a_search(name: str, tmp_path: Path) -> None:
    """A search evaluates the same candidates to the same scores as calls do."""
    searched = Objective(problem(), "mine", Budget(6), evaluation=name, tables=tmp_path)
    searched.search(GridSearchCV(searched.estimator, {"n_estimators": [3, 9], "max_depth": [1, 2, 3]}))
    called = Objective(problem(), "mine", Budget(6), evaluation=name, tables=tmp_path)
    for trial in searched.trials:
        called(trial.params)
    assert trials_hash(searched.trials) == trials_hash(called.trials)


@evaluators
def test_a_search_beyond_the_budget_is_named_as_the_tuner_made_it(name: str, tmp_path: Path) -> None:
    """Whatever class evaluates in its place."""
    mine = Objective(problem(), "mine", Budget(3), evaluation=name, tables=tmp_path)
    with pytest.raises(TuningError, match="^GridSearchCV has 6 candidates for the 3 evaluations left"):
        mine.search(GridSearchCV(mine.estimator, {"n_estimators": [3, 9], "max_depth": [1, 2, 3]}))


def test_a_budget_counts_fidelities(tmp_path: Path) -> None:
    """A candidate evaluated in part costs its share of a full evaluation, and is no incumbent; files keep it so."""

    def halves(objective: Objective, seed: int) -> None:
        for params in CANDIDATES[2:]:
            objective(params, 0.25)
        assert (objective.remaining, objective.incumbent) == (1, None)
        objective(CANDIDATES[0])
        assert objective.incumbent is not None
        objective(CANDIDATES[1], 0.01)

    run = measure("halves", halves, problem(), Budget(2))
    assert run.record.ok, run.record.reason
    assert (run.record.evaluations, run.record.best_params) == (2, CANDIDATES[0])
    assert [trial.fidelity for trial in run.trials] == [0.25] * 4 + [1]
    assert [incumbent.trial for incumbent in run.incumbents] == [4]
    whole = tuple(replace(trial, fidelity=1.0) for trial in run.trials)
    assert trials_hash(whole) != run.record.trials_sha256
    side_files.write([run], tmp_path / "a.trials.jsonl")
    assert side_files.read(tmp_path / "a.trials.jsonl", [run.record]) == {run.record.cell: run}


@pytest.mark.parametrize("share", [0.1, 0.7, 1 / 27, np.float64(0.2), np.float32(0.25)])
def test_a_budget_spent_in_shares_is_spent_exactly(share: float, tmp_path: Path) -> None:
    """Sums of shares are not what floating point makes of them; a share of NumPy's is written as any other."""

    def parts(objective: Objective, seed: int) -> None:
        objective(CANDIDATES[0])
        while True:
            objective(CANDIDATES[1], share)

    run = measure("parts", parts, problem(), Budget(3))
    assert run.record.ok, run.record.reason
    assert len(run.trials) == 1 + math.floor(2 / share + 1e-6)
    assert run.record.evaluations == 3
    side_files.write([run], tmp_path / "a.trials.jsonl")
    assert side_files.read(tmp_path / "a.trials.jsonl", [run.record]) == {run.record.cell: run}


@pytest.mark.parametrize("wrong", [0, -1, 2, None])
def test_a_fidelity_that_is_no_share_is_damage(wrong: float | None) -> None:
    """In a file, too: the field is named."""
    with pytest.raises(codec.DamagedError, match="trial.fidelity: expected a share above 0 and up to 1, got "):
        trials.read({"params": {}, "fold_scores": [1.0], "score": 1.0, "fidelity": wrong}, "trial")


def test_a_run_without_a_candidate_in_full_says_so() -> None:
    """Or what its tuner raised: candidates in part are no failed ones."""

    def vain(objective: Objective, seed: int) -> None:
        objective(CANDIDATES[0], 0.5)

    def broken(objective: Objective, seed: int) -> None:
        objective(CANDIDATES[0], 0.5)
        raise KeyError(seed)

    assert measure("vain", vain, problem(), Budget(3)).record.reason.startswith("no candidate was evaluated in full: ")
    assert measure("broken", broken, problem(), Budget(3)).record.reason.startswith("KeyError: ")


def test_a_time_alone_leaves_no_number_of_evaluations() -> None:
    """Whatever was spent in part."""
    mine = Objective(problem(), "mine", Budget(seconds=60))
    mine(CANDIDATES[0], 0.25)
    assert mine.remaining == UNLIMITED


def test_threads_beside_a_search_keep_their_trials() -> None:
    """Each is charged, at a position of its own, and none is overwritten by the search's."""

    def both(objective: Objective, seed: int) -> None:
        def call() -> None:
            with contextlib.suppress(BudgetExhausted):
                for params in CANDIDATES[:3]:
                    objective(params)

        thread = threading.Thread(target=call)
        thread.start()
        try:
            objective.search(GridSearchCV(objective.estimator, {"n_estimators": [3], "max_depth": [4, 5, 6]}))
        finally:
            thread.join()

    for budget in (4, 6):
        run = measure("both", both, problem(), Budget(budget))
        assert run.record.evaluations == len(run.trials) == budget
        assert len({tuple(trial.params.items()) for trial in run.trials}) == budget


def test_the_contract_of_tuners_counts_shares() -> None:
    """A tuner that drops candidates early keeps its budget with more trials than evaluations."""

    def drops(objective: Objective, seed: int) -> None:
        for threshold in (0.1, 0.3, 0.5, 0.7, 0.9):
            objective({"feature": 2, "threshold": threshold}, 0.25)
        objective({"feature": 2, "threshold": 0.5})

    Contract.of(drops, budget=3, draws=False)().test_budget_is_kept()


class Heard(Listener):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.trials: dict[int, Trial] = {}

    def begun(self, record: Record) -> None:
        """Keep the record."""
        self.records.append(record)

    def trial(self, position: int, trial: Trial) -> None:
        """Keep the trial."""
        self.trials[position] = trial


@backends
def test_every_backend_makes_the_same_run(name: str) -> None:
    """The same trials in the same order, told while it goes on, with scores and seconds of their own."""
    plan = Plan(OPTIONS)
    heard = Heard()
    run = backend(name, plan, Around()).run(Job(OPTIONS, CELL), heard)
    alone = measure("random", TUNERS.load("random"), plan.problem("forest", "iris", 0), Budget(3), start=plan.start)
    assert run.record.ok
    assert run.record.trials_sha256 == alone.record.trials_sha256
    untimed = [[replace(each, seconds=None) for each in made.incumbents] for made in (run, alone)]
    assert run.record.test_score == alone.record.test_score
    assert untimed[0] == untimed[1]
    assert heard.trials == dict(enumerate(run.trials))
    assert heard.records[0].cell == run.record.cell
    assert heard.records[0].reference_seconds == run.record.reference_seconds
    assert run.record.seconds is not None


@backends
def test_every_backend_raises_what_keeps_a_run_from_beginning(name: str) -> None:
    """A method that is not there is no run."""
    with pytest.raises(TuningError, match="unknown tuner 'randm': did you mean random?"):
        backend(name, Plan(OPTIONS), Around()).run(Job(OPTIONS, Cell("forest", "iris", "randm", 0)), Listener())


@backends
def test_every_backend_returns_a_run_that_broke(name: str) -> None:
    """What a tuner raises is the run's reason."""

    def breaks(objective: Objective, seed: int) -> None:
        raise KeyError(seed)

    plan = Plan(OPTIONS)
    run = backend(name, plan, Around()).run(plan.job(breaks, problem()), Listener())
    assert (run.record.status, run.record.reason.partition(":")[0]) == ("failed", "KeyError")
    assert run.error is not None


def test_a_job_makes_its_problem_anew_in_any_process() -> None:
    """A pickled job, and nothing else of the session, makes the same trials in a new process."""
    plan = Plan(OPTIONS)
    job = plan.job("random", plan.problem("forest", "iris", 0))
    assert (job.problem, job.tune) == (None, None)
    code = (
        "import pickle, sys\n"
        "from tuners.evaluation.listener import Listener\n"
        "from tuners.execution.contract import Around, backend\n"
        "from tuners.plan import Plan\n"
        "job = pickle.load(sys.stdin.buffer)\n"
        "print(backend('here', Plan(job.options), Around()).run(job, Listener()).record.trials_sha256)\n"
    )
    there = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(job), capture_output=True, check=True)
    here = backend("here", plan, Around()).run(job, Listener()).record.trials_sha256
    assert there.stdout.decode().split() == [here]


def test_what_a_test_makes_itself_goes_with_its_job() -> None:
    """A problem and a function of the test's own are not what names say."""

    def mine(objective: Objective, seed: int) -> None:
        objective({})

    own = problem()
    job = Plan(OPTIONS).job(mine, own)
    assert (job.problem, job.tune, job.cell) == (own, mine, Cell("small", "iris", "mine", 0))


def test_a_problem_of_the_tests_own_is_measured_whatever_its_name() -> None:
    """One that has the names of the plan's own problem, and another protocol, is another problem."""
    plan = Plan(OPTIONS)
    planned = plan.problem("forest", "iris", 0)
    own = Problem(planned.model, planned.dataset, planned.seed, Protocol(folds=5))
    assert plan.job("random", own).problem is own
    assert len(backend("here", plan, Around()).run(plan.job("random", own), Listener()).trials[0].fold_scores) == 5


def test_the_clock_is_a_parameter() -> None:
    """Seconds of trials and of the run are those of the clock that is given."""

    def reading() -> Callable[[], float]:
        ticks = count()
        return lambda: float(next(ticks))

    run = measure("default", TUNERS.load("default"), problem(), Budget(1), clock=Clock(reading()))
    assert run.record.ok
    assert run.trials[0].start == int(run.trials[0].start)
    assert run.trials[0].end >= run.trials[0].start + 1
    assert run.record.seconds is not None
    assert run.record.seconds >= 4
