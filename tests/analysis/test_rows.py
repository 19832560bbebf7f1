"""The rows behind the charts: their arithmetic."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from tests import runs
from tuners.analysis.anytime import curves, held, steps
from tuners.analysis.costs import pareto, times
from tuners.analysis.inference import Layout, step_down
from tuners.analysis.landscape import landscape
from tuners.analysis.methods import evaluate
from tuners.analysis.overtuning import overtuned, overtuning
from tuners.analysis.ranking import bootstrap, cliques, rankings, signed_ranks
from tuners.errors import TuningError
from tuners.report.charts.binding import means, places
from tuners.report.charts.importance import importances
from tuners.report.formats import FORMATS
from tuners.report.sections.hyperparameters import PICTURES
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial
from tuners.store import side_files as trialfile


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=1, max_size=20), st.floats(0, 120))
def test_the_last_value_is_held(points: list[tuple[float, float]], at: float) -> None:
    """A step function has the value of its last step, never one between two."""
    x, y = map(np.array, zip(*sorted(points), strict=True))
    (value,) = held(x, y, np.array([at]))
    before = y[x <= at]
    assert np.isnan(value) if not len(before) else value == before[-1]


def test_curves_hold_the_median_over_seeds() -> None:
    """At each point the curve is the median of the runs' best scores so far; at the end, of their final ones."""
    made = runs.grid(["random"], ["wine"], 5)
    (curve,) = curves(made, "evaluations", "cv")
    assert curve.x[0] == 1
    assert curve.x[-1] == 12
    for x, median, low, high in zip(curve.x, curve.median, curve.low, curve.high, strict=True):
        best = [max(trial.score for trial in run.trials[: int(x)]) for run in made]
        assert (low, median, high) == pytest.approx(tuple(np.percentile(best, [25, 50, 75])))


def test_curves_over_datasets_need_whole_seeds() -> None:
    """A seed that lacks one of the datasets would make the mean another quantity."""
    made = runs.grid(["random"], ["wine", "iris"], 3)
    assert curves(made, "evaluations", "cv")[0].seeds == 3
    assert curves(made[:-1], "evaluations", "cv")[0].seeds == 2


def test_test_curves_follow_the_incumbent() -> None:
    """The test score at a point is the incumbent's, not the best test score."""
    made = runs.run("random")
    made = replace(made, incumbents=(Incumbent(0, 0.8, 0.95), Incumbent(4, 0.9, 0.85)))
    assert [list(each) for each in steps(made, "evaluations", "test")] == [[1, 5], [0.95, 0.85]]
    assert overtuned(made) == pytest.approx(0.10)


@given(st.integers(3, 8), st.integers(2, 4), st.integers(0, 9))
def test_rank_intervals_hold_the_mean(blocks: int, methods: int, seed: int) -> None:
    """A bootstrap interval of the mean rank lies within the ranks; around it where all blocks agree."""
    ranks = np.array([np.random.default_rng([seed, block]).permutation(methods) + 1.0 for block in range(blocks)])
    for interval in bootstrap(ranks, ["a"] * (blocks - 1) + ["b"]):
        assert interval is not None
        assert 1 <= interval[0] <= interval[1] <= methods
    same = np.tile(np.arange(1.0, methods + 1), (blocks, 1))
    assert bootstrap(same, ["a"] * blocks) == [(rank, rank) for rank in range(1, methods + 1)]


def test_average_ranks_are_those_of_the_table() -> None:
    """The chart and the table show one number."""
    records = [run.record for run in runs.grid(["default", "random", "grid"], ["wine", "iris"], 3)]
    (ranking,) = rankings(records)
    assert {row.tuner: row.rank for row in ranking.rows} == {row.tuner: row.rank for row in evaluate(records)[-1].rows}
    assert "needs 6 datasets" in ranking.note
    assert "here are 2" in ranking.note


def test_cliques_join_what_no_test_tells_apart() -> None:
    """Of a, b, c with only a and c apart, a-b and b-c are cliques; with no difference all are one."""
    pairs = {frozenset(pair): 0.5 for pair in itertools.combinations("abc", 2)}
    assert cliques("abc", pairs) == (("a", "b", "c"),)
    assert cliques("abc", pairs | {frozenset("ac"): 0.01}) == (("a", "b"), ("b", "c"))
    assert cliques("abc", dict.fromkeys(pairs, 0.01)) == ()


def test_many_datasets_have_cliques() -> None:
    """With ten datasets a method that is better on all of them is in no clique with the others."""
    records = [
        replace(run.record, test_score=0.99 if run.record.tuner == "good" else 0.9 + 0.001 * (hash_of(run) % 7))
        for run in runs.grid(["good", "one", "other"], [f"d{i}" for i in range(10)], 2)
    ]
    (ranking,) = rankings(records)
    assert ranking.rows[0].tuner == "good"
    assert ranking.note == ""
    assert all("good" not in clique for clique in ranking.cliques)
    assert not signed_ranks(np.zeros(5)).any()


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=9))
def test_wilcoxon_is_scipys(differences: list[int]) -> None:
    """Where all signs can be tried, the p-value is SciPy's, ties and zeros included."""
    assume(any(differences))
    exact = stats.PermutationMethod(n_resamples=2**9)
    expected = stats.wilcoxon(np.array(differences, float), zero_method="pratt", method=exact).pvalue
    ranks = signed_ranks(np.array(differences, float))[:, None]
    assert step_down(ranks, Layout.of(["datasets"] * len(ranks))) == [pytest.approx(expected)]


def hash_of(run: Run) -> int:
    """Return a number that is the same in each session."""
    return sum(map(ord, run.record.cell))


def test_seconds_add_up() -> None:
    """Fitting, scoring and searching are a run's evaluation and search seconds."""
    made = runs.grid(["random", "default"], ["wine"], 3)
    for row in times(made):
        mine = [run.record for run in made if run.record.tuner == row.tuner]
        total = np.mean([(r.evaluation_seconds or 0) + (r.search_seconds or 0) for r in mine])
        assert row.fitting + row.scoring + row.searching == pytest.approx(total)


def test_overtuning_is_never_negative() -> None:
    """The winner is one of the incumbents."""
    assert all(row.mean >= 0 and row.runs == 4 for row in overtuning(runs.grid(["random", "grid"], ["wine"], 4)))


def test_nothing_beats_the_pareto_front() -> None:
    """No other method is at least as good and at least as fast as one on the front, and better in one."""
    rows = evaluate([run.record for run in runs.grid(["a", "bb", "ccc", "dddd"], ["wine"], 3)])[0].rows
    front = pareto(rows)
    assert front
    assert [row.test_score for row in front] == sorted({row.test_score or 0 for row in front})
    assert [row.seconds for row in front] == sorted(row.seconds or 0 for row in front)
    for row in rows:
        assert row in front or any(
            (other.test_score or 0) >= (row.test_score or 0) and (other.seconds or 0) <= (row.seconds or 0)
            for other in front
        )


def test_levels_are_in_order() -> None:
    """Numbers, then words, then None; a range in logarithmic bins where it spans two decades."""
    found = landscape(runs.grid(["random"], ["wine"], 4, trials=40), "forest", "wine")
    assert found is not None
    by_name = {parameter.name: parameter for parameter in found.parameters}
    assert by_name["max_depth"].levels == ("10", "142", "274", "406", "None")
    assert by_name["max_depth"].scale == "levels"
    assert by_name["n_estimators"].values[0] in runs.SPACE["n_estimators"]
    assert by_name["C"].scale == "log"
    assert len(by_name["C"].levels) == 10
    rows = found.curve(by_name["n_estimators"])
    assert sum(row.trials for row in rows) == len(found.scores) == 160
    first = [s for s, level in zip(found.scores, by_name["n_estimators"].level, strict=True) if level == 0]
    assert rows[0].mean == pytest.approx(np.mean(first))
    assert rows[0].deviation == pytest.approx(np.std(first, ddof=1))


def test_importance_finds_what_matters() -> None:
    """The hyperparameter that the scores are made of comes first."""
    made = [
        replace(run, trials=tuple(replace(t, score=0.5 + 0.01 * t.params["n_estimators"]) for t in run.trials))
        for run in runs.grid(["random"], ["wine"], 4, trials=40)
    ]
    found = landscape(made, "forest", "wine")
    assert found is not None
    rows, fit = importances(found)
    assert rows[0].parameter == "n_estimators"
    assert fit is not None
    assert fit > 0.9


def conditional(seeds: int = 4) -> list[Run]:
    """Return runs whose score is good with one kernel, which alone has a gamma; gamma itself does nothing."""
    made = []
    for run in runs.grid(["random"], ["wine"], seeds, trials=40):
        generator = np.random.default_rng(run.record.seed)
        trials = []
        for trial in run.trials:
            rbf = bool(generator.random() < 0.5)
            params: dict[str, Any] = {"kernel": "rbf" if rbf else "linear", "C": float(generator.uniform(1, 10))}
            if rbf:
                params["gamma"] = float(10 ** generator.uniform(-3, 0))
            trials.append(replace(trial, params=params, score=0.6 + 0.3 * rbf + float(generator.normal(0, 0.01))))
        made.append(replace(run, trials=tuple(trials)))
    return made


def test_an_inactive_hyperparameter_is_in_no_chart_of_it() -> None:
    """It has no level in a trial that it is inactive in; heat maps and curves are of the others."""
    found = landscape(conditional(), "forest", "wine")
    assert found is not None
    by_name = {parameter.name: parameter for parameter in found.parameters}
    gamma, kernel = by_name["gamma"], by_name["kernel"]
    inactive = [level is None for level in gamma.level]
    assert inactive == [kernel.levels[level or 0] == "linear" for level in kernel.level]
    assert inactive == [value is None for value in gamma.values]
    assert "None" not in gamma.levels
    assert gamma.scale == "log"
    assert sum(row.trials for row in found.curve(gamma)) == 160 - sum(inactive)
    linear, rbf = means(found, kernel, gamma)
    assert linear == [None] * len(gamma.levels)
    assert rbf == pytest.approx([0.9] * len(gamma.levels), abs=0.02)
    assert gamma.conditional
    assert max(places(gamma)) == len(gamma.levels)
    assert not kernel.conditional


def test_a_parents_importance_is_not_its_childs() -> None:
    """What the kernel does is not credited to the hyperparameter that only one kernel has."""
    found = landscape(conditional(), "forest", "wine")
    assert found is not None
    rows, _ = importances(found)
    importance = {row.parameter: row.importance for row in rows}
    assert importance["kernel"] > 1
    assert abs(importance["gamma"]) < 0.02
    assert abs(importance["C"]) < 0.02


def test_importances_are_within_seeds_and_not_of_noise() -> None:
    """What a seed adds to all of its scores is nobody's merit; where nothing is foreseen, nothing is said to matter."""
    generator = np.random.default_rng(0)
    made = [
        replace(run, trials=tuple(replace(t, score=run.record.seed + generator.normal(0, 0.1)) for t in run.trials))
        for run in runs.grid(["random"], ["wine"], 4, trials=40)
    ]
    found = landscape(made, "forest", "wine")
    assert found is not None
    rows, fit = importances(found)
    assert fit is not None
    assert fit <= 0
    assert rows == []
    assert "foresees no others" in str(PICTURES[-1].first(found, "score"))


@pytest.mark.parametrize(("names", "drawn"), [(("a", "b"), False), (("a", "b", "c"), True)])
def test_space_needs_three_hyperparameters(names: tuple[str, ...], drawn: bool) -> None:
    """The slider goes over a fourth, or over one of the three, as the article's does."""
    made = runs.run("random", trials=30)
    trials = tuple(replace(t, params={name: i % (2 + len(name)) for name in names}) for i, t in enumerate(made.trials))
    found = landscape([replace(made, trials=trials)], "forest", "wine")
    space = next(picture for picture in PICTURES if picture.key == "space")
    assert isinstance(space.first(found, "score"), dict) is drawn


def test_trials_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Runs come back from the side file; one that is damaged is named in one line."""
    made = runs.grid(["random", "default"], ["wine"], 2)
    path = tmp_path / "x.trials.jsonl"
    trialfile.write(made, path)
    back = trialfile.read(path, [run.record for run in made])
    assert list(back.values()) == made
    path.write_text(path.read_text()[:-40])
    with pytest.raises(TuningError, match="damaged line 26"):
        trialfile.read(path, [run.record for run in made])


def odd() -> dict[str, list[Run]]:
    """Return runs with what other metrics, models and libraries leave out or make unusual."""
    base = runs.grid(["default", "random", "grid"], ["wine", "iris"], 2)
    values = [(1, 2), [3], True, 10**400, math.inf, "1", 1, None, "x" * 500]
    no_time: dict[str, Any] = dict.fromkeys(("start", "end", "fit_seconds", "score_seconds"), 0.0)

    def records(**changed: Any) -> list[Run]:
        return [replace(run, record=replace(run.record, **changed)) for run in base]

    def trials(change: Callable[[int, Trial], Trial]) -> list[Run]:
        return [replace(run, trials=tuple(change(i, t) for i, t in enumerate(run.trials))) for run in base]

    return {
        "regression": records(confusion_matrix=None, classes=(), metric="neg_mse", test_score=-1.0, cv_score=-2.0),
        "default is no number": records(default_test_score=math.nan),
        "no times": records(evaluation_seconds=None, search_seconds=None, default_test_score=None),
        "clock stands still": trials(lambda _, trial: replace(trial, **no_time)),
        "odd values": trials(lambda i, t: replace(t, params={"p": values[i % 9], "q": 10.0**i, "r": -i})),
        "failed trials": trials(lambda i, t: replace(t, score=math.nan, reason="ValueError") if i % 2 else t),
        "no test scores": [
            replace(run, incumbents=tuple(replace(each, test_score=None) for each in run.incumbents)) for run in base
        ],
        "uneven": base[:-3],
    }


@pytest.mark.parametrize("what", list(odd()))
@pytest.mark.parametrize("suffix", [".html", ".md", ".json", ".csv"])
def test_every_format_stands_odd_runs(what: str, suffix: str) -> None:
    """What is missing or unusual in one run costs no report."""
    report = runs.report(odd()[what])
    content = FORMATS[suffix](report)
    assert isinstance(content, str)
    assert "random" in content
    if suffix == ".json":
        assert not re.search(r"\b(NaN|Infinity)\b", content)
