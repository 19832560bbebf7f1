"""The charts, in the order in which a report shows them. A new one is a function in a module here, and a line below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tuners.analysis.landscape import Landscape, Parameter
from tuners.analysis.methods import Group
from tuners.report import numbers
from tuners.report.charts import anytime, bars, cost, explore, ranks
from tuners.report.charts.style import Figure
from tuners.report.document import Report, Table


@dataclass(frozen=True)
class Chart:
    """One chart of a group: a figure, or the sentence that says why there is none."""

    key: str
    title: str
    caption: str
    draw: Callable[[Report, Group], Figure | str]
    numbers: Callable[[Report, Group], Table] | None = None
    """The same as a table, where no other table has it."""


@dataclass(frozen=True)
class Picture:
    """One chart of a model's trials on one dataset, with hyperparameters that the reader chooses."""

    key: str
    title: str
    caption: str
    draw: explore.Draw
    least: int = 1
    """Hyperparameters that it needs."""

    def first(self, landscape: Landscape | None, score: str) -> Figure | str:
        """Draw the first choice of hyperparameters."""
        if landscape is None:
            return "no trial with hyperparameters has a score here"
        if len(landscape.parameters) < self.least:
            return f"this needs {self.least} hyperparameters that vary, and here are {len(landscape.parameters)}"
        return self.draw(landscape, choice(landscape), score)


ROLES = {"across": "across", "up": "up", "deep": "into the depth", "slider": "slider over"}
"""What a chosen hyperparameter is for."""


def choice(landscape: Landscape) -> dict[str, Parameter]:
    """Return the first choice: those of most levels, as long as there are some."""
    ranked = sorted(landscape.parameters, key=lambda parameter: -len(parameter.levels))
    return {role: ranked[index % len(ranked)] for index, role in enumerate(ROLES)}


COSTS = (
    Chart(
        "cost", "Score against cost",
        "Up and to the left is better. No method is both better and faster than one on the Pareto front; methods with "
        "failed cells are not on it.", cost.draw,
    ),
    Chart(
        "ranks", "Average ranks over all datasets",
        "Intervals are bootstrapped over datasets, then seeds. Grey bars join methods that Wilcoxon's test, "
        "Holm-adjusted, cannot tell apart.", ranks.draw, numbers.ranks,
    ),
    Chart(
        "change", "Change against the compared run, over all datasets",
        "Paired by dataset and seed; above 0 is a gain.", bars.change,
    ),
)  # fmt: skip
SEARCH = (
    Chart(
        "evaluations", "Best so far, by evaluations",
        "Median and quartiles over seeds of the mean over datasets; a value holds until a better one. Dashed: the "
        "untuned model. Dotted: the compared run.", partial(anytime.draw, over="evaluations"),
    ),
    Chart(
        "seconds", "Best so far, by seconds", "The same against the run's clock.",
        partial(anytime.draw, over="seconds"),
    ),
    Chart(
        "time", "Where the seconds went",
        "Evaluating is divided between fitting (the refit included) and scoring as the trials' own seconds are.",
        bars.seconds, numbers.seconds,
    ),
    Chart(
        "overtuning", "Overtuning",
        "What the winner loses on the test rows against the best earlier incumbent of its search.", bars.lost,
        numbers.lost,
    ),
)  # fmt: skip
PICTURES = (
    Picture("heatmap", "Score over two hyperparameters", "Mean over the trials that were tried there.",
            explore.heat_map, 2),
    Picture("curve", "Score against one hyperparameter", "Mean over trials, and one standard deviation to each side.",
            explore.curve),
    Picture("space", "Three hyperparameters, and a slider over a fourth",
            "A point is a trial; the slider chooses a level, also of one of the three.", explore.space, 3),
    Picture("trials", "Each trial's score", "Colour is the order of the search.", explore.trials),
    Picture("parallel", "All hyperparameters at once", "A line is a trial; drag along an axis to choose. "
            f"At most {explore.MOST_DIMENSIONS} hyperparameters.", explore.parallel, 2),
    Picture("importance", "What matters", "Permutation importance in a random forest fitted to all methods' trials, "
            "their scores within seeds. Searches concentrate where scores are good.", explore.importance),
)  # fmt: skip
