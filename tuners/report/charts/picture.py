"""A picture: a chart of a model's trials on one dataset, with hyperparameters that the reader chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tuners.analysis.landscape import Landscape, Parameter
from tuners.report.charts.style import Figure

ROLES = {"across": "across", "up": "up", "deep": "into the depth", "slider": "slider over"}
"""What a chosen hyperparameter is for, and how the page says it."""
Choice = Mapping[str, Parameter]
"""The hyperparameter of each role."""
Draw = Callable[[Landscape, Choice, str], "Figure | str"]
"""Takes the trials, a choice and the name of the score."""


@dataclass(frozen=True)
class Picture:
    """One picture."""

    key: str
    title: str
    caption: str
    draw: Draw
    least: int = 1
    """Hyperparameters that it needs."""

    def first(self, landscape: Landscape | None, score: str) -> Figure | str:
        """Draw the first choice of hyperparameters."""
        if landscape is None:
            return "no trial with hyperparameters has a score here"
        if len(landscape.parameters) < self.least:
            return f"this needs {self.least} hyperparameters that vary, and here are {len(landscape.parameters)}"
        return self.draw(landscape, choice(landscape), score)


def choice(landscape: Landscape) -> dict[str, Parameter]:
    """Return the first choice: those of most levels, as long as there are some."""
    ranked = sorted(landscape.parameters, key=lambda parameter: -len(parameter.levels))
    return {role: ranked[index % len(ranked)] for index, role in enumerate(ROLES)}
