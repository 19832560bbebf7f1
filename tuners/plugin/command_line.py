"""The options on pytest's command line and in its ini file: added, read, and misspelt ones refused."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Any, NoReturn

import pytest
from iniconfig import IniConfig

from tuners.comparison.options import OPTIONS
from tuners.errors import TuningError, nearest


def add_options(parser: pytest.Parser) -> None:
    """Add every option to the command line and to the ini file."""
    group = parser.getgroup("tuning", "comparison of hyperparameter tuning methods")
    for option in OPTIONS:
        group.addoption(
            option.flag,
            dest=option.dest,
            default=None,
            help=option.help.replace("%", "%%"),  # argparse fills in help texts; ini keys' are printed as they are
            **(
                {"action": "store_const", "const": "true"}
                if option.switch
                else {"action": "append" if option.repeatable else "store", "metavar": option.metavar}
            ),
        )
        if option.repeatable:
            parser.addini(option.dest, option.help, type="linelist", default=None)
        else:
            parser.addini(option.dest, option.help, type="string", default=None)


def check_names(config: pytest.Config, unrecognized: list[str]) -> None:
    """Raise `TuningError` for an option or an ini key that looks like ours and is not, with the nearest of ours."""
    flags = [option.flag for option in OPTIONS]
    for argument in unrecognized:
        flag = argument.partition("=")[0]
        if flag.startswith("--") and flag not in flags and _is_meant(flag):
            _refuse(flag, "option", flags)
    for key in [*_keys(config.inipath), *(each.partition("=")[0] for each in config.getoption("override_ini") or ())]:
        if _words(key).startswith(_PREFIX) and not _is_known(config, key):
            _refuse(key, "ini key", [option.dest for option in OPTIONS])


_PREFIX = "tuning-"


def _words(name: str) -> str:
    return name.lower().removeprefix("--").replace("_", "-")


def _keys(path: Path | None) -> list[str]:
    """Return the keys of an ini file's section for pytest."""
    if path is None:
        return []
    if path.suffix != ".toml":
        sections = IniConfig(str(path)).sections
        return [key for name in ("pytest", "tool:pytest") for key in sections.get(name, ())]
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    native = content.get("tool", {}).get("pytest", {})
    return [key for table in (content.get("pytest", {}), native, native.get("ini_options", {})) for key in table]


def _is_meant(name: str) -> bool:
    """Whether an option that nobody knows is a misspelt one of ours."""
    flags = [_words(option.flag) for option in OPTIONS]
    return _words(name).startswith(("tuning", "tuner")) or bool(
        difflib.get_close_matches(_words(name), flags, n=1, cutoff=0.85)
    )


def _is_known(config: pytest.Config, key: str) -> bool:
    """Whether this or another plugin has an ini key of that name."""
    try:
        config.getini(key)
    except ValueError:
        return False
    except TypeError:
        return True  # its value is of a wrong type, which pytest says
    return True


def _refuse(name: str, kind: str, known: list[str]) -> NoReturn:
    by_word = {_words(each).removeprefix(_PREFIX): each for each in known}
    word = _words(name).removeprefix(_PREFIX)
    near = [each for each in by_word if word in each.split("-")][:1] or nearest(word, by_word, 1)
    hint = f"did you mean {by_word[near[0]]}?" if near else f"there are {', '.join(known)}"
    message = f"unknown {kind} {name!r}: {hint}"
    raise TuningError(message)


def read(config: pytest.Config, *, ini: bool = True) -> dict[str, Any]:
    """Return the options that were given, by key, parsed; repeatable ones as tuples.

    The command line wins over the ini file, which wins over the environment; without `ini`, it alone is read. Raises
    `pytest.UsageError`, which names the option, what was expected and what came.
    """
    given: dict[str, Any] = {}
    for option in OPTIONS:
        raw = config.getoption(option.dest)
        if raw is None and ini:
            raw = config.getini(option.dest)
        if not raw and option.key == "creditcard":
            raw = os.environ.get("TUNING_CREDITCARD") or None
        if raw is None or raw == []:
            continue
        texts = raw if option.repeatable else [raw]
        try:
            values = tuple(option.read(text) for text in texts)
        except ValueError as error:
            message = f"{option.flag}: expected {error}, got {', '.join(map(repr, texts))}"
            raise pytest.UsageError(str(TuningError(message))) from None
        given[option.key] = values if option.repeatable else values[0]
    return given
