"""A runner: a process on a worker's machine from which cells are forked, one at a time.

It has the session's plan and its data loaded, and what runs in it has no threads, so that forks are safe. It ends with
its worker, and where it is not asked for long.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Set as AbstractSet
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from tuners.catalog import METRICS
from tuners.evaluation.listener import Listener
from tuners.execution.channel import Channel, pickled
from tuners.execution.cluster.luggage import Luggage, Pack, Unpacker
from tuners.execution.contract import Around
from tuners.execution.forked import Forked
from tuners.execution.process import raisable
from tuners.plan import Plan

if TYPE_CHECKING:
    from tuners.execution.cluster.orders import Order
    from tuners.results.record import Record
    from tuners.results.run import Run
    from tuners.results.trial import Trial

IDLE_SECONDS = 600.0
"""After so long without an order a runner ends: its session is gone, or has no more for it."""


def main(handle: int) -> None:
    """Take orders from a pipe until it is closed."""
    connection = Connection(handle)
    channel = Channel(connection, closed=sys.exit)
    unpacker, plan = Unpacker(), None
    try:
        while connection.poll(IDLE_SECONDS):
            pieces, luggage, data, needs = pickle.loads(connection.recv_bytes())  # noqa: S301  our own session's
            unpacker.take(pieces)
            try:
                if plan is None:
                    plan = _plan(unpacker.read(pickle.loads(unpacker.piece(luggage))))  # noqa: S301  our own session's
                run = _made(plan, unpacker.read(Pack(data, needs)), _Teller(channel))
            except BaseException as error:  # noqa: BLE001  raised again in the session
                channel.say("error", pickled(raisable(error)))
            else:
                channel.say("run", pickled(run))
    except EOFError:
        return


def _plan(luggage: Luggage) -> Plan:
    plan = Plan(dict(luggage.given))
    plan.bring(luggage.brought)
    for name, scorer in luggage.metrics.items():
        METRICS.register(name, scorer)
    return plan


def _made(plan: Plan, order: Order, teller: Listener) -> Run:
    """Run an order, in a process of its own."""
    forked = Forked(plan, Around(contended=order.contended))
    if order.repeat is not None:
        return forked.alone(order.job, order.repeat, teller)
    return forked.run(order.job, teller)


class _Teller(Listener):
    """Tells the session what it hears."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def _tell(self, method: str, *arguments: object) -> None:
        self._channel.say("told", pickled((method, arguments)))

    def begun(self, record: Record) -> None:
        self._tell("begun", record)

    def search_begins(self) -> None:
        self._tell("search_begins")

    def repeat_begins(self, number: int, of: int) -> None:
        self._tell("repeat_begins", number, of)

    def trial(self, position: int, trial: Trial) -> None:
        self._tell("trial", position, trial)

    def repeat_ended(self, number: int, run: Run) -> None:
        self._tell("repeat_ended", number, run)

    def imported(self, files: AbstractSet[str]) -> None:
        self._tell("imported", files)
