"""Preprocessing: what a dataset needs before the model, in one pipeline that is fitted on training rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

if TYPE_CHECKING:
    from tuners.task.dataset import Dataset


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


def preprocessed(estimator: Any, dataset: Dataset, *, scale: bool) -> Any:
    """Return the model with what the dataset needs put before it, to be fitted on training folds only."""
    categorical = dataset.categorical
    numeric: list[Any] = []
    if dataset.has_missing:
        numeric.append(SimpleImputer(keep_empty_features=True))
    if scale:
        numeric.append(StandardScaler())
    if not categorical and not numeric:
        return estimator
    transformer = make_pipeline(*numeric) if numeric else "passthrough"
    if categorical:
        others = dataset.numeric
        encoder = make_pipeline(
            SimpleImputer(strategy="most_frequent"),
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        )
        transformer = make_column_transformer((transformer, others), (encoder, categorical))
    return Preprocessed([("preprocessing", transformer), ("model", estimator)])
