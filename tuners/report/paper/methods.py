"""The methods paragraphs: what was compared, how, on what, with versions and references of what was really used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tuners.report.document import Report
from tuners.report.paper import cited
from tuners.report.paper.tex import escaped
from tuners.report.words import counted, listed
from tuners.results.record import BASE, CLOCKS, STARTS, Record
from tuners.results.scorers import spoken


def paragraphs(report: Report) -> list[str]:
    """Return the paragraphs, as TeX."""
    found = [_compared(report), _protocol(report.records), _statistics(report), _software(report)]
    return [text for text in found if text]


def keys(report: Report) -> list[str]:
    """Return what is to be cited of what was used, in the order of the text."""
    of_methods = [key for name in report.tuners for key in _keys_of(_source(report, "tuner", name))]
    of_models = [key for name in _models(report) for key in _keys_of(_source(report, "model", name))]
    used = [key for library in _libraries(report) for key in cited.LIBRARIES[library]]
    found = [cited.HARNESS, *of_methods, *of_models, *cited.TESTS, *_of_search(report), *used]
    return list(dict.fromkeys(found))


def _of_search(report: Report) -> tuple[str, ...]:
    return (*cited.RUNNING_TIME, *cited.PROFILES) if any(found.search.rows for found in report.findings) else ()


def _models(report: Report) -> list[str]:
    return list(dict.fromkeys(record.model for record in report.records))


def _source(report: Report, kind: str, name: str) -> cited.Source | None:
    """Return where a method or a model comes from; None of the user's own, under whatever name."""
    own = (report.about.get("tuning") or {}).get("own") or {}
    known = cited.METHODS if kind == "tuner" else cited.MODELS
    return None if name in own.get(kind, ()) else known.get(name)


def _keys_of(source: cited.Source | None) -> tuple[str, ...]:
    return () if source is None else (*source.keys, *cited.LIBRARIES.get(source.library, ()))


def _versions(report: Report) -> dict[str, str]:
    """Return the versions of the libraries that were installed, by the name that they are cited by."""
    known: Mapping[str, Any] = report.about.get("libraries") or {}
    return {cited.SAME.get(name, name): str(version) for name, version in known.items()}


def _of_version(library: str, versions: Mapping[str, str]) -> str:
    return escaped(f"{library} {versions.get(library, '')}".strip())


def _libraries(report: Report) -> list[str]:
    """Return the libraries that were used, of those that have references."""
    sources = [_source(report, "tuner", name) for name in report.tuners]
    sources += [_source(report, "model", name) for name in _models(report)]
    named = [source.library for source in sources if source is not None]
    if "keras" in named:
        named.append("tensorflow")
    return [name for name in cited.LIBRARIES if name in {*named, *cited.ALWAYS}]


def _cite(found: Iterable[str]) -> str:
    unique = list(dict.fromkeys(found))
    return rf"~\cite{{{','.join(unique)}}}" if unique else ""


def _named(report: Report, kind: str, names: Sequence[str]) -> str:
    """Return names, each with its library and references."""
    versions, parts = _versions(report), []
    for name in names:
        source = _source(report, kind, name)
        text = rf"\texttt{{{escaped(name)}}}"
        if source is None:
            text += " (our own)"
        elif source.library:
            text += f" ({_of_version(source.library, versions)})"
        elif name == BASE:
            text += " (the untuned model)"
        parts.append(text + _cite(_keys_of(source)))
    return listed(parts)


def _compared(report: Report) -> str:
    datasets = list(dict.fromkeys(record.dataset for record in report.records))
    seeds = sorted({record.seed for record in report.records})
    version = (report.about.get("tuning") or {}).get("version", "")
    return (
        f"We compared {counted(len(report.tuners), 'tuning method')}, {_named(report, 'tuner', report.tuners)}, with "
        f"{escaped(f'pytest-tuners {version}'.strip())}{_cite([cited.HARNESS])}. They tuned "
        f"{_named(report, 'model', _models(report))} on {counted(len(datasets), 'dataset')}: "
        + listed([rf"\texttt{{{escaped(name)}}}" for name in datasets])
        + f". A problem is a model, a dataset and a seed ({counted(len(seeds), 'seed')}: "
        + f"{listed([str(seed) for seed in seeds])}), which decides the split, the folds and the estimator's random "
        "numbers; all methods of a problem have the same."
    )


def _protocol(records: Sequence[Record]) -> str:
    protocols = list(dict.fromkeys(record.protocol for record in records if record.protocol))
    metrics = list(dict.fromkeys(spoken(record.metric) for record in records if record.metric))
    said = [f"Rows were divided so: {escaped('; '.join(protocols))}."] if protocols else []
    if metrics:
        said.append(
            f"Searches were steered by the cross-validated {escaped(listed(metrics))}; each winner was refitted on all "
            "training rows and scored on test rows that no search saw."
        )
    said += _budgets(records)
    if all(record.start != STARTS[0] for record in records):
        said.append("Every search began with the untuned configuration, which was charged.")
    if any(record.clock == CLOCKS[1] for record in records):
        said.append(
            "Candidates were evaluated once and looked up in a table of their scores; seconds are those recorded of "
            "the evaluations, and the methods' own."
        )
    return " ".join(said)


def _budgets(records: Sequence[Record]) -> list[str]:
    searches = [record for record in records if record.tuner != BASE]
    budgets = sorted({record.budget for record in searches if record.budget})
    seconds = sorted({record.time_budget for record in searches if record.time_budget})
    repeats = sorted({record.repeats for record in searches})
    said = []
    if budgets:
        most = f"{budgets[0]:,}" if len(budgets) == 1 else f"{budgets[0]:,} to {budgets[-1]:,}"
        said.append(f"A search could make {most} evaluations, one in part counting as its share.")
    if seconds:
        said.append(f"A search could take {listed([f'{each:g}' for each in seconds])} seconds.")
    if repeats and repeats[-1] > 1:
        most = f"{repeats[0]} to {repeats[-1]}" if repeats[0] != repeats[-1] else f"{repeats[-1]}"
        said.append(f"Each method made {most} runs of a problem, with other random numbers of its own.")
    return said


def _statistics(report: Report) -> str:
    said = (
        "Gains are differences of the test score from the untuned model's, paired by problem, a method's value being "
        "its mean over runs and datasets weighing equally; their 95\\,\\% intervals hold for all methods together, by "
        rf"step-down max-$|t|$ over sign flips of whole problems{_cite(cited.TESTS)}."
    )
    if _of_search(report):
        said += (
            f" Regret is the distance of a search's cross-validation score from {_regret(report)}; expected "
            "evaluations to a target are those of"
            rf"{_cite(cited.RUNNING_TIME)}, and interquartile means and profiles of regret those of"
            rf"{_cite(cited.PROFILES)}."
        )
    return said


_REGRETS = {
    "optimum": "the optimum of the space, in units of the median candidate's distance",
    "best seen": "the best score that any method found on the problem, in units of the untuned model's distance",
}
"""By what regret 0 is: how regret is defined."""


def _regret(report: Report) -> str:
    """Return the definition of the regrets that are shown; of several, with the models that each is of."""
    kinds: dict[str, list[str]] = {}
    for subject in report.subjects:
        if subject.findings.search.optimum in _REGRETS:
            kinds.setdefault(subject.findings.search.optimum, []).append(subject.group.model)
    if len(kinds) == 1:
        return _REGRETS[next(iter(kinds))]
    return ", and ".join(
        f"{_REGRETS[kind]} ({escaped(listed(list(dict.fromkeys(models))))})" for kind, models in kinds.items()
    )


def _software(report: Report) -> str:
    versions = _versions(report)
    machine: Mapping[str, Any] = report.about.get("machine_info") or {}
    named = [_of_version(name, versions) + _cite(cited.LIBRARIES[name]) for name in _libraries(report)]
    python = [escaped(f"Python {machine['python_version']}")] if machine.get("python_version") else []
    where = " ".join(str(machine[key]) for key in ("system", "release", "machine") if machine.get(key))
    command = (report.about.get("tuning") or {}).get("command")
    said = f"Software: {listed([*python, *named])}{f', on {escaped(where)}' if where else ''}."
    # A long option is broken behind its signs.
    broken = escaped(str(command)).replace("=", r"=\allowbreak{}").replace(",", r",\allowbreak{}")
    merged = (report.about.get("tuning") or {}).get("merged") or []
    parts = f", in {counted(len(merged), 'shard')}" if merged else ""
    return said + (rf" Command{parts}: {{\raggedright\texttt{{{broken}}}.\par}}" if command else "")
