"""What each method can do, a row each: docs/reference/methods.md has the table, and tests hold the methods to it."""

from __future__ import annotations

from typing import NamedTuple

HEADINGS = (
    "method", "library", "licence", "conditions", "evaluates", "start", "failed candidate", "ranges", "choices",
    "deterministic",
)  # fmt: skip


class Traits(NamedTuple):
    """What one method can do."""

    library: str
    licence: str
    conditions: str
    """How it searches a space with conditions: `natively`, `a grid a branch`, `by dropping` what is inactive, or
    `not needed`, since it searches none."""
    start: str
    """`told`: the library learns of it as of its own candidates; `first`: it is evaluated, and the library not told."""
    failed: str
    """What the library learns of a failed candidate: that it `failed`, or that it is the `worst`, of infinite loss."""
    ranges: str
    """Whether ranges are searched as such: `yes`, as `levels`, or `no`."""
    choices: str
    """Whether choices are searched without an order: `yes`, or `as cells` of the unit interval."""
    fidelity: str = "in full"
    """Whether candidates are evaluated `in full`, or `in part`, too."""
    draws: bool = True
    """Whether it draws at random; one that does not is deterministic."""


TRAITS = {
    "default": Traits("none", "", "not needed", "first", "nothing", "no", "yes", draws=False),
    "manual": Traits("none", "", "not needed", "first", "nothing", "yes", "yes", draws=False),
    "grid": Traits("scikit-learn", "BSD", "a grid a branch", "first", "nothing", "levels", "yes", draws=False),
    "exhaustive": Traits("scikit-learn", "BSD", "a grid a branch", "first", "nothing", "no", "yes", draws=False),
    "random": Traits("scikit-learn", "BSD", "natively", "first", "nothing", "yes", "yes"),
    "sobol": Traits("SciPy", "BSD", "by dropping", "first", "nothing", "yes", "as cells"),
    "evolution": Traits("SciPy", "BSD", "by dropping", "told", "worst", "yes", "as cells"),
    "cmaes": Traits("cmaes", "MIT", "by dropping", "first", "worst", "yes", "yes"),
    "bayesian": Traits("hyperopt", "BSD", "natively", "told", "failed", "yes", "yes"),
    "optuna": Traits("optuna", "MIT", "natively", "told", "failed", "yes", "yes"),
    "optuna_tpe_independent": Traits("optuna", "MIT", "natively", "told", "failed", "yes", "yes"),
    "optuna_gp": Traits("optuna", "MIT", "natively", "told", "failed", "yes", "yes"),
    "smac": Traits("smac", "BSD", "natively", "told", "failed", "yes", "yes"),
    "flaml": Traits("flaml", "MIT", "by dropping", "told", "failed", "yes", "yes"),
    "gradient": Traits("scikit-learn", "BSD", "by dropping", "told", "nothing", "yes", "as cells"),
    "halving": Traits("scikit-learn", "BSD", "natively", "first", "nothing", "yes", "yes", "in part"),
    "asha": Traits("optuna", "MIT", "natively", "told", "failed", "yes", "yes", "in part"),
    "hyperband": Traits("optuna", "MIT", "natively", "told", "failed", "yes", "yes", "in part"),
    "smac_hyperband": Traits("smac", "BSD", "natively", "told", "failed", "yes", "yes", "in part"),
    "genetic": Traits("tpot", "LGPL", "natively", "told", "failed", "yes", "yes"),
}


def row(name: str) -> dict[str, str]:
    """Return what one method can do, by heading."""
    of = TRAITS[name]
    values = (
        name, of.library, of.licence, of.conditions, of.fidelity, of.start, of.failed, of.ranges, of.choices,
        "no" if of.draws else "yes",
    )  # fmt: skip
    return dict(zip(HEADINGS, values, strict=True))


def table() -> str:
    """Return the table of docs/reference/methods.md, in Markdown."""
    rows = [row(name) | {"method": f"`{name}`"} for name in TRAITS]
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(each.values() for each in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
