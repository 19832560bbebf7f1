"""Shell completion of `tuners`: in real shells, with the lines that `tuners completion` prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tuners.__main__ import main
from tuners.catalog import MODELS, TUNERS

ASKED = {
    "bash": """
        eval "$(tuners completion bash)"
        COMP_LINE="$1" COMP_POINT="${#1}" COMP_TYPE=9
        _python_argcomplete tuners
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    # What belongs to an interactive zsh is stood in for: `compdef` says who completes, `_describe` shows what is found.
    "zsh": """
        compdef() { :; }; is-at-least() { :; }; _describe() { print -l ${(P)2} }
        eval "$(tuners completion zsh)"
        BUFFER="$1" CURSOR="${#1}" words=(tuners)
        _python_argcomplete
    """,
    "fish": """
        tuners completion fish | source
        complete -C "$argv[1]"
    """,
}
"""By shell: completes its first argument, and prints a line a word."""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a console script on the path, and one saved run into the folder; return the folder."""
    script = tmp_path / "bin" / "tuners"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nimport sys\nfrom tuners.__main__ import main\nsys.exit(main())\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    saved = tmp_path / ".benchmarks" / "machine" / "0001_base.json"
    saved.parent.mkdir(parents=True)
    saved.write_text("{}")
    return tmp_path


def completed(name: str, line: str) -> list[str]:
    """Return what a shell completes a line to, without the descriptions that some show."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    flags = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[name]
    # fish's -c takes its arguments behind it, the others' first one is the name.
    arguments = [line] if name == "fish" else [name, line]
    done = subprocess.run(
        [name, *flags, "-c", ASKED[name], *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    found = [word.split("\t")[0].rstrip(" :") for word in done.stdout.splitlines()]
    return [word.partition(":")[0] if name == "zsh" else word for word in found]


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("name", ASKED)
def test_names_of_methods_are_completed(name: str) -> None:
    """Those that begin so, in each shell."""
    assert sorted(completed(name, "tuners list tuners opt")) == [each for each in TUNERS if each.startswith("opt")]


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tuners re", ["rebuild"]),
        ("tuners list mo", ["models"]),
        ("tuners table build --mod", ["--models"]),
        ("tuners table build --models forest,s", [f"forest,{each}" for each in MODELS if each.startswith("s")]),
        ("tuners table build --preset qu", ["quick"]),
        ("tuners completion f", ["fish"]),
        ("tuners rebuild b", ["base"]),
        ("tuners rebuild base --compare 0", ["0001"]),
    ],
)
def test_commands_options_names_and_saved_runs_are_completed(line: str, expected: list[str]) -> None:
    """Of several names with commas the last is; a name is not offered twice."""
    assert completed("bash", line) == expected


@pytest.mark.usefixtures("shell")
def test_an_empty_storage_completes_to_nothing() -> None:
    """What cannot be looked up is no error in the middle of a command line."""
    assert "base" not in completed("bash", "tuners rebuild --storage nowhere ")


def test_each_shell_has_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """They complete the console script."""
    for name in ASKED:
        assert main(["completion", name]) == 0
        assert "tuners" in capsys.readouterr().out


@pytest.mark.usefixtures("shell")
def test_the_console_script_is_called_by_its_name() -> None:
    """Its help says `tuners`, that of the module `python -m tuners`; it does the same."""
    script = subprocess.run(["tuners", "--help"], capture_output=True, text=True, check=True)  # noqa: S607  the one on the path
    module = subprocess.run([sys.executable, "-m", "tuners", "--help"], capture_output=True, text=True, check=True)
    assert script.stdout.startswith("usage: tuners [-h]")
    assert module.stdout.startswith("usage: python -m tuners [-h]")
    assert script.stdout.splitlines()[1:] == module.stdout.splitlines()[1:]
