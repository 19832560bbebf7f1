"""The pipeline of preprocessing and model: it is fitted on training rows only, and goes by the model's parameters."""

from __future__ import annotations

from typing import Any

from sklearn.pipeline import Pipeline


class Preprocessed(Pipeline):
    """A pipeline whose hyperparameters are its model's own: `n_estimators`, not `model__n_estimators`.

    So spaces, trials and tables name a hyperparameter one way, and any search that calls `set_params`
    on the estimator it was given works unchanged.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the pipeline's parameters and, when deep, the model's under their own names."""
        params: dict[str, Any] = super().get_params(deep)
        return {**params, **self.steps[-1][1].get_params()} if deep else params

    def set_params(self, **params: Any) -> Preprocessed:
        """Set parameters of the model or, by their names, of the pipeline."""
        model = self.steps[-1][1]
        pipelines = set(super().get_params()) - set(model.get_params())
        super().set_params(**{name: value for name, value in params.items() if name in pipelines})
        model.set_params(**{name: value for name, value in params.items() if name not in pipelines})
        return self
