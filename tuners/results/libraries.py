"""The libraries on which trials and seconds depend, by the names of their distributions."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "scikit-learn", "numpy", "scipy", "hyperopt", "tpot", "tensorflow", "keras", "ConfigSpace", "optuna", "smac",
    "cmaes", "flaml", "lightgbm", "xgboost-cpu", "xgboost",
)  # fmt: skip


def versions(names: Iterable[str] = LIBRARIES) -> dict[str, str]:
    """Return the versions of those that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
