"""`python -m tuners table`: tables are built, listed, verified, exported and pruned without a session."""

from __future__ import annotations

import csv
import dataclasses
import math
import os
import sqlite3
from pathlib import Path

import pytest
from sklearn.tree import DecisionTreeClassifier

from tuners import Model, register_model
from tuners.__main__ import main
from tuners.commands.table.export import columns
from tuners.store.table import Row, Table

SPACE = {"max_depth": [1, 2, None], "min_samples_leaf": [1, 5]}


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a folder with the whole table of a small problem."""
    register_model(Model("tree", DecisionTreeClassifier(), SPACE))
    assert main(["table", "build", *_of("--tables", tmp_path)]) == 0
    assert "tree-iris-0: all 6 candidates" in capsys.readouterr().out
    return tmp_path


def _of(*arguments: object) -> list[str]:
    return ["--models", "tree", "--datasets", "iris", "--seeds", "1", "--jobs", "1", *map(str, arguments)]


def _only(folder: Path) -> Table:
    (path,) = folder.glob("tree-iris-0-*.sqlite")
    return Table(path)


def _said(table: Table, name: str, value: object) -> None:
    """Let a table say something else of what it depends on."""
    table.note(name, value)


def _older(table: Table) -> None:
    """Let a table be of another version of a library."""
    _said(table, "versions", {**table.about()["versions"], "scikit-learn": "0.1"})


def test_what_is_built_is_not_built_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second command adds no row; the untuned model stands beside the space's candidates."""
    before = _only(folder).rows()
    assert main(["table", "build", *_of("--tables", folder)]) == 0
    assert _only(folder).rows() == before
    assert len(before) == 7
    assert "all 6 candidates" in capsys.readouterr().out


def test_list_has_a_line_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A whole table's line has its landmarks; one of another version and a damaged one are marked."""
    table = _only(folder)
    scores = sorted((sum(row.fold_scores) / len(row.fold_scores) for row in table.rows() if row.params), reverse=True)
    assert main(["table", "list", "--tables", str(folder)]) == 0
    out = capsys.readouterr().out
    assert f"{table.path.stem}: 7 rows; whole (all 6 candidates of the space); default at rank" in out
    assert f"optimum {scores[0]:.4f}, median {(scores[2] + scores[3]) / 2:.4f}" in out
    assert "seconds measured" in out
    assert "OUTDATED" not in out
    _older(table)
    (folder / "other.sqlite").write_text("no database " * 100)
    assert main(["table", "list", "--tables", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "OUTDATED: recorded with scikit-learn 0.1, now " in out
    assert "other.sqlite: table" in out
    assert "damaged file" in out


def test_verify_finds_rows_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows evaluated again, plainly, are equal bit for bit; the sample is as large as it was asked for."""
    assert main(["table", "verify", "--tables", str(folder)]) == 0
    assert "7 of 7 rows evaluated again, 0 differ" in capsys.readouterr().out
    assert main(["table", "verify", "tree-iris-0", "--sample", "2", "--tables", str(folder)]) == 0
    assert "2 of 7 rows evaluated again, 0 differ" in capsys.readouterr().out


@pytest.mark.parametrize("field", ["fold scores", "test score"])
def test_verify_names_the_row_that_differs(field: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A score that is off by the last bit, with a checksum that fits, is found: exit code 1."""
    table = _only(folder)
    *rows, last = table.rows()
    table.path.rename(folder / "aside")
    about = {name: value for name, value in Table(folder / "aside").about().items() if name != "schema"}
    table.create(about)
    assert last.test_score is not None
    first, *others = last.fold_scores
    last = (
        dataclasses.replace(last, fold_scores=(_next(first), *others))
        if field == "fold scores"
        else dataclasses.replace(last, test_score=_next(last.test_score))
    )
    table.add([*rows, last])
    assert main(["table", "verify", "--tables", str(folder)]) == 1
    out = capsys.readouterr().out
    assert f"row {last.number} {last.params}: {field} recorded as " in out
    assert "7 of 7 rows evaluated again, 1 differ" in out


def _next(score: float) -> float:
    return math.nextafter(score, 0.0)


def test_verify_says_what_it_cannot_verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of other versions, of another metric or of a model that is not there is no success: exit code 2."""
    assert main(["table", "verify", "--tables", str(folder), "--metric", "balanced_accuracy"]) == 2
    assert "not verified: its problem is another one now: recorded with another metric" in capsys.readouterr().out
    table = _only(folder)
    _older(table)
    assert main(["table", "verify", "--tables", str(folder)]) == 2
    captured = capsys.readouterr()
    assert "recorded with scikit-learn 0.1, now " in captured.out
    assert "ERROR: table verify: expected a table of what is installed and given here" in captured.err
    _said(table, "model", "shrub")
    assert main(["table", "verify", "--tables", str(folder)]) == 2
    assert "its problem cannot be made: unknown model 'shrub'" in capsys.readouterr().out


def test_a_row_changed_in_the_file_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row that does not fit its checksum is named, with the file."""
    with sqlite3.connect(_only(folder).path) as file:
        file.execute("UPDATE rows SET test_score = 0.5 WHERE number = 3")
    file.close()
    assert main(["table", "verify", "--tables", str(folder)]) == 2
    assert "row 3 is not as it was written" in capsys.readouterr().err


def test_export_has_what_the_table_has(folder: Path, tmp_path: Path) -> None:
    """A column a hyperparameter, and each number as it was recorded."""
    path = tmp_path / "out.csv"
    assert main(["table", "export", "tree-iris-0", str(path), "--tables", str(folder)]) == 0
    with path.open(newline="") as file:
        found = list(csv.DictReader(file))
    rows = _only(folder).rows()
    assert len(found) == len(rows)
    for exported, row in zip(found, rows, strict=True):
        params = {name: str(value) for name, value in row.params.items()}
        assert {name: exported[f"param_{name}"] for name in SPACE} == {name: params.get(name, "") for name in SPACE}
        assert tuple(float(exported[f"fold_{place}"]) for place in range(len(row.fold_scores))) == row.fold_scores
        assert float(exported["test_score"]) == row.test_score
        assert float(exported["fit_seconds"]) == row.fit_seconds


def test_columns_of_several_types_are_text() -> None:
    """None is a value and not a gap; tuples are written as JSON; a failure has its reason."""
    rows = [
        Row(0, {"a": None, "b": (1, 2)}, 1.0, (0.5,), None, 0, 0, 0, 0, refused="no score"),
        Row(1, {"a": 3}, 1.0, (float("nan"),), None, 0, 0, 0, 0, reason="ValueError: no"),
    ]
    found = columns(rows)
    assert found["param_a"] == ["None", "3"]
    assert found["param_b"] == ["[1, 2]", None]
    assert found["reason"] == ["no score", "ValueError: no"]


def test_parquet_without_its_library_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names the package, and the way without it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["table", "export", "tree-iris-0", "out.parquet", "--tables", str(folder)]) == 2
    assert "needs pyarrow, which is not installed: pip install pyarrow, or export to .csv" in capsys.readouterr().err


def test_prune_deletes_tables_of_other_versions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run deletes nothing; a table of today stays; what is deleted is said with its bytes."""
    table = _only(folder)
    assert main(["table", "prune", "--tables", str(folder)]) == 0
    assert "deleted 0 tables, 0 bytes" in capsys.readouterr().out
    _older(table)
    size = table.path.stat().st_size
    assert main(["table", "prune", "--dry-run", "--tables", str(folder)]) == 0
    assert f"would delete {table.path.name} ({size:,} bytes): recorded with scikit-learn 0.1" in capsys.readouterr().out
    assert table.path.exists()
    assert main(["table", "prune", "--tables", str(folder)]) == 0
    assert f"deleted 1 table, {size:,} bytes" in capsys.readouterr().out
    assert not table.path.exists()


def test_prune_deletes_old_and_damaged_tables_on_request(folder: Path) -> None:
    """Neither is deleted unasked."""
    table, damaged = _only(folder), folder / "tree-iris-1-0.sqlite"
    damaged.write_text("no database " * 100)
    os.utime(table.path, (0, 0))
    assert main(["table", "prune", "--tables", str(folder)]) == 0
    assert table.path.exists()
    assert damaged.exists()
    assert main(["table", "prune", "--damaged", "--tables", str(folder)]) == 0
    assert table.path.exists()
    assert not damaged.exists()
    assert main(["table", "prune", "--older", "30d", "--tables", str(folder)]) == 0
    assert not table.path.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "--seeds", "x"], "--seeds: expected a number of seeds"),
        (["build", "--models", "tre"], "unknown model 'tre': did you mean tree?"),
        (["build", "--preset", "quik"], "unknown preset 'quik'"),
        (["verify", "tree-iris-7"], "unknown table 'tree-iris-7': did you mean tree-iris-0?"),
        (["verify", "--sample", "0"], "--sample: expected a whole number of at least 1, got '0'"),
        (["verify", "--sample-seed", "-"], "--sample-seed: expected a whole number of at least 0, got '-'"),
        (["export", "tree-iris-0", "out.xlsx"], "expected a path that ends in .csv or .parquet, got 'out.xlsx'"),
        (["prune", "--older", "long"], "--older: expected a number of seconds above 0"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the thing, what was expected and what came: exit code 2."""
    assert main(["table", *arguments, "--tables", str(folder)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_folder_without_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is listed as empty; nothing can be verified in it, and the line says what makes tables."""
    assert main(["table", "list", "--tables", str(tmp_path / "none")]) == 0
    assert main(["table", "prune", "--tables", str(tmp_path / "none")]) == 0
    assert main(["table", "verify", "--tables", str(tmp_path / "none")]) == 2
    assert "`python -m tuners table build` makes them" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_an_interrupted_command_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends a command without a traceback, and the next one goes on with what was recorded: exit code 2."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    table = _only(folder)
    with sqlite3.connect(table.path) as file:
        file.execute("DELETE FROM rows WHERE number > 3")
    file.close()
    before = table.rows()
    with monkeypatch.context() as patched:
        patched.setattr("tuners.evaluation.whole.Whole.plain", interrupt)
        assert main(["table", "build", *_of("--tables", folder)]) == 2
    assert "ERROR: table: interrupted: what is recorded stays" in capsys.readouterr().err
    assert main(["table", "build", *_of("--tables", folder)]) == 0
    assert table.rows()[:4] == before
    assert table.count() == 7


def test_what_takes_longer_than_the_limit_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line has the option by which the whole table is built."""
    table = _only(folder)
    table.path.unlink()
    assert main(["table", "build", *_of("--tables", folder, "--table-limit", "1e-6")]) == 0
    out = capsys.readouterr().out
    assert "tree-iris-0: 1 of 6 candidates: the whole would take about " in out
    assert "more than --table-limit=1e-06" in out


def test_a_file_of_other_columns_is_damaged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says that it is to be deleted, which is all that helps: exit code 2."""
    path = _only(folder).path
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE about DROP COLUMN digest")
    file.close()
    assert main(["table", "build", *_of("--tables", folder)]) == 2
    err = capsys.readouterr().err
    assert f"table {path}: expected a recorded table, got a damaged file" in err
    assert "delete it, as `python -m tuners table prune --damaged --tables " in err
