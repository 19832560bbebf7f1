"""`gate`: one saved run judged by another."""

from __future__ import annotations

import argparse

from tuners.commands import Command
from tuners.commands._shared import NAMES, completes_run, report_option, runs, session, storage_option
from tuners.errors import TuningError
from tuners.gate.expression import ALPHA, parse
from tuners.plan import INCONCLUSIVE
from tuners.report.formats import write
from tuners.store import saved_folder


def options(parser: argparse.ArgumentParser) -> None:
    """Add the two runs, and the gates."""
    then = parser.add_argument("then", help=f"the earlier run: {NAMES}")
    now = parser.add_argument("now", help="the run to judge")
    completes_run(then, now)
    parser.add_argument("--fail", action="append", required=True, metavar="EXPR", help="as --tuning-fail; repeatable")
    parser.add_argument("--alpha", type=float, default=ALPHA, help="as --tuning-alpha")
    parser.add_argument("--inconclusive", choices=INCONCLUSIVE, default="pass", help="as --tuning-inconclusive")
    storage_option(parser)
    report_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Judge, write the reports, and print a line a verdict and the worst one last; 1 if the gate fails."""
    # What judges loads SciPy, for which a shell that completes names would wait.
    from tuners.analysis.comparison import compare  # noqa: PLC0415  see above
    from tuners.analysis.methods import evaluate  # noqa: PLC0415  see above
    from tuners.gate.judge import judge  # noqa: PLC0415  see above
    from tuners.gate.verdict import power, summary  # noqa: PLC0415  see above
    from tuners.report.document import Report  # noqa: PLC0415  see above

    try:
        gates = [parse(text) for text in chosen.fail]
    except ValueError as error:
        message = f"--fail: expected {error}, got {', '.join(map(repr, chosen.fail))}"
        raise TuningError(message) from None
    if not 0 < chosen.alpha < 1:
        message = f"--alpha: expected a number above 0 and below 1, got {chosen.alpha}"
        raise TuningError(message)
    then, now = saved_folder.find(chosen.storage, chosen.then), saved_folder.find(chosen.storage, chosen.now)
    baseline = [then, *saved_folder.of_the_same_commit(chosen.storage, then, but=now)]
    verdicts = judge(
        gates, session(now), [session(each) for each in baseline], chosen.alpha, strict=chosen.inconclusive == "fail"
    )
    (now_runs, lacking), (then_runs, lacking_then) = runs(now), runs(then)
    report = Report(
        now.records,
        evaluate(now.records),
        comparison=compare(now.records, then.records),
        baseline=then.name,
        header=[f"saved run {now.name}", *lacking, *lacking_then],
        verdicts=verdicts,
        runs=now_runs,
        then=then_runs,
        about=now.content,
    )
    for path in chosen.report:
        write(report, path)
    for line in [*power(verdicts), *verdicts]:
        print(line)
    print(summary(verdicts))
    return int(any(each.fails for each in verdicts))


COMMAND = Command(place=20, help="judge one saved run by another", options=options, run=run)
