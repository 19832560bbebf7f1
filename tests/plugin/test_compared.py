"""A kept run, and a session that is compared with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests import ROOT, forked
from tests.bench import CHEAP, fill, run, saved


@pytest.fixture(scope="module")
def kept(server: forked.Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep a run, once for all tests that compare with it."""
    folder = tmp_path_factory.mktemp("kept")
    fill(folder)
    assert server.run(folder, "-p", "tuners.plugin", *CHEAP, "--benchmark-save=before").ret == pytest.ExitCode.OK
    return folder / ".benchmarks"


@pytest.fixture
def compared(bench: pytest.Pytester, kept: Path) -> pytest.Pytester:
    """Make a directory with the suite and a kept run of it."""
    shutil.copytree(kept, bench.path / ".benchmarks")
    return bench


def test_saved_run_holds_the_record_and_trials(compared: pytest.Pytester) -> None:
    """Flat extra_info of plain values; the trials in a side file, with matching hashes."""
    run_ = saved(compared, "before")
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
        cell = f"tree-iris-{info['tuner']}-{info['seed']}"
        mine = [line for line in lines if line["cell"] == cell]
        assert len(mine) == info["evaluations"]
        assert max(line["score"] for line in mine) == info["cv_score"]
    times = [benchmark["stats"]["mean"] for benchmark in run_["benchmarks"]]
    assert times == pytest.approx([info["seconds"] for info in infos], abs=0.05)


def test_compare_shows_now_and_then(compared: pytest.Pytester) -> None:
    """The same code gives the same searches; the table pairs scores and times."""
    result = run(compared, "--benchmark-compare", "-v")
    result.stdout.fnmatch_lines(
        [
            "compared with *0001_before.json",
            "method*cells*same*score then -> now*difference, 95 %*",
            "default on tree*2*2*0.* -> 0.*+0.0000*",
            "random on tree*2*2*",
            "method*cells*seconds then -> now*difference, 95 %*",
            "In short",
            "- against *0001_before.json: 2 methods of the same test scores",
        ]
    )


def test_compare_reads_the_baselines_own_record(compared: pytest.Pytester) -> None:
    """A changed score in the saved run is the difference that is shown."""
    path = next(compared.path.glob(".benchmarks/*/0001_before.json"))
    changed = json.loads(path.read_text())
    for benchmark in changed["benchmarks"]:
        benchmark["extra_info"]["test_score"] -= 0.25
        benchmark["extra_info"]["trials_sha256"] = "another"
        del benchmark["extra_info"]["check"]
    path.write_text(json.dumps(changed))
    result = run(compared, "--benchmark-compare=0001", "-v")
    result.stdout.fnmatch_lines(
        ["random on tree*2*0*-> 0.*+0.2500*", "- against *0001_before.json: * +25.00 points, *"]
    )


def test_time_regression_does_not_hide_the_table(compared: pytest.Pytester) -> None:
    """--benchmark-compare-fail still fails the session, below our table."""
    path = next(compared.path.glob(".benchmarks/*/0001_before.json"))
    faster = json.loads(path.read_text())
    for benchmark in faster["benchmarks"]:
        benchmark["stats"] |= dict.fromkeys(("min", "max", "mean", "median"), 1e-09)
    path.write_text(json.dumps(faster))
    result = compared.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "--benchmark-compare=0001", "--benchmark-compare-fail=mean:5%"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "Name (time in*",
            "*evaluation of tuning methods*",
            "- against *",
            "Performance has regressed. --benchmark-compare-fail: the benchmarks are listed above",
        ]
    )
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_another_machines_run_is_compared_with(compared: pytest.Pytester) -> None:
    """A baseline of another machine is said to be one, and costs neither table nor save."""
    path = next(compared.path.glob(".benchmarks/*/0001_before.json"))
    other = json.loads(path.read_text())
    other["machine_info"]["node"] = "elsewhere"
    path.write_text(json.dumps(other))
    compared.makepyprojecttoml((ROOT / "pyproject.toml").read_text())
    result = compared.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "--benchmark-compare", "--benchmark-save=after", "test_tuning.py"
    )
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["- against *"])
    assert saved(compared, "after")


def test_unlike_runs_are_not_paired(compared: pytest.Pytester) -> None:
    """Another metric is another comparison, and the table says so."""
    result = run(compared, "--benchmark-compare", "--tuning-metric=f1_macro", "-v")
    result.stdout.fnmatch_lines(
        [
            "random on tree*0*- -> -*",
            "not compared, because they differ in metric (accuracy, now f1_macro): *",
            "- against *: no cell compares",
        ]
    )
