"""The session header: what is compared, at which budget, on how much data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tuners.analysis.power import DEFAULTS, OF_NUMBERS, Design, power_of
from tuners.catalog import METRICS, MODELS, TUNERS
from tuners.plan import Plan, loaded
from tuners.results.budget import UNLIMITED
from tuners.results.cell import Cell, dataset_name
from tuners.results.record import BASE, STARTS
from tuners.results.scorers import ONE_CLASS, direction, is_loss, spoken
from tuners.task.validation import percent
from tuners.text.printable import printable


def header(plan: Plan, cells: Sequence[Cell], *, power: bool = True, notes: bool = True) -> list[str]:
    """Return its lines; with the power of each model's design, which loads SciPy, and the notes on files."""
    problems = {(cell.model, cell.dataset, cell.seed) for cell in cells}
    tuners = {cell.tuner for cell in cells}
    seeds = ", ".join(dict.fromkeys(str(cell.seed) for cell in cells))
    lines = [
        (
            f"tuning: preset {plan.preset_name}, {_count(len(cells), 'cell')}: {_count(len(tuners), 'tuner')} on "
            f"{_count(len(problems), 'problem')} (model x dataset x seed); seeds {seeds}"
        )
    ]
    protocol = plan.protocol
    positives = plan.positives(cells)
    lines.append(
        f"tuning: {_metrics(plan, positives)}, {protocol.words}, {percent(protocol.test_size)} test, "
        f"{protocol.rows_in_words}, jobs {plan.jobs}{_cluster(plan)}, evaluation {plan.evaluation}"
        + (", searches begin with the default configuration" if plan.start != STARTS[0] else "")
        + (f", {plan.time_budget:g} s a search" if plan.time_budget else "")
    )
    for registry, chosen in ((TUNERS, tuners), (MODELS, {cell.model for cell in cells})):
        own = [name for name in plan.replaced(registry) if name in chosen]
        lines += [f"tuning: {registry.kind} {name} is your own, in place of the one that comes along" for name in own]
    for name in dict.fromkeys(cell.dataset for cell in cells if notes):
        lines += [printable(f"tuning: {dataset_name(name)}: {note}", None) for note in plan.notes(name)]
    known = OF_NUMBERS if plan.task == "regression" else DEFAULTS
    for model in dict.fromkeys(cell.model for cell in cells):
        mine = [cell for cell in cells if cell.model == model]
        budgets = {cell.tuner: plan.evaluations(model, cell.tuner) for cell in mine}
        repeats = {cell.tuner: plan.repeats(model, cell.tuner) for cell in mine if cell.tuner != BASE}
        scaled = {} if model in plan.replaced(MODELS) else plan.preset.effort.get(model, {})
        effort = ", ".join(f"{k} {v}" for k, v in scaled.items())
        datasets = ", ".join(dict.fromkeys(dataset_name(cell.dataset) for cell in mine))
        lines.append(
            f"tuning: {model} on {datasets}: {_most(budgets, _evaluations)}"
            + (f", {_most(repeats, _repeats)}" if set(repeats.values()) - {1} else "")
            + (f"; {effort}" if effort else "")
        )
        if power and repeats:
            lines.append(f"tuning: {model}: {power_of(_design(mine, repeats), known, plan.metric).sentence}")
    return lines


def _cluster(plan: Plan) -> str:
    return "" if plan.cluster is None else f", cells on the cluster {plan.cluster}"


def _metrics(plan: Plan, positives: Sequence[str]) -> str:
    """Return the metrics as people read them, the one that steers first, and which class is scored."""
    steers, *others = map(METRICS.recorded, plan.protocol.metrics)
    positive = [f"positive class of {'; '.join(positives)}"] if positives else []
    direct = [direction(steers)] if is_loss(steers) else []
    said = "; ".join([*direct, *(positive if steers in ONE_CLASS else [])])
    also = "; ".join([] if steers in ONE_CLASS else positive)
    parts = [spoken(steers), f" ({said})" if said else ""]
    parts += [f", also {', '.join(map(spoken, others))}", f" ({also})" if also else ""] if others else []
    return "".join(parts)


def splitting(plan: Plan, cells: Sequence[Cell]) -> list[str]:
    """Return a line of each dataset that is divided by what it knows of its rows; loads the datasets."""
    from tuners.task.splitting import of_roles  # noqa: PLC0415  NumPy loads when cells run

    names = dict.fromkeys(cell.dataset for cell in cells)
    found = {name: loaded(lambda: plan.dataset(name)) for name in names}  # noqa: B023  called here
    lines = [(name, of_roles(data, plan.protocol)) for name, data in found.items() if data is not None]
    return [f"tuning: {dataset_name(name)}: {said}" for name, said in lines if said]


def _design(cells: Sequence[Cell], repeats: Mapping[str, int]) -> Design:
    """Return the design of one model's cells."""
    datasets = {cell.dataset for cell in cells}
    problems = {(cell.dataset, cell.seed) for cell in cells}
    return Design(len(datasets), len(problems) // len(datasets), min(repeats.values()), len(repeats) + 1)


def _most(numbers: Mapping[str, int], words: Callable[[int], str]) -> str:
    """Return the number that most methods have, in words, and those of the others."""
    usual = max(set(numbers.values()), key=list(numbers.values()).count)
    others = [f"{tuner} {n}" for tuner, n in numbers.items() if n != usual]
    return words(usual) + (f" ({', '.join(others)})" if others else "")


def _repeats(number: int) -> str:
    return _count(number, "repeat")


def _evaluations(number: int) -> str:
    return "as many evaluations as the time allows" if number >= UNLIMITED else f"{number} evaluations"


def _count(number: int, thing: str) -> str:
    """Return `1 thing` or `2 things`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
