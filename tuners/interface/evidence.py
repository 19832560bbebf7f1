"""Which method `tuners.tune` takes where nobody says: by what a comparison found, and by how little that was."""

from __future__ import annotations

from dataclasses import dataclass

from tuners.catalog import TUNERS
from tuners.errors import MissingExtraError, TuningError
from tuners.results.tasks import Task

REGRETS = {
    "flaml": (0.118, 0.055), "smac": (0.123, 0.101), "evolution": (0.121, 0.107), "optuna": (0.127, 0.109),
    "bayesian": (0.109, 0.130), "genetic": (0.137, 0.124), "smac_hyperband": (0.159, 0.123),
    "hyperband": (0.169, 0.123), "cmaes": (0.170, 0.131), "halving": (0.229, 0.075), "random": (0.170, 0.151),
    "sobol": (0.169, 0.157), "asha": (0.236, 0.118), "grid": (0.246, 0.137),
}  # fmt: skip
"""Mean normalised regret of each method after 80 evaluations, on a forest and on support vector machines: six small
classifications, four seeds each (docs/explanation/standard.md)."""
MODELS = ("forest", "svm")
"""Those of the figures, in their order."""


@dataclass(frozen=True)
class Choice:
    """A method, and why it was taken."""

    method: str
    why: str


def choice(model: str, task: Task) -> Choice:
    """Return the method of the least mean regret among those whose libraries are installed, and what that is worth."""
    ranked = sorted(REGRETS, key=lambda method: sum(REGRETS[method]))
    method = next(each for each in ranked if _installed(each))
    passed = ranked[: ranked.index(method)]
    of = f"of those installed here ({', '.join(passed)} would come before it)" if passed else "of all"
    return Choice(
        method,
        f"auto: {method} has the least mean regret {of}, {sum(REGRETS[method]) / len(MODELS):.3f}, where "
        f"{len(REGRETS)} methods searched {' and '.join(MODELS)} on six small classifications with 80 evaluations; "
        f"that session told few of them apart{_unlike(model, task)}: take it for a default, not for a "
        "finding: tuners.compare shows which is best on these data",
    )


def _installed(method: str) -> bool:
    try:
        TUNERS.load(method)
    except (MissingExtraError, TuningError):
        return False
    return True


def _unlike(model: str, task: Task) -> str:
    """Say in what these data are unlike those of the evidence."""
    unknown = {task: task == "regression", model: model not in MODELS}
    lacking = [name for name, is_unknown in unknown.items() if is_unknown]
    return f", and of {' and '.join(lacking)} there is no such evidence" if lacking else ""
