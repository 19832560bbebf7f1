"""A step of training the article's network, as functions of its weights, for any number of neurons and features.

It computes what Keras does, by Keras's activations and losses and the formulas of its optimizers, to a rounding of the
last bit. `_graphs` makes whole fits of it, and the derivative of a `Recipe` goes through the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

RATES = {"SGD": 0.01, "Adam": 0.001, "Adamax": 0.001}
"""Keras's learning rates."""
DECAY, SLOW_DECAY, EPSILON = 0.9, 0.999, 1e-7

Update = tuple[Any, tuple[Any, ...]]
"""New weights, and the optimizer's new moments of them."""


class Rates(NamedTuple):
    """The continuous hyperparameters of training, numbers or scalar tensors."""

    learning_rate: Any
    weight_decay: Any
    """Keras's, apart from the loss: each step takes this share, times the learning rate, of the weights and the biases
    away (Loshchilov and Hutter 2019)."""
    dropout: Any


def _sgd(rate: Any, step: Any, weights: Any, gradient: Any, moments: Any) -> Update:  # noqa: ARG001  as the others
    return weights - gradient * rate, ()


def _adam(rate: Any, step: Any, weights: Any, gradient: Any, moments: Any) -> Update:
    """Kingma and Ba 2015, algorithm 1, in the form before section 2.1, as Keras has it."""
    mean, square = moments
    rate = rate * tf.sqrt(1 - SLOW_DECAY**step) / (1 - DECAY**step)
    mean += (gradient - mean) * (1 - DECAY)
    square += (tf.square(gradient) - square) * (1 - SLOW_DECAY)
    return weights - mean * rate / (tf.sqrt(square) + EPSILON), (mean, square)


def _adamax(rate: Any, step: Any, weights: Any, gradient: Any, moments: Any) -> Update:
    """Kingma and Ba 2015, algorithm 2."""
    mean, norm = moments
    mean += (gradient - mean) * (1 - DECAY)
    norm = tf.maximum(SLOW_DECAY * norm, tf.abs(gradient))
    return weights - rate * mean / ((1 - DECAY**step) * (norm + EPSILON)), (mean, norm)


RULES: dict[str, tuple[Callable[..., Update], int]] = {"SGD": (_sgd, 0), "Adam": (_adam, 2), "Adamax": (_adamax, 2)}
"""By Keras's name: the rule, and how many moments of each weight it keeps."""
OUTPUTS: dict[str, tuple[str, Callable[..., Any], Any]] = {
    "two classes": ("sigmoid", keras.losses.BinaryCrossentropy, tf.int32),
    "classes": ("softmax", keras.losses.SparseCategoricalCrossentropy, tf.int32),
    "number": ("linear", keras.losses.MeanSquaredError, tf.float32),
}
"""By kind of output: activation of the last layer, loss, and the type of what is foretold."""


class Family(NamedTuple):
    """What networks of all sizes have in common."""

    activation: str
    optimizer: str
    output: str

    @property
    def moments(self) -> int:
        """How many moments of each weight the optimizer keeps."""
        return RULES[self.optimizer][1]

    def outputs(self, X: Any, weights: Sequence[Any], noise: Any = None) -> Any:
        """Return the outputs for rows (rows, features); in training, with dropout's `noise` (rows, neurons)."""
        between = keras.activations.get(self.activation)
        hidden = X
        for kernel, bias in (weights[:2], weights[2:4]):
            hidden = between(keras.ops.add(keras.ops.matmul(hidden, kernel), bias))
        if noise is not None:
            hidden = hidden * noise
        at_last = keras.activations.get(OUTPUTS[self.output][0])
        return at_last(keras.ops.add(keras.ops.matmul(hidden, weights[4]), weights[5]))

    @staticmethod
    def noise(shape: Any, rate: Any, seed: Any, step: Any) -> Any:
        """Return what dropout multiplies units by in a step, the first of which is 0: 0, or 1 / (1 - rate)."""
        drawn = tf.random.stateless_uniform(shape, tf.stack([seed, step]))
        return tf.where(drawn >= rate, 1 / (1 - rate), tf.zeros_like(rate))

    def losses(self, y: Any, outputs: Any) -> Any:
        """Return the losses of rows with targets (rows,), of shape (rows,)."""
        loss_of = OUTPUTS[self.output][1](reduction=None, dtype=outputs.dtype.name)
        return loss_of(y if self.output == "classes" else y[..., None], outputs)

    def gradients(self, X: Any, y: Any, weights: list[Any], noise: Any) -> list[Any]:
        """Return the gradients of the mean loss of a batch: rows (rows, features), and targets (rows,)."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            losses = self.losses(y, self.outputs(X, weights, noise))
            lost = tf.reduce_sum(losses) / tf.cast(tf.shape(X)[0], losses.dtype)
        found: list[Any] = tape.gradient(lost, weights)
        return found

    def update(
        self, number: Any, weights: list[Any], gradients: list[Any], moments: list[list[Any]],
        *, learning_rate: Any, weight_decay: Any = None,
    ) -> tuple[list[Any], list[list[Any]]]:  # fmt: skip
        """Return the weights, and the optimizer's moments, after a step; the `number` of the first is 1.

        Without weight decay its operations are spared.
        """
        if weight_decay is not None:
            weights = [each - each * weight_decay * learning_rate for each in weights]
        rule = RULES[self.optimizer][0]
        of_each = zip(*moments, strict=True) if moments else [()] * len(weights)
        done = [rule(learning_rate, number, *each) for each in zip(weights, gradients, of_each, strict=True)]
        return [new for new, _ in done], [[kept[place] for _, kept in done] for place in range(self.moments)]


class Recipe(NamedTuple):
    """All that a fit depends on: its rows, its rates, and what it has drawn."""

    family: Family
    X: NDArray[np.float32]
    """Its rows, (rows, features)."""
    y: NDArray[Any]
    """Its targets as they are trained on, (rows,): places of classes, or standardised numbers."""
    orders: NDArray[np.int32]
    """The order of the rows in each epoch, (epochs, rows)."""
    batch_size: int
    weights: list[Any]
    """The initial ones."""
    seed: int
    """Of the dropout."""
    rates: Rates
