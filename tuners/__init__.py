"""Compare hyperparameter tuning methods, as pytest benchmarks.

The names below are loaded when they are first used: `import tuners`, which pytest does in every
session of an environment that has the plugin, imports no library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuners.catalog import register_dataset, register_metric, register_model, tuner
    from tuners.errors import NotApplicableError, TuningError
    from tuners.interface.compare import compare
    from tuners.interface.comparison import Comparison
    from tuners.interface.tune import tune
    from tuners.methods._ask_tell import ask_tell
    from tuners.objective import Objective
    from tuners.results.budget import Budget
    from tuners.results.run import Run
    from tuners.results.trial import Trial
    from tuners.spaces import when
    from tuners.task.dataset import Dataset
    from tuners.task.early_stopping import EarlyStopping
    from tuners.task.model import Model
    from tuners.task.problem import Problem
    from tuners.task.protocol import Protocol
    from tuners.task.reading import read

    __version__: str

__all__ = [
    "Budget",
    "Comparison",
    "Dataset",
    "EarlyStopping",
    "Model",
    "NotApplicableError",
    "Objective",
    "Problem",
    "Protocol",
    "Run",
    "Trial",
    "TuningError",
    "ask_tell",
    "compare",
    "read",
    "register_dataset",
    "register_metric",
    "register_model",
    "tune",
    "tuner",
    "when",
]

_HOME = {
    "Budget": "results.budget",
    "Comparison": "interface.comparison",
    "Dataset": "task.dataset",
    "EarlyStopping": "task.early_stopping",
    "Model": "task.model",
    "NotApplicableError": "errors",
    "Objective": "objective",
    "Problem": "task.problem",
    "Protocol": "task.protocol",
    "Run": "results.run",
    "Trial": "results.trial",
    "TuningError": "errors",
    "ask_tell": "methods._ask_tell",
    "compare": "interface.compare",
    "read": "task.reading",
    "register_dataset": "catalog",
    "register_metric": "catalog",
    "register_model": "catalog",
    "tune": "interface.tune",
    "tuner": "catalog",
    "when": "spaces",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata  # noqa: PLC0415  takes longer to load than this module

        try:
            return metadata.version("pytest-tuners")
        except metadata.PackageNotFoundError:
            return "unknown"  # a checkout that is not installed
    if name not in _HOME:
        message = f"module 'tuners' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"tuners.{_HOME[name]}"), name)
