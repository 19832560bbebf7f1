"""A problem's table: what is written is read, bit for bit, by any number of processes; anything else is an error."""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuners import TuningError
from tuners.store.table import Row, Table, key, listed, written

ABOUT = {"model": "tree", "seed": 0, "versions": {"numpy": "2"}}
ROW = Row(-1, {"depth": 3, "split": "best"}, 1.0, (0.5, 0.75), 0.6, 0.1, 0.01, 0.05, 0.001)
PROCESSES, EACH = 3, 20

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.lists(inside, max_size=3).map(tuple),
    max_leaves=5,
)
params = st.dictionaries(st.text(max_size=5), plain, max_size=4)
seconds = st.floats(0, 1e9)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
rows = st.builds(
    Row, number=st.just(-1), params=params, fidelity=st.floats(1e-9, 1), fold_scores=st.lists(st.floats()).map(tuple),
    test_score=st.none() | st.floats(allow_nan=False), fit_seconds=seconds, score_seconds=seconds,
    refit_seconds=seconds, own_seconds=seconds, reason=texts, refused=texts,
)  # fmt: skip


def made(folder: Path, *rows: Row) -> Table:
    """Return a table that has rows."""
    table = Table(folder / "tables" / "tree-iris-0.sqlite")
    table.create(ABOUT)
    table.add(rows)
    return table


def exact(row: Row) -> str:
    """Return all of a row but its number as text that tells 1, 1.0 and True apart, and holds NaN equal to itself.

    A test score of -0.0 is 0, which SQLite makes of it.
    """
    score = None if row.test_score is None else row.test_score + 0.0
    return repr((sorted(row.params.items()), astuple(replace(row, number=0, params={}, test_score=score))))


@given(rows=st.lists(rows, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_rows_are_read_as_they_were_written(tmp_path: Path, rows: list[Row]) -> None:
    """Type for type and bit for bit; of two with the same candidate, the first."""
    table = made(tmp_path, *rows)
    try:
        first = {key(row.params, row.fidelity): exact(row) for row in reversed(rows)}
        found = table.rows()
        assert {key(row.params, row.fidelity): exact(row) for row in found} == first
        assert [row.number for row in found] == list(range(len(first)))
        assert table.count() == len(first)
    finally:
        table.path.unlink()


def test_a_perfect_loss_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Its score is -0.0, whose sign the file does not keep: it is no damage."""
    (row,) = made(tmp_path, replace(ROW, fold_scores=(-0.0, -1.0), test_score=-0.0)).rows()
    assert (row.test_score, row.fold_scores) == (0, (0, -1))


def test_equal_values_of_other_types_are_other_candidates(tmp_path: Path) -> None:
    """As they are to an estimator."""
    values: list[Any] = [1, 1.0, True, "1", None, "None", (1,), [1], (1.0,), math.inf, "Infinity", 0.0, -0.0, ((1,),)]
    table = made(tmp_path, *(replace(ROW, params={"value": value}) for value in values))
    assert [repr(row.params["value"]) for row in table.rows()] == list(map(repr, values))


def test_a_candidate_in_part_is_another_than_in_full(tmp_path: Path) -> None:
    """A row for each share of the training rows."""
    table = made(tmp_path, ROW, replace(ROW, fidelity=0.5), replace(ROW, fidelity=0.25), replace(ROW, fidelity=0.5))
    assert [row.fidelity for row in table.rows()] == [1, 0.5, 0.25]


@pytest.mark.parametrize("value", [object(), {"a": 1}, {1}, len, b"1", [object()], (1, {}), int])
def test_what_a_file_cannot_hold_is_left_out(value: Any, tmp_path: Path) -> None:
    """Such a candidate has no key, and rows beside it are kept."""
    row = replace(ROW, params={"value": value})
    assert key(row.params) is written(row.params) is None
    table = made(tmp_path, row, ROW)
    assert [found.params for found in table.rows()] == [ROW.params]


def test_whole_numbers_of_seconds_are_no_damage(tmp_path: Path) -> None:
    """The file holds them as floats."""
    table = made(tmp_path, replace(ROW, fidelity=1, test_score=1, fit_seconds=2, own_seconds=0))
    assert exact(table.rows()[0]) == exact(replace(ROW, test_score=1.0, fit_seconds=2.0, own_seconds=0.0))


def test_rows_after_a_number_are_the_new_ones(tmp_path: Path) -> None:
    """What another session has added is read without the rest."""
    table = made(tmp_path, ROW)
    Table(table.path).add([replace(ROW, params={"depth": 4}), ROW])
    assert [(row.number, row.params) for row in table.rows(0)] == [(1, {"depth": 4})]


def test_notes_are_kept_beside_what_a_table_depends_on(tmp_path: Path) -> None:
    """The last of a name; making the file again changes nothing."""
    table = made(tmp_path, ROW)
    table.note("seconds", [0.1, math.inf])
    table.note("seconds", {"fixed": 0.1})
    table.create(ABOUT)
    assert table.about() == {"schema": 1, **ABOUT, "seconds": {"fixed": 0.1}}
    assert table.count() == 1


def test_tables_of_a_folder_are_listed_by_name(tmp_path: Path) -> None:
    """Other files are none; a folder that is not there has none."""
    assert listed(tmp_path / "nowhere") == []
    for name in ("b.sqlite", "a.sqlite", "c.sqlite-journal", "d.csv"):
        (tmp_path / name).touch()
    assert [table.path.name for table in listed(tmp_path)] == ["a.sqlite", "b.sqlite"]


ADDS = """
import sys
from pathlib import Path
from tuners.store.table import Row, Table
table, mine, count = Table(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
table.create({"model": "tree", "seed": 0, "versions": {"numpy": "2"}})
for number in range(count):
    own = Row(-1, {"process": mine, "number": number}, 1.0, (mine / 7,), None, 0.1, 0.0, 0.0, 0.0)
    table.add([own, Row(-1, {"number": number}, 1.0, (0.5,), None, 0.1, 0.0, 0.0, 0.0)])
"""


def test_processes_add_to_one_table_at_the_same_time(tmp_path: Path) -> None:
    """Nothing is lost, nothing is there twice, and each row has a number of its own."""
    path = tmp_path / "tables" / "a.sqlite"
    started = [
        subprocess.Popen([sys.executable, "-c", ADDS, str(path), str(mine), str(EACH)]) for mine in range(PROCESSES)
    ]
    assert [process.wait() for process in started] == [0] * PROCESSES
    found = Table(path).rows()
    assert [row.number for row in found] == list(range((PROCESSES + 1) * EACH))
    of_one = [{"number": number, "process": mine} for mine in range(PROCESSES) for number in range(EACH)]
    assert sorted(repr(row.params) for row in found if "process" in row.params) == sorted(map(repr, of_one))


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _begun_anew(path: Path) -> None:
    path.write_bytes(b"x" * 100 + path.read_bytes()[100:])


def _text(path: Path) -> None:
    path.write_text("model,dataset\n" * 1000)


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.rindex(b"[0.5, 0.75]") + 3] ^= 1
    path.write_bytes(content)


def _sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        file = sqlite3.connect(path)
        with file:
            file.execute(statement)
        file.close()

    return change


DAMAGES = {
    "truncated": _truncated,
    "a header of something else": _begun_anew,
    "text": _text,
    "a flipped bit": _flipped,
    **{
        f"{name} = {value}": _sql(f"UPDATE rows SET {name} = {value} WHERE number = 0")  # noqa: S608  a test's own
        for name, value in (
            ("test_score", 0.9), ("test_score", "NULL"), ("fold_scores", "'[0.9, 0.75]'"), ("fit", 0.0),
            ("params", "'{\"depth\": 4}'"), ("key", "'{}'"), ("reason", "'slow'"), ("fidelity", 0.5), ("digest", 1),
            ("fold_scores", "'['"), ("params", "x'ff'"),
        )
    },
    "a table that is gone": _sql("DROP TABLE rows"),
    "a column that is gone": _sql("ALTER TABLE rows RENAME COLUMN refit TO refitted"),
    "notes that are no JSON": _sql("UPDATE about SET value = '{' WHERE name = 'seed'"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_an_error_that_names_the_file(damage: Callable[[Path], None], tmp_path: Path) -> None:
    """In one line with the remedy, and never a wrong score."""
    table = made(tmp_path, ROW, *(replace(ROW, params={"depth": depth}) for depth in range(100)))
    damage(table.path)
    with pytest.raises(TuningError) as raised:
        _ = table.about(), table.rows()
    assert str(raised.value).startswith(f"table {table.path}: expected a recorded table, got a damaged file (")
    remedy = f"`python -m tuners table prune --damaged --tables {table.path.parent}`"
    assert str(raised.value).endswith(f"): delete it, as {remedy} does: it is built anew")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("seed", range(20))
def test_no_flipped_bit_changes_what_is_read(seed: int, tmp_path: Path) -> None:
    """It is an error that names the file, or in what no reader looks at."""
    rows = [replace(ROW, params={"depth": depth}, fold_scores=(depth / 7, 0.5)) for depth in range(40)]
    table = made(tmp_path, *rows)
    content = bytearray(table.path.read_bytes())
    draw = np.random.default_rng(seed)
    for place in draw.integers(len(content), size=5):
        content[place] ^= 1 << int(draw.integers(8))
    table.path.write_bytes(content)
    try:
        found = {exact(row) for row in table.rows()}
    except TuningError as error:
        found, said = set(), str(error)
    else:
        said = str(table.path)
    assert str(table.path) in said
    assert found <= {exact(row) for row in rows}


def test_damage_where_no_row_lies_is_found(tmp_path: Path) -> None:
    """Rows can all be read without what finds a row by its key; a session cannot do without."""
    table = made(tmp_path, ROW, *(replace(ROW, params={"depth": depth}) for depth in range(400)))
    with sqlite3.connect(table.path) as file:
        (page,) = file.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'rows'"
        ).fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
    file.close()
    assert table.check() == 401
    with table.path.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"x" * size)
    assert len(table.rows()) == 401
    with pytest.raises(TuningError, match="got a damaged file") as raised:
        table.check()
    assert "\n" not in str(raised.value)


def test_the_table_of_something_else_is_refused(tmp_path: Path) -> None:
    """A file that was given another's name: what differs is said, and the remedy."""
    table = made(tmp_path, ROW)
    for about, said in (
        ({**ABOUT, "seed": 1}, "seed 1, got 0"),
        ({**ABOUT, "model": "forest"}, "model 'forest', got 'tree'"),
    ):
        with pytest.raises(TuningError) as raised:
            table.create(about)
        assert str(raised.value) == f"table {table.path}: expected {said}: delete it, and it is built anew"


def test_a_folder_that_cannot_be_made_is_said_with_the_option(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "tables").write_text("a file")
    with pytest.raises(TuningError, match="cannot be read or written: .*: mend that, or name another folder with"):
        Table(tmp_path / "tables" / "a.sqlite").create(ABOUT)
    (tmp_path / "a.sqlite").mkdir()
    with pytest.raises(TuningError, match="cannot be read or written: unable to open database file: mend that, or"):
        Table(tmp_path / "a.sqlite").rows()
