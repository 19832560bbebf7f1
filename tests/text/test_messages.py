"""Messages of wrong input: each names the thing, what was expected, what came and the remedy, in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sklearn.metrics import get_scorer_names
from sklearn.naive_bayes import GaussianNB

from tests.estimators import stump
from tuners import Model, TuningError, register_model
from tuners.catalog import DATASETS, MODELS, PRESETS, TUNERS
from tuners.comparison.options import OPTIONS, Option
from tuners.comparison.values import count, jobs, megabytes, probability, seconds, seeds, switch
from tuners.errors import unknown
from tuners.task import paths
from tuners.text.synonyms import ESTIMATORS, LIBRARIES, SYNONYMS

FAMILIES: dict[str, Iterable[str]] = {"tuner": TUNERS, "model": MODELS, "dataset": DATASETS, "preset": PRESETS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90), ("0.5", 0.5), ("1e2", 100), ("90s", 90), ("10m", 600), ("10 min", 600), ("1h30m", 5400),
        ("1H 30M", 5400), ("1.5h", 5400), ("2d", 172_800), ("500ms", 0.5),
    ],
)  # fmt: skip
def test_times(text: str, expected: float) -> None:
    """Seconds, or a time with units."""
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("512", 512 * 2**20), ("512MB", 512 * 2**20), ("4GB", 4 * 2**30), ("4 gb", 4 * 2**30), ("4g", 4 * 2**30),
        ("4GiB", 4 * 2**30), ("1.5GB", 3 * 2**29), ("1TB", 2**40), ("2048k", 2**21),
    ],
)  # fmt: skip
def test_sizes(text: str, expected: int) -> None:
    """MB, or a size with its unit, as bytes."""
    assert megabytes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("0.01", 0.01), (".5", 0.5), ("5%", 0.05), ("1e-3", 0.001)])
def test_probabilities(text: str, expected: float) -> None:
    """A share, or a percentage."""
    assert probability(text) == pytest.approx(expected)


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("Yes", True), ("0", False), ("off", False)])
def test_switches(text: str, expected: bool) -> None:
    """The words that pytest's own ini keys take."""
    assert switch(text) is expected


TIMES = r"a number of seconds above 0, or a time as in 90s, 10m or 1h30m$"
SIZES = r"a number of MB of at least 1, or a size as in 512MB or 4GB$"
WRONG = [
    (seconds, "soon", TIMES), (seconds, "10 m 5", TIMES), (seconds, "1h-30m", TIMES), (seconds, "", TIMES),
    (seconds, "0s", TIMES), (seconds, "10mb", TIMES), (seconds, "-1", "a number of seconds above 0$"),
    (seconds, "inf", "a number of seconds above 0$"), (megabytes, "big", SIZES), (megabytes, "0", SIZES),
    (megabytes, "-1GB", SIZES), (megabytes, "0.5", SIZES), (megabytes, "1k", SIZES), (megabytes, "4G B", SIZES),
    (count, "10m", r"a whole number of at least 1 \(evaluations; a time is given by --tuning-time-budget\)$"),
    (count, "9" * 5000, "a whole number of at least 1$"), (count, "1.5", "a whole number of at least 1$"),
    (jobs, "--5", "a whole number of at least 1, or -1"), (jobs, "9" * 5000, "a whole number of at least 1, or -1"),
    (seeds, "9" * 5000, "a number of seeds"), (probability, "5", "a number above 0 and below 1"),
    (probability, "100%", "a number above 0 and below 1"), (switch, "maybe", "true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("parse", "text", "expected"), WRONG)
def test_wrong_values(parse: Callable[[str], object], text: str, expected: str) -> None:
    """Whatever is given, what was expected is said."""
    with pytest.raises(ValueError, match=expected):
        parse(text)


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.metavar], ids=lambda option: str(option.key))
@pytest.mark.parametrize("text", ["", " ", "\x00", "-", "9" * 5000, "NaN", "::error::", "٣", "²"])
def test_no_value_breaks_an_option(option: Option, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option reads any text, or says in the words of `ValueError` what was expected."""
    monkeypatch.chdir(tmp_path)
    try:
        option.read(text)
    except ValueError as error:
        assert "invalid literal" not in str(error)  # noqa: PT017
        assert "embedded" not in str(error)  # noqa: PT017
        assert "Exceeds" not in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("metric", "rmse", "did you mean neg_root_mean_squared_error? losses are negated, so that larger is better"),
        ("metric", "MAE", "did you mean neg_mean_absolute_error? "),
        ("metric", "AUC", "did you mean roc_auc or roc_auc_ovr? "),
        ("metric", "logloss", "did you mean neg_log_loss? "),
        ("metric", "R^2", "did you mean r2? "),
        ("metric", "f1-macro", "did you mean f1_macro? there are"),
        ("metric", "MCC", "did you mean matthews_corrcoef? "),
        ("tuner", "TPE", "did you mean bayesian or optuna? known: "),
        ("tuner", "SMAC3", "did you mean smac? "),
        ("tuner", "RandomizedSearchCV", "did you mean random? "),
        ("tuner", "GRID", "did you mean grid? "),
        ("tuner", "random grid", "separate names by commas, as in random,grid; "),
        (
            "tuner",
            "nevergrad",
            "wrap that library in a function of your own in conftest.py, '@tuners.tuner' above 'def",
        ),
        ("tuner", "scikit-optimize", "'def scikit_optimize(objective, seed)', which calls objective(params) (README: "),
        ("model", "RandomForest", "did you mean forest? "),
        ("model", "KNN", "did you mean neighbours? "),
        (
            "model",
            "tree",
            "tuners.Model('tree', DecisionTreeClassifier(), {...its space...})), with DecisionTreeClassifier",
        ),
        (
            "model",
            "catboost",
            "Model('catboost', CatBoostClassifier(), {...its space...})), with CatBoostClassifier of",
        ),
        ("dataset", "BreastCancer", "did you mean breast_cancer? "),
        ("preset", "fast", "did you mean quick? "),
    ],
)
def test_names_from_elsewhere(kind: str, name: str, expected: str) -> None:
    """A name that people bring is told by its name here, or how to bring it in."""
    known = get_scorer_names() if kind == "metric" else FAMILIES[kind]
    message = str(unknown(kind, name, known))
    assert message.startswith(f"unknown {kind} {name!r}: ")
    assert expected in message


def test_synonyms_are_names_that_exist() -> None:
    """Each leads to a scorer, method, model, dataset or preset that there is, and is none itself."""
    for kind, names in SYNONYMS.items():
        known = set(get_scorer_names() if kind == "metric" else FAMILIES[kind])
        assert {name for found in names.values() for name in found} <= known
        assert not known & set(names)
    assert not set(LIBRARIES) & set(TUNERS)
    assert not set(ESTIMATORS) & set(MODELS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.orc:y", "got a .orc: convert it, pandas.read_orc('a.orc').to_csv('a.csv', index=False), "),
        ("a.json:y", "a.csv:y; or pass your own, tuners.register_dataset(tuners.Dataset('a', X, y)), in conftest.py"),
        ("in/a.ODS", "got a .ods: convert it, pandas.read_excel('in/a.ODS').to_csv('in/a.csv', index=False), and"),
        ("a.parquet:y", "dataset a.parquet: there is no such file: check the path"),
        ("a.xlsx", "a file is given with its target column, as in path.csv:target"),
        ("here.tsv.gz", "a file is given with its target column, as in path.csv:target"),
        ("a.npz", "got a .npz: pass your own, tuners.register_dataset(tuners.Dataset('a', X, y)), in conftest.py"),
        ("https://x.org/a.csv:y", "expected path.csv:target on this machine, got an address: download it"),
        ("s3://bucket/a.parquet", "expected path.csv:target on this machine, got an address: download it"),
        ("here.csv", "a file is given with its target column, as in here.csv:b: its columns are a, b"),
        ("here.csv:", "a file is given with its target column, as in here.csv:b: its columns are a, b"),
        ("hree.csv:b", "dataset hree.csv: there is no such file: did you mean here.csv? check the path"),
        ("none.csv", "a file is given with its target column, as in path.csv:target"),
        ("folder.csv:y", "expected a file, got a folder: name a file in it"),
    ],
)  # fmt: skip
def test_files_that_are_no_csv(name: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to do with a file of another kind, an address, a file without a target, and one that is not there."""
    monkeypatch.chdir(tmp_path)
    Path("here.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    Path("folder.csv").mkdir()
    with pytest.raises(TuningError) as caught:
        paths.check(name)
    assert expected in str(caught.value)


@pytest.mark.parametrize("name", ["here.csv:b", "iris", "my.data_set", "in.1990"])
def test_names_that_are_no_wrong_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CSV with its target, and a dataset's name, which may have a dot, are no errors."""
    monkeypatch.chdir(tmp_path)
    Path("here.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    paths.check(name)


@pytest.mark.parametrize(
    ("name", "better"), [("my-model", "my_model"), ("two words", "two_words"), ("-", "mine"), ("a" * 200, "a" * 100)]
)
def test_a_name_that_would_break_test_ids(name: str, better: str) -> None:
    """Is refused with one that would do."""
    with pytest.raises(TuningError, match=rf"expected a name of letters, .* at most 100: '{better}' would do"):
        register_model(Model(name, GaussianNB(), {"var_smoothing": (1e-9, 1e-3)}))
    MODELS.check_new(better)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--tuning-model=forest", "unknown option '--tuning-model': did you mean --tuning-models?"),
        ("--tuning_models=forest", "unknown option '--tuning_models': did you mean --tuning-models?"),
        ("--tunning-models=forest", "unknown option '--tunning-models': did you mean --tuning-models?"),
        ("--tuner=random", "unknown option '--tuner': did you mean --tuning-tuners?"),
        ("--tuning-timeout=3", "unknown option '--tuning-timeout': did you mean --tuning-trial-timeout?"),
        ("--tuning-xyz", "unknown option '--tuning-xyz': there are --tuning-preset, *"),
    ],
)
def test_misspelt_options(pytester: pytest.Pytester, option: str, expected: str) -> None:
    """One line names the nearest option, and nothing runs."""
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {expected}"])


@pytest.mark.parametrize(("key", "nearest"), [("tuning_model", "tuning_models"), ("tuning-seeds", "tuning_seeds")])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pytest.ini", "[pytest]\n{} = 3\n"),
        ("setup.cfg", "[tool:pytest]\n{} = 3\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\n{} = '3'\n"),
        ("pyproject.toml", "[tool.pytest]\n{} = '3'\n"),
        ("pytest.toml", "[pytest]\n{} = '3'\n"),
    ],
)
def test_misspelt_ini_keys(pytester: pytest.Pytester, file: str, text: str, key: str, nearest: str) -> None:
    """A misspelt key would else be a warning, and a comparison of something else."""
    (pytester.path / file).write_text(text.format(key), encoding="utf-8")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: unknown ini key '{key}': did you mean {nearest}?"])


def test_options_of_others_are_theirs(pytester: pytest.Pytester) -> None:
    """A conftest.py may have options and keys that begin as ours do."""
    pytester.makeconftest(
        "def pytest_addoption(parser):\n    parser.addoption('--tuner')\n    parser.addini('tuning_own', 'x')\n"
    )
    pytester.makeini("[pytest]\ntuning_own = 3\n")
    pytester.makepyfile("def test_it(pytestconfig):\n    assert pytestconfig.getoption('tuner') == 'mine'\n")
    pytester.runpytest_inprocess("-p", "tuners.plugin", "--tuner=mine").assert_outcomes(passed=1)
    other = pytester.runpytest_inprocess("-p", "tuners.plugin", "--nothing-of-ours")
    other.stderr.fnmatch_lines(["*unrecognized arguments: --nothing-of-ours*"])


def test_units_reach_the_run(pytester: pytest.Pytester) -> None:
    """A time budget of minutes and a limit in GB are what the session's records hold."""
    pytester.makepyfile(
        f"import pytest\nfrom {stump.__module__} import stump\n\n"
        "@pytest.mark.tuning(models=[stump()], datasets=['iris'])\n"
        "def test_it(tune, tuner, problem):\n    assert tune(tuner, problem).record.time_budget == 90\n"
    )
    result = pytester.runpytest_inprocess(
        "-p", "tuners.plugin", "--tuning-tuners=random", "--tuning-seeds=1", "--tuning-budget=2",
        "--tuning-time-budget=1m30s", "--tuning-memory-limit=4GB",
    )  # fmt: skip
    result.assert_outcomes(passed=1)
