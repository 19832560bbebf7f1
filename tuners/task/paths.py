"""Files given as datasets on the command line: what is wrong with one that is not `path.csv:target`."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from tuners.errors import MOST_NAMES, TuningError
from tuners.results.cell import FILES, PACKED, file_and_target

_CONVERSIONS = {
    ".orc": "read_orc({path!r})",
    ".xls": "read_excel({path!r})",
    ".ods": "read_excel({path!r})",
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
    ".zst": "read_csv({path!r})",
}
"""By suffix: pandas' function that reads it."""
_UNREADABLE = {".npy", ".npz", ".arff", ".libsvm", ".svmlight", ".mat", ".rds", ".rdata", ".db", ".sqlite", ".sql"}
"""Suffixes of data that pandas does not read by itself."""
EXAMPLE = "path.csv:target"


def check(name: str) -> None:
    """Raise `TuningError` for a name that is a file's or an address and not `path.csv:target`, with the remedy."""
    if re.match(r"\w[\w+.-]*://", name):
        message = f"dataset {name!r}: expected {EXAMPLE} on this machine, got an address: download it"
        raise TuningError(message)
    file = file_and_target(name)
    if file is not None:
        if not Path(file[0]).is_file():
            raise TuningError(_absent(file[0]))
        return
    path, _, target = name.rpartition(":") if re.search(r"\.\w+:[^/\\]*$", name) else (name, "", "")
    suffix = Path(path).suffix.lower()
    if suffix in _CONVERSIONS or suffix in _UNREADABLE:
        raise TuningError(_unread(name, path, suffix, target))
    if is_file(name):
        raise TuningError(_without_target(name.rstrip(":")))


def is_file(path: str) -> bool:
    """Whether a path ends as those of tables do."""
    lower = path.lower().rstrip(":")
    packed = next((each for each in PACKED if lower.endswith(each)), "")
    return lower.removesuffix(packed).endswith(FILES)


def _unread(name: str, path: str, suffix: str, target: str) -> str:
    first = Path(path).name.split(".")[0]
    made = Path(path).with_name(f"{first}.csv")
    remedy = f"pass your own, tuners.register_dataset(tuners.Dataset({first!r}, X, y)), in conftest.py"
    if suffix in _CONVERSIONS:
        reading = _CONVERSIONS[suffix].format(path=path)
        remedy = (
            f"convert it, pandas.{reading}.to_csv({str(made)!r}, index=False), and give {made}:{target or 'target'}; "
            f"or {remedy}"
        )
    return f"dataset {name!r}: expected {EXAMPLE}, got a {suffix}: {remedy}"


def _without_target(path: str) -> str:
    begins = f"dataset {path!r}: a file is given with its target column, as in"
    columns = _columns(path)
    if not columns:
        return f"{begins} {EXAMPLE}"
    more = f" and {len(columns) - MOST_NAMES} more" if len(columns) > MOST_NAMES else ""
    return f"{begins} {path}:{columns[-1]}: its columns are {', '.join(columns[:MOST_NAMES])}{more}"


def _columns(path: str) -> list[str]:
    """Return the names of a file's columns; none where it cannot be read."""
    from tuners.task.files import read_table  # noqa: PLC0415  it loads pandas, for this message alone

    try:
        return list(read_table(Path(path)).columns)
    except TuningError:
        return []


def _absent(path: str) -> str:
    if Path(path).is_dir():
        return f"dataset {path}: expected a file, got a folder: name a file in it"
    beside = Path(path).parent
    others = sorted(other.name for other in beside.glob("*") if is_file(other.name)) if beside.is_dir() else []
    near = difflib.get_close_matches(Path(path).name, others, n=1, cutoff=0.8)
    hint = f"did you mean {beside / near[0]}? " if near else ""
    return f"dataset {path}: there is no such file: {hint}check the path"
