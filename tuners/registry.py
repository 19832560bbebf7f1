"""A family's members by name: a public module of a package each, beside those that users register."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Collection, Iterator
from typing import Generic, TypeVar, cast

from tuners.errors import TuningError, unknown

T = TypeVar("T")
MOST_LETTERS = 100
"""The most letters of a name, which stands in every line and in every test id."""


class Registry(Generic[T]):
    """The members of one family.

    Each public module of `package` is a member under its own name; the module attribute
    `attribute` is what it contributes. A module is imported when the member is loaded and not
    before: methods and models bring in TensorFlow, TPOT or hyperopt, which take seconds.
    """

    def __init__(self, kind: str, package: str, attribute: str, *, replaceable: bool = False) -> None:
        """Name the family, the package of its modules and the attribute they define.

        `replaceable`: a member of the user's own may bear the name of one that comes along, and stands in for it.
        """
        self._replaceable = replaceable
        self.kind = kind
        self._package = package
        self._attribute = attribute
        self._registered: dict[str, T] = {}

    def __iter__(self) -> Iterator[str]:
        """Yield the known names, the package's first."""
        modules = self._modules()
        yield from modules
        yield from (name for name in self._registered if name not in modules)

    def has(self, name: str) -> bool:
        """Whether a member of that name comes along."""
        return name in self._modules()

    @property
    def replaced(self) -> list[str]:
        """Names under which the user's own stand in for members that come along."""
        modules = self._modules()
        return [name for name in self._registered if name in modules]

    def _modules(self) -> list[str]:
        package = importlib.import_module(self._package)
        return [module.name for module in pkgutil.iter_modules(package.__path__) if module.name[0] != "_"]

    def check(self, name: str) -> None:
        """Raise `TuningError` with the nearest known names if there is no such member."""
        if name not in list(self):
            raise unknown(self.kind, name, self)

    def register(self, name: str, member: T) -> None:
        """Add a member of the user's own, in place of an earlier one of that name."""
        self.check_new(name)
        self._registered[name] = member

    def check_new(self, name: str, *, taken: Collection[str] = ()) -> None:
        """Check the name of a member of the user's own.

        Raises `TuningError` for a name that would break a test id, and for one that the package uses, unless the
        family is replaceable and the name is not `taken` by members of the package's that are in use.
        """
        if name in self._modules() and (name in taken or not self._replaceable):
            message = f"{self.kind} {name!r} exists already: give yours another name"
            raise TuningError(message)
        if not isinstance(name, str) or not re.fullmatch(rf"\w[\w.]{{0,{MOST_LETTERS - 1}}}", name):
            better = re.sub(r"[^\w.]+", "_", str(name)).strip("_.")[:MOST_LETTERS]
            message = (
                f"{self.kind} {name!r}: expected a name of letters, digits, dots and underscores, which test ids are "
                f"made of, at most {MOST_LETTERS}: {better or 'mine'!r} would do"
            )
            raise TuningError(message)

    def load(self, name: str) -> T:
        """Return the member of that name, importing its module if it has one."""
        if name in self._registered:
            return self._registered[name]
        self.check(name)
        module = importlib.import_module(f"{self._package}.{name}")
        return cast("T", getattr(module, self._attribute))
