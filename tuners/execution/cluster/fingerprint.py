"""What must be the same on a worker as here: machine, versions of libraries, this package, modules of the user's."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping

from tuners.results.libraries import LIBRARIES, versions
from tuners.store import imported_code
from tuners.task.imports import files_of

FURTHER = ("pandas", "joblib", "skrub", "cloudpickle")
"""Libraries that change scores, or what travels, besides those that saved runs name."""
PACKAGE = "this package's code and data"

Fingerprint = Mapping[str, str]
"""By thing, in the words of messages: its version or digest. A module that cannot be found there is left out."""


def taken(modules: Iterable[str] = ()) -> dict[str, str]:
    """Return the fingerprint of this process, and of the files of some modules, which are found and not imported."""
    found = {module: sorted(files_of(module)) for module in modules}
    return {
        "machine": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **versions((*LIBRARIES, *FURTHER)),
        PACKAGE: imported_code.package(),
        **{f"{_MODULE}{name}": " ".join(map(imported_code.digest, files)) for name, files in found.items() if files},
    }


def own_modules(by_value: Iterable[str]) -> list[str]:
    """Return the names of imported modules that are of no installed library, without those that travel by value."""
    found = [name for name, module in list(sys.modules.items()) if _own(name, module)]
    return sorted({*found} - {*by_value, "__main__", "__mp_main__"})


def differences(here: Fingerprint, there: Fingerprint) -> list[str]:
    """Say what differs, `there` being a worker's; modules that are not found there are no difference: they travel."""
    names = {*here, *there}
    absent = {name for name in names if name.startswith(_MODULE) and name not in there}
    return [
        f"{name} is {there.get(name, 'not there')}, expected {here.get(name, 'none')}"
        for name in sorted(names - absent)
        if here.get(name) != there.get(name)
    ]


def lacking(here: Fingerprint, there: Fingerprint) -> set[str]:
    """Return the modules that are not found on a worker."""
    return {name.removeprefix(_MODULE) for name in {*here} - {*there} if name.startswith(_MODULE)}


_MODULE = "module "


def _own(name: str, module: object) -> bool:
    file = getattr(module, "__dict__", {}).get("__file__")
    return isinstance(file, str) and file.endswith(".py") and imported_code.own(file) and not name.startswith("tuners.")
