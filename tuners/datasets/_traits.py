"""What each dataset holds, a row each: `tuners list datasets` shows it, and tests hold the datasets to it.

It stands apart from the datasets, whose modules load pandas and scikit-learn.
"""

from __future__ import annotations

from typing import NamedTuple

from tuners.results.tasks import Task


class Traits(NamedTuple):
    """What one dataset holds."""

    rows: int
    features: int
    task: Task
    text: int = 0
    """Features of text categories."""
    gaps: int = 0
    """Values that are missing, in all features."""
    classes: int = 0
    """Of the target; 0 for regression."""
    licence: str = "CC BY 4.0"


TRAITS = {
    "abalone": Traits(4_177, 8, "regression", text=1),
    "auto_mpg": Traits(398, 7, "regression", text=1, gaps=6),
    "automobile": Traits(201, 25, "regression", text=10, gaps=51),
    "breast_cancer": Traits(569, 30, "classification", classes=2),
    "concrete": Traits(1_030, 8, "regression"),
    "creditcard": Traits(800, 4, "classification", classes=2, licence="ODbL 1.0"),
    "diabetes": Traits(442, 10, "regression", licence="BSD 3-Clause"),
    "digits": Traits(1_797, 64, "classification", classes=10),
    "german_credit": Traits(1_000, 20, "classification", text=13, classes=2),
    "glass": Traits(214, 9, "classification", classes=6),
    "heart_disease": Traits(303, 13, "classification", text=7, gaps=6, classes=2),
    "hypothyroid": Traits(3_163, 25, "classification", text=18, gaps=5_329, classes=2),
    "iris": Traits(150, 4, "classification", classes=3),
    "penguins": Traits(344, 7, "classification", text=2, gaps=19, classes=3, licence="CC0 1.0"),
    "soybean": Traits(683, 35, "classification", text=35, gaps=2_337, classes=19),
    "spambase": Traits(4_601, 57, "classification", classes=2),
    "wine": Traits(178, 13, "classification", classes=3),
    "wine_quality": Traits(4_898, 11, "regression"),
}
ELSEWHERE = {"creditcard": "yours by --tuning-creditcard, else OpenML's, which needs a network once"}
"""Those that do not lie in the package or in scikit-learn, and where they come from."""
