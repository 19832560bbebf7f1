"""Saved runs: written whole, numbered apart, found by name, and never a damaged one in silence."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import runs
from tuners import TuningError
from tuners.__main__ import main
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.trial import Trial, trials_hash
from tuners.store import files
from tuners.store import side_files as trialfile
from tuners.store.journal import Journal
from tuners.store.journal_contents import read as read_journal
from tuners.store.records import readable
from tuners.store.saved import document, read
from tuners.store.saved_folder import find, latest, listed, save

ABOUT = {"machine_info": {}, "commit_info": {"id": "0123456789abcdef", "branch": "main"}, "datetime": "", "version": ""}


def content(partial: str = "", score: float = 0.9) -> str:
    """Return a saved run's content."""
    record = Record("forest", "iris", "random", 0, test_score=score, seconds=1.5, trials_sha256="x")
    return json.dumps(document([(record, {"fullname": record.cell})], about=ABOUT, partial=partial), indent=4)


def test_addresses(tmp_path: Path) -> None:
    """By path, number, name, branch or commit, the newest of several."""
    one = save(content(score=0.1), tmp_path / "machine", "one")
    two = save(content(score=0.2), tmp_path / "machine", "two")
    assert [path.name for path in listed(tmp_path)] == ["0001_one.json", "0002_two.json"]
    for address, path in {
        "1": one,
        "0001": one,
        "one": one,
        "0001_one": one,
        str(one): one,
        "main": two,
        "0123456": two,
    }.items():
        run = find(tmp_path, address)
        assert (run.path, run.records[0].test_score) == (path, 0.1 if path == one else 0.2)
    with pytest.raises(
        TuningError, match="no saved run 'three' in .*: expected a path.*the latest are 0001_one, 0002_two"
    ):
        find(tmp_path, "three")


def test_a_partial_run_is_no_baseline_unasked(tmp_path: Path) -> None:
    """The newest whole one is."""
    whole = save(content(), tmp_path, "whole")
    save(content(partial="3 of 8 cells"), tmp_path, "cut")
    run = latest(tmp_path)
    assert run is not None
    assert run.path == whole
    assert find(tmp_path, "cut").partial == "3 of 8 cells"


def test_a_damaged_latest_run_is_named(tmp_path: Path) -> None:
    """An older one does not take its place."""
    save(content(), tmp_path, "good")
    path = save(content(), tmp_path, "bad")
    path.write_text(path.read_text()[:-40])
    with pytest.raises(
        TuningError, match="saved run .*0002_bad.json: expected pytest-benchmark's JSON, got a damaged file"
    ):
        latest(tmp_path)


def _save(folder: str) -> str:
    return save(content(), Path(folder), "same").name


def test_sessions_that_save_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    """Twenty at once."""
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        names = list(pool.map(_save, [str(tmp_path)] * 20))
    assert sorted(names) == [f"{number:04}_same.json" for number in range(1, 21)]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Neither half a file nor a temporary one."""
    with pytest.raises(UnicodeEncodeError):
        save("\ud800", tmp_path, "bad")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_an_error_or_changes_no_number(data: st.DataObject, tmp_path: Path) -> None:
    """Cut, flipped or foreign bytes: never a traceback, never a record that was not saved."""
    good = content().encode()
    damaged = bytearray(good)
    kind = data.draw(st.sampled_from(["cut", "flip", "remove", "foreign"]))
    at = data.draw(st.integers(0, len(good) - 1))
    if kind == "cut":
        damaged = damaged[:at]
    elif kind == "flip":
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "remove":
        del damaged[at : at + data.draw(st.integers(1, 300))]
    else:
        foreign = [b"", b"[]", b"null", b'{"benchmarks": 3}', b'{"benchmarks": [{}]}', b"\x00\xff", b"[" * 100_000]
        damaged = bytearray(data.draw(st.sampled_from(foreign)))
    path = tmp_path / "0001_x.json"
    path.write_bytes(damaged)
    before: Any = readable(json.loads(good)["benchmarks"][0]["extra_info"])
    try:
        found = read(path).records
    except TuningError as error:
        message = str(error)
        assert (len(message.splitlines()), str(path) in message) == (1, True)
        return
    assert found in {(), (before,)} if not found else found == (before,)


def test_a_saved_run_is_shown_beside_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without running anything; trials that cannot be read leave the tables, and are named in one line."""
    made = runs.grid(["default", "random"], ["wine"], 3)
    trialfile.write(made, tmp_path / "a.trials.jsonl")
    content = document([(run.record, {}) for run in made], about={}, trials="a.trials.jsonl")
    for name in ("then", "now"):
        save(json.dumps(content), tmp_path, name)
    options = ["--storage", str(tmp_path), "--compare", "then", "--report", str(tmp_path / "out.html")]
    assert main(["rebuild", "now", *options]) == 0
    assert "against 0001_then" in capsys.readouterr().out
    whole = (tmp_path / "out.html").stat().st_size
    (tmp_path / "a.trials.jsonl").write_text("{}")
    assert main(["rebuild", "now", *options]) == 0
    for said in capsys.readouterr():
        assert "expected a saved run's trials, got a damaged line 1 (object missing required field " in said
        assert "): charts of the search are left out" in said
    assert (tmp_path / "out.html").stat().st_size < whole
    assert main(["rebuild", "now", *options, "--save", "x.json"]) == 2
    assert "--save: expected a journal to make a saved run of" in capsys.readouterr().err
    assert main(["rebuild", "nowhere", *options]) == 2
    assert capsys.readouterr().err.startswith("ERROR: no saved run 'nowhere'")


Damage = Callable[[dict[str, Any]], Any]
WRONG: dict[str, tuple[Damage, str]] = {
    "libraries": (lambda run: run.update(libraries=[1]), "libraries: expected object, got array"),
    "commit": (lambda run: run.update(commit_info="x"), "commit_info: expected object | null, got str"),
    "cpu": (lambda run: run.update(machine_info={"cpu": "x"}), "machine_info.cpu: expected object | null, got str"),
    "options": (lambda run: run.update(tuning={"options": 3}), "tuning.options: expected object | null, got int"),
    "partial": (lambda run: run.update(partial=3), "partial: expected str, got int"),
    "date": (lambda run: run.update(datetime=[]), "datetime: expected str | null, got array"),
    "stats": (lambda run: run["benchmarks"][0]["stats"].update(mean="x"), "benchmarks[0].stats.mean: expected float"),
    "no stats": (lambda run: run["benchmarks"][0].pop("stats"), "benchmarks[0]: object missing required field stats"),
    "score": (lambda run: info(run).update(test_score="0.9"), "extra_info.test_score: expected float | null, got str"),
    "no score": (lambda run: info(run).update(test_score=None), "extra_info.test_score: expected a number, since"),
    "endless": (lambda run: info(run).update(cv_score=1e999), "extra_info.cv_score: expected a finite number"),
    "huge": (lambda run: info(run).update(cv_score=10**400), "extra_info.cv_score: number out of range"),
    "negative": (
        lambda run: info(run).update(seconds=-1),
        "extra_info.seconds: expected a number that is not negative",
    ),
    "seed": (lambda run: info(run).update(seed=True), "extra_info.seed: expected int, got bool"),
    "no seed": (lambda run: info(run).pop("seed"), "extra_info: object missing required field seed"),
    "status": (lambda run: info(run).update(status="fine"), "extra_info.status: invalid enum value 'fine'"),
    "schema": (lambda run: info(run).update(schema=2), "extra_info.schema: expected 1, got 2: read it with"),
    "matrix": (lambda run: info(run).update(confusion_matrix=[[1, 2]]), "extra_info.confusion_matrix: expected 2 rows"),
    "classes": (lambda run: info(run).update(classes=[1]), "extra_info.classes[0]: expected str, got int"),
    "not one": (lambda run: run.update(benchmarks=["x"]), "benchmarks[0]: expected object, got str"),
    "surrogate": (lambda run: info(run).update(model="\ud800"), "expected text, got half a character"),
}


def info(run: dict[str, Any]) -> dict[str, Any]:
    """Return what is saved of the first cell."""
    found: dict[str, Any] = run["benchmarks"][0]["extra_info"]
    return found


@pytest.mark.parametrize("damage", WRONG)
def test_a_field_of_another_type_is_named(damage: str, tmp_path: Path) -> None:
    """In one line, with what was expected and what came, where no checksum tells."""
    made = runs.run("random")
    run = json.loads(json.dumps(document([(made.record, {"fullname": "test_it"})], about=ABOUT)))
    del info(run)["check"]
    path = tmp_path / "0001_x.json"
    path.write_text(json.dumps(run))
    assert read(path).records[0].cell == made.record.cell
    change, said = WRONG[damage]
    change(run)
    path.write_text(json.dumps(run))
    with pytest.raises(TuningError) as raised:
        read(path)
    assert str(raised.value).startswith(f"saved run {path}: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "data", [b"\xff{}", b"[" * 100_000, b'{"a": ' * 60 + b"1" + b"}" * 60, b"1" * 9000, b"{", b"3"]
)
def test_what_is_no_saved_run_is_one_line(data: bytes, tmp_path: Path) -> None:
    """Bytes that are no text, nesting without end, numbers without end."""
    path = tmp_path / "0001_x.json"
    path.write_bytes(data)
    with pytest.raises(TuningError, match="^saved run .*0001_x.json: .*expected [^\n]*$"):
        read(path)


def test_older_and_newer_saved_runs_are_read(tmp_path: Path) -> None:
    """Fields that are not known are passed over, and those that lack have their defaults."""
    made = runs.run("random").record
    run = json.loads(json.dumps(document([(made, {})], about=ABOUT)))
    run |= {"later": 1, "machine_info": {"cpu": {"later": 2}}}
    for name in ("check", "own_space", "ties", "setup_sha256"):
        del info(run)[name]
    info(run)["later"] = 3
    path = tmp_path / "0001_x.json"
    path.write_text(json.dumps(run))
    found = read(path).records[0]
    assert found == dataclasses.replace(made, ties=0, setup_sha256="")


def test_numbers_go_on_after_9999(tmp_path: Path) -> None:
    """10000 and 10001 follow, and are the newest."""
    path = tmp_path / "9999_x.json"
    path.write_text(content())
    assert [save(content(score=score), tmp_path, "x").name for score in (0.1, 0.2)] == ["10000_x.json", "10001_x.json"]
    assert [each.name for each in listed(tmp_path)] == ["9999_x.json", "10000_x.json", "10001_x.json"]
    newest = latest(tmp_path)
    assert newest is not None
    assert newest.records[0].test_score == 0.2
    assert find(tmp_path, "10000").records[0].test_score == 0.1


def side_file(folder: Path, made: list[Run]) -> tuple[Path, list[Record]]:
    """Write a side file; return it, and the records that name it."""
    path = folder / "a.trials.jsonl"
    trialfile.write(made, path)
    return path, [dataclasses.replace(run.record, trials=path.name) for run in made]


Change = Callable[[list[str]], list[str]]
HALVES: dict[str, tuple[Change, str]] = {
    "cut": (lambda lines: lines[:-3], "expected 12 trials, as its record has evaluations, got 9"),
    "a cell less": (lambda lines: lines[:12], "expected 12 trials, as its record has evaluations, got 0"),
    "a score": (
        lambda lines: _replaced(lines, '"score": 0', '"score": 1'),
        "damaged line 1 (it is not as it was written",
    ),
    "an unmarked score": (
        lambda lines: _replaced(_unmarked(lines), '"score": 0', '"score": 1'),
        "damaged line 1 (score: expected the mean of the fold scores",
    ),
    "unmarked parameters": (
        lambda lines: _replaced(_unmarked(lines), "gini", "entropy"),
        "expected the trials of its record (SHA-256 ",
    ),
    "an unmarked incumbent": (
        lambda lines: _replaced(_unmarked(lines), '"incumbent_test_score": 0', '"incumbent_test_score": 1'),
        "as the winner's test score, got 1.",
    ),
    "order": (lambda lines: [lines[1], lines[0], *lines[2:]], "damaged line 1 (trial: expected 0"),
    "deep": (lambda lines: ["[" * 100_000, *lines], "damaged line 1 (expected JSON of at most"),
    "no object": (lambda lines: ["3", *lines], "damaged line 1 (expected object, got int"),
    "type": (lambda lines: _replaced(_unmarked(lines), '"end": ', '"end": "x", "e": '), "(end: expected float | null"),
}


def _replaced(lines: list[str], old: str, new: str) -> list[str]:
    return [line.replace(old, new) for line in lines]


def _unmarked(lines: list[str]) -> list[str]:
    """Take the checksum off each line, as older versions wrote none."""
    return ["{" + line.partition(", ")[2] for line in lines]


@pytest.mark.parametrize("change", HALVES)
def test_a_side_file_is_whole_and_its_records_or_an_error(change: str, tmp_path: Path) -> None:
    """One line that names the file, and what differs; without checksums, too."""
    made = [runs.run("random"), runs.run("grid")]
    path, records = side_file(tmp_path, made)
    assert {cell: run.trials for cell, run in trialfile.read(path, records).items()} == {
        run.record.cell: run.trials for run in made
    }
    written = path.read_text().splitlines()
    path.write_text("\n".join(_unmarked(written)))
    assert len(trialfile.of_saved(tmp_path, records)) == 2
    damage, said = HALVES[change]
    path.write_text("\n".join(damage(written)))
    with pytest.raises(TuningError) as raised:
        trialfile.of_saved(tmp_path, records)
    assert str(raised.value).startswith(f"trials {path}: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


class Odd:
    """A parameter that JSON has no word for, and whose text says where it lies."""


ODD: list[dict[str, Any]] = [
    {"missing": float("nan"), "limit": float("inf")},
    {"weights": {2: 1.0, 10: 2.0}},
    {"shape": (1, (2, 3)), "made": Odd(), "named": {None: 1}},
    {"made": Odd, "deep": [{"a": (float("nan"), Odd())}]},
]


@pytest.mark.parametrize("params", ODD)
def test_trials_are_known_by_their_hash_whatever_their_parameters(params: dict[str, Any], tmp_path: Path) -> None:
    """Through a journal, and from there through a side file, though JSON has no word for them."""
    trials = (Trial.of(params, [0.5, 0.75], start=0, end=1), Trial.of(params, [float("inf"), 1.0], start=1, end=2))
    one = runs.run("random", trials=2)
    record = dataclasses.replace(
        one.record, trials_sha256=trials_hash(trials), best_params={}, cv_score=0.625, trials="a.trials.jsonl"
    )
    journal = Journal(tmp_path / "a.journal.jsonl")
    journal.session({})
    journal.cell(Run(record, trials), {})
    journal.close()
    entry = read_journal(journal.path).entries[record.cell]
    assert trials_hash(entry.run.trials) == record.trials_sha256
    trialfile.write([entry.run], tmp_path / "a.trials.jsonl")
    (found,) = trialfile.of_saved(tmp_path, [record])
    assert trials_hash(found.trials) == record.trials_sha256


def test_files_have_the_mode_that_the_umask_says(tmp_path: Path) -> None:
    """Saved runs, side files and journals alike; a group that shares a folder can write them."""
    before = os.umask(0o007)
    try:
        one = runs.run("random")
        side, _ = side_file(tmp_path, [one])
        journal = Journal(tmp_path / "a.journal.jsonl")
        journal.close()
        paths = [save(content(), tmp_path, "x"), side, journal.path]
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o660}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """Nor is a device: as root, `--benchmark-json=/dev/null` would take it from everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    assert files.write("said", pipe) == pipe
    reader.join()
    assert (heard, pipe.is_fifo()) == (["said"], True)
