"""Values as text."""

from __future__ import annotations

import json
import math
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from tests.estimators import Keeper, stump
from tuners.execution.channel import pickled
from tuners.results.record import Record
from tuners.results.trial import Trial, trials_hash
from tuners.store import codec, trials
from tuners.text.shown import json_form, shown


def times(number: int) -> Callable[[int], int]:
    """Return a function that a name does not tell from another."""
    return lambda value: value * number


class Thing:
    """An object whose own text is its address."""

    def __init__(self, size: int) -> None:
        """Keep a size."""
        self.size = size

    def grown(self) -> int:
        """Return one more."""
        return self.size + 1


class Wordless:
    """An object that has no text."""

    def __repr__(self) -> str:
        """Fail."""
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (len, "<built-in function len>"),
        (stump, "<function stump>"),
        (np.log1p, "<ufunc 'log1p'>"),
        (Thing(3), "Thing(size=3)"),
        (Thing(3).grown, "<bound method Thing.grown of Thing(size=3)>"),
        (partial(stump, "a", finite=True), "functools.partial(<function stump>, 'a', finite=True)"),
        (SVC(C=2), "SVC(C=2)"),
        (make_pipeline(FunctionTransformer(stump), SVC()), None),
        ({"a": (1,), 2: [Thing(1)]}, "{'a': (1,), 2: [Thing(size=1)]}"),
        ({"b", "a"}, "set({'a', 'b'})"),
        (np.zeros(2), "array([0.0, 0.0])"),
        (Wordless(), None),
        ([1, 1.0, True, "1", None], "[1, 1.0, True, '1', None]"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_text_has_no_address(value: Any, text: str | None) -> None:
    """A value's text is its own, in one line, and names no place in memory."""
    assert shown(value) == text or text is None
    assert " at 0x" not in shown(value)
    assert "\n" not in shown(value)


def test_functions_without_a_name_of_their_own_are_told_apart() -> None:
    """Lambdas that do something else, or close over something else, have another text; the same have the same."""
    assert shown(times(2)) == shown(times(2)) != shown(times(3))
    assert shown(lambda x: x) == shown(lambda x: x) != shown(lambda x: -x)
    assert shown(partial(max, 1)) != shown(partial(max, 2))
    assert shown(np.arange(5000)) != shown(np.arange(5000) + (np.arange(5000) == 2500))


def test_trials_of_any_values_hash_alike_in_every_process() -> None:
    """The hash of trials with functions, sets and dictionaries does not hang on addresses or the hash seed."""
    code = "from tests.text.test_shown import hashed; print(hashed())"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert {each.decode().strip() for each in found} == {hashed()}


def hashed() -> str:
    """Return the hash of a trial with a value of each kind."""
    values = [stump, times(2), Thing(1), SVC(C=3), {"b", "a", "c"}, {1: 2, "a": 3, None: 4}, Keeper(value=times(3))]
    params = {f"p{place}": value for place, value in enumerate(values)}
    return trials_hash([Trial.of(params, [0.5], start=0, end=1)])


def test_hashes_of_what_json_knows_are_as_ever() -> None:
    """Parameters that JSON can express are hashed as it writes them, keys sorted."""
    params = {"b": [1, 1.0, True, None], "a": {"2": (1, "x")}, "c": {1: 5, None: 1, False: 2}}
    assert json.dumps(json_form(params)) == json.dumps(params)
    trial = Trial.of({"a": 1, "b": None, "c": "x"}, [0.5, 0.25], start=0, end=1)
    assert trials_hash([trial]) == "90480deb1421e6b846f9fba40a52fefbcd4e5e0d1a6f4a2e7ea72d4b72656438"


def test_trials_that_are_read_back_hash_as_they_did() -> None:
    """What a side file or a journal holds of a trial has the hash of the trial itself."""
    values = {"a": {10: 1, 9: math.inf, None: (1,)}, "b": times(2), "c": math.nan, "d": SVC(C=3), "e": {1, 2}}
    trial = Trial.of(values, [0.5], start=0, end=1)
    line = json.loads(codec.line(trials.written(trial)))
    again = trials.read(line)
    assert trials_hash([again]) == trials_hash([trial])


def test_trials_leave_an_isolated_process_whatever_their_values() -> None:
    """A trial and a record with a lambda arrive with its text, and the trial's hash is the same there."""
    trial = Trial.of({"a": times(2), "b": FunctionTransformer(times(3)), "c": (1,)}, [0.5], start=0, end=1)
    record = Record("forest", "iris", "random", 0, best_params=trial.params, classes=("a", "b"))
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps(trial)
    arrived = pickle.loads(pickled(("run", (record, trial))))[1]  # noqa: S301  our own
    assert trials_hash([arrived[1]]) == trials_hash([trial])
    assert arrived[0].as_dict() == record.as_dict()
