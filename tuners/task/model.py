"""A model: an estimator, its search space, and a person's guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sklearn.base import ClassifierMixin, clone, is_classifier

from tuners.errors import TuningError
from tuners.results.tasks import Task
from tuners.spaces import Params, SpaceLike, active, as_space
from tuners.task import choice
from tuners.task.column_choice import chooses_columns
from tuners.task.early_stopping import EarlyStopping
from tuners.task.early_stopping import checked as early_stopped

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


class Model:
    """What is tuned.

    Parameters
    ----------
    name
        Its name in test ids and tables.
    estimator
        A scikit-learn estimator; never fitted itself, `build` clones it.
    space
        The estimator's hyperparameters, as a `ConfigurationSpace` or as a mapping of choices (lists) and
        ranges (`(low, high)`).
    guesses
        The points that manual search tries, in order.
    spaces
        Spaces of single methods' own, by method, which tables mark.
    scale
        Whether numeric features are standardised before the model.
    regressor
        What stands in for a classifier where the task is regression: a regressor with the same hyperparameters, or a
        model of the same name with a space of its own.
    preprocess
        Whether what the dataset needs is put before the estimator. False: it gets the frame as it is, names and types
        and all. By default, False of a pipeline that begins by choosing columns by their names, else True.
    early_stopping
        Of XGBoost, LightGBM or scikit-learn's HistGradientBoosting: each fit sets a part of its rows apart, and stops
        after so many rounds without an improvement on them; a number of rounds, or an `EarlyStopping`.

    Raises
    ------
    TuningError
        Where a named hyperparameter is not the estimator's.
    """

    def __init__(
        self,
        name: str,
        estimator: Any,
        space: SpaceLike,
        *,
        guesses: Sequence[Params] = (),
        spaces: Mapping[str, SpaceLike] | None = None,
        scale: bool = False,
        regressor: Any = None,
        preprocess: bool | None = None,
        early_stopping: int | EarlyStopping | None = None,
    ) -> None:
        """Check every name against the estimator's parameters."""
        if not hasattr(estimator, "get_params") or isinstance(estimator, type):
            message = f"model {name!r}: expected a scikit-learn estimator, got {estimator!r}"
            raise TuningError(message)
        self.name = name
        self.estimator = estimator
        self.space = as_space(space)
        self.guesses = tuple(guesses)
        self.spaces = {method: as_space(own) for method, own in (spaces or {}).items()}
        self.scale = scale
        self.preprocess = not chooses_columns(estimator) if preprocess is None else preprocess
        if scale and not self.preprocess:
            message = (
                f"model {name!r}: expected scale only where the estimator is preprocessed, got scale=True and an "
                "estimator that gets the frame as it is: put a scaler into its pipeline"
            )
            raise TuningError(message)
        self.early_stopping = early_stopped(name, estimator, early_stopping)
        self.members: tuple[Model, ...] = ()
        """What it is a choice among; none of a plain model."""
        if regressor is not None and not isinstance(regressor, Model):
            regressor = Model(
                name, regressor, space, guesses=guesses, spaces=spaces, scale=scale, preprocess=preprocess,
                early_stopping=early_stopping,
            )  # fmt: skip
        self.regressor: Model | None = regressor
        for guess in self.guesses:
            idle = [each for each in guess if each in self.space and each not in active(self.space, guess)]
            if idle:
                message = (
                    f"model {name!r}: expected guesses of active hyperparameters, got {idle[0]!r} in {guess}, where "
                    "its condition does not hold: leave it out"
                )
                raise TuningError(message)
        known = estimator.get_params()
        for params in (self.space, *self.spaces.values(), *self.guesses):
            lacking = [parameter for parameter in params if parameter not in known]
            if lacking:
                message = (
                    f"model {name!r}: {type(estimator).__name__} has no hyperparameter "
                    f"{', '.join(map(repr, lacking))}: it has {', '.join(sorted(known))}"
                )
                raise TuningError(message)

    @classmethod
    def choice(cls, name: str, members: Sequence[Model], *, regressor: Model | None = None) -> Model:
        """Return a model that is a choice among models, each with its own space and preprocessing.

        Its hyperparameters are `model`, the name of a member, and `MEMBER__HYPERPARAMETER`, active where that member is
        chosen. A method for which a member has a space of its own searches that one of this member. A member may be a
        choice itself. Untuned, it is the first member at its defaults. Guesses are those of the members in turn.
        `regressor` stands in for it where the task is regression: by default, the choice among members' regressors.
        Raises `TuningError` for no member, two of one name or of different tasks, a member with early stopping or with
        forbidden clauses, and a name that a hyperparameter cannot begin with.
        """
        members = [members] if isinstance(members, Model) else list(members)
        choice.check_members(name, members)
        estimator = choice.estimator_of(
            [(member.name, member.estimator) for member in members], classifies=members[0].classifies
        )
        if regressor is None and members[0].classifies:
            regressors = [member.regressor for member in members if member.regressor is not None]
            regressor = cls.choice(name, regressors) if regressors else None
        found = cls(
            name, estimator, choice.space_of(members), guesses=choice.guesses_of(members), regressor=regressor,
            spaces=choice.spaces_of(members),
        )  # fmt: skip
        found.members = tuple(members)
        return found

    @property
    def plain(self) -> tuple[Model, ...]:
        """The plain models that it is a choice among, those of choices among its members, too; else itself."""
        return tuple(each for member in self.members for each in member.plain) or (self,)

    @property
    def classifies(self) -> bool:
        """Whether the estimator is a classifier."""
        # Wrappers of other libraries, such as scikeras, may say it the way of before.
        return bool(is_classifier(self.estimator)) or isinstance(self.estimator, ClassifierMixin)

    @property
    def task(self) -> Task:
        """The task of the estimator."""
        return "classification" if self.classifies else "regression"

    def for_task(self, task: Task) -> Model:
        """Return the model for a task: its regressor where it has one, else itself."""
        return self.regressor if task == "regression" and self.regressor is not None else self

    def space_for(self, tuner: str) -> ConfigurationSpace:
        """Return the space that a method searches: the model's, or one of its own."""
        return self.spaces.get(tuner, self.space)

    def build(self, params: Mapping[str, Any], seed: int) -> Any:
        """Return a new estimator with these parameters and every `random_state` set to the seed."""
        estimator = clone(self.estimator)
        states = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
        return estimator.set_params(**dict.fromkeys(states, seed), **params)
