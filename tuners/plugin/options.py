"""The options, each written once: flag, ini key, help and parser."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from iniconfig import IniConfig

from tuners.errors import TuningError, nearest
from tuners.gate.expression import ALPHA, usage
from tuners.plugin.values import (
    cluster,
    column,
    columns,
    count,
    evaluation,
    folds,
    gate,
    inconclusive,
    jobs,
    megabytes,
    metrics,
    names,
    probability,
    report,
    rows,
    seconds,
    seeds,
    share,
    start,
    switch,
    task,
)
from tuners.report.formats import FORMATS
from tuners.results.tasks import METRICS as DEFAULTS


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


_TABLES, _IMAGES = ([each.suffix for each in FORMATS.values() if each.image is image] for image in (False, True))

OPTIONS = (
    Option("preset", "NAME", str, "a named set of the options below: quick (default), standard or article"),
    Option("tuners", "A,B", names, "tuning methods to compare"),
    Option("models", "A,B", names, "models to tune"),
    Option("datasets", "A,B", names, "datasets to tune on; a file is path.csv:target"),
    Option("seeds", "N|A,B", seeds, "seeds 0 to N-1, or these"),
    Option("budget", "N", count, "evaluations of each run"),
    Option(
        "time-budget",
        "S",
        seconds,
        "seconds of each run's search, also as in 10m or 1h30m; without --tuning-budget, the only limit",
    ),
    Option("trial-timeout", "S", seconds, "seconds of each trial, also as in 90s; one that takes longer fails"),
    Option("memory-limit", "MB", megabytes, "memory that a run may add to the process; also as in 4GB"),
    Option("isolate", "", switch, "run each cell in a process of its own; limits imply it", switch=True),
    Option("cluster", "ADDRESS", cluster, "run cells on a Dask cluster; local:N starts one of N workers here"),
    Option("resume", "", switch, "take finished cells from the interrupted session's journal", switch=True),
    Option("fail", "EXPR", gate, f"fail if worse: {usage()}; repeatable", repeatable=True),
    Option("alpha", "P", probability, f"chance that the whole gate fails with nothing changed; {ALPHA} by default"),
    Option(
        "metric",
        "A,B",
        metrics,
        f"a scikit-learn scorer or one of your own, {' or '.join(DEFAULTS.values())} by default; of several, the first "
        "steers and is judged, and the others are told of each winner",
    ),
    Option("positive", "LABEL", str, "the class that f1, precision, recall and their like score"),
    Option("folds", "HOW", folds, "5 folds, 5x3 three times, holdout:0.25 or holdout:0.25x10; 4 by default"),
    Option("test-size", "P", share, "share of the rows that no tuner sees, as in 0.3 or 30%; 0.3 by default"),
    Option("rows", "N|all", rows, "use at most so many rows; all but in quick by default"),
    Option("reshuffle", "", switch, "score each candidate on folds of its own", switch=True),
    Option("task", "TASK", task, "classification or regression; by default what the target of the data is"),
    Option("drop", "A,B", columns, "columns of files that are no features; a name with a comma in quotes"),
    Option("keep", "A,B", columns, "columns of files that are features though they identify rows"),
    Option("groups", "COL", column, "a column of files: rows of one group are never in two parts of a split"),
    Option("time", "COL", column, "a column of files: test rows are later than training rows"),
    Option("weights", "COL", column, "a column of files: weights of rows, in fits and in scores"),
    Option("test-rows", "COL", column, "a column of files: which rows are the test set (1 and 0, or test and train)"),
    Option("encoding", "NAME", str, "of text files, as in cp1250; found by default"),
    Option("na", "A,B", columns, "further marks of gaps in files, as in unknown,999"),
    Option("jobs", "N", jobs, "processes to use; -1 all; all for recorded runs by default, else 1"),
    Option("repeats", "N", count, "runs of each cell, with other random numbers of the method's own"),
    Option("start", "WHERE", start, "default, every search begins with the untuned configuration, charged; or cold"),
    Option("inconclusive", "HOW", inconclusive, "what the gate makes of inconclusive verdicts: pass (default) or fail"),
    Option("tables", "DIR", Path, "the folder of recorded tables; .tuning/tables by default"),
    Option("table-limit", "S", seconds, "build a problem's whole table only where that takes at most so long; also 5m"),
    Option(
        "evaluation",
        "HOW",
        evaluation,
        "plain, each fit made; shared, common work once; recorded, in a table",
    ),
    Option("creditcard", "PATH", Path, "your creditcard.csv (also TUNING_CREDITCARD)"),
    Option(
        "report",
        "PATH",
        report,
        f"also write a report; {', '.join(_TABLES)}, or its charts as {' or '.join(_IMAGES)}; repeatable",
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


def check_names(config: pytest.Config, unrecognized: list[str]) -> None:
    """Raise `TuningError` for an option or an ini key that looks like ours and is not, with the nearest of ours."""
    flags = [option.flag for option in OPTIONS]
    for argument in unrecognized:
        flag = argument.partition("=")[0]
        if flag.startswith("--") and flag not in flags and _is_meant(flag):
            _refuse(flag, "option", flags)
    for key in [*_keys(config.inipath), *(each.partition("=")[0] for each in config.getoption("override_ini") or ())]:
        if _words(key).startswith(_PREFIX) and not _is_known(config, key):
            _refuse(key, "ini key", [option.dest for option in OPTIONS])


_PREFIX = "tuning-"


def _words(name: str) -> str:
    return name.lower().removeprefix("--").replace("_", "-")


def _keys(path: Path | None) -> list[str]:
    """Return the keys of an ini file's section for pytest."""
    if path is None:
        return []
    if path.suffix != ".toml":
        sections = IniConfig(str(path)).sections
        return [key for name in ("pytest", "tool:pytest") for key in sections.get(name, ())]
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    native = content.get("tool", {}).get("pytest", {})
    return [key for table in (content.get("pytest", {}), native, native.get("ini_options", {})) for key in table]


def _is_meant(name: str) -> bool:
    """Whether an option that nobody knows is a misspelt one of ours."""
    flags = [_words(option.flag) for option in OPTIONS]
    return _words(name).startswith(("tuning", "tuner")) or bool(
        difflib.get_close_matches(_words(name), flags, n=1, cutoff=0.85)
    )


def _is_known(config: pytest.Config, key: str) -> bool:
    """Whether this or another plugin has an ini key of that name."""
    try:
        config.getini(key)
    except ValueError:
        return False
    except TypeError:
        return True  # its value is of a wrong type, which pytest says
    return True


def _refuse(name: str, kind: str, known: list[str]) -> NoReturn:
    by_word = {_words(each).removeprefix(_PREFIX): each for each in known}
    word = _words(name).removeprefix(_PREFIX)
    near = [each for each in by_word if word in each.split("-")][:1] or nearest(word, by_word, 1)
    hint = f"did you mean {by_word[near[0]]}?" if near else f"there are {', '.join(known)}"
    message = f"unknown {kind} {name!r}: {hint}"
    raise TuningError(message)


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
            raise pytest.UsageError(str(TuningError(message))) from None
        given[option.key] = values if option.repeatable else values[0]
    return given
