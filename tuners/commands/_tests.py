"""What a user's tests register in their conftest.py files, loaded as pytest loads them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tuners.errors import TuningError


def tests_option(parser: argparse.ArgumentParser) -> None:
    """Add `--tests`."""
    parser.add_argument(
        "--tests",
        action="append",
        type=Path,
        default=[],
        metavar="PATH",
        help="tests whose conftest.py files register what is your own, as in pytest PATH; repeatable",
    )


def load(paths: Sequence[Path]) -> None:
    """Load the conftest.py files of tests; raise `TuningError` where a path is none, or where one cannot be loaded."""
    if not paths:
        return
    for path in paths:
        if not path.exists():
            message = f"--tests: expected a folder or a file of tests, got {str(path)!r}, which is not there"
            raise TuningError(message)
    import pytest  # noqa: PLC0415  half a second, which nobody waits for who has no tests

    class Loaded:
        """Ends pytest once it has read its ini file and loaded the conftest.py files, before it collects."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_cmdline_main(self) -> int:
            return 0

    if pytest.main(list(map(str, paths)), plugins=[Loaded()]):
        message = (
            f"--tests: expected tests whose conftest.py can be loaded, got {', '.join(map(str, paths))}: see above"
        )
        raise TuningError(message)
