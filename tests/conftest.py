"""What all tests share: hypothesis's deadline would fail them on a slow machine."""

from __future__ import annotations

import os

import numpy as np  # noqa: F401  see below
from hypothesis import settings

# Sessions within this process would load these and drop them again, while others still hold what is in them; NumPy
# cannot be loaded twice.
import tuners.store.journal
import tuners.store.journal_contents
import tuners.store.saved
import tuners.store.side_files  # noqa: F401  these four are only to be loaded

# Sessions that tests begin are not the workers of pytest-xdist that the tests may run in.
for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
    os.environ.pop(name, None)

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
