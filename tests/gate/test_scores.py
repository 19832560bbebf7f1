"""The gate on scores: its verdicts, what they say, and how often they are wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tuners.gate.expression import parse
from tuners.gate.judge import judge
from tuners.gate.verdict import Verdict, power, summary
from tuners.results.landmarks import Landmarks
from tuners.results.record import Record
from tuners.results.session import Session

SEEDS = 6
Scores = Mapping[str, Sequence[float] | np.ndarray]


def session(found: Scores, tested: Scores | None = None, *, tuner: str = "tpe", **fields: object) -> Session:
    """Return a session of one method: its cross-validation scores and test scores by dataset and seed."""
    records = [
        Record(
            "forest", dataset, tuner, seed, metric="accuracy", cv_score=float(score),
            test_score=float((tested or found)[dataset][seed]), repeats=10, train_rows=280, test_rows=120, budget=80,
            trials_sha256=f"{tuner}{seed}{score}",
        )
        for dataset, values in found.items()
        for seed, score in enumerate(values)
    ]  # fmt: skip
    return Session(tuple(replace(each, **fields) for each in records), {}, {})  # type: ignore[arg-type]


def together(*sessions: Session) -> Session:
    """Return the sessions of several methods as one."""
    return Session(tuple(record for each in sessions for record in each.records), {}, {})


def level(scores: float, spread: float = 0.002, seed: int = 0, datasets: int = 3) -> dict[str, np.ndarray]:
    """Return scores about a level."""
    rng = np.random.default_rng(seed)
    return {f"data{index}": scores + rng.normal(0, spread, SEEDS) for index in range(datasets)}


def verdict(gate: str, now: Session, then: Session, **options: bool) -> Verdict:
    """Return the only verdict."""
    (found,) = judge([parse(gate)], now, [then], **options)
    return found


def test_the_outcomes() -> None:
    """Each has its case."""
    then = session(level(0.9))
    cases = {
        "regressed": level(0.88, seed=1),
        "improved": level(0.92, seed=1),
        "equivalent": level(0.9, seed=1),
        "not worse": level(0.91, 0.008, seed=1),
        "inconclusive": level(0.89, 0.03, seed=1),
    }
    assert {name: verdict("search:1%", session(scores), then).outcome for name, scores in cases.items()} == {
        name: name for name in cases
    }
    assert verdict("search:1%", then, then).outcome == "identical"


def test_searches_are_judged_where_test_rows_say_nothing() -> None:
    """`score` and `search` find a search that became worse by less than the noise of the test scores; `test` cannot."""
    noisy_then, noisy_now = level(0.9, 0.02), level(0.9, 0.02, seed=1)
    then, now = session(level(0.9, 0.001), noisy_then), session(level(0.895, 0.001, seed=1), noisy_now)
    outcomes = {gate: verdict(gate, now, then).outcome for gate in ("score:0%", "search:0%", "test:0%")}
    assert outcomes == {"score:0%": "regressed", "search:0%": "regressed", "test:0%": "inconclusive"}
    line = str(verdict("score:0%", now, then))
    assert line.startswith("regressed: tpe on forest, -0.46 points [-0.51, -0.41] in cross-validation, most on data")
    assert "; test score +" in line
    assert line.endswith("inconclusive (score:0%)")


def test_a_test_score_that_falls_is_found_whatever_the_search_says() -> None:
    """`score` judges both, and the worse one speaks."""
    same = level(0.9, 0.001)
    then, now = session(same, level(0.9)), session(level(0.9, 0.001, seed=1), level(0.85, seed=1))
    found = verdict("score:1%", now, then)
    assert (found.outcome, found.score) == ("regressed", "test")
    assert "cross-validation score" in found.detail
    assert verdict("search:1%", now, then).outcome == "equivalent"


def test_a_collapse_on_one_dataset_is_named() -> None:
    """Gains elsewhere do not hide it."""
    fallen = level(0.95, seed=1) | {"data1": np.full(SEEDS, 0.78)}
    found = verdict("score:1%", session(fallen), session(level(0.9)))
    assert (found.outcome, found.dataset) == ("regressed", "data1")
    assert "on data1 by itself (-11.99 points)" in found.detail


def test_more_seeds_are_for_the_nearest_outcome() -> None:
    """Near the tolerance a drop is far from shown; that it is not worse may be near."""
    then = session(level(0.9))
    up, down = (verdict("search:1%", session(level(score, 0.03, seed=1)), then) for score in (0.895, 0.885))
    assert up.outcome == down.outcome == "inconclusive"
    assert up.detail.endswith("more seeds would tell whether it is not worse")
    assert down.detail.endswith("more seeds would tell whether it is regressed")
    open_above = verdict("search:1%", session(level(0.91, 0.02, seed=1)), then)
    assert open_above.detail == "about 17 more seeds would tell whether it is improved"


def test_inconclusive_fails_where_asked() -> None:
    """And passes where not."""
    then, now = session(level(0.9)), session(level(0.89, 0.03, seed=1))
    assert not verdict("search:1%", now, then).fails
    strict = verdict("search:1%", now, then, strict=True)
    assert strict.fails
    assert summary([strict]).startswith("the gate fails: inconclusive: tpe on forest, ")


def test_a_method_that_passes_though_it_looks_worse_is_named() -> None:
    """With the gate that tells; one whose interval reaches over 0 is not."""
    then = session(level(0.9))
    worse = verdict("search:1%", session(level(0.89, 0.01, seed=1)), then)
    assert worse.outcome == "inconclusive"
    line = summary([worse])
    assert re.fullmatch(
        r"the gate passes: 1 inconclusive; but tpe on forest became worse, -\d\.\d+ points \[-.*, -.*\] in "
        r"cross-validation: search:0% would fail it",
        line,
    )
    assert verdict("search:0%", session(level(0.89, 0.01, seed=1)), then).outcome == "regressed"
    assert summary([worse, replace(worse, tuner="random")]).count("tpe on forest (and 1 more) became worse") == 1
    open_ = verdict("search:1%", session(level(0.895, 0.03, seed=1)), then)
    assert summary([open_]) == "the gate passes: 1 inconclusive"


def test_what_the_gate_can_find_is_said() -> None:
    """With the design that it finds it by; a drop of that size is found."""
    then, now = session(level(0.9)), session(level(0.9, seed=1))
    (line,) = power([verdict("search:1%", now, then)])
    assert line.startswith("search:1% finds, in 8 of 10 runs, drops of 1.")
    assert line.endswith(" points (tpe) in cross-validation, with 3 datasets x 6 problems x 10 repeats")
    detectable = verdict("search:1%", now, then).detectable
    assert detectable is not None
    assert verdict("search:1%", session(level(0.9 - 1.3 * detectable, seed=1)), then).outcome == "regressed"


def test_few_problems() -> None:
    """One problem says nothing; one of each dataset judges all together, and no dataset by itself."""
    one = verdict("search:1%", session({"iris": [0.5]}), session({"iris": [0.9]}))
    assert (one.outcome, one.fails) == ("not judged", True)
    assert one.detail == "one problem does not tell how problems vary: run more seeds"
    names = [f"data{index}" for index in range(6)]
    then, now = ({name: [score + index / 1e3] for index, name in enumerate(names)} for score in (0.9, 0.85))
    found = verdict("search:1%", session(now), session(then))
    assert found.outcome == "regressed"
    assert found.design == "6 datasets x 1 problem x 10 repeats (no dataset can be judged by itself)"
    loud = verdict("search:1%", session({"iris": [0.2, 0.9]}), session({"iris": [0.9, 0.8]}))
    assert loud.outcome == "not judged"
    assert loud.detail == "even a drop to 0 would not be found with 1 dataset x 2 problems x 10 repeats: run more seeds"


def test_runs_that_start_otherwise_are_not_judged() -> None:
    """A search that begins with the default is another one; other numbers of repeats have means that compare."""
    then, now = session(level(0.9)), session(level(0.9, seed=1))
    other = session(level(0.9, seed=1), start="default")
    assert verdict("search:1%", other, then).detail == "the runs differ in start (cold, now default)"
    assert (
        verdict("search:1%", session(level(0.9, seed=1), repeats=3), then).outcome
        == verdict("search:1%", now, then).outcome
    )


def test_a_run_that_failed_in_both_has_the_defaults_scores() -> None:
    """Its user is left with the default; where that has no cross-validation score, the cell has none."""
    marks = Landmarks(default=0.8)
    then, now = session(level(0.9)), session(level(0.9, seed=1))

    def broken(whole: Session, landmarks: Landmarks | None) -> Session:
        first, *rest = whole.records
        lost = replace(first, status="crashed", cv_score=None, default_test_score=0.8, landmarks=landmarks)
        return Session((lost, *rest), {}, {})

    with_default = verdict("search:1%", broken(now, marks), broken(then, marks))
    without = verdict("search:1%", broken(now, None), broken(then, None))
    assert with_default.design == "3 datasets x 6 problems x 10 repeats"
    assert without.design == "3 datasets x 5 to 6 problems x 10 repeats"


def test_errors_of_datasets_of_unlike_scale_are_judged_as_shares() -> None:
    """A drop by 5 % where errors are small is not drowned by one where they are large."""
    rng = np.random.default_rng(0)
    scales = {"small": 1.0, "large": 1e6}
    then = {name: -scale * (1 + rng.normal(0, 0.002, SEEDS)) for name, scale in scales.items()}
    now = {name: values * (1.05 if name == "small" else 1.0) for name, values in then.items()}
    now["large"] = now["large"] * (1 + rng.normal(0, 0.002, SEEDS))
    metric = "neg_mean_absolute_error"
    found = verdict("search:1%", session(now, metric=metric), session(then, metric=metric))
    assert (found.outcome, found.dataset) == ("regressed", "small")
    assert "% of the earlier mean absolute error" in str(found)
    assert found.difference is not None
    assert str(found).split(", ")[1].startswith("+")  # an error that rises
    assert "rises of " in power([found])[0]


def test_the_whole_gate_raises_few_false_alarms() -> None:
    """Of all methods, both scores and two gates, where nothing but the random numbers differs."""
    rng = np.random.default_rng(0)
    gates, draws = [parse("score:0%"), parse("test:0%")], 200

    def drawn(tuner: str) -> Session:
        # Scores in rows of 120, near a bound that many of them reach: discrete, with many ties.
        found = {f"data{d}": 1 - np.minimum(rng.poisson(2, SEEDS), 4) / 120 for d in range(3)}
        tested = {name: values - rng.poisson(1, SEEDS) / 120 for name, values in found.items()}
        return session(found, tested, tuner=tuner)

    def least() -> float:
        then, now = (together(*map(drawn, ("tpe", "random", "anneal"))) for _ in range(2))
        return min(1.0 if each.p_value is None else each.p_value for each in judge(gates, now, [then]))

    p_values = np.array([least() for _ in range(draws)])
    for alpha in (0.05, 0.01):
        assert np.mean(p_values < alpha) <= alpha + 1.7 * np.sqrt(alpha * (1 - alpha) / draws)


@given(st.lists(st.floats(-0.05, 0.05), min_size=2, max_size=2 * SEEDS), st.sampled_from(["0%", "1%", "0.02"]))
def test_outcomes_do_not_contradict_the_interval(differences: list[float], tolerance: str) -> None:
    """What is worse is below the tolerance, what is improved above 0, what is not worse not below the tolerance."""
    then = session({"iris": np.full(len(differences), 0.5)})
    found = verdict(f"search:{tolerance}", session({"iris": 0.5 + np.array(differences)}), then)
    limit = {"0%": 0.0, "1%": 0.005, "0.02": 0.02}[tolerance]
    if found.difference is not None:
        holds = {
            "regressed": found.difference < -limit,
            "improved": found.difference > limit,
            "equivalent": abs(found.difference) < limit,
            "not worse": found.difference > -limit,
        }
        assert holds.get(found.outcome, True)
