"""Reaching a Dask scheduler, or starting one here."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tuners.errors import TuningError, require

LOCAL = "local:"
"""How the address of a cluster begins that is started here; the number of its workers follows."""
EXPECTED = "local:N, a scheduler's address as in tcp://host:8786, or the path of its file"
_ADDRESS = re.compile(r"[a-z]+://[\w.\-\[\]:]+:[0-9]{1,5}|[\w.\-\[\]:]+:[0-9]{2,5}")
"""A word and one digit, as in `locl:2`, are rather a slip than a host and its port."""
MOST_LOCAL = 1_000


def workers_of(address: str) -> int | None:
    """Return how many workers an address starts here; None for one of a scheduler that is there.

    Raises `ValueError` that says what was expected.
    """
    if address.startswith(LOCAL):
        number = address.removeprefix(LOCAL)
        if not re.fullmatch("[0-9]{1,4}", number) or not 1 <= int(number) <= MOST_LOCAL:
            message = f"{LOCAL}N with N from 1 to {MOST_LOCAL:,}"
            raise ValueError(message)
        return int(number)
    if not _ADDRESS.fullmatch(address) and not _is_file(address):
        raise ValueError(EXPECTED)
    return None


def _is_file(address: str) -> bool:
    """Whether a text is the path of a file; one that is too long for a path is none."""
    return os.path.isfile(address)  # noqa: PTH113  pathlib raises for such texts


@contextmanager
def opened(address: str) -> Iterator[Any]:
    """Give a client of the cluster; raise `TuningError` where there is none. What was started here ends with it."""
    require("distributed", extra="cluster")
    import dask  # noqa: PLC0415  an extra, which takes a second to load
    from distributed import Client  # noqa: PLC0415  an extra

    with ExitStack() as stack:
        # A result that is lost with its worker must not be computed again: its cell has crashed.
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": 0}))
        stack.enter_context(_silent())
        count = workers_of(address)
        try:
            # What Dask remarks while it starts, such as that a disk is slow, is no error, whatever the user makes one.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if count is not None:
                    client = Client(stack.enter_context(_started(count)), set_as_default=False)
                elif _is_file(address):
                    client = Client(scheduler_file=address, set_as_default=False)
                else:
                    client = Client(address, set_as_default=False)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            said = " ".join(str(error).split())
            message = (
                f"--tuning-cluster={address}: expected a Dask scheduler, and none answers ({said}): start it with "
            )
            message += "`dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`"
            raise TuningError(message) from None
        stack.callback(_close, client)
        yield client


def _started(count: int) -> Any:
    from distributed import LocalCluster  # noqa: PLC0415  an extra

    return LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        # Dask's own limit would end a worker with all that it holds; cells have limits of theirs.
        memory_limit=0,
        dashboard_address=None,
        # Any free port, since another session may have the usual one, and no other machine's business.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    )


def _close(client: Any) -> None:
    """Close a client, whose scheduler may be gone."""
    client.close(timeout=5)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep the library's log out of the session's output: what matters of it is said in our words."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
