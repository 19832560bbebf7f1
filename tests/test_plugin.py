"""The plugin as a user meets it: through pytest."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sklearn.ensemble
import sklearn.naive_bayes
import sklearn.tree  # noqa: F401  likewise

import tuners.report.formats.terminal  # noqa: F401  pandas, which it loads, is not loaded anew by each session here

BENCHMARKS = Path(__file__).parents[1] / "benchmarks" / "test_tuning.py"
CHEAP = (
    "--tuning-models=forest",
    "--tuning-datasets=iris",
    "--tuning-tuners=default,random",
    "--tuning-budget=2",
)

CONFTEST = """
import time
import tuners

@tuners.tuner
def broken(objective, seed):
    objective(objective.guesses[0])
    raise RuntimeError("lost its way")

@tuners.tuner
def interrupted(objective, seed):
    raise KeyboardInterrupt

@tuners.tuner
def leaving(objective, seed):
    raise SystemExit(3)

@tuners.tuner
def patient(objective, seed):
    for params in objective.guesses[:objective.remaining]:
        objective(params)
        time.sleep(0.15)
"""


@pytest.fixture
def bench(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with the benchmark suite and tuners of a user's own."""
    pytester.makepyfile(test_tuning=BENCHMARKS.read_text())
    pytester.makeconftest(CONFTEST)
    return pytester


def run(bench: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in this process, quick and cheap unless the arguments say otherwise."""
    return bench.runpytest_inprocess("-p", "tuners.plugin", *CHEAP, *arguments)


def saved(bench: pytest.Pytester, name: str = "*") -> dict[str, Any]:
    """Read the newest saved run."""
    path = max(bench.path.glob(f".benchmarks/*/*_{name}.json"))
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded | {"folder": path.parent}


def test_the_table_ends_the_session(bench: pytest.Pytester) -> None:
    """Header, a log line a cell, the tables and how to read them."""
    result = run(bench)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "tuning: preset quick, 4 cells: 2 tuners on 2 problems (model x dataset x seed); seeds 0, 1",
            "tuning: accuracy, 2 folds, 30% test, at most 400 rows, jobs 1, evaluation plain",
            "tuning: forest on iris: 2 evaluations; trees (8, 60)",
            "[[]1/4] forest-iris-default-0 ok (test 0.*, CV 0.*, 1 evaluations, * s)",
            "[[]4/4] forest-iris-random-1 ok (test 0.*, CV 0.*, 2 evaluations, * s)",
            "*evaluation of tuning methods*",
            "forest on iris (accuracy, 2 blocks)",
            "tuner * test score * vs default, % * CV score * rank * against best*",
            "default *",
            "random *too few cells*",
            "tuner *seconds*search s*evaluations*+MiB*cells*failures*",
            "random *2/2*",
        ]
    )
    begin = result.outlines.index("forest on iris (accuracy, 2 blocks)")
    assert max(map(len, result.outlines[begin:])) <= 100


def test_test_ids(bench: pytest.Pytester) -> None:
    """Ids are MODEL-DATASET-TUNER-SEED, and -k chooses by them."""
    result = run(bench, "--collect-only", "-q", "-k", "random-1")
    result.stdout.fnmatch_lines(["test_tuning.py::test_tuning[[]forest-iris-random-1[]]", "1/4 tests collected*"])


def test_saved_run_holds_the_record_and_trials(bench: pytest.Pytester) -> None:
    """Flat extra_info of plain values; the trials in a side file, with matching hashes."""
    run(bench, "--benchmark-save=mine").assert_outcomes(passed=4)
    run_ = saved(bench, "mine")
    infos = [benchmark["extra_info"] for benchmark in run_["benchmarks"]]
    keys = (
        "schema model dataset tuner seed metric test_score cv_score default_test_score evaluations budget status "
        "seconds evaluation_seconds search_seconds best_params confusion_matrix trials trials_sha256 peak_memory"
    )
    for info in infos:
        assert set(keys.split()) <= set(info)
        assert info["schema"] == 1
        assert info["status"] == "ok"
        assert "UNSERIALIZABLE" not in json.dumps(info)
        assert sum(map(sum, info["confusion_matrix"])) == 45
    lines = [json.loads(line) for line in (run_["folder"] / infos[0]["trials"]).read_text().splitlines()]
    for info in infos:
        cell = f"forest-iris-{info['tuner']}-{info['seed']}"
        mine = [line for line in lines if line["cell"] == cell]
        assert len(mine) == info["evaluations"]
        assert max(line["score"] for line in mine) == info["cv_score"]
    times = [benchmark["stats"]["mean"] for benchmark in run_["benchmarks"]]
    assert times == pytest.approx([info["seconds"] for info in infos], abs=0.05)


def test_compare_shows_now_and_then(bench: pytest.Pytester) -> None:
    """The same code gives the same searches; the table pairs scores and times."""
    run(bench, "--benchmark-save=before")
    result = run(bench, "--benchmark-compare")
    result.stdout.fnmatch_lines(
        [
            "compared with *0001_before.json",
            "method*cells*same*score then -> now*difference, 95 %*",
            "default on forest*2*2*0.* -> 0.*+0.0000*",
            "random on forest*2*2*",
            "method*cells*seconds then -> now*difference, 95 %*",
        ]
    )


def test_compare_reads_the_baselines_own_record(bench: pytest.Pytester) -> None:
    """A changed score in the saved run is the difference that is shown."""
    run(bench, "--benchmark-save=before")
    path = next(bench.path.glob(".benchmarks/*/0001_before.json"))
    changed = json.loads(path.read_text())
    for benchmark in changed["benchmarks"]:
        benchmark["extra_info"]["test_score"] -= 0.25
        benchmark["extra_info"]["trials_sha256"] = "another"
        del benchmark["extra_info"]["check"]
    path.write_text(json.dumps(changed))
    result = run(bench, "--benchmark-compare=0001")
    result.stdout.fnmatch_lines(["random on forest*2*0*-> 0.*+0.2500*"])


def test_time_regression_does_not_hide_the_table(bench: pytest.Pytester) -> None:
    """--benchmark-compare-fail still fails the session, below our table."""
    run(bench, "--benchmark-save=before")
    path = next(bench.path.glob(".benchmarks/*/0001_before.json"))
    faster = json.loads(path.read_text())
    for benchmark in faster["benchmarks"]:
        benchmark["stats"] |= dict.fromkeys(("min", "max", "mean", "median"), 1e-09)
    path.write_text(json.dumps(faster))
    result = bench.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "--benchmark-compare=0001", "--benchmark-compare-fail=mean:5%"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*evaluation of tuning methods*",
            "compared with *",
            "Performance has regressed. --benchmark-compare-fail: the benchmarks are listed above",
        ]
    )
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("arguments", [("-p", "no:benchmark"), ("--benchmark-disable",), ("-q",), ("-x",), ("-s",)])
def test_usual_flags(bench: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """Without pytest-benchmark, disabled or quiet, the cells run and the table is printed."""
    result = run(bench, *arguments)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["forest on iris (accuracy, 2 blocks)"])


def test_benchmark_only_runs_the_cells(bench: pytest.Pytester) -> None:
    """--benchmark-only sees that a cell is a benchmark, --benchmark-skip, too."""
    run(bench, "--benchmark-only").assert_outcomes(passed=4)
    run(bench, "--benchmark-skip").assert_outcomes(skipped=4)


def test_quiet_shows_dots(bench: pytest.Pytester) -> None:
    """-q has a dot a cell and no log lines."""
    result = run(bench, "-q")
    result.stdout.fnmatch_lines(["....*"])
    result.stdout.no_fnmatch_line("*[[]1/4[]]*")


def test_verbose_shows_each_tuned_model(bench: pytest.Pytester) -> None:
    """-v has a cell's figures on its line, and its classification report and confusion matrix at the end."""
    result = run(bench, "-v")
    result.stdout.fnmatch_lines(
        [
            "*test_tuning[[]forest-iris-random-0[]] PASSED (test 0.*",
            "forest-iris-random-0",
            "true \\ predicted *",
            "*precision*recall*f1-score*support*",
            "best parameters: criterion=*",
        ]
    )


def test_failed_cell_is_in_the_table_with_its_reason(bench: pytest.Pytester) -> None:
    """A broken tuner fails its cells, in one line each, and the others stand; all is saved."""
    result = run(bench, "--tuning-tuners=default,broken", "--tuning-seeds=1", "--benchmark-save=mine")
    result.assert_outcomes(passed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "forest-iris-broken-0: RuntimeError: lost its way",
            "default *best",
            "broken! * - * - *",
            "!: has failed cells; each counts as the default model's score; *",
            "failed: forest-iris-broken-0: RuntimeError: lost its way",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    statuses = {b["extra_info"]["tuner"]: b["extra_info"]["status"] for b in saved(bench)["benchmarks"]}
    assert statuses == {"default": "ok", "broken": "failed"}


def test_interrupt_keeps_what_was_measured(bench: pytest.Pytester) -> None:
    """Ctrl-C inside a cell ends the session with the table and the save of the cells before it."""
    arguments = (*CHEAP, "--tuning-tuners=default,interrupted", "--tuning-seeds=1", "--benchmark-save=mine")
    result = bench.runpytest_subprocess("-p", "tuners.plugin", *arguments)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["forest on iris (accuracy, 1 block)", "default *"])
    assert [b["extra_info"]["tuner"] for b in saved(bench)["benchmarks"]] == ["default"]


@pytest.mark.parametrize("tuner", ["random", "bayesian", "genetic"])
def test_interrupt_from_the_keyboard_ends_any_search(bench: pytest.Pytester, tuner: str) -> None:
    """SIGINT during a search ends the session, keeps the cells before it, and the trials of this one."""
    options = (f"--tuning-tuners=default,{tuner}", "--tuning-budget=1000", "--tuning-seeds=1")
    report = ("--benchmark-save=mine", "--tuning-report=out.md")
    command = [sys.executable, "-m", "pytest", "-p", "tuners.plugin", *CHEAP, *options, *report]
    with subprocess.Popen(command, cwd=bench.path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("[1/2]"):
                break
        time.sleep(8)  # the search has begun: TPOT takes seconds to import
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == pytest.ExitCode.INTERRUPTED, rest
    assert "evaluation of tuning methods" in rest
    run_ = saved(bench)
    assert [b["extra_info"]["tuner"] for b in run_["benchmarks"]] == ["default"]
    trials = (run_["folder"] / run_["benchmarks"][0]["extra_info"]["trials"]).read_text()
    assert trials.count(f'"forest-iris-{tuner}-0"') > 0


def test_a_tuner_that_exits_is_a_failed_cell(bench: pytest.Pytester) -> None:
    """SystemExit of a library does not end the session."""
    result = run(bench, "--tuning-tuners=leaving,default", "--tuning-seeds=1")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["forest-iris-leaving-0: SystemExit: 3"])


def test_a_failing_assertion_after_a_good_run_fails(bench: pytest.Pytester) -> None:
    """A user's own assertion is reported as pytest does, and the run is in the table."""
    bench.makepyfile(
        test_mine="""
        def test_mine(tune, tuner, problem):
            assert tune(tuner, problem).record.test_score > 1
        """
    )
    for verbosity in ((), ("-v",), ("-p", "no:benchmark")):
        result = run(bench, "test_mine.py", "--tuning-seeds=1", *verbosity)
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(["E *assert *", "default *", "FAILED test_mine.py*"])


def test_wrong_marks_are_refused(bench: pytest.Pytester) -> None:
    """A misspelt keyword of the mark is an error, not another comparison."""
    bench.makepyfile(
        test_mine="""
        import pytest

        @pytest.mark.tuning(model=["forest"])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["@pytest.mark.tuning of test_mine: expected models=[[]...[]] or *, got model"])


def test_a_report_that_fails_at_the_end_fails_the_session(bench: pytest.Pytester) -> None:
    """A path that was writable before, and is not after, is an error and an exit code."""
    bench.makepyfile(
        test_mine="""
        import os

        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
            os.makedirs("table.md", exist_ok=True)
        """
    )
    result = run(bench, "test_mine.py", "--tuning-report=table.md")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["--tuning-report: table.md cannot be written: Is a directory"])
    result.stdout.no_fnmatch_line("report: table.md")


def test_time_budget_is_marked(bench: pytest.Pytester) -> None:
    """A search that the time budget ended says so."""
    limits = ("--tuning-budget=5000", "--tuning-time-budget=0.5")
    result = run(bench, "--tuning-tuners=random", "--tuning-seeds=1", *limits)
    result.stdout.fnmatch_lines(["random *[0-9]/5000 t *"])


def test_another_machines_run_is_compared_with(bench: pytest.Pytester) -> None:
    """A baseline of another machine is said to be one, and costs neither table nor save."""
    run(bench, "--benchmark-save=before")
    path = next(bench.path.glob(".benchmarks/*/0001_before.json"))
    other = json.loads(path.read_text())
    other["machine_info"]["node"] = "elsewhere"
    path.write_text(json.dumps(other))
    bench.makepyprojecttoml((BENCHMARKS.parents[1] / "pyproject.toml").read_text())
    result = bench.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "--benchmark-compare", "--benchmark-save=after", "test_tuning.py"
    )
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["compared with *"])
    assert saved(bench, "after")


def test_unlike_runs_are_not_paired(bench: pytest.Pytester) -> None:
    """Another metric is another comparison, and the table says so."""
    run(bench, "--benchmark-save=before")
    result = run(bench, "--benchmark-compare", "--tuning-metric=f1_macro")
    result.stdout.fnmatch_lines(
        [
            "random on forest*0*- -> -*",
            "not compared, because they differ in metric (accuracy, now f1_macro): *",
        ]
    )


def test_one_cell_in_two_tests_is_refused(bench: pytest.Pytester) -> None:
    """Two tests that measure the same cell would be averaged: a usage error names it."""
    bench.makepyfile(test_again=BENCHMARKS.read_text())
    result = run(bench)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: two tests measure forest-iris-*: choose one of them *"])


def test_two_models_of_one_name_are_refused(bench: pytest.Pytester) -> None:
    """The later would silently replace the earlier."""
    text = """
        import pytest, tuners
        from sklearn.tree import DecisionTreeClassifier

        @pytest.mark.tuning(models=[tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1]})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    bench.makepyfile(test_mine=text, test_other=text)
    result = run(bench, "test_mine.py", "test_other.py")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["two models are both named 'tree': give one another name"])


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("def test_mine(problem): pass", "the fixture 'problem' is for tests that ask for 'tune', too"),
        ("def test_mine(tuner): pass", "the fixture 'tuner' is for tests that ask for 'tune', too"),
        (
            "def test_mine(tune, tuner, problem):\n    tune(tuner, problem)\n    tune(tuner, problem)",
            "tune was called twice in one test: parametrize the test instead, one run in each",
        ),
        (
            "import functools\ndef test_mine(tune, tuner, problem):\n    tune(functools.partial(print), problem)",
            "tune: expected a tuner's name or a function, got functools.partial(*): give it a name with def",
        ),
    ],
)
def test_misused_fixtures_say_so(bench: pytest.Pytester, test: str, message: str) -> None:
    """One line each."""
    bench.makepyfile(test_mine=test)
    result = run(bench, "test_mine.py", "-W", "ignore:Benchmark fixture was not used")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    pytest.LineMatcher([re.sub(r"^E +", "", line) for line in result.outlines]).fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*tuners/plugin/tune.py*")


@pytest.mark.parametrize(("text", "expected"), [("3", (0, 1, 2)), ("3,7,101", (3, 7, 101)), ("7,", (7,))])
def test_seeds(text: str, expected: tuple[int, ...]) -> None:
    """A number counts from 0, a list is itself, a trailing comma makes a list of one."""
    from tuners.plugin.values import seeds

    assert seeds(text) == expected


def test_missing_package_skips_its_cells(bench: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without hyperopt the Bayesian cells skip, and the table has the command that installs it."""
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "hyperopt" else find(name, *rest)
    )
    monkeypatch.delitem(sys.modules, "tuners.methods.bayesian", raising=False)
    result = run(bench, "--tuning-tuners=default,bayesian", "--tuning-seeds=1")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["skipped: forest-iris-bayesian-0: hyperopt is not installed: pip install 'pytest-tuners*"]
    )


def test_reports_are_written(bench: pytest.Pytester) -> None:
    """Markdown, CSV and JSON hold the same figures, the JSON unrounded and every record."""
    arguments = [f"--tuning-report=out/table.{suffix}" for suffix in ("md", "csv", "json")]
    run(bench, *arguments).assert_outcomes(passed=4)
    document = json.loads((bench.path / "out/table.json").read_text())
    row = document["groups"][0]["rows"][1]
    assert row["tuner"] == "random"
    assert len(document["runs"]) == 4
    mean = sum(r["test_score"] for r in document["runs"] if r["tuner"] == "random") / 2
    assert row["test_score"] == pytest.approx(mean)
    markdown = (bench.path / "out/table.md").read_text()
    assert re.search(rf"^\| random +\| {mean:.4f} ", markdown, re.MULTILINE)
    assert "f1-score" in markdown
    csv = (bench.path / "out/table.csv").read_text().splitlines()
    assert csv[2].startswith("forest,iris,accuracy,2,random,False,2,0,")


BAD_OPTIONS = {
    "--tuning-tuners=bayesain": "unknown tuner 'bayesain': did you mean bayesian?*known: *",
    "--tuning-tuners=,": "--tuning-tuners: expected one name or more, separated by commas, got ','",
    "--tuning-tuners=grid,grid": "--tuning-tuners: expected each name once, got 'grid,grid'",
    "--tuning-models=florest": "unknown model 'florest': did you mean forest?*",
    "--tuning-datasets=wines": "unknown dataset 'wines': did you mean wine?*",
    "--tuning-datasets=nowhere.csv:y": "dataset nowhere.csv: there is no such file: check the path",
    "--tuning-datasets=data.csv": "dataset 'data.csv': a CSV is given with its target column, as in path.csv:target",
    "--tuning-datasets=empty.csv:y": "dataset empty.csv: cannot be read as CSV: No columns to parse from file: *",
    "--tuning-datasets=rare.csv:y": "dataset 'rare': class '1' has 2 rows: expected at least 3 for a test set*",
    "--tuning-preset=fast": "unknown preset 'fast': *known: article, quick, standard",
    "--tuning-metric=acuracy": "unknown metric 'acuracy': did you mean accuracy*",
    "--tuning-metric=roc_auc": "metric 'roc_auc' does not fit forest on iris: *",
    "--tuning-budget=0": "--tuning-budget: expected a whole number of at least 1, got '0'",
    "--tuning-budget=-3": "--tuning-budget: expected a whole number of at least 1, got '-3'",
    "--tuning-budget=many": "--tuning-budget: expected a whole number of at least 1, got 'many'",
    "--tuning-time-budget=0": "--tuning-time-budget: expected a number of seconds above 0, got '0'",
    "--tuning-time-budget=nan": "--tuning-time-budget: expected a number of seconds above 0, got 'nan'",
    "--tuning-seeds=0": "--tuning-seeds: expected a number of seeds*got '0'",
    "--tuning-seeds=1,1": "--tuning-seeds: expected *distinct seeds*got '1,1'",
    "--tuning-seeds=a,b": "--tuning-seeds: expected *got 'a,b'",
    "--tuning-jobs=0": "--tuning-jobs: expected a whole number of at least 1, or -1 for all processors, got '0'",
    "--tuning-report=table.pdf": "--tuning-report: expected a path that ends in .csv or .html or .json or .md or .png "
    "or .svg, got 'table.pdf'",
    "--tuning-report=test_tuning.py/x.md": "--tuning-report: expected a path that can be written to (Not a*), got *",
    "--tuning-tuners=": "--tuning-tuners: expected one name or more, separated by commas, got ''",
}


@pytest.mark.parametrize("option", BAD_OPTIONS)
def test_bad_options_are_usage_errors(bench: pytest.Pytester, option: str) -> None:
    """One line, which names the option, what was expected and what came; exit code 4; nothing was run."""
    (bench.path / "empty.csv").touch()
    (bench.path / "rare.csv").write_text("a,y\n" + "".join(f"{i},{int(i > 37)}\n" for i in range(40)))
    result = run(bench, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    output = result.outlines + result.errlines
    assert any(line.startswith("ERROR: ") for line in output)
    pytest.LineMatcher(output).fnmatch_lines([f"ERROR: {BAD_OPTIONS[option]}"])
    assert not any("Traceback" in line or "evaluation of tuning" in line for line in output)


def test_options_from_the_ini_file(bench: pytest.Pytester) -> None:
    """Each option is an ini key, too, and the command line wins."""
    bench.makeini("[pytest]\ntuning_seeds = 5,6\ntuning_budget = 3\n")
    result = run(bench)
    result.stdout.fnmatch_lines(["*seeds 5, 6", "*forest on iris: 2 evaluations*"])


def test_preset_standard_is_what_it_says(bench: pytest.Pytester) -> None:
    """Ten seeds, 80 evaluations, all methods, all rows."""
    result = bench.runpytest_inprocess("-p", "tuners.plugin", "--tuning-preset=standard", "--collect-only")
    result.stdout.fnmatch_lines(
        [
            "tuning: preset standard, 360 cells: 6 tuners on 60 problems*",
            "tuning: accuracy, 4 folds, 30% test, all rows, jobs 1, evaluation plain",
            "tuning: forest on breast_cancer, digits, wine: 80 evaluations",
            "tuning: ann on breast_cancer, digits, wine: 80 evaluations",
        ]
    )


def test_preset_article_has_the_articles_budgets(bench: pytest.Pytester) -> None:
    """80 evaluations; 125 for grid around random; 84 for the genetic one; the network's grid of 90."""
    result = bench.runpytest_inprocess("-p", "tuners.plugin", "--tuning-preset=article", "--collect-only")
    result.stdout.fnmatch_lines(
        [
            "tuning: preset article, 9 cells: 6 tuners on 2 problems (model x dataset x seed); seeds 101",
            "tuning: forest on creditcard: 80 evaluations (grid 125, genetic 84)",
            "tuning: ann on creditcard: 80 evaluations (grid 90)",
        ]
    )


def test_article_base_is_exact(bench: pytest.Pytester) -> None:
    """The default row of the article preset has the article's confusion matrix."""
    from tests.test_datasets import SUBSET, WITHOUT_SUBSET

    if not SUBSET.is_file():
        pytest.skip(WITHOUT_SUBSET)
    result = bench.runpytest_inprocess(
        "-p", "tuners.plugin", "--tuning-preset=article", "--tuning-models=forest", "--tuning-tuners=default,manual",
        f"--tuning-creditcard={SUBSET}", "--tuning-report=article.json",
    )  # fmt: skip
    result.assert_outcomes(passed=2)
    runs = json.loads((bench.path / "article.json").read_text())["runs"]
    assert [run["confusion_matrix"] for run in runs] == [[[110, 6], [6, 118]]] * 2


def test_collection_loads_no_heavy_library() -> None:
    """`import tuners` and --collect-only import none of TensorFlow, TPOT, hyperopt and scikit-learn."""
    code = (
        "import sys, pytest; "
        f"pytest.main(['--collect-only', '-q', '-p', 'tuners.plugin', {str(BENCHMARKS)!r}]); "
        "heavy = {'tensorflow', 'keras', 'tpot', 'dask', 'hyperopt', 'sklearn', 'pandas'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "test_tuning[forest-wine-genetic-1]" in done.stdout


def test_forest_cells_never_load_tensorflow(bench: pytest.Pytester) -> None:
    """Who compares forest tuners does not wait for TensorFlow, nor for TPOT if it is not asked for."""
    bench.makepyfile(
        test_after="""
        import sys

        def test_after():
            assert not {'tensorflow', 'tpot', 'hyperopt'} & set(sys.modules)
        """
    )
    result = bench.runpytest_subprocess("-p", "tuners.plugin", *CHEAP, "test_tuning.py", "test_after.py")
    result.assert_outcomes(passed=5)


def test_a_terminal_sees_live_progress(bench: pytest.Pytester) -> None:
    """On a terminal one line says cell, trial, best score and time left, and is cleared at the end."""
    options = (*CHEAP, "--tuning-tuners=default,patient", "--tuning-budget=4")
    command = [sys.executable, "-m", "pytest", "-p", "tuners.plugin", *options]
    main, side = pty.openpty()
    with subprocess.Popen(
        command, cwd=bench.path, stdout=side, stderr=side, env={**os.environ, "COLUMNS": "120"}
    ) as process:
        os.close(side)
        output = b""
        while chunk := _read(main):
            output += chunk
    os.close(main)
    assert process.returncode == 0, output.decode()
    text = output.decode()
    assert "cell 2 of 4  forest-iris-patient-0  trial 3 of 4, best 0.9" in text
    assert "left" in text
    assert "[1/4]" not in text
    assert text.count("\r\x1b[2K") >= 6


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""


def test_a_plugin_that_is_not_used_is_silent(pytester: pytest.Pytester) -> None:
    """Other people's sessions see neither header nor table."""
    pytester.makepyfile("def test_nothing():\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*tuning*")


def test_network_rows_are_never_ranked_against_forest_rows(bench: pytest.Pytester) -> None:
    """Two models have a table each, and a remark says why."""
    bench.makepyfile(
        test_two="""
        import pytest, tuners
        from sklearn.naive_bayes import GaussianNB
        from sklearn.tree import DecisionTreeClassifier

        ONE = tuners.Model("bayes", GaussianNB(), {"var_smoothing": (1e-9, 1e-3)})
        TWO = tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]})

        @pytest.mark.tuning(models=[ONE, TWO])
        def test_two(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_two.py")
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["bayes on iris*", "tree on iris*", "bayes and tree are ranked apart: *"])


def test_a_broken_estimator_is_a_failed_cell(bench: pytest.Pytester) -> None:
    """A user's estimator that cannot be fitted fails its cells in one line, and the session goes on."""
    bench.makepyfile(
        test_mine="""
        import pytest, tuners
        from sklearn.base import BaseEstimator, ClassifierMixin

        class Broken(ClassifierMixin, BaseEstimator):
            def __init__(self, a=1):
                self.a = a
            def fit(self, X, y):
                raise RuntimeError("out of order")

        @pytest.mark.tuning(models=[tuners.Model("broken", Broken(), {"a": [1, 2]})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py", "--tuning-seeds=1")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["failed: broken-iris-default-0 and 1 more: the run cannot begin: RuntimeError: out of order"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_wrong_hyperparameter_name_is_one_line(bench: pytest.Pytester) -> None:
    """A model whose space names what the estimator lacks, made in a test, fails it in one line."""
    bench.makepyfile(
        test_mine="""
        import tuners
        from sklearn.tree import DecisionTreeClassifier

        def test_mine(tune):
            tuners.Model("tree", DecisionTreeClassifier(), {"depth": [1, 2]})
        """
    )
    result = run(bench, "test_mine.py", "-W", "ignore:Benchmark fixture was not used")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["model 'tree': DecisionTreeClassifier has no hyperparameter 'depth': it has *"])
    result.stdout.no_fnmatch_line("*tuners/model.py*")


@pytest.mark.parametrize("name", ["forest", "my model"])
def test_a_name_that_cannot_be_registered_is_a_usage_error(bench: pytest.Pytester, name: str) -> None:
    """A model of the user's own may not take a built-in's name, nor one that breaks test ids."""
    bench.makepyfile(
        test_mine=f"""
        import pytest, tuners
        from sklearn.tree import DecisionTreeClassifier

        @pytest.mark.tuning(models=[tuners.Model({name!r}, DecisionTreeClassifier(), {{"max_depth": [1]}})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py")
    assert result.ret in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED}
    result.stdout.fnmatch_lines([f"*model {name!r}*"])
    result.stdout.no_fnmatch_line("*tuners/catalog.py*")
