"""What all tests share: hypothesis's deadline would fail them on a slow machine."""

from __future__ import annotations

from hypothesis import settings

# Sessions within this process would load these and drop them again, while others still hold what is in them.
import tuners.forms
import tuners.journal
import tuners.lines  # noqa: F401  likewise

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
