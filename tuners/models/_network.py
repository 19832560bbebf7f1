"""The article's Keras network for scikit-learn, without the overhead that each fit has in Keras.

Plain Keras builds, compiles and traces a model for each fit, and then steps through its epochs in Python. Here
one compiled model is kept for each architecture and batch shape. A fit

    resets its weights, its optimizer and the seed of its dropout
    trains all epochs in one call of a graph that loops over Keras's own `train_step`
    takes its weights away

so that results depend on the fit's own seed alone, bit for bit. Rows are shuffled anew in each epoch by
NumPy's generator, seeded with `random_state`. (Under `keras.utils.set_random_seed`, Keras's own `fit` on arrays
repeats one permutation in every epoch.) No global seed is touched. Batches are gathered from the rows
inside the graph: a `tf.data` pipeline in its place took 4 to 6 s a fit, where this takes 0.1 to 0.2 s.

The first fit of an architecture takes half a second. Where fits are shorter than that, `any_size` takes a graph that
serves all of an activation and an optimizer (`_graphs`), to a rounding of the last bit. So do fits with a learning
rate, a weight decay or a dropout of their own, each of which would be an architecture to compile.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from tuners.errors import require

require("tensorflow", extra="ann")
# Both are read once, when TensorFlow is imported: its start-up log, and the backend Keras takes.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402  after the environment it reads
import tensorflow as tf  # noqa: E402  after the environment it reads

from tuners.models import _graphs, _steps  # noqa: E402  they load both

DROPOUT = 0.3
STEPS_PER_CALL = 4000
"""Most steps of one call, which no signal interrupts; what is longer is several calls, of whole epochs."""
KEPT = 128
"""Architectures kept in a process; the ones least recently used go first."""


NUMBER = 0
"""Stands for the number of classes where a number is foretold."""
LOSSES = {
    "two classes": "binary_crossentropy", "classes": "sparse_categorical_crossentropy", "number": "mean_squared_error",
}  # fmt: skip
"""Keras's names, by kind of output."""


class Architecture(NamedTuple):
    """What one compiled model serves."""

    features: int
    classes: int
    """`NUMBER` for regression."""
    neurons: int
    activation: str
    optimizer: str
    batch_size: int
    learning_rate: float | None = None
    """None for the optimizer's own."""
    weight_decay: float = 0.0
    """0 for the optimizer's own: none, but of AdamW."""
    dropout: float = DROPOUT


def layers(features: int, classes: int, neurons: int, activation: str, dropout: float = DROPOUT) -> Any:
    """Build the article's network: two dense layers and dropout, then the output.

    It is one sigmoid for two classes, softmax for more, and one linear for a number.
    """
    return keras.Sequential(
        [
            keras.layers.Input((features,)),
            keras.layers.Dense(neurons, activation=activation),
            keras.layers.Dense(neurons, activation=activation),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(units(classes), activation=_steps.OUTPUTS[kind(classes)][0]),
        ]
    )


def kind(classes: int) -> str:
    """Return the kind of output for so many classes."""
    return {NUMBER: "number", 2: "two classes"}.get(classes, "classes")


def units(classes: int) -> int:
    """Return how many outputs so many classes have."""
    return classes if kind(classes) == "classes" else 1


def loss(classes: int) -> str:
    """Return the loss for so many classes."""
    return LOSSES[kind(classes)]


class Trainer:
    """The compiled model of one architecture, and the graphs that train it and predict with it."""

    def __init__(self, architecture: Architecture) -> None:
        """Build and compile; the graphs are traced when first called."""
        self.lock = threading.RLock()
        self._batch_size = architecture.batch_size
        self._model = layers(*architecture[:4], architecture.dropout)
        optimizer = keras.optimizers.get(architecture.optimizer)
        if architecture.learning_rate is not None:
            optimizer.learning_rate = architecture.learning_rate
        if architecture.weight_decay:
            optimizer.weight_decay = architecture.weight_decay
        self._model.compile(optimizer=optimizer, loss=loss(architecture.classes))
        self._model.optimizer.build(self._model.trainable_variables)
        self._state = [(variable, variable.numpy()) for variable in self._model.optimizer.variables]
        rows = tf.TensorSpec((None, architecture.features), tf.float32)
        targets = tf.TensorSpec((None,), _steps.OUTPUTS[kind(architecture.classes)][2])
        self._train = tf.function(self._epochs, input_signature=(rows, targets, tf.TensorSpec((None, None), tf.int32)))
        self._predict = tf.function(lambda X: self._model(X, training=False), input_signature=(rows,))

    def fit(self, X: NDArray[np.float32], y: NDArray[Any], epochs: int, seed: int) -> list[NDArray[np.float32]]:
        """Train from the start and return the weights."""
        random = np.random.default_rng(seed)
        with self.lock:
            self._reset(random)
            rows, labels = tf.constant(X), tf.constant(y)
            at_once = max(1, STEPS_PER_CALL // -(-len(X) // self._batch_size))
            for first in range(0, epochs, at_once):
                orders = np.tile(np.arange(len(X), dtype=np.int32), (min(at_once, epochs - first), 1))
                self._train(rows, labels, tf.constant(random.permuted(orders, axis=1)))
            weights: list[NDArray[np.float32]] = self._model.get_weights()
        return weights

    def predict(self, weights: list[NDArray[np.float32]], X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the outputs under these weights."""
        with self.lock:
            self._model.set_weights(weights)
            return np.asarray(self._predict(tf.constant(X)))

    def _reset(self, random: np.random.Generator) -> None:
        """Set everything that training changes to what a new model has, drawn from the seed."""
        for layer in self._model.layers:
            if isinstance(layer, keras.layers.Dense):
                start = type(layer.kernel_initializer)(seed=int(random.integers(2**31)))
                layer.kernel.assign(start(layer.kernel.shape, dtype=layer.kernel.dtype))
                layer.bias.assign(np.zeros(layer.bias.shape, dtype=layer.bias.dtype))
            elif isinstance(layer, keras.layers.Dropout):
                layer.seed_generator.state.assign([int(random.integers(2**31)), 0])
        for variable, value in self._state:
            variable.assign(value)
        self._model.reset_metrics()

    def _epochs(self, X: Any, y: Any, orders: Any) -> None:
        """Train on rows in the given orders, (epochs, rows), in batches; the last of an epoch may be smaller."""
        rows = tf.shape(orders)[1]
        for epoch in tf.range(tf.shape(orders)[0]):
            for first in tf.range(0, rows, self._batch_size):
                batch = orders[epoch, first : first + self._batch_size]
                self._model.train_step((tf.gather(X, batch), tf.gather(y, batch)))


_trainers: OrderedDict[Architecture, Trainer] = OrderedDict()
_trainers_lock = threading.Lock()


def trainer(architecture: Architecture) -> Trainer:
    """Return the architecture's one model in this process."""
    with _trainers_lock:
        if architecture not in _trainers:
            _trainers[architecture] = Trainer(architecture)
            while len(_trainers) > KEPT:
                _trainers.popitem(last=False)
        _trainers.move_to_end(architecture)
        return _trainers[architecture]


class _Network(BaseEstimator):
    """What networks of both tasks have: parameters, training and outputs."""

    def __init__(
        self,
        *,
        neurons: int = 15,
        activation: str = "relu",
        optimizer: str = "Adam",
        epochs: int = 80,
        batch_size: int = 40,
        any_size: bool = False,
        learning_rate: float | None = None,
        weight_decay: float = 0.0,
        dropout: float = DROPOUT,
        random_state: int | None = None,
    ) -> None:
        """Keep the parameters."""
        self.neurons = neurons
        self.activation = activation
        self.optimizer = optimizer
        self.epochs = epochs
        self.batch_size = batch_size
        self.any_size = any_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.random_state = random_state

    @property
    def rates(self) -> _steps.Rates:
        """The learning rate, the weight decay and the dropout of its fits, Keras's own where it has none of its own."""
        rate = _steps.RATES.get(self.optimizer) if self.learning_rate is None else self.learning_rate
        return _steps.Rates(rate, self.weight_decay, self.dropout)

    def recipe(self, X: Any, y: Any) -> _steps.Recipe:
        """Return all that a fit to X (rows, features) and y (rows,) depends on, so that its derivative can be taken.

        It learns what `targets` needs, but trains no weights. The optimizer is one of `_steps.RULES`.
        """
        return self._recipe(*self._read(X, y))

    @property
    def _classes(self) -> int:
        return NUMBER

    @property
    def _any_size(self) -> bool:
        """Whether fits are made in the graphs that serve all sizes and rates."""
        own = self.learning_rate is None and self.weight_decay == 0 and self.dropout == DROPOUT
        return (self.any_size or not own) and self.optimizer in _steps.RULES

    @property
    def _family(self) -> _steps.Family:
        return _steps.Family(self.activation, self.optimizer, kind(self._classes))

    def _read(self, X: Any, y: Any) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Return rows and targets as they are trained on, and learn what `targets` needs."""
        raise NotImplementedError

    def _train(self, X: NDArray[np.float32], y: NDArray[Any]) -> None:
        """Set the weights; raise `ValueError` for rates beyond their bounds, and where training diverges."""
        rate, decay, dropout = self.learning_rate, self.weight_decay, self.dropout
        if not ((rate is None or rate > 0) and decay >= 0 and 0 <= dropout < 1):
            message = (
                "expected a learning_rate above 0, or None, a weight_decay of 0 or more and a dropout of 0 to below 1, "
                f"got learning_rate={rate!r}, weight_decay={decay!r}, dropout={dropout!r}"
            )
            raise ValueError(message)
        if self._any_size:
            self.weights_ = _graphs.fit(self._recipe(X, y))
        else:
            self.weights_ = self._trainer().fit(X, y, self.epochs, self._seed())
        if not all(np.isfinite(weight).all() for weight in self.weights_):
            message = f"training diverged: weights of {self} are no numbers; standardise X or take another optimizer"
            raise ValueError(message)

    def _outputs(self, X: Any) -> NDArray[np.float32]:
        """Return the outputs for rows, (rows, outputs)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        if self._any_size:
            return np.asarray(_graphs.predicting(self._family)(tf.constant(X), *self.weights_))
        return self._trainer().predict(self.weights_, X)

    def _recipe(self, X: NDArray[np.float32], y: NDArray[Any]) -> _steps.Recipe:
        random = np.random.default_rng(self._seed())
        weights, dropout = _graphs.begin(X.shape[1], self.neurons, units(self._classes), random)
        orders = random.permuted(np.tile(np.arange(len(X), dtype=np.int32), (self.epochs, 1)), axis=1)
        return _steps.Recipe(self._family, X, y, orders, self.batch_size, weights, dropout, self.rates)

    def _seed(self) -> int:
        """Return the seed of a fit, drawn anew for each where there is no `random_state`."""
        return int(np.random.SeedSequence().generate_state(1)[0]) if self.random_state is None else self.random_state

    def _trainer(self) -> Trainer:
        return trainer(
            Architecture(
                self.n_features_in_, self._classes, self.neurons, self.activation, self.optimizer, self.batch_size,
                self.learning_rate, self.weight_decay, self.dropout,
            )
        )  # fmt: skip


class NetworkClassifier(ClassifierMixin, _Network):
    """The article's network: `neurons` in two layers of an `activation`, trained by a Keras `optimizer`.

    `fit` takes rows (rows, features) and labels (rows,) of two classes or more. The same integer
    `random_state` gives the same weights, bit for bit, whatever was trained before. `any_size` trains every
    number of neurons in the same graph, which moves the last bits; where an optimizer has such graphs, so does a
    `learning_rate` (None: the optimizer's own), a `weight_decay` (0: the optimizer's own) or a `dropout` that is not
    Keras's or the article's. Pickles hold the weights alone. Raises `ValueError` for bad rows, an unknown activation or
    optimizer (Keras's own words), and where training diverges.
    """

    def fit(self, X: Any, y: Any) -> NetworkClassifier:
        """Train on X (rows, features) and labels y (rows,)."""
        self._train(*self._read(X, y))
        return self

    def _read(self, X: Any, y: Any) -> tuple[NDArray[np.float32], NDArray[Any]]:
        X, y = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            message = f"NetworkClassifier needs two classes or more, got 1 class: {self.classes_[0]!r}"
            raise ValueError(message)
        return X, self.targets(y)

    def targets(self, y: Any) -> NDArray[np.int32]:
        """Return labels, each of one of the classes, as they are trained on: the places of their classes."""
        found: NDArray[np.int32] = np.searchsorted(self.classes_, y).astype(np.int32)
        return found

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return probabilities, (rows, classes)."""
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if len(self.classes_) == 2 else outputs

    def predict(self, X: Any) -> Any:
        """Return the most probable labels, (rows,)."""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    @property
    def _classes(self) -> int:
        return len(self.classes_)


class NetworkRegressor(RegressorMixin, _Network):
    """The article's network for a number: one linear output, trained on the mean squared error.

    `fit` takes rows (rows, features) and numbers (rows,), which it standardises by the mean and the deviation of the
    rows that it is given: a network learns slowly towards numbers that are far from 0. In all else it is the
    classifier.
    """

    def fit(self, X: Any, y: Any) -> NetworkRegressor:
        """Train on X (rows, features) and numbers y (rows,)."""
        self._train(*self._read(X, y))
        return self

    def _read(self, X: Any, y: Any) -> tuple[NDArray[np.float32], NDArray[Any]]:
        X, y = validate_data(self, X, y, dtype=np.float32, y_numeric=True)
        self.standard_ = Standard.of(y)
        return X, self.targets(y)

    def targets(self, y: Any) -> NDArray[np.float32]:
        """Return numbers as they are trained on: standardised."""
        return self.standard_.of_numbers(y).astype(np.float32)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the numbers, (rows,)."""
        return self.standard_.back(self._outputs(X)[:, 0])


class Standard(NamedTuple):
    """The mean and the deviation of a target's training rows."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, y: Any) -> Standard:
        """Return those of some rows; a target that does not vary has the deviation 1."""
        values = np.asarray(y, dtype=np.float64)
        return cls(float(values.mean()), float(values.std()) or 1.0)

    def of_numbers(self, y: Any) -> NDArray[np.float64]:
        """Return numbers standardised."""
        return (np.asarray(y, dtype=np.float64) - self.mean) / self.deviation

    def back(self, standardised: Any) -> NDArray[np.float64]:
        """Return the numbers that were standardised."""
        return np.asarray(standardised, dtype=np.float64) * self.deviation + self.mean
