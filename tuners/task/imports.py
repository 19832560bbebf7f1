"""The files of modules, and of those that a file imports, found without importing any."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import PathFinder
from pathlib import Path


def files_of(name: str) -> set[str]:
    """Return the files of a module and of the packages that it is in; none of one that is not there."""
    return {str(file) for file in _files(name.split("."))}


def imported_by(file: Path) -> set[str]:
    """Return the files of the modules that a file imports, inside functions, too; none of one that cannot be read."""
    try:
        nodes = list(ast.walk(ast.parse(file.read_bytes())))
    except (OSError, SyntaxError, ValueError):
        return set()
    found: set[Path] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.update(_files(alias.name.split(".")))
        elif isinstance(node, ast.ImportFrom):
            base = node.module.split(".") if node.module else []
            # What is imported from a package may be a module of it.
            for alias in node.names:
                names = [*base, alias.name]
                found.update(_inside(file.parents[node.level - 1], names) if node.level else _files(names))
    return {str(each) for each in found}


def _files(names: Sequence[str]) -> Iterator[Path]:
    top = _top(names[0])
    if top is not None:
        yield top
        if top.name == "__init__.py":
            yield from _inside(top.parent, names[1:])


def _top(name: str) -> Path | None:
    """Return the file of a module that is in no package."""
    origin = getattr(sys.modules.get(name), "__file__", None)
    if origin is None:
        spec = PathFinder.find_spec(name)
        origin = spec.origin if spec is not None and spec.has_location else None
    return Path(origin) if origin else None


def _inside(folder: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield the files of a module in a package's folder, and of the packages on the way."""
    yield from _existing(folder / "__init__.py")
    for name in names:
        yield from _existing(folder / f"{name}.py")
        folder /= name
        yield from _existing(folder / "__init__.py")


def _existing(file: Path) -> list[Path]:
    return [file] if file.is_file() else []
