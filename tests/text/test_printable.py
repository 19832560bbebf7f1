"""Text from outside: what it may not do to a log, a table or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import runs
from tests.bench import PLAIN
from tuners import TuningError
from tuners.errors import MOST_SAID, one_line
from tuners.report.document import Report
from tuners.report.formats import comma_separated, markdown, text
from tuners.results.cell import dataset_name
from tuners.results.record import Record
from tuners.results.trial import Trial
from tuners.text.printable import MOST, cell, printable, printable_lines, workflow_command

HOSTILE = (
    "::error title=x::gone\n##[error]gone\r\x1b[31mred\x1b[0m \u202eesrever\u202c z\u200bw \x00\x08" + "long" * 200
)


@given(st.text())
def test_printable_is_one_line_that_nothing_obeys(given_text: str) -> None:
    """Whatever the text, what is left is seen, starts no command, fits a line, and would be left as it is again."""
    line = printable(given_text)
    assert len(line) <= MOST
    assert line == printable(line)
    assert all(character.isprintable() for character in line)
    assert not line.startswith("::")
    assert "##[" not in line


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("ValueError: bad value", "ValueError: bad value"),
        ("Größe 数 🙂", "Größe 数 🙂"),
        ("a\r\nb\tc\u2028d", "a b c d"),
        ("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link", "red link"),
        ("half \ud800", "half \N{REPLACEMENT CHARACTER}"),
        ("std::vector", "std::vector"),
        ("said ::warning::x", "said : :warning::x"),
        ("x##[error]y ##vso[task]", "x# #[error]y # #vso[task]"),
    ],
)
def test_printable(given_text: str, expected: str) -> None:
    """What is seen stays; what steers goes."""
    assert printable(given_text) == expected


def test_errors_and_records_hold_no_hostile_text() -> None:
    """Where text enters a message, a trial or a record, it is one printable line; the remedy of our own stays."""
    reason = one_line(RuntimeError(HOSTILE))
    assert reason == "RuntimeError: : :error title=x::gone"
    assert one_line(RuntimeError("a" * 999)).endswith("a...")
    record = Record("m", HOSTILE, "t", 0, status="failed", reason=HOSTILE, classes=(HOSTILE,))
    trial = Trial.of({}, [], start=0, end=1, reason=HOSTILE)
    for said in (record.reason, record.dataset, record.classes[0], record.cell, trial.reason):
        assert said == printable(said, None)
        assert len(said) <= MOST + 10
    error = str(TuningError(f"column {HOSTILE * 9}: remove it"))
    assert len(error) <= MOST_SAID
    assert error.isprintable()
    assert error.endswith(": remove it")
    assert dataset_name("a/x\n::error::.csv:y") == "x : :error::"


def hostile_report() -> Report:
    """Return a report in which every name and reason is hostile."""
    good = runs.run("random", classes=("::error::boo", "##[error]boo"), dataset="=1+1")
    return runs.report([good, runs.lost("grid", HOSTILE, dataset="=1+1")])


def test_no_line_of_a_report_is_a_command() -> None:
    """Labels in a table's first column and wrapped reasons begin no line as a command."""
    for shown in (text(hostile_report(), verbose=True), markdown(hostile_report())):
        assert "boo" in shown
        assert not [line for line in shown.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in shown
        assert all(character.isprintable() or character == "\n" for character in shown)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-a", "'-a"), (" +a", "' +a"), ("-1.5", "-1.5"), ("random", "random")],
)
def test_cells_are_no_formulas(given_text: str, expected: str) -> None:
    """A spreadsheet shows such text as it is; numbers stay numbers."""
    assert cell(given_text) == expected


def test_csv_reports_neutralise_formulas() -> None:
    """A dataset named like a formula stands in the report as text, and figures below zero as figures."""
    rows = list(csv.DictReader(io.StringIO(comma_separated(hostile_report()))))
    assert {row["dataset"] for row in rows} == {"'=1+1"}
    assert float(rows[0]["test_score"]) > 0


def test_workflow_commands_are_escaped() -> None:
    """A message cannot end its command, nor a property begin another."""
    assert workflow_command("error", "50 %\nx", title="a: b, c") == "::error title=a%3A b%2C c::50 %25%0Ax"


def test_lines_keep_their_columns() -> None:
    """A traceback's carets stay below what they mark, and no line begins a command."""
    assert (
        printable_lines("  x = 1\n      ^\n::error::no\n\x1b[31m##[error]")
        == "  x = 1\n      ^\n: :error::no\n# #[error]"
    )


@pytest.mark.parametrize("style", ["auto", "native", "line", "short"])
def test_a_session_with_hostile_text(pytester: pytest.Pytester, style: str) -> None:
    """A label, a column and an exception that imitate commands start no line of the log, and the record is clean."""
    pytester.makeconftest(
        f"import tuners\n@tuners.tuner\ndef hostile(objective, seed):\n    raise RuntimeError({HOSTILE!r})\n"
    )
    pytester.makepyfile("def test_tuning(tune, tuner, problem):\n    tune(tuner, problem)\n")
    rows = "\n".join(f"{i % 7},{'::error::no' if i % 2 else '##[error]yes'}" for i in range(40))
    Path("a.csv").write_text(f"x,y\n{rows}\n", encoding="utf-8")
    result = pytester.runpytest_inprocess(
        "-p", "tuners.plugin", *PLAIN, "--tuning-models=forest", "--tuning-tuners=default,hostile", "--tuning-seeds=1",
        "--tuning-datasets=a.csv:y", "--tuning-report=out.json", "-v", f"--tb={style}", "--showlocals",
    )  # fmt: skip
    result.assert_outcomes(passed=1, failed=1)
    assert not [line for line in result.outlines if line.lstrip().startswith("::") or "##[error]" in line]
    reasons = [run["reason"] for run in json.loads(Path("out.json").read_text(encoding="utf-8"))["runs"]]
    assert reasons == ["", "RuntimeError: : :error title=x::gone"]
