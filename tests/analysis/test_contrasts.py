"""Methods against default and best: what is said, and what is not."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import runs
from tuners.analysis import observed
from tuners.analysis.contrasts import Values, contrasts
from tuners.analysis.findings import findings
from tuners.analysis.observed import scales
from tuners.results.landmarks import Landmarks


def values(matrix: np.ndarray, datasets: list[str] | None = None, metric: str = "accuracy") -> Values:
    """Return scores of default, a, b, ...; rows of test are fifty."""
    names = ("default", *"abcdefgh"[: matrix.shape[1] - 1])
    placed = tuple(datasets or ["wine"] * len(matrix))
    return Values("test", metric, names, placed, matrix, dict.fromkeys(placed, (100, 50)))


def noise(problems: int, methods: int, seed: int = 0) -> np.ndarray:
    """Return scores that differ by chance alone."""
    return np.random.default_rng(seed).normal(0.9, 0.01, (problems, methods))


def test_a_method_is_found_better() -> None:
    """By its mean paired difference, its interval around it, and a small p; the default is behind it."""
    found = contrasts(values(noise(10, 3) + np.array([0, 0.05, 0])))
    contrast = found.against_default("a")
    assert contrast is not None
    assert contrast.interval is not None
    assert contrast.interval[0] < contrast.mean < contrast.interval[1]
    assert (contrast.found, contrast.scope) == ("better", "these datasets")
    assert (found.best, found.standing("a"), found.standing("default")) == (("a",), "best", "behind")
    assert found.against_best("a") is None
    assert contrast.text.startswith("+")
    assert " points [+" in contrast.text


@given(st.integers(0, 50), st.integers(2, 5))
def test_the_best_is_above_all_others(seed: int, methods: int) -> None:
    """Contrasts to the best are at most 0, those of a pair are each other's opposites."""
    found = contrasts(values(noise(7, methods, seed)))
    assert all(each.mean <= 0 for each in found.to_best)
    assert len(found.pairs) == methods * (methods - 1) // 2
    for each in found.pairs:
        assert each.turned().turned() == each


def test_equal_methods_have_a_sentence_and_no_interval_of_zeros() -> None:
    """What one test row makes says how fine a difference could have been seen."""
    same = np.repeat(noise(4, 1), 2, axis=1)
    found = contrasts(values(same + np.array([0, 1e-12])))
    (contrast,) = found.to_default
    assert contrast.agree
    assert contrast.text == "no difference seen in 4 problems (one test row is 2.00 points)"
    assert contrast.interval is not None
    assert contrast.interval[0] < 0 < contrast.interval[1]
    assert found.best == ("default", "a")
    (contrast,) = contrasts(values(same, metric="r2")).to_default
    assert contrast.text == "no difference seen in 4 problems"
    assert contrast.interval is None


def test_what_does_not_vary_has_no_interval() -> None:
    """Ranks that are the same on each problem have no spread to make an interval of: never one without a width."""
    constant = replace(values(np.tile([-2.0, -1.0], (6, 1)), list("aaabbb")), what="rank", metric="rank")
    (contrast,) = contrasts(constant).to_default
    assert (contrast.mean, contrast.interval, contrast.found) == (1.0, None, "better")
    assert "[" not in contrast.text


def test_too_few_problems_are_said() -> None:
    """Five can show nothing, however clear; six can, of any number of methods, if some dataset has two."""
    few = contrasts(values(noise(5, 3) + np.array([0, 9, 0])))
    assert few.note == "it takes 6 problems to show a difference, and here are 5"
    assert few.standing("default") == "too few cells"
    found = contrasts(values(noise(6, 9) + np.array([0, 9, 0, 0, 0, 0, 0, 0, 0])))
    assert (found.note, found.standing("default")) == ("", "behind")
    assert contrasts(values(noise(6, 3), list("abcdef"))).note.startswith("no dataset has two seeds")


def test_further_rows_are_less_sure() -> None:
    """The scope of new rows has wider intervals around the same means, and no test."""
    here = contrasts(values(noise(10, 3))).to_default
    alike = contrasts(values(noise(10, 3)), "data like these").to_default
    for one, other in zip(here, alike, strict=True):
        assert one.mean == other.mean
        assert one.interval is not None
        assert other.interval is not None
        assert other.interval[1] - other.interval[0] > 1.5 * (one.interval[1] - one.interval[0])
        assert (other.scope, other.p_value) == ("data like these", None)


def test_new_rows_need_known_rows() -> None:
    """How far further rows differ depends on how many trained a model: where that is not known, no interval is made."""
    unknown = replace(values(noise(10, 3)), rows={"wine": (0, 50)})
    found = contrasts(unknown, "data like these")
    assert [each.interval for each in found.to_default] == [None, None]
    assert "not known" in found.note
    assert contrasts(unknown).to_default[0].interval is not None


def test_the_default_need_not_be_a_method() -> None:
    """Methods are compared with it, by the score that each record carries; it is never the best of them."""
    records = [each.record for each in runs.grid(["random", "grid"], ["wine"], 6, default_test_score=0.999)]
    found = contrasts(observed.test_values(records))
    assert found.tuners == ("random", "grid")
    assert [each.other for each in found.to_default] == ["default", "default"]
    assert found.best[0] in found.tuners


def test_unlike_scales_are_compared_by_ranks() -> None:
    """Of a metric that is no share, over several datasets."""
    records = [each.record for each in runs.grid(["default", "random"], ["wine", "iris"], 3, metric="r2")]
    found = observed.test_values(records)
    assert (found.what, found.row) == ("rank", None)
    assert set(found.values.ravel()) <= {-1.0, -1.5, -2.0}


def test_regret_is_of_one_kind_in_a_group() -> None:
    """Of the optimum where each problem's table is whole; else of the best seen, from 0 there to 1 at the default."""
    marks = Landmarks(whole=True, optimum=1.0, median=0.5, default=0.7)
    made = runs.grid(["default", "random"], ["wine"], 2)
    whole = [replace(each.record, landmarks=marks) for each in made]
    assert scales(whole, ()).kind == "optimum"
    assert scales(whole, ()).of["wine", 0].regret(0.75) == pytest.approx(0.5)
    mixed = scales([*whole[:-1], *(replace(each, landmarks=None) for each in whole if each.seed == 1)][1:], ())
    assert mixed.kind in {"optimum", "best seen"}
    plain = scales([each.record for each in made], made)
    assert plain.kind == "best seen"
    best = max(each.record.cv_score or 0 for each in made if each.record.seed == 0)
    untuned = next(each.record.cv_score for each in made if each.record.tuner == "default")
    assert plain.of["wine", 0].regret(best) == 0
    assert plain.of["wine", 0].regret(untuned) == (1 if best > (untuned or 0) else 0)
    assert scales([each.record for each in made if each.record.tuner != "default"], ()).kind == ""


def test_findings_are_quick() -> None:
    """Those of 20 problems x 6 methods x 10 repeats take well under the second that a session's end may take."""
    made = runs.grid(["default", *"abcde"], ["wine"], 20)
    made = [replace(each, repeats=each.repeats * (1 if each.record.tuner == "default" else 10)) for each in made]
    records = [each.record for each in made]
    findings(records, made)  # what is loaded and kept once
    begun = time.process_time()
    (found,) = findings(records, made)
    assert found.repeats == 10
    assert time.process_time() - begun < 2  # on a machine that is busy with other things
