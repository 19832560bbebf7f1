"""Saved runs: written whole, numbered apart, found by name, and never a damaged one in silence."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuners import TuningError
from tuners.record import Record
from tuners.saved import document, find, latest, listed, read, save

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
    before: Any = Record.from_dict(json.loads(good)["benchmarks"][0]["extra_info"])
    try:
        found = read(path).records
    except TuningError as error:
        message = str(error)
        assert (len(message.splitlines()), str(path) in message) == (1, True)
        return
    assert found in {(), (before,)} if not found else found == (before,)


def test_a_saved_run_is_shown_beside_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without running anything; trials that cannot be read leave the tables, and are named in one line."""
    from tests import runs
    from tuners import saved, trialfile
    from tuners.__main__ import main

    made = runs.grid(["default", "random"], ["wine"], 3)
    trialfile.write(made, tmp_path / "a.trials.jsonl")
    content = saved.document([(run.record, {}) for run in made], about={}, trials="a.trials.jsonl")
    for name in ("then", "now"):
        saved.save(json.dumps(content), tmp_path, name)
    options = ["--storage", str(tmp_path), "--compare", "then", "--report", str(tmp_path / "out.html")]
    assert main(["rebuild", "now", *options]) == 0
    assert "compared with 0001_then" in capsys.readouterr().out
    whole = (tmp_path / "out.html").stat().st_size
    (tmp_path / "a.trials.jsonl").write_text("{}")
    assert main(["rebuild", "now", *options]) == 0
    assert "expected a saved run's trials, got a damaged line 1 (KeyError): charts of the search are left out" in (
        capsys.readouterr().out
    )
    assert (tmp_path / "out.html").stat().st_size < whole
    assert main(["rebuild", "now", *options, "--save", "x.json"]) == 2
    assert "--save: expected a journal to make a saved run of" in capsys.readouterr().err
    assert main(["rebuild", "nowhere", *options]) == 2
    assert capsys.readouterr().err.startswith("ERROR: no saved run 'nowhere'")
