"""`python -m tuners`, or `tuners`: what is done beside a session of pytest, each by a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tuners.commands import COMMANDS, INTERRUPTED
from tuners.errors import MissingExtraError, TuningError
from tuners.text.printable import printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 for a gate that fails or a table that is wrong, 2 for bad input, 130 for Ctrl-C."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what can be completed
        import argcomplete  # noqa: PLC0415  only then

        argcomplete.autocomplete(_parser(_needed(os.environ["COMP_LINE"].split()[1:])))  # it ends the process
    chosen = _parser(_needed(given)).parse_args(given)
    try:
        return int(chosen.run(chosen))
    except (TuningError, MissingExtraError) as error:
        print(f"ERROR: {printable(str(error), None)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted: nothing had ended that could be shown", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # whoever read it has read enough
        return 0
    except OSError as error:
        print(printable(f"ERROR: {error.filename}: {error.strerror}", None), file=sys.stderr)
    return 2


def _needed(given: Sequence[str]) -> list[str]:
    """Return the command that is given, alone: others load libraries that it does not need; else all of them."""
    return [name for name in given[:1] if name in list(COMMANDS)] or list(COMMANDS)


def _parser(names: Iterable[str]) -> argparse.ArgumentParser:
    """Return a parser of these commands."""
    called = Path(sys.argv[0]).name
    prog = "python -m tuners" if called in {"__main__.py", ""} else called
    parser = argparse.ArgumentParser(prog=prog, description=(__doc__ or "").partition(": ")[2])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    members = {name: COMMANDS.load(name) for name in names}
    for name, command in sorted(members.items(), key=lambda member: member[1].place):
        its = commands.add_parser(name, help=command.help, description=command.help)
        command.options(its)
        its.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
