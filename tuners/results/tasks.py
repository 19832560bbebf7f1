"""The tasks, and the metric that each has where no other is asked for."""

from __future__ import annotations

from typing import Literal

Task = Literal["classification", "regression"]
TASKS: tuple[Task, ...] = ("classification", "regression")
METRICS: dict[Task, str] = {"classification": "accuracy", "regression": "neg_root_mean_squared_error"}
"""By task: the scorer by default."""
