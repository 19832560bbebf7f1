"""Which tests ask for `tune`: in a session without one, the plugin changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tuners.results.cell import Cell

FIXTURES = "tuners.plugin.fixtures"


def asks(item: Any) -> bool:
    """Whether a test, or the definition of one, asks for this package's `tune`, by itself or through fixtures."""
    info = getattr(item, "_fixtureinfo", None)
    definitions = info.name2fixturedefs.get("tune", ()) if info is not None else ()
    # The last definition is what the test gets; one of a user's own hides ours unless it asks for it.
    for definition in reversed(definitions):
        if definition.func.__module__ == FIXTURES:
            return True
        if "tune" not in definition.argnames:
            return False
    return False


def cell_of(item: pytest.Item) -> Cell | None:
    """Return the cell that a test measures; None where it parametrizes by itself."""
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return next((value for value in params.values() if isinstance(value, Cell)), None)
