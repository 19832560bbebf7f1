"""Tables built whole: resumed after a kill, left where that takes too long, and shared by who builds them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from tests import ROOT
from tests.estimators import Stump, stump
from tests.forked import until
from tuners import Budget, Model, TuningError
from tuners.catalog import TUNERS
from tuners.evaluation import modelled, recording
from tuners.evaluation.recording import MODEL, recording_of
from tuners.execution.here import measure
from tuners.execution.preflight import preflight
from tuners.execution.tables import Expected, build, ensure
from tuners.plan import Plan
from tuners.report.words import clock_time
from tuners.store.table import listed
from tuners.task.problem import Problem

SPACE = {"max_depth": [1, 2, 3, 4], "criterion": ["gini", "entropy"]}
TREE = Model("oak", DecisionTreeClassifier(), SPACE)


def plan(tables: Path, model: Model = TREE, *, seeds: int = 2, **given: Any) -> Plan:
    """Return the plan of a recorded session."""
    made = Plan(
        {
            "models": (model.name,), "datasets": ("iris",), "seeds": tuple(range(seeds)), "tuners": ("random",),
            "budget": 4, "evaluation": "recorded", "tables": tables, "jobs": 1, **given,
        }
    )  # fmt: skip
    made.adopt_models([model])
    return made


def heard(done: int, total: int, left: float | None) -> None:
    """Hear nothing."""


def quiet(expected: Expected) -> None:
    """Hear nothing of what is expected."""


def test_bad_input_leaves_no_table(tmp_path: Path) -> None:
    """A problem that is refused was never recorded."""
    refused = plan(tmp_path / "tables", metric="f1")  # of two classes, and these are three
    with pytest.raises(TuningError, match="f1"):
        preflight(refused, refused.cells())
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_candidate_of_every_problem_is_recorded(jobs: int, tmp_path: Path) -> None:
    """In this process or in several, with progress up to the end; again, nothing is left to do."""
    said: list[tuple[int, int]] = []

    def hears(done: int, total: int, left: float | None) -> None:
        assert left is None or left >= 0
        said.append((done, total))

    made = plan(tmp_path, jobs=jobs)
    built = build(made, made.cells(), hears, quiet)
    assert [(each.name, each.candidates, each.recorded, each.whole) for each in built] == [
        (f"oak-iris-{seed}", 8, 8, True) for seed in (0, 1)
    ]
    assert said[-1] == (16, 16)
    assert said == sorted(said)
    assert [table.count() for table in listed(tmp_path)] == [8, 8]
    again = plan(tmp_path, jobs=jobs)
    assert build(again, again.cells(), heard, quiet) == built
    assert recording_of(again.problem("oak", "iris", 0), tmp_path).landmarks().whole


@pytest.mark.parametrize(("tuner", "smaller"), [("random", 0), ("asha", 4)])
def test_methods_that_evaluate_in_part_find_the_parts_recorded(tuner: str, smaller: int, tmp_path: Path) -> None:
    """Forests of a share of the trees, here 1, 2, 3 and 10, come with the table where a method asks for them."""
    pytest.importorskip("optuna", reason="pip install 'tuners[optuna]'")
    space = {"n_estimators": [6, 30], "max_depth": [1, 2, 3, 4, 5, None]}
    made = plan(tmp_path, Model("oak", RandomForestClassifier(random_state=0), space), seeds=1, tuners=(tuner,))
    (built,) = build(made, made.cells(), heard, quiet)
    assert (built.candidates, built.recorded) == (12, 12)
    (table,) = listed(tmp_path)
    assert table.count() == 12 + 6 * smaller
    found = measure(
        tuner, TUNERS.load(tuner), made.problem("oak", "iris", 0), Budget(8), evaluation="recorded", tables=tmp_path
    )
    assert found.record.ok
    assert any(trial.fidelity < 1 for trial in found.trials) == bool(smaller)
    assert table.count() == 12 + 6 * smaller + 1  # the untuned model


def test_the_time_left_is_that_of_the_candidates(tmp_path: Path) -> None:
    """Nothing is said of the time left until some are evaluated, and none is left at the end."""
    made = plan(tmp_path, seeds=3)
    told: list[tuple[int, int, float | None]] = []
    build(made, made.cells(), lambda *heard: told.append(heard), quiet)
    measuring, *evaluating = told
    assert measuring[2] is None
    # The first was evaluated while it was measured what the others take.
    assert [(done, total) for done, total, _ in evaluating] == [(8, 24), (16, 24), (24, 24)]
    first, half, end = (left for _, _, left in evaluating)
    assert first is None
    assert half is not None
    assert half > 0
    assert end == 0


def test_what_building_takes_is_said_before(tmp_path: Path) -> None:
    """Of candidates that share no work, too, from a few of them; problems beyond the limit are counted apart."""
    told: list[Expected] = []
    slow = stump(finite=True, seconds=0.02)
    within: dict[str, Any] = {"table-limit": 60.0}
    made = plan(tmp_path / "within", slow, **within)
    build(made, made.cells(), heard, told.append)
    assert (told[0].candidates, told[0].seconds) == (40, None)
    assert (told[1].problems, told[1].longer) == (2, 0)
    assert told[1].seconds is not None
    assert 30 * 3 * 0.02 <= told[1].seconds < 60
    beyond = plan(tmp_path / "beyond", slow, **{**within, "table-limit": 0.1})
    build(beyond, beyond.cells(), heard, told.append)
    assert (told[3].problems, told[3].candidates, told[3].longer) == (0, 0, 2)


@pytest.mark.parametrize(("seconds", "text"), [(3.4, "3 s"), (119, "119 s"), (130, "2 min"), (3700, "1 h 2 min")])
def test_a_wait_is_told_in_the_unit_that_people_count_it_in(seconds: float, text: str) -> None:
    """Seconds, then minutes, then hours and minutes."""
    assert clock_time(seconds) == text


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_table_that_takes_longer_than_the_limit_is_left(jobs: int, tmp_path: Path) -> None:
    """With what it would take; what was evaluated to tell is recorded."""
    made = plan(tmp_path, stump(finite=True, seconds=0.02), seeds=1, jobs=jobs, **{"table-limit": 0.1})
    (built,) = build(made, made.cells(), heard, quiet)
    assert not built.whole
    assert 1 <= built.recorded < 20
    assert built.expected is not None
    assert 20 * 3 * 0.02 <= built.expected < 60
    recording = recording_of(made.problem("stump", "iris", 0), tmp_path)
    ensure(made, recording)
    assert recording.table.count() == built.recorded
    raised = plan(tmp_path, stump(finite=True, seconds=0.02), seeds=1, jobs=jobs, **{"table-limit": 60.0})
    assert build(raised, raised.cells(), heard, quiet)[0].whole


def test_a_space_without_an_end_is_no_table_to_build(tmp_path: Path) -> None:
    """It is recorded as searches ask for it."""
    made = plan(tmp_path, stump(), seeds=1)
    (built,) = build(made, made.cells(), heard, quiet)
    assert (built.candidates, built.recorded, built.whole, built.expected) == (None, 0, False, None)


def test_candidates_that_fail_are_rows_of_a_whole_table(tmp_path: Path) -> None:
    """They are the worst of the space."""
    model = Model("failing", Stump(raise_above=0.5), {"feature": [0, 1], "threshold": [0.3, 0.5, 0.7]})
    made = plan(tmp_path, model, seeds=1)
    assert build(made, made.cells(), heard, quiet)[0].whole
    recording = recording_of(made.problem("failing", "iris", 0), tmp_path)
    assert sum("threshold above 0.5" in row.reason for row in recording.table.rows()) == 2
    assert recording.landmarks().whole


@pytest.mark.parametrize("jobs", [1, 2])
def test_shared_candidates_of_which_some_fail_are_built(jobs: int, tmp_path: Path) -> None:
    """A forest's that scikit-learn refuses: its table is whole, and the others' seconds are modelled."""
    space = {"n_estimators": [3, 9], "min_samples_split": [1, 2, 4]}
    made = plan(tmp_path, Model("some", RandomForestClassifier(), space), seeds=1, jobs=jobs)
    assert build(made, made.cells(), heard, quiet)[0].whole
    rows = recording_of(made.problem("some", "iris", 0), tmp_path).table.rows()
    failed = [row.params["min_samples_split"] for row in rows if row.reason]
    assert failed == [1, 1]
    assert all(row.fit_seconds > 0 for row in rows)


def test_seeds_of_one_dataset_have_one_model_of_seconds(tmp_path: Path) -> None:
    """It is measured once for each dataset, and a seed that comes later takes it."""
    model = Model("some", RandomForestClassifier(), {"n_estimators": [3, 9], "min_samples_split": [2, 4]})

    def models(seeds: int) -> dict[tuple[str, int], Any]:
        made = plan(tmp_path, model, datasets=("iris", "wine"), seeds=seeds)
        assert all(each.whole for each in build(made, made.cells(), heard, quiet))
        return {
            (name, seed): recording_of(made.problem("some", name, seed), tmp_path).table.about()[MODEL]
            for name in ("iris", "wine")
            for seed in range(seeds)
        }

    first = models(2)
    assert first["iris", 0] == first["iris", 1] != first["wine", 0] == first["wine", 1]
    later = models(3)
    assert {each: later[each] for each in first} == first
    assert later["iris", 2] == first["iris", 0]


def test_a_seed_that_cannot_be_measured_leaves_it_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one with a fold whose score fails; it has the others' model of seconds then, or none."""
    seeds: list[int] = []

    def measured(problem: Problem, *given: Any) -> Any:
        seeds.append(problem.seed)
        if problem.seed == 0:
            raise ValueError
        return modelled.measured(problem, *given)

    monkeypatch.setattr(recording, "measured", measured)
    model = Model("some", RandomForestClassifier(), {"n_estimators": [3, 9], "min_samples_split": [2, 4]})
    made = plan(tmp_path, model, seeds=3)
    assert all(each.whole for each in build(made, made.cells(), heard, quiet))
    known = [recording_of(made.problem("some", "iris", seed), tmp_path).model for seed in range(3)]
    assert known[1] == known[2] is not None
    assert seeds[:2] == [0, 1]
    assert 2 not in seeds


def test_folds_of_unlike_lengths_do_not_take_as_long(tmp_path: Path) -> None:
    """Groups are drawn whole, so that each seed has as many rows as its groups."""
    rows = "".join(f"{i % 7},{(i * i) % 11},{i % 2},g{(i * i) % 23}\n" for i in range(120))
    (tmp_path / "mine.csv").write_text(f"a,b,y,who\n{rows}")
    data = f"{tmp_path / 'mine.csv'}:y"
    model = Model("some", RandomForestClassifier(), {"n_estimators": [3, 9]})
    grouped, free = (
        plan(tmp_path / "tables", model, datasets=(data,), seeds=3, **given) for given in ({"groups": "who"}, {})
    )
    for made, kinds in ((grouped, 3), (free, 1)):
        alike = {recording_of(made.problem("some", data, seed), tmp_path / "tables").takes_as_long for seed in range(3)}
        assert len(alike) == kinds


def test_a_damaged_table_ends_the_building(tmp_path: Path) -> None:
    """With the file's name."""
    made = plan(tmp_path, seeds=1)
    build(made, made.cells(), heard, quiet)
    path = listed(tmp_path)[0].path
    path.write_bytes(path.read_bytes()[:3000])
    again = plan(tmp_path, seeds=1)
    with pytest.raises(TuningError, match=f"table {path}: expected a recorded table, got a damaged file"):
        build(again, again.cells(), heard, quiet)


KILLED = """
import sys
import time
from pathlib import Path
from tests.execution.test_tables import heard, plan, quiet
from tests.estimators import stump
from tuners.execution.preflight import preflight
from tuners.execution.tables import build
made = plan(Path(sys.argv[1]), stump(finite=True, seconds=0.05), seeds=1, jobs=int(sys.argv[2]))
build(made, made.cells(), heard, quiet)
"""


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_building_goes_on_after_a_kill(jobs: int, tmp_path: Path) -> None:
    """What was added is there, and only the rest is evaluated."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path), str(jobs)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: any(table.path.stat().st_size and _count(table) for table in listed(tmp_path)))
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
    until(lambda: _settled(tmp_path))
    (table,) = listed(tmp_path)
    before = table.rows()
    assert 0 < len(before) < 20
    made = plan(tmp_path, stump(finite=True, seconds=0.05), seeds=1)
    assert build(made, made.cells(), heard, quiet)[0].whole
    assert [each.path for each in listed(tmp_path)] == [table.path]
    rows = table.rows()
    assert rows[: len(before)] == before
    assert len(rows) == 20


def _count(table: Any) -> int:
    try:
        return int(table.count())
    except TuningError:
        return 0  # its columns are not there yet


def _settled(folder: Path) -> bool:
    """Whether nobody adds to a table any longer: a killed session's processes end with it."""
    before = [table.count() for table in listed(folder)]
    time.sleep(1.5)
    return before == [table.count() for table in listed(folder)]
