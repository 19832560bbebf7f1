"""`python -m tuners compare`: from a file to a verdict and a tuned model, for those who have only the file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.commands.test_audit import ROWS
from tuners.__main__ import main
from tuners.store import saved

CHEAP = ("--models", "ridge", "--tuners", "default,random", "--seeds", "1", "--budget", "2", "--minutes", "5m")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a file in the working directory."""
    monkeypatch.chdir(tmp_path)
    text = "\n".join(["customer;size, cm;visits;bought", *ROWS]).replace(".", ",")
    Path("shop.csv").write_text(text, encoding="utf-8")
    return "shop.csv"


def test_the_whole_way(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Audit, what is compared, the verdict, the model to use; with a report, a saved run, and the model's file."""
    import joblib

    files = ("--report", "out.html", "--report", "out.md", "--save", "first", "--save-model", "shop.joblib")
    assert main(["compare", shop, "bought", *CHEAP, *files, "-v"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "file: semicolons between the columns"
    assert sum("bought: the target" in line for line in lines) == 1
    assert any(line.startswith("tuning: preset timed, 2 cells: 2 tuners on 1 problem") for line in lines)
    assert any("240 s a search" in line for line in lines)
    assert any(line.startswith("- best on shop: ") for line in lines)
    # What it advises is this comparison with more seeds, and no other one.
    advice = re.search(
        r"the same command with --seeds=(\d+) --minutes=(\d+) ", " ".join(line.strip() for line in lines)
    )
    assert advice is not None
    assert int(advice[2]) == 5 * int(advice[1])  # each search has as much time again
    chosen, kept, warned = lines[-3:]
    assert chosen.startswith(("the model: ridge, tuned: alpha=", "the model: ridge, untuned: no candidate is better"))
    assert "; accuracy 0." in chosen
    assert (", tuned: " in chosen) == bool(re.search(r" \(untuned: [01]\.\d+\), by which it was chosen: ", chosen))
    assert any("trials to best" in line for line in lines) or any(line.startswith("How to read") for line in lines)
    assert kept == "model: shop.joblib; to load it: joblib.load('shop.joblib')"
    assert warned.startswith("warning: a .joblib file is a pickle: whoever loads it runs what is in it")
    run = saved.read(next(Path(".benchmarks").glob("*/0001_first.json")))
    assert len(run.records) == 2
    said = "--minutes=5 --tuners=default,random --models=ridge --seeds=1 --budget=2"
    assert run.content["tuning"]["command"] == f"python -m tuners compare shop.csv bought {said}"
    assert {path.name for path in Path().glob("out.*")} == {"out.html", "out.md"}
    rows = pd.DataFrame({"size, cm": [1.5, None], "visits": [2.0, 1.0]})
    assert set(joblib.load("shop.joblib").predict(rows)) <= {"yes", "no"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bougth",), "has no column 'bougth': did you mean 'bought'?"),
        (("bought", "--minutes", "soon"), "--minutes: expected a number of minutes above 0"),
        (
            ("bought", "--minutes", "1s"),
            "--minutes: expected at least 0.75 for 36 searches, got 0.0166667: give more, or",
        ),
        (
            ("bought", "--save-model", "a.pkl"),
            "--save-model: expected a path that ends in .skops or .joblib, got 'a.pkl'",
        ),
        (("bought", "--save-model", "/proc/a/b.joblib"), "--save-model: /proc/a/b.joblib cannot be written: "),
        (("bought", "--models", "forrest"), "unknown model 'forrest': did you mean forest?"),
        (("bought", "--tuners", "randm"), "unknown tuner 'randm': did you mean random?"),
    ],
)
def test_bad_input_is_one_line(
    arguments: tuple[str, ...], said: str, shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is that of bad input, and nothing was measured."""
    assert main(["compare", shop, *arguments]) == 2
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 1
    assert said in printed[0]
    assert not Path(".tuning").exists()


def test_without_a_score_there_is_no_model(
    shop: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code is 1, and the last line has the reason."""
    from sklearn.linear_model import RidgeClassifier

    def broken(*given: Any, **named: Any) -> None:
        message = "broken here"
        raise ValueError(message)

    monkeypatch.setattr(RidgeClassifier, "fit", broken)
    assert main(["compare", shop, "bought", *CHEAP, "--save-model", "shop.joblib"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("no model, since no search has ended with a score: ")
    assert "broken here" in last
    assert not Path("shop.joblib").exists()


def test_a_missing_library_is_said_before_anything_runs(
    shop: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it."""
    import importlib.util

    find: Any = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "skops" else find(name, *rest))
    assert main(["compare", shop, "bought", "--save-model", "a.skops"]) == 2
    assert "skops is not installed: pip install 'pytest-tuners[skops]'" in capsys.readouterr().err
    assert "skops" not in sys.modules or not Path(".tuning").exists()


def test_ctrl_c_leaves_what_there_is(
    shop: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict of the cells that have ended, and the exit code that shells have for it."""
    from tuners.interface.sitting import Sitting

    make, made = Sitting._made, iter(range(2))

    def interrupted(sitting: Sitting, cell: Any) -> Any:
        if next(made) == 1:
            raise KeyboardInterrupt
        return make(sitting, cell)

    monkeypatch.setattr(Sitting, "_made", interrupted)
    assert main(["compare", shop, "bought", *CHEAP]) == 130
    printed = capsys.readouterr().out
    assert "cut short by Ctrl-C: 1 of 2 cells" in printed
    assert "cut short: --resume takes what is finished, and runs the rest" in printed
    monkeypatch.setattr(Sitting, "_made", make)
    assert main(["compare", shop, "bought", *CHEAP, "--resume"]) == 0
    assert "1 cell taken from it" in capsys.readouterr().out
