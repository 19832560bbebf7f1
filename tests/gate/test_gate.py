"""The gate: its arithmetic, its verdicts, and what a session does with them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import ROOT, forked
from tests.bench import PLAIN
from tuners import TuningError
from tuners.__main__ import main
from tuners.gate.expression import Gate, parse
from tuners.gate.judge import judge
from tuners.gate.verdict import Verdict, summary
from tuners.results.record import Record
from tuners.results.session import Session

MACHINE = {"node": "a", "cpu": {"count": 2}}


def records(
    scores: dict[str, list[float]], *, seconds: float = 1.0, reference: float = 0.01, mark: str = ""
) -> Session:
    """Return a session of one dataset, a method's scores by seed."""
    found = [
        Record(
            "forest", "iris", tuner, seed, metric="accuracy", test_score=score, default_test_score=0.5,
            seconds=seconds, reference_seconds=reference, trials_sha256=f"{tuner}{seed}{mark}", budget=4,
        )
        for tuner, values in scores.items()
        for seed, score in enumerate(values)
    ]  # fmt: skip
    return Session(tuple(found), MACHINE, {"numpy": "2"})


def outcomes(verdicts: list[Verdict]) -> dict[str, str]:
    """Return the outcome of each method."""
    return {verdict.tuner: verdict.outcome for verdict in verdicts}


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("score:1%", Gate("score", 0.01, relative=True, tuner=None, text="score:1%")),
        ("score:0.02", Gate("score", 0.02, relative=False, tuner=None, text="score:0.02")),
        ("random:seconds:25%", Gate("seconds", 0.25, relative=True, tuner="random", text="random:seconds:25%")),
        ("failures:0", Gate("failures", 0, relative=False, tuner=None, text="failures:0")),
    ],
)
def test_expressions(text: str, gate: Gate) -> None:
    """As in the README."""
    assert parse(text) == gate


@pytest.mark.parametrize(
    "text",
    [
        "",
        "score",
        "score:",
        "score:-1%",
        "speed:1%",
        "seconds:2",
        "failures:0.5",
        ":score:1%",
        "a:b:score:1%",
        "score:nan",
        "score:inf",
    ],
)
def test_wrong_expressions(text: str) -> None:
    """What is expected is said."""
    with pytest.raises(ValueError, match=r"\[TUNER:\]score:1%"):
        parse(text)


KIND = """
from tuners.gate.cells import cells
from tuners.gate.kind import Finding, Kind, Tolerance

def test(tolerance, methods, now, then, alpha):
    used = {method: max(r.evaluations for r in cells(method, now.records).values()) for method in methods}
    return [Finding(m, "regressed", difference=n - 4) for m, n in used.items() if n > tolerance.value]

def worded(value, interval, metric):
    return f"{value:+} evaluations"

KIND = Kind(place=25, examples=("8",), read=Tolerance.read, test=test, worded=worded)
"""
ASKED = """
import tuners.gate.kinds
tuners.gate.kinds.__path__.append(".")

import sys
import pytest
from tuners.results.record import Record
from tuners.results.session import Session

pytest.main(["-p", "tuners.plugin", "--help"])
assert not {"numpy", "scipy", "pandas"} & set(sys.modules)

from tuners.gate.expression import parse
from tuners.gate.judge import judge

session = Session((Record("forest", "iris", "random", 0, evaluations=9),), {}, {})
print(*judge([parse("evaluations:8")], session, [session]))
try:
    parse("evaluations:many")
except ValueError as error:
    print(error)
"""


def test_a_kind_of_gate_is_one_file(tmp_path: Path) -> None:
    """A module with a `KIND` among the kinds is in the help texts and errors, is parsed, judges, and words verdicts."""
    (tmp_path / "evaluations.py").write_text(KIND)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    said = " ".join(asked.stdout.split())
    assert "fail if worse: [TUNER:]score:1%, search:1%, test:1%, seconds:25%, evaluations:8" in said
    assert "regressed: random on forest, +5 evaluations (evaluations:8)" in said
    assert "[TUNER:]score:0.01, [TUNER:]search:1%, [TUNER:]test:1%, [TUNER:]seconds:25%, [TUNER:]evaluations:8" in said


def test_verdicts_of_methods() -> None:
    """Each outcome has its case, and only what is worse beyond the tolerance, or gone, fails."""
    noise = np.random.default_rng(0).normal(0, 0.002, 12)
    base = np.full(12, 0.9)
    then = records(dict.fromkeys(["same", "drop", "rise", "level", "noisy", "gone"], base.tolist()))
    now = records(
        {
            "drop": (base - 0.05 + noise).tolist(),
            "rise": (base + 0.05 + noise).tolist(),
            "level": (base + noise).tolist(),
            "noisy": (base + 50 * noise).tolist(),
            "fresh": base.tolist(),
        },
        mark="changed",
    )
    same = tuple(record for record in then.records if record.tuner == "same")
    now = Session((*now.records, *same), MACHINE, {"numpy": "2"})
    verdicts = judge([parse("score:1%")], now, [then])
    assert outcomes(verdicts) == {
        "same": "identical", "drop": "regressed", "rise": "improved", "level": "equivalent", "noisy": "inconclusive",
        "gone": "missing", "fresh": "new",
    }  # fmt: skip
    assert {verdict.tuner for verdict in verdicts if verdict.fails} == {"drop", "gone"}
    assert summary(verdicts).startswith("the gate fails: regressed: drop on forest, -5.0")
    assert summary(verdicts).endswith("; and 1 more")


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        ("accuracy", -0.0193, "-1.93 points [-2.93, -0.93]"),
        ("roc_auc_ovr", -0.0193, "-1.93 points [-2.93, -0.93]"),
        ("neg_mean_absolute_error", -11.4935, "+11.49 [+11.48, +11.50] mean absolute error"),
        ("neg_root_mean_squared_error", 57_123.4, "-57123 [-57123, -57123] root mean squared error"),
        ("neg_mean_squared_error", -2.3e-07, "+0.00000 [-0.01000, +0.01000] mean squared error"),
        ("r2", -0.25, "-0.2500 [-0.2600, -0.2400] r2"),
        ("matthews_corrcoef", -0.25, "-0.2500 [-0.2600, -0.2400] matthews_corrcoef"),
    ],
)
def test_a_score_gate_speaks_the_metrics_unit(metric: str, value: float, expected: str) -> None:
    """Points are of shares; a loss, which rises where it is worse, and a coefficient are told in their own unit."""
    ends = (value - 0.01, value + 0.01)
    verdict = Verdict("score:1%", "m", "t", "regressed", difference=value, interval=ends, metric=metric)
    assert str(verdict) == f"regressed: t on m, {expected} (score:1%)"


def test_a_loss_that_rises_is_told_in_its_unit() -> None:
    """From the records to the line: a positive error that has become larger, and no points of it."""
    then, now = records({"random": [-50.0] * 6}), records({"random": [-61.5] * 6}, mark="changed")
    then, now = (
        Session(tuple(replace(r, metric="neg_mean_absolute_error") for r in s.records), MACHINE, {})
        for s in (then, now)
    )
    (verdict,) = judge([parse("score:1%")], now, [then])
    assert str(verdict).startswith("regressed: random on forest, +11.50 [+11.50, +11.50] mean absolute error on test")


def test_seconds_are_in_percent() -> None:
    """Of what they were."""
    verdict = Verdict("seconds:25%", "m", "t", "regressed", difference=0.5, interval=(0.3, 0.7))
    assert str(verdict) == "regressed: t on m, +50 % [+30, +70] (seconds:25%)"


def test_a_cell_that_fails_newly_fails_the_gate() -> None:
    """Whatever the default model scores in its place."""
    then = records({"random": [0.9] * 6})
    broken = [Record("forest", "iris", "random", 0, status="crashed", reason="its process died"), *then.records[1:]]
    now = Session(tuple(broken), MACHINE, {})
    assert outcomes(judge([parse("score:1%")], now, [then])) == {"random": "failed"}
    assert outcomes(judge([parse("failures:0")], now, [then])) == {"random": "regressed"}
    assert outcomes(judge([parse("failures:1")], now, [then])) == {"random": "equivalent"}


def test_a_gate_on_an_unknown_method_is_an_error() -> None:
    """A misspelt name would else pass for ever."""
    session = records({"random": [0.9] * 6})
    with pytest.raises(TuningError, match="gate 'randm:score:1%': expected a method of this run, got 'randm'"):
        judge([parse("randm:score:1%")], session, [session])


def test_seconds_need_sessions() -> None:
    """One earlier session is measured and not judged; several that agree are."""
    then, slow = records({"random": [0.9] * 5}), records({"random": [0.9] * 5}, seconds=2.0)
    (verdict,) = judge([parse("seconds:25%")], slow, [then])
    assert verdict.outcome == "not judged"
    assert verdict.difference == pytest.approx(1.0)
    assert "save 2 more at that commit" in verdict.detail
    several = [records({"random": [0.9] * 5}, seconds=seconds) for seconds in (1.0, 1.02, 0.99, 1.01)]
    assert outcomes(judge([parse("seconds:25%")], slow, several)) == {"random": "regressed"}
    assert outcomes(judge([parse("seconds:25%")], several[0], several[1:])) == {"random": "equivalent"}


def recorded(own: float, clock: str = "recorded", *, contended: bool = False) -> Session:
    """Return a session of recorded runs whose method needs that many seconds of its own."""
    whole = records({"random": [0.9] * 5}, seconds=100 + own)
    changed = [replace(each, clock=clock, search_seconds=own, contended=contended) for each in whole.records]
    return Session(tuple(changed), whole.machine, whole.libraries)


def test_seconds_of_recorded_runs_are_the_methods_own() -> None:
    """Recorded evaluations do not hide what a change to the method costs; the verdict says what was judged."""
    several = [recorded(own) for own in (1.0, 1.02, 0.99, 1.01)]
    (verdict,) = judge([parse("seconds:25%")], recorded(2.0), several)
    assert verdict.outcome == "regressed"
    assert verdict.difference == pytest.approx(1.0, abs=0.02)
    assert str(verdict).endswith("of the method itself, since runs are recorded (seconds:25%)")
    assert outcomes(judge([parse("seconds:25%")], several[0], several[1:])) == {"random": "equivalent"}


@pytest.mark.parametrize(
    "now", [recorded(1.0, "wall"), recorded(1.0, contended=True)], ids=["other clock", "contended"]
)
def test_seconds_that_are_not_alike_are_not_judged(now: Session) -> None:
    """Those of another clock, or with other cells beside them."""
    (verdict,) = judge([parse("seconds:25%")], now, [recorded(1.0)] * 4)
    assert verdict.outcome == "not judged"
    assert verdict.detail.startswith("no seconds to compare")


def test_several_gates_share_the_false_alarms() -> None:
    """Each further gate is as strict as it must be for all together; counts of failures take no share."""
    noise = np.random.default_rng(0).normal(0, 0.01, 8)
    then, now = records({"random": [0.9] * 8}), records({"random": (0.891 + noise).tolist()}, mark="changed")
    gates = {text: [parse(each) for each in text.split()] for text in ("test:0", "test:0 failures:0", "test:0 test:1%")}
    p_values = {text: judge(several, now, [then])[0].p_value for text, several in gates.items()}
    assert p_values["test:0"] == p_values["test:0 failures:0"]
    assert p_values["test:0 test:1%"] == pytest.approx(2 * (p_values["test:0"] or 0))


def test_seconds_are_in_units_of_the_speed_of_the_machine() -> None:
    """Everything at half the speed is no regression."""
    several = [records({"random": [0.9] * 5}, seconds=seconds) for seconds in (1.0, 1.02, 0.99, 1.01)]
    slower_machine = records({"random": [0.9] * 5}, seconds=2.0, reference=0.02)
    assert outcomes(judge([parse("seconds:25%")], slower_machine, several)) == {"random": "equivalent"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: Session(s.records, {"node": "b"}, s.libraries), "other machine"),
        (lambda s: Session(s.records, s.machine, {"numpy": "3"}), "other versions (numpy)"),
    ],
)
def test_seconds_elsewhere_are_not_judged(change: Callable[[Session], Session], reason: str) -> None:
    """Scores are."""
    session = records({"random": [0.9] * 5})
    (verdict,) = judge([parse("seconds:25%")], change(session), [session] * 4)
    assert verdict.outcome == "not judged"
    assert verdict.detail.startswith(reason)
    assert outcomes(judge([parse("score:1%")], change(session), [session])) == {"random": "identical"}


SUITE = """
import pytest, tuners
from tests.estimators import stump

@pytest.mark.tuning(models=[stump()], datasets=["iris", "wine"])
def test_stumps(tune, tuner, problem):
    tune(tuner, problem)
"""
WORSE = """
import tuners
from tuners.methods import random as module

@tuners.tuner
def searching(objective, seed):
    if {worse}:
        objective({{"feature": 0, "threshold": 0.99}})
    else:
        module.tune(objective, seed)
"""
OPTIONS = ("-p", "tuners.plugin", *PLAIN, "--tuning-tuners=default,searching", "--tuning-seeds=5", "--tuning-budget=8")


@pytest.fixture(scope="module")
def kept(server: forked.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a suite with a tuner, and keep a run of it, once for all tests."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "test_stumps.py").write_text(SUITE)
    (folder / "conftest.py").write_text(WORSE.format(worse=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        assert server.run(folder, *OPTIONS, "--benchmark-save=base").ret == pytest.ExitCode.OK
    return folder


@pytest.fixture
def suite(kept: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a copy of the suite and its kept run."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("test_stumps.py", "conftest.py"):
        shutil.copy(kept / name, pytester.path)
    shutil.copytree(kept / ".benchmarks", pytester.path / ".benchmarks")
    return pytester


def test_a_regression_fails_the_session(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says so last; the job's summary has the report; the same gate works on the saved runs."""
    passing = suite.runpytest_subprocess(*OPTIONS, "--benchmark-compare=base", "--tuning-fail=score:1%")
    assert passing.ret == 0
    passing.stdout.fnmatch_lines(["- the gate passes: 2 identical"])
    passing.stdout.no_fnmatch_line("*Can't compare*")
    suite.makeconftest(WORSE.format(worse=True))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(suite.path / "summary.md"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = suite.runpytest_subprocess(
        *OPTIONS,
        "--benchmark-compare=base",
        "--benchmark-save=worse",
        "--tuning-fail=score:1%",
        "--tuning-fail=failures:0",
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["::error title=*::regressed: searching on stump, -*", "the gate fails: 1 regressed"])
    assert "Traceback" not in result.stdout.str()
    assert "regressed: searching on stump" in (suite.path / "summary.md").read_text()
    storage = str(suite.path / ".benchmarks")
    assert main(["gate", "base", "worse", "--fail", "score:1%", "--storage", storage]) == 1
    assert main(["gate", "1", "0001_base", "--fail", "score:1%", "--storage", storage]) == 0
    assert main(["gate", "nothing", "worse", "--fail", "score:1%", "--storage", storage]) == 2


def test_a_gate_needs_something_to_compare_with(suite: pytest.Pytester) -> None:
    """Without a run, one line and the exit code of wrong usage; with none that can be read, the same."""
    result = suite.runpytest_subprocess(*OPTIONS, "--tuning-fail=score:1%")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-fail: expected a run to compare with, got none*"])
    result = suite.runpytest_subprocess(*OPTIONS, "--benchmark-compare=other", "--tuning-fail=score:1%")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --benchmark-compare: no saved run 'other' in *the latest are 0001_base"])
    wrong = suite.runpytest_subprocess(*OPTIONS, "--benchmark-compare=base", "--tuning-fail=scor:1%")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(["ERROR: --tuning-fail: expected *score:1%*, got 'scor:1%'"])
    misspelt = suite.runpytest_subprocess(*OPTIONS, "--benchmark-compare=base", "--tuning-fail=serching:score:1%")
    assert misspelt.ret == pytest.ExitCode.USAGE_ERROR
    said = "expected a method of this run, got 'serching': did you mean 'searching'?"
    misspelt.stderr.fnmatch_lines([f"ERROR: --tuning-fail=serching:score:1%: {said}"])


def test_a_worker_that_dies_is_a_crashed_cell(suite: pytest.Pytester) -> None:
    """It is in the table, and the rest is measured."""
    pytest.importorskip("xdist")
    suite.makeconftest(
        "import os, tuners\n@tuners.tuner\ndef searching(objective, seed):\n"
        "    objective({'feature': 0, 'threshold': 0.5})\n    objective.folds is None or os._exit(3)\n"
    )
    result = suite.runpytest_subprocess(
        *OPTIONS, "-n", "1", "-p", "xdist", "--tuning-seeds=1", "--tuning-report=out.json"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    runs = json.loads((suite.path / "out.json").read_text())["runs"]
    assert (
        sorted((run["tuner"], run["status"]) for run in runs)
        == [("default", "ok")] * 2 + [("searching", "crashed")] * 2
    )


def test_cells_in_workers(suite: pytest.Pytester) -> None:
    """Under xdist, table and saved run are whole, scores are judged, and seconds fail rather than pass."""
    pytest.importorskip("xdist")
    result = suite.runpytest_subprocess(
        *OPTIONS, "-n", "2", "-p", "xdist", "--benchmark-compare=base", "--benchmark-save=workers",
        "--tuning-report=out.json",
        "--tuning-fail=score:1%", "--tuning-fail=seconds:900%", "--benchmark-compare-fail=mean:900%",
    )  # fmt: skip
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    report = json.loads((suite.path / "out.json").read_text())
    assert len(report["runs"]) == 20
    assert all(run["contended"] for run in report["runs"])
    result.stdout.fnmatch_lines(["- ~: cells ran side by side*"])
    verdicts = [(verdict["gate"], verdict["outcome"]) for verdict in report["verdicts"]]
    assert sorted(set(verdicts)) == [("score:1%", "identical"), ("seconds:900%", "not judged")]
    result.stdout.fnmatch_lines(["--benchmark-compare-fail: not judged, and so failed*"])
    saved: dict[str, Any] = json.loads(next(suite.path.glob(".benchmarks/*/0002_workers.json")).read_text())
    assert len(saved["benchmarks"]) == 20
    assert "partial" not in saved
    trials = next(suite.path.glob(f".benchmarks/*/{saved['benchmarks'][0]['extra_info']['trials']}"))
    assert len({json.loads(line)["cell"] for line in trials.read_text().splitlines()}) == 20
