"""`list presets`: what each compares, at which budget."""

from __future__ import annotations

from tuners.catalog import PRESETS
from tuners.commands.list import Listing, Row


def row(name: str) -> Row:
    """Return a preset's options."""
    preset = PRESETS.load(name)
    return {
        "name": name,
        "tuners": list(preset.tuners),
        "models": list(preset.models),
        "datasets": list(preset.datasets),
        "regression_datasets": list(preset.regression_datasets),
        "seeds": list(preset.seeds),
        "budget": preset.budget,
        "repeats": preset.repeats,
        "start": preset.start,
        "evaluation": preset.evaluation,
        "folds": preset.protocol.folds,
        "rows": preset.protocol.rows,
    }


LISTING = Listing(PRESETS, row)
