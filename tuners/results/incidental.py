"""Options of a session that change nothing of what a cell measures: what is written, judged, or where things are."""

from __future__ import annotations

INCIDENTAL = frozenset({"report", "resume", "fail", "alpha", "cluster"})
"""May differ between a session and the one that resumes it."""
LOCAL = INCIDENTAL | {"inconclusive", "tables", "creditcard"}
"""Are one session's business alone: they do not go to the workers of a cluster, and may differ from shard to shard."""
