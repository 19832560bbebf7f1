"""ConfigSpace's hyperparameters, made exact: a listed value comes back as it is, a small bound is not rounded.

ConfigSpace keeps choices in a NumPy array, where [1, 0.5] becomes [1.0, 0.5], looks them up by hash, where 1 is True,
and rounds floats to nine decimals. A mapping is read into the classes below; a user's `ConfigurationSpace` stays
as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ConfigSpace import CategoricalHyperparameter, Constant, OrdinalHyperparameter, UniformFloatHyperparameter
from ConfigSpace.hyperparameters import NumericalHyperparameter
from ConfigSpace.hyperparameters.distributions import UnitUniformContinuousDistribution
from ConfigSpace.hyperparameters.hp_components import TransformerSeq, UnitScaler

from tuners.spaces.values import position, same
from tuners.text.shown import shown

CONSTANT = 1.0
"""The vector that ConfigSpace gives a constant."""


class _Positions(TransformerSeq):
    """Listed values as vectors of their positions; a constant's only one as `CONSTANT`."""

    def __init__(self, values: Sequence[Any], *, constant: bool) -> None:
        super().__init__(list(range(len(values))))
        self._values = values
        self._first = CONSTANT if constant else 0.0

    def to_value(self, vector: Any) -> Any:
        found = np.empty(len(vector), dtype=object)
        for place, number in enumerate(vector):
            found[place] = self._values[round(float(number) - self._first)]
        return found

    def to_vector(self, value: Any) -> Any:
        places = [position(self._values, each) for each in value]
        if None in places:
            raise ValueError(f"{shown(value)} is not among {shown(self._values)}")  # noqa: TRY003, EM102  as ConfigSpace words it
        return np.array(places, dtype=np.float64) + self._first

    def legal_value(self, value: Any) -> Any:
        return np.array([self.legal_value_single(each) for each in value], dtype=np.bool_)

    def legal_value_single(self, value: Any) -> bool:
        return position(self._values, value) is not None

    def legal_vector(self, vector: Any) -> Any:
        return super().legal_vector(vector - self._first)

    def legal_vector_single(self, vector: Any) -> bool:
        return bool(super().legal_vector_single(vector - self._first))


class _Listed:
    """What the kinds of listed values have in common: a mix-in before one of ConfigSpace's classes."""

    name: str
    _transformer: Any
    _listed: tuple[Any, ...] = ()
    _text = ""

    def _list(self, values: Sequence[Any], text: str) -> None:
        """Put the values in place of the positions that ConfigSpace's class was given; `text` describes them."""
        self._listed = tuple(values)
        self._text = text
        self.default_value = self._listed[0]
        self._transformer = _Positions(self._listed, constant=isinstance(self, Constant))

    def to_vector(self, value: Any) -> Any:
        """Return the position of a value, or positions of an array of values."""
        return self._transformer.to_vector(value) if self._several(value) else self._transformer.to_vector([value])[0]

    def legal_value(self, value: Any) -> Any:
        """Whether a value is listed, or which of an array of values are."""
        if self._several(value):
            return self._transformer.legal_value(value)
        return self._transformer.legal_value_single(value)

    def _several(self, value: Any) -> bool:
        return isinstance(value, np.ndarray | list) and position(self._listed, value) is None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Listed) or type(self) is not type(other):
            return NotImplemented
        return self.name == other.name and same(self._listed, other._listed)

    __hash__ = None  # type: ignore[assignment]  # as ConfigSpace's own

    def __str__(self) -> str:
        return f"{self.name}, Type: {self._text}"


def _words(values: Sequence[Any]) -> str:
    return ", ".join(value if isinstance(value, str) else shown(value) for value in values)


class Choices(_Listed, CategoricalHyperparameter):
    """Values without an order."""

    def __init__(self, name: str, values: Sequence[Any]) -> None:
        """Take the values, each once."""
        CategoricalHyperparameter.__init__(self, name, range(len(values)))
        self._list(values, f"Categorical, Choices: {{{_words(values)}}}, Default: {_words(values[:1])}")
        self.choices = self._listed


class Ordered(_Listed, OrdinalHyperparameter):
    """Values in an order."""

    def __init__(self, name: str, values: Sequence[Any]) -> None:
        """Take the values in their order, each once."""
        OrdinalHyperparameter.__init__(self, name, range(len(values)))
        self._list(values, f"Ordinal, Sequence: {{{_words(values)}}}, Default: {_words(values[:1])}")
        self.sequence = self._listed


class Fixed(_Listed, Constant):
    """One value."""

    def __init__(self, name: str, value: Any) -> None:
        """Take the value."""
        Constant.__init__(self, name, 0)
        self._list([value], f"Constant, Value: {_words([value])}")
        self.value = value


class FineFloat(NumericalHyperparameter[float, np.float64]):
    """A range of floats with a bound that nine decimals do not express."""

    def __init__(self, name: str, lower: float, upper: float, *, log: bool) -> None:
        """Take both ends, which belong to the range."""
        self.lower, self.upper, self.log = lower, upper, log
        scaler = UnitScaler(np.float64(lower), np.float64(upper), log=log, dtype=np.float64)
        spread = UnitUniformContinuousDistribution(pdf_max_density=1 / (upper - lower))
        super().__init__(
            name=name,
            size=np.inf,
            default_value=float(scaler.to_value(np.array([0.5]))[0]),
            transformer=scaler,
            neighborhood=spread.neighborhood,
            vector_dist=spread,
            neighborhood_size=np.inf,
            value_cast=float,
        )

    def to_uniform(self) -> UniformFloatHyperparameter:
        """Return the range as ConfigSpace rounds it."""
        return UniformFloatHyperparameter(self.name, self.lower, self.upper, log=self.log)

    def __str__(self) -> str:
        """Describe it as ConfigSpace does."""
        scale = ", on log-scale" if self.log else ""
        ends = f"[{self.lower}, {self.upper}]"
        return f"{self.name}, Type: UniformFloat, Range: {ends}, Default: {self.default_value}{scale}"
