"""The journal, and sessions that are killed: nothing that was measured is lost, and nothing wrong is read."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tuners
from tests import ROOT, faults
from tests.bench import PLAIN
from tests.estimators import stump
from tuners import Problem, Protocol, TuningError
from tuners.__main__ import main
from tuners.catalog import DATASETS, TUNERS
from tuners.execution.here import measure
from tuners.results.budget import Budget
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.trial import Trial
from tuners.store import codec, imported_code, resumable
from tuners.store import side_files as trialfile
from tuners.store.journal import Journal
from tuners.store.journal_contents import read
from tuners.store.journal_folder import FOLDER, KEPT, SUFFIX, listed, lock, new_path

MOMENTS = [2, pytest.param(50, marks=pytest.mark.slow)]
DAMAGES = 200


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    """Run two methods, of one of which a trial fails."""
    found = []
    for tuner in ("manual", "random"):
        model = stump(raise_above=0.8)
        run = measure(
            tuner, TUNERS.load(tuner), Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=2)), Budget(3)
        )
        found.append(run)
    return found


@pytest.fixture(scope="module")
def journal(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a journal of two runs and the first trials of a third."""
    path = tmp_path_factory.mktemp("journals") / "a.journal.jsonl"
    written = Journal(path)
    written.session({"options": {"budget": "3"}})
    for run in runs:
        for position, trial in enumerate(run.trials):
            written.trial(run.record.cell, position, trial)
        written.cell(run, {"fullname": run.record.cell})
    written.trial("stump-iris-grid-0", 0, runs[0].trials[0])
    written.close()
    return path


def test_reads_what_was_written(journal: Path, runs: list[Run]) -> None:
    """Records, trials and incumbents come back as they were."""
    contents = read(journal)
    assert not contents.ended
    assert not contents.damaged
    assert {run.record.cell: repr(run) for run in runs} == {
        cell: repr(entry.run) for cell, entry in contents.entries.items()
    }
    assert {cell: len(trials) for cell, trials in contents.trials.items()} == {"stump-iris-grid-0": 1}


def test_a_line_cut_short_at_the_end_is_no_damage(journal: Path, tmp_path: Path) -> None:
    """A crash in the middle of a line loses that line, and the next session's line is whole."""
    path = tmp_path / "cut.jsonl"
    path.write_bytes(journal.read_bytes()[:-30])
    assert read(path).damaged == 0
    assert not read(path).trials
    again = Journal(path)
    again.end()
    again.close()
    assert read(path).ended


@settings(max_examples=DAMAGES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_journal_is_an_error_or_read_without_the_damage(
    data: st.DataObject, journal: Path, tmp_path: Path
) -> None:
    """Cut, flipped, doubled or foreign bytes: never a traceback, never a number that was not written."""
    good = journal.read_bytes()
    known = {cell: repr(entry.run) for cell, entry in read(journal).entries.items()}
    damaged = bytearray(good)
    kind = data.draw(st.sampled_from(["cut", "flip", "insert", "remove", "foreign"]))
    at = data.draw(st.integers(0, len(good) - 1))
    if kind == "cut":
        damaged = damaged[:at]
    elif kind == "flip":
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "insert":
        damaged[at:at] = data.draw(st.binary(min_size=1, max_size=50))
    elif kind == "remove":
        del damaged[at : at + data.draw(st.integers(1, 2000))]
    else:
        damaged = bytearray(
            data.draw(st.sampled_from([b"", b"{}", b"[1]\n", b"\xff\xfe\x00", b'{"kind": "cell"}\n', good[::-1]]))
        )
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(damaged)
    try:
        contents = read(path)
    except TuningError as error:
        message = str(error)
        assert (len(message.splitlines()), str(path) in message) == (1, True)
        return
    assert {cell: repr(entry.run) for cell, entry in contents.entries.items()}.items() <= known.items()


def bytes_of(journal: Path) -> tuple[list[bytes], dict[str, str]]:
    """Return a journal's lines, and what its cells are."""
    return journal.read_bytes().splitlines(keepends=True), figures(journal)


def figures(path: Path) -> dict[str, str]:
    """Return the cells of a journal as text."""
    return {cell: repr(entry.run) for cell, entry in read(path).entries.items()}


@pytest.mark.parametrize(
    "junk", [b"", b"\x00" * 100, b"\xff\xfe\n\xff", b'{"check": "', b'{"check": "00000000", "kind": "end"}']
)
def test_a_torn_line_costs_that_line_only(journal: Path, tmp_path: Path, junk: bytes) -> None:
    """Whatever stands in its place, and though the next line goes on where it broke off."""
    lines, whole = bytes_of(journal)
    path = tmp_path / "torn.jsonl"
    for number, line in enumerate(lines[:-1]):
        torn = line[: len(line) // 2] + junk
        path.write_bytes(b"".join([*lines[:number], torn, *lines[number + 1 :]]))
        contents = read(path)
        lost = [cell for cell in whole if b'"kind": "cell", "cell": "%s"' % cell.encode() in line]
        assert figures(path) == {cell: run for cell, run in whole.items() if cell not in lost}
        assert contents.damaged in {1, 2}  # junk may have a line of its own
        assert (contents.setup is None) == (number == 0)


def test_lines_that_are_glued_are_all_read(journal: Path, tmp_path: Path) -> None:
    """Without the ends of lines between them, or with something else there."""
    lines, whole = bytes_of(journal)
    path = tmp_path / "glued.jsonl"
    for between in (b"", b"  ", b"\xff"):
        path.write_bytes(between.join(line.rstrip() for line in lines) + b"\n")
        assert figures(path) == whole


def changed(line: bytes, **values: Any) -> bytes:
    """Return a line of a journal with other values, and the checksum of them."""
    content = json.loads(line) | values
    del content["check"]
    return codec.line(content).encode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"trials": 3}, "trials: expected array, got int"),
        ({"trials": [{"params": {}, "fold_scores": ["x"], "score": None}]}, "trials[0].fold_scores[0]: expected float"),
        ({"incumbents": [{"trial": 0}]}, "incumbents[0]: object missing required field cv_score"),
        ({"record": {"model": 3}}, "record.model: expected str, got int"),
        ({"record": []}, "record: expected object, got array"),
        ({"test": {"group": 3}}, "test.group: expected str | null, got int"),
        ({"test": {"a": [[[[[[[[[[[]] * 6]]]]]]]]]}}, ""),
        ({"later": 3}, ""),
    ],
)
def test_a_field_of_another_type_is_named(journal: Path, tmp_path: Path, values: dict[str, Any], said: str) -> None:
    """In one line with the file and the line, where the checksum is right; what is not known is passed over."""
    lines, whole = bytes_of(journal)
    number = next(number for number, line in enumerate(lines) if b'"kind": "cell"' in line)
    path = tmp_path / "changed.jsonl"
    path.write_bytes(b"".join([*lines[:number], changed(lines[number], **values), *lines[number + 1 :]]))
    if not said:
        assert figures(path) == whole
        return
    with pytest.raises(TuningError) as raised:
        read(path)
    assert f"{path}: line {number + 1}: {said}" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_trials_are_no_journal(runs: list[Run], tmp_path: Path) -> None:
    """A side file has lines with checksums, too, and is another file."""
    path = tmp_path / "a.trials.jsonl"
    trialfile.write(runs, path)
    with pytest.raises(TuningError, match="expected a journal, found no whole line of one"):
        read(path)


def begun(folder: Path, name: str, *, ended: bool = False) -> Path:
    """Write a journal of a session; return its path."""
    written = Journal(folder / FOLDER / f"{name}{SUFFIX}")
    written.session({"which": name})
    if ended:
        written.end()
    written.close()
    return written.path


def test_the_newest_journal_is_the_one_begun_last(tmp_path: Path) -> None:
    """Whatever the clock said then, and whatever it says of the files; older versions' come before."""
    older = begun(tmp_path, "20400101T000000000000-older")
    lines = older.read_bytes().splitlines(keepends=True)
    content = json.loads(lines[0])
    del content["check"], content["number"]
    older.write_text(codec.line(content))
    first = begun(tmp_path, "20300101T000000000000-aaaaaaaa")
    second = begun(tmp_path, "20261125T000000000000-bbbbbbbb")
    third = begun(tmp_path, "20270101T000000000000-cccccccc", ended=True)
    os.utime(second, (0, 0))
    assert listed(second.parent) == [older, first, second, third]
    contents, handle = resumable.interrupted(tmp_path)
    os.close(handle)
    assert contents.path == second


def test_a_session_whose_first_line_is_lost_is_not_resumed(tmp_path: Path) -> None:
    """Nobody knows what it was; its figures are there for a report."""
    path = begun(tmp_path, "one")
    trial = {"params": {}, "fold_scores": [1.0], "score": 1.0}
    later = codec.line({"kind": "trial", "cell": "a", "position": 0, "trial": trial})
    path.write_text(path.read_text()[1:] + later)
    contents, handle = resumable.interrupted(tmp_path)
    os.close(handle)
    assert len(contents.trials["a"]) == 1
    with pytest.raises(TuningError, match="its first line is damaged, which says what was compared: delete it, or run"):
        resumable.require_same(contents, {}, tmp_path)


def test_only_journals_of_ended_sessions_are_deleted(tmp_path: Path) -> None:
    """The oldest of more than fifty: none of a session that runs, can be resumed, or is not understood."""
    cut, running = begun(tmp_path, "cut"), begun(tmp_path, "running", ended=True)
    torn = begun(tmp_path, "torn", ended=True)
    torn.write_bytes(torn.read_bytes()[:-5])
    odd = cut.with_name(f"odd{SUFFIX}")
    odd.write_bytes(b"\x00")
    empty = cut.with_name(f"empty{SUFFIX}")
    empty.touch()
    ended = [begun(tmp_path, f"{50 - number:02}", ended=True) for number in range(KEPT + 2)]
    handle = lock(running)
    assert handle is not None
    path = new_path(tmp_path)
    os.close(handle)
    assert not path.exists()
    assert {each.name for each in cut.parent.glob("*.jsonl")} == {
        each.name for each in (cut, running, torn, odd, empty, *ended[3:])
    }


def test_another_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file, the schema and the remedy."""
    monkeypatch.setattr("tuners.store.journal_lines.SCHEMA", 99)
    path = tmp_path / "old.jsonl"
    written = Journal(path)
    written.session({})
    written.close()
    monkeypatch.undo()
    with pytest.raises(
        TuningError, match="old.jsonl: expected a journal of schema 1, got 99: read it with the version"
    ):
        read(path)


def test_rebuilds_report_and_saved_run(
    journal: Path, runs: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the journal alone; it says what was cut short, and the saved run is marked partial."""
    out, saved = tmp_path / "out.json", tmp_path / "saved.json"
    assert main(["rebuild", str(journal), "--report", str(out), "--save", str(saved)]) == 0
    assert "cut short: stump-iris-grid-0 after 1 trials" in capsys.readouterr().out
    assert [run["test_score"] for run in json.loads(out.read_text())["runs"]] == [r.record.test_score for r in runs]
    content = json.loads(saved.read_text())
    assert content["partial"] == "2 cells"
    assert [bench["stats"]["mean"] for bench in content["benchmarks"]] == [run.record.seconds for run in runs]


def test_rebuild_of_nothing_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file is bad input, not a traceback."""
    assert main(["rebuild", str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err.startswith("ERROR: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_said_and_costs_no_run(runs: list[Run]) -> None:
    """Writing fails; the session goes on."""
    written = Journal(Path("/dev/full"))
    written.cell(runs[0], {})
    assert written.failure == "No space left on device"
    written.close()


SMALL_DISK = "mount -t tmpfs -o size=64k tmpfs {folder} && cd {folder} && cp {suite} test_suite.py && exec {command}"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a suite of cheap cells."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(test_suite=faults.SUITE)
    return pytester


OPTIONS = ("-p", "tuners.plugin", *PLAIN, "--tuning-tuners=default,random", "--tuning-seeds=2", "--tuning-budget=3")


def test_a_disk_that_fills_up_costs_the_files_not_the_table(suite: pytest.Pytester) -> None:
    """On a disk of 64 KB: what cannot be written is said, with the remedy; the table is there, and no traceback."""
    command = f"{sys.executable} -m pytest -p no:cacheprovider {' '.join(OPTIONS)} --benchmark-save=x"
    (suite.path / "disk").mkdir()
    script = SMALL_DISK.format(folder=suite.path / "disk", suite=suite.path / "test_suite.py", command=command)
    if suite.run("unshare", "-rm", "true").ret:
        pytest.skip("a small disk cannot be mounted here")
    fill = "head -c 50000 /dev/zero > filling; exec "
    result = suite.run("unshare", "-rm", "sh", "-c", script.replace("exec ", fill))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["stump on iris  verdict*", "--benchmark-save: * cannot be written: No space left on device*"]
    )
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


FULL = """
import errno, os

def full(*arguments):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

def pytest_configure(config):
    if {everywhere}:
        os.write = full
    if {everywhere} or not hasattr(config, "workerinput"):
        os.fsync = full
"""


@pytest.mark.slow
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_full_disk_under_xdist(suite: pytest.Pytester, *, everywhere: bool) -> None:
    """One line for each file that cannot be written, and the table and the reports: as without workers."""
    suite.makeconftest(FULL.replace("{everywhere}", str(everywhere)))
    result = suite.runpytest_subprocess(*OPTIONS, "-n2", "--benchmark-save=x", "--tuning-report=r.md")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = result.stdout.str()
    assert "Traceback" not in said + result.stderr.str()
    result.stdout.fnmatch_lines_random(["report: r.md", "stump on iris  verdict*"])
    result.stdout.fnmatch_lines_random(
        [
            "--benchmark-save: * cannot be written: No space left on device*",
            "journal *: No space left on device: not all cells can be resumed",
            "4 of 4 cells are saved without trials, which could not be written to the journal"
            if everywhere
            else "the trials beside the saved run: * cannot be written: No space left on device",
        ]
    )
    assert "| random" in (suite.path / "r.md").read_text()
    assert not [path for path in suite.path.glob(".benchmarks/**/*") if path.is_file()]


INTERRUPTED = """
import os, signal, time
import pytest
from tuners.comparison.progress import Progress

def stop(moment):
    if os.environ.get("MOMENT") == moment:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)

def pytest_collection_modifyitems():
    stop("collection")

@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary():
    stop("report")

trial = Progress.trial

def heard(self, count, best, budget, metric=""):
    if count == 2:
        stop("cell")
    trial(self, count, best, budget, metric)

Progress.trial = heard
"""


@pytest.mark.parametrize("moment", ["collection", "report", "cell"])
def test_ctrl_c(suite: pytest.Pytester, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In collection, in the report, in a fit of an isolated cell: no traceback, and the resumed session is whole."""
    suite.makeconftest(INTERRUPTED)
    monkeypatch.setenv("MOMENT", moment)
    result = suite.runpytest_subprocess(*OPTIONS, "--tuning-isolate", "--benchmark-save=cut")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert ("cut short: --tuning-resume takes what is finished" in result.stdout.str()) == (moment == "cell")
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    monkeypatch.delenv("MOMENT")
    if moment == "report":
        result.stderr.fnmatch_lines(["interrupted while reporting: python -m tuners rebuild * makes the report anew"])
        path = next(suite.path.glob(".tuning/*.journal.jsonl"))
        assert len(read(path).entries) == 4
        assert main(["rebuild", str(path)]) == 0
        return
    resumed = suite.runpytest_subprocess(*OPTIONS, "--tuning-isolate", "--tuning-resume", "--tuning-report=out.json")
    if moment == "collection":
        assert resumed.ret == pytest.ExitCode.USAGE_ERROR
        resumed.stderr.fnmatch_lines(
            ["ERROR: --tuning-resume: expected an interrupted session's journal*, found none*"]
        )
        return
    assert resumed.ret == 0
    runs = json.loads((suite.path / "out.json").read_text())["runs"]
    assert [run["earlier"] for run in runs] == [True] + [False] * 3
    saved = list(suite.path.glob(".benchmarks/*/0001_cut.json"))
    assert json.loads(saved[0].read_text())["partial"] == "1 of 4 cells"


def test_resume_is_refused_when_something_has_changed(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options and code; it says which."""
    suite.makeconftest(INTERRUPTED)
    monkeypatch.setenv("MOMENT", "cell")
    suite.runpytest_subprocess(*OPTIONS)
    suite.makeconftest("")
    result = suite.runpytest_subprocess(*OPTIONS, "--tuning-metric=balanced_accuracy", "--tuning-resume")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --tuning-resume: *options: metric was absent, is *; files: conftest.py was *, is *"]
    )


IMPORTS = """
import os, signal
import tuners
from mine.deep.code import FEATURE

@tuners.tuner
def one(objective, seed):
    import late
    objective({"feature": FEATURE, "threshold": late.THRESHOLD})

@tuners.tuner
def die(objective, seed):
    if not os.path.exists("again"):
        os.kill(os.getppid(), signal.SIGKILL)
    objective({"feature": FEATURE, "threshold": 0.5})
"""


def test_resume_is_refused_when_imported_code_has_changed(
    suite: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without git, wherever it lies, however deep, whoever imports it; and taken up again when it is as it was."""
    suite.makeconftest(IMPORTS)
    before, after = tmp_path / "before", tmp_path / "after"
    deep, late = after / "mine" / "deep" / "code.py", after / "late.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("FEATURE = 1")
    late.write_text("THRESHOLD = 0.5")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (before, after, ROOT))))
    options = ("-p", "tuners.plugin", "--tuning-tuners=one,die", "--tuning-seeds=1", "--tuning-isolate")
    assert suite.runpytest_subprocess(*options).ret == -signal.SIGKILL
    shadow = before / "mine" / "deep" / "code.py"
    shadow.parent.mkdir(parents=True)
    for path, changed, said in (
        (deep, "FEATURE = 2", f"files: {deep} was *, is *"),
        (late, "THRESHOLD = 0.75", f"files: {late} was *, is *"),
        (shadow, "FEATURE = 3", f"files: {shadow} was absent, is *"),
    ):
        usual = path.read_text() if path.exists() else None
        path.write_text(changed)
        refused = suite.runpytest_subprocess(*options, "--tuning-resume")
        assert refused.ret == pytest.ExitCode.USAGE_ERROR
        refused.stderr.fnmatch_lines([f"ERROR: --tuning-resume: *({said}): restore that, or run without*"])
        path.unlink() if usual is None else path.write_text(usual)
    (suite.path / "again").touch()
    resumed = suite.runpytest_subprocess(*options, "--tuning-resume")
    resumed.stdout.fnmatch_lines(["resumed from *: 1 cell taken from it"])


def test_code_is_what_no_installed_library_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its suffix, and what pytest alone has imported, too."""
    own, library = tmp_path / "own.so", tmp_path / "lib" / "site-packages" / "library.py"
    for name, path in {"own": own, "library": library}.items():
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        vars(sys.modules[name])["__file__"] = str(path)
    besides = ModuleType("conftest")
    vars(besides)["__file__"] = str(tmp_path / "conftest.py")
    found = imported_code.files([besides])
    assert {str(own), besides.__file__, __file__} <= found
    assert not {str(library), pytest.__file__, json.__file__, codec.__file__, tuners.__file__} & found
    assert imported_code.digest(str(own)) == imported_code.ABSENT
    own.write_bytes(b"1")
    assert imported_code.digest(str(own)) == imported_code.digest(f"{own}/in/an/archive.py") != imported_code.ABSENT


def test_resume_is_refused_when_the_data_have_changed(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row more in the CSV."""
    suite.makepyfile(test_suite=faults.SUITE.replace('datasets=["iris"]', 'datasets=["rows.csv:y"]'))
    suite.makeconftest(INTERRUPTED)
    rows = ["a,b,c,d,y", *(f"{n},{n % 7},{n % 5},{n % 3},{'no' if n % 2 else 'yes'}" for n in range(60))]
    (suite.path / "rows.csv").write_text("\n".join(rows))
    monkeypatch.setenv("MOMENT", "cell")
    suite.runpytest_subprocess(*OPTIONS)
    monkeypatch.delenv("MOMENT")
    (suite.path / "rows.csv").write_text("\n".join([*rows, "61,1,1,1,no"]))
    result = suite.runpytest_subprocess(*OPTIONS, "--tuning-resume")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-resume: the data of 'rows' have changed since*"])


def test_a_rebuilt_run_is_one_to_compare_with(suite: pytest.Pytester) -> None:
    """pytest-benchmark reads it, and the gate judges by it."""
    suite.runpytest_subprocess(*OPTIONS)
    path = next(suite.path.glob(".tuning/*.journal.jsonl"))
    rebuilt = suite.path / "rebuilt.json"
    assert main(["rebuild", str(path), "--save", str(rebuilt)]) == 0
    assert json.loads(rebuilt.read_text())["machine_info"]["node"]
    result = suite.runpytest_subprocess(*OPTIONS, f"--benchmark-compare={rebuilt}", "--tuning-fail=score:1%", "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["test_stumps*random-0* (NOW)*", "- the gate passes: 2 identical"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="sessions are forked")
def test_the_journal_is_begun_before_the_clock(pytester: pytest.Pytester) -> None:
    """Asking for machine, commit and libraries takes longer than a small cell, and is no method's time."""
    pytester.makepyfile(
        test_it="""
        from pathlib import Path

        def looks(objective, seed):
            assert list(Path(".tuning").glob("*.jsonl"))
            objective({})

        def test_tuning(tune, problem):
            tune(looks, problem)
        """
    )
    options = ["--tuning-models=forest", "--tuning-datasets=iris", "--tuning-seeds=1", *PLAIN]
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)


@pytest.mark.parametrize("moments", MOMENTS)
def test_killed_at_any_moment_and_resumed(tmp_path: Path, moments: int) -> None:
    """SIGKILL at random moments; each resumed session ends with the uninterrupted one's report and saved run."""
    script = ROOT / "tests" / "faults.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(moments), "0"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(found) == moments
    assert [moment for moment in found if not moment["same"]] == [], done.stderr[-3000:]
    assert sum(moment["killed"] for moment in found) > moments / 2
    assert sum(moment["taken"] or 0 for moment in found) > moments


def test_trials_have_their_positions(tmp_path: Path) -> None:
    """A search in several processes ends them in another order; what is known later of one takes its place."""
    path = tmp_path / "a.journal.jsonl"
    journal = Journal(path)
    journal.session({})
    record = Record("stump", "iris", "random", 0)
    first, second = (Trial({"a": number}, (0.5,), 0.5) for number in (1, 2))
    failed = Trial({"a": 3}, (math.nan,), math.nan, reason="the score is nan")
    journal.begin(record, {})
    for position, trial in ((1, second), (2, failed), (0, first), (2, replace(failed, reason="ValueError: no"))):
        journal.trial(record.cell, position, trial)
    found = read(path).trials[record.cell]
    assert [trial.params["a"] for trial in found] == [1, 2, 3]
    assert found[2].reason == "ValueError: no"
    journal.begin(record, {})
    assert read(path).trials == {}
    journal.close()
