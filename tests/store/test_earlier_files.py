"""Files of earlier and later versions: each field that a file lacks, and each that it has besides, is no damage.

`data/earlier` holds what version 0.1.0 wrote of one session, before its modules were sorted into packages.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tuners import TuningError
from tuners.__main__ import main
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.trial import Trial, trials_hash
from tuners.store import codec, side_files
from tuners.store.journal import Journal
from tuners.store.journal_contents import read
from tuners.store.saved import document
from tuners.store.saved import read as read_saved

EARLIER = ROOT / "tests" / "data" / "earlier"
JOURNAL = EARLIER / "golden.journal.jsonl"
SAVED = EARLIER / "0001_golden.json"
SIDE_FILE = EARLIER / "golden.trials.jsonl"
CELLS = ["forest-wine-default-0", "forest-wine-odd-0"]
Object = dict[str, Any]


def shown(runs: dict[str, Run]) -> dict[str, str]:
    """Return runs as text: NaN is not equal to itself."""
    return {cell: repr(run) for cell, run in runs.items()}


def of_journal(path: Path) -> dict[str, Run]:
    """Return the runs of a journal."""
    return {cell: entry.run for cell, entry in read(path).entries.items()}


def of_saved(path: Path) -> dict[str, Run]:
    """Return the runs of a saved run, with the trials of its side file."""
    return {run.record.cell: run for run in side_files.of_saved(path.parent, read_saved(path).records)}


def contents(path: Path) -> list[Object]:
    """Return the lines of a file as objects, without their checksums."""
    objects = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in each.items() if name != "check"} for each in objects]


def test_a_journal_of_before_is_read() -> None:
    """Setup, cells, trials and incumbents are there; the hash of the trials is the one that was written."""
    found = read(JOURNAL)
    assert (found.ended, found.damaged, found.plan, list(found.entries)) == (True, 0, CELLS, CELLS)
    assert found.setup is not None
    assert found.setup["options"]["tuners"] == "('default', 'odd')"
    default, odd = (entry.run for entry in found.entries.values())
    assert (default.record.test_score, len(default.trials)) == (1.0, 1)
    assert (odd.record.evaluations, odd.record.failed_trials, odd.record.budget) == (3, 1, 4)
    assert [trial.status for trial in odd.trials] == ["ok", "failed", "ok"]
    assert math.isnan(odd.trials[1].score)
    assert [(each.trial, each.cv_score, each.test_score) for each in odd.incumbents] == [
        (0, 0.9274193548387096, 0.9629629629629629),
        (2, 0.9516129032258065, 1.0),
    ]
    for run in (default, odd):
        assert trials_hash(run.trials) == run.record.trials_sha256


def test_a_saved_run_of_before_and_its_trials_are_read() -> None:
    """They are those of the journal, except for the name of the side file, which the journal does not know."""
    records = read_saved(SAVED).records
    assert [record.cell for record in records] == CELLS
    assert {record.trials for record in records} == {SIDE_FILE.name}
    unnamed = {
        cell: dataclasses.replace(run, record=dataclasses.replace(run.record, trials=None))
        for cell, run in of_saved(SAVED).items()
    }
    assert shown(unnamed) == shown(of_journal(JOURNAL))


def test_files_of_before_are_rebuilt_into_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the journal, and from the saved run, without a word of damage."""
    for source in (JOURNAL, SAVED):
        out = tmp_path / "out.json"
        assert main(["rebuild", str(source), "--report", str(out)]) == 0
        said = capsys.readouterr()
        assert "damaged" not in said.out + said.err
        assert [run["tuner"] for run in json.loads(out.read_text())["runs"]] == ["default", "odd"]


REQUIRED_OF_TRIALS = {"params", "fold_scores", "score"}
REQUIRED = {
    "session": {"schema"},
    "code": {"files"},
    "plan": {"cells"},
    "begin": {"cell", "record"},
    "trial": {"cell", "position", "trial"} | {f"trial.{name}" for name in REQUIRED_OF_TRIALS},
    "cell": {"cell", "record", "trials", "record.test_score", "record.classes"}
    | {f"trials.{name}" for name in REQUIRED_OF_TRIALS}
    | {f"incumbents.{name}" for name in ("trial", "cv_score", "test_score")},
}
"""By kind of line: what it is of, its figures, and the classes, to which the confusion matrix belongs."""
for kind in ("begin", "cell"):
    REQUIRED[kind] |= {f"record.{name}" for name in ("model", "dataset", "tuner", "seed")}
TYPED = {"record", "trial", "trials", "incumbents"}
"""Fields that hold objects, or lists of them, whose fields are known; others hold objects with keys of the user's."""


def fields(content: Object) -> Iterator[str]:
    """Name each field of a line, and of the objects in it."""
    for name, value in content.items():
        yield name
        inside = value[0] if isinstance(value, list) and value else value
        if name in TYPED and isinstance(inside, dict):
            yield from (f"{name}.{each}" for each in inside)


def without(content: Object, path: str) -> Object:
    """Return a line without a field; of a list of objects, none has it."""
    name, _, inner = path.partition(".")
    if not inner:
        return {key: value for key, value in content.items() if key != name}
    value = content[name]
    less = [without(each, inner) for each in value] if isinstance(value, list) else without(value, inner)
    return content | {name: less}


FIELDS = sorted({(each["kind"], path) for each in contents(JOURNAL) for path in fields(each) if path != "kind"})


@pytest.mark.parametrize(("kind", "path"), FIELDS)
def test_a_journal_that_lacks_a_field_is_read(kind: str, path: str, tmp_path: Path) -> None:
    """With the default of the field; one that is needed is named, with its line."""
    journal = tmp_path / "a.journal.jsonl"
    lines = [without(each, path) if each["kind"] == kind else each for each in contents(JOURNAL)]
    journal.write_text("".join(map(codec.line, lines)))
    if path in REQUIRED[kind]:
        with pytest.raises(TuningError) as raised:
            read(journal)
        named = "confusion_matrix" if path == "record.classes" else path.rpartition(".")[2]
        assert re.search(rf"^{re.escape(str(journal))}: line \d+: .*\b{named}\b", str(raised.value))
        return
    assert list(of_journal(journal)) == CELLS
    whole, name = of_journal(JOURNAL), path.rpartition(".")[2]
    for cell, run in of_journal(journal).items():
        record, trials = whole[cell].record, whole[cell].trials
        if (kind, path) == ("cell", f"record.{name}"):
            record = dataclasses.replace(record, **{name: default(Record, name)})
        if (kind, path) == ("cell", f"trials.{name}"):
            trials = tuple(dataclasses.replace(trial, **{name: default(Trial, name)}) for trial in trials)
        assert (repr(run.record), repr(run.trials)) == (repr(record), repr(trials))


def default(kind: Any, name: str) -> Any:
    """Return the default of a field."""
    known = next(each for each in dataclasses.fields(kind) if each.name == name)
    return known.default if known.default_factory is dataclasses.MISSING else known.default_factory()


OF_A_SIDE_FILE = sorted({name for each in contents(SIDE_FILE) for name in each})
IN_USE = {*REQUIRED_OF_TRIALS, "cell", "trial"}
AGREEING = {"reason": "score: expected the mean of the fold scores", "exact": "expected the trials of its record"}
"""Fields without which the others do not agree."""


def copies(folder: Path) -> tuple[Path, Path]:
    """Copy the saved run and its side file into a folder."""
    shutil.copy(SAVED, folder)
    return folder / SAVED.name, folder / SIDE_FILE.name


@pytest.mark.parametrize("name", OF_A_SIDE_FILE)
def test_a_side_file_that_lacks_a_field_is_read(name: str, tmp_path: Path) -> None:
    """With the default of the field; one that is needed is named, and so is what does not agree without it."""
    saved, side_file = copies(tmp_path)
    side_file.write_text("".join(codec.line(without(each, name)) for each in contents(SIDE_FILE)))
    said = "object missing required field" if name in IN_USE else AGREEING.get(name)
    if name == "incumbent_test_score":
        said = "as the winner's test score, got None"
    if said:
        with pytest.raises(TuningError, match=said):
            of_saved(saved)
        return
    whole = of_saved(SAVED)
    for cell, run in of_saved(saved).items():
        trials = whole[cell].trials
        if name in {known.name for known in dataclasses.fields(Trial)}:
            trials = tuple(dataclasses.replace(trial, **{name: default(Trial, name)}) for trial in trials)
        assert (run.record, repr(run.trials)) == (whole[cell].record, repr(trials))


@pytest.mark.parametrize("name", [known.name for known in dataclasses.fields(Record)])
def test_a_saved_run_that_lacks_a_field_is_read(name: str, tmp_path: Path) -> None:
    """With the default of the field; one that is needed is named."""
    path = tmp_path / SAVED.name
    run = json.loads(SAVED.read_text())
    for bench in run["benchmarks"]:
        bench["extra_info"].pop(name, None)  # a field that is newer than the file is not there
        del bench["extra_info"]["check"]
    path.write_text(json.dumps(run))
    if name in {"model", "dataset", "tuner", "seed", "test_score"}:
        with pytest.raises(TuningError, match=f"benchmarks.0..extra_info.*{name}"):
            read_saved(path)
        return
    if name == "classes":
        with pytest.raises(TuningError, match="confusion_matrix: expected 0 rows of 0 numbers"):
            read_saved(path)
        return
    before = [dataclasses.replace(each, **{name: default(Record, name)}) for each in read_saved(SAVED).records]
    assert list(read_saved(path).records) == before


KEYED = {"params", "best_params", "libraries", "files", "options"}
"""Objects whose keys are of the user or of the environment."""


def grown(value: Any) -> Any:
    """Return JSON with fields of a later version in every object, at every level."""
    if isinstance(value, dict):
        inside = {name: each if name in KEYED else grown(each) for name, each in value.items()}
        return {"sooner": None, **inside, "later": {"much": [{"later": 1}]}}
    return [grown(each) for each in value] if isinstance(value, list) else value


def test_fields_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    """In every object of a journal, a side file and a saved run; lines of a later kind, too."""
    journal = tmp_path / "a.journal.jsonl"
    lines = [*contents(JOURNAL), {"kind": "fidelity", "cell": CELLS[0]}, {"kind": ["odd"]}, {"kind": "end"}]
    journal.write_text("".join(codec.line(grown(each)) for each in lines))
    assert shown(of_journal(journal)) == shown(of_journal(JOURNAL))
    assert (read(journal).ended, read(journal).code) == (True, read(JOURNAL).code)
    saved, side_file = copies(tmp_path)
    side_file.write_text("".join(codec.line(grown(each)) for each in contents(SIDE_FILE)))
    saved.write_text(json.dumps(grown(json.loads(SAVED.read_text()))))
    assert shown(of_saved(saved)) == shown(of_saved(SAVED))


@dataclass(frozen=True)
class LaterTrial(Trial):
    """A trial of a later version."""

    share: float = 1.0
    resource: str | None = None
    curve: tuple[float, ...] = ()


@dataclass(frozen=True)
class LaterRecord(Record):
    """A record of a later version."""

    repeats: int = 1
    clock: str = "wall"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let `Trial` and `Record` have more fields."""
    monkeypatch.setattr("tuners.store.trials.Trial", LaterTrial)
    for module in ("records", "saved"):
        monkeypatch.setattr(f"tuners.store.{module}.Record", LaterRecord)
    return monkeypatch


@pytest.mark.usefixtures("later")
def test_a_new_field_of_trial_or_record_is_added_there_alone() -> None:
    """Files of before are read with its default, whatever kind of file they are."""
    for runs in (of_journal(JOURNAL), of_saved(SAVED)):
        assert list(runs) == CELLS
        for run in runs.values():
            assert isinstance(run.record, LaterRecord)
            assert (run.record.repeats, run.record.clock) == (1, "wall")
            new = [(vars(each)["share"], vars(each)["resource"], vars(each)["curve"]) for each in run.trials]
            assert set(new) == {(1.0, None, ())}


def test_what_a_later_version_writes_is_read_by_both(later: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The later one reads its new fields, NaN among them; this one passes over them, and every checksum is right."""
    new: Object = {"share": math.nan, "resource": "trees", "curve": (0.25, math.nan)}
    trials = (LaterTrial({"a": 1}, (0.5, 1.0), 0.75, **new),)
    record = LaterRecord(
        "forest", "wine", "random", 0, test_score=0.5, seconds=1.0, evaluations=1, trials="a.trials.jsonl",
        trials_sha256=trials_hash(trials), repeats=3,
    )  # fmt: skip
    run = Run(record, trials)
    journal, saved = tmp_path / "a.journal.jsonl", tmp_path / "0001_a.json"
    written = Journal(journal)
    written.session({})
    written.trial("another", 0, trials[0])
    written.cell(run, {})
    written.close()
    side_files.write([run], tmp_path / "a.trials.jsonl")
    about = {"machine_info": {}, "commit_info": {}, "datetime": "", "version": ""}
    saved.write_text(json.dumps(document([(record, {})], about=about)))
    for found in (of_journal(journal), of_saved(saved)):
        assert shown(found) == {record.cell: repr(run)}
    later.undo()
    as_now = read(journal)
    assert as_now.damaged == 0
    for read_trials in (
        as_now.trials["another"],
        *(runs[record.cell].trials for runs in (of_journal(journal), of_saved(saved))),
    ):
        assert list(map(repr, read_trials)) == [repr(trial_of_now(trials[0]))]


def trial_of_now(trial: LaterTrial) -> Trial:
    """Return a later version's trial without its new fields."""
    return Trial(**{known.name: getattr(trial, known.name) for known in dataclasses.fields(Trial)})
