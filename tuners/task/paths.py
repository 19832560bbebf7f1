"""Files given as datasets on the command line: what is wrong with one that is not `path.csv:target`."""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path

from tuners.errors import MOST_NAMES, TuningError
from tuners.results.cell import is_csv

_CONVERSIONS = {
    ".parquet": "read_parquet({path!r})",
    ".pq": "read_parquet({path!r})",
    ".feather": "read_feather({path!r})",
    ".arrow": "read_feather({path!r})",
    ".orc": "read_orc({path!r})",
    ".xlsx": "read_excel({path!r})",
    ".xls": "read_excel({path!r})",
    ".ods": "read_excel({path!r})",
    ".tsv": "read_csv({path!r}, sep='\\t')",
    ".tab": "read_csv({path!r}, sep='\\t')",
    ".txt": "read_csv({path!r}, sep=None, engine='python')",
    ".data": "read_csv({path!r}, header=None)",
    ".dat": "read_csv({path!r}, sep=None, engine='python')",
    ".json": "read_json({path!r})",
    ".jsonl": "read_json({path!r}, lines=True)",
    ".ndjson": "read_json({path!r}, lines=True)",
    ".pkl": "read_pickle({path!r})",
    ".pickle": "read_pickle({path!r})",
    ".h5": "read_hdf({path!r})",
    ".hdf5": "read_hdf({path!r})",
    ".dta": "read_stata({path!r})",
    ".sav": "read_spss({path!r})",
    ".sas7bdat": "read_sas({path!r})",
    ".xml": "read_xml({path!r})",
    ".html": "read_html({path!r})[0]",
    ".gz": "read_csv({path!r})",
    ".bz2": "read_csv({path!r})",
    ".xz": "read_csv({path!r})",
    ".zst": "read_csv({path!r})",
    ".zip": "read_csv({path!r})",
}
"""By suffix: pandas' function that reads it."""
_UNREADABLE = {".npy", ".npz", ".arff", ".libsvm", ".svmlight", ".mat", ".rds", ".rdata", ".db", ".sqlite", ".sql"}
"""Suffixes of data that pandas does not read by itself."""


def check(name: str) -> None:
    """Raise `TuningError` for a name that is a file's or an address and not `path.csv:target`, with the remedy."""
    if re.match(r"\w[\w+.-]*://", name):
        message = f"dataset {name!r}: expected path.csv:target on this machine, got an address: download it"
        raise TuningError(message)
    path, _, target = name.rpartition(":") if re.search(r"\.\w+:[^/\\]*$", name) else (name, "", "")
    suffix = Path(path).suffix.lower()
    if suffix in _CONVERSIONS or suffix in _UNREADABLE:
        raise TuningError(_unread(name, path, suffix, target))
    if suffix == ".csv" and not is_csv(name):
        raise TuningError(_without_target(name, path))
    if is_csv(name) and not Path(path).is_file():
        raise TuningError(_absent(path))


def _unread(name: str, path: str, suffix: str, target: str) -> str:
    stem = Path(path).name.split(".")[0]
    made = Path(path).with_name(f"{stem}.csv")
    remedy = f"pass your own, tuners.register_dataset(tuners.Dataset({stem!r}, X, y)), in conftest.py"
    if suffix in _CONVERSIONS:
        reading = _CONVERSIONS[suffix].format(path=path)
        remedy = (
            f"convert it, pandas.{reading}.to_csv({str(made)!r}, index=False), and give {made}:{target or 'target'}; "
            f"or {remedy}"
        )
    return f"dataset {name!r}: expected path.csv:target, got a {suffix}: {remedy}"


def _without_target(name: str, path: str) -> str:
    columns = _columns(path)
    if not columns:
        return f"dataset {name!r}: a CSV is given with its target column, as in path.csv:target"
    more = f" and {len(columns) - MOST_NAMES} more" if len(columns) > MOST_NAMES else ""
    return (
        f"dataset {name!r}: a CSV is given with its target column, as in {path}:{columns[-1]}: its columns are "
        f"{', '.join(columns[:MOST_NAMES])}{more}"
    )


def _columns(path: str) -> list[str]:
    """Return the header of a CSV; nothing where it cannot be read."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return [column.strip() for column in next(csv.reader(file), [])]
    except (OSError, ValueError, csv.Error):
        return []


def _absent(path: str) -> str:
    if Path(path).is_dir():
        return f"dataset {path}: expected a CSV file, got a folder: name a file in it"
    beside = Path(path).parent
    others = (
        sorted(other.name for other in beside.glob("*") if other.suffix.lower() == ".csv") if beside.is_dir() else []
    )
    near = difflib.get_close_matches(Path(path).name, others, n=1, cutoff=0.8)
    hint = f"did you mean {beside / near[0]}? " if near else ""
    return f"dataset {path}: there is no such file: {hint}check the path"
