"""`python -m tuners merge`: what is missing, twice or unlike is refused by name, in one line with the remedy."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import runs
from tuners.__main__ import main
from tuners.results.shard import Share
from tuners.store import saved, side_files

Change = Callable[[dict[str, Any]], None]


def shards(folder: Path, of: int = 3) -> list[Path]:
    """Write the saved runs of so many shards, a dataset each, with their trials; one more shard has no cells."""
    paths = []
    for number in range(1, of + 1):
        made = runs.grid(["default", "random"], [f"data{number}"], 1)
        share = Share(
            number, of + 1, (*[2] * of, 0), "d" * 64, {run.record.cell: 2 * number + at for at, run in enumerate(made)}
        )
        about = {
            "machine_info": {"system": "Linux", "machine": "x86_64", "python_version": "3.11", "node": f"host{number}",
                             "cpu": {"brand_raw": "one"}},
            "commit_info": {"id": "c" * 40, "dirty": False}, "datetime": f"2026-01-0{number}", "version": "5",
            "libraries": {"scikit-learn": "1.9"},
            "tuning": {"command": f"pytest --tuning-shard={number}/{of + 1} -q",
                       "options": {"seeds": "0", "jobs": str(number)},
                       "shard": dataclasses.asdict(share)},
        }  # fmt: skip
        path = folder / f"000{number}_shard.json"
        trials = f"{number}.trials.jsonl"
        side_files.write(made, folder / trials)
        documents = saved.document([(run.record, {}) for run in made], about=about, partial=share.whole, trials=trials)
        path.write_text(json.dumps(documents))
        paths.append(path)
    return paths


def merge(paths: list[Path], out: Path) -> int:
    """Merge saved runs."""
    return main(["merge", *map(str, paths), "--save", str(out)])


def test_shards_become_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the order of the tests, whatever the order in which they are given; shards without cells need not be there."""
    paths = shards(tmp_path)
    out = tmp_path / "out" / "whole.json"
    out.parent.mkdir()
    assert merge(paths[::-1], out) == 0
    found = saved.read(out)
    assert [record.dataset for record in found.records] == ["data1", "data1", "data2", "data2", "data3", "data3"]
    assert {record.trials for record in found.records} == {"whole.trials.jsonl"}
    before = [run for path in paths for run in side_files.of_saved(tmp_path, saved.read(path).records)]
    after = side_files.of_saved(out.parent, found.records)
    assert [run.trials for run in after] == [run.trials for run in before]
    content = found.content
    assert content["tuning"]["command"] == "pytest -q"
    assert "node" not in content["machine_info"]
    assert content["machine_info"]["cpu"] == {"brand_raw": "one"}
    assert [each["node"] for each in content["tuning"]["merged"]] == ["host1", "host2", "host3"]
    assert "merged 3 shards, 6 cells" in capsys.readouterr().out


def test_other_processors_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Seconds of different problems may not compare then; scores do."""
    paths = shards(tmp_path)
    _changed(paths[1], lambda content: content["machine_info"]["cpu"].update(brand_raw="another"))
    assert merge(paths, tmp_path / "whole.json") == 0
    assert "shards ran on 2 kinds of processors, another, one: seconds of one problem" in capsys.readouterr().out


def test_where_cells_ran_keeps_no_shards_apart(tmp_path: Path) -> None:
    """A cluster's address is of one machine, or of none: trials are the same wherever they are made."""
    paths = shards(tmp_path)
    _changed(paths[1], lambda content: content["tuning"]["options"].update(cluster="tcp://host:8786", tables="else"))
    assert merge(paths, tmp_path / "whole.json") == 0


def _changed(path: Path, change: Change) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def _other_data(content: dict[str, Any]) -> None:
    for place, bench in enumerate(content["benchmarks"]):
        info = bench["extra_info"]
        info |= {"dataset": "data1", "dataset_sha256": "f" * 64, "seed": 5 + place}
        info[saved.CHECK] = saved.checksum(info)


UNLIKE: dict[str, tuple[Change, str]] = {
    "libraries": (lambda c: c["libraries"].update({"scikit-learn": "1.8"}), "libraries: scikit-learn was 1.9, is 1.8"),
    "options": (lambda c: c["tuning"]["options"].update(seeds="1"), "options: seeds was 0, is 1"),
    "commit": (lambda c: c["commit_info"].update(id="e" * 40), "commit: id was ccc"),
    "machine": (lambda c: c["machine_info"].update(machine="arm64"), "machine: machine was x86_64, is arm64"),
    "Python": (lambda c: c["machine_info"].update(python_version="3.12"), "libraries: Python was 3.11, is 3.12"),
    "division": (
        lambda c: c["tuning"]["shard"].update(division="e" * 64),
        "division: of the tests was dddddddddddd, is e",
    ),
}


@pytest.mark.parametrize("kind", UNLIKE)
def test_unlike_shards_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    """The line names both runs and what differs."""
    paths = shards(tmp_path)
    change, said = UNLIKE[kind]
    _changed(paths[2], change)
    assert merge(paths, tmp_path / "whole.json") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"ERROR: saved run {paths[2]} is not of the comparison that {paths[0]} is of: {said}")
    assert error.endswith("run it again like the others, or leave it out\n")
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "whole.json").exists()


def test_gaps_duplicates_and_strangers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A shard that is missing, twice, cut short or none, a cell in two of them, and trials that are gone."""
    paths = shards(tmp_path)
    out = tmp_path / "whole.json"

    def refused(given: list[Path], expected: str) -> None:
        assert merge(given, out) == 2
        error = capsys.readouterr().err
        assert expected in error
        assert len(error.splitlines()) == 1
        assert not out.exists()

    refused(
        [paths[0]], "expected all shards, but 2/4, 3/4 are missing, 4 of 6 cells: run --tuning-shard=2/4, or give its"
    )
    refused([*paths, paths[1]], f"shard 2/4 is there twice, {paths[1]} and {paths[1]}: leave one of them out")
    kept = paths[1].read_text()
    _changed(paths[1], lambda content: content.update(partial="1 of 2 cells of shard 2/4"))
    refused(
        paths, "expected a shard that came to its end, got 1 of 2 cells of shard 2/4: run it again, or go on with it by"
    )
    _changed(paths[1], lambda content: content["tuning"].pop("shard"))
    refused(
        paths, f"saved run {paths[1]}: expected a shard, saved by a session with --tuning-shard=K/N, got another run"
    )
    paths[1].write_text(paths[0].read_text().replace('"number": 1', '"number": 2').replace("shard 1/4", "shard 2/4"))
    refused(paths, f"cell forest-data1-default-0 is in two shards, {paths[0]} and {paths[1]}: leave one of them out")
    paths[1].write_text(kept)
    _changed(paths[1], _other_data)
    _changed(paths[0], lambda content: _signed(content, dataset_sha256="a" * 64))
    refused(paths, "data: data1 was aaaaaaaaaaaa, is ffffffffffff")


def _signed(content: dict[str, Any], **values: Any) -> None:
    for bench in content["benchmarks"]:
        bench["extra_info"] |= values
        bench["extra_info"][saved.CHECK] = saved.checksum(bench["extra_info"])


def test_trials_that_are_gone_are_a_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing measured is lost unsaid: the side file is named."""
    paths = shards(tmp_path)
    (tmp_path / "2.trials.jsonl").unlink()
    assert merge(paths, tmp_path / "whole.json") == 2
    assert "trials " in (said := capsys.readouterr().err)
    assert "2.trials.jsonl: cannot be read" in said


def test_where_it_is_saved_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not over a shard, and under a name that is found again; a folder without runs is named."""
    paths = shards(tmp_path)
    assert merge(paths, paths[0]) == 2
    assert f"--save: expected a file of its own, got the shard {paths[0]}" in capsys.readouterr().err
    assert merge(paths, tmp_path / "whole") == 2
    assert "--save: expected a path that ends in .json, got " in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert merge([tmp_path / "empty"], tmp_path / "whole.json") == 2
    assert "expected a folder of saved runs, such as 0001_NAME.json, found none in it" in capsys.readouterr().err
