"""The README is run as it stands."""

from __future__ import annotations

import re

import pytest

from tests import ROOT

README = ROOT / "README.md"
FILES = dict(re.findall(r"<!-- test: (\S+) -->\n```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))


def test_own_model_data_and_tuner(pytester: pytest.Pytester) -> None:
    """The README's two files, alone in a directory, put the user's tuner, model and data into the table."""
    for name, text in FILES.items():
        (pytester.path / name).write_text(text)
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", "--tuning-tuners=default,manual,random,halves")
    result.assert_outcomes(passed=20)
    result.stdout.fnmatch_lines(["svm on flowers  verdict*", "In short"])
    for tuner in ("default", "manual", "random", "halves"):  # the best one first
        result.stdout.re_match_lines([rf"{tuner} +(best|equal to best|undecided|behind) "])


def test_examples_are_a_dozen_lines() -> None:
    """An own benchmark stays short: a dozen lines without blank ones and imports."""
    lines = [line for line in FILES["test_svc.py"].splitlines() if line and not re.match("import|from", line)]
    assert len(lines) <= 12


def test_options_are_all_there() -> None:
    """Every option of the command line is in the README."""
    from tuners.plugin.options import OPTIONS

    text = README.read_text(encoding="utf-8")
    assert [option.flag for option in OPTIONS if option.flag not in text] == []
