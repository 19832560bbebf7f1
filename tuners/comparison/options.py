"""The options of a comparison, each written once: name, help and parser; however it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuners.comparison.values import (
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
    shard,
    share,
    start,
    switch,
    task,
)
from tuners.gate.expression import ALPHA, usage
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
    Option("preset", "NAME", str, "a named set of the options below: quick (default), standard, timed or article"),
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
    Option("shard", "K/N", shard, "run the share K of N of the cells; python -m tuners merge puts all N together"),
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
