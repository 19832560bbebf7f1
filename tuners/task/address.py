"""What a problem's scores depend on: the address of its table.

The rows and the folds themselves, the estimator with all of its parameters, the code that is not installed, the metric,
and the versions of the libraries. Two problems with the same address give the same scores; one that differs in anything
has a table of its own, so that nothing stale is ever read.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import platform
import sys
import types
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import joblib
import numpy as np

from tuners.store import imported_code
from tuners.task.fingerprint import fingerprint
from tuners.task.imports import files_of, imported_by
from tuners.task.scorers import METRICS
from tuners.text.shown import shown

if TYPE_CHECKING:
    from tuners.task.problem import Problem

LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas")
"""Libraries that every score depends on; those that an estimator comes from are added."""
PACKAGE = __name__.partition(".")[0]
UNKNOWN = f"of process {uuid.uuid4().hex}"
"""Stands for what no text can tell from another: no other process reads such a table."""


_known: WeakKeyDictionary[Problem, dict[str, Any]] = WeakKeyDictionary()


def know(problem: Problem, known: Mapping[str, Any]) -> None:
    """Take the address of a problem from the process that has the files of its code."""
    _known[problem] = dict(known)


def address(problem: Problem) -> dict[str, Any]:
    """Return by name, in the words of messages, what the scores of a problem's candidates depend on."""
    if problem in _known:
        return _known[problem]
    split = problem.split
    files, own = _files(problem.estimator), ""
    if METRICS.is_own(problem.protocol.metric):  # two of one name are told apart by what they hold, and by their code
        own = f": {described(problem.scorer)}"
        files = files | _files(scoring_function(problem.scorer))
    return {
        "model": problem.model.name,
        "dataset": problem.dataset.name,
        "seed": problem.seed,
        "training rows": fingerprint(split.X_train, split.y_train),
        "test rows": fingerprint(split.X_test, split.y_test),
        "folds": _digest([b"%d %b" % (len(part), part.tobytes()) for fold in problem.folds for part in fold])
        + (" drawn anew for each candidate" if problem.reshuffled else ""),
        "estimator": described(problem.estimator),
        # Their folders are another machine's business.
        "code": _code(files),
        "metric": f"{problem.protocol.metric} of {problem.positive!r}{own}",
        "versions": _versions(problem.estimator),
        # Where nothing is known of rows, nothing is said: tables from before there were weights are still found.
        **({"weights and roles of rows": _digest(of_rows)} if (of_rows := _of_rows(problem)) else {}),
    }


def of_metric(problem: Problem, metric: str) -> str:
    """Return what tells one of a problem's metrics from another of its name: what its scorer holds, and its code."""
    scorer = problem.scorer_of(metric)
    code = _code(_files(scoring_function(scorer))) if METRICS.is_own(metric) else []
    return " ".join([described(scorer), *code])


def _code(files: Iterable[str]) -> list[str]:
    return sorted(f"{Path(file).name} {imported_code.digest(file)}" for file in files)


def _of_rows(problem: Problem) -> list[bytes]:
    of_test = {f"test {name}": values for name, values in problem.of_test_rows.items()}
    return [
        part
        for name, values in {**problem.of_training_rows, **of_test}.items()
        for part in (f"{name} {values.dtype}".encode(), values.tobytes())
    ]


def digest(content: Mapping[str, Any]) -> str:
    """Return a short SHA-256 of an address."""
    return _digest([json.dumps(content, sort_keys=True).encode()])[:16]


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say what an address has that another one had not: versions in full, the rest by name."""
    before, after = then.get("versions", {}), now["versions"]
    names = [name for name in after if before.get(name) != after[name]]
    changed = [f"{name} {before[name]}, now {after[name]}" for name in names if name in before]
    changed += [f"no {name}, now {after[name]}" for name in names if name not in before]
    gone = [f"{name} {before[name]}, now without it" for name in before if name not in after]
    others = [f"another {name}" for name in now if name != "versions" and then.get(name) != now[name]]
    return "; ".join([*changed, *gone, *others])


def outdated(versions: Mapping[str, str]) -> list[str]:
    """Say which versions of an address are not those of this machine now, each as `NAME THEN, now NOW`."""
    now = {name: _version(name) for name in versions}
    return [f"{name} {then}, now {now[name] or 'not there'}" for name, then in versions.items() if now[name] != then]


def scoring_function(scorer: Any) -> Any:
    """Return what a scorer is made of: the function of true and predicted values, or the scorer itself."""
    found = getattr(scorer, "_score_func", scorer)
    while isinstance(found, functools.partial):
        found = found.func
    return found if isinstance(found, types.FunctionType) else type(found)


def _digest(parts: list[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def described(value: Any) -> str:
    """Return a value as text that is equal only where fits are: classes by their full names, parameters in order."""
    if hasattr(value, "get_params") and not isinstance(value, type):
        params = value.get_params(deep=False)
        inside = ", ".join(f"{name}={described(params[name])}" for name in sorted(params))
        return f"{_name(type(value))}({inside})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{described(name)}: {described(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(map(described, value))})"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({', '.join(sorted(map(described, value)))})"
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return f"{value.dtype}{value.shape}{described(value.tolist())}"  # its bytes are addresses in memory
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype}{getattr(value, 'shape', '')}{_digest([value.tobytes()])}"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return shown(value)
    if isinstance(value, functools.partial):
        return f"partial({described((value.func, value.args, value.keywords))})"
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return f"{_name(value)} {shown(value)}"  # a function of the user's has a checksum of its code there
    return f"{_name(type(value))} {shown(value)} {_state(value)}"


def _state(value: Any) -> str:
    """Return a checksum of all that an object holds, which its text may hide; where there is none, `UNKNOWN`."""
    try:
        held = value.__getstate__()
        return str(joblib.hash(value)) if held is None else described(held)
    except Exception:  # noqa: BLE001  it cannot be pickled, for whatever reason
        return UNKNOWN


def _name(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', repr(type(value)))}"


def _parts(value: Any) -> Iterator[Any]:
    """Yield an estimator and all that is inside it."""
    yield value
    if hasattr(value, "get_params") and not isinstance(value, type):
        for each in value.get_params(deep=False).values():
            yield from _parts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _parts(each)


def _modules(estimator: Any) -> set[str]:
    """Return the modules that the estimator's classes and functions, and their bases, are defined in."""
    found = set()
    for part in _parts(estimator):
        kinds = type(part).__mro__ if hasattr(part, "get_params") else [part] if callable(part) else []
        found |= {getattr(kind, "__module__", "") or "" for kind in kinds}
    return found - {"", "builtins"}


def _files(estimator: Any) -> set[str]:
    """Return the files of the estimator's own code, as far as it is not an installed library's.

    Of what is being developed, the modules that its classes and functions are defined in, and what they import: a class
    calls others. It does not matter what else is loaded. Of this package, whose version is named, the former alone.
    """
    names = _modules(estimator)
    ours = {getattr(sys.modules.get(name), "__file__", None) for name in names if name.startswith(f"{PACKAGE}.")}
    found = {file for file in ours if file}
    waiting = {file for part in _parts(estimator) for file in _defined_in(part)}
    waiting |= {file for name in names for file in files_of(name)}
    while waiting:
        file = waiting.pop()
        if file not in found and imported_code.own(file) and Path(file).is_file():
            found.add(file)
            waiting |= imported_by(Path(file))
    return found


def _defined_in(part: Any) -> set[str]:
    """Return the files of a class's methods or of a function: another conftest.py may have the module's name by now."""
    kinds = type(part).__mro__ if hasattr(part, "get_params") else [part] if callable(part) else []
    members = [member for kind in kinds for member in (kind, *getattr(kind, "__dict__", {}).values())]
    codes = [getattr(member, "__code__", None) for member in members]
    return {code.co_filename for code in codes if code is not None}


@cache
def _imported(file: str) -> frozenset[str]:
    """Return the top modules that a file imports, anywhere in it; none of one that cannot be parsed."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    nodes = list(ast.walk(tree))
    names = [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return frozenset(name.partition(".")[0] for name in names) - {""}


def _versions(estimator: Any) -> dict[str, str]:
    tops = {name.partition(".")[0] for name in _modules(estimator)}
    # What an estimator of the user's wraps is told by what its code imports.
    tops |= {top for file in _files(estimator) for top in _imported(file)}
    names = {*LIBRARIES, *(name for top in tops for name in _distributions().get(top, ()))}
    found = {name: _version(name) for name in ["Python", "machine", *sorted(names)]}
    return {name: number for name, number in found.items() if number}


def _version(name: str) -> str:
    """Return the version of a library, of Python or of the machine; empty for one that is not installed."""
    if name == "Python":
        return platform.python_version()
    if name == "machine":
        return f"{platform.system()} {platform.machine()}"
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()
