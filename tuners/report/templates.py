"""The page's templates, which escape whatever they are given."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tuners.report.tables import Table

if TYPE_CHECKING:
    import jinja2


def rendered(name: str, **values: Any) -> str:
    """Render a template."""
    return _environment().get_template(name).render(**values)


def table_html(table: Table, caption: str) -> str:
    """Render a table alone."""
    html: str = vars(_environment().get_template("table.html.j2").module)["set"](table, caption)
    return html


def part(name: str) -> str:
    """Return the text of one of the page's files."""
    return files("tuners.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # noqa: PLC0415  only the page needs it

    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.FunctionLoader(part))
