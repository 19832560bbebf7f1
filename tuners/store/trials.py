"""A trial as journals and side files hold it: the one writer and the one reader of both.

Its fields are those of `Trial`, which alone names them. One that is added there needs a default: files from before are
then read with it.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, get_type_hints

from tuners.results.trial import Trial
from tuners.store.codec import damaged, json_value, shaped
from tuners.text.shown import shown

EXACT = "exact"
"""The field that is written only where the hash cannot be made of the others."""


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _numbers(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(map(_number, values))


NULLABLE: Mapping[Any, tuple[Any, Callable[[Any], Any]]] = {
    float: (float | None, _number),
    tuple[float, ...]: (list[float | None], _numbers),
}
"""Types of fields for which JSON has no NaN: the type on disk, where null stands for it, and the way back."""


def written(trial: Trial) -> dict[str, Any]:
    """Return the fields of a trial as JSON has them, with `exact` where they do not give its hash."""
    fields: dict[str, Any] = {
        known.name: json_value(getattr(trial, known.name)) for known in dataclasses.fields(trial) if _says(trial, known)
    }
    if trial.exact or not all(map(_unchanged, (*trial.params.values(), *filter(math.isinf, trial.fold_scores)))):
        scores = [repr(_number(score)) for score in fields["fold_scores"]]
        if json.dumps([fields["params"], scores], sort_keys=True, default=shown) != trial.identity:
            fields[EXACT] = trial.identity
    return fields


def _says(trial: Trial, known: dataclasses.Field[Any]) -> bool:
    """Whether a field is written; of those that files of before do not have, one with its default is not."""
    by_need = "written" in known.metadata and getattr(trial, known.name) == known.default
    return known.name != EXACT and not by_need


def _unchanged(value: Any) -> bool:
    """Whether JSON gives a value back as it is. Nearly all are told by their type, which takes no time of the run."""
    return type(value) in {str, int, bool, type(None)} or (type(value) is float and math.isfinite(value))


def read(saved: Mapping[str, Any], at: str = "") -> Trial:
    """Return the trial whose fields these are; raise `DamagedError` that names the field, from `at` on."""
    form, ways_back = _form(Trial)
    found = shaped(saved, form, at)
    trial = Trial(**{name: back(getattr(found, name)) for name, back in ways_back.items()})
    if not 0 < trial.fidelity <= 1:
        said = f"expected a share above 0 and up to 1, got {trial.fidelity:g}"
        raise damaged(said, f"{at}.fidelity")
    if not 0 <= trial.saved < trial.fidelity:
        said = f"expected a share from 0 up to the fidelity, {trial.fidelity:g}, got {trial.saved:g}"
        raise damaged(said, f"{at}.saved")
    return trial


@cache
def _form(kind: type) -> tuple[type[Any], dict[str, Callable[[Any], Any]]]:
    """Return a dataclass of the fields on disk, with their defaults, and the way back for each."""
    hints = get_type_hints(kind)
    fields, ways_back = [], {}
    for known in dataclasses.fields(kind):
        on_disk, ways_back[known.name] = NULLABLE.get(hints[known.name], (hints[known.name], _same))
        default: dict[str, Any] = {
            way: value
            for way in ("default", "default_factory")
            if (value := getattr(known, way)) is not dataclasses.MISSING
        }
        fields.append((known.name, on_disk, dataclasses.field(**default, kw_only=True)))
    return dataclasses.make_dataclass(f"{kind.__name__}OnDisk", fields, frozen=True), ways_back


def _same(value: Any) -> Any:
    return value
