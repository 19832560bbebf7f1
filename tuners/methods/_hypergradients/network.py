"""The slopes of a network's validation loss in its learning rate, weight decay and dropout, by unrolling its training.

Training is a function of its rates: so many steps from drawn weights, over drawn batches. Forward mode (Franceschi et
al. 2017, section 3.2) carries along, in each step, the derivatives of the weights and of the optimizer's moments, one
for each hyperparameter. Of three hyperparameters that costs some fits, and the memory of one step. Reverse mode
(Maclaurin et al. 2015) costs fewer fits where there are many hyperparameters, but keeps all steps, or reverses them.

Dropout multiplies each unit by noise of mean 1 and variance rate / (1 - rate): by 0 or by 1 / (1 - rate). The mask is a
step function of the rate. With the mask held fixed, only the scale 1 / (1 - rate) would be left to differentiate, as if
dropout made units larger on average, which it does not. Held fixed instead is z, what was drawn, standardised:

    noise = 1 + sqrt(rate / (1 - rate)) z, whose derivative in logit(rate) is (noise - 1) / 2.

So mean and variance change as those of dropout do, and the derivative is right as far as the loss depends on these two:
what makes Gaussian noise stand for dropout (Srivastava et al. 2014, section 10; Wang and Manning 2013).
Where a batch drops a unit in all rows in which it is active, its gradient is 0, and the noise that is held near that
would move it a little. Adam and Adamax divide gradients by their own size, so that nearly nothing would move weights
whose gradients have all been 0 by a whole step: there, the gradient's derivative is taken to be 0.

Of the learning rate and the weight decay, the derivative is exact. The training that is differentiated has Keras's own
masks, and ends at the weights that the fit has.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.base import clone, is_classifier

from tuners.methods._hypergradients import Rows

RATES = ("learning_rate", "weight_decay", "dropout")
"""What may be differentiated: in logarithms, and in the logit of the dropout."""
STEPS_PER_CALL = 1000
"""Most steps of one call, which no signal interrupts; what is longer is several calls, of whole epochs."""
ALMOST_ZERO = 1e-200
"""The moments begin here: at zero itself, where they stay for units that are never active, the square root of Adam's
rule has no derivative. Beside Keras's epsilon, 1e-7, it is nothing."""
ARRAYS = 6
"""Kernels and biases of a network."""
NUMBERS = tf.float64
"""Keras trains in 32 bits; here, rounding must not decide a sign."""


def slopes(model: Any, train: Rows, validation: Rows, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the derivatives of the mean validation loss, (names,), in the logarithms or the logit of some `RATES`.

    The loss is the log loss of a classifier, and the squared error of a regressor. Validation rows of a class that no
    training row has are left out. NaN where training diverges.
    """
    model = clone(model)
    recipe = model.recipe(train.X, train.y)
    weights, tangents = trained(recipe, np.zeros((len(names), len(RATES))), names)
    known = np.isin(validation.y, model.classes_) if is_classifier(model) else np.ones(len(validation.X), dtype=bool)
    shares = validation.shares[known] / validation.shares[known].sum()
    one = weights[:1]  # the copies are the same
    with tf.GradientTape() as tape:
        tape.watch(one)
        outputs = recipe.family.outputs(tf.constant(validation.X[known], NUMBERS), _arrays(one, _shapes(recipe)))
        targets = tf.constant(model.targets(np.asarray(validation.y)[known])[None])
        loss = tf.reduce_sum(shares * recipe.family.losses(targets, outputs))
    # Regressors are trained on standardised numbers.
    unit = 1.0 if is_classifier(model) else model.standard_.deviation**2
    found: NDArray[np.float64] = unit * tangents.numpy() @ tape.gradient(loss, one).numpy()[0]
    return found


def trained(recipe: Any, shifts: NDArray[np.float64], names: Sequence[str]) -> tuple[Any, Any]:
    """Train copies of a network; return their weights, (copies, weights), and the derivatives of these in a rate each.

    To the logarithms and the logit of the recipe's `RATES`, each copy adds its row of `shifts`, (copies, rates), while
    z is held fixed. `names` say in which rate each copy is differentiated.
    """
    begin = tf.concat([tf.reshape(each, [-1]) for each in recipe.weights], axis=0)
    weights = tf.tile(tf.cast(begin, NUMBERS)[None], (len(shifts), 1))
    moments = [tf.fill(weights.shape, tf.constant(ALMOST_ZERO, NUMBERS))] * recipe.family.moments
    state, steps = [weights, *moments], tf.constant(0)
    tangents = [tf.zeros_like(each) for each in state]
    of = _Fit(
        X=tf.constant(recipe.X, NUMBERS),
        y=tf.cast(recipe.y, NUMBERS) if recipe.family.output == "number" else tf.constant(recipe.y),
        shapes=tf.constant(_shapes(recipe)),
        seed=tf.constant(recipe.seed),
        rates=tf.constant(recipe.rates, NUMBERS),
        shifts=tf.constant(shifts, NUMBERS),
        directions=tf.one_hot([RATES.index(name) for name in names], len(RATES), dtype=NUMBERS),
    )
    epochs = max(1, STEPS_PER_CALL // -(-len(recipe.X) // recipe.batch_size))
    for first in range(0, len(recipe.orders), epochs):
        orders = tf.constant(recipe.orders[first : first + epochs])
        steps, state, tangents = _advancing(recipe.family, recipe.batch_size)(of, orders, steps, state, tangents)
    return state[0], tangents[0]


class _Fit(NamedTuple):
    """What does not change from step to step."""

    X: Any
    y: Any
    shapes: Any
    """Inputs and units of the arrays of weights, (arrays, 2); a bias has one input."""
    seed: Any
    rates: Any
    shifts: Any
    directions: Any
    """Of the derivatives, (copies, rates)."""


def _shapes(recipe: Any) -> list[tuple[int, int]]:
    return [(1, *each.shape)[-2:] for each in recipe.weights]


def _arrays(weights: Any, shapes: Any) -> list[Any]:
    """Return weights, (copies, weights), as arrays of (copies, inputs, units)."""
    parts = tf.split(weights, tf.reduce_prod(shapes, axis=1), axis=1, num=ARRAYS)
    return [tf.reshape(each, (-1, shapes[at][0], shapes[at][1])) for at, each in enumerate(parts)]


def _stepped(family: Any, of: _Fit, chosen: Any, steps: Any, state: list[Any]) -> list[Any]:
    """Return the state after a step on some rows; `steps` were made before."""
    faster, decayed, noisier = (tf.exp(each)[:, None] for each in tf.unstack(of.shifts, axis=1))
    drawn = family.noise((tf.size(chosen), of.shapes[0][1]), tf.cast(of.rates[2], tf.float32), of.seed, steps)
    noise = 1 + tf.sqrt(noisier)[:, None] * (tf.cast(drawn, NUMBERS) - 1)
    copies = tf.shape(of.shifts)[0]
    y = tf.tile(tf.gather(of.y, chosen)[None], (copies, 1))
    gradients = family.gradients(tf.gather(of.X, chosen), y, _arrays(state[0], of.shapes), noise)
    flat = tf.concat([tf.reshape(each, (copies, -1)) for each in gradients], axis=1)
    if family.moments:  # see the docstring of the module: units that are dropped wherever they are active
        flat *= tf.cast(flat != 0, NUMBERS)
    weights, moments = family.update(
        tf.cast(steps + 1, NUMBERS),
        state[:1],
        [flat],
        [[each] for each in state[1:]],
        learning_rate=of.rates[0] * faster,
        weight_decay=of.rates[1] * decayed,
    )
    return [*weights, *(each for (each,) in moments)]


@cache
def _advancing(family: Any, batch_size: int) -> Any:
    """Return the graph that trains copies for some epochs, and carries their derivatives along.

    The state is the weights and the optimizer's moments, (copies, weights) each; their derivatives are like it.
    """
    state = [tf.TensorSpec((None, None), NUMBERS)] * (1 + family.moments)
    whole, orders = tf.TensorSpec((), tf.int32), tf.TensorSpec((None, None), tf.int32)
    of = _Fit(
        X=state[0],
        y=tf.TensorSpec((None,), NUMBERS if family.output == "number" else tf.int32),
        shapes=tf.TensorSpec((ARRAYS, 2), tf.int32),
        seed=whole,
        rates=tf.TensorSpec((len(RATES),), NUMBERS),
        shifts=tf.TensorSpec((None, len(RATES)), NUMBERS),
        directions=tf.TensorSpec((None, len(RATES)), NUMBERS),
    )

    def advance(of: _Fit, orders: Any, *carried: Any) -> Any:
        batches = -(-tf.shape(orders)[1] // batch_size)

        def batch(place: Any, steps: Any, state: list[Any], tangents: list[Any]) -> Any:
            first = place % batches * batch_size
            chosen = orders[place // batches, first : first + batch_size]
            with tf.autodiff.ForwardAccumulator([of.shifts, *state], [of.directions, *tangents]) as forward:
                after = _stepped(family, of, chosen, steps, state)
            return place + 1, steps + 1, after, [forward.jvp(each) for each in after]

        return tf.while_loop(
            lambda place, *_: place < batches * tf.shape(orders)[0], batch, (tf.constant(0), *carried)
        )[1:]

    return tf.function(advance, autograph=False, input_signature=(of, orders, whole, state, state))
