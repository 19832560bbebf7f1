"""Commands of the documentation: read as a shell does; run at a small budget, or only parsed by the real parsers."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.bench import BENCHMARKS
from tests.test_packaging import PROJECT
from tuners import __main__ as command_line
from tuners.commands import COMMANDS
from tuners.plugin import command_line as session

SMALL = ("--tuning-seeds=1", "--tuning-budget=2", "--tuning-repeats=1", "--tuning-rows=80", "--tuning-folds=2")
"""Behind what a page says, so that these hold."""
UNLESS_SAID = {
    "--tuning-models": "ridge",
    "--tuning-datasets": "iris",
    "--tuning-tuners": "default,random",
    "--tuning-evaluation": "plain",
}
OTHERS = {"cat", "cd", "echo", "eval", "git", "ln", "optuna-dashboard", "pdflatex", "source", "tox"}
"""Commands that are nobody's business here."""


ASSIGNED = re.compile(r"(\w+)=(.*)")


class Shell:
    """Reads commands in a folder, as a reader would type them there."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        """Begin without variables."""
        self.pytester = pytester
        self._variables: dict[str, str] = {}

    def read(self, text: str, *, run: bool) -> None:
        """Run the commands of a text, or only parse them; raise for one that is not known, or fails."""
        for words in self._commands(text):
            self._one(words, run=run)

    def _one(self, words: list[str], *, run: bool) -> None:
        name = Path(words[0]).name
        if name not in OTHERS:
            kind = next((each for each in KINDS if f"{' '.join([name, *words[1:]])} ".startswith(f"{each} ")), None)
            assert kind, f"expected one of {', '.join([*KINDS, *sorted(OTHERS)])}, got {shlex.join(words)}"
            KINDS[kind](self, words[len(kind.split()) :], run)

    def _commands(self, text: str) -> Iterator[list[str]]:
        text = re.sub(r"\$\{\{.*?\}\}", "1", text.replace("\\\n", " "))
        for line in text.splitlines():
            plain = shlex.split(line, comments=True)
            assigned = ASSIGNED.fullmatch(plain[0]) if len(plain) == 1 else None
            if assigned:
                self._variables[assigned[1]] = assigned[2]
                continue
            known = re.sub(r"\$(\w+)", lambda found: self._variables.get(found[1], found[0]), line)
            tokens = shlex.shlex(known, posix=True, punctuation_chars="();&|")
            tokens.whitespace_split = True
            for ends, words in itertools.groupby(tokens, lambda token: set(token) <= set("();&|")):
                if not ends and (command := list(itertools.dropwhile(ASSIGNED.fullmatch, words))):
                    yield command

    def pytest(self, words: list[str], run: bool) -> None:
        """Run a session, or have its options parsed."""
        folder = self.pytester.path
        if "benchmarks/" in words and not (folder / "benchmarks").exists():
            (folder / "benchmarks").mkdir()
            shutil.copy(BENCHMARKS, folder / "benchmarks")
        if run:
            chosen = [
                f"{flag}={value}" for flag, value in UNLESS_SAID.items() if not any(flag in each for each in words)
            ]
            result = self.pytester.runpytest_subprocess("-p", "tuners.plugin", *words, *chosen, *SMALL)
            assert result.ret == 0, f"exit code {result.ret}"
            assert "passed" in result.parseoutcomes()
        else:
            quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
            session.read(self.pytester.parseconfig("-p", "tuners.plugin", *quiet, *words))

    def tuners(self, words: list[str], run: bool) -> None:
        """Run a command of the package, or have its arguments parsed."""
        if run:
            code = command_line.main(words)
            assert code == 0, f"exit code {code}"
        else:
            parser = argparse.ArgumentParser()
            command = COMMANDS.load(words[0])
            command.options(parser)
            parser.parse_args(words[1:])

    def after(self, words: list[str], run: bool) -> None:
        """Read what a script is given to run."""
        self._one(words, run=run)

    def pip(self, words: list[str], run: bool) -> None:
        """See that there are the extras that are to be installed."""
        extras = re.findall(r"(?:pytest-tuners|\.)\[([\w,-]+)\]", " ".join(words))
        missing = {each for extra in extras for each in extra.split(",")} - set(PROJECT["optional-dependencies"])
        assert not missing, f"no such extras: {missing}"

    def module(self, words: list[str], run: bool) -> None:
        """See that there is a module of this repository, or of Python."""
        assert (ROOT / words[0].replace(".", "/")).exists() or importlib.util.find_spec(words[0]), words[0]


KINDS: dict[str, Callable[[Shell, list[str], bool], None]] = {
    "pytest": Shell.pytest,
    "tuners": Shell.tuners,
    "python cluster.py --": Shell.after,
    "python -m tuners": Shell.tuners,
    "python -m": Shell.module,
    "python3 -m": Shell.module,
    "pip install": Shell.pip,
}
"""By how they begin, the longer ones first."""
