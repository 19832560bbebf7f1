"""Names that people bring from elsewhere, and what to do with them here: what an unknown name's message says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "metric": {
        "rmse": ("neg_root_mean_squared_error",),
        "rootmeansquarederror": ("neg_root_mean_squared_error",),
        "mse": ("neg_mean_squared_error",),
        "meansquarederror": ("neg_mean_squared_error",),
        "mae": ("neg_mean_absolute_error",),
        "meanabsoluteerror": ("neg_mean_absolute_error",),
        "mape": ("neg_mean_absolute_percentage_error",),
        "medae": ("neg_median_absolute_error",),
        "msle": ("neg_mean_squared_log_error",),
        "rmsle": ("neg_root_mean_squared_log_error",),
        "rsquared": ("r2",),
        "auc": ("roc_auc", "roc_auc_ovr"),
        "auroc": ("roc_auc", "roc_auc_ovr"),
        "rocauc": ("roc_auc", "roc_auc_ovr"),
        "prauc": ("average_precision",),
        "auprc": ("average_precision",),
        "ap": ("average_precision",),
        "logloss": ("neg_log_loss",),
        "crossentropy": ("neg_log_loss",),
        "binarycrossentropy": ("neg_log_loss",),
        "nll": ("neg_log_loss",),
        "brier": ("neg_brier_score",),
        "brierscore": ("neg_brier_score",),
        "mcc": ("matthews_corrcoef",),
        "acc": ("accuracy",),
        "bacc": ("balanced_accuracy",),
        "error": ("accuracy",),
        "errorrate": ("accuracy",),
        "f1score": ("f1", "f1_macro"),
        "fscore": ("f1", "f1_macro"),
        "macrof1": ("f1_macro",),
        "microf1": ("f1_micro",),
        "weightedf1": ("f1_weighted",),
        "tpr": ("recall",),
        "sensitivity": ("recall",),
        "ppv": ("precision",),
        "kappa": ("matthews_corrcoef",),
        "topk": ("top_k_accuracy",),
    },
    "tuner": {
        "hyperopt": ("bayesian",),
        "tpe": ("bayesian", "optuna"),
        "bayes": ("bayesian", "optuna", "smac"),
        "bo": ("bayesian", "optuna", "smac"),
        "optunatpe": ("optuna",),
        "tpesampler": ("optuna",),
        "gp": ("optuna_gp",),
        "gpsampler": ("optuna_gp",),
        "cma": ("cmaes",),
        "catcma": ("cmaes",),
        "qmc": ("sobol",),
        "quasirandom": ("sobol",),
        "smac3": ("smac",),
        "blendsearch": ("flaml",),
        "cfo": ("flaml",),
        "differentialevolution": ("evolution",),
        "de": ("evolution",),
        "successivehalving": ("halving", "asha"),
        "halvingrandomsearchcv": ("halving",),
        "halvinggridsearchcv": ("halving",),
        "sha": ("halving", "asha"),
        "tpot": ("genetic",),
        "evolutionary": ("genetic", "evolution"),
        "ga": ("genetic",),
        "randomizedsearchcv": ("random",),
        "randomsearch": ("random",),
        "randomized": ("random",),
        "gridsearchcv": ("grid",),
        "gridsearch": ("grid",),
        "untuned": ("default",),
        "baseline": ("default",),
        "none": ("default",),
        "bruteforce": ("exhaustive",),
        "guesses": ("manual",),
    },
    "model": {
        "randomforest": ("forest",),
        "randomforestclassifier": ("forest",),
        "rf": ("forest",),
        "nn": ("ann",),
        "dnn": ("ann",),
        "mlpclassifier": ("mlp",),
        "extratrees": ("extra_trees",),
        "extratreesclassifier": ("extra_trees",),
        "xgb": ("xgboost",),
        "xgbclassifier": ("xgboost",),
        "lgbm": ("lightgbm",),
        "lgbmclassifier": ("lightgbm",),
        "svc": ("svm",),
        "svr": ("svm",),
        "logisticregression": ("logistic",),
        "lr": ("logistic",),
        "ridgeclassifier": ("ridge",),
        "elasticnet": ("elastic_net",),
        "knn": ("neighbours",),
        "kneighbors": ("neighbours",),
        "neighbors": ("neighbours",),
        "gradientboosting": ("boosting",),
        "gbm": ("boosting", "lightgbm", "xgboost"),
        "gbdt": ("boosting", "lightgbm", "xgboost"),
        "histgradientboosting": ("boosting",),
        "histgradientboostingclassifier": ("boosting",),
        "cash": ("any",),
        "keras": ("ann",),
        "network": ("ann",),
        "neuralnetwork": ("ann",),
        "tensorflow": ("ann",),
        "scikeras": ("ann_plain",),
    },
    "dataset": {
        "creditcardfraud": ("creditcard",),
        "breastcancer": ("breast_cancer",),
        "cancer": ("breast_cancer",),
        "mnist": ("digits",),
    },
    "preset": {"fast": ("quick",), "small": ("quick",), "full": ("standard",), "default": ("quick",)},
}
"""By kind: what a name, without case and punctuation, is called here."""

LIBRARIES = {
    *("annealing", "autosklearn", "ax", "bayesianoptimization", "bayesopt", "bayessearchcv", "bohb", "botorch", "deap"),
    *("dehb", "gpyopt", "hebo", "kerastuner", "nevergrad", "ngopt", "nsga", "nsga2", "nsgaii", "pso", "pyswarm", "ray"),
    *("raytune", "scikitoptimize", "sherpa", "simulatedannealing", "skopt", "sklearngeneticopt", "spearmint"),
    *("tunesearchcv", "wandb"),
}
"""Tuning libraries and methods that have no module here."""

ESTIMATORS = {
    "catboost": "catboost.CatBoostClassifier",
    "lasso": "sklearn.linear_model.Lasso",
    "tree": "sklearn.tree.DecisionTreeClassifier",
    "decisiontree": "sklearn.tree.DecisionTreeClassifier",
    "naivebayes": "sklearn.naive_bayes.GaussianNB",
    "adaboost": "sklearn.ensemble.AdaBoostClassifier",
}
"""Estimators of other libraries, which are models once they have a space."""


def _method(name: str) -> str:
    return (
        f"wrap that library in a function of your own in conftest.py, '@tuners.tuner' above 'def {_identifier(name)}"
        "(objective, seed)', which calls objective(params) (README: Your own tuner); "
        if _key(name) in LIBRARIES
        else ""
    )


def _estimator(name: str) -> str:
    module, _, estimator = ESTIMATORS.get(_key(name), "").rpartition(".")
    return (
        f"register it in conftest.py, tuners.register_model(tuners.Model({_identifier(name)!r}, {estimator}(), "
        f"{{...its space...}})), with {estimator} of {module}; "
        if module
        else ""
    )


_REMEDIES: dict[str, Callable[[str], str]] = {"tuner": _method, "model": _estimator}


def here(kind: str, name: str, known: Sequence[str]) -> list[str]:
    """Return which of the known names a name stands for: the same but for case and punctuation, or a synonym."""
    same = [each for each in known if _key(each) == _key(name)]
    return same or [each for each in SYNONYMS.get(kind, {}).get(_key(name), ()) if each in known]


def remedy(kind: str, name: str) -> str:
    """Return how to bring a thing of that name in; empty for what is not known from elsewhere."""
    return _REMEDIES[kind](name) if kind in _REMEDIES else ""


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name)
