"""The warning where sharing would not be exact."""

from __future__ import annotations


class NotExactWarning(UserWarning):
    """Work that could be shared is not, since sharing it would not give scikit-learn's scores bit for bit."""
