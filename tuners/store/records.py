"""The record of a cell as saved runs and journals hold it: the one reader, and what must agree in it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from tuners.results.record import SCHEMA, Record
from tuners.store.codec import DamagedError, damaged, shaped

IDENTITY = ("model", "dataset", "tuner", "seed")
MANY = 8
"""So many of a record's fields are in no other benchmark by chance."""
COUNTS = (
    "ties", "evaluations", "failed_trials", "budget", "time_budget", "seconds", "evaluation_seconds",
    "search_seconds", "reference_seconds", "peak_memory",
)  # fmt: skip
"""Fields that are never negative."""
MOST_ROWS = 10**8
"""Test rows of a class: a number beyond this is damage, since the rows were held in memory."""


def is_record(extra_info: Mapping[str, Any]) -> bool:
    """Whether `extra_info` is of a cell, perhaps a damaged one, and not of some other benchmark."""
    shared = sum(known.name in extra_info for known in dataclasses.fields(Record))
    return shared >= MANY or ("schema" in extra_info and sum(name in extra_info for name in IDENTITY) > 1)


def read(saved: Mapping[str, Any], at: str) -> Record:
    """Return the record whose fields these are, of a run that may go on; raise `DamagedError` that names the field."""
    schema = saved.get("schema", SCHEMA)
    if schema != SCHEMA:
        said = f"expected {SCHEMA}, got {schema!r}: read it with the version that wrote it"
        raise damaged(said, f"{at}.schema")
    for known in dataclasses.fields(Record):
        value = saved.get(known.name)
        if isinstance(value, float) and math.isinf(value):  # a number in the file that is too large for a float
            said = "expected a finite number, got an infinite one"
            raise damaged(said, f"{at}.{known.name}")
    return shaped(saved, Record, at)


def read_ended(saved: Mapping[str, Any], at: str) -> Record:
    """Return the record of a run that has ended; raise `DamagedError`, also for figures that cannot be together."""
    found = read(saved, at)
    for name in COUNTS:
        value = getattr(found, name)
        if value is not None and value < 0:
            said = f"expected a number that is not negative, got {value}"
            raise damaged(said, f"{at}.{name}")
    if found.ok and found.test_score is None:
        said = "expected a number, since the status is ok, got null"
        raise damaged(said, f"{at}.test_score")
    counts, size = found.confusion_matrix or [], len(found.classes)
    if counts and [len(row) for row in counts] != [size] * size:
        said = f"expected {size} rows of {size} numbers, one for each class"
        raise damaged(said, f"{at}.confusion_matrix")
    if any(len(pair) != 2 for pair in found.predictions or []):
        said = "expected pairs of a true and a predicted number"
        raise damaged(said, f"{at}.predictions")
    if any(not 0 <= count < MOST_ROWS for row in counts for count in row):
        said = "expected counts of test rows"
        raise damaged(said, f"{at}.confusion_matrix")
    return found


def written(record: Record) -> dict[str, Any]:
    """Return the fields of a record that have not their defaults, as JSON has them."""
    usual = Record("", "", "", 0).as_dict()
    names = {*IDENTITY, "status", "schema"}
    return {name: value for name, value in record.as_dict().items() if name in names or value != usual[name]}


def readable(extra_info: Mapping[str, Any]) -> Record | None:
    """Return the record of a cell; None for another benchmark, and for what this version cannot read."""
    try:
        return read_ended(extra_info, "") if is_record(extra_info) else None
    except DamagedError:
        return None
