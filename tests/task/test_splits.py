"""How rows are divided: by chance, by groups, by time, by the user's own test set; folds of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.model_selection import (
    RepeatedKFold,
    RepeatedStratifiedKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
    train_test_split,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.estimators import stump
from tuners import Dataset, Model, Problem, Protocol, TuningError
from tuners.evaluation.rows import in_part
from tuners.task import validation
from tuners.task.grouped import divided
from tuners.task.part import Part
from tuners.task.splits import Fold
from tuners.task.validation import Validation

MANY = settings(max_examples=60)
PROTOCOLS = [Protocol(folds=3), Protocol(folds=3, times=2), Protocol(holdout=0.25), Protocol(holdout=0.4, times=3)]


def problem(y: NDArray[Any], protocol: Protocol, seed: int = 0, *, regressor: bool = False, **roles: Any) -> Problem:
    """Return a problem whose one feature is the number of the row."""
    task: Any = "regression" if regressor else "classification"
    tree = DecisionTreeRegressor() if regressor else DecisionTreeClassifier()
    data = Dataset("d", np.arange(len(y), dtype=float)[:, None], y, task=task, **roles)
    metric = "r2" if regressor else "accuracy"
    return Problem(Model("tree", tree, {"max_depth": [1, 2, 3]}), data, seed, replace(protocol, metric=metric))


def labels(rows: int) -> NDArray[np.int64]:
    """Return two classes, one of them in a third of the rows."""
    return np.where(np.arange(rows) % 3 == 0, 1, 0)


def folds_in_rows(of: Problem) -> list[Fold]:
    """Return the folds as row numbers of the dataset."""
    rows = of.split.train_rows
    return [(rows[fit], rows[validated]) for fit, validated in of.folds]


def require_division(of: Problem) -> None:
    """Require that no row is in two parts, that folds are of training rows, and that each k-fold covers them."""
    train, test = set(of.split.train_rows.tolist()), set(of.split.test_rows.tolist())
    assert train
    assert test
    assert not train & test
    folds = folds_in_rows(of)
    protocol, timed = of.protocol, of.dataset.time is not None
    assert len(folds) == protocol.times * (1 if protocol.holdout else protocol.folds)
    for fit, validated in folds:
        assert len(fit)
        assert len(validated)
        assert not set(fit.tolist()) & set(validated.tolist())
        assert {*fit.tolist(), *validated.tolist()} <= train
        assert timed or len(fit) + len(validated) == len(train)
    if protocol.holdout is None and not timed:
        for first in range(0, len(folds), protocol.folds):
            validated = np.concatenate([rows for _, rows in folds[first : first + protocol.folds]])
            assert sorted(validated.tolist()) == sorted(train)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=str)
@pytest.mark.parametrize("regressor", [False, True])
def test_every_protocol_divides(protocol: Protocol, *, regressor: bool) -> None:
    """Each row is in one part; classes keep their proportions; the same seed divides alike, another one otherwise."""
    y = labels(120)
    for roles in ({}, {"groups": np.arange(120) // 4}, {"test": np.arange(120) % 5 == 0}):
        one, same, other = (problem(y, protocol, seed, regressor=regressor, **roles) for seed in (3, 3, 4))
        for each in (one, other):
            require_division(each)
        assert all(
            np.array_equal(a, b) for f, g in zip(one.folds, same.folds, strict=True) for a, b in zip(f, g, strict=True)
        )
        assert not all(
            np.array_equal(f[1], g[1]) for f, g in zip(folds_in_rows(one), folds_in_rows(other), strict=True)
        )
        if not regressor:
            shares = [y[rows].mean() for fold in folds_in_rows(one) for rows in fold]
            assert np.allclose(shares, 1 / 3, atol=0.12)


@MANY
@given(
    sizes=st.lists(st.integers(1, 30), min_size=12, max_size=40),
    seed=st.integers(0, 2**32 - 1),
    protocol=st.sampled_from(PROTOCOLS),
    rows=st.sampled_from([None, 80]),
)
def test_no_group_is_in_two_parts(sizes: list[int], seed: int, protocol: Protocol, rows: int | None) -> None:
    """Neither in training and test rows, nor in rows to fit on and to validate on; a cap draws whole groups."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    y = np.arange(len(groups), dtype=float)
    of = problem(y, replace(protocol, rows=rows), seed, regressor=True, groups=groups)
    if len(set(groups[of.split.train_rows].tolist())) < (2 if protocol.holdout else protocol.folds):
        with pytest.raises(TuningError, match="of its .* groups are in the training rows: expected at least"):
            of.check()
        return
    require_division(of)
    for one, other in [(of.split.train_rows, of.split.test_rows), *folds_in_rows(of)]:
        assert not set(groups[one].tolist()) & set(groups[other].tolist())
    used = np.concatenate([of.split.train_rows, of.split.test_rows])
    assert rows is None or len(used) <= max(rows, 0)
    assert set(np.bincount(groups[used], minlength=len(sizes)).tolist()) <= {0, *sizes}


@MANY
@given(st.lists(st.integers(1, 6), min_size=40, max_size=120), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_many_small_groups_come_near_their_shares(sizes: list[int], seed: int, share: float) -> None:
    """Of every class a part gets the rows of its share, but for about one group."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    y = groups % 2
    place = divided(Part(np.arange(len(y)), y, groups), (1 - share, share), np.random.RandomState(seed))
    for label in (0, 1):
        assert abs(np.count_nonzero((place == 1) & (y == label)) - share * np.count_nonzero(y == label)) <= 6


def test_few_groups_of_unlike_sizes_vary_with_the_seed() -> None:
    """Seeds divide them otherwise, where scikit-learn's stratified folds of groups have one order."""
    groups = np.repeat(np.arange(8), [90, 70, 60, 50, 40, 30, 20, 10])
    found = {
        problem(labels(len(groups)), Protocol(folds=2), seed, groups=groups).split.test_rows.tobytes()
        for seed in range(8)
    }
    assert len(found) > 3


@MANY
@given(
    times=st.lists(st.integers(0, 25), min_size=40, max_size=90),
    protocol=st.sampled_from([Protocol(folds=3), Protocol(holdout=0.25), Protocol(folds=2, rows=30)]),
    grouped=st.booleans(),
)
def test_what_is_tested_is_later(times: list[int], protocol: Protocol, *, grouped: bool) -> None:
    """Rows of one time are on one side; of a group that comes again, the earlier rows are left out."""
    time = np.array([*times, *range(10)])
    roles: dict[str, Any] = {"groups": time // 9} if grouped else {}
    of = problem(np.arange(len(time), dtype=float), protocol, regressor=True, time=time, **roles)
    if len(set(time[of.split.train_rows].tolist())) <= (1 if protocol.holdout else protocol.folds):
        with pytest.raises(TuningError, match="too few distinct times for"):
            _ = of.folds
        return
    for earlier, later in [(of.split.train_rows, of.split.test_rows), *folds_in_rows(of)]:
        assert not len(earlier) or time[earlier].max() < time[later].min()
        if grouped:
            assert not set(of.dataset.groups[earlier].tolist()) & set(of.dataset.groups[later].tolist())  # type: ignore[index]
    assert len(of.folds) == (1 if protocol.holdout else protocol.folds)
    used = len(of.split.train_rows) + len(of.split.test_rows)
    assert grouped or used == min(len(time), protocol.rows or len(time))


def test_distinct_times_are_scikit_learns_folds() -> None:
    """The latest share of rows is tested, and folds go forward as `TimeSeriesSplit` does."""
    order = np.random.default_rng(0).permutation(101)
    of = problem(labels(101), Protocol(folds=4), time=np.datetime64("2026-01-01") + order)
    assert sorted(order[of.split.test_rows].tolist()) == list(range(70, 101))
    assert order[of.split.train_rows].tolist() == list(range(70))
    for mine, theirs in zip(of.folds, TimeSeriesSplit(4).split(np.arange(70)), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))


@MANY
@given(st.lists(st.booleans(), min_size=60, max_size=90), st.sampled_from([None, 30]), st.integers(0, 99))
def test_the_users_own_test_rows_are_tested(mask: list[bool], rows: int | None, seed: int) -> None:
    """They and no others; a cap cuts training rows alone."""
    test = np.array([*mask, *[True, False] * 20])
    of = problem(labels(len(test)), Protocol(folds=3, rows=rows), seed, test=test)
    require_division(of)
    assert of.split.test_rows.tolist() == np.flatnonzero(test).tolist()
    available = np.count_nonzero(~test)
    assert len(of.split.train_rows) == (available if rows is None or available - rows < 2 else rows)


def test_without_roles_the_division_is_scikit_learns_own() -> None:
    """Split, folds and holdouts are those of its functions, with the problem's seed."""
    y, rows = labels(90), np.arange(90)
    for regressor, repeated in ((False, RepeatedStratifiedKFold), (True, RepeatedKFold)):
        of = problem(y, Protocol(folds=3, times=2), 7, regressor=regressor)
        train, test = train_test_split(rows, test_size=0.3, random_state=7, stratify=None if regressor else y)
        assert np.array_equal(of.split.train_rows, train)
        assert np.array_equal(of.split.test_rows, test)
        theirs = repeated(n_splits=3, n_repeats=2, random_state=7).split(train, y[train])
        assert all(np.array_equal(a[1], b[1]) for a, b in zip(of.folds, theirs, strict=True))
        once = problem(y, Protocol(folds=3), 7, regressor=regressor).folds
        assert all(np.array_equal(a[1], b[1]) for a, b in zip(once, of.folds, strict=False))
    of = problem(y, Protocol(holdout=0.25, times=3), 7)
    drawn = StratifiedShuffleSplit(3, test_size=0.25, random_state=7).split(of.split.y_train, of.split.y_train)
    assert all(np.array_equal(a[1], np.sort(b[1])) for a, b in zip(of.folds, drawn, strict=True))


def test_the_text_of_a_usual_protocol_is_as_it_was() -> None:
    """Hashes of setups depend on it: what is new is in it only where it is used."""
    usual = Protocol(metric="f1", folds=4, rows=400)
    assert usual.setup == repr(usual).replace("'f1'", "''") == "Protocol(metric='', folds=4, test_size=0.3, rows=400)"
    texts = {each.setup for each in (*PROTOCOLS, Protocol(folds=3, reshuffle=True))}
    assert len(texts) == len(PROTOCOLS) + 1


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("5", Validation(5), "5 folds"),
        (" 5 x 3 ", Validation(5, 3), "5 folds x 3"),
        ("holdout", Validation(holdout=0.25), "a holdout of 25%"),
        ("holdout:0.3", Validation(holdout=0.3), "a holdout of 30%"),
        ("Holdout:30%x10", Validation(times=10, holdout=0.3), "10 holdouts of 30%"),
        ("holdoutx4", Validation(times=4, holdout=0.25), "4 holdouts of 25%"),
    ],
)
def test_notation_of_folds(text: str, expected: Validation, words: str) -> None:
    """It is read, said in words, and written so that it is read again."""
    found = validation.read(text)
    assert found == expected
    assert found.words == words
    assert validation.read(str(found)) == found


@pytest.mark.parametrize(
    "text", ["", "1", "0", "x3", "5x0", "five", "holdout:0", "holdout:1", "holdout:", "5:0.2", "2x9999999"]
)
def test_other_notation_is_refused(text: str) -> None:
    """The message says what was expected."""
    with pytest.raises(ValueError, match="folds as in 5 or 5x3, or holdout, holdout:0.25 or holdout:0.25x10"):
        validation.read(text)


@pytest.mark.parametrize("given", [{"folds": 1}, {"test_size": 1.0}, {"rows": 0}, {"holdout": 1.5}, {"times": 0}])
def test_protocols_of_no_division_are_refused(given: dict[str, Any]) -> None:
    """In one line, where they are made."""
    with pytest.raises(TuningError, match="^protocol: expected"):
        Protocol(**given)


SIX = np.arange(60) // 10
LATE = (np.arange(60) >= 50).astype(int)
REFUSED: dict[str, tuple[Protocol, NDArray[Any], dict[str, Any]]] = {
    "2 of its 3 groups are in the training rows: expected at least 4 for 4 folds: fewer": (
        Protocol(),
        labels(60),
        {"groups": np.arange(60) // 20},
    ),
    "class '1' is not among *test rows*data of more groups with it .it is in 1": (
        Protocol(folds=2),
        LATE,
        {"groups": SIX},
    ),
    "no group is as small as 5 rows": (Protocol(rows=5), labels(60), {"groups": SIX}),
    "cannot be divided into 4 folds: too few distinct times for 4 folds: fewer folds": (
        Protocol(),
        labels(60),
        {"time": np.arange(60) // 15},
    ),
    "all rows that are used have the same time": (Protocol(), labels(60), {"time": np.ones(60)}),
    "class '1' is not among its training rows: expected rows of each class: fewer folds*leave time out": (
        Protocol(),
        LATE,
        {"time": np.arange(60)},
    ),
    "can be made in one way only: *got 4 folds x 2": (Protocol(times=2), labels(60), {"time": np.arange(60)}),
    "got folds reshuffled for each candidate": (Protocol(reshuffle=True), labels(60), {"time": np.arange(60)}),
    "class '1' is not among its test rows: *move rows of it there": (
        Protocol(folds=2),
        LATE,
        {"test": np.arange(60) < 20},
    ),
    "a class has 2 training rows for 4 folds": (Protocol(), LATE, {"test": np.arange(60) % 10 < 8}),
    "3 of its 6 groups have rows in its own test set and in the training rows": (
        Protocol(),
        labels(60),
        {"groups": SIX, "test": (np.arange(60) < 30) & (np.arange(60) % 2 == 0)},
    ),
    "its own test set begins at 0, and its training rows end at 59": (
        Protocol(),
        labels(60),
        {"time": np.arange(60), "test": np.arange(60) % 2 == 0},
    ),
    "class '1' has 3 rows: expected at least 5 for a test set and a holdout of 25%": (
        Protocol(holdout=0.25),
        (np.arange(60) < 3).astype(int),
        {},
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_rows_that_cannot_be_divided_are_refused(message: str) -> None:
    """In one line, with the remedy, before anything is fitted."""
    protocol, y, roles = REFUSED[message]
    with pytest.raises(TuningError, match=message.replace("*", ".*")) as error:
        problem(y, protocol, **roles).check()
    assert "\n" not in str(error.value)


def test_a_fold_that_a_metric_cannot_score_is_refused() -> None:
    """Where groups or time leave a fold without a class, a metric that needs it says so; accuracy goes on."""
    y = np.zeros(60, dtype=int)
    y[[1, 2, 58]] = 1
    of = problem(y, Protocol(folds=2), time=np.arange(60))
    of.check()
    said = "metric 'roc_auc' does not fit tree on d: it has no score for what fold 1 of 2 validates on, .* class '1'"
    with pytest.raises(TuningError, match=said):
        replace(of, protocol=Protocol(metric="roc_auc", folds=2)).check()


def test_words_say_what_is_done_with_roles() -> None:
    """Groups, time and the user's own test set, each where it is."""
    time = np.arange(60)
    assert (
        problem(labels(60), Protocol(folds=5, times=3, rows=50)).splitting == "5 folds x 3, 30% test, at most 50 rows"
    )
    assert (
        problem(labels(60), Protocol(), groups=SIX).splitting == "4 folds, 30% test, all rows, 6 groups kept together"
    )
    forward = "4 folds forward, test: the latest 30% of rows at every seed, all rows"
    assert problem(labels(60), Protocol(), time=time).splitting == forward
    own = "a holdout of 25%, test: the user's own set of 12 rows at every seed, all rows"
    assert problem(labels(60), Protocol(holdout=0.25), test=time % 5 == 0).splitting == own


def test_a_share_of_ordered_rows_is_the_latest() -> None:
    """So that rows as a fidelity follow time; a smaller share is part of a larger one, and has each class."""
    y = labels(40)
    folds = [(np.arange(30), np.arange(30, 40))]
    (few, _), (more, _) = (in_part(folds, y, share, stratified=False, ordered=True)[0] for share in (0.2, 0.5))
    assert few.tolist() == list(range(24, 30))
    assert more.tolist() == list(range(15, 30))
    assert set(y[in_part(folds, y, 0.1, stratified=True, ordered=True)[0][0]].tolist()) == {0, 1}


def test_a_stump_is_still_divided_without_its_groups() -> None:
    """Classes without groups keep their exact proportions, as they always did."""
    data = Dataset("d", np.zeros((150, 4)) + np.arange(150)[:, None], np.repeat([0, 1, 2], 50))
    assert np.bincount(Problem(stump(), data, 0, Protocol(test_size=0.2)).split.y_test).tolist() == [10, 10, 10]
