"""The tables of the documentation that are made of the code: options, commands, and keys of what is kept."""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tuners.commands import COMMANDS, Command
from tuners.commands.table import ACTIONS
from tuners.comparison.options import OPTIONS
from tuners.report.document import Report
from tuners.report.sections import in_order

DOCS = Path(__file__).parents[2] / "docs"
MARKED = re.compile(r"(<!-- table: (\w+) ?(\S*) -->\n).*?(<!-- end of table -->)", re.DOTALL)
"""A table between two comments: its kind, and what it is of."""


def filled(page: str) -> str:
    """Return a page's text with its tables made anew."""
    return MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]](*filter(None, [found[3]]))}\n{found[4]}", page)


def options() -> str:
    """Return a row for each option of the command line."""
    rows = (
        (_code(*_shown(option.flag, "" if option.switch else option.metavar)), _code(option.dest), option.help)
        for option in OPTIONS
    )
    return table(("option", "ini key", "meaning"), rows)


def commands() -> str:
    """Return a heading, a sentence and a table for each command of `python -m tuners`."""
    return "\n\n".join(_described(*command) for command in _commands())


def _commands() -> Iterator[tuple[str, Command]]:
    for name, command in _in_order({name: COMMANDS.load(name) for name in COMMANDS}):
        if name == "table":
            actions = {f"table {action}": ACTIONS.load(action) for action in ACTIONS}
            yield from _in_order(actions)
        else:
            yield name, command


def _in_order(members: dict[str, Command]) -> list[tuple[str, Command]]:
    return sorted(members.items(), key=lambda member: member[1].place)


def _described(name: str, command: Command) -> str:
    parser = argparse.ArgumentParser(add_help=False)
    command.options(parser)
    rows = [
        (_code(*_shown(_name(each), str(each.metavar or ""))), (each.help or "").replace("%%", "%"))
        for each in parser._actions  # noqa: SLF001  argparse tells them nowhere else
        if each.help != argparse.SUPPRESS
    ]
    said = f"## `{name}`\n\n{command.help[0].upper()}{command.help[1:]}."
    return f"{said}\n\n{table(('argument', 'meaning'), rows)}" if rows else said


def _name(action: argparse.Action) -> str:
    return ", ".join(action.option_strings) or action.dest.upper()


def _shown(name: str, metavar: str) -> list[str]:
    """Return a name with its value; further ways to write the value by themselves."""
    first, *more = metavar.split("|")
    return [f"{name} {first}".strip(), *more]


def keys() -> str:
    """Return a row for each key that a section adds to the JSON report."""
    nothing = Report([], [])
    rows = ((_code(key), section.title) for section in in_order() for key in section.rows(nothing))
    return table(("key", "the figures of"), rows)


def fields(path: str) -> str:
    """Return a row for each field of a dataclass, `module.Class`: its type, and the docstring below it."""
    module, _, name = path.rpartition(".")
    source = inspect.getsource(getattr(importlib.import_module(module), name))
    body = ast.parse(inspect.cleandoc(source)).body[0].body  # type: ignore[attr-defined]
    following = [*body[1:], None]
    rows = [
        (_code(ast.unparse(line.target)), _code(*_alternatives(line.annotation)), _docstring(below))
        for line, below in zip(body, following, strict=True)
        if isinstance(line, ast.AnnAssign) and "ClassVar" not in ast.unparse(line.annotation)
    ]
    return table(("key", "type", "meaning"), rows)


def _alternatives(annotation: ast.expr) -> Iterator[str]:
    """Yield the types that a value may have."""
    if isinstance(annotation, ast.BinOp):
        yield from _alternatives(annotation.left)
        yield from _alternatives(annotation.right)
    else:
        yield ast.unparse(annotation).replace(" | ", " or ")


def _docstring(line: ast.stmt | None) -> str:
    """Return the text of a line that is a text and no more."""
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
        return inspect.cleandoc(str(line.value.value))
    return ""


TABLES: dict[str, Callable[..., str]] = {"options": options, "commands": commands, "keys": keys, "fields": fields}
"""By kind."""


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in lines
    )


def _code(*alternatives: str) -> str:
    return " or ".join(f"`{each}`" for each in alternatives)
