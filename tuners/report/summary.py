"""The summary in sentences: who wins, what tuning gains, what it costs, what to use, and what would settle the rest.

A topic is a sentence over all models, so that a session ends in few lines. What is said of these datasets says so, or
names the dataset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tuners.analysis import units
from tuners.analysis.advice import MOST_SEEDS
from tuners.analysis.comparison import ComparisonRow
from tuners.analysis.contrasts import Contrast
from tuners.analysis.levels import LEAST
from tuners.report.standing import WORDS
from tuners.report.subject import Subject
from tuners.report.words import clocked, counted, ends, interval, listed, number, percentage, score
from tuners.results.landmarks import EQUAL
from tuners.results.record import BASE
from tuners.results.scorers import direction, is_loss

LONGEST_COMMAND = 60
"""Characters of a command that is repeated in a sentence."""
COMMANDS = "python -m tuners "
"""How commands begin that take the options without `tuning-`."""

FEW = 12
"""Problems; from fewer it is a guess how many more it takes."""
MOST_NAMES = 3
"""Methods that a sentence names of those of which it says the same."""


@dataclass(frozen=True)
class Topic:
    """What is said in one sentence."""

    head: str
    clause: Callable[[Subject], str]
    """What is said of one model; empty for nothing."""
    placed: bool = True
    """Whether it is said of these datasets."""
    spare: bool = False
    """Whether it is left out where room is short."""
    tabled: bool = False
    """Whether the table says it, too, so that it is left out before the others that are not spare."""
    kept: bool = False
    """Whether it is an answer that is asked for: it stays, whatever room it takes."""
    of_losses: str = ""
    """Its head where the metric is a loss, if it is another."""

    def headed(self, subjects: Sequence[Subject]) -> str:
        """Return its head for some models."""
        losses = any(is_loss(subject.findings.metric) for subject in subjects)
        return self.of_losses if losses and self.of_losses else self.head


def sentences(subjects: Sequence[Subject], *, spare: bool) -> list[str]:
    """Return the sentences on all models, a topic each: those that matter most, or the spare ones."""
    found = []
    for topic in (each for each in TOPICS if each.spare == spare):
        said = [(subject, text) for subject in subjects if (text := topic.clause(subject))]
        head = topic.headed(subjects)
        if len(subjects) == 1:
            found += [f"{head}{f' {each.place}' if topic.placed else ''}: {text}" for each, text in said]
        elif said:
            names = [f"{each.group.model}{f' {each.place}' if topic.placed else ''}" for each, _ in said]
            clauses = [f"{name}: {text}" for name, (_, text) in zip(names, said, strict=True)]
            found.append(f"{head}, {'; '.join(clauses)}")
    return found


def compared(baseline: str, rows: Sequence[ComparisonRow], metrics: Mapping[str, str]) -> list[str]:
    """Return what changed against an earlier run, in a sentence; nothing where there is none."""
    if not rows:
        return []
    paired = [row for row in rows if row.score_difference is not None]
    moved = [row for row in paired if abs(row.score_difference or 0.0) > EQUAL]
    moved.sort(key=lambda row: -abs(row.score_difference or 0.0))
    said = [
        f"{row.tuner} on {row.model} "
        + units.difference(row.score_difference or 0.0, row.score_interval, metrics.get(row.model, ""))
        + _judged(row.score_difference or 0.0, metrics.get(row.model, ""))
        for row in moved[:MOST_NAMES]
    ]
    said += [f"{len(moved) - len(said)} more changed"] if len(moved) > len(said) else []
    same = len(paired) - len(moved)
    said += [f"{counted(same, 'method')} of the same test scores"] if same else []
    return [f"against {baseline}: {', '.join(said) or 'no cell compares'}"]


def _winners(subject: Subject) -> str:
    if not subject.of("best", "equal", "undecided", "behind"):
        return "no method has a score"
    if len(subject.standings) == 1:
        return f"{subject.standings[0].tuner}, and nothing is compared with it"
    equal, behind = ([each.tuner for each in subject.of(tone)] for tone in ("equal", "behind"))
    undecided = [each.tuner for each in subject.of("undecided")]
    known = [each.tuner for each in subject.of("best")]
    parts = [f"equal{subject.within}: {_some(equal)}"] if equal else []
    parts += [f"undecided: {_some(undecided)}"] if undecided and known else []
    parts += [f"behind: {_some(behind)}"] if behind else []
    if not known and any(each.p_value is None and not each.agree for each in subject.findings.user.to_best):
        return f"undecided, {_untested(subject.findings.user.to_best[0])}"
    every = f"all {len(undecided)}" if len(undecided) > MOST_NAMES and not behind else _some(undecided)
    text = listed(known) if known else f"undecided between {every}"
    return f"{text} ({'; '.join(parts)})" if parts else text


def _some(names: Sequence[str]) -> str:
    """Join names; the last of many are counted, since the table has them."""
    more = len(names) - MOST_NAMES
    return listed([*names[:MOST_NAMES], f"{more} more"] if more > 1 else names)


def _search(subject: Subject) -> str:
    searched = [each for each in subject.standings if each.search is not None]
    searched.sort(key=lambda each: each.search.regret if each.search is not None else 0.0)
    best = searched[0] if len(searched) > 1 else None
    if best is None or best.search is None or best.search.regret_interval is None:
        return ""
    behind = [each.tuner for each in searched if each.found == "behind"]
    tied = len(searched) - 1 - len(behind)
    regret = f"{number(best.search.regret, 3)} {interval(best.search.regret_interval, digits=3)}".removesuffix(" -")
    to = "the optimum" if subject.findings.search.optimum == "optimum" else "the best score seen"
    rest = f", not told apart from {tied} more" if tied else ""
    rest += f"; behind: {_some(behind)}" if behind else ""
    return f"{best.tuner} ends nearest to {to}, regret {regret}{rest}"


def _gain(subject: Subject) -> str:
    first = subject.first
    if first is None or first.gain is None:
        return ""
    if first.gain.agree:
        return f"{first.tuner}, {first.gain.text}"
    worse = next((each for each in subject.findings.worse if each.tuner == first.tuner), None)
    share = f", {percentage(worse.share)} of its runs end worse" if worse is not None else ""
    if first.gain.p_value is None:
        said = units.difference(first.gain.mean, None, first.gain.metric)
        return f"{first.tuner} {said}{_directed(subject)}, untested"
    found = first.gain.found
    judged = f", {found}" if is_loss(subject.findings.metric) and found != "open" else GAINS[found]
    return f"{first.tuner} {first.gain.text}{_directed(subject)}{judged}{share}"


def _directed(subject: Subject) -> str:
    """Say which way is better where the metric is a loss; datasets' ranks are told as what is gained in them."""
    if not is_loss(subject.findings.metric):
        return ""
    return f" ({'lower' if units.falls(subject.findings.user.metric) else 'higher'} is better)"


def _judged(difference: float, metric: str) -> str:
    """Say of a difference of losses whether it is better, which its sign does not tell everybody."""
    return f", {'better' if difference > 0 else 'worse'}" if units.falls(metric) and difference else ""


def _untested(gain: Contrast) -> str:
    seeds = "" if gain.problems < LEAST else " of one seed a dataset"
    return f"{counted(gain.problems, 'problem')}{seeds}: nothing can be tested"


def _general(subject: Subject) -> str:
    general, first = subject.findings.general, subject.first
    both = [each for row in general.rows for each in (row, row.turned())]
    row = next((each for each in both if first and (each.tuner, each.other) == (first.tuner, BASE)), None)
    if general.note or row is None:
        return general.note
    over = f" by over {units.size(row.region, general.metric)}" if row.region else ""
    return (
        f"on most datasets like these {row.tuner} is better than default{over} with a probability of "
        f"{percentage(row.better)}, worse with {percentage(row.worse)} "
        f"(Bayesian signed-rank test on {general.datasets} dataset means)"
    )


def _cost(subject: Subject) -> str:
    clock = subject.findings.clock
    rows = [each.row for each in (subject.first, *subject.standings) if each is not None]
    chosen = [row for row in rows if row.seconds is not None and (row is rows[0] or row.tuner == BASE)]
    return ", ".join(dict.fromkeys(f"{row.tuner} {clocked(row.seconds, clock)}" for row in chosen))


def _advice(subject: Subject) -> str:
    advice = subject.findings.advice
    if advice.use is None:
        close = f"undecided, too close to be told apart by {MOST_SEEDS} seeds" if advice.open else ""
        return f"undecided: {_more(subject)}" if advice.more is not None else close
    why = "best" if advice.use in advice.best else f"equal to the best{subject.within}"
    return f"{advice.use}, {why}{' and the cheapest of those' if len(advice.equivalent) > 1 else ''}"


def _settled_by(subject: Subject) -> str:
    return _more(subject) if subject.findings.advice.use is not None else ""


def _more(subject: Subject) -> str:
    """Return what would decide what is open, with the command and its minutes; empty where nothing is."""
    more = subject.findings.advice.more
    if more is None:
        return ""
    options = [more.option]
    cost = [] if more.minutes is None else [_minutes(more.minutes)]
    given = re.search(rf"^{COMMANDS}compare .*--minutes=(\S+)", subject.command)
    if given is not None:  # which it divides: each search is to have as much again
        minutes = float(given[1]) * more.then / more.now
        options, cost = [*options, f"--tuning-minutes={minutes:.2g}"], [_minutes(minutes)]
    command = _again(subject.command, options)
    cost += [f"with {counted(more.tables, 'new table')}"] if more.tables else []
    count = more.then - more.now
    what = f"{count} more {more.kind if count > 1 else more.kind.removesuffix('s')}"
    guess = "" if more.least or more.problems >= FEW else f"a guess from {counted(more.problems, 'problem')}"
    beside = "; ".join(filter(None, [" ".join(cost), guess]))
    begun = f"at least {what} to test anything" if more.least else f"about {what}"
    return f"{begun}, {command}" + (f" ({beside})" if beside else "")


def _again(command: str, options: Sequence[str]) -> str:
    """Return a command with options in place of its own; in Python, a call with arguments."""
    pairs = [(flag.removeprefix("--tuning-"), value) for flag, _, value in (each.partition("=") for each in options)]
    if command.endswith("(...)"):
        arguments = ", ".join(f"{key.replace('-', '_')}={value}" for key, value in pairs)
        return f"{command[:-1]}, {arguments})"
    prefix = "--" if command.startswith(COMMANDS) else "--tuning-"
    own = command
    for key, _ in pairs:
        own = re.sub(rf"\s{prefix}{key}[= ]\S+", "", own)
    said = " ".join(f"{prefix}{key}={value}" for key, value in pairs)
    return f"{own if 0 < len(own) <= LONGEST_COMMAND else 'the same command with'} {said}"


def _minutes(value: float) -> str:
    if value < 1:
        return "under a minute"
    return f"about {counted(round(value), 'minute')}" if value < 90 else f"about {value / 60:.0f} hours"


def _overtuning(subject: Subject) -> str:
    rows = [row for row in subject.findings.overtuning if row.tuner != BASE]
    runs, overtuned = sum(row.runs for row in rows), sum(row.overtuned for row in rows)
    if not overtuned:
        return ""
    worst = max(rows, key=lambda row: row.mean)
    tested = f"{ends(worst.test_rows)} test rows" if any(worst.test_rows) else "test rows"
    return (
        f"in {overtuned} of {runs} runs an earlier incumbent did better on the {tested} than "
        f"the winner; {worst.tuner} loses most, {units.size(worst.mean, worst.metric)} a run on average, "
        "the noise of so few rows included"
    )


def _others(subject: Subject) -> str:
    """Return what the best method and the default have in other metrics, on the test rows."""
    tuners = dict.fromkeys(each.tuner for each in (subject.first, *subject.of(*WORDS)) if each is not None)
    chosen = [tuner for tuner in tuners if tuner in {BASE, getattr(subject.first, "tuner", BASE)}]
    parts = []
    for other in subject.findings.others:
        said = [f"{tuner} {score(other.means[tuner], other.metric)}" for tuner in chosen if tuner in other.means]
        if said:
            lower = f" ({direction(other.metric)})" if is_loss(other.metric) else ""
            parts.append(f"{other.measured}{lower} {', '.join(said)}")
    return "; ".join(parts)


def _failures(subject: Subject) -> str:
    return ", ".join(f"{row.tuner} {row.failures} of {row.cells}" for row in subject.group.rows if row.failures)


GAINS = {"better": "", "worse": ", a loss", "open": ", which may be luck"}
"""What a difference to the untuned model amounts to."""
TOPICS = (
    Topic("failed cells", _failures, placed=False),
    Topic("best", _winners, kept=True),
    Topic("search", _search),
    Topic("gain over default", _gain, of_losses="change from default"),
    Topic("seconds a run", _cost, tabled=True),
    Topic("use", _advice, kept=True),
    Topic("to settle the rest", _settled_by),
    Topic("also", _others),
    Topic("in general", _general, placed=False, spare=True),
    Topic("overtuning", _overtuning, spare=True),
)
"""In the order of the sentences."""
TABLED = tuple(topic.head for topic in TOPICS if topic.tabled)
"""How sentences begin that a table says, too."""
KEPT = tuple(topic.head for topic in TOPICS if topic.kept)
"""How sentences begin that are never left out."""
