"""Kills sessions at random moments and resumes them: `python tests/faults.py FOLDER MOMENTS SEED`.

Sessions are forked from this process, which has everything loaded, so that fifty take a minute. Prints a JSON object
a moment: the share of the journal that was written when it came, below 0 before the first line (a moment by the clock
would depend on the machine), whether it killed, how many cells and repeats the resumed session took from the journal,
and whether its report is the uninterrupted session's.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401  loaded once, for all sessions
import pytest
import scipy.stats  # noqa: F401  loaded once, for all sessions
import sklearn.model_selection  # noqa: F401  loaded once, for all sessions

from tests.bench import PLAIN

SUITE = """
import pytest
from tests.estimators import stump

@pytest.mark.tuning(models=[stump(seconds=0.01)], datasets=["iris"])
def test_stumps(tune, tuner, problem):
    tune(tuner, problem)
"""
OPTIONS = (
    "-q", "-p", "no:cacheprovider", *PLAIN, "--tuning-tuners=default,random,grid", "--tuning-seeds=2",
    "--tuning-budget=4", "--tuning-repeats=2", "--tuning-report=out.json", "--benchmark-json=saved.json",
)  # fmt: skip
# Seconds, at most, between the line of the journal that is waited for and the kill: some lines of a quick machine.
LATER = 0.05
TIMES = re.compile("seconds|search|memory|interval|earlier|speed|start|end")


def session(folder: Path, *options: str) -> int:
    """Fork a session in a folder; return its process number."""
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    os.chdir(folder)
    with Path("log.txt").open("a") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os._exit(pytest.main([*OPTIONS, *options]))


def ended(pid: int) -> int:
    """Wait for a session; return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def written(folder: Path) -> int:
    """Return how many bytes of journal a folder's session has written, 0 before it has one."""
    return sum(path.stat().st_size for path in folder.glob(".tuning/*.journal.jsonl"))


def kill(pid: int, folder: Path, length: float, later: float) -> bool:
    """Kill a session some seconds after its journal is so long; return whether it had not ended before."""
    while written(folder) < length:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status != 0
        time.sleep(0.001)
    time.sleep(later)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return ended(pid) != 0


def figures(folder: Path) -> Any:
    """Return what a report and a saved run say, without times."""
    report = json.loads((folder / "out.json").read_text())
    saved = json.loads((folder / "saved.json").read_text())
    names = sorted(bench["fullname"] for bench in saved["benchmarks"])
    return _timeless([report["groups"], sorted(report["runs"], key=str), names, saved.get("partial")])


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(item) for name, item in value.items() if not TIMES.search(name)}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def fresh(folder: Path) -> Path:
    """Make an empty folder with the suite."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def main(root: Path, moments: int, seed: int) -> None:
    """Kill and resume so often."""
    whole = fresh(root / "whole")
    if ended(session(whole)) != 0:
        sys.exit((whole / "log.txt").read_text())
    length = written(whole)
    expected = figures(whole)
    draw = random.Random(seed)  # noqa: S311  moments, not secrets
    for number in range(moments):
        folder = fresh(root / "killed")
        moment = draw.uniform(-0.1, 1)
        pid = session(folder)
        killed = kill(pid, folder, moment * length, draw.uniform(0, LATER))
        code = ended(session(folder, "--tuning-resume"))
        found = re.search(r"(\d+) cells?(?: and (\d+) repeats? of others)? taken", (folder / "log.txt").read_text())
        if code == pytest.ExitCode.USAGE_ERROR:  # nothing had begun, or all had ended
            code = ended(session(folder))
        same = code == 0 and figures(folder) == expected
        taken = int(found[1]) + int(found[2] or 0) if found else None
        print(json.dumps({"number": number, "moment": moment, "killed": killed, "taken": taken, "same": same}))
        if not same:
            print((folder / "log.txt").read_text(), file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
