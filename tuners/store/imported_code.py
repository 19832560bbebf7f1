"""The files of code that a process has imported, without installed libraries: a change of one may change figures."""

from __future__ import annotations

import hashlib
import site
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

INSTALLED = {"site-packages", "dist-packages"}
"""Folders of installed libraries, whose versions are compared; an editable install lies elsewhere, and may change."""
PACKAGE = Path(__file__).parents[1]
"""The folder of this package, whose code is compared as a whole."""
ABSENT = "absent"
"""The digest of a file that is not there."""


@cache
def _library_folders() -> tuple[str, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
    paths = [sysconfig.get_path(name) for name in names]
    paths += [*site.getsitepackages(), site.getusersitepackages(), str(PACKAGE)]
    return tuple({f"{folder}{end}" for path in paths for folder in (Path(path), Path(path).resolve()) for end in "/\\"})


def files(besides: Iterable[object] = ()) -> set[str]:
    """Return the files of all imported modules and of `besides`, without installed libraries and this package.

    `besides` is for conftest.py: pytest removes one from the imported modules when it imports another.
    """
    # Not the script that runs: another one may start the same session.
    modules = [module for name, module in list(sys.modules.items()) if name != "__main__"]
    found = {_file(module) for module in (*modules, *besides)}
    return {Path(file).absolute().as_posix() for file in found if file and own(file)}


def own(file: str) -> bool:
    """Whether a file is of no installed library, nor of this package."""
    folders = _library_folders()
    if file.startswith(folders):
        return False
    path = Path(file).absolute().as_posix()
    return not (path.startswith(folders) or INSTALLED & set(path.split("/")))


def _file(module: object) -> str:
    try:
        # Not getattr: a lazy module would be loaded by it.
        values = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return ""
    file = values.get("__file__")
    return file if isinstance(file, str) and not file.startswith("<") else ""


def digest(file: str) -> str:
    """Return a short SHA-256 of a file, or of the archive that it is in; `ABSENT` if there is neither."""
    for path in (Path(file), *Path(file).parents):
        if path.is_file():
            try:
                return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            except OSError:
                return ABSENT
        if path.is_dir():
            break
    return ABSENT


def package() -> str:
    """Return a short SHA-256 of this package's code and of the data that come along."""
    files = sorted([*PACKAGE.rglob("*.py"), *(each for each in PACKAGE.glob("datasets/data/*") if each.is_file())])
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:12]


def name(file: str, root: Path) -> str:
    """Return the name of a file in a journal: relative to the root of the session if it lies there."""
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file
