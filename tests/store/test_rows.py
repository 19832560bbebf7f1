"""Repeats on disk: trials of every one, or row numbers and what they mean, once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import runs
from tuners import TuningError
from tuners.results.record import Record
from tuners.results.repeats import Repeats
from tuners.results.run import Incumbent, Run, repeat_of
from tuners.results.trial import Trial, trials_hash
from tuners.store import codec, rows, side_files
from tuners.store.journal import Journal
from tuners.store.journal_contents import read

MOST_BYTES = 5_000_000
values = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.integers(), max_size=2)
)
scores = st.lists(st.sampled_from([0.0, -0.0, 0.1, 0.5, 1 / 3, math.nan, -math.inf]), min_size=2, max_size=2)


@st.composite
def tables(draw: st.DrawFn) -> dict[int, Trial]:
    """Draw a table of candidates of any hyperparameters."""
    numbers = draw(st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True))
    params = st.dictionaries(st.sampled_from("abc"), values)
    return {number: Trial.of(draw(params), draw(scores), start=0.0, end=0.0) for number in numbers}


def recorded(table: dict[int, Trial], repeats: Sequence[Sequence[int]], tuner: str = "random", **named: Any) -> Run:
    """Return the run of a cell whose repeats looked these rows up."""
    ended = Repeats(len(repeats))
    fields: dict[str, Any] = {"model": "m", "dataset": "d", "seed": 0} | named
    for number, chosen in enumerate(repeats):
        trials = tuple(dataclasses.replace(table[row], start=place, end=place + 1) for place, row in enumerate(chosen))
        good = [place for place, trial in enumerate(trials) if trial.can_win]
        best: list[int] = []
        for place in good:
            if not best or trials[place].score > trials[best[-1]].score:
                best.append(place)
        incumbents = tuple(Incumbent(place, trials[place].score, 0.5, place + 1.0, place + 1.0) for place in best)
        record = Record(
            **fields, tuner=tuner,
            test_score=0.5 if best else None, cv_score=incumbents[-1].cv_score if best else None,
            evaluations=len(trials), failed_trials=len(trials) - len(good), seconds=1.0 + number,
            trials_sha256=trials_hash(trials), status="ok" if best else "failed", reason="" if best else "none",
        )  # fmt: skip
        repeat = repeat_of(record, incumbents, rows=tuple(chosen))
        ended.add(number, Run(record, trials, incumbents, (repeat,), table=table))
    return ended.run()


def plain(repeats: int) -> Run:
    """Return the run of a cell whose repeats evaluated their candidates."""
    ended = Repeats(repeats)
    for number in range(repeats):
        made = runs.run("random", seed=number)
        ended.add(number, dataclasses.replace(made, record=dataclasses.replace(made.record, seed=0)))
    return ended.run()


def journalled(made: Sequence[Sequence[Run]], path: Path) -> Path:
    """Write a journal of cells, each of runs of its repeats."""
    journal = Journal(path)
    journal.session({})
    for cell in made:
        ended = Repeats(len(cell))
        journal.begin(cell[0].record, {})
        for number, run in enumerate(cell):
            ended.add(number, run)
            journal.repeat(number, run)
        journal.cell(ended.run(), {})
    journal.close()
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(tables(), st.data())
def test_rows_come_back_as_they_were(tmp_path: Path, table: dict[int, Trial], data: st.DataObject) -> None:
    """Whatever their values: parameters, scores and reasons, so that hashes of repeats agree."""
    chosen = st.lists(st.sampled_from(sorted(table)), min_size=1, max_size=4)
    run = recorded(table, data.draw(st.lists(chosen, min_size=1, max_size=4)))
    side_files.write([run], tmp_path / "a.trials.jsonl")
    found = side_files.read(tmp_path / "a.trials.jsonl", [run.record])["m-d-random-0"]
    assert repr(found.repeats) == repr(run.repeats)
    for number in range(len(run.repeats)):
        assert trials_hash(found.trials_of(number)) == trials_hash(run.trials_of(number))
        again = tuple(found.table[row] for row in run.repeats[number].rows) if found.table else ()
        assert [each.reason for each in again] == [table[row].reason for row in run.repeats[number].rows]


def test_plain_repeats_come_back_as_they_were(tmp_path: Path) -> None:
    """Every trial with its times, from side file and journal; a trial's keys are as they ever were."""
    run = plain(3)
    side_files.write([run], tmp_path / "a.trials.jsonl")
    assert side_files.read(tmp_path / "a.trials.jsonl", [run.record]) == {run.record.cell: run}
    lines = [json.loads(line) for line in (tmp_path / "a.trials.jsonl").read_text().splitlines()]
    assert {"repeat" in line for line in lines if "trial" in line and not line.get("repeat")} == {False}
    made = [runs.run("random", seed=number) for number in range(3)]
    made = [dataclasses.replace(each, record=dataclasses.replace(each.record, seed=0)) for each in made]
    kept = read(journalled([made], tmp_path / "a.journal.jsonl")).entries[run.record.cell].run
    assert kept == run


def test_a_torn_line_of_a_repeat_costs_that_repeat(tmp_path: Path) -> None:
    """The cell has not ended, and the others of its repeats are there to be taken."""
    made = [runs.run("random", seed=number) for number in range(3)]
    made = [dataclasses.replace(each, record=dataclasses.replace(each.record, seed=0)) for each in made]
    path = journalled([made], tmp_path / "a.journal.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    torn = next(place for place, line in enumerate(lines) if '"repeat": 1' in line)
    path.write_text("".join([*lines[:torn], lines[torn][: len(lines[torn]) // 2] + "\n", *lines[torn + 1 :]]))
    found = read(path)
    assert (found.damaged, found.entries) == (1, {})
    assert sorted(found.repeats[made[0].record.cell]) == [0, 2]


def test_a_table_that_was_built_anew_changes_no_earlier_run(tmp_path: Path) -> None:
    """A row number means what was said last before the run that has it; side files say both."""
    one, other = ({0: Trial.of({"a": value}, (value / 4,), start=0, end=0)} for value in (1, 2))
    made = [recorded(one, [[0], [0]], "one"), recorded(other, [[0], [0]], "other")]
    side_files.write(made, tmp_path / "a.trials.jsonl")
    found = side_files.read(tmp_path / "a.trials.jsonl", [run.record for run in made])
    assert [run.trials_of(1)[0].params for run in found.values()] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: line["params"]["a"]["codes"].pop(), "params.a: expected a code for each of 2 rows, from 0 to 1"),
        (lambda line: line["scores"]["codes"].__setitem__(0, -1), "scores: expected a code for each of 2 rows"),
        (lambda line: line["rows"].__setitem__(0, 7), "rows: expected distinct numbers from 0"),
        (lambda line: line["rows"].__setitem__(0, 8), "rows: expected the rows of m-d-0 before it, found no row 3"),
        (lambda line: line.update(rows="x"), "rows: expected array, got str"),
        (lambda line: line["folds"][0]["values"].__setitem__(0, "x"), r"rows[0].fold_scores[0]: expected float"),
    ],
)
def test_what_is_wrong_with_rows_is_named(tmp_path: Path, change: Any, said: str) -> None:
    """In one line with the file and the line."""
    table = {number: Trial.of({"a": number}, (0.5, number / 9), start=0, end=0) for number in (3, 7)}
    run = recorded(table, [[3, 7], [7, 3]])
    path = tmp_path / "a.trials.jsonl"
    side_files.write([run], path)
    lines = path.read_text().splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if '"problem"' in line)
    content = json.loads(lines[place])
    del content["check"]
    change(content)
    lines[place] = codec.line(content)
    path.write_text("".join(lines))
    with pytest.raises(TuningError) as raised:
        side_files.read(path, [run.record])
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_repeats_that_are_not_their_records_are_named(tmp_path: Path) -> None:
    """By the number of the repeat, or by how many there are."""
    run = plain(3)
    path = tmp_path / "a.trials.jsonl"
    side_files.write([run], path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not ('"repeat": 2' in line and '"params"' in line)))
    with pytest.raises(TuningError, match="repeat 2: expected 12 trials, as its record has evaluations, got 0"):
        side_files.read(path, [run.record])
    path.write_text("".join(line for line in lines if '"repeat": 2' not in line))
    with pytest.raises(TuningError, match="expected 3 repeats, as its record says, got 2"):
        side_files.read(path, [run.record])
    wrong = dataclasses.replace(run.record, trials_sha256=hashlib.sha256(b"").hexdigest())
    side_files.write([run], path)
    with pytest.raises(TuningError, match="expected the repeats of its record"):
        side_files.read(path, [wrong])


def test_the_side_file_of_a_quick_session_is_small(tmp_path: Path) -> None:
    """20 problems of 1,440 candidates and 4 folds, 6 methods, 10 repeats of 40 evaluations: under 5 MB."""
    draw = np.random.default_rng(0)
    made = []
    for problem in range(20):
        table = {}
        for row in range(1440):
            params = {name: choices[int(draw.integers(len(choices)))] for name, choices in runs.SPACE.items()}
            folds = draw.integers(60, 100, 4) / 100
            table[row] = Trial.of(params, folds.tolist(), start=0, end=0)
        for tuner in ("default", "manual", "random", "grid", "bayesian", "genetic"):
            chosen = draw.integers(0, 1440, (10, 40)).tolist()
            made.append(recorded(table, chosen, tuner, model="forest", dataset=f"dataset{problem % 4}", seed=problem))
    side_files.write(made, tmp_path / "a.trials.jsonl")
    assert (tmp_path / "a.trials.jsonl").stat().st_size < MOST_BYTES
    found = side_files.read(tmp_path / "a.trials.jsonl", [run.record for run in made])
    assert found == {run.record.cell: run for run in made}


def test_a_row_is_written_once() -> None:
    """And one of other content again."""
    table = {number: Trial.of({"a": number}, (0.5,), start=0, end=0) for number in range(3)}
    written = rows.Written()
    first, second = written.new(recorded(table, [[0, 1]])), written.new(recorded(dict(table), [[1, 2]]))
    assert first is not None
    assert second is not None
    assert (first.rows, second.rows) == ([0, 1], [2])
    assert written.new(recorded(table, [[0, 1, 2]])) is None
    changed = written.new(recorded({0: Trial.of({"a": 9}, (0.5,), start=0, end=0)}, [[0]]))
    assert changed is not None
    assert changed.rows == [0]
