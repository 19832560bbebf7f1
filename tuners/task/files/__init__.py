"""Files of tables: what is in them, as typed columns, with notes on each and all that is wrong.

- `_dialect`: encoding and delimiter of a text file; `_text`: what is in one.
- `_columns`: what a column of text holds.
- `_frames`: what is in a frame of a library, and so in a file that a library reads.
- `_table`: what comes of it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from tuners.errors import TuningError
from tuners.task.files._columns import as_plain, typed
from tuners.task.files._frames import as_pandas, of_frame
from tuners.task.files._table import Table
from tuners.task.files._text import of_text
from tuners.text.printable import printable

__all__ = ["Table", "as_pandas", "as_plain", "of_frame", "read_table", "typed"]


def read_table(path: Path, na_values: Iterable[str] = (), encoding: str = "") -> Table:
    """Read a file by its suffix; `na_values` are further marks of gaps. Raises `TuningError`."""
    suffix = path.suffix.lower()
    reader = _BINARY.get(suffix)
    marks = frozenset(na_values)
    try:
        if reader is not None:
            return of_frame(reader(path), marks)
        content = _unpacked(path)
        if not content.strip():
            message = "it is empty"
            raise ValueError(message)  # noqa: TRY301  said with the path, below
        return of_text(content, marks, encoding)
    except FileNotFoundError:
        message = f"dataset {path}: there is no such file: check the path"
        raise TuningError(message) from None
    except ImportError:
        needed = _NEEDED[suffix]
        message = f"dataset {path}: reading {suffix} needs {needed}: pip install 'pytest-tuners[files]'"
        raise TuningError(message) from None
    except (OSError, ValueError, EOFError, LookupError, zipfile.BadZipFile, lzma.LZMAError, zlib.error) as error:
        expected = "a text file with a header line" if reader is None else f"a {suffix} file"
        if isinstance(error, UnicodeDecodeError | LookupError):
            expected = f"text in {encoding}: without --tuning-encoding, or encoding=, it is found"
        said = printable(str(error).strip().partition("\n")[0].strip() or type(error).__name__)
        message = f"dataset {path}: cannot be read as a table: {said}: expected {expected}"
        raise TuningError(message) from None


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and name[-1] != "/"]
            if len(names) != 1:
                message = f"it holds {len(names)} files ({', '.join(names[:3])}), expected one"
                raise ValueError(message)
            return archive.read(names[0])
    return _UNPACK.get(path.suffix.lower(), bytes)(content)


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}


_BINARY: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": pd.read_parquet,
    ".pq": pd.read_parquet,
    ".feather": pd.read_feather,
    ".arrow": pd.read_feather,
    ".xlsx": pd.read_excel,
    ".xlsm": pd.read_excel,
}
"""By suffix: what reads a file that is no text."""
_NEEDED = {".xlsx": "openpyxl", ".xlsm": "openpyxl"} | dict.fromkeys(
    (".parquet", ".pq", ".feather", ".arrow"), "pyarrow"
)
