"""A runner: a process on a worker's machine from which cells are forked, one at a time.

It has the session's plan and its data loaded, and what runs in it has no threads, so that forks are safe. It ends with
its worker, and where it is not asked for long.
"""

from __future__ import annotations

import pickle
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from tuners.catalog import METRICS
from tuners.execution.channel import Channel, pickled
from tuners.execution.cluster import apart, tables
from tuners.execution.cluster.apart import DiedError
from tuners.execution.cluster.luggage import Luggage, Pack, Unpacker
from tuners.execution.cluster.orders import Order, Snapshot
from tuners.execution.cluster.told import Teller
from tuners.execution.contract import Around
from tuners.execution.forked import Forked
from tuners.execution.process import raisable
from tuners.plan import Plan

if TYPE_CHECKING:
    from tuners.results.run import Run

IDLE_SECONDS = 120.0
"""After so long without an order a runner ends: its session is gone, or has no more for it."""


def main(handle: int, folder: str) -> None:
    """Take orders from a pipe until it is closed; recorded tables go into a folder."""
    connection = Connection(handle)
    channel = Channel(connection, closed=sys.exit)
    unpacker, plan = Unpacker(), None
    try:
        while connection.poll(IDLE_SECONDS):
            pieces, luggage, data, needs = pickle.loads(connection.recv_bytes())  # noqa: S301  our own session's
            unpacker.take(pieces)
            try:
                if plan is None:
                    plan = _plan(unpacker.read(pickle.loads(unpacker.piece(luggage))), Path(folder))  # noqa: S301  our own session's
                made = _made(plan, unpacker, unpacker.read(Pack(data, needs)), channel)
            except DiedError as error:
                channel.say("died", str(error))
            except BaseException as error:  # noqa: BLE001  raised again in the session
                channel.say("error", pickled(raisable(error)))
            else:
                channel.say("run", pickled(made))
    except EOFError:
        return


def _plan(luggage: Luggage, folder: Path) -> Plan:
    plan = Plan({**luggage.given, "tables": folder})
    plan.bring(luggage.brought)
    for name, scorer in luggage.metrics.items():
        METRICS.register(name, scorer)
    return plan


def _made(plan: Plan, unpacker: Unpacker, order: Order, channel: Channel) -> Run | Snapshot:
    """Make what is ordered, in a process of its own."""
    job, around, recording = order.job, Around(contended=order.contended), None
    if order.table is not None:
        snapshot: Snapshot = pickle.loads(unpacker.piece(order.table))  # noqa: S301  our own session's
        recording = tables.restored(plan.problem_of(job), snapshot, plan.tables)
        if order.builds:
            return tables.built(recording, plan.table_limit)
        plan.real_on = recording.problem if order.real else None
    teller = Teller(lambda message: channel.say("told", pickled(message)), recording)
    if order.repeat is not None:
        return Forked(plan, around).alone(job, order.repeat, teller)
    if recording is not None and not plan.limited:
        return apart.run(plan, around, job, teller, recording)
    return teller.light(Forked(plan, around).run(job, teller))
