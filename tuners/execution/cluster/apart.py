"""A whole cell in one process of its own: for runs that are looked up, whose repeats take milliseconds each."""

from __future__ import annotations

import os
import pickle
from multiprocessing import Pipe
from typing import TYPE_CHECKING

from tuners.execution.channel import Channel
from tuners.execution.cluster.told import Teller
from tuners.execution.here import Here
from tuners.execution.process import bound, death, end_group, fork, kill, raisable

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from tuners.evaluation.recording import Recording
    from tuners.execution.contract import Around
    from tuners.plan import Job, Plan
    from tuners.results.run import Run


class DiedError(Exception):
    """The process of a cell has died; the text says how."""


def run(plan: Plan, around: Around, job: Job, teller: Teller, recording: Recording) -> Run:
    """Run a job in a fork of this process; raise what keeps it from beginning, and `DiedError`."""
    receiver, sender = Pipe(duplex=False)

    def work() -> None:
        channel = Channel(sender, closed=end_group)
        own = Teller(lambda message: channel.say("told", message), recording)
        try:
            channel.say("run", own.light(Here(plan, around).run(job, own)))
        except BaseException as error:  # noqa: BLE001  raised again by the parent
            channel.say("error", raisable(error))

    pid = fork(receiver, work)
    sender.close()
    with bound(pid):
        try:
            return _followed(pid, receiver, teller)
        finally:
            kill(pid)
            receiver.close()


def _followed(pid: int, receiver: Connection, teller: Teller) -> Run:
    while True:
        try:
            kind, content = pickle.loads(receiver.recv_bytes())  # noqa: S301  our own process's
        except (EOFError, ConnectionError):
            _, status = os.waitpid(pid, 0)
            raise DiedError(death(os.waitstatus_to_exitcode(status))) from None
        if kind == "run":
            run: Run = content
            return run
        if kind == "error":
            raise content
        teller.pass_on(content)
