"""A pytest plugin for scikit-learn's own tests: they find the shared searches in the place of its own."""

from __future__ import annotations

import pytest
from sklearn import model_selection

from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV

IN_PLACE = {"GridSearchCV": SharedGridSearchCV, "RandomizedSearchCV": SharedRandomizedSearchCV}
UNSUITED = {
    "test_custom_run_search": "compares all attributes with those of a search without sharing, which has no `shared_`",
}
"""Tests that no drop-in with an attribute more can pass, by name, and why."""

for _name, _shared in IN_PLACE.items():
    setattr(model_selection, _name, _shared)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is unsuited, and refuse to run where scikit-learn's own classes are still in place."""
    modules = {item.module for item in items if isinstance(item, pytest.Function)}
    if not modules or any(getattr(module, name) is not IN_PLACE[name] for module in modules for name in IN_PLACE):
        message = "scikit-learn's tests do not see the shared searches"
        raise pytest.UsageError(message)
    unsuited = [item for item in items if getattr(item, "originalname", "") in UNSUITED]
    config.hook.pytest_deselected(items=unsuited)
    items[:] = [item for item in items if item not in unsuited]
