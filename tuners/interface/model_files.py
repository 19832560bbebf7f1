"""Files of fitted estimators: `.skops`, which runs no code when it is read, and `.joblib`, which may run any."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tuners.errors import TuningError, require

SUFFIXES = (".skops", ".joblib")
PICKLED = (
    "a .joblib file is a pickle: whoever loads it runs what is in it, so load only files that you trust; .skops has "
    "no such danger"
)


def check(path: Path) -> None:
    """Raise `TuningError` for another suffix or where it cannot be written, `MissingExtraError` without skops."""
    if path.suffix not in SUFFIXES:
        message = f"--save-model: expected a path that ends in {' or '.join(SUFFIXES)}, got {str(path)!r}"
        raise TuningError(message)
    if path.suffix == ".skops":
        require("skops", extra="skops")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") if path.exists() else tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        message = f"--save-model: {path} cannot be written: {error.strerror}"
        raise TuningError(message) from None


def save(estimator: Any, path: Path) -> list[str]:
    """Write a fitted estimator; return what is to be said: where it is, and how it is loaded."""
    if path.suffix == ".joblib":
        import joblib  # noqa: PLC0415  loaded where a model is saved

        joblib.dump(estimator, path)
        return [f"model: {path}; to load it: joblib.load({str(path)!r})", f"warning: {PICKLED}"]
    from skops import io  # noqa: PLC0415  optional

    io.dump(estimator, path)
    # Classes that it does not know are named by whoever loads the file.
    foreign = io.get_untrusted_types(file=path)
    trusted = f", trusted={foreign!r}" if foreign else ""
    return [f"model: {path}; to load it: skops.io.load({str(path)!r}{trusted})"]
