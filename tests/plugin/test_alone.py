"""A comparison in a folder without a test file: options that say what to compare are enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_audit import ROWS
from tuners.__main__ import main

CHOSEN = ("-p", "tuners.plugin", "--collect-only", "-q", "--tuning-tuners=default,random", "--tuning-seeds=1")
SHOP = ("--tuning-datasets=shop.csv:bought", "--tuning-models=forest")
CELLS = [f"*::test_tuning[[]forest-shop-{tuner}-0]" for tuner in ("default", "random")]


@pytest.fixture
def empty(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a folder with a table and nothing else."""
    text = "\n".join(["customer;size, cm;visits;bought", *ROWS]).replace(".", ",")
    (pytester.path / "shop.csv").write_text(text, encoding="utf-8")
    return pytester


def test_options_are_enough(empty: pytest.Pytester) -> None:
    """The comparison that comes along runs, under the ids that it has in a file of one's own."""
    how = ("--tuning-evaluation=plain", "--tuning-repeats=1", "--tuning-budget=2")
    result = empty.runpytest_inprocess(*CHOSEN[:2], *CHOSEN[4:], *SHOP, *how, "-v", "-k", "random")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines([f"{CELLS[1]} PASSED*", "In short"])


@pytest.mark.parametrize("arguments", [(), ("--pyargs", "tuners.benchmark")])
def test_it_may_be_named(empty: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """By its module, which works where there are tests, too."""
    if arguments:
        empty.makepyfile(test_mine="def test_mine(): pass")
    result = empty.runpytest_inprocess(*CHOSEN, *SHOP, *arguments)
    result.stdout.fnmatch_lines([*CELLS, "2 tests collected*"])


def test_the_audits_command_works_as_it_is_printed(
    empty: pytest.Pytester, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the folder of the file, with nothing beside it."""
    monkeypatch.chdir(empty.path)
    assert main(["audit", "shop.csv", "bought"]) == 0
    command = capsys.readouterr().out.splitlines()[-1].removeprefix("to tune on it: pytest ").split()
    empty.runpytest_inprocess(*CHOSEN, *command, SHOP[1]).stdout.fnmatch_lines(CELLS)


@pytest.mark.parametrize("arguments", [("--tuning-seeds=1",), (*SHOP, ".")])
def test_nothing_is_added_unasked(empty: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """Where no option says what to compare, or a path says where the tests are."""
    result = empty.runpytest_inprocess("-p", "tuners.plugin", "--collect-only", "-q", *arguments)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.no_fnmatch_line("*test_tuning*")


def test_tests_of_ones_own_are_all_that_runs(empty: pytest.Pytester) -> None:
    """A session that has a test is not given another, whether it asks for `tune` or not."""
    empty.makepyfile(test_mine="def test_mine(): pass")
    result = empty.runpytest_inprocess(*CHOSEN, *SHOP)
    result.stdout.fnmatch_lines(["test_mine.py::test_mine", "1 test collected*"])


def test_an_ini_file_asks_for_nothing(empty: pytest.Pytester) -> None:
    """What it says is for the tests that there are: `pytest` alone stays what it was."""
    Path(empty.path, "pytest.ini").write_text("[pytest]\ntuning_models = forest\n")
    result = empty.runpytest_inprocess(*CHOSEN[:4])
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.slow
def test_workers_collect_it_too(empty: pytest.Pytester) -> None:
    """Under pytest-xdist, each collects for itself."""
    how = ("--tuning-evaluation=plain", "--tuning-repeats=1", "--tuning-budget=1", "--tuning-tuners=default")
    result = empty.runpytest_subprocess("-p", "tuners.plugin", "-n", "1", *SHOP, *how, "--tuning-seeds=1")
    result.assert_outcomes(passed=1)
