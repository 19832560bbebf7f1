"""Cells whose worker of pytest-xdist died: what the journal and the test's id tell of them."""

from __future__ import annotations

import time

from tuners.plugin.session import Session
from tuners.results.cell import dataset_name
from tuners.results.record import Record


def recover(session: Session, test: str, seconds: float) -> Record | None:
    """Return the record of a test whose worker died, and write its run to the journal; None if nothing is known.

    Its trials are those that are in the journal. `seconds` is how long ago the test began.
    """
    from tuners.results.repeats import Repeats  # noqa: PLC0415  loaded where it is needed
    from tuners.results.run import unfinished  # noqa: PLC0415  loaded where it is needed
    from tuners.store.journal_contents import read  # noqa: PLC0415  loaded where it is needed

    contents = read(session.journal.path) if session.journal.path is not None else None
    if contents is not None:
        ended = [entry.run.record for entry in contents.entries.values() if entry.test.get("fullname") == test]
        if ended:
            return ended[0]  # the worker died after the run
    begun = [each for each in contents.begun.values() if each.test.get("fullname") == test] if contents else []
    cell = (session.tests or {}).get(test)
    if begun:
        record, about = begun[0].record, begun[0].test
        seconds = max(0.0, time.monotonic() - begun[0].at)
    elif cell is not None:
        name = dataset_name(cell.dataset)
        record = Record(cell.model, name, cell.tuner, cell.seed, metric=session.plan.metric)
        about = {"name": test.rpartition("::")[2], "fullname": test, "group": f"{cell.model}-{name}"}
    else:
        return None
    trials = contents.trials.get(record.cell, []) if contents else []
    budget = session.plan.budget(record.model, record.tuner)
    run = unfinished(record, trials, budget, status="crashed", reason="its worker died", seconds=seconds)
    journal = session.begin_journal()
    good = contents.repeats.get(record.cell, {}) if contents else {}
    if good:
        repeats = Repeats(session.plan.repeats(record.model, record.tuner))
        for number, each in good.items():
            repeats.add(number, each)
        for number in repeats.missing[:1]:
            repeats.add(number, run)
            if journal is not None:
                journal.repeat(number, run)
        run = repeats.run()
    session.measured.keep(run, test, None)
    if journal is not None:
        journal.cell(run, about)
    return run.record
