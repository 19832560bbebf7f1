"""Every fenced block of the README and the documentation: run as it stands, page by page."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sklearn
import yaml

from tests import ROOT
from tests.documentation.blocks import PAGES, Block, blocks_of
from tests.documentation.commands import Shell
from tests.documentation.given import give
from tuners.comparison.options import OPTIONS


class Reader:
    """Goes through a page from the top, in one folder and one namespace, and does what it says."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        """Begin with an empty folder."""
        self.folder = pytester.path
        self.shell = Shell(pytester)
        self.namespace: dict[str, Any] = {}

    def read(self, block: Block) -> None:
        """Do what a block says, in the way of its language."""
        if block.kind == "given":
            give(block.names, self.folder, self.namespace)
        if block.kind == "file":
            with (self.folder / block.names[0]).open("a") as file:
                file.write(f"{block.text}\n")
        if block.kind == "by":
            assert block.page.name in (ROOT / block.names[0]).read_text(encoding="utf-8"), "that test reads it not"
        LANGUAGES[block.language](self, block)

    def python(self, block: Block) -> None:
        """Execute it, but what is a file, another test's to execute, or only to be compiled."""
        code = compile(block.text, block.place, "exec")
        if not block.kind or block.kind == "given":
            exec(code, self.namespace)  # noqa: S102  the documentation's own code

    def commands(self, block: Block) -> None:
        """Run them, or parse those that would take minutes."""
        self.shell.read(block.text, run=block.kind not in {"parsed", "by"})

    def toml(self, block: Block) -> None:
        """Parse it, and the plugin's keys in it."""
        content = tomllib.loads(block.text)
        self._keys(content.get("tool", {}).get("pytest", {}).get("ini_options", {}))

    def ini(self, block: Block) -> None:
        """Parse it, and the plugin's keys in it."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(block.text)
        for section in parser.sections():
            self._keys(dict(parser[section]))

    def _keys(self, content: dict[str, Any]) -> None:
        known = {option.dest: option for option in OPTIONS}
        for key, value in content.items():
            if key.startswith("tuning_"):
                for text in value if isinstance(value, list) else [value]:
                    known[key].read(text)

    def yaml(self, block: Block) -> None:
        """Parse it, and the commands of its steps."""
        for commands in _runs(yaml.safe_load(block.text)):
            self.shell.read(commands, run=False)

    def dockerfile(self, block: Block) -> None:
        """Parse what it runs."""
        for line in block.text.splitlines():
            instruction, _, rest = line.partition(" ")
            assert instruction in {"FROM", "COPY", "RUN", "WORKDIR", "ENV", "CMD"}, line
            if instruction == "RUN":
                self.shell.read(rest, run=False)

    def nothing(self, block: Block) -> None:
        """Leave it: output, or a drawing."""


LANGUAGES: dict[str, Callable[[Reader, Block], None]] = {
    "python": Reader.python,
    "sh": Reader.commands,
    "toml": Reader.toml,
    "ini": Reader.ini,
    "yaml": Reader.yaml,
    "dockerfile": Reader.dockerfile,
    "text": Reader.nothing,
    "mermaid": Reader.nothing,
}
"""How a block of each language is read. One of another language, or of none, has no reader, and fails."""


def _runs(content: Any) -> Iterator[str]:
    """Yield what the steps of a workflow run."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "run" and isinstance(value, str):
                yield value
            else:
                yield from _runs(value)
    elif isinstance(content, list):
        for each in content:
            yield from _runs(each)


WITH_BLOCKS = [page for page in PAGES if blocks_of(page)]


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_runs(page: Path, pytester: pytest.Pytester) -> None:
    """Code is executed, commands are run or parsed, and settings are read, as a reader would from the top."""
    reader = Reader(pytester)
    with sklearn.config_context():
        for block in blocks_of(page):
            try:
                assert block.language in LANGUAGES, f"expected one of {', '.join(LANGUAGES)}, got {block.language!r}"
                reader.read(block)
            except BaseException as error:
                error.add_note(f"{block.place}: this block does not run")
                raise


PARSED = "<!-- test: parsed: a reason -->\n"
MISSPELT = "unknown option '--tuning-sedes': did you mean --tuning-seeds"


@pytest.mark.parametrize(("text", "said"), [
    ("```\nno language\n```", "expected one of python, sh, .*, got ''"),
    ("```rust\nfn main() {}\n```", "expected one of python, sh, .*, got 'rust'"),
    ("  ```python\n  indented\n  ```", "expected fences of three backticks at the beginning of a line"),
    ("<!-- test: parsed -->\n```sh\npytest\n```", "expected a mark of .*, got parsed"),
    ("<!-- test: maybe so -->\n```sh\npytest\n```", "expected a mark of .*, got maybe so"),
    ("```sh\nrm -r /\n```", "expected one of pytest, .*, got rm -r /"),
    (f"{PARSED}```sh\npytest --tuning-sedes=3\n```", MISSPELT),
    (f"{PARSED}```sh\npytest --tuning-seeds=few\n```", "--tuning-seeds: expected .*, got 'few'"),
    (f"{PARSED}```sh\npython -m tuners table prune --odler=3d\n```", "2"),
    ("```sh\npython -m tuners audit nothing.csv y\n```", "exit code 2"),
    ("```sh\npip install 'pytest-tuners[nothing]'\n```", "no such extras: {'nothing'}"),
    ("```toml\n[tool.pytest.ini_options]\ntuning_sedes = '1'\n```", "tuning_sedes"),
    ("```yaml\nsteps:\n  - run: pytest --tuning-sedes=3\n```", MISSPELT),
    ("```python\n1 / 0\n```", "division by zero"),
])  # fmt: skip
def test_a_block_that_does_not_run_fails(
    text: str, said: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A language, a mark, a command, an option, a value, a key or an extra that nobody knows, and code that breaks."""
    monkeypatch.setattr("tests.documentation.blocks.ROOT", pytester.path)
    page = pytester.path / "page.md"
    page.write_text(f"{text}\n")
    with pytest.raises(BaseException, match=said):
        test_every_block_of_a_page_runs(page, pytester)
