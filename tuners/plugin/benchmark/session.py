"""pytest-benchmark's session: what it saves, whole and marked where it is partial, and what it compares with."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tuners.comparison.conclusion import stamped
from tuners.plugin.benchmark import content
from tuners.plugin.benchmark.baseline import Baseline, choose

CannotWrite = Callable[[str, Path, OSError], None]
"""Is told of a file that could not be written: the option, the path and the error."""


SHOWING: Mapping[str, Any] = {
    "benchmark_columns": None, "benchmark_sort": "min", "benchmark_group_by": "group", "benchmark_name": "normal",
    "benchmark_time_unit": None, "benchmark_histogram": [], "benchmark_compare_fail": None, "benchmark_cprofile": None,
    "benchmark_verbose": False,
}  # fmt: skip
"""Its options that are about its table, with what they are where nobody gives them."""


class NoBenchmarks:
    """Where pytest-benchmark is not active, under `-p no:benchmark`: nothing is saved or compared."""

    active = False

    def __init__(self) -> None:
        """Compare with nothing."""
        self.baseline = Baseline()

    @property
    def profiled(self) -> bool:
        """Whether it profiles what it measures."""
        return False

    @property
    def off_in_workers(self) -> bool:
        """Whether workers of pytest-xdist measure, where it saves nothing."""
        return False

    @property
    def ignores_its_gate(self) -> bool:
        """Whether it was told to fail if something is slower, and cannot compare."""
        return False

    @property
    def compared(self) -> Mapping[Any, Mapping[str, Any]]:
        """What it has loaded to compare with: by path, benchmarks by name."""
        return {}

    @property
    def folders(self) -> list[Path]:
        """The folders of the files that it will save."""
        return []

    def begin(self, cannot_write: CannotWrite) -> None:
        """Choose the baseline, and write files whole or not at all from now on; raise `TuningError`."""

    def list_columns(self, *, several: bool) -> None:
        """Leave out of its table what says nothing of a search, and of a single round; `several`: there are more."""

    def hide_table(self) -> None:
        """Leave out its table, unless an option asks for it."""

    def forget(self, test: str) -> None:
        """Drop the benchmark of a test, by its node id: it will be run again."""

    def about(self) -> dict[str, Any]:
        """Return what its files say of machine, commit and date."""
        return {}

    def machine(self) -> Mapping[str, Any]:
        """Return what its files say of the machine."""
        return {}

    def save(self, content: dict[str, Any]) -> None:
        """Save a run that it has not measured itself."""


class Benchmarks(NoBenchmarks):
    """pytest-benchmark's session, of which there is one for each of pytest's."""

    active = True

    def __init__(self, config: pytest.Config, own: Any) -> None:
        """Take its own object, which it keeps in an attribute of pytest's configuration."""
        super().__init__()
        self._config = config
        self._own = own

    @property
    def profiled(self) -> bool:
        """Whether it profiles what it measures."""
        return bool(self._own.cprofile_sort_by) and not self._own.disabled

    @property
    def off_in_workers(self) -> bool:
        """Whether workers of pytest-xdist measure, where it saves nothing."""
        return bool(self._own.xdist_warning)

    @property
    def ignores_its_gate(self) -> bool:
        """Whether it was told to fail if something is slower, and cannot compare."""
        return bool(self._own.compare_fail and self._own.disabled)

    @property
    def compared(self) -> Mapping[Any, Mapping[str, Any]]:
        """What it has loaded to compare with: by path, benchmarks by name."""
        loaded: Mapping[Any, Mapping[str, Any]] = getattr(self._own, "compared_mapping", None) or {}
        return loaded

    @property
    def folders(self) -> list[Path]:
        """The folders of the files that it will save."""
        found = [Path(self._own.json).parent] if self._own.json else []
        if (self._own.save or self._own.autosave) and hasattr(self._own.storage, "get"):
            found.append(self._storage)
        return found

    @property
    def _storage(self) -> Path:
        return Path(self._own.storage.get("x").parent)

    def begin(self, cannot_write: CannotWrite) -> None:
        """Choose the baseline, and write files whole or not at all from now on; raise `TuningError`."""
        self.baseline = choose(self._config)
        self._load()
        self._guard(cannot_write)

    def _load(self) -> None:
        """Let it compare with the chosen run, where it has taken another, such as a partial one."""
        from pytest_benchmark.logger import PytestBenchmarkWarning  # noqa: PLC0415  loaded when something is compared

        loaded = [Path(self._own.storage.path, path).resolve() for path in self._own.compared_mapping or ()]
        path = self.baseline.path
        if path is None or loaded == [path.resolve()]:
            return
        self._own.compare = str(path)
        with warnings.catch_warnings():
            # As while pytest configures: another machine's run is said to be one, and is no error.
            warnings.simplefilter("default", PytestBenchmarkWarning)
            self._own.handle_loading()

    def _guard(self, cannot_write: CannotWrite) -> None:
        """Replace how it writes its files; what it writes stays its own."""
        say = self._own.logger.info

        def to_storage(output_json: Any, save: str) -> None:
            from tuners.store import saved_folder  # noqa: PLC0415  loaded when something is saved

            folder = self._storage
            try:
                path = saved_folder.save(content.text(output_json), folder, save)
            except OSError as error:
                cannot_write("--benchmark-save", folder, error)
            else:
                say(f"Saved benchmark data in: {path}")

        def to_file(output_json: Any) -> None:
            from tuners.store import files  # noqa: PLC0415  loaded when something is saved

            path = Path(self._own.json)
            try:
                files.write(content.text(output_json), path)
            except OSError as error:
                cannot_write("--benchmark-json", path, error)
            else:
                say(f"Wrote benchmark data in: {path}")

        if hasattr(self._own.storage, "get"):  # Elasticsearch has its own ways
            self._own.storage.save = to_storage
        self._own.save_json = to_file

    def list_columns(self, *, several: bool) -> None:
        """Leave out of its table what says nothing of a search, and of a single round; `several`: there are more."""
        if not self._config.getoption("benchmark_columns"):
            self._own.columns = ["min", "max", "mean", "stddev", "rounds"] if several else ["mean"]

    def hide_table(self) -> None:
        """Leave out its table, which has a line a cell: not under `-v`, nor where an option asks for what it shows."""
        chosen = any(self._config.getoption(name) != usual for name, usual in SHOWING.items())
        if self._config.get_verbosity() <= 0 and not chosen:
            self._own.quiet = True

    def forget(self, test: str) -> None:
        """Drop the benchmark of a test, by its node id: it will be run again."""
        self._own.benchmarks[:] = [bench for bench in self._own.benchmarks if bench.fullname != test]

    def about(self) -> dict[str, Any]:
        """Return what its files say of machine, commit and date."""
        commit = self._config.hook.pytest_benchmark_generate_commit_info(config=self._config)
        return stamped(self.machine(), commit)

    def machine(self) -> Mapping[str, Any]:
        """Return what its files say of the machine."""
        found: Mapping[str, Any] = self._own.get_machine_info()
        return found

    def save(self, content: dict[str, Any]) -> None:
        """Save a run that it has not measured itself, as its options say."""
        name = self._own.save or self._own.autosave
        if name:
            self._own.storage.save(content, name)
        if self._own.json:
            self._own.save_json(content)


def of(config: pytest.Config) -> NoBenchmarks:
    """Return pytest-benchmark's session, or what stands for it where there is none."""
    own = getattr(config, "_benchmarksession", None)
    return NoBenchmarks() if own is None else Benchmarks(config, own)


def is_its_regression(error: BaseException) -> bool:
    """Whether an exception is how it says that something is slower, which should be an exit code."""
    return type(error).__name__ == "PerformanceRegression"


def measured_by(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests that it will list."""
    return [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
