"""`python -m tuners export`: cells and trials in MLflow's store and Optuna's storage are those of the saved run."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import runs
from tuners import when
from tuners.__main__ import main
from tuners.commands.export._distributions import distributions, divided
from tuners.results.repeats import repeats_hash
from tuners.results.run import Run
from tuners.results.trial import Trial, trials_hash
from tuners.spaces import as_space, samples
from tuners.store import saved, side_files

SPACE = {
    "kernel": ["linear", "rbf", "poly"],
    "C": (1e-2, 1e2, "log"),
    "degree": when((2, 5), kernel="poly"),
    "shrinking": [True, False],
    "weight": [None, "balanced"],
}
ABOUT = {
    "machine_info": {}, "commit_info": {"id": "abcdef0123"}, "datetime": "2026-03-01T12:00:00+00:00", "version": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(made: Sequence[Run], name: str = "base") -> None:
    """Write a saved run with its side file."""
    where = Path(".benchmarks", "machine")
    where.mkdir(parents=True, exist_ok=True)
    side_files.write(made, where / f"{name}.trials.jsonl")
    content = saved.document([(run.record, {}) for run in made], about=ABOUT, trials=f"{name}.trials.jsonl")
    (where / f"0001_{name}.json").write_text(json.dumps(content))


def cell(trials: Sequence[Trial], **values: Any) -> Run:
    """Return a cell of these trials."""
    made = runs.run("optuna", trials=2)
    best = max((each for each in trials if each.can_win), key=lambda each: each.score)
    usual: dict[str, Any] = {
        "evaluations": len(trials), "trials_sha256": trials_hash(trials), "cv_score": best.score,
        "best_params": best.params, "failed_trials": sum(not each.ok for each in trials),
    }  # fmt: skip
    return Run(dataclasses.replace(made.record, **(usual | values)), tuple(trials))


MIXED = (
    Trial.of({"max_depth": None, "n_estimators": 100}, [0.5, 0.7], start=0.0, end=1.0, fit_seconds=0.5),
    Trial.of({"max_depth": 5, "n_estimators": 10}, [math.nan, 0.5], start=1.0, end=2.0, reason="ValueError: lost"),
    Trial.of({"max_depth": 8, "n_estimators": 30}, [0.8, 0.9], start=2.0, end=3.0, fidelity=1 / 3),
    Trial.of({"max_depth": 999, "n_estimators": 20}, [0.6, 0.7], start=3.0, end=4.0),
)
"""Of the untuned model's kind; failed; in part; with a value that the space has not."""


@pytest.mark.parametrize("where", ["sqlite:///trials.db", "trials.log"])
def test_optuna_has_the_trials(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a database and in a journal: a study a cell, values, failures, parts and times as they were."""
    optuna = pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    save([cell(MIXED)])
    assert main(["export", "base", "--optuna", where]) == 0
    assert capsys.readouterr().out == f"1 cell of 0001_base: 1 study, 4 trials in {where}\n"
    backend = None if "://" in where else optuna.storages.journal.JournalFileBackend(where)
    storage = where if backend is None else optuna.storages.JournalStorage(backend)
    study = optuna.load_study(study_name="0001_base: forest-wine-optuna-0", storage=storage)
    first, failed, part, last = study.trials
    assert [each.state.name for each in study.trials] == ["COMPLETE", "FAIL", "PRUNED", "COMPLETE"]
    assert (first.value, first.params) == (0.6, {"max_depth": None, "n_estimators": 100})
    assert (failed.value, failed.user_attrs["reason"]) == (None, "ValueError: lost")
    assert part.intermediate_values == {33: pytest.approx(0.85)}
    assert (last.params, last.user_attrs["outside the space"]) == ({"n_estimators": 20}, {"max_depth": 999})
    assert (last.datetime_complete - first.datetime_start).total_seconds() == 4
    assert study.best_trial.number == 3  # the one in part scored more, on a third of its trees
    assert study.user_attrs["commit"] == "abcdef0123"


def test_optuna_has_losses_as_they_are_read() -> None:
    """Positive, and the study minimises."""
    optuna = pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    trials = [Trial.of({"x": x}, [-x, -x], start=0.0, end=1.0) for x in (1.0, 3.0)]
    save([cell(trials, model="mine", metric="neg_log_loss")])  # a model that nobody knows here
    assert main(["export", "base", "--optuna", "sqlite:///trials.db", "--name", "lost"]) == 0
    study = optuna.load_study(study_name="lost: mine-wine-optuna-0", storage="sqlite:///trials.db")
    assert (study.best_value, study.best_params) == (1.0, {"x": 1.0})
    assert (study.trials[0].distributions["x"].low, study.trials[0].distributions["x"].high) == (1.0, 3.0)


def test_further_repeats_are_exported_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its own trials; else the first of each cell."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    made = runs.run("random", trials=3)
    (first,) = made.repeats
    trials = made.trials[::-1]
    other = dataclasses.replace(first, trials=trials, incumbents=(), trials_sha256=trials_hash(trials))
    told = repeats_hash([first.trials_sha256, other.trials_sha256])
    record = dataclasses.replace(made.record, repeats=2, trials_sha256=told)
    save([dataclasses.replace(made, repeats=(first, other), record=record)])
    assert main(["export", "base", "--optuna", "one.log"]) == 0
    assert main(["export", "base", "--optuna", "two.log", "--repeats"]) == 0
    first_said, second_said = capsys.readouterr().out.splitlines()
    assert "1 study, 3 trials" in first_said
    assert "2 studies, 6 trials" in second_said


def test_mlflow_has_runs_and_trials(capsys: pytest.CaptureFixture[str]) -> None:
    """A run a cell with settings, figures and the history of its scores; where asked for, a run below it a trial."""
    tracking = pytest.importorskip("mlflow.tracking", reason="pip install 'pytest-tuners[mlflow]'")
    lost = runs.lost("smac", "RuntimeError: lost")
    nothing = dataclasses.replace(lost.record, seconds=0.1, evaluations=0, trials_sha256=trials_hash(()))
    lost = dataclasses.replace(lost, record=nothing)
    save([cell(MIXED, other_scores={"neg_log_loss": -0.25}), lost])
    assert main(["export", "base", "--mlflow", "sqlite:///mlflow.db", "--trials"]) == 0
    assert capsys.readouterr().out.endswith("experiment '0001_base', 6 runs in sqlite:///mlflow.db\n")
    client = tracking.MlflowClient("sqlite:///mlflow.db")
    experiment = client.get_experiment_by_name("0001_base").experiment_id
    found = {each.info.run_name: each for each in client.search_runs([experiment])}
    good = found["forest-wine-optuna-0"]
    assert good.info.status == "FINISHED"
    assert good.data.metrics["cv_score"] == pytest.approx(0.65)
    assert good.data.metrics["test log loss"] == 0.25
    assert good.data.params | {"tuner": "optuna", "best.max_depth": "999", "seed": "0"} == good.data.params
    assert good.data.tags["mlflow.source.git.commit"] == "abcdef0123"
    history = client.get_metric_history(good.info.run_id, "trial.score")
    assert [(each.step, round(each.value, 9)) for each in history] == [(0, 0.6), (2, 0.85), (3, 0.65)]
    assert [each.step for each in client.get_metric_history(good.info.run_id, "incumbent.score")] == [0, 3]
    failed = found["forest-wine-optuna-0: trial 1"]
    assert failed.data.tags["mlflow.parentRunId"] == good.info.run_id
    assert (failed.info.status, failed.data.tags["tuning.reason"]) == ("FAILED", "ValueError: lost")
    assert found["forest-wine-optuna-0: trial 2"].data.params == {"max_depth": "8", "n_estimators": "30"}
    assert found["forest-wine-smac-0"].info.status == "FAILED"
    assert found["forest-wine-smac-0"].data.tags["tuning.reason"] == "RuntimeError: lost"


def test_nothing_is_exported_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """A store that has the name already is left as it is; another name is taken."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    save([cell(MIXED)])
    assert main(["export", "base", "--optuna", "trials.log"]) == 0
    assert main(["export", "base", "--optuna", "trials.log"]) == 2
    said = "a storage without a study '0001_base: forest-wine-optuna-0', got trials.log, which has one: choose another"
    assert said in capsys.readouterr().err
    assert main(["export", "base", "--optuna", "trials.log", "--name", "again"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["base", "--optuna", "nonsense://x"], "--optuna: expected a URL such as sqlite:///trials.db, or a path, got"),
        (
            ["base", "--optuna", "x.log", "--cells", "svm*"],
            "expected a pattern of cells in 0001_base, got 'svm*': they",
        ),
        (["missing", "--optuna", "x.log"], "no saved run 'missing' in .benchmarks"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names what was expected; the exit code is that of bad input."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    save([cell(MIXED)])
    assert main(["export", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_missing_library_has_its_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The extra that installs it is named, before anything is written."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005
    save([cell(MIXED)])
    assert main(["export", "base", "--mlflow", "sqlite:///mlflow.db"]) == 2
    assert "mlflow is not installed: pip install 'pytest-tuners[mlflow]' installs it" in capsys.readouterr().err
    assert not Path("mlflow.db").exists()


@given(st.integers(0, 2**31))
def test_every_point_of_a_space_lies_in_its_distributions(seed: int) -> None:
    """With all that is active in it, and as Optuna reads it back."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    space = as_space(SPACE)
    known = distributions(space, ())
    (point,) = (point for point, _ in zip(samples(space, seed), range(1), strict=False))
    inside, outside = divided(point, known)
    assert (inside, outside) == (point, {})
    assert all(
        known[name].to_external_repr(known[name].to_internal_repr(inside[name])) == inside[name] for name in point
    )


def test_kinds_of_values_stay_apart() -> None:
    """1, 1.0, True and "1" are four choices; listed numbers are a range, so that a chart has an axis of them."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    known = distributions(None, [{"a": 1, "n": 1}, {"a": True, "n": 200}, {"a": "1", "n": 10}, {"a": 1.0}])
    assert known["a"].choices == (1, True, "1", 1.0)
    assert (known["n"].low, known["n"].high, known["n"].log) == (1, 200, True)
    assert divided({"a": True, "n": True}, known) == ({"a": True}, {"n": True})


def test_a_model_of_ones_own_has_its_space(tmp_path: Path) -> None:
    """`--tests` says where it is registered."""
    optuna = pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    (tmp_path / "conftest.py").write_text(
        "import tuners\nfrom sklearn.svm import SVC\n"
        "tuners.register_model(tuners.Model('mine', SVC(), {'C': (0.1, 99.0)}))"
    )
    save([cell([Trial.of({"C": 2.0}, [0.5, 0.5], start=0.0, end=1.0)], model="mine")])
    assert main(["export", "base", "--optuna", "sqlite:///trials.db", "--tests", "."]) == 0
    (study,) = optuna.get_all_study_summaries("sqlite:///trials.db")
    (trial,) = optuna.load_study(study_name=study.study_name, storage="sqlite:///trials.db").trials
    assert (trial.distributions["C"].low, trial.distributions["C"].high) == (0.1, 99.0)
