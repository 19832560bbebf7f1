"""What the user's own code raises: where its traceback is shown, and which cells are skipped rather than failed."""

from __future__ import annotations

import json

import pytest

from tests.bench import PLAIN
from tests.estimators import stump
from tuners import Budget
from tuners.analysis.methods import evaluate
from tuners.analysis.ranking import rankings
from tuners.catalog import DATASETS, TUNERS
from tuners.errors import ElsewhereError, NotApplicableError, one_line
from tuners.execution.here import measure
from tuners.gate.expression import parse
from tuners.gate.judge import judge
from tuners.results.record import Record
from tuners.results.session import Session
from tuners.task.problem import Problem

CONFTEST = """
import asyncio
import tuners
from sklearn.model_selection import GridSearchCV

def helper(secret):
    return {}[secret]

@tuners.tuner
def broken(objective, seed):
    objective(dict(objective.guesses[0]))
    return helper("a key")

@tuners.tuner
def inside(objective, seed):
    objective.search(None.missing)

@tuners.tuner
def chained(objective, seed):
    try:
        helper("first")
    except KeyError as error:
        raise RuntimeError("second") from error

@tuners.tuner
def calls_a_library(objective, seed):
    objective(5)

@tuners.tuner
def cancelled(objective, seed):
    raise SystemExit("enough")

@tuners.tuner
def refuses(objective, seed):
    objective(dict(objective.guesses[0]))
    raise tuners.NotApplicableError("refuses needs a space of one: give it one")
"""
SUITE = """
import pytest
from tests.estimators import stump
from tuners import Model
from tuners.catalog import MODELS

PLAIN = stump()
BARE = Model("bare", PLAIN.estimator, {"feature": [0, 1], "threshold": (0.0, 1.0)})

@pytest.mark.tuning(models=[MODELS], datasets=["iris"])
def test_tuning(tune, tuner, problem):
    tune(tuner, problem)
"""
OPTIONS = ("-p", "tuners.plugin", *PLAIN, "-p", "no:warnings", "--tuning-seeds=1", "--tuning-budget=3")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a suite with tuners of a user's own, most of them broken."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_tuning=SUITE.replace("MODELS]", "PLAIN]"))
    return pytester


def run(suite: pytest.Pytester, tuners: str, *options: str) -> pytest.RunResult:
    """Run the suite with these tuners."""
    return suite.runpytest_inprocess(*OPTIONS, f"--tuning-tuners={tuners}", *options)


def frames(result: pytest.RunResult) -> list[str]:
    """Return the files of the frames that are shown, in order."""
    return [
        line.partition(":")[0] for line in result.outlines if ".py:" in line and line.partition(":")[0][-3:] == ".py"
    ]


@pytest.mark.parametrize("isolated", [(), ("--tuning-isolate",)])
def test_a_tuners_traceback_ends_in_the_users_frame(suite: pytest.Pytester, isolated: tuple[str, ...]) -> None:
    """It has the user's frames alone, in another process, too; the table keeps the one line."""
    result = run(suite, "default,broken", *isolated)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*return helper(?a key?)",
            ">   *return {}[[]secret]",
            "E   *KeyError: 'a key'",
            "conftest.py:*: KeyError",
            "*- tuning -*",
            "stump-iris-broken-0: KeyError: 'a key'",
            "- failed: stump-iris-broken-0: KeyError: 'a key'",
        ]
    )
    assert set(frames(result)) <= {"test_tuning.py", "conftest.py"}
    assert frames(result)[-1] == "conftest.py"


STYLES = {
    "short": ["conftest.py:*: in broken", "conftest.py:*: in helper", "E   KeyError: 'a key'"],
    "long": ["objective = <tuners.objective.Objective *", "E       KeyError: 'a key'"],
    "line": ["*conftest.py:6: KeyError: 'a key'"],
    "native": ["Traceback (most recent call last):", '  File "*conftest.py", line 6, in helper', "KeyError: 'a key'"],
}


@pytest.mark.parametrize("isolated", [(), ("--tuning-isolate",)])
@pytest.mark.parametrize("style", STYLES)
def test_styles_of_tracebacks(suite: pytest.Pytester, style: str, isolated: tuple[str, ...]) -> None:
    """Each of pytest's styles is the user's, without frames of ours or of a library."""
    result = run(suite, "broken", f"--tb={style}", *isolated)
    result.stdout.fnmatch_lines(STYLES[style])
    result.stdout.no_fnmatch_line("*tuners/execution/measurement.py*")
    result.stdout.no_fnmatch_line("*site-packages*")


def test_no_traceback_where_none_is_wanted(suite: pytest.Pytester) -> None:
    """Under --tb=no there is the table and its one line."""
    result = run(suite, "broken", "--tb=no")
    result.stdout.no_fnmatch_line("*helper*")
    result.stdout.fnmatch_lines(["- failed: stump-iris-broken-0: KeyError: 'a key'"])


@pytest.mark.parametrize("isolated", [(), ("--tuning-isolate",)])
def test_locals_and_causes_are_shown(suite: pytest.Pytester, isolated: tuple[str, ...]) -> None:
    """--showlocals shows the user's, and a chained exception both of its tracebacks."""
    result = run(suite, "chained", "--showlocals", *isolated)
    result.stdout.fnmatch_lines(
        ["secret *= 'first'", "E   *KeyError: 'first'", "*direct cause*", "E   *RuntimeError: second"]
    )
    assert set(frames(result)) <= {"test_tuning.py", "conftest.py"}


def test_the_whole_traceback_on_demand(suite: pytest.Pytester) -> None:
    """--full-trace leaves our frames in."""
    run(suite, "broken", "--full-trace").stdout.fnmatch_lines(["*tuners/execution/measurement.py:*"])


def test_what_a_library_raises_ends_in_the_users_call(suite: pytest.Pytester) -> None:
    """The last frame is the line of the user's tuner that called."""
    result = run(suite, "calls_a_library")
    result.stdout.fnmatch_lines([">   *objective(5)", "E   *TypeError: *"])
    assert frames(result)[-1] == "conftest.py"


def test_a_tuner_that_exits_has_a_traceback(suite: pytest.Pytester) -> None:
    """SystemExit fails the cell, at the user's line."""
    result = run(suite, "cancelled")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">   *raise SystemExit(?enough?)", "E   *stump-iris-cancelled-0: SystemExit: enough"])


def test_the_debugger_stops_in_the_users_frame(suite: pytest.Pytester) -> None:
    """--pdb enters the frame that raised."""
    suite.makepyfile(debugger="class Pdb:\n    def __init__(self, *a, **k): pass\n    def reset(self): pass\n"
                     "    def interaction(self, frame, tb):\n        while tb.tb_next: tb = tb.tb_next\n"
                     "        print('stopped in', tb.tb_frame.f_code.co_name)\n")  # fmt: skip
    suite.syspathinsert()
    run(suite, "broken", "--pdb", "--pdbcls=debugger:Pdb").stdout.fnmatch_lines(["stopped in helper"])


@pytest.mark.parametrize("isolated", [(), ("--tuning-isolate",)])
def test_an_estimators_traceback(suite: pytest.Pytester, isolated: tuple[str, ...]) -> None:
    """An estimator that fails untuned is shown with its own frame; candidates that fail are one line."""
    suite.makepyfile(
        mine="""
        from sklearn.base import BaseEstimator, ClassifierMixin

        class Broken(ClassifierMixin, BaseEstimator):
            def __init__(self, a=1):
                self.a = a
            def fit(self, X, y):
                if self.a != 3:
                    raise RuntimeError("out of order")
                self.classes_ = [0]
                return self
            def predict(self, X):
                return [0] * len(X)
        """,
        test_tuning="""
        import pytest, tuners
        from mine import Broken

        MODELS = [tuners.Model("untuned", Broken(), {"a": [1, 2]}), tuners.Model("tuned", Broken(3), {"a": [1, 2]})]

        @pytest.mark.tuning(models=MODELS, datasets=["iris"])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """,
    )
    suite.syspathinsert()
    result = run(suite, "random", *isolated)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            ">   *raise RuntimeError(?out of order?)",
            "mine.py:*: RuntimeError",
            "untuned-iris-random-0: the run cannot begin: RuntimeError: out of order",
            "tuned-iris-random-0: every candidate failed: RuntimeError: out of order",
        ]
    )
    assert frames(result).count("mine.py") == 1


@pytest.mark.parametrize("isolated", [(), ("--tuning-isolate",)])
def test_a_method_that_cannot_serve_is_skipped(suite: pytest.Pytester, isolated: tuple[str, ...]) -> None:
    """A model without guesses, a space with a range, a user's tuner that says so: skipped with reason, exit code 0."""
    suite.makepyfile(test_tuning=SUITE.replace("MODELS]", "BARE]"))
    suite.makeconftest(CONFTEST.replace("objective(dict(objective.guesses[0]))\n    raise", "raise"))
    chosen = "default,manual,random,exhaustive,refuses"
    result = run(suite, chosen, "--tuning-report=out.json", "--benchmark-json=saved.json", "-rs", *isolated)
    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=2, skipped=3)
    result.stdout.fnmatch_lines(["- skipped: bare-iris-manual-0: manual search needs guesses: give the model some, *"])
    result.stdout.fnmatch_lines(["- skipped: bare-iris-exhaustive-0: exhaustive search needs a finite space, *"])
    result.stdout.fnmatch_lines(["SKIPPED * refuses needs a space of one: give it one"])
    report = json.loads((suite.path / "out.json").read_text())
    rows = {row["tuner"]: row for row in report["groups"][0]["rows"]}
    assert sum(rows[name]["rank"] for name in ("default", "random")) == 3
    assert [rows[name]["rank"] for name in ("manual", "exhaustive", "refuses")] == [None] * 3
    saved = json.loads((suite.path / "saved.json").read_text())
    assert [bench["extra_info"]["tuner"] for bench in saved["benchmarks"]] == ["default", "random"]


@pytest.mark.parametrize("tuner", ["manual", "exhaustive"])
def test_what_a_method_needs_is_looked_at_before_the_first_fit(tuner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The untuned model is not fitted for a method that cannot serve it."""
    model = stump()
    model.guesses = ()
    on = Problem(model, DATASETS.load("iris")(None), 0)
    with pytest.raises(NotApplicableError, match="needs"):
        measure(tuner, TUNERS.load(tuner), on, Budget(3))
    assert "default_test_score" not in vars(on)


def record(tuner: str, dataset: str, status: str = "ok", score: float | None = 0.9) -> Record:
    """Return a record."""
    return Record(
        "m", dataset, tuner, 0, status=status, test_score=score, cv_score=score, seconds=1.0, metric="accuracy"  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_skipped_method_takes_no_blocks() -> None:
    """Where a method is skipped on one dataset, the others keep all their blocks, and it is not ranked."""
    records = [
        *(record(tuner, dataset) for tuner in ("default", "random") for dataset in ("a", "b", "c")),
        record("mine", "a", score=0.99), record("mine", "b", "skipped", None), record("mine", "c", "skipped", None),
    ]  # fmt: skip
    group = evaluate(records)[-1]
    rows = {row.tuner: row for row in group.rows}
    assert group.blocks == 3
    assert rows["mine"].rank is None
    assert rows["random"].rank == 1.5
    assert "mine is not ranked: skipped in 2 blocks in which others have a score" in group.notes
    assert [row.tuner for row in rankings(records)[0].rows] == ["default", "random"]
    assert {row.tuner: row.rank for row in evaluate(records)[0].rows} == {"default": 2.5, "random": 2.5, "mine": 1.0}


def test_a_dataset_that_is_not_there_takes_no_method() -> None:
    """Where all methods are skipped on one dataset, all are ranked on the others."""
    tuners, datasets = ("default", "random"), ("a", "b", "c")
    records = [
        record(t, d, "skipped" if d == "c" else "ok", None if d == "c" else 0.9) for t in tuners for d in datasets
    ]
    assert [row.rank for row in evaluate(records)[-1].rows] == [1.5, 1.5]


def test_the_gate_and_skipped_methods() -> None:
    """A method that is skipped then and now has no verdict, unless the gate asks for it; one that is gone fails."""
    skipped = Session((record("default", "a"), record("manual", "a", "skipped", None)), {}, {})
    before = Session((record("default", "a"), record("manual", "a")), {}, {})
    assert {v.tuner for v in judge([parse("failures:0")], skipped, [skipped])} == {"default"}
    (asked,) = judge([parse("manual:score:1%")], skipped, [skipped])
    assert (asked.outcome, asked.detail) == ("not judged", "skipped in both runs")
    assert [v.outcome for v in judge([parse("failures:0")], skipped, [before]) if v.tuner == "manual"] == ["missing"]


def test_an_exception_of_another_process_tells_its_own_reason() -> None:
    """It does not tell the name of what carried it."""
    assert one_line(ElsewhereError("ValueError: no")) == "ValueError: no"
