"""`python -m tuners audit`: how a file is read, without running anything."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tuners.__main__ import main

ROWS = [
    f"C{number:05d};{number * 37 % 101 / 4:.2f};{number % 5 if number % 9 else '?'};{'yes' if number % 3 else 'no'}"
    for number in range(90)
]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a file in the working directory."""
    monkeypatch.chdir(tmp_path)
    text = "\n".join(["customer;size, cm;visits;bought ", *ROWS]).replace(".", ",")
    Path("shop.csv").write_text(text, encoding="utf-8")
    return "shop.csv"


def test_each_decision_is_printed(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With what is left, and the command that tunes on it."""
    assert main(["audit", shop, "bought"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "file: semicolons between the columns",
        "bought: the target, 2 classes (yes 60, no 30): classification; positive class: yes",
        "customer: 90 distinct values in 90 rows: left out (--tuning-keep=customer keeps it)",
        "size, cm: numbers, decimal commas",
        "visits: 10 gaps",
        "90 rows, 2 features: size, cm, visits",
        "to tune on it: pytest --pyargs tuners.benchmark --tuning-datasets=shop.csv:bought",
    ]


def test_decisions_are_overridden_as_in_a_session(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command that is printed has the same options, and is quoted for a shell."""
    arguments = ["--keep", "customer", "--drop", "visits", "--positive", "no", "--na", "C00000"]
    assert main(["audit", shop, "bought", *arguments]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "positive class: no" in printed[1]
    assert "visits: left out, as you said" in printed
    assert shlex.split(printed[-1])[-4:] == [
        "--tuning-positive=no", "--tuning-drop=visits", "--tuning-keep=customer", "--tuning-na=C00000",
    ]  # fmt: skip


def test_options_may_be_written_as_in_a_session(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As what is printed names them."""
    assert main(["audit", shop, "bought", "--tuning-keep=customer", "--tuning-positive", "no"]) == 0
    assert "positive class: no" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["audit", "--help"])
    assert "--tuning-keep" not in capsys.readouterr().out


def test_a_target_with_a_comma_is_quoted(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """So that the option's value is one name."""
    assert main(["audit", shop, "size, cm"]) == 0
    assert """'--tuning-datasets=shop.csv:"size, cm"'""" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop.csv", "bougth"], "has no column 'bougth': did you mean 'bought'?"),
        (["shopp.csv", "bought"], "dataset shopp.csv: there is no such file: did you mean shop.csv?"),
        (["shop.json", "bought"], "expected path.csv:target, got a .json: convert it"),
        (["shop.csv", "bought", "--task", "sorting"], "--task: expected classification or regression, got 'sorting'"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of bad input."""
    assert main(["audit", *arguments]) == 2
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 1
    assert said in printed[0]
