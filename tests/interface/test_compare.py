"""`tuners.compare`: a comparison in Python, by the same plan, execution and analysis as the plugin."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

import tuners
from tuners import Comparison, Model, TuningError
from tuners.__main__ import main
from tuners.interface import bar
from tuners.report.formats import text
from tuners.store import saved

SPACE = {"max_depth": (1, 9), "min_samples_leaf": [1, 2, 4]}
X, Y = load_iris(return_X_y=True, as_frame=True)
HOW: dict[str, Any] = {
    "tuners": ["default", "random"], "budget": 3, "seeds": 2, "repeats": 2, "evaluation": "plain", "start": "cold",
    "name": "flowers",
}  # fmt: skip


def compared(model: Any = None, **options: Any) -> Comparison:
    """Return a comparison of trees on flowers."""
    tree = Model("tree", DecisionTreeClassifier(), SPACE)
    return tuners.compare(tree if model is None else model, X, Y, **{**HOW, **options})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of the test's own, where the journal goes."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    """Compare once for all tests that look at what came of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("compared"))
        yield compared()


def test_a_row_a_run(comparison: Comparison) -> None:
    """Each repeat of a search has a row, a deterministic method one; scores are those of the records."""
    frame = comparison.frame
    assert frame.groupby("tuner").size().to_dict() == {"default": 2, "random": 4}
    assert set(frame["status"]) == {"ok"}
    means = frame.groupby(["tuner", "seed"])["test_score"].mean()
    assert {(r.tuner, r.seed): r.test_score for r in comparison.records} == pytest.approx(means.to_dict())


def test_a_row_a_trial(comparison: Comparison) -> None:
    """With its parameters in columns; the winner of each run is the trial with its score and parameters."""
    trials = comparison.trials
    assert trials.groupby(["tuner", "seed", "repeat"]).size().to_dict() == {
        **{("default", seed, 0): 1 for seed in (0, 1)},
        **{("random", seed, repeat): 3 for seed in (0, 1) for repeat in (0, 1)},
    }
    for row in comparison.frame.query("tuner == 'random'").to_dict("records"):
        mine = trials.query(f"tuner == 'random' and seed == {row['seed']} and repeat == {row['repeat']}")
        best = mine.sort_values("score", ascending=False, kind="stable").to_dict("records")[0]
        assert best["score"] == row["cv_score"]
        assert best["param_max_depth"] == row["params"]["max_depth"]


def test_the_same_as_by_pytest(comparison: Comparison, pytester: pytest.Pytester) -> None:
    """Same trials, bit for bit, and the saved run of one is what the other is compared with."""
    pytester.makepyfile(
        test_flowers=f"""
        import pytest
        from sklearn.datasets import load_iris
        from sklearn.tree import DecisionTreeClassifier
        from tuners import Dataset, Model

        TREE = Model("tree", DecisionTreeClassifier(), {SPACE})
        FLOWERS = Dataset("flowers", *load_iris(return_X_y=True, as_frame=True))

        @pytest.mark.tuning(models=[TREE], datasets=[FLOWERS])
        def test_flowers(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(pytester.path)
        kept = comparison.save("python")
    options = ("--tuning-tuners=default,random", "--tuning-budget=3", "--tuning-seeds=2", "--tuning-repeats=2")
    result = pytester.runpytest_subprocess(
        "-p", "tuners.plugin", *options, "--tuning-evaluation=plain", "--tuning-start=cold",
        "--benchmark-compare=python", "--benchmark-save=pytest",
    )  # fmt: skip
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["- against *: 2 methods of the same test scores"])
    mine, theirs = (
        saved.read(path).records
        for path in (pytester.path / kept, next(pytester.path.glob(".benchmarks/*/*_pytest.json")))
    )
    assert [record.trials_sha256 for record in mine] == [record.trials_sha256 for record in theirs]
    assert [record.setup_sha256 for record in mine] == [record.setup_sha256 for record in theirs]


def test_it_shows_what_the_terminal_shows(comparison: Comparison) -> None:
    """The table and the sentences; what would settle it is a call with an argument. In a notebook, as HTML."""
    shown = repr(comparison)
    assert shown == text(comparison._report)
    assert "tree on flowers" in shown
    assert "tuners.compare(..., seeds=" in shown
    assert (
        set(comparison.summary) >= {line for line in comparison.summary if line.startswith("best on flowers")} != set()
    )
    page = comparison._repr_html_()
    assert page.count("<table>") == 1
    assert "best on flowers" in page
    assert list(comparison.verdict["tuner"]) == [each.tuner for each in comparison._report.subjects[0].standings]


def test_reports_of_all_formats(comparison: Comparison, folder: Path) -> None:
    """Each is written by its suffix, with machine and call; another suffix is one line."""
    for name in ("a.html", "b.md", "c.csv", "d.json"):
        assert comparison.report(folder / "out" / name).stat().st_size > 500
    assert "tuners.compare(...)" in (folder / "out" / "a.html").read_text(encoding="utf-8")
    assert len(json.loads((folder / "out" / "d.json").read_text())["runs"]) == 4
    with pytest.raises(
        TuningError, match=r"^report: expected a path that can be written to \(.*\), got '/proc/x.html'$"
    ):
        comparison.report("/proc/x.html")
    with pytest.raises(TuningError, match=r"^report: expected a path that ends in .*, got 'x.pdf.bak'$"):
        comparison.report("x.pdf.bak")


def test_a_saved_run_has_its_trials_beside_it(
    comparison: Comparison, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands read it, by its path or its name, and the report that they make shows the same."""
    kept = comparison.save(folder / "mine.json")
    assert main(["rebuild", str(kept), "--report", "again.html"]) == 0
    assert "best on flowers" in capsys.readouterr().out
    assert comparison.save("first").name == "0001_first.json"
    assert main(["gate", "first", str(kept), "--fail", "failures:0"]) == 0
    with pytest.raises(TuningError, match=r"^save: expected a name, or a path that ends in .json, got 'a/b'$"):
        comparison.save("a/b")


def test_the_best_estimator_is_fitted_on_all_rows(comparison: Comparison) -> None:
    """With the best of the winners' parameters; in cross-validation on all rows it is not behind the untuned model."""
    best = comparison.best_estimator_
    plain = DecisionTreeClassifier(random_state=0, **comparison.best_params_).fit(X, Y)
    assert np.array_equal(best.predict(X), plain.predict(X))
    assert best.tree_.n_node_samples[0] == len(X)
    assert comparison.best_score_ > 0.9
    assert comparison.best_params_ in [{}, *comparison.frame["params"]]


def test_every_chart_is_a_figure(comparison: Comparison) -> None:
    """Those that are listed can be drawn or say why not; there is a method for each, and a near name for a slip."""
    assert {"plot_regret", "plot_gains", "plot_evaluations"} <= set(dir(comparison))
    assert isinstance(comparison.plot_evaluations(), go.Figure)
    for name in comparison.plots:
        try:
            assert isinstance(getattr(comparison, name)(), go.Figure)
        except TuningError as error:
            assert str(error).startswith(f"{name}: ")  # noqa: PT017  either is right
    with pytest.raises(TuningError, match=r"^plot 'regrets': did you mean 'regret'\?$"):
        comparison.plot("regrets")
    with pytest.raises(TuningError, match=r"^model 'forest': there are tree$"):
        comparison.plot("gains", "forest")
    with pytest.raises(AttributeError, match="plot_nothing"):
        comparison.plot_nothing()


def interrupting(at: int) -> Any:
    """Return a method that is interrupted after two trials in its run of that number."""
    calls = iter(range(100))

    def halting(objective: Any, seed: int) -> None:
        from tuners.spaces import samples

        interrupted = next(calls) == at
        for number, params in zip(range(3), samples(objective.space, seed), strict=False):
            if interrupted and number == 2:
                raise KeyboardInterrupt
            objective(params)

    return halting


def test_ctrl_c_keeps_what_there_is_and_the_rest_is_resumed(folder: Path) -> None:
    """What has ended is compared, saved as partial, and not run again; the trials of the interrupted run are shown."""
    halted = compared(tuners=["default", interrupting(at=1)], repeats=1)
    assert halted.cut_short == "3 of 4 cells"
    assert repr(halted).startswith("cut short by Ctrl-C: 3 of 4 cells\n")
    assert halted.notes == ["cut short: resume=True takes what is finished, and runs the rest"]
    assert len(halted.trials.query("tuner == 'halting' and seed == 1")) == 2
    assert saved.read(halted.save("cut")).partial == "3 of 4 cells"
    again = compared(tuners=["default", interrupting(at=-1)], repeats=1, resume=True)
    whole = compared(tuners=["default", interrupting(at=-1)], repeats=1)
    assert [record.earlier for record in again.records] == [True, True, True, False]
    assert [r.trials_sha256 for r in again.records] == [r.trials_sha256 for r in whole.records]
    assert again.cut_short == ""


def test_a_session_of_another_model_is_not_resumed() -> None:
    """Models and data that are in no file are compared by what they are."""
    compared(tuners=["default", interrupting(at=1)], repeats=1)
    other = Model("tree", DecisionTreeClassifier(criterion="entropy"), SPACE)
    with pytest.raises(TuningError, match="is of another setup .*model tree was"):
        compared(other, tuners=["default", interrupting(at=-1)], repeats=1, resume=True)


def test_ctrl_c_before_anything_has_ended_is_ctrl_c() -> None:
    """There is nothing to return."""
    with pytest.raises(KeyboardInterrupt):
        compared(tuners=[interrupting(at=0)], repeats=1)


def test_a_broken_method_fails_its_cells_alone() -> None:
    """Its rows have the reason, the others their scores; nothing is to be saved of a comparison without any."""

    def breaks(objective: Any, seed: int) -> None:
        message = "no such thing"
        raise RuntimeError(message)

    found = compared(tuners=["default", breaks], repeats=1, seeds=1)
    assert list(found.frame["status"]) == ["ok", "failed"]
    assert found.frame["reason"][1] == "RuntimeError: no such thing"


def test_a_known_estimator_may_come_without_a_space() -> None:
    """The space of the model of that class is taken, and the notes say so; of another class it must be given."""
    from sklearn.naive_bayes import GaussianNB
    from sklearn.svm import SVC

    found = compared(SVC(), seeds=1, tuners="default")
    assert found.notes == ["space of SVC: that of the model svm (C, kernel, degree, gamma), since none was given"]
    with pytest.raises(
        TuningError, match=r"^model 'gaussian_nb': expected a space of hyperparameters to search, space="
    ):
        compared(GaussianNB())


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"budgets": 3}, TypeError, r"^compare\(\) has no argument 'budgets': did you mean 'budget'\?$"),
        ({"models": ["forest"]}, TypeError, r"^compare\(\) takes no 'models': give the models as the first argument$"),
        ({"fail": "score:1%"}, TypeError, r"^compare\(\) takes no 'fail': save\(\) the comparison, and judge it"),
        ({"cluster": "local:2"}, TypeError, r"^compare\(\) takes no 'cluster': it is for a session of pytest's"),
        ({"budget": 0}, TuningError, r"^budget: expected a whole number of at least 1, got 0$"),
        ({"tuners": ["randm"]}, TuningError, r"^unknown tuner 'randm': did you mean random\?"),
        ({"tuners": []}, TuningError, r"^tuners: expected names of methods or functions"),
        ({"tuners": [None, "random"]}, TuningError, r"^tuners: expected names of methods or functions .*, got None$"),
        ({"scoring": "f1"}, TypeError, r"^compare\(\) has no argument 'scoring': did you mean 'metric'\?$"),
        ({"name": 3}, TuningError, r"^name: expected what the data are called in tables, got 3$"),
        ({"model": "forrest"}, TuningError, r"^unknown model 'forrest': did you mean forest\?"),
        ({"model": DecisionTreeClassifier}, TuningError, r"got <class .*: give an instance of it$"),
        ({"space": SPACE}, TuningError, r"^space: expected it beside a bare estimator, got it beside the model 'tree'"),
        ({"metric": "f2"}, TuningError, r"^unknown metric 'f2'"),
        ({"drop": ["a"]}, TuningError, r"^drop: expected a file, or a frame beside the name of its target"),
        ({"name": "iris"}, TuningError, r"^dataset 'iris' exists already: give yours another name$"),
    ],
)
def test_bad_input_is_one_line_and_measures_nothing(
    change: dict[str, Any], error: type[Exception], said: str, folder: Path
) -> None:
    """It names the argument, what was expected, what came, and the remedy."""
    with pytest.raises(error, match=said) as caught:
        compared(**change)
    assert "\n" not in str(caught.value)
    assert not (folder / ".tuning").exists()


class Terminal(io.StringIO):
    """A terminal that keeps what is shown."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_progress_is_for_those_who_see_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal a bar counts cells, below what will be compared; elsewhere, and if not wanted, it is quiet."""
    compared(seeds=1, tuners="default")
    assert capsys.readouterr() == ("", "")
    for progress in (True, False):
        monkeypatch.setattr(sys, "stderr", seen := Terminal())
        compared(seeds=1, tuners="default", progress=progress)
        assert ("1/1" in seen.getvalue(), "tuning: preset quick, 1 cell:" in seen.getvalue()) == (progress, progress)


def test_a_notebook_is_seen_by_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython is asked where it is loaded, and not loaded to be asked."""
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not bar.in_notebook()
    shell = type("Shell", (), {"config": {"IPKernelApp": {}}})
    module: Any = type("IPython", (), {"get_ipython": staticmethod(shell)})
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert bar.in_notebook()


def test_frames_have_their_columns_where_nothing_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells without a run have a row with the reason; what needs a score says so in one line."""
    skipped = compared(tuners=["manual"], seeds=1)
    assert list(skipped.frame["status"]) == ["skipped"]
    assert isinstance(skipped.trials, pd.DataFrame)
    with pytest.raises(TuningError, match="^best_estimator_: expected a method with a score, got none"):
        skipped.best_estimator_  # noqa: B018  asking for it is what is tested
    with pytest.raises(TuningError, match="^save: expected a cell that has run, got none"):
        skipped.save("nothing")
