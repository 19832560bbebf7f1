"""What a session shows: a line a cell, the tables at its end, and what each of pytest's flags makes of them."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from tests.bench import CHEAP, run, saved


def test_the_verdict_ends_the_session(bench: pytest.Pytester) -> None:
    """Header, a log line a cell, then the verdict: 25 lines at the most, with pytest's closing line after them."""
    result = run(bench, "--tuning-models=forest")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "tuning: preset quick, 4 cells: 2 tuners on 2 problems (model x dataset x seed); seeds 0, 1",
            "tuning: accuracy, 4 folds, 30% test, at most 400 rows, jobs 1, evaluation plain",
            "tuning: forest on iris: 2 evaluations",
            "tuning: forest: this design tells no methods apart: 6 problems are the least, and here are 2",
            "[[]1/4] forest-iris-default-0 ok (test 0.*, CV 0.*, 1 evaluations, * s)",
            "[[]4/4] forest-iris-random-1 ok (test 0.*, CV 0.*, 2 evaluations, * s)",
            "*evaluation of tuning methods*",
            "forest on iris  verdict  * seconds",
            "In short",
            "- best on iris: undecided between *",
            "- gain over default on iris: random*",
            "- seconds a run on iris: random *, default *",
            "- use on iris: undecided: at least 4 more seeds to test anything, *",
            "*4 passed in *",
        ]
    )
    begin = next(at for at, line in enumerate(result.outlines) if "evaluation of tuning methods" in line)
    verdict = result.outlines[begin:-1]
    assert len(verdict) <= 25
    assert max(map(len, verdict)) <= 100
    assert {line.split()[0] for line in verdict if "undecided  " in line} == {"default", "random"}


def test_verbose_has_the_long_tables_above_the_verdict(bench: pytest.Pytester) -> None:
    """Scores and costs of each dataset, what the columns mean, and notes; they are not shown without -v."""
    long = [
        "tree on iris (accuracy, 2 blocks)",
        "tuner *verdict*gain, points*test score*CV score*regret*rank*p*",
        "tuner *seconds*search s*evaluations*+MiB*cells*failures*",
        "random *2/2*",
        "How to read this",
    ]
    result = run(bench, "-v")
    result.stdout.fnmatch_lines([*long, "tree on iris  verdict*", "In short"])
    result = run(bench)
    for line in (*long[:3], long[-1]):
        result.stdout.no_fnmatch_line(line)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [((), False), (("--benchmark-columns=mean,max",), True), (("--benchmark-sort=name",), True), (("-v",), True)],
)
def test_pytest_benchmarks_table_is_shown_where_asked_for(
    bench: pytest.Pytester, arguments: tuple[str, ...], *, shown: bool
) -> None:
    """It has a line a cell: by default it is left out, with -v or an option about it, it stands above the verdict."""
    result = run(bench, *arguments)
    result.assert_outcomes(passed=4)
    lines = [line for line in result.outlines if line.startswith("Name (time in")]
    assert bool(lines) == shown
    if shown:
        result.stdout.fnmatch_lines(["Name (time in*", "In short"])


def test_other_benchmarks_keep_their_table(bench: pytest.Pytester) -> None:
    """Beside a user's own benchmarks the table of pytest-benchmark is shown as ever."""
    bench.makepyfile(test_own="def test_own(benchmark):\n    benchmark(sum, [1, 2])\n")
    result = run(bench)
    result.stdout.fnmatch_lines(["Name (time in*", "In short"])
    assert any(line.startswith("test_own ") for line in result.outlines)


def test_the_verdict_comes_after_failures(bench: pytest.Pytester) -> None:
    """A failing test of the user's is told as pytest does; the verdict is what stands above its closing line."""
    bench.makepyfile(test_own="def test_own():\n    assert 1 == 2\n")
    result = run(bench)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(
        ["*= FAILURES =*", "*short test summary info*", "FAILED test_own.py*", "In short", "*1 failed, 4 passed*"]
    )


@pytest.mark.parametrize("arguments", [("-p", "no:benchmark"), ("--benchmark-disable",), ("-q",), ("-x",), ("-s",)])
def test_usual_flags(bench: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """Without pytest-benchmark, disabled or quiet, the cells run and the table is printed."""
    result = run(bench, *arguments)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["tree on iris  verdict*", "In short"])


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
            "*test_tuning[[]tree-iris-random-0[]] PASSED (test 0.*",
            "tree-iris-random-0",
            "true \\ predicted *",
            "*precision*recall*f1-score*support*",
            "best parameters: max_depth=*",
        ]
    )


def test_failed_cell_is_in_the_table_with_its_reason(bench: pytest.Pytester) -> None:
    """A broken tuner fails its cells, in one line each, and the others stand; all is saved."""
    result = run(bench, "--tuning-tuners=default,broken", "--tuning-seeds=1", "--benchmark-save=mine")
    result.assert_outcomes(passed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "tree-iris-broken-0: RuntimeError: lost its way",
            "default *best *",
            "broken! *failed *",
            "In short",
            "- failed: tree-iris-broken-0: RuntimeError: lost its way",
            "- failed cells: broken 1 of 1",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    statuses = {b["extra_info"]["tuner"]: b["extra_info"]["status"] for b in saved(bench)["benchmarks"]}
    assert statuses == {"default": "ok", "broken": "failed"}


def test_time_budget_is_marked(bench: pytest.Pytester) -> None:
    """A search that the time budget ended says so."""
    limits = ("--tuning-budget=5000", "--tuning-time-budget=0.5")
    result = run(bench, "--tuning-tuners=random", "--tuning-seeds=1", "-v", *limits)
    result.stdout.fnmatch_lines(["random *[0-9]/5000 t *"])


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
        [
            "bayesian *skipped*",
            "- skipped: tree-iris-bayesian-0: hyperopt is not installed: pip install 'pytest-tuners*",
        ]
    )


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
    assert "cell 2 of 4  tree-iris-patient-0  trial 3 of 4, best 0.9" in text
    assert "left" in text
    assert "[1/4]" not in text
    assert text.count("\r\x1b[2K") >= 6


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux says so when the other side has closed
        return b""


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
    result = run(bench, "test_two.py", "-v")
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(
        [
            "bayes and tree are ranked apart: *",
            "bayes on iris  verdict*",
            "tree on iris  verdict*",
            "- best, bayes on iris: *",
        ]
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
    assert re.search(rf"^\| random .*\| {mean:.4f} ", markdown, re.MULTILINE)
    assert (
        markdown.index("## In short") < markdown.index("- best on iris") < markdown.index("## tree on iris (accuracy")
    )
    assert "f1-score" in markdown
    csv = (bench.path / "out/table.csv").read_text().splitlines()
    assert csv[2].startswith("tree,iris,accuracy,2,random,False,2,0,")


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
