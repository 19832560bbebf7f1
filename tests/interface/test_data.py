"""What `tuners.compare` takes as data and as options: arrays, frames, files, and the names of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuners import Dataset, TuningError
from tuners.comparison.options import OPTIONS
from tuners.interface.arguments import ELSEWHERE, name_of, options_of
from tuners.interface.data import dataset_of, roles_of

FRAME = pd.DataFrame(
    {
        "size": np.arange(20.0) % 7,
        "kind": ["a", "b"] * 10,
        "who": np.arange(20) // 2,
        "bought": ["yes", "no", "no", "no"] * 5,
    }
)
X, Y = FRAME[["size", "kind", "who"]], FRAME["bought"]


def test_every_option_has_a_keyword() -> None:
    """Each of the command line is taken by its name, or refused with what to do instead."""
    for option in OPTIONS:
        if option.key in ELSEWHERE:
            with pytest.raises(TypeError, match=rf"takes no '{name_of(option)}'"):
                options_of("compare", {name_of(option): "1"}, ())
        else:
            assert options_of("compare", {name_of(option): None}, ()) == {}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"seeds": 3}, {"seeds": (0, 1, 2)}),
        ({"seeds": [7]}, {"seeds": (7,)}),
        ({"seeds": range(2, 4)}, {"seeds": (2, 3)}),
        ({"seeds": np.array([3, 1])}, {"seeds": (3, 1)}),
        ({"time_budget": "1m30s"}, {"time-budget": 90.0}),
        ({"time_budget": 0.5}, {"time-budget": 0.5}),
        ({"isolate": True, "reshuffle": False}, {"isolate": True, "reshuffle": False}),
        ({"drop": ["a", "b, c"]}, {"drop": ("a", "b, c")}),
        ({"metric": ["f1", "accuracy"]}, {"metric": "f1,accuracy"}),
        ({"rows": "all", "tables": Path("t")}, {"rows": "all", "tables": Path("t")}),
        ({"positive": 1}, {"positive": "1"}),
    ],
)
def test_values_are_read_as_on_the_command_line(given: dict[str, Any], read: dict[str, Any]) -> None:
    """A list of one seed is that seed, where a number is so many."""
    assert options_of("compare", given, ()) == read


def made(X: Any, y: Any = None, **given: Any) -> Any:
    """Return what is made of data and keyword arguments."""
    roles = roles_of(given)
    return dataset_of(X, y, "shop", options_of("compare", given, ()), roles)


def test_features_given_apart_are_taken_as_they_are() -> None:
    """Frames keep their columns and types, arrays are arrays; the target may be any sequence."""
    assert list(made(X, Y).X.columns) == ["size", "kind", "who"]
    assert made(X[["size"]].to_numpy(), Y.to_list()).X.shape == (20, 1)
    polars = pytest.importorskip("polars")
    assert list(made(polars.from_pandas(X), polars.from_pandas(Y)).X.columns) == ["size", "kind", "who"]


def test_a_frame_with_its_target_is_read_as_a_file_is() -> None:
    """What was decided is noted, and options name its columns."""
    found = made(FRAME, "bought", groups="who", positive="yes")
    assert (list(found.X.columns), found.positive) == (["size", "kind"], "yes")
    assert found.groups is not None
    assert any(note.startswith("bought: the target") for note in found.notes)


def test_roles_are_arrays_or_names() -> None:
    """A column of the features that is a role is no feature."""
    by_name, by_array = made(X, Y, groups="who"), made(X[["size", "kind"]], Y, groups=FRAME["who"].to_numpy())
    assert by_name.fingerprint() == by_array.fingerprint()
    assert made(X, Y, weights=np.ones(20)).weights.tolist() == [1.0] * 20
    assert made(X, Y, test_rows=np.arange(20) < 5).test.sum() == 5


def test_files_and_names_are_left_to_the_plan() -> None:
    """Which loads them as it does those of the command line."""
    assert made("iris") == "iris"
    assert made(Path("shop.csv"), "bought") == "shop.csv:bought"
    dataset = Dataset("shop", X, Y.to_numpy())
    assert made(dataset) is dataset


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        ((X,), {}, r"^y: expected a target, or the name of its column, got neither beside X \(DataFrame of shape"),
        (("shop.csv", Y), {}, r"^y: expected the name of the target's column beside the file shop.csv, got Series$"),
        (
            (Dataset("shop", X, Y.to_numpy()), Y),
            {},
            r"^y: expected nothing beside a Dataset, which has its target: leave it out$",
        ),
        ((FRAME, "bougth"), {}, "has no column 'bougth': did you mean 'bought'"),
        ((FRAME, "bought"), {"na": ["?"]}, "^na: expected a file to read, got a frame, which has been read$"),
        ((X, Y), {"groups": "whom"}, "^groups: expected a column of X, got 'whom': it has size, kind, who$"),
        ((X.to_numpy(), Y), {"groups": "who"}, r"got X and y: give an array of shape \(rows,\)$"),
        ((X, Y), {"keep": ["who"]}, "^keep: expected a file, .*: drop the columns yourself$"),
        ((FRAME, "bought"), {"weights": np.ones(20)}, "^weights: expected nothing beside a frame with its target"),
        ((X, Y[:5]), {}, r"expected features of shape \(rows, features\) and a target of shape \(rows,\), got"),
    ],
)
def test_bad_data_are_one_line(arguments: Any, given: dict[str, Any], said: str) -> None:
    """It names what was expected, what came, and the remedy."""
    with pytest.raises(TuningError, match=said):
        made(*arguments, **given)
