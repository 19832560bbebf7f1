"""What is advised, what would settle the rest, what a design finds, and what holds in general."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.test_contrasts import noise, values
from tests.analysis.test_search import cell, repeat
from tuners.analysis.advice import Advice, advise
from tuners.analysis.components import test_samples as samples
from tuners.analysis.components import variances
from tuners.analysis.contrasts import contrasts
from tuners.analysis.general import elo, general, signed_rank
from tuners.analysis.power import DEFAULTS, OF_NUMBERS, Components, Design, Power, Spread, detectable, power_of
from tuners.results.landmarks import Landmarks
from tuners.results.run import Run


def made(
    means: dict[str, float], spread: float, *, seeds: int = 8, repeats: int = 4, between: float = 0.0, stream: int = 0
) -> list[Run]:
    """Return cells whose repeats vary by a spread, and problems by another; the first method is the cheapest."""
    generator = np.random.default_rng(stream)
    found = []
    for seconds, (tuner, mean) in enumerate(means.items(), start=1):
        for seed in range(seeds):
            centre = mean + generator.normal(0, between)
            ends = [repeat((1, 0.5, centre + generator.normal(0, spread))) for _ in range(repeats)]
            run = cell(tuner, *ends, seed=seed)
            found.append(replace(run, record=replace(run.record, seconds=float(seconds), test_rows=4000)))
    return found


def advised(runs: list[Run]) -> Advice:
    """Return the advice on these runs."""
    tuners = list(dict.fromkeys(run.record.tuner for run in runs))
    seeds = len(runs) // len(tuners)
    matrix = np.array([run.record.test_score for run in runs]).reshape(len(tuners), seeds).T
    found = replace(values(matrix), tuners=tuple(tuners), rows={"wine": (8000, 4000)})
    return advise(contrasts(found), runs)


def test_the_cheapest_of_equivalent_methods_is_advised() -> None:
    """Shown to be within half a point of the best, not just no different from it."""
    found = advised(made({"default": 0.8, "a": 0.9, "b": 0.901}, 0.001))
    assert (found.use, found.seconds, set(found.equivalent), found.open) == ("a", 2.0, {"a", "b"}, ())
    assert found.region == 0.005


def test_a_winner_alone_is_advised() -> None:
    """Where each other method is behind."""
    found = advised(made({"default": 0.8, "a": 0.85, "b": 0.9}, 0.001))
    assert (found.use, found.equivalent, found.more) == ("b", ("b",), None)


def test_absence_of_evidence_is_no_advice() -> None:
    """What varies too much is undecided, and what would settle it is said, with the option and the time."""
    found = advised(made({"default": 0.899, "a": 0.9}, 0.03))
    assert (found.use, found.equivalent) == (None, ())
    assert found.more is not None
    assert found.more.then > found.more.now
    assert found.more.option == f"--tuning-{found.more.kind}={found.more.then}"


def test_equal_means_are_no_equivalence() -> None:
    """Methods that share the best mean by chance are undecided: their interval reaches far beyond the region."""
    differences = np.array([3, -3, 2, -2, 4, -4]) / 100
    found = advise(contrasts(values(np.array([0.9 + differences, np.full(6, 0.9)]).T)), [])
    assert set(found.best) == {"default", "a"}
    assert (found.use, found.equivalent, len(found.open)) == (None, (), 1)


@pytest.mark.parametrize("metric", ["accuracy", "r2"])
def test_agreement_is_equivalence_on_many_problems_only(metric: str) -> None:
    """On six it may be chance; how many more problems it takes is said. A metric without rows is no exception."""
    for seeds, equal in ((6, ()), (20, ("default", "a"))):
        made_of = noise(seeds, 1)
        same = np.hstack([made_of, made_of, made_of - 0.1 - noise(seeds, 1, 1) / 100])
        found = advise(contrasts(values(same, metric=metric)), [])
        assert found.equivalent == equal
        assert found.open == (() if equal else ("a",))
        assert equal or (found.more is not None and found.more.option == "--tuning-seeds=20")


def test_the_advice_follows_the_test() -> None:
    """A method is out where the test says so, as in the table; an interval that leaves 0 out is not enough."""
    matrix = np.array([0.9 + np.arange(6) / 1000, 0.8 - np.arange(6) ** 2 / 1000, np.full(6, 0.8)]).T
    found = contrasts(values(matrix))
    for each in found.to_best:
        assert (each.tuner in advise(found, []).open) is (found.standing(each.tuner) != "behind")


def test_new_seeds_of_recorded_runs_need_new_tables() -> None:
    """They are counted; what they take is in the minutes, if it is known what the session's own took."""
    runs = made({"default": 0.897, "a": 0.9}, 0.001, between=0.006)
    recorded = [replace(run, record=replace(run.record, clock="recorded", search_seconds=1.0)) for run in runs]
    more = advised(recorded).more
    assert more is not None
    assert (more.kind, more.tables) == ("seeds", more.then - more.now)
    marked = [
        replace(run, record=replace(run.record, landmarks=Landmarks(whole=True, seconds=30.0))) for run in recorded
    ]
    known = advised(marked).more
    assert known is not None
    assert known.then == more.then
    assert known.minutes == pytest.approx((more.minutes or 0.0) + known.tables * 0.5)
    plain = advised(runs).more
    assert plain is not None
    assert plain.tables == 0


def test_repeats_settle_what_repeats_leave_open() -> None:
    """Seeds settle what differs between problems, which no repeat makes smaller."""
    noisy = advised(made({"default": 0.9, "a": 0.9}, 0.008)).more
    assert noisy is not None
    assert (noisy.kind, noisy.now) == ("repeats", 4)
    apart = advised(made({"default": 0.897, "a": 0.9}, 0.001, between=0.006)).more
    assert apart is not None
    assert (apart.kind, apart.now) == ("seeds", 8)
    seconds = 8 * 4 * (1.0 + 2.0)
    assert apart.minutes == pytest.approx(apart.then / 8 * seconds / 60)


def test_the_nearest_answer_is_asked_for() -> None:
    """One method shown to be equivalent is enough for advice; what is further off may stay open."""
    near = {"default": 0.8, "a": 0.9, "b": 0.9}
    far = near | {"c": 0.8975}
    more = [advised(made(each, 0.008)).more for each in (near, far)]
    assert more[0] is not None
    assert more[1] is not None
    assert more[1].then < 2 * more[0].then


def test_more_of_what_is_advised_settles_it() -> None:
    """Most often, if the methods vary as they did."""
    asked, settled = 0, 0
    for stream in range(12):
        means = {"default": 0.9, "a": 0.9}
        more = advised(made(means, 0.008, stream=stream)).more
        if more is not None:
            asked += 1
            size = {more.kind: more.then}
            settled += advised(made(means, 0.008, **size, stream=100 + stream)).use is not None
    assert asked > 6
    assert settled / asked > 0.6


def test_variance_is_divided_between_problems_and_repeats() -> None:
    """As it was made, within what chance leaves of 400 problems."""
    runs = made({"default": 0.8, "a": 0.8}, 0.02, seeds=400, repeats=4, between=0.03)
    found = variances(samples(runs), "a", "default")
    assert found is not None
    assert math.sqrt(found.repeats) == pytest.approx(0.02 * math.sqrt(2), rel=0.1)
    assert math.sqrt(found.problems) == pytest.approx(0.03 * math.sqrt(2), rel=0.15)
    assert found.total == pytest.approx(found.problems + found.noise)
    assert variances(samples(runs[:1] + runs[400:401]), "a", "default") is None


@given(st.integers(1, 6), st.integers(6, 8), st.integers(1, 20))
def test_larger_designs_find_less(datasets: int, seeds: int, repeats: int) -> None:
    """Each of datasets, seeds and repeats makes the least difference smaller, more methods larger."""
    design = Design(datasets, seeds, repeats, 5)
    spread = Spread(0.01, 0.02)
    least = detectable(design, spread, 4)
    assert least is not None
    for larger in (
        replace(design, datasets=datasets + 1),
        replace(design, seeds=seeds + 1),
        replace(design, repeats=repeats + 1),
    ):
        assert (detectable(larger, spread, 4) or 1) < least
    assert (detectable(design, spread, 5) or 0) > least


def test_a_design_finds_what_it_says() -> None:
    """In about 80 % of simulated sessions of one comparison."""
    design, spread = Design(4, 5, 4, 2), Spread(0.01, 0.01)
    least = detectable(design, spread, 1)
    assert least is not None
    generator = np.random.default_rng(0)
    datasets = [name for name in "abcd" for _ in range(5)]
    hits = 0
    for _ in range(150):
        scores = np.zeros((20, 2))
        scores[:, 1] = generator.normal(least, spread.of_problem(4), 20)
        hits += contrasts(replace(values(scores, datasets), rows={})).to_default[0].found == "better"
    assert hits / 150 == pytest.approx(0.8, abs=0.1)


def test_the_header_says_what_a_design_finds() -> None:
    """In points and regret; one seed tells nothing apart; of other metrics nothing is known before."""
    said = power_of(Design(4, 5, 10, 9), DEFAULTS, "accuracy").sentence
    assert said.startswith("this design finds ")
    assert " points of test score, or 0." in said
    assert said.endswith(" of regret, with 80 %, if methods vary as in a session of quick")
    assert "points" not in power_of(Design(4, 5, 10, 9), DEFAULTS, "r2").sentence
    numbers = power_of(Design(4, 5, 10, 6), OF_NUMBERS, "neg_root_mean_squared_error").sentence
    assert numbers.startswith("this design finds 0.")
    assert numbers.endswith(
        " of regret, with 80 %, if methods vary as in a session of quick with --tuning-task=regression"
    )
    assert power_of(Design(4, 5, 10, 6), Components(Spread(9, 9), None, "here"), "rank").score is None
    assert power_of(Design(4, 1, 10, 9), DEFAULTS, "accuracy").sentence.startswith("this design tells no methods apart")
    unknown = Power(Design(4, 5, 1, 2), None, None, "nowhere")
    assert unknown.sentence == "how small a difference this design finds is not known before a run"
    assert power_of(Design(4, 5, 1, 3), Components(None, Spread(0.1, 0.1), "here"), "r2").score is None


@pytest.mark.parametrize(("datasets", "seeds"), [(1, 2), (1, 5), (2, 2)])
def test_a_design_that_can_test_nothing_says_so(datasets: int, seeds: int) -> None:
    """Fewer problems than any test needs find no difference, of whatever size."""
    found = power_of(Design(datasets, seeds, 10, 9), DEFAULTS, "accuracy")
    here = datasets * seeds
    assert (found.score, found.regret) == (None, None)
    assert found.sentence == f"this design tells no methods apart: 6 problems are the least, and here are {here}"


def test_few_problems_find_less_than_is_computed() -> None:
    """Where sign flips are too few for the level of so many comparisons, the chance is said to be a bound."""
    assert "with at most 80 %" in power_of(Design(2, 3, 10, 9), DEFAULTS, "accuracy").sentence
    assert "at most" not in power_of(Design(2, 3, 10, 2), DEFAULTS, "accuracy").sentence
    assert "at most" not in power_of(Design(4, 5, 10, 9), DEFAULTS, "accuracy").sentence


def test_few_datasets_say_nothing_in_general() -> None:
    """Under six it is not estimable; from six on there are probabilities, from ten on win rates."""
    for datasets, rows, rates in ((5, 0, 0), (6, 3, 0), (10, 3, 3)):
        names = [f"d{index}" for index in range(datasets) for _ in range(2)]
        found = general(values(noise(2 * datasets, 3) + np.array([0, 0.05, 0]), names), 0.005)
        assert (len(found.rows), len(found.win_rates)) == (rows, rates)
        assert bool(found.note) is (rows == 0)
    assert found.win_rates[1].share == 1
    assert found.win_rates[0].elo == pytest.approx(1000)
    assert found.win_rates[1].elo > 1100
    first = found.rows[0]
    assert (first.tuner, first.other) == ("default", "a")
    assert first.worse > 0.99


@given(st.lists(st.floats(-0.05, 0.05), min_size=6, max_size=10))
def test_signed_rank_probabilities_add_up_and_turn(differences: list[float]) -> None:
    """Worse and better change places with the methods; within the region all is equivalent."""
    array = np.array(differences)
    worse, same, better = signed_rank(array, 0.01)
    assert worse + same + better == pytest.approx(1)
    assert signed_rank(-array, 0.01) == pytest.approx((better, same, worse))
    assert signed_rank(array, 0.05)[1] == 1


def test_ratings_follow_the_odds() -> None:
    """Of two methods, 400 times the logarithm of their wins, each with half a win more."""
    wins = np.array([[[0.0, 9.0], [1.0, 0.0]]])
    ratings = elo(wins, 1)
    assert ratings[0] == pytest.approx([1000 + 400 * math.log10(9.5 / 1.5), 1000], abs=0.5)
