"""What must be said of a group: which blocks and methods its figures leave out, and how sure its optimum is."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.analysis.blocks import score_matrix, skipped_beside_others
from tuners.analysis.statistics import average_ranks
from tuners.results.record import Record


def remarks(
    records: Sequence[Record], methods: Sequence[str], optima: Sequence[Record], *, blocks: int, complete: int
) -> list[str]:
    """Return the sentences on records of one group; `methods` are ranked, on the `complete` ones of their `blocks`."""
    found = [*_unlike_protocols(records)]
    if complete < blocks:
        found.append(f"paired figures use the {complete} of {blocks} blocks that all methods have")
    working = {record.tuner for record in records if record.ok}
    found += [
        f"{tuner} is not ranked: skipped in {count} block{'' if count == 1 else 's'} in which others have a score"
        for tuner, count in skipped_beside_others(records).items()
        if tuner in working
    ]
    if any(record.failed for record in records):
        found.append(_without_failures(records, methods))
    if optima:
        found.append(_tied_optima(optima))
    return found


def _unlike_protocols(records: Sequence[Record]) -> list[str]:
    """Say of each dataset whose cells have unlike protocols, as workers of several processes may, that they have."""
    known: dict[str, list[str]] = {}
    for record in records:
        if record.protocol:
            known.setdefault(record.dataset, []).append(record.protocol)
    unlike = {dataset: list(dict.fromkeys(protocols)) for dataset, protocols in known.items()}
    return [
        f"the cells of {dataset} do not compare: they differ in protocol ({'; '.join(protocols)})"
        for dataset, protocols in unlike.items()
        if len(protocols) > 1
    ]


def _without_failures(records: Sequence[Record], methods: Sequence[str]) -> str:
    """Say how the ranking reads on the blocks in which no method failed."""
    failed = {(record.dataset, record.seed) for record in records if record.failed}
    whole = score_matrix([record for record in records if (record.dataset, record.seed) not in failed])
    if not methods or not set(methods) <= set(whole) or whole[list(methods)].dropna().empty:
        return "no block is without a failed cell: there is no ranking without them"
    scores = whole[list(methods)].dropna().to_numpy(float)
    ranks = sorted(zip(average_ranks(scores), methods, strict=True))
    blocks = f"{len(scores)} block{'' if len(scores) == 1 else 's'}"
    return f"ranks on the {blocks} without a failed cell: {', '.join(f'{name} {rank:.2f}' for rank, name in ranks)}"


def _tied_optima(optima: Sequence[Record]) -> str:
    """Say how many candidates tie at the optimum."""
    ties = sorted(record.ties for record in optima)
    counts = str(ties[0]) if ties[0] == ties[-1] else f"{ties[0]} to {ties[-1]}"
    candidates = " or ".join(map(str, sorted({record.evaluations for record in optima})))
    blocks = f" (in {len(ties)} blocks)" if len(ties) > 1 else ""
    return f"{counts} of {candidates} candidates tie at the optimum of the CV score{blocks}"
