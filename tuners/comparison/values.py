"""What the values of options are read by: each parser raises `ValueError` that says what was expected."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tuners.errors import MissingExtraError, require
from tuners.execution.cluster.connection import workers_of
from tuners.gate.expression import parse
from tuners.plan import ALL, INCONCLUSIVE
from tuners.report.formats import FORMATS, SUFFIXES
from tuners.results.cell import unquoted
from tuners.results.record import EVALUATIONS, STARTS
from tuners.results.shard import Shard
from tuners.results.tasks import TASKS
from tuners.task import validation
from tuners.task.validation import Validation

MOST_SEEDS = 10_000
MOST_DIGITS = 18
"""Of a whole number; Python itself refuses to read thousands."""
SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
BYTES = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
NUMBER = r"(?:[0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})"


_SEPARATED = re.compile(r"""(?:(?:^|(?<=[,:\s]))(?:"[^"]*"|'[^']*')|[^,])+""")
"""Parts between commas; in quotes, which open where a name begins, a comma is part of a name."""


def columns(text: str) -> tuple[str, ...]:
    """Read `A,"B, C"`: distinct names of columns, or marks in them, which may be in quotes."""
    return tuple(map(unquoted, names(text)))


def column(text: str) -> str:
    """Read the name of one column."""
    found = columns(text)
    if len(found) > 1:
        raise ValueError("one column; one with a comma in its name in quotes")  # noqa: TRY003, EM101  `options.read` completes it
    return found[0]


def task(text: str) -> str:
    """Read one of `TASKS`."""
    return _one_of(TASKS, text)


def names(text: str) -> tuple[str, ...]:
    """Read `A,B`: distinct names."""
    found = tuple(part.strip() for part in _SEPARATED.findall(text) if part.strip())
    if not found:
        raise ValueError("one name or more, separated by commas")  # noqa: TRY003, EM101  `options.read` completes it
    if len(set(found)) < len(found):
        raise ValueError("each name once")  # noqa: TRY003, EM101  `options.read` completes it
    return found


def metrics(text: str) -> str:
    """Read `A,B`: distinct names, as one text."""
    return ",".join(names(text))


def seeds(text: str) -> tuple[int, ...]:
    """Read `N` as 0 to N-1, or `3,7,101` as these."""
    expected = "a number of seeds (N >= 1) or distinct seeds, as in 3,7,101 (each from 0 to 4294967295)"
    # "7," is the seed 7, where "7" is seven seeds.
    parts = [part.strip() for part in text.removesuffix(",").split(",")]
    if not all(part.isdecimal() and len(part) <= MOST_DIGITS for part in parts):
        raise ValueError(expected)
    numbers = tuple(int(part) for part in parts)
    if "," not in text:
        numbers = tuple(range(min(numbers[0], MOST_SEEDS + 1)))
    if not 0 < len(numbers) <= MOST_SEEDS or len(set(numbers)) < len(numbers) or max(numbers) >= 2**32:
        raise ValueError(expected)
    return numbers


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    text = text.strip()
    if not text.isdecimal() or len(text) > MOST_DIGITS or int(text) < 1:
        time = " (evaluations; a time is given by --tuning-time-budget)" if _time(text) else ""
        raise ValueError(f"a whole number of at least 1{time}")  # noqa: TRY003, EM102  `options.read` completes it
    return int(text)


def seconds(text: str) -> float:
    """Read a positive number of seconds, or a time as in `90s`, `10m` or `1h30m`."""
    expected = "a number of seconds above 0"
    try:
        value = float(text)
    except ValueError:
        value = _time(text)
        expected += ", or a time as in 90s, 10m or 1h30m"
    if not 0 < value < float("inf"):
        raise ValueError(expected)
    return value


def minutes(text: str) -> float:
    """Read a positive number of minutes, or a time as in `90s` or `1h30m`, as minutes."""
    try:
        value = float(text)
    except ValueError:
        value = _time(text) / 60
    if not 0 < value < float("inf"):
        raise ValueError("a number of minutes above 0, or a time as in 90s or 1h30m")  # noqa: TRY003, EM101  `options.read` completes it
    return value


def _time(text: str) -> float:
    """Read a time with units, such as `1h30m`, as seconds; 0 for what is none."""
    part = rf"({NUMBER})\s*({'|'.join(SECONDS)})(?![a-z])\s*"
    if not re.fullmatch(rf"(?:{part}){{1,5}}", text.lower()):
        return 0.0
    return sum(float(number) * SECONDS[unit] for number, unit in re.findall(part, text.lower()))


def jobs(text: str) -> int:
    """Read a number of processes of at least 1, or -1 for one a processor."""
    value = int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else 0
    if value < 1 and value != -1:
        raise ValueError("a whole number of at least 1, or -1 for all processors")  # noqa: TRY003, EM101  `options.read` completes it
    return (os.cpu_count() or 1) if value == -1 else value


def megabytes(text: str) -> int:
    """Read a number of MB, or a size as in `512MB` or `4GB`, as bytes."""
    found = re.fullmatch(rf"({NUMBER})\s*(?:([kmgt])(?:i?b)?)?", text.strip().lower())
    value = float(found[1]) * BYTES[found[2] or "m"] if found else 0.0
    if not BYTES["m"] <= value < float("inf"):
        raise ValueError("a number of MB of at least 1, or a size as in 512MB or 4GB")  # noqa: TRY003, EM101  `options.read` completes it
    return round(value)


def gate(text: str) -> str:
    """Read a gate's condition, as text: what it means is looked at when there is something to judge."""
    return parse(text).text


def probability(text: str) -> float:
    """Read a number between 0 and 1, or a percentage."""
    found = re.fullmatch(rf"({NUMBER}(?:e-?[0-9]{{1,3}})?)\s*(%?)", text.strip().lower())
    value = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < value < 1:
        raise ValueError("a number above 0 and below 1")  # noqa: TRY003, EM101  `options.read` completes it
    return value


def share(text: str) -> float:
    """Read a share of rows, or a percentage."""
    try:
        return probability(text)
    except ValueError:
        raise ValueError("a share above 0 and below 1, as in 0.3 or 30%") from None  # noqa: TRY003, EM101  `options.read` completes it


def rows(text: str) -> int | str:
    """Read a number of rows, or `all`."""
    value = text.strip().lower()
    if value != ALL and (not value.isdecimal() or len(value) > MOST_DIGITS or int(value) < 1):
        raise ValueError("a whole number of at least 1, or all")  # noqa: TRY003, EM101  `options.read` completes it
    return value if value == ALL else int(value)


def folds(text: str) -> Validation:
    """Read how training rows are divided, as in `5x3` or `holdout:0.25`."""
    return validation.read(text)


def switch(text: str) -> bool:
    """Read `true` or `false`, or another of the words that pytest takes for them."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError("true or false")  # noqa: TRY003, EM101  `options.read` completes it
    return words[text.strip().lower()]


def shard(text: str) -> Shard:
    """Read `K/N`: the share K of N."""
    return Shard.read(text)


def evaluation(text: str) -> str:
    """Read one of `EVALUATIONS`."""
    return _one_of(EVALUATIONS, text)


def start(text: str) -> str:
    """Read one of `STARTS`."""
    return _one_of(STARTS, text)


def inconclusive(text: str) -> str:
    """Read one of `INCONCLUSIVE`."""
    return _one_of(INCONCLUSIVE, text)


def _one_of(known: Sequence[str], text: str) -> str:
    if text not in known:
        raise ValueError(" or ".join([", ".join(known[:-1]), known[-1]]))
    return text


def cluster(text: str) -> str:
    """Read `local:N`, the address of a scheduler, or the path of its file."""
    workers_of(text.strip())
    try:
        require("distributed", extra="cluster")
    except MissingExtraError as error:
        raise ValueError(f"Dask to be installed ({error})") from None  # noqa: TRY003, EM102  `options.read` completes it
    return text.strip()


def report(text: str) -> Path:
    """Read a path whose suffix names a format and that can be written to."""
    path = Path(text)
    if path.suffix not in FORMATS:
        raise ValueError(f"a path that ends in {' or '.join(SUFFIXES)}")  # noqa: TRY003, EM102  `options.read` completes it
    if FORMATS[path.suffix].image:
        try:
            require("kaleido", extra="images")
        except MissingExtraError as error:
            raise ValueError(f"a format that can be drawn ({error})") from None  # noqa: TRY003, EM102  `options.read` completes it
    nearest = next((parent for parent in path.absolute().parents if parent.exists()), Path())
    try:
        # Permissions alone do not tell: root may write anywhere, but not in /proc.
        with path.open("ab") if path.exists() else tempfile.TemporaryFile(dir=nearest):
            return path
    except OSError as error:
        raise ValueError(f"a path that can be written to ({error.strerror})") from None  # noqa: TRY003, EM102  `options.read` completes it
