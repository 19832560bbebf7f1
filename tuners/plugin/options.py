"""The options, each written once: flag, ini key, help and check."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tuners.errors import MissingExtraError, require
from tuners.record import EVALUATIONS

MOST_SEEDS = 10_000
REPORT_SUFFIXES = (".csv", ".html", ".json", ".md", ".png", ".svg")
IMAGE_SUFFIXES = (".png", ".svg")


def names(text: str) -> tuple[str, ...]:
    """Read `A,B`: distinct names."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("one name or more, separated by commas")  # noqa: TRY003, EM101  completed by `read`
    if len(set(found)) < len(found):
        raise ValueError("each name once")  # noqa: TRY003, EM101  likewise
    return found


def seeds(text: str) -> tuple[int, ...]:
    """Read `N` as 0 to N-1, or `3,7,101` as these."""
    expected = "a number of seeds (N >= 1) or distinct seeds, as in 3,7,101 (each from 0 to 4294967295)"
    # "7," is the seed 7, where "7" is seven seeds.
    parts = [part.strip() for part in text.removesuffix(",").split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ValueError(expected)
    numbers = tuple(int(part) for part in parts)
    if "," not in text:
        numbers = tuple(range(min(numbers[0], MOST_SEEDS + 1)))
    if not 0 < len(numbers) <= MOST_SEEDS or len(set(numbers)) < len(numbers) or max(numbers) >= 2**32:
        raise ValueError(expected)
    return numbers


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise ValueError("a whole number of at least 1")  # noqa: TRY003, EM101  completed by `read`
    return int(text)


def seconds(text: str) -> float:
    """Read a positive number."""
    expected = "a number of seconds above 0"
    try:
        value = float(text)
    except ValueError:
        raise ValueError(expected) from None
    if not 0 < value < float("inf"):
        raise ValueError(expected)
    return value


def jobs(text: str) -> int:
    """Read a number of processes of at least 1, or -1 for one a processor."""
    value = int(text) if text.strip().lstrip("-").isdecimal() else 0
    if value < 1 and value != -1:
        raise ValueError("a whole number of at least 1, or -1 for all processors")  # noqa: TRY003, EM101  likewise
    return (os.cpu_count() or 1) if value == -1 else value


def megabytes(text: str) -> int:
    """Read a whole number of MB, as bytes."""
    return count(text) * 2**20


def gate(text: str) -> str:
    """Read a gate's condition, as text: what it means is looked at when there is something to judge."""
    from tuners.report.gate import parse  # noqa: PLC0415  NumPy loads where there is a gate

    return parse(text).text


def probability(text: str) -> float:
    """Read a number between 0 and 1."""
    value = float(text) if re.fullmatch(r"[0-9]*\.?[0-9]+", text.strip()) else 0.0
    if not 0 < value < 1:
        raise ValueError("a number above 0 and below 1")  # noqa: TRY003, EM101  likewise
    return value


def switch(text: str) -> bool:
    """Read `true` or `false`."""
    if text.lower() not in {"true", "false"}:
        raise ValueError("true or false")  # noqa: TRY003, EM101  completed by `read`
    return text.lower() == "true"


def evaluation(text: str) -> str:
    """Read one of `EVALUATIONS`."""
    if text not in EVALUATIONS:
        raise ValueError(" or ".join(EVALUATIONS))
    return text


def report(text: str) -> Path:
    """Read a path whose suffix names a format and that can be written to."""
    path = Path(text)
    if path.suffix not in REPORT_SUFFIXES:
        raise ValueError(f"a path that ends in {' or '.join(REPORT_SUFFIXES)}")  # noqa: TRY003, EM102  likewise
    if path.suffix in IMAGE_SUFFIXES:
        try:
            require("kaleido", extra="images")
        except MissingExtraError as error:
            raise ValueError(f"a format that can be drawn ({error})") from None  # noqa: TRY003, EM102  likewise
    nearest = next((parent for parent in path.absolute().parents if parent.exists()), Path())
    try:
        # Permissions alone do not tell: root may write anywhere, but not in /proc.
        with path.open("ab") if path.exists() else tempfile.TemporaryFile(dir=nearest):
            return path
    except OSError as error:
        raise ValueError(f"a path that can be written to ({error.strerror})") from None  # noqa: TRY003, EM102  likewise


@dataclass(frozen=True)
class Option:
    """One option: `--tuning-KEY` on the command line, `tuning_KEY` in an ini file."""

    key: str
    metavar: str
    read: Callable[[str], Any]
    """Parses the text; raises `ValueError` that says what was expected."""
    help: str
    repeatable: bool = False
    switch: bool = False
    """Given without a value on the command line; `true` or `false` in an ini file."""

    @property
    def flag(self) -> str:
        """The command line's name."""
        return f"--tuning-{self.key}"

    @property
    def dest(self) -> str:
        """The ini file's name."""
        return f"tuning_{self.key.replace('-', '_')}"


OPTIONS = (
    Option("preset", "NAME", str, "a named set of the options below: quick (default), standard or article"),
    Option("tuners", "A,B", names, "tuning methods to compare"),
    Option("models", "A,B", names, "models to tune"),
    Option("datasets", "A,B", names, "datasets to tune on; a CSV is path.csv:target"),
    Option("seeds", "N|A,B", seeds, "seeds 0 to N-1, or these"),
    Option("budget", "N", count, "evaluations of each run"),
    Option("time-budget", "S", seconds, "seconds of each run's search"),
    Option("trial-timeout", "S", seconds, "seconds of each trial; one that takes longer fails"),
    Option("memory-limit", "MB", megabytes, "memory that a run may add to the process"),
    Option("isolate", "", switch, "run each cell in a process of its own; limits imply it", switch=True),
    Option("resume", "", switch, "take finished cells from the interrupted session's journal", switch=True),
    Option(
        "fail", "EXPR", gate, "fail if worse: [TUNER:]score:1%, seconds:25% or failures:0; repeatable", repeatable=True
    ),
    Option("alpha", "P", probability, "chance that the whole gate fails with nothing changed; 0.05 by default"),
    Option("metric", "NAME", str, "a scikit-learn scorer; accuracy by default"),
    Option("jobs", "N", jobs, "processes a run may use; -1 all, 1 by default"),
    Option("evaluation", "HOW", evaluation, "plain (default), each fit made; shared, common work of candidates once"),
    Option("creditcard", "PATH", Path, "your creditcard.csv (also TUNING_CREDITCARD)"),
    Option(
        "report",
        "PATH",
        report,
        "also write a report; .html, .md, .csv, .json, or its charts as .png or .svg; repeatable",
        repeatable=True,
    ),
)


def add_options(parser: pytest.Parser) -> None:
    """Add every option to the command line and to the ini file."""
    group = parser.getgroup("tuning", "comparison of hyperparameter tuning methods")
    for option in OPTIONS:
        group.addoption(
            option.flag,
            dest=option.dest,
            default=None,
            help=option.help.replace("%", "%%"),  # argparse fills in help texts; ini keys' are printed as they are
            **(
                {"action": "store_const", "const": "true"}
                if option.switch
                else {"action": "append" if option.repeatable else "store", "metavar": option.metavar}
            ),
        )
        if option.repeatable:
            parser.addini(option.dest, option.help, type="linelist", default=None)
        else:
            parser.addini(option.dest, option.help, type="string", default=None)


def read(config: pytest.Config, *, ini: bool = True) -> dict[str, Any]:
    """Return the options that were given, by key, parsed; repeatable ones as tuples.

    The command line wins over the ini file, which wins over the environment; without `ini`, it alone is read. Raises
    `pytest.UsageError`, which names the option, what was expected and what came.
    """
    given: dict[str, Any] = {}
    for option in OPTIONS:
        raw = config.getoption(option.dest)
        if raw is None and ini:
            raw = config.getini(option.dest)
        if not raw and option.key == "creditcard":
            raw = os.environ.get("TUNING_CREDITCARD") or None
        if raw is None or raw == []:
            continue
        texts = raw if option.repeatable else [raw]
        try:
            values = tuple(option.read(text) for text in texts)
        except ValueError as error:
            message = f"{option.flag}: expected {error}, got {', '.join(map(repr, texts))}"
            raise pytest.UsageError(message) from None
        given[option.key] = values if option.repeatable else values[0]
    return given
