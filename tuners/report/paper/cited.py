"""What a comparison has used: the library and the references of each method and model, stated once.

The keys are those of references.bib. A method or a model that is not here is the user's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Source(NamedTuple):
    """Where a method or a model comes from."""

    library: str
    """By its distribution's name, as saved runs have its version; empty for none."""
    keys: tuple[str, ...] = ()
    """Of what is to be cited for it, the library's own apart."""


LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "scikit-learn": ("pedregosa2011",),
    "numpy": ("harris2020",),
    "scipy": ("virtanen2020",),
    "hyperopt": ("bergstra2013",),
    "tpot": ("ribeiro2024",),
    "optuna": ("akiba2019",),
    "smac": ("lindauer2022",),
    "cmaes": ("nomura2024",),
    "flaml": ("wang2021flaml",),
    "lightgbm": ("ke2017",),
    "xgboost": ("chen2016",),
    "tensorflow": ("abadi2016",),
    "keras": ("chollet2015",),
}
ALWAYS = ("scikit-learn", "numpy", "scipy")
"""Libraries that every comparison runs on."""
SAME = {"xgboost-cpu": "xgboost"}
"""By distribution: the library that it is another build of."""

METHODS: Mapping[str, Source] = {
    "default": Source(""),
    "manual": Source(""),
    "grid": Source("scikit-learn"),
    "exhaustive": Source("scikit-learn"),
    "random": Source("scikit-learn", ("bergstra2012",)),
    "sobol": Source("scipy", ("sobol1967", "owen1998")),
    "evolution": Source("scipy", ("storn1997",)),
    "cmaes": Source("cmaes", ("hamano2025",)),
    "bayesian": Source("hyperopt", ("bergstra2011",)),
    "optuna": Source("optuna", ("bergstra2011", "falkner2018")),
    "optuna_tpe_independent": Source("optuna", ("bergstra2011",)),
    "optuna_gp": Source("optuna"),
    "smac": Source("smac", ("hutter2011",)),
    "flaml": Source("flaml", ("wang2021blend",)),
    "gradient": Source("scikit-learn", ("bengio2000", "pedregosa2016")),
    "halving": Source("scikit-learn", ("jamieson2016",)),
    "asha": Source("optuna", ("li2020",)),
    "hyperband": Source("optuna", ("li2018", "falkner2018")),
    "smac_hyperband": Source("smac", ("li2018", "hutter2011")),
    "genetic": Source("tpot"),
}
MODELS: Mapping[str, Source] = {
    "ann": Source("keras"),
    "ann_plain": Source("keras"),
    "any": Source("scikit-learn", ("thornton2013",)),
    "boosting": Source("scikit-learn", ("friedman2001",)),
    "elastic_net": Source("scikit-learn", ("zou2005",)),
    "extra_trees": Source("scikit-learn", ("geurts2006",)),
    "forest": Source("scikit-learn", ("breiman2001",)),
    "lightgbm": Source("lightgbm"),
    "logistic": Source("scikit-learn"),
    "mlp": Source("scikit-learn"),
    "neighbours": Source("scikit-learn"),
    "ridge": Source("scikit-learn"),
    "svm": Source("scikit-learn", ("chang2011",)),
    "xgboost": Source("xgboost"),
}
HARNESS = "pytesttuners"
TESTS = ("westfall1993", "romano2005")
"""Of the intervals that hold for all methods together."""
RUNNING_TIME = ("hansen2021",)
"""Of the expected number of evaluations until a target is reached."""
PROFILES = ("agarwal2021",)
"""Of interquartile means and performance profiles."""
