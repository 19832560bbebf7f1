"""`completion`: the lines by which a shell completes the command's options and names."""

from __future__ import annotations

import argparse

import argcomplete

from tuners.commands import Command

SHELLS = {
    "bash": 'eval "$(tuners completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(tuners completion zsh)" in ~/.zshrc, below compinit',
    "fish": "tuners completion fish | source in ~/.config/fish/config.fish",
}
"""By shell: where its lines go."""
SCRIPT = "tuners"
"""The console script, which is what shells complete: they know `python -m tuners` as Python."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the shell."""
    parser.add_argument("shell", choices=SHELLS, help="; ".join(SHELLS.values()))


def run(chosen: argparse.Namespace) -> int:
    """Print the lines."""
    print(argcomplete.shellcode([SCRIPT], shell=chosen.shell))
    return 0


COMMAND = Command(
    place=70, help="print what bash, zsh or fish completes options and names with", options=options, run=run
)
