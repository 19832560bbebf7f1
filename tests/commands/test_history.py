"""`python -m tuners history`: saved runs of a folder or a git branch, as sentences, page, JSON and badge."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.past import commit, save
from tuners.__main__ import main
from tuners.store import past_runs, saved


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607  the user's git
    return done.stdout.strip()


def test_a_change_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commit where `random` became worse is named in the output, in JSON and on the badge; the page is one file."""
    save(tmp_path, 8, worse_from=5)
    out = {suffix: tmp_path / "out" / f"history{suffix}" for suffix in (".html", ".json", ".svg")}
    reports = [argument for path in out.values() for argument in ("--report", str(path))]
    assert main(["history", "--storage", str(tmp_path), *reports]) == 0
    said = capsys.readouterr().out
    short = commit(5).id[:7]
    assert "8 saved runs at 8 commits, 2026-01-01 to 2026-01-08" in said
    assert f"random on forest: regret worse since {short} (2026-01-06): " in said
    assert "the chance that anything at all is marked here is at most 5 % (Bonferroni over " in said
    content = json.loads(out[".json"].read_text())
    (change,) = [each for each in content["changes"] if content["series"][each["series"]]["measure"] == "regret"]
    assert (change["commit"], change["at"], change["better"]) == (commit(5).id, 5, False)
    assert [each["id"] for each in content["commits"]] == [commit(place).id for place in range(8)]
    badge = ET.parse(out[".svg"]).getroot()  # noqa: S314  our own file
    assert f"random regret worse since {short}" in "".join(badge.itertext())
    assert "<script src" not in out[".html"].read_text()


def test_figures_are_those_of_the_saved_runs(tmp_path: Path) -> None:
    """What is read without making whole records is what whole records say."""
    paths = save(tmp_path, 2)
    for path, found in zip(paths, past_runs.of_folder(tmp_path).runs, strict=True):
        records = saved.read(path).records
        for record, cell in zip(records, found.cells, strict=True):
            fields = {name: getattr(cell, name) for name in cell.__slots__}
            assert fields == {name: getattr(record, name) for name in fields}


def test_runs_on_a_git_branch_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a branch that is not checked out, whole or a folder of it; commits have their messages from the repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "the <first> one")
    head = git(tmp_path, "rev-parse", "HEAD")
    runs = tmp_path / "runs"
    runs.mkdir()
    (path,) = save(runs, 1)
    path.write_text(path.read_text().replace(commit(0).id, head))
    git(tmp_path, "checkout", "-q", "-b", "benchmarks")
    git(tmp_path, "add", "runs")
    git(tmp_path, "commit", "-q", "-m", "runs")
    git(tmp_path, "checkout", "-q", "main")
    assert not path.exists()
    monkeypatch.chdir(tmp_path)
    for address in ("benchmarks", "benchmarks:runs"):
        assert main(["history", "--branch", address, "--report", "out.json"]) == 0
        assert json.loads(Path("out.json").read_text())["commits"][0]["message"] == "the <first> one"
    assert "1 saved run at 1 commit" in capsys.readouterr().out
    for address, said in {
        "nowhere": "Needed a single revision",
        "main": "found none among 0 files",
        "--help": "",
    }.items():
        assert main(["history", f"--branch={address}"]) == 2
        error = capsys.readouterr().err
        assert error.startswith("ERROR: --branch: ")
        assert said in error
        assert len(error.splitlines()) == 1


def test_what_is_left_out_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged run, a partial one and one of other benchmarks: said, and the rest is read."""
    paths = save(tmp_path, 5)
    paths[0].write_text(paths[0].read_text()[:-200])
    paths[1].write_text(json.dumps(json.loads(paths[1].read_text()) | {"partial": "3 of 8 cells"}))
    other = json.loads(paths[2].read_text())
    for bench in other["benchmarks"]:
        bench["extra_info"] = {"seed": "none of ours"}
    paths[2].write_text(json.dumps(other))
    mixed = json.loads(paths[3].read_text())
    mixed["benchmarks"].append({**mixed["benchmarks"][0], "extra_info": {"model": 3}})
    paths[3].write_text(json.dumps(mixed))
    assert main(["history", "--storage", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "2 saved runs at 2 commits" in said
    assert "0001_run is left out: it is damaged (" in said
    assert "0002_run left out: partial, as shards are" in said
    assert "0003_run left out: no comparison of tuning methods" in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--storage", "nowhere"], "--storage: expected a folder of saved runs, found no folder nowhere"),
        (["--storage", "."], "--storage: .: expected whole saved runs of tuning methods, found none among 0 files"),
        (["--alpha", "2"], "--alpha: expected a number above 0 and below 1, got '2'"),
        (["--report", "x.pdf"], "--report: expected a path that ends in .html or .json or .svg, got 'x.pdf'"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    expected: str,
) -> None:
    """It says what was expected and what came, with exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert main(["history", *arguments]) == 2
    assert capsys.readouterr().err.startswith(f"ERROR: {expected}")
