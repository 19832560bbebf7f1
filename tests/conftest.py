"""What all tests share: hypothesis's deadline would fail them on a slow machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
