"""`tuners.tune`: one search, and the estimator that comes of it, fitted on all rows."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

import tuners
from tests import ROOT
from tuners import TuningError, catalog
from tuners.errors import MissingExtraError
from tuners.interface import evidence
from tuners.results.tasks import Task

X, Y = load_iris(return_X_y=True, as_frame=True)
SPACE = {"max_depth": (1, 9)}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of the test's own, where the journal goes."""
    monkeypatch.chdir(tmp_path)


def test_a_fitted_estimator_with_its_search() -> None:
    """It is the user's class on all rows; its search has trials, scores and the reason for the method, and pickles."""
    model = tuners.tune(DecisionTreeClassifier(), X, Y, space=SPACE, budget=4, minutes=5)
    check_is_fitted(model)
    assert type(model) is DecisionTreeClassifier
    assert model.tree_.n_node_samples[0] == len(X)
    search = pickle.loads(pickle.dumps(model)).search_  # noqa: S301  our own
    assert search.why.startswith(f"auto: {search.method} has the least mean regret ")
    assert len(search.trials.query(f"tuner == '{search.method}'")) == 4
    assert all(model.get_params()[name] == value for name, value in search.best_params.items())
    assert min(search.cv_score, search.test_score, search.default_test_score) > 0.8
    assert not hasattr(clone(model), "search_")


def test_a_method_of_ones_own() -> None:
    """A function is one; nothing is claimed of why it was taken."""

    def own(objective: Any, seed: int) -> None:
        objective({"max_depth": 3})

    model = tuners.tune(DecisionTreeClassifier(), X, Y, space=SPACE, method=own, test_size=0.4)
    assert (model.search_.method, model.search_.why) == ("own", "")
    assert len(model.search_.trials) == 2


def test_the_best_before_ctrl_c_is_kept() -> None:
    """The incumbent of the interrupted search is the winner; there is no test score of a search that did not end."""

    def halted(objective: Any, seed: int) -> None:
        for depth in (1, 4):
            objective({"max_depth": depth})
        raise KeyboardInterrupt

    # Here and not in a process of its own, which Ctrl-C would not reach.
    plain: dict[str, Any] = {"preset": "quick", "evaluation": "plain", "time_budget": None, "budget": 5}
    model = tuners.tune(DecisionTreeClassifier(max_depth=1), X, Y, space=SPACE, method=halted, **plain)
    assert model.get_params()["max_depth"] == 4
    assert model.search_.test_score is None


def test_a_search_without_a_score_is_an_error() -> None:
    """With the reason."""

    def breaks(objective: Any, seed: int) -> None:
        message = "no such thing"
        raise RuntimeError(message)

    with pytest.raises(
        TuningError, match="^tune: breaks found no candidate with a score: RuntimeError: no such thing$"
    ):
        tuners.tune(DecisionTreeClassifier(), X, Y, space=SPACE, method=breaks)
    wrong: Any
    for wrong in (0, "10m", float("nan"), float("inf")):
        with pytest.raises(TuningError, match=f"^minutes: expected a number above 0, got {wrong!r}$"):
            tuners.tune(DecisionTreeClassifier(), X, Y, space=SPACE, minutes=wrong)
    with pytest.raises(TypeError, match=r"^tune\(\) has no argument 'methods': did you mean 'method'\?$"):
        tuners.tune(SVC(), X, Y, methods="random")
    with pytest.raises(TypeError, match=r"^tune\(\) takes no 'tuners': it searches by one method, method='random'"):
        tuners.tune(SVC(), X, Y, tuners=["random"])
    with pytest.raises(TuningError, match=r"^model: expected one model, got 2: tuners.compare compares several$"):
        tuners.tune(["logistic", "forest"], X, Y)
    with pytest.raises(TuningError, match=r"^method: expected a method's name or a function of .*, got None$"):
        tuners.tune(SVC(), X, Y, method=None)  # type: ignore[arg-type]


def test_the_evidence_is_what_the_documentation_has() -> None:
    """The regrets that `auto` goes by are those of the page that says how they were measured."""
    (page,) = ROOT.glob("docs/**/standard.md")
    rows = re.findall(r"^\| `(\w+)` \|(.+)\|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: tuple(float(each) for each in figures.split("|")) for name, figures in rows}
    assert {name: (found[name][3], found[name][7]) for name in evidence.REGRETS} == evidence.REGRETS
    assert found.keys() - evidence.REGRETS.keys() == {"default", "manual"}


@pytest.mark.parametrize(
    ("missing", "method", "said"),
    [
        ((), "flaml", "of all, 0.086"),
        (("flaml", "smac"), "evolution", r"\(flaml, smac would come"),
    ],
)
def test_auto_is_the_best_that_is_installed(
    missing: tuple[str, ...], method: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says which would come before it."""

    def load(name: str) -> object:
        if name in missing:
            raise MissingExtraError(name)
        return object()

    monkeypatch.setattr(catalog.TUNERS, "load", load)
    found = evidence.choice("forest", "classification")
    assert found.method == method
    assert re.search(said, found.why)


@pytest.mark.parametrize(
    ("model", "task", "said"),
    [
        ("forest", "classification", "few of them apart: take it"),
        ("forest", "regression", "and of regression there is no such evidence"),
        ("ridge", "regression", "and of regression and ridge there is no such evidence"),
    ],
)
def test_auto_says_what_it_has_no_evidence_of(model: str, task: Task, said: str) -> None:
    """Data and models that the comparison did not have."""
    assert said in evidence.choice(model, task).why


def test_several_columns_are_prepared_within() -> None:
    """Text and gaps are the estimator's own business: it predicts on rows as they came."""
    frame = X.assign(kind=np.where(Y == 0, "first", "other"))
    frame.loc[::9, "petal width (cm)"] = np.nan
    model = tuners.tune("ridge", frame, Y, method="random", budget=2)
    assert (model.predict(frame) == Y).mean() > 0.8
