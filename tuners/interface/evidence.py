"""Which method `tuners.tune` takes where nobody says: by what a comparison found, and by how little that was."""

from __future__ import annotations

from dataclasses import dataclass

from tuners.catalog import TUNERS
from tuners.errors import MissingExtraError, TuningError
from tuners.results.tasks import Task

REGRETS = {
    "bayesian": (0.122, 0.024), "optuna": (0.130, 0.021), "smac_hyperband": (0.122, 0.031),
    "evolution": (0.135, 0.026), "hyperband": (0.141, 0.024), "genetic": (0.145, 0.025), "flaml": (0.165, 0.015),
    "smac": (0.150, 0.046), "cmaes": (0.185, 0.028), "random": (0.197, 0.034), "sobol": (0.209, 0.036),
    "halving": (0.268, 0.012), "asha": (0.283, 0.031), "grid": (0.371, 0.029),
}  # fmt: skip
"""Mean normalised regret of each method after 40 evaluations, on a forest and on support vector machines: wine, glass
and breast_cancer, three seeds each (docs/explanation/standard.md)."""
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
        f"{len(REGRETS)} methods searched {' and '.join(MODELS)} on three small classifications with 40 evaluations; "
        f"that session told none of them apart from the best{_unlike(model, task)}: take it for a default, not for a "
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
