"""The kinds of gates, a module each: its `KIND` is all that parsing, help texts, judging and verdicts know of it.

A module loads NumPy and SciPy only when it tests something: pytest's `--help` reads every kind.
"""

from __future__ import annotations

from tuners.gate.kind import Kind
from tuners.registry import Registry

KINDS: Registry[Kind] = Registry("kind of gate", __name__, "KIND")
