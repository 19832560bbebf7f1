"""The ground floor: plain data, and no library to read it with."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tuners.results.params import plain_params
from tuners.results.trial import Trial

RESULTS = ("params", "budget", "trial", "run", "record", "cell", "session")
STORE = ("journal", "journal_contents", "resumable", "saved_folder", "side_files")
HEAVY = ["numpy", "pandas", "scipy", "sklearn", "ConfigSpace", "pytest_benchmark", "msgspec"]
ABOVE = ["plugin", "task", "spaces", "evaluation", "execution", "analysis", "gate", "report", "objective", "catalog"]


@pytest.mark.parametrize("module", [*(f"results.{name}" for name in RESULTS), *(f"store.{name}" for name in STORE)])
def test_results_and_store_load_no_library_and_nothing_above_them(module: str) -> None:
    """Importing one of their modules loads plain Python alone."""
    unwanted = [*HEAVY, *(f"tuners.{name}" for name in ABOVE)]
    code = f"import sys, tuners.{module}; print([name for name in {unwanted} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_record_is_read_without_numpy() -> None:
    """Trials and parameters, too: what needs NumPy is making a trial of scores."""
    code = (
        "import sys\n"
        "from tuners.results.params import plain_params\n"
        "from tuners.store import records, trials\n"
        "records.read({'model': 'm', 'dataset': 'd', 'tuner': 't', 'seed': 0}, '')\n"
        "trial = trials.read({'params': plain_params({'b': 1, 'a': None}), 'fold_scores': [1, None], 'score': None})\n"
        "print(trial.fold_scores, list(trial.params), 'numpy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(1.0, nan) ['a', 'b'] False"


def test_numpy_scalars_become_plain_values() -> None:
    """Sorted by name; arrays stay as they are."""
    array = np.zeros(2)
    params = plain_params({"b": np.int64(2), "a": np.float64(0.5), "d": array, "c": np.bool_(True)})
    assert list(params) == ["a", "b", "c", "d"]
    assert [type(value) for value in params.values()] == [float, int, bool, np.ndarray]
    assert params["d"] is array


@pytest.mark.parametrize("scores", [[0.1, 0.2, 0.3], [1 / 3] * 7, [0.1 * n for n in range(25)]])
def test_the_score_is_numpys_mean(scores: list[float]) -> None:
    """To the last bit: incumbents and ties are told by it."""
    assert Trial.of({}, scores, start=0.0, end=1.0).score == float(np.mean(scores))
