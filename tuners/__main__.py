"""`python -m tuners`: compare methods on a file; or remake a report or a saved run, judge one, build and keep tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tuners.commands import COMMANDS, INTERRUPTED
from tuners.errors import MissingExtraError, TuningError
from tuners.text.printable import printable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 for a gate that fails or a table that is wrong, 2 for bad input, 130 for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tuners", description=(__doc__ or "").partition(": ")[2])
    commands = parser.add_subparsers(required=True)
    members = {name: COMMANDS.load(name) for name in COMMANDS}
    for name, command in sorted(members.items(), key=lambda member: member[1].place):
        its = commands.add_parser(name, help=command.help)
        command.options(its)
        its.set_defaults(run=command.run)
    chosen = parser.parse_args(arguments)
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


if __name__ == "__main__":
    sys.exit(main())
