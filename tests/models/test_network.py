"""The reused Keras network: its results are its seed's alone, and plain Keras's in distribution."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.model_selection import cross_val_score

pytest.importorskip("tensorflow", reason="tensorflow is not installed: pip install 'pytest-tuners[ann]'")

from tuners.models import _network as network
from tuners.models import ann, ann_plain
from tuners.models._network import Architecture, NetworkClassifier


def rows(count: int = 110, classes: int = 2, separation: float = 0.6) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return rows whose last batch of 40 is smaller."""
    X, y = make_classification(
        count, 6, n_informative=4, n_classes=classes, class_sep=separation, flip_y=0.1, random_state=3
    )
    return X, y


def same(one: Any, other: Any) -> bool:
    """Whether two networks have the same weights, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(one.weights_, other.weights_, strict=True))


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "Adamax"])
@pytest.mark.parametrize("classes", [2, 3])
def test_same_seed_same_weights(optimizer: str, classes: int) -> None:
    """Nothing of earlier fits is left in the model that is kept."""
    X, y = rows(classes=classes)
    model = NetworkClassifier(neurons=7, activation="tanh", optimizer=optimizer, epochs=4, random_state=11)
    first = clone(model).fit(X, y)
    clone(model).set_params(random_state=12, epochs=9).fit(X[:60], y[:60])
    again = clone(model).fit(X, y)
    assert same(first, again)
    assert not same(first, clone(model).set_params(random_state=12).fit(X, y))


def test_predictions_are_one_s_own() -> None:
    """A fitted network predicts the same after another was trained in the same compiled model, and unpickled."""
    X, y = rows(classes=3)
    labels = np.array(["low", "mid", "top"])[y]
    fitted = NetworkClassifier(neurons=7, epochs=20, random_state=1).fit(X, labels)
    before = fitted.predict_proba(X)
    NetworkClassifier(neurons=7, epochs=20, random_state=2).fit(X, labels)
    assert np.array_equal(fitted.predict_proba(X), before)
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(X), before)  # noqa: S301  our own
    assert before.shape == (len(X), 3)
    assert np.allclose(before.sum(axis=1), 1, atol=1e-6)
    assert fitted.score(X, labels) > 0.5
    assert set(fitted.predict(X)) <= {"low", "mid", "top"}


def test_one_model_for_an_architecture() -> None:
    """Fits of one architecture share a model, whatever their rows, epochs and seeds, and the kept are bounded."""
    X, y = rows()
    for seed, count in enumerate((110, 70, 95)):
        NetworkClassifier(neurons=9, epochs=2 + seed, random_state=seed).fit(X[:count], y[:count])
    architecture = Architecture(6, 2, 9, "relu", "Adam", 40)
    kept = network._trainers[architecture]
    assert kept._train.experimental_get_tracing_count() == 1
    assert network.trainer(architecture) is kept
    assert len(network._trainers) <= network.KEPT


def test_least_recently_used_models_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the bound is built again when asked for, with the same results."""
    monkeypatch.setattr(network, "KEPT", 1)
    X, y = rows()
    first = NetworkClassifier(neurons=3, epochs=2, random_state=1).fit(X, y)
    NetworkClassifier(neurons=4, epochs=2, random_state=1).fit(X, y)
    assert Architecture(6, 2, 3, "relu", "Adam", 40) not in network._trainers
    assert same(first, NetworkClassifier(neurons=3, epochs=2, random_state=1).fit(X, y))


def test_rows_are_shuffled_anew_in_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every epoch sees every row once, in an order of its own, that only the seed decides."""
    X, y = rows()
    seen: list[Any] = []
    trainer = network.trainer(Architecture(6, 2, 5, "relu", "SGD", 40))
    monkeypatch.setattr(trainer, "_train", lambda *given: seen.append(given[2].numpy()))
    for _ in range(2):
        trainer.fit(X.astype(np.float32), y.astype(np.int32), 6, 4)
    orders = seen[0]
    assert np.array_equal(np.sort(orders, axis=1), np.tile(np.arange(len(X)), (6, 1)))
    assert len(np.unique(orders, axis=0)) == 6
    assert np.array_equal(orders, seen[1])


def test_long_trainings_are_several_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that nothing could interrupt for long is split between epochs, which changes no weight."""
    X, y = rows()
    model = NetworkClassifier(neurons=5, epochs=7, random_state=3)
    whole = clone(model).fit(X, y)
    monkeypatch.setattr(network, "STEPS_PER_CALL", 6)  # three steps an epoch
    # The split draws the orders call by call, from the same generator.
    assert same(whole, clone(model).fit(X, y))


def test_an_interrupted_fit_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit that a deadline cuts short does not show in the next."""
    X, y = rows()
    model = NetworkClassifier(neurons=5, epochs=6, random_state=3)
    expected = clone(model).fit(X, y)
    trainer = network.trainer(Architecture(6, 2, 5, "relu", "Adam", 40))
    monkeypatch.setattr(network, "STEPS_PER_CALL", 3)
    train, calls = trainer._train, []

    def interrupt(*args: Any) -> None:
        train(*args)
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(trainer, "_train", interrupt)
    with pytest.raises(KeyboardInterrupt):
        clone(model).fit(X, y)
    monkeypatch.setattr(trainer, "_train", train)
    assert same(expected, clone(model).fit(X, y))


def test_threads_take_turns() -> None:
    """Fits of one architecture in several threads do not mix."""
    X, y = rows()
    expected = {seed: NetworkClassifier(neurons=5, epochs=3, random_state=seed).fit(X, y) for seed in range(6)}
    found: dict[int, Any] = {}

    def fit(seed: int) -> None:
        found[seed] = NetworkClassifier(neurons=5, epochs=3, random_state=seed).fit(X, y)

    threads = [threading.Thread(target=fit, args=(seed,)) for seed in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(expected[seed], found[seed]) for seed in expected)


@pytest.mark.slow
def test_folds_in_processes() -> None:
    """Worker processes train the same networks."""
    X, y = rows()
    model = NetworkClassifier(neurons=5, epochs=3, random_state=1)
    alone, together = (cross_val_score(model, X, y, cv=3, n_jobs=jobs, scoring="neg_log_loss") for jobs in (1, 2))
    assert np.array_equal(alone, together)


@pytest.mark.parametrize(
    ("params", "y", "message"),
    [
        ({"activation": "nothing"}, None, "nothing"),
        ({"optimizer": "nothing"}, None, "nothing"),
        ({"learning_rate": 0.0}, None, "a learning_rate above 0, or None, .* got learning_rate=0.0"),
        ({"weight_decay": -1.0}, None, "a weight_decay of 0 or more .* weight_decay=-1.0"),
        ({"dropout": 1.0}, None, "a dropout of 0 to below 1, got .* dropout=1.0"),
        ({}, np.zeros(110), "needs two classes or more, got 1 class"),
        ({}, np.linspace(0, 1, 110), "Unknown label type"),
        ({"activation": "linear", "optimizer": "SGD", "epochs": 30}, "wild", "training diverged"),
    ],
)
def test_errors(params: dict[str, Any], y: Any, message: str) -> None:
    """What cannot be trained is said in one line."""
    X, usual = rows()
    X = X * 1e12 if isinstance(y, str) else X
    y = usual if y is None or isinstance(y, str) else y
    with pytest.raises(ValueError, match=message):
        NetworkClassifier(random_state=0, **params).fit(X, y)


def test_the_architecture_is_plain_keras_s() -> None:
    """The plain network, by scikeras, has the same layers, loss and optimizer."""
    X, y = rows()
    plain = ann_plain.model(epochs=1).build({}, 0).fit(X.astype(np.float32), y)
    reused = network.trainer(Architecture(6, 2, 15, "relu", "Adam", 40))._model
    shapes = [[tuple(weight.shape) for weight in each.weights] for each in (plain.model_, reused)]
    assert shapes[0] == shapes[1]
    assert plain.model_.loss == reused.loss
    assert type(plain.model_.optimizer) is type(reused.optimizer)
    configs = [{**each.optimizer.get_config(), "name": ""} for each in (plain.model_, reused)]
    assert configs[0] == configs[1]
    assert set(ann.space()) == set(ann_plain.model().space)


@pytest.mark.slow
def test_scores_are_distributed_as_plain_keras_s() -> None:
    """Over seeds, log losses are plain Keras's in distribution: here with few seeds, the performance script has 40."""
    X, y = rows(200, separation=2.0)
    X = X.astype(np.float32)

    def log_losses(model: Any, seeds: range) -> list[float]:
        found = []
        for seed in seeds:
            fitted = model.build({}, seed).fit(X[:160], y[:160])
            probabilities = fitted.predict_proba(X[160:])[np.arange(40), y[160:]]
            found.append(-float(np.log(np.clip(probabilities, 1e-7, None)).mean()))
        return found

    plain = log_losses(ann_plain.model(epochs=4), range(8))
    reused = log_losses(ann.model(epochs=4), range(100, 130))
    # A wrong learning rate, loss or initialisation moves every seed: one in ten thousand by chance.
    assert stats.ks_2samp(plain, reused).pvalue > 1e-4
    off = log_losses(ann.model(epochs=20), range(100, 130))
    assert stats.ks_2samp(plain, off).pvalue < 1e-4


@pytest.mark.parametrize(
    ("optimizer", "classes"),
    [
        ("SGD", 2),
        ("Adam", 3),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in [("SGD", 3), ("Adam", 2), ("Adamax", 2), ("Adamax", 3)]
        ),
    ],
)
def test_one_graph_for_all_sizes_trains_as_keras_does(optimizer: str, classes: int) -> None:
    """It has the weights of the architecture's own graph to a rounding, whatever the activation and the neurons."""
    X, y = rows(classes=classes)
    for activation, neurons in (("softmax", 5), ("relu", 50), ("tanh", 7), ("sigmoid", 10), ("linear", 25)):
        own = NetworkClassifier(
            neurons=neurons, activation=activation, optimizer=optimizer, epochs=3, random_state=2**31 - 1
        )
        shared = clone(own).set_params(any_size=True).fit(X, y)
        own.fit(X, y)
        for one, other in zip(own.weights_, shared.weights_, strict=True):
            assert one.shape == other.shape
            assert np.allclose(one, other, rtol=1e-4, atol=1e-6)
        assert np.allclose(own.predict_proba(X), shared.predict_proba(X), rtol=1e-4, atol=1e-6)
        assert same(shared, clone(shared).fit(X, y))


def test_an_optimizer_without_a_graph_for_all_sizes_is_kerass() -> None:
    """Any optimizer of Keras's will do, and one that it has not is refused by Keras."""
    X, y = rows()
    model = NetworkClassifier(optimizer="RMSprop", epochs=1, random_state=0)
    assert same(clone(model).fit(X, y), clone(model).set_params(any_size=True).fit(X, y))
    with pytest.raises(ValueError, match="SDG"):
        clone(model).set_params(any_size=True, optimizer="SDG").fit(X, y)
    with pytest.raises(ValueError, match="rleu"):
        clone(model).set_params(any_size=True, optimizer="SGD", activation="rleu").fit(X, y)


def test_rates_of_one_s_own_are_kerass() -> None:
    """They are passed on to optimizers that have no graph for all sizes, and None is the optimizer's own."""
    X, y = rows()
    rates: dict[str, Any] = {"learning_rate": 0.02, "weight_decay": 0.3, "dropout": 0.1}
    own = NetworkClassifier(neurons=5, optimizer="RMSprop", epochs=2, random_state=0, **rates)
    kept = own.fit(X, y)._trainer()
    config = kept._model.optimizer.get_config()
    assert (config["learning_rate"], config["weight_decay"]) == (pytest.approx(0.02), 0.3)
    assert kept._model.layers[2].rate == 0.1
    usual = NetworkClassifier(neurons=5, optimizer="SGD", epochs=2, random_state=0)
    for name, value in {"learning_rate": 0.01, "weight_decay": 0.0, "dropout": 0.3}.items():
        assert np.allclose(clone(usual).set_params(**{name: value}).fit(X, y).weights_[0], usual.fit(X, y).weights_[0])
    decaying = NetworkClassifier(optimizer="AdamW", epochs=1, random_state=0).fit(X, y)._trainer()
    assert decaying._model.optimizer.weight_decay == 0.004
    for name, value in rates.items():
        assert not same(clone(usual).set_params(**{name: value}).fit(X, y), usual)
