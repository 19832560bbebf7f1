"""Training of the article's network in graphs that serve any number of neurons and features, and any rates.

Tracing and optimising a graph takes a third of a second, which is what a short fit costs when each architecture has
graphs of its own. Here a graph has the weights as arguments, of whatever shape, and one serves all architectures of an
activation, an optimizer and a kind of output, whatever their learning rate and dropout. It computes what Keras does
(`_steps`), to a rounding of the last bit: where shapes are known, TensorFlow fuses operations.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tuners.models._steps import OUTPUTS, Family, Rates, Recipe

_WEIGHTS = [tf.TensorSpec((None, None)), tf.TensorSpec((None,))] * 3
_ROWS = tf.TensorSpec((None, None))


@cache
def predicting(family: Family) -> Any:
    """Return the graph that gives outputs for rows, (rows, features), and the weights of the network."""
    return tf.function(
        lambda X, *weights: family.outputs(X, weights), autograph=False, input_signature=(_ROWS, *_WEIGHTS)
    )


@cache
def training(family: Family, batch_size: int, *, decays: bool) -> Any:
    """Return the graph that trains on rows in given orders, (epochs, rows), and returns the weights.

    Its arguments are rows, targets, orders, the seed of the dropout, the rates, and the weights to begin with.
    """
    scalar, shapes = tf.TensorShape([]), [each.shape for each in _WEIGHTS]
    state = (scalar, shapes, [shapes] * family.moments)

    def train(X: Any, y: Any, orders: Any, seed: Any, rates: Rates, *weights: Any) -> Any:
        epochs, rows = tf.shape(orders)[0], tf.shape(orders)[1]

        def batch(epoch: Any, first: Any, steps: Any, weights: list[Any], moments: list[list[Any]]) -> Any:
            chosen = orders[epoch, first : first + batch_size]
            noise = family.noise((tf.size(chosen), tf.shape(weights[2])[1]), rates.dropout, seed, steps)
            gradients = family.gradients(tf.gather(X, chosen), tf.gather(y, chosen), weights, noise)
            after = family.update(
                tf.cast(steps + 1, tf.float32), weights, gradients, moments, learning_rate=rates.learning_rate,
                weight_decay=rates.weight_decay if decays else None,
            )  # fmt: skip
            return epoch, first + batch_size, steps + 1, *after

        def one(epoch: Any, *held: Any) -> Any:
            after = tf.while_loop(
                lambda _, first, *__: first < rows, batch, (epoch, tf.constant(0), *held),
                shape_invariants=(scalar, scalar, *state),
            )  # fmt: skip
            return epoch + 1, *after[2:]

        begun = list(weights)
        zeros = [[tf.zeros_like(each) for each in begun] for _ in range(family.moments)]
        return tf.while_loop(
            lambda epoch, *_: epoch < epochs, one, (tf.constant(0), tf.constant(0), begun, zeros),
            shape_invariants=(scalar, *state),
        )[2]  # fmt: skip

    orders, number = tf.TensorSpec((None, None), tf.int32), tf.TensorSpec(())
    targets = tf.TensorSpec((None,), OUTPUTS[family.output][2])
    signature = (_ROWS, targets, orders, tf.TensorSpec((), tf.int32), Rates(number, number, number), *_WEIGHTS)
    return tf.function(train, autograph=False, input_signature=signature)


def begin(features: int, neurons: int, outputs: int, random: np.random.Generator) -> tuple[list[Any], int]:
    """Return Keras's initial weights and the seed of the dropout, drawn in the order of the layers."""
    weights: list[Any] = []
    seed = 0
    for inputs, units in ((features, neurons), (neurons, neurons), (neurons, outputs)):
        if len(weights) == 4:  # the dropout stands before the last layer
            # Keras takes its seeds by the modulus.
            seed = int(random.integers(2**31)) % (2**31 - 2)
        kernel = keras.initializers.GlorotUniform(seed=int(random.integers(2**31)))
        weights += [kernel((inputs, units)), tf.zeros(units)]
    return weights, seed


def fit(of: Recipe) -> list[NDArray[np.float32]]:
    """Train and return the weights."""
    graph = training(of.family, of.batch_size, decays=of.rates.weight_decay > 0)
    rates = Rates(*(tf.constant(each, tf.float32) for each in of.rates))
    given = (tf.constant(each) for each in (of.X, of.y, of.orders, of.seed))
    return [each.numpy() for each in graph(*given, rates, *of.weights)]
