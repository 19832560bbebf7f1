"""Keeping a comparison as a saved run, which is pytest-benchmark's file with the trials beside it."""

from __future__ import annotations

import json
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.store import files, saved, saved_folder, side_files

if TYPE_CHECKING:
    from tuners.interface.sitting import Sitting

STORAGE = ".benchmarks"
"""pytest-benchmark's folder, where no option says another."""


def save(sitting: Sitting, name: str | PathLike[str]) -> Path:
    """Write a saved run under a name in the storage, or at a path that ends in `.json`; return its path.

    Raises `TuningError` for a name that is neither, where nothing has a time, and where it cannot be written.
    """
    text = fspath(name)
    path = Path(text) if text.endswith(".json") else None
    if path is None and (not text or Path(text).name != text):
        message = f"save: expected a name, or a path that ends in .json, got {text!r}"
        raise TuningError(message)
    folder = _storage() if path is None else path.parent
    runs = list(sitting.runs.values())
    if all(run.record.seconds is None for run in runs):
        message = "save: expected a cell that has run, got none: the frame's column reason says why"
        raise TuningError(message)
    side = side_files.new_name()
    content = saved.document(
        [(run.record, {}) for run in runs],
        about=sitting.about,
        partial=sitting.partial,
        trials=side,
        times={run.record.cell: run.times for run in runs},
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        side_files.write([run for run in runs if run.trials or run.repeats], folder / side)
        if path is None:
            return saved_folder.save(json.dumps(content, indent=4), folder, text)
        files.write(json.dumps(content, indent=4), path)
    except OSError as error:
        message = f"save: {folder} cannot be written: {error.strerror}"
        raise TuningError(message) from None
    return path


def _storage() -> Path:
    from pytest_benchmark.utils import get_machine_id  # noqa: PLC0415  loaded when something is saved

    return Path(STORAGE, get_machine_id())
