"""`list tuners`: what each method can do, as docs/reference/methods.md has it, and whether its library is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.catalog import TUNERS
from tuners.commands.list import Listing, Row
from tuners.commands.list._needs import installed, origin
from tuners.methods._traits import HEADINGS, TRAITS
from tuners.methods._traits import row as traits

if TYPE_CHECKING:
    from tuners.objective import Tuner


def row(name: str) -> Row:
    """Return a method's traits; of one's own, what its function says."""
    whose = origin(TUNERS, name)
    needed = installed("" if whose == "yours" else f"tuners.methods.{name}")
    known: Row = _own(TUNERS.load(name)) if whose == "yours" else traits(name) if name in TRAITS else {}
    said = {_key(heading): known.get(heading) for heading in HEADINGS if heading != "method"}
    return {"name": name, **needed, "origin": whose, **said}


def _own(tune: Tuner) -> Row:
    """Return what a function's attributes say; what they do not say is not known."""
    in_part = {"evaluates": "in part"} if getattr(tune, "fidelities", ()) else {}
    return in_part | ({"deterministic": "yes"} if getattr(tune, "deterministic", False) else {})


def _key(heading: str) -> str:
    return heading.replace(" ", "_")


LISTING = Listing(TUNERS, row, left_out=frozenset({"missing", "licence"}))
