"""A model that is a choice among models, so that one search tunes the algorithm and its hyperparameters together.

This is CASH, "combined algorithm selection and hyperparameter optimization" (Thornton et al. 2013, "Auto-WEKA").
Here is the estimator, which fits the member that its parameter `model` names and no other, and the space, where each
member's hyperparameters are active only where it is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Protocol

from ConfigSpace import ConfigurationSpace
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from sklearn.utils.metaestimators import _BaseComposition, available_if

from tuners.errors import TuningError
from tuners.results.params import Params
from tuners.spaces import needed_by
from tuners.spaces.conditions import condition
from tuners.spaces.exact import Choices
from tuners.task.fitting import WEIGHTS, fit

CHOSEN = "model"
"""The hyperparameter that names a member."""


class Member(Protocol):
    """What a choice has to know of a model, `tuners.Model`."""

    name: str
    estimator: Any
    space: ConfigurationSpace
    guesses: tuple[Params, ...]
    early_stopping: Any

    @property
    def task(self) -> str:
        """The task of the estimator."""
        ...

    @property
    def spaces(self) -> Mapping[str, ConfigurationSpace]:
        """Spaces of single methods' own, by method."""
        ...

    def space_for(self, tuner: str) -> ConfigurationSpace:
        """Return the space that a method searches."""
        ...


def _has(method: str) -> Any:
    return available_if(lambda self: hasattr(getattr(self, "fitted_", self.chosen), method))


class _Choice(_BaseComposition):
    """One of several estimators, by its name; the others are never fitted.

    Members are parameters by their names, and their own parameters are `NAME__PARAMETER`, as in scikit-learn's
    `VotingClassifier`.
    """

    def __init__(self, members: Sequence[tuple[str, Any]], model: str) -> None:
        """Take the members, unfitted, and the name of one."""
        self.members = members
        self.model = model

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the members and the choice and, when deep, the parameters of all members."""
        params: dict[str, Any] = self._get_params("members", deep=deep)
        return params

    def set_params(self, **params: Any) -> _Choice:
        """Set the choice, members, or parameters of members."""
        self._set_params("members", **params)
        return self

    @property
    def chosen(self) -> Any:
        """The chosen member, unfitted; raises `TuningError` for a name that no member has."""
        members = dict(self.members)
        if self.model not in members:
            message = f"choice: {CHOSEN}: expected one of {', '.join(members)}, got {self.model!r}"
            raise TuningError(message)
        return members[self.model]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> _Choice:
        """Fit the chosen member on X (rows, features) and y (rows,)."""
        self.fitted_ = fit(clone(self.chosen), X, y, {} if sample_weight is None else {WEIGHTS: sample_weight})
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return what the fitted member predicts, (rows,)."""
        found: NDArray[Any] = self.fitted_.predict(X)
        return found


class ChoiceClassifier(ClassifierMixin, _Choice):
    """One of several classifiers."""

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels that the fitted member knows."""
        found: NDArray[Any] = self.fitted_.classes_
        return found

    @_has("predict_proba")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities, (rows, classes), of a member that has them."""
        return self.fitted_.predict_proba(X)

    @_has("decision_function")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def decision_function(self, X: Any) -> Any:
        """Return the decision values of a member that has them."""
        return self.fitted_.decision_function(X)


class ChoiceRegressor(RegressorMixin, _Choice):
    """One of several regressors."""


def check_members(name: str, members: Sequence[Member]) -> None:
    """Raise `TuningError` where models cannot be the members of one choice."""
    about = f"model {name!r}: a choice"
    if not members:
        message = f"{about}: expected at least one model, got none: name some, Model.choice({name!r}, [model, ...])"
        raise TuningError(message)
    other = next((each for each in members if not hasattr(each, "space_for")), None)
    if other is not None:
        message = f"{about}: expected models, got {other!r}: wrap an estimator, Model(name, estimator, space)"
        raise TuningError(message)
    names = [member.name for member in members]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        message = f"{about}: two models are both named {twice!r}: give one another name"
        raise TuningError(message)
    wrong = next((each for each in names if each in {CHOSEN, "members"} or "__" in each), None)
    if wrong is not None:
        message = f"{about}: expected other names than {CHOSEN!r} and 'members', without '__', got {wrong!r}: rename it"
        raise TuningError(message)
    if len({member.task for member in members}) > 1:
        kinds = ", ".join(f"{member.name} of {member.task}" for member in members)
        message = f"{about}: expected models of one task, got {kinds}: make a choice of each, regressor=Model.choice"
        raise TuningError(message)
    forbids = next(
        (
            member.name
            for member in members
            if any(space.forbidden_clauses for space in (member.space, *member.spaces.values()))
        ),
        None,
    )
    if forbids is not None:
        message = f"{about}: expected spaces without forbidden clauses, got {forbids!r} with some: write conditions"
        raise TuningError(message)
    stopped = next((member.name for member in members if member.early_stopping is not None), None)
    if stopped is not None:
        message = f"{about}: expected models without early stopping, got {stopped!r} with it: tune its iterations"
        raise TuningError(message)


def estimator_of(members: Sequence[tuple[str, Any]], *, classifies: bool) -> Any:
    """Return the choice among estimators, whose first is chosen."""
    kind = ChoiceClassifier if classifies else ChoiceRegressor
    return kind(list(members), members[0][0])


def space_of(members: Sequence[Member]) -> ConfigurationSpace:
    """Return the space of a choice: the member's name, and each member's own space where it is chosen."""
    return _joined(members, [member.space for member in members])


def spaces_of(members: Sequence[Member]) -> dict[str, ConfigurationSpace]:
    """Return the spaces of single methods, by method: of each for which a member has a space of its own."""
    methods = dict.fromkeys(method for member in members for method in member.spaces)
    return {method: _joined(members, [member.space_for(method) for member in members]) for method in methods}


def _joined(members: Sequence[Member], spaces: Sequence[ConfigurationSpace]) -> ConfigurationSpace:
    space = ConfigurationSpace()
    space.add(Choices(CHOSEN, [member.name for member in members]))
    for member, own in zip(members, spaces, strict=True):
        space.add([_renamed(own[name], _inside(member, name)) for name in own])
        needed = needed_by(own)
        for name in own:
            # What depends on a hyperparameter of the member's is inactive with it, where the member is not chosen.
            of_member = {_inside(member, parent): values for parent, values in needed.get(name, {}).items()}
            space.add(condition(space, _inside(member, name), of_member or {CHOSEN: (member.name,)}))
    return space


def guesses_of(members: Sequence[Member]) -> list[Params]:
    """Return the guesses of all members in turn: the first of each, then the second of each."""
    most = max(len(member.guesses) for member in members)
    rounds = [[member for member in members if len(member.guesses) > number] for number in range(most)]
    return [
        {CHOSEN: member.name, **{_inside(member, name): value for name, value in member.guesses[number].items()}}
        for number, each in enumerate(rounds)
        for member in each
    ]


def _inside(member: Member, name: str) -> str:
    return f"{member.name}__{name}"


def _renamed(hyperparameter: Any, name: str) -> Any:
    renamed = copy(hyperparameter)
    renamed.name = name
    return renamed
