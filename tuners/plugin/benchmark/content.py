"""The content of the files that pytest-benchmark saves: in order, whole, and with what protects it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tuners.results.libraries import versions


def order(benchmarks: list[Any], rank: Callable[[str], int]) -> None:
    """Put what it will save in an order by node ids, and leave out what has no time: the save would break on it."""
    benchmarks.sort(key=lambda bench: rank(bench.fullname))  # those of other tests keep their order, at the end
    for bench in benchmarks:
        # A skip or an interrupt inside a benchmark leaves none.
        if not bench:
            bench.fixture.has_error = True


def complete(output_json: dict[str, Any], *, partial: str, how: Mapping[str, Any]) -> None:
    """Add to what it will save: checksums, library versions, how it was run, and that cells are missing if so."""
    from tuners.store import saved  # noqa: PLC0415  loaded when something is saved

    for bench in output_json["benchmarks"]:
        if "schema" in bench.get("extra_info", {}):
            plain = json.loads(text(bench["extra_info"]))
            bench["extra_info"][saved.CHECK] = saved.checksum(plain)
    output_json["libraries"] = versions()
    output_json["tuning"] = dict(how)
    if partial:
        output_json[saved.PARTIAL] = partial


def text(output_json: Any) -> str:
    """Return JSON as it writes it."""
    from pytest_benchmark.utils import safe_dumps  # noqa: PLC0415  loaded when something is saved

    return str(safe_dumps(output_json, ensure_ascii=True, indent=4))
