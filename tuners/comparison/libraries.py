"""The libraries on which trials and seconds depend."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "scikit-learn", "numpy", "scipy", "hyperopt", "tpot", "tensorflow", "keras", "ConfigSpace", "optuna", "smac",
    "cmaes", "flaml", "lightgbm", "xgboost-cpu", "xgboost",
)  # fmt: skip


def libraries() -> dict[str, str]:
    """Return the versions of the installed ones."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
