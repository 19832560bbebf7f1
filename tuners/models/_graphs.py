"""Training of the article's network in graphs that serve any number of neurons and features.

Tracing and optimising a graph takes a third of a second, which is what a short fit costs when each architecture has
graphs of its own. Here a graph has the weights as arguments, of whatever shape, and one serves all architectures of an
activation, an optimizer and a kind of output. It computes what Keras does, by Keras's activations and losses and the
formulas of its optimizers, to a rounding of the last bit: where shapes are known, TensorFlow fuses operations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

RATES = {"SGD": 0.01, "Adam": 0.001, "Adamax": 0.001}
"""Keras's learning rates."""
DECAY, SLOW_DECAY, EPSILON = 0.9, 0.999, 1e-7

Update = tuple[Any, tuple[Any, ...]]
"""New weights, and the optimizer's new moments of them."""


def _sgd(step: Any, weights: Any, gradient: Any) -> Update:  # noqa: ARG001  the signature of a rule
    return weights - gradient * RATES["SGD"], ()


def _adam(step: Any, weights: Any, gradient: Any, mean: Any, square: Any) -> Update:
    """Kingma and Ba 2015, algorithm 1, in the form before section 2.1, as Keras has it."""
    rate = RATES["Adam"] * tf.sqrt(1 - tf.pow(SLOW_DECAY, step)) / (1 - tf.pow(DECAY, step))
    mean += (gradient - mean) * (1 - DECAY)
    square += (tf.square(gradient) - square) * (1 - SLOW_DECAY)
    return weights - mean * rate / (tf.sqrt(square) + EPSILON), (mean, square)


def _adamax(step: Any, weights: Any, gradient: Any, mean: Any, norm: Any) -> Update:
    """Kingma and Ba 2015, algorithm 2."""
    mean += (gradient - mean) * (1 - DECAY)
    norm = tf.maximum(SLOW_DECAY * norm, tf.abs(gradient))
    return weights - RATES["Adamax"] * mean / ((1 - tf.pow(DECAY, step)) * (norm + EPSILON)), (mean, norm)


RULES: dict[str, tuple[Callable[..., Update], int]] = {"SGD": (_sgd, 0), "Adam": (_adam, 2), "Adamax": (_adamax, 2)}
"""By Keras's name: the rule, and how many moments of each weight it keeps."""

_WEIGHTS = [tf.TensorSpec((None, None)), tf.TensorSpec((None,))] * 3
_ROWS = tf.TensorSpec((None, None))


OUTPUTS: dict[str, tuple[str, Callable[[], Any], Any]] = {
    "two classes": ("sigmoid", keras.losses.BinaryCrossentropy, tf.int32),
    "classes": ("softmax", keras.losses.SparseCategoricalCrossentropy, tf.int32),
    "number": ("linear", keras.losses.MeanSquaredError, tf.float32),
}
"""By kind of output: activation of the last layer, loss, and the type of what is foretold."""


@cache
def predicting(activation: str, output: str) -> Any:
    """Return the graph that gives outputs for rows, (rows, features), and the weights of the network."""
    return tf.function(
        lambda X, *weights: _outputs(X, weights, activation, output), autograph=False,
        input_signature=(_ROWS, *_WEIGHTS),
    )  # fmt: skip


@cache
def training(activation: str, optimizer: str, batch_size: int, rate: float, output: str) -> Any:
    """Return the graph that trains on rows in given orders, (epochs, rows), and returns the weights.

    Its arguments are rows, targets, orders, the seed of the dropout at `rate`, and the weights to begin with.
    """
    update, moments = RULES[optimizer]
    _, loss, kind = OUTPUTS[output]
    loss_of = loss()
    scalar, shapes = tf.TensorShape([]), [each.shape for each in _WEIGHTS]
    state = (scalar, shapes, [shapes] * moments)

    def train(X: Any, y: Any, orders: Any, seed: Any, *weights: Any) -> Any:
        epochs, rows = tf.shape(orders)[0], tf.shape(orders)[1]

        def batch(epoch: Any, first: Any, steps: Any, weights: list[Any], kept: list[list[Any]]) -> Any:
            chosen = orders[epoch, first : first + batch_size]
            labels = tf.gather(y, chosen)
            with tf.GradientTape() as tape:
                tape.watch(weights)
                dropped = tf.stack([seed, steps])
                outputs = _outputs(tf.gather(X, chosen), weights, activation, output, rate=rate, seed=dropped)
                lost = loss_of(labels if output == "classes" else labels[:, None], outputs)
            gradients = tape.gradient(lost, weights)
            step = tf.cast(steps + 1, tf.float32)
            done = [update(step, *each) for each in zip(weights, gradients, *kept, strict=True)]
            kept = [[moved[moment] for _, moved in done] for moment in range(moments)]
            return epoch, first + batch_size, steps + 1, [new for new, _ in done], kept

        def one(epoch: Any, *held: Any) -> Any:
            after = tf.while_loop(
                lambda _, first, *__: first < rows, batch, (epoch, tf.constant(0), *held),
                shape_invariants=(scalar, scalar, *state),
            )  # fmt: skip
            return epoch + 1, *after[2:]

        begun = list(weights)
        zeros = [[tf.zeros_like(each) for each in begun] for _ in range(moments)]
        return tf.while_loop(
            lambda epoch, *_: epoch < epochs, one, (tf.constant(0), tf.constant(0), begun, zeros),
            shape_invariants=(scalar, *state),
        )[2]  # fmt: skip

    orders = tf.TensorSpec((None, None), tf.int32)
    signature = (_ROWS, tf.TensorSpec((None,), kind), orders, tf.TensorSpec((), tf.int32), *_WEIGHTS)
    return tf.function(train, autograph=False, input_signature=signature)


def begin(features: int, neurons: int, outputs: int, random: np.random.Generator) -> tuple[list[Any], int]:
    """Return Keras's initial weights and the seed of the dropout, drawn in the order of the layers."""
    weights: list[Any] = []
    seed = 0
    for inputs, units in ((features, neurons), (neurons, neurons), (neurons, outputs)):
        if len(weights) == 4:  # the dropout stands before the last layer
            seed = int(random.integers(2**31))
        kernel = keras.initializers.GlorotUniform(seed=int(random.integers(2**31)))
        weights += [kernel((inputs, units)), tf.zeros(units)]
    return weights, seed


def fit(
    X: NDArray[np.float32], y: NDArray[Any], orders: NDArray[np.int32], weights: list[Any], seed: int,
    *, activation: str, optimizer: str, batch_size: int, rate: float, output: str,
) -> list[NDArray[np.float32]]:  # fmt: skip
    """Train and return the weights."""
    graph = training(activation, optimizer, batch_size, rate, output)
    # The seed is one of Keras's, which are below the modulus that it takes.
    trained = graph(tf.constant(X), tf.constant(y), tf.constant(orders), tf.constant(seed % (2**31 - 2)), *weights)
    return [each.numpy() for each in trained]


def _outputs(X: Any, weights: Any, activation: str, output: str, *, rate: float = 0.0, seed: Any = None) -> Any:
    """Return the network's outputs; where there is a seed, in training, with dropout."""
    between = keras.activations.get(activation)
    hidden = X
    for kernel, bias in (weights[:2], weights[2:4]):
        hidden = between(keras.ops.add(keras.ops.matmul(hidden, kernel), bias))
    if seed is not None:
        hidden = tf.nn.experimental.stateless_dropout(hidden, rate=rate, noise_shape=tf.shape(hidden), seed=seed)
    at_last = keras.activations.get(OUTPUTS[output][0])
    return at_last(keras.ops.add(keras.ops.matmul(hidden, weights[4]), weights[5]))
