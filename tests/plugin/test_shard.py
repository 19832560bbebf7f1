"""`--tuning-shard=K/N`: a session runs its share of the cells, and merging all shards makes the run of one session."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench import CHEAP, run, saved
from tuners.__main__ import main
from tuners.results.record import Record
from tuners.store import side_files
from tuners.store.saved import SavedRun, read

TWO = ("--tuning-datasets=iris,wine", "--tuning-seeds=3")
RECORDED = ("--tuning-evaluation=recorded", "--tuning-repeats=2", "--tuning-start=default", "--tuning-jobs=1")


def collected(bench: pytest.Pytester, *arguments: str) -> list[str]:
    """Return the cells that a session would run."""
    result = run(bench, "--collect-only", "-q", *arguments)
    return [line.partition("[")[2].rstrip("]") for line in result.outlines if "::" in line]


def problem(cell: str) -> tuple[str, str]:
    """Return dataset and seed of a cell."""
    _, dataset, _, seed = cell.split("-")
    return dataset, seed


@pytest.mark.parametrize("chosen", [(), ("-k", "not wine-random-1")])
def test_shards_are_all_cells_each_once_by_whole_problems(bench: pytest.Pytester, chosen: tuple[str, ...]) -> None:
    """Whatever is chosen beside it: no cell is lost or there twice, and all methods of a problem are in one shard."""
    whole = collected(bench, *TWO, *chosen)
    shares = [collected(bench, *TWO, *chosen, f"--tuning-shard={number}/4") for number in range(1, 5)]
    assert sorted(cell for share in shares for cell in share) == sorted(whole)
    problems = [{problem(cell) for cell in share} for share in shares]
    assert sum(map(len, problems)) == len({problem(cell) for cell in whole}) == 6
    assert max(map(len, problems)) == 2
    assert [share == [cell for cell in whole if cell in share] for share in shares] == [True] * 4


def test_shards_agree_whatever_the_order_of_tests(bench: pytest.Pytester) -> None:
    """Another plugin's shuffling, which differs from machine to machine, changes no share."""
    before = collected(bench, *TWO, "--tuning-shard=2/3")
    conftest = bench.path / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}\ndef pytest_collection_modifyitems(items):\n    items.reverse()\n")
    assert collected(bench, *TWO, "--tuning-shard=2/3") == before[::-1]


def test_other_tests_are_in_every_shard(bench: pytest.Pytester) -> None:
    """Only what asks for `tune` is divided; a test that says its cell only when it runs is, too."""
    bench.makepyfile(
        test_more="def test_other():\n    pass\n\ndef test_own(tune, tuner):\n    raise SystemError(tuner)\n"
    )
    shares = [
        [line for line in run(bench, "--collect-only", "-q", f"--tuning-shard={n}/2").outlines if "::" in line]
        for n in (1, 2)
    ]
    assert [sum("test_other" in line for line in share) for share in shares] == [1, 1]
    assert sorted(sum("test_own" in line for line in share) for share in shares) == [0, 2]


def test_a_shard_without_cells_succeeds(bench: pytest.Pytester) -> None:
    """There are more shards than problems: it says so, with exit code 0; where nothing was chosen, pytest's 5 stays."""
    result = run(bench, "--tuning-shard=3/3")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["tuning: shard 3/3 has none of the 4 cells: there are more shards than problems"])
    assert run(bench, "--tuning-shard=3/3", "-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--tuning-shard=0/3"], "--tuning-shard: expected K/N, the share K of N, with K from 1 to N * got '0/3'"),
        (["--tuning-shard=4/3"], "--tuning-shard: expected K/N, the share K of N, with K from 1 to N * got '4/3'"),
        (["--tuning-shard=1"], "--tuning-shard: expected K/N, the share K of N, with K from 1 to N * got '1'"),
        (
            ["--tuning-shard=1/2", "--tuning-fail=score:1%", "--benchmark-compare"],
            "--tuning-fail: expected the whole comparison, got shard 1/2: leave it out, put the shards together by *",
        ),
    ],
)
def test_bad_shards_are_usage_errors(bench: pytest.Pytester, options: list[str], expected: str) -> None:
    """One line, exit code 4, and nothing is run."""
    result = run(bench, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {expected}"])


MEASURED = {
    "seconds",
    "evaluation_seconds",
    "search_seconds",
    "reference_seconds",
    "peak_memory",
    "memory_growth",
    "trials",
}
"""Fields of a record that differ from session to session."""


def deterministic(found: SavedRun) -> list[dict[str, Any]]:
    """Return what one seed makes of each cell, in order."""
    return [_deterministic(record) for record in found.records]


def _deterministic(record: Record) -> dict[str, Any]:
    kept = {name: value for name, value in dataclasses.asdict(record).items() if name not in MEASURED}
    landmarks, real = kept["landmarks"] or {}, kept["real"]
    return kept | {
        "landmarks": {name: value for name, value in landmarks.items() if name != "seconds"},
        "real": real and real["evaluations"],
    }


def test_merged_shards_are_what_one_session_makes(bench: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    """The same records and trials in the same order, each table built by the shard that needs it.

    The merged run is compared with, judged and rebuilt like any other.
    """
    whole = run(bench, *TWO, *RECORDED, "--tuning-tables=all", "--benchmark-save=whole")
    assert whole.ret == 0
    one = read(saved(bench, "whole")["folder"] / "0001_whole.json")
    for number in (2, 1, 3):
        result = run(bench, *TWO, *RECORDED, f"--tuning-tables=tables{number}", f"--tuning-shard={number}/3",
                     f"--benchmark-json=shards/000{number}_shard.json")  # fmt: skip
        assert result.ret == 0
        result.stdout.fnmatch_lines([f"tuning: 4 of 12 cells, shard {number}/3: *"])
    merged = bench.path / ".benchmarks" / "0002_merged.json"
    report = bench.path / "out.md"
    reports = [bench.path / f"{how}.json" for how in ("merged", "rebuilt")]
    written = [argument for path in (report, reports[0]) for argument in ("--report", str(path))]
    assert main(["merge", str(bench.path / "shards"), "--save", str(merged), *written]) == 0
    assert "merged 3 shards, 12 cells" in capsys.readouterr().out
    put = read(merged)
    assert (put.partial, put.share) == ("", None)
    assert deterministic(put) == deterministic(one)
    trials = [side_files.of_saved(found.path.parent, found.records) for found in (put, one)]
    assert [[trial.params for trial in made.trials] for made in trials[0]] == [
        [trial.params for trial in made.trials] for made in trials[1]
    ]
    assert [len(made.repeats) for made in trials[0]] == [len(made.repeats) for made in trials[1]]
    assert "--tuning-shard" not in put.content["tuning"]["command"]
    assert [each["shard"] for each in put.content["tuning"]["merged"]] == ["1/3", "2/3", "3/3"]
    storage = ["--storage", str(bench.path / ".benchmarks")]
    assert main(["gate", "whole", "merged", "--fail", "score:0%", *storage]) == 0
    assert main(["rebuild", "merged", *storage, "--report", str(reports[1])]) == 0
    found = [json.loads(path.read_text()) for path in reports]
    assert [found[0][part] == found[1][part] for part in ("runs", "groups", "verdict")] == [True] * 3
    again = run(bench, *TWO, *RECORDED, "--tuning-tables=all", "--benchmark-compare=merged", "--tuning-fail=score:0%")
    assert again.ret == 0
    again.stdout.fnmatch_lines(["*identical*"])


def test_workers_share_a_shard(bench: pytest.Pytester) -> None:
    """Under pytest-xdist each worker leaves out the same tests, and the saved run knows which shard it is of."""
    result = bench.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "-n", "2", "--tuning-shard=1/2", "--benchmark-save=x"
    )
    assert result.ret == 0
    found = read(max(bench.path.glob(".benchmarks/*/*_x.json")))
    assert found.share is not None
    assert (str(found.share.shard), found.share.cells, found.partial) == ("1/2", (2, 2), "2 of 4 cells, shard 1/2")
    assert len(found.records) == 2


@pytest.mark.slow
def test_workers_of_a_shard_without_cells_succeed(bench: pytest.Pytester) -> None:
    """The main process, which collects nothing itself, is told why there is nothing to run."""
    empty = bench.runpytest_subprocess("-p", "tuners.plugin", *CHEAP, "-n", "1", "--tuning-shard=3/3")
    assert empty.ret == 0
    empty.stdout.fnmatch_lines(["tuning: shard 3/3 has none of the 4 cells: *"])


def test_a_shard_that_was_cut_short_is_resumed_and_then_merged(
    bench: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what is missing and is not merged; once resumed, it is whole. Its journal makes the same saved run."""
    conftest = bench.path / "conftest.py"
    text = conftest.read_text()
    conftest.write_text(
        text.replace("raise KeyboardInterrupt", "import os\n    if not os.path.exists('go'): raise KeyboardInterrupt")
    )
    options = ("--tuning-tuners=default,interrupted", "--tuning-shard=1/1")
    cut = bench.runpytest_subprocess("-p", "tuners.plugin", *CHEAP, *options, "--benchmark-json=cut.json")
    assert cut.ret == pytest.ExitCode.INTERRUPTED
    assert main(["merge", str(bench.path / "cut.json"), "--save", str(bench.path / "whole.json")]) == 2
    assert (
        "expected a shard that came to its end, got 1 of 4 cells of shard 1/1: run it again" in capsys.readouterr().err
    )
    (bench.path / "go").touch()
    done = bench.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, *options, "--tuning-resume", "--benchmark-json=done.json"
    )
    done.stdout.fnmatch_lines(["*resumed from*"])
    journal = str(max(Path(bench.path, ".tuning").glob("*.journal.jsonl")))
    assert main(["rebuild", journal, "--save", str(bench.path / "rebuilt.json")]) == 0
    for name in ("done", "rebuilt"):
        assert main(["merge", str(bench.path / f"{name}.json"), "--save", str(bench.path / f"{name}_whole.json")]) == 0
        content = json.loads((bench.path / f"{name}_whole.json").read_text())
        assert len(content["benchmarks"]) == 4
        assert "partial" not in content
