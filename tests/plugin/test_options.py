"""Options: what they accept, what they refuse in one line, and what presets are."""

from __future__ import annotations

import json

import pytest

from tests.bench import CHEAP, run, saved


@pytest.mark.parametrize(("text", "expected"), [("3", (0, 1, 2)), ("3,7,101", (3, 7, 101)), ("7,", (7,))])
def test_seeds(text: str, expected: tuple[int, ...]) -> None:
    """A number counts from 0, a list is itself, a trailing comma makes a list of one."""
    from tuners.comparison.values import seeds

    assert seeds(text) == expected


BAD_OPTIONS = {
    "--tuning-tuners=bayesain": "unknown tuner 'bayesain': did you mean bayesian? there are * tuners",
    "--tuning-tuners=,": "--tuning-tuners: expected one name or more, separated by commas, got ','",
    "--tuning-tuners=grid,grid": "--tuning-tuners: expected each name once, got 'grid,grid'",
    "--tuning-models=florest": "unknown model 'florest': did you mean forest?*",
    "--tuning-datasets=wines": "unknown dataset 'wines': did you mean wine?*",
    "--tuning-datasets=nowhere.csv:y": "dataset nowhere.csv: there is no such file: check the path",
    "--tuning-datasets=data.csv": "dataset 'data.csv': a file is given with its target column, as in path.csv:target",
    "--tuning-datasets=empty.csv:y": "dataset empty.csv: cannot be read as a table: it is empty: expected a text file*",
    "--tuning-datasets=rare.csv:y": "dataset 'rare': class '1' has 2 rows: expected at least 5 for a test set*",
    "--tuning-preset=fast": "unknown preset 'fast': *known: article, quick, standard, timed",
    "--tuning-metric=acuracy": "unknown metric 'acuracy': did you mean accuracy*",
    "--tuning-metric=roc_auc": "metric 'roc_auc' does not fit tree on iris: *",
    "--tuning-budget=0": "--tuning-budget: expected a whole number of at least 1, got '0'",
    "--tuning-budget=-3": "--tuning-budget: expected a whole number of at least 1, got '-3'",
    "--tuning-budget=many": "--tuning-budget: expected a whole number of at least 1, got 'many'",
    "--tuning-time-budget=0": "--tuning-time-budget: expected a number of seconds above 0, got '0'",
    "--tuning-time-budget=nan": "--tuning-time-budget: expected a number of seconds above 0, got 'nan'",
    "--tuning-seeds=0": "--tuning-seeds: expected a number of seeds*got '0'",
    "--tuning-seeds=1,1": "--tuning-seeds: expected *distinct seeds*got '1,1'",
    "--tuning-seeds=a,b": "--tuning-seeds: expected *got 'a,b'",
    "--tuning-jobs=0": "--tuning-jobs: expected a whole number of at least 1, or -1 for all processors, got '0'",
    "--tuning-report=table.pdf": "--tuning-report: expected a path that ends in .bib or .csv or .html or .json or "
    ".md or .png or .svg or .tex, got 'table.pdf'",
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
    given = [option for option in CHEAP if not option.startswith("--tuning-seeds")]
    result = bench.runpytest_inprocess("-p", "tuners.plugin", *given)
    result.stdout.fnmatch_lines(["*seeds 5, 6", "*tree on iris: 2 evaluations*"])


def test_searches_begin_with_the_default_configuration(bench: pytest.Pytester) -> None:
    """The header says so, and so does each record; the first trial is that, in a process of its own, too."""
    for name, isolated in (("here", ()), ("apart", ("--tuning-isolate",))):
        result = run(bench, "--tuning-start=default", "--tuning-seeds=1", f"--benchmark-save={name}", *isolated)
        result.stdout.fnmatch_lines(["tuning: accuracy, *, evaluation plain, searches begin with the default conf*"])
        content = saved(bench, name)
        records = [each["extra_info"] for each in content["benchmarks"]]
        assert [(each["tuner"], each["start"], each["own_space"]) for each in records] == [
            ("default", "default", False),
            ("random", "default", False),
        ]
        lines = (content["folder"] / records[0]["trials"]).read_text().splitlines()
        trials = [each for each in map(json.loads, lines) if each["cell"] == "tree-iris-random-0"]
        assert [each["params"] for each in trials][:1] == [{"max_depth": None}]


def test_preset_standard_is_what_it_says(bench: pytest.Pytester) -> None:
    """Five seeds, 80 evaluations, all methods, all models, all data, all rows."""
    result = bench.runpytest_inprocess("-p", "tuners.plugin", "--tuning-preset=standard", "--collect-only")
    result.stdout.fnmatch_lines(
        [
            "tuning: preset standard, * cells: 16 tuners on 505 problems*",
            "tuning: accuracy, 4 folds, 30% test, all rows, jobs *, evaluation recorded, searches begin with the def*",
            "tuning: forest on breast_cancer, digits, *, wine: 80 evaluations, 3 repeats (*random 10*smac 2*)",
            "tuning: any on breast_cancer, *: 80 evaluations, 3 repeats*; finite True",
            "tuning: ann on breast_cancer, wine: 80 evaluations, 3 repeats*",
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
    from tests.task.test_datasets import SUBSET, WITHOUT_SUBSET

    if not SUBSET.is_file():
        pytest.skip(WITHOUT_SUBSET)
    result = bench.runpytest_inprocess(
        "-p", "tuners.plugin", "--tuning-preset=article", "--tuning-models=forest", "--tuning-tuners=default,manual",
        f"--tuning-creditcard={SUBSET}", "--tuning-report=article.json",
    )  # fmt: skip
    result.assert_outcomes(passed=2)
    runs = json.loads((bench.path / "article.json").read_text())["runs"]
    assert [run["confusion_matrix"] for run in runs] == [[[110, 6], [6, 118]]] * 2
