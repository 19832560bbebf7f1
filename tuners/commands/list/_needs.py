"""What a member needs to be installed, read from its module's text: loading it may take seconds, or fail."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

from tuners.errors import MissingExtraError, require
from tuners.registry import Registry


def origin(registry: Registry[Any], name: str) -> str:
    """Return whose a member is: `package` for one that comes along, `yours` for one that was registered."""
    return "package" if registry.has(name) and name not in registry.replaced else "yours"


def needs(module: str) -> dict[str, str]:
    """Return the packages that a module requires at its head, by the private modules that it imports, too.

    By package: the extra that installs it. Nothing of a module that is not there.
    """
    source = _source(module)
    if source is None:
        return {}
    found: dict[str, str] = {}
    required: dict[str, str] = {}
    for statement in ast.parse(source.read_bytes()).body:
        match statement:
            case ast.ImportFrom(module=str(name)) if name.startswith(f"{module.rpartition('.')[0]}._"):
                found |= needs(name)
            case ast.Expr(
                ast.Call(ast.Name("require"), args=packages, keywords=[ast.keyword("extra", ast.Constant(str(extra)))])
            ):
                required |= {str(each.value): extra for each in packages if isinstance(each, ast.Constant)}
    return found | required


def _source(module: str) -> Path | None:
    """Return the file of a module of a family's package; None where there is none.

    Not by find_spec, which imports all packages that a module lies in.
    """
    if not module:
        return None
    top, family, *inside = module.split(".")
    place = Path(importlib.import_module(f"{top}.{family}").__path__[0], *inside)
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def installed(module: str) -> dict[str, Any]:
    """Say whether what a module needs is installed, by which extra, and what to do where it is not."""
    needed, missing = needs(module), []
    for package, extra in needed.items():
        try:
            require(package, extra=extra)
        except MissingExtraError as error:
            missing.append(str(error))
    installs = next(reversed(needed.values()), None)
    return {"installed": not missing, "extra": installs, "missing": missing[-1] if missing else None}
