"""The verdict says of each method, in a word and in sentences, what the figures say, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests import runs
from tests.report.test_report import failed, record
from tuners.analysis.advice import More
from tuners.analysis.anytime import curves
from tuners.analysis.comparison import compare
from tuners.analysis.costs import pareto
from tuners.gate.verdict import Verdict
from tuners.report.document import Report
from tuners.report.standing import Standing
from tuners.report.words import listed, percentage
from tuners.results.record import Record
from tuners.results.run import Run


def blocks(
    means: Mapping[str, float], seconds: Mapping[str, float] | None = None, *, seeds: int = 12, spread: float = 0.001
) -> list[Record]:
    """Return records of methods with these mean scores on paired seeds."""
    noise = np.random.default_rng(0).normal(0, spread, (seeds, len(means)))
    return [
        record(
            tuner, mean + float(noise[seed, column]), seed=seed, default_test_score=means.get("default", 0.9),
            seconds=(seconds or {}).get(tuner, 2.0) + 0.01 * seed, train_rows=700, test_rows=300,
        )
        for column, (tuner, mean) in enumerate(means.items())
        for seed in range(seeds)
    ]  # fmt: skip


def of(records: list[Record]) -> Report:
    """Return the report of records."""
    return runs.report([Run(each, ()) for each in records])


def said(report: Report, head: str) -> str:
    """Return what one sentence says, without its beginning; empty where there is none."""
    return next(
        (each.partition(": ")[2] for each in [*report.summary, *report.summary_more] if each.startswith(head)), ""
    )


def words(report: Report) -> dict[str, str]:
    """Return what is said of each method of the only model."""
    return {each.tuner: each.word for each in report.subjects[0].standings}


def test_a_winner_is_named_with_its_gain_and_cost() -> None:
    """Better than all others by more than luck: best, by how much over the default, at what cost; it is advised."""
    report = of(blocks({"default": 0.9, "random": 0.95, "grid": 0.92}))
    gain = report.findings[0].user.against_default("random")
    assert gain is not None
    assert words(report) == {"random": "best", "grid": "behind", "default": "behind"}
    assert said(report, "best on wine") == "random (behind: grid and default)"
    assert said(report, "gain over default on wine").startswith(f"random {gain.text}, 0 % of its runs end worse")
    assert said(report, "seconds a run") == "random 2.06, default 2.06"
    assert said(report, "use on wine") == "random, best"
    assert said(report, "to settle") == ""


def test_equal_methods_go_to_the_cheaper() -> None:
    """Of two whose difference lies within the region of equivalence the faster one is advised, and the region said."""
    report = of(blocks({"default": 0.9, "random": 0.95, "grid": 0.9498}, {"random": 9.0, "grid": 3.0}))
    assert words(report) == {"random": "best", "grid": "equal to best", "default": "behind"}
    assert said(report, "best on wine") == "random (equal within 0.50 points: grid; behind: default)"
    assert said(report, "use on wine") == "grid, equal to the best within 0.50 points and the cheapest of those"


def test_absence_of_evidence_advises_nothing() -> None:
    """Where nothing can be told apart all are undecided; not even the default is advised, but what would settle it."""
    report = of(blocks({"default": 0.95, "random": 0.951, "grid": 0.949}, seeds=7, spread=0.01))
    assert set(words(report).values()) == {"undecided"}
    assert said(report, "best on wine").startswith("undecided between ")
    assert "which may be luck" in said(report, "gain over default")
    assert said(report, "use on wine").startswith("undecided: about ")
    assert "the same command with --tuning-seeds=" in said(report, "use on wine")


def test_what_would_settle_the_rest_is_a_command_with_its_minutes() -> None:
    """The session's own command, with the option that runs more; a long one is not repeated."""
    report = of(blocks({"default": 0.9, "random": 0.951, "grid": 0.949}, seeds=4, spread=0.01))
    report = replace(report, command="pytest benchmarks/")
    more = report.findings[0].advice.more
    assert isinstance(more, More)
    assert more.minutes is not None
    text = next(each for each in report.summary if "pytest benchmarks/" in each)
    assert (
        f"at least {more.then - more.now} more seeds to test anything, pytest benchmarks/ --tuning-seeds={more.then} ("
        in text
    )
    assert "minute" in text
    assert "x" * 80 not in " ".join(replace(report, command="x" * 80).summary)


def test_a_loss_is_said() -> None:
    """Where tuning makes it worse, by more than luck."""
    report = of(blocks({"default": 0.95, "random": 0.9}))
    assert words(report) == {"default": "best", "random": "behind"}
    assert said(report, "gain over default on wine").startswith("random -4.95 points [")
    assert ", a loss, 100 % of its runs end worse" in said(report, "gain over default on wine")
    assert said(report, "use on wine") == "default, best"


def test_no_difference_is_said_with_the_size_of_a_test_row() -> None:
    """Never an interval of zero width."""
    report = of(blocks({"default": 0.9, "random": 0.9}, spread=0))
    text = "no difference seen in 12 problems (one test row is 0.33 points)"
    assert said(report, "gain over default on wine") == f"random, {text}"
    assert report.subjects[0].of("best", "undecided")[0].bare_gain in {"-", "no difference"}


def test_few_problems_are_no_test() -> None:
    """One or five can show nothing, which is said in place of luck; no interval stands beside it."""
    for seeds, text in ((1, "1 problem: nothing can be tested"), (5, "5 problems: nothing can be tested")):
        report = of(blocks({"default": 0.9, "random": 0.95}, seeds=seeds))
        assert said(report, "best on wine") == f"undecided, {text}"
        assert said(report, "use on wine").startswith(f"undecided: at least {6 - seeds} more seed")
        gain = said(report, "gain over default")
        assert gain.endswith(", untested")
        assert "luck" not in gain
        assert "[" not in gain


def test_in_general_names_its_test_and_its_better_side() -> None:
    """Whichever of the two methods came first; the probability is that of most datasets, and of which test."""
    made = [replace(each, dataset=f"d{number}") for number in range(6) for each in blocks(
        {"default": 0.9, "random": 0.95}, seeds=2
    )]  # fmt: skip
    for records in (made, made[::-1]):
        text = said(of(records), "in general")
        assert text.startswith("on most datasets like these random is better than default by over 0.50 points")
        assert text.endswith("(Bayesian signed-rank test on 6 dataset means)")


def test_new_tables_are_said_beside_the_minutes() -> None:
    """Of recorded runs on further seeds, whose tables take time that nobody knows."""
    made = runs.grid(["default", "random"], ["wine"], 3)
    recorded = [replace(each, record=replace(each.record, clock="recorded")) for each in made]
    assert "(under a minute with 3 new tables)" in said(runs.report(recorded), "use on wine")
    assert "table" not in said(runs.report(made), "use on wine")


def test_an_option_is_replaced_in_the_command() -> None:
    """It is given once, so that what is pasted runs what is said."""
    report = of(blocks({"default": 0.9, "random": 0.951, "grid": 0.949}, seeds=4, spread=0.01))
    for own in ("--tuning-seeds=4", "--tuning-seeds 4"):
        text = " ".join(replace(report, command=f"pytest benchmarks/ {own} -v").summary)
        assert text.count("--tuning-seeds") == 1
        assert "pytest benchmarks/ -v --tuning-seeds=" in text


def test_sentences_name_their_scope() -> None:
    """What is of these datasets says so or names the one; what is not known in general is said not to be."""
    several = runs.report(runs.sessions(["default", "random", "bayesian"], ["wine", "iris"], 3))
    placed = ("best", "gain over default", "seconds a run", "use", "search", "overtuning")
    for head in placed:
        assert [
            each for each in [*several.summary, *several.summary_more] if each.startswith(f"{head} on these 2 datasets")
        ]
    assert said(several, "in general") == "not estimable from 2 datasets: 6 are the least"
    alone = runs.report(runs.sessions(["default", "random", "bayesian"], ["wine"], 8))
    assert all(said(alone, f"{head} on wine") for head in placed)


def test_the_search_is_judged_by_itself() -> None:
    """Regret to the optimum, who is behind in it, and how many trials the hardest target that is reached takes."""
    report = runs.report(runs.sessions(["default", "random", "bayesian"], ["wine", "iris"], 5))
    subject = report.subjects[0]
    by_name = {each.tuner: each for each in subject.standings}
    assert by_name["bayesian"].found == "best"
    assert by_name["random"].found == "behind"
    assert (by_name["bayesian"].regret or 0) < (by_name["random"].regret or 0) <= 2
    assert said(report, "search on these 2 datasets").startswith("bayesian ends nearest to the optimum, regret 0.")
    assert by_name["bayesian"].target is not None
    assert by_name["bayesian"].target.target == "hundredth"
    assert by_name["default"].target is None


def test_overtuning_is_said_with_its_test_rows() -> None:
    """Since the noise of few rows inflates it."""
    report = runs.report(runs.sessions(["default", "random"], ["wine"], 3))
    row = next(each for each in report.findings[0].overtuning if each.tuner == "random")
    text = said(report, "overtuning on wine")
    assert text.startswith(
        f"in {row.overtuned} of {row.runs} runs an earlier incumbent did better on the 171 test rows"
    )
    assert "noise" in text


def test_failures_are_said_first() -> None:
    """With a reason, and their number; a method that never worked has failed, one that was skipped is skipped."""
    skipped = [
        record("genetic", None, seed=seed, status="skipped", reason="TPOT is not installed") for seed in range(3)
    ]
    broken = [failed("grid", seed=seed) for seed in range(3)]
    report = of([*blocks({"default": 0.9, "random": 0.95}, seeds=3), *broken, *skipped])
    assert report.summary[0].startswith(("failed: forest-wine-grid-0 and 2 more: ", "skipped: "))
    assert said(report, "failed cells") == "grid 3 of 3"
    assert words(report)["grid"] == "failed"
    assert words(report)["genetic"] == "skipped"


def test_the_gates_line_comes_first() -> None:
    """Before all other sentences; without a gate, what changed against the compared run."""
    records = blocks({"default": 0.9, "random": 0.95})
    then = [replace(each, test_score=(each.test_score or 0) - (each.tuner == "random") * 0.1) for each in records]
    verdict = Verdict("score:1%", "forest", "random", "regressed", difference=-0.02, metric="accuracy")
    report = replace(of(records), comparison=compare(records, then), baseline="0001")
    assert report.summary[0].startswith("against 0001: random on forest +10.00 points")
    assert report.summary[0].endswith("1 method of the same test scores")
    assert replace(report, verdicts=[verdict]).summary[0] == f"the gate fails: {verdict}"


def test_a_method_that_fails_is_not_advised() -> None:
    """Its seconds are those of the cells where it worked: being quick there is no merit."""
    made = [run for run in runs.grid(["default", "random", "grid"], ["easy", "hard"], 6) if run.record.tuner != "grid"]
    made += [runs.run("grid", "easy", seed, seconds=0.01) for seed in range(6)]
    made += [runs.lost("grid", "killed", dataset="hard", seed=seed) for seed in range(6)]
    report = runs.report(made)
    group = report.groups[-1]
    assert not said(report, "use").startswith("grid")
    assert said(report, "failed cells") == "grid 6 of 12"
    assert "grid" not in [row.tuner for row in pareto(group.rows)]
    assert "grid" not in [curve.tuner for curve in curves(report.runs_of(group), "seconds", "cv")]


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_joined(names: list[str], text: str) -> None:
    """As a sentence has them."""
    assert listed(names) == text


def test_only_none_and_all_are_0_and_100_percent() -> None:
    """A rare event is not said to be impossible."""
    assert [percentage(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0 %", "1 %", "50 %", "99 %", "100 %"]


def test_a_topic_is_one_sentence_over_all_models() -> None:
    """Each model in a clause of its own, named; nothing measured, nothing said."""
    made = runs.grid(["default", "random"], ["wine", "iris"], 2)
    other = [
        replace(each, record=replace(each.record, model="ann"))
        for each in runs.grid(["default", "random"], ["wine"], 2)
    ]
    report = runs.report(made + other)
    (best,) = [each for each in report.summary if each.startswith("best")]
    assert best.startswith("best, forest on these 2 datasets: ")
    assert "; ann on wine: " in best
    assert Report((), ()).summary == []


def test_methods_are_listed_best_first() -> None:
    """By their word, then by their mean; every method is listed once."""
    report = runs.report(runs.sessions(["default", "random", "bayesian", "grid"], ["wine", "iris"], 4))
    found: list[Standing] = report.subjects[0].standings
    order = ["best", "equal", "undecided", "behind", "failed", "skipped"]
    assert [order.index(each.tone) for each in found] == sorted(order.index(each.tone) for each in found)
    assert sorted(each.tuner for each in found) == ["bayesian", "default", "grid", "random"]
