"""`compare`: the whole way for those who have only a file, from its audit to a tuned model."""

from __future__ import annotations

import argparse
import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.commands import INTERRUPTED, Command
from tuners.commands._options import add, given, parsed
from tuners.commands._shared import report_option
from tuners.commands.audit import read_as_told, said_of
from tuners.comparison.values import minutes
from tuners.errors import TuningError
from tuners.plan import READING
from tuners.presets.timed import MODELS
from tuners.report.words import score
from tuners.results.scorers import spoken
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.interface.comparison import Comparison
    from tuners.plan import Plan
    from tuners.results.cell import Cell

OPTIONS = (
    "tuners", "models", "seeds", "repeats", "budget", "metric", "positive", "folds", "test-size", "rows", "evaluation",
    "jobs", "start", "memory-limit", "resume",
)  # fmt: skip
"""Options of a session that it takes, besides those of reading."""
MINUTES = "10"
"""For all searches together, where nobody says."""
SEARCHING = 0.8
"""Share of the minutes that the searches get; fits of winners, the report and the model take the rest."""
LEAST_SECONDS = 1.0
"""Of a search: in less, libraries are hardly loaded."""
SHORT_SECONDS = 5.0
"""Of a search: what has less is said to be short."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the file, its target, the time, what is made of it, and the session's options."""
    parser.add_argument("file", help="text of any delimiter, Parquet, Feather or Excel; text may be compressed")
    parser.add_argument("target", help="the name of its target's column")
    parser.add_argument(
        "--minutes", default=MINUTES, metavar="M", help=f"for all searches together; {MINUTES} by default"
    )
    report_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="print all tables above the verdict")
    parser.add_argument("--save", metavar="NAME", help="keep it as a saved run, as --benchmark-save=NAME does")
    parser.add_argument(
        "--save-model", type=Path, metavar="PATH", help="the tuned model, fitted on all rows: .skops or .joblib"
    )
    add(parser, *READING, *OPTIONS)


def run(chosen: argparse.Namespace) -> int:
    """Print the audit, what will be compared, the verdict and the model to use; write what was asked for."""
    from tuners.interface import model_files  # noqa: PLC0415  it loads scikit-learn
    from tuners.interface.compare import compared  # noqa: PLC0415  it loads scikit-learn
    from tuners.interface.comparison import Comparison  # noqa: PLC0415  it loads scikit-learn

    if chosen.save_model is not None:
        model_files.check(chosen.save_model)  # before the minutes that it takes to have a model
    allowed = parsed("--minutes", minutes, chosen.minutes) * 60
    known = given(chosen)
    dataset = read_as_told(chosen, known)
    for line in said_of(dataset):
        print(printable(line, None))
    task = str(known.get("task") or dataset.task)
    models = list(known.pop("models", MODELS[task]))
    tuners = known.pop("tuners", None)

    def methods(plan: Plan, kinds: Sequence[str]) -> Sequence[str]:
        from tuners.interface import evidence  # noqa: PLC0415  it loads libraries of methods

        if tuners is not None:
            return tuple(tuners)
        found = evidence.choice(kinds[0], plan.task).method
        return tuple(dict.fromkeys(("default", "random", found)))

    sitting = compared(
        {"preset": "timed", **known},
        models,
        f"{chosen.file}:{chosen.target}",
        methods,
        printed=True,
        command=_command(chosen),
        timed=lambda plan, cells: _divide(plan, cells, allowed),
    )
    comparison = Comparison(sitting)
    for path in chosen.report:
        print(f"report: {comparison.report(path)}")
    if chosen.save:
        print(f"saved: {comparison.save(chosen.save)}")
    for note in comparison.notes:
        print(printable(note, None))
    print(f"\n{comparison.text(verbose=chosen.verbose)}")
    concluded = _conclude(comparison, chosen.save_model)
    if comparison.cut_short:
        return INTERRUPTED
    return 0 if concluded else 1


def _command(chosen: argparse.Namespace) -> str:
    """Return the command, as far as it says what is compared: advice begins with it, and a saved run has it."""
    words = ["python", "-m", "tuners", "compare", chosen.file, chosen.target]
    words += [f"--minutes={parsed('--minutes', minutes, chosen.minutes):g}"]
    given = {key: getattr(chosen, key.replace("-", "_")) for key in (*OPTIONS, *READING) if key != "resume"}
    return shlex.join([*words, *(f"--{key}={text}" for key, text in given.items() if text is not None)])


def _divide(plan: Plan, cells: Sequence[Cell], allowed: float) -> None:
    """Give each search an equal share of the time; raise `TuningError` where that is too little to search in."""
    searches = sum(plan.repeats(cell.model, cell.tuner) for cell in cells if cell.tuner != "default")
    each = SEARCHING * allowed / max(searches, 1)
    if each < LEAST_SECONDS:
        least = math.ceil(100 * LEAST_SECONDS * searches / SEARCHING / 60) / 100
        message = (
            f"--minutes: expected at least {least:g} for {searches} searches, got {allowed / 60:g}: give more, or "
            "fewer --models, --tuners or --seeds"
        )
        raise TuningError(message)
    plan.time_budget = plan.given["time-budget"] = round(each, 1)
    if each < SHORT_SECONDS:
        print(f"each search has {each:.1f} s: more --minutes, or fewer --models, --tuners or --seeds, give each more")


def _conclude(comparison: Comparison, path: Path | None) -> bool:
    """Say which model is the one to use, and save it; return whether there is one."""
    from tuners.interface import model_files  # noqa: PLC0415  it loads scikit-learn

    try:
        params: dict[str, Any] = comparison.best_params_
    except TuningError as error:
        reasons = dict.fromkeys(record.reason for record in comparison.records if record.reason)
        said = "; ".join(reasons) or str(error)
        print(printable(f"no model, since no search has ended with a score: {said}: try more --minutes", None))
        return False
    how = ", ".join(f"{name}={value!r}" for name, value in params.items())
    named = f"{comparison.best_model_}, {f'tuned: {how}' if how else 'untuned: no candidate is better on all rows'}"
    metric = comparison.metric
    scored = f"{spoken(metric)} {score(comparison.best_score_, metric)} in cross-validation on all rows"
    if how:
        untuned = comparison.untuned_score_
        beside = "which failed" if math.isnan(untuned) else score(untuned, metric)
        scored += f" (untuned: {beside}), by which it was chosen: the test scores above are the ones to quote"
    print(printable(f"the model: {named}; {scored}", None))
    if path is not None:
        for line in model_files.save(comparison.best_estimator_, path):
            print(line)
    return True


COMMAND = Command(
    place=5,
    help="compare tuning methods on a file, say what to use, and save the tuned model",
    options=options,
    run=run,
)
