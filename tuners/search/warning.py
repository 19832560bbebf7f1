"""What is said where sharing would not be exact."""

from __future__ import annotations


class NotExactWarning(UserWarning):
    """Something that could be shared is not, since it would not give scikit-learn's scores bit for bit."""
