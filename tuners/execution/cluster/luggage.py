"""What travels to workers: packs, in which data are named by their content and go along once.

A pack is a pickle. The user's own code goes by value, where workers do not have its module, and each dataset is a piece
of its own, so that a hundred cells on a file of 100 MB send it once a worker.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tuners.catalog import DATASETS, METRICS, MODELS, TUNERS
from tuners.errors import TuningError, one_line
from tuners.plan import Plan, loaded
from tuners.results.cell import is_elsewhere
from tuners.results.incidental import LOCAL
from tuners.task.dataset import Dataset

if TYPE_CHECKING:
    from tuners.registry import Registry
    from tuners.results.cell import Cell


@dataclass(frozen=True)
class Pack:
    """A pickle, and the pieces that must be there to read it."""

    data: bytes = field(repr=False)
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Luggage:
    """What a worker needs to make any of the session's problems anew, besides what is installed there."""

    given: Mapping[str, Any]
    """The session's options."""
    brought: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By kind and name: members of the families that are not the package's own."""
    metrics: Mapping[str, Any] = field(default_factory=dict)


def of_plan(plan: Plan, cells: Iterable[Cell]) -> Luggage:
    """Return what the cells of a session need; what cannot be loaded is left to its cells, which say why."""
    cells = list(cells)
    given = {name: value for name, value in plan.given.items() if name not in LOCAL}
    # What follows from data and networks here is said, not found again.
    given |= {"metric": ",".join(plan.protocol.metrics)} | ({"datasets": plan.datasets} if "datasets" in given else {})
    return Luggage(
        given,
        {
            "tuner": _own(TUNERS, plan, {cell.tuner for cell in cells}, plan.tuner),
            "model": _own(MODELS, plan, {cell.model for cell in cells}, plan.model),
            "dataset": _own(DATASETS, plan, {cell.dataset for cell in cells}, plan.dataset),
        },
        {name: METRICS.load(name) for name in plan.protocol.metrics if METRICS.is_own(name)},
    )


def _own(registry: Registry[Any], plan: Plan, names: Collection[str], load: Callable[[str], Any]) -> dict[str, Any]:
    """Return those members, loaded, that a worker cannot load by their names."""
    elsewhere = {name for name in names if registry is DATASETS and (is_elsewhere(name) or name == "creditcard")}
    own = {name for name in names if not registry.has(name)} | {*plan.replaced(registry)} & {*names} | elsewhere
    found = {name: loaded(lambda: load(name)) for name in sorted(own)}  # noqa: B023  called here
    return {name: member for name, member in found.items() if member is not None}


class Packer:
    """Packs objects; `pieces` has by content what they need."""

    def __init__(self) -> None:
        """Begin without pieces."""
        self.pieces: dict[str, bytes] = {}
        self._known: WeakKeyDictionary[Dataset, str] = WeakKeyDictionary()

    def pack(self, content: Any, by_value: Collection[str] = ()) -> Pack:
        """Return the pack of an object, the code of some modules by value; raise `TuningError` for what cannot go."""
        needs: dict[str, None] = {}

        def named(data: Dataset) -> str:
            if data not in self._known:
                self._known[data] = self.add(_pickled(data))
            needs[self._known[data]] = None
            return self._known[data]

        with _by_value(by_value):
            try:
                return Pack(_pickled(content, named), tuple(needs))
            except Exception as error:  # noqa: BLE001  whatever an object of the user's raises
                message = (
                    f"--tuning-cluster: expected models, methods and data that can be pickled, got {one_line(error)}: "
                    "keep locks, files and connections out of them"
                )
                raise TuningError(message) from None

    def add(self, data: bytes) -> str:
        """Add a piece; return its name."""
        name = hashlib.sha256(data).hexdigest()
        self.pieces[name] = data
        return name


def _pickled(content: Any, named: Callable[[Dataset], str] | None = None) -> bytes:
    from cloudpickle import Pickler  # noqa: PLC0415  it comes with the extra

    class Naming(Pickler):
        def persistent_id(self, value: Any) -> str | None:
            return named(value) if named is not None and isinstance(value, Dataset) else None

    written = io.BytesIO()
    Naming(written).dump(content)
    return written.getvalue()


@contextmanager
def _by_value(modules: Collection[str]) -> Iterator[None]:
    """Let the functions and classes of modules be pickled as they are, and not by the name of their module."""
    import cloudpickle  # noqa: PLC0415  it comes with the extra

    found = [sys.modules[name] for name in modules if name in sys.modules]
    for module in found:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in found:
            cloudpickle.unregister_pickle_by_value(module)


class Unpacker:
    """Reads packs; a piece is read once."""

    def __init__(self) -> None:
        """Begin without pieces."""
        self._pieces: dict[str, bytes] = {}
        self._read: dict[str, Any] = {}

    def take(self, pieces: Mapping[str, bytes]) -> None:
        """Take in pieces, by name."""
        self._pieces.update(pieces)

    def piece(self, name: str) -> bytes:
        """Return a piece as it is."""
        return self._pieces[name]

    def read(self, pack: Pack) -> Any:
        """Return the object in a pack."""
        unpacker = self

        class Reading(pickle.Unpickler):
            def persistent_load(self, name: str) -> Any:
                if name not in unpacker._read:
                    unpacker._read[name] = pickle.loads(unpacker._pieces.pop(name))  # noqa: S301  our own
                return unpacker._read[name]

        return Reading(io.BytesIO(pack.data)).load()
