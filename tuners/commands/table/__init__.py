"""`table`: the recorded tables of problems, an action a module: its `COMMAND` says what it is and does."""

from __future__ import annotations

import argparse

from tuners.commands import Command
from tuners.errors import TuningError
from tuners.registry import Registry

ACTIONS: Registry[Command] = Registry("action", __name__, "COMMAND")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the actions, each with its options."""
    actions = parser.add_subparsers(required=True)
    members = {name: ACTIONS.load(name) for name in ACTIONS}
    for name, action in sorted(members.items(), key=lambda member: member[1].place):
        its = actions.add_parser(name, help=action.help, description=action.help)
        action.options(its)
        its.set_defaults(act=action.run)


def run(chosen: argparse.Namespace) -> int:
    """Do what the action does; return its exit code. Raises `TuningError` for Ctrl-C, which costs nothing recorded."""
    try:
        return int(chosen.act(chosen))
    except KeyboardInterrupt:
        message = "table: interrupted: what is recorded stays, and the same command builds the rest"
        raise TuningError(message) from None


COMMAND = Command(
    place=30, help="build, list, verify, export or prune recorded tables, or print their key", options=options, run=run
)
