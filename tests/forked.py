"""Sessions of pytest forked from one process that has the libraries loaded: most of a short session is importing them.

A session so begun is what `python -m pytest` would begin: its own folder, environment, module path, streams and exit
code. What is loaded beforehand is other people's: `tuners`, pytest's plugins, and what a comparison must not load
unasked (TensorFlow, TPOT, hyperopt) are each session's own to import.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LIBRARIES = (
    "ConfigSpace", "jinja2", "joblib", "msgspec", "numpy", "pandas", "plotly.graph_objects", "psutil", "scipy.stats",
    "sklearn.datasets", "sklearn.dummy", "sklearn.ensemble", "sklearn.inspection", "sklearn.linear_model",
    "sklearn.metrics", "sklearn.model_selection", "sklearn.naive_bayes", "sklearn.pipeline", "sklearn.preprocessing",
    "sklearn.svm", "sklearn.tree", "tabulate",
)  # fmt: skip


class Server:
    """The process that sessions are forked from, started by the first of them."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[str] | None = None

    def run(self, folder: Path, *arguments: str | os.PathLike[str]) -> pytest.RunResult:
        """Run pytest in a folder, with temporary files of its own there."""
        out, err = folder / "stdout", folder / "stderr"
        temporary = folder / f"runpytest-{sum(1 for _ in folder.glob('runpytest-*'))}"
        temporary.mkdir()
        began = time.perf_counter()
        code = self.wait(self.start(folder, f"--basetemp={temporary}", *arguments, out=out, err=err))
        seconds = time.perf_counter() - began
        lines, errors = (
            path.read_text(encoding="utf-8", errors="backslashreplace").splitlines() for path in (out, err)
        )
        print(*lines, *errors, sep="\n")  # noqa: T201  a failing test shows what its session said
        with contextlib.suppress(ValueError):
            code = pytest.ExitCode(code)
        return pytest.RunResult(code, lines, errors, seconds)

    def start(self, folder: Path, *arguments: str | os.PathLike[str], out: Path, err: Path) -> int:
        """Begin a session in a folder; return its process number."""
        if self._process is None:
            # The sessions' own module path is theirs to have; without threads, nothing is held when they are forked.
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            self._process = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env=environment | {"OPENBLAS_NUM_THREADS": "1"}, cwd=Path(__file__).parent,
            )  # fmt: skip
        return self._ask(
            {
                "arguments": [os.fspath(each) for each in arguments],
                "folder": str(folder),
                "environment": dict(os.environ),
                "out": str(out),
                "err": str(err),
            }
        )

    def wait(self, pid: int) -> int:
        """Wait for a session; return its exit code, or minus the signal that ended it."""
        return self._ask(pid)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()

    def _ask(self, question: dict[str, Any] | int) -> int:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(question)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for what is to happen in another process."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it has not happened in {seconds} s"
        time.sleep(0.01)


def serve() -> None:
    """Load the libraries; then fork a session for each request, and wait for it when asked."""
    base = sys.path[1:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in LIBRARIES:
            importlib.import_module(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            answer = os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1])
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of threads, from Python 3.12 on
                answer = os.fork()
            if not answer:
                become(asked, base)
                sys.exit(pytest.main())
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def become(asked: dict[str, Any], base: list[str]) -> None:
    """Make this process what a new one would be that runs `python -m pytest` in a folder."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.unfreeze()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = [asked["folder"], *given, *base]
    importlib.invalidate_caches()
    sys.argv[:] = [pytest.__file__, *asked["arguments"]]
    for number, (name, flags) in enumerate(STREAMS):
        opened = os.open(asked.get(name, name), flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)


WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
STREAMS: tuple[tuple[Any, int], ...] = ((os.devnull, os.O_RDONLY), ("out", WRITE), ("err", WRITE))

if __name__ == "__main__":
    serve()
