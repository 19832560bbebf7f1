"""What a history says: sentences, and tables of its changes and its commits."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.analysis import units
from tuners.analysis.followed import Point, Series
from tuners.analysis.history import Change, History
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, counted, listed, number, percentage
from tuners.results.scorers import spoken

LONGEST = 60
"""Characters of a commit's message in a chart or a sentence."""
REFERENCE = "times the reference workload's"
METHOD = (
    "A change point is where the means before and after differ most (CUSUM), by a permutation test; both sides of one "
    "are looked at again. Of regret and score, problems are the replicates, and commits with the same trials are one "
    "search; of seconds, sessions are, by the ranks of their means. With nothing changed, the chance that anything at "
    "all is marked here is at most {alpha} (Bonferroni over {tested})."
)


def sentences(found: History) -> list[str]:
    """Return what was read, what changed, and how sure that is."""
    runs = sum(len(point.runs) for point in found.points)
    span = " to ".join(dict.fromkeys((found.points[0].when, found.points[-1].when)))
    lines = [f"{counted(runs, 'saved run')} at {counted(len(found.points), 'commit')}, {span}", *found.notes]
    lines += [sentence(change, found) for change in found.changes] or [f"no change is shown in {_tested(found)}"]
    return [*lines, *_too_short(found), *_apart(found), method(found)]


def _too_short(found: History) -> list[str]:
    """Say of which measures every series is too short for a change to show at this rate of false alarms."""
    replicates = {"seconds": "sessions"}
    shown = {change.series.measure for change in found.changes}
    needs = [
        f"{name} need{'' if name == 'seconds' else 's'} {count} {replicates.get(name, 'searches that differ')}"
        for name, count in found.needed.items()
        if name not in shown
    ]
    return [f"too few runs yet for a change to show: {listed(needs)}"] if needs else []


def method(found: History) -> str:
    """Return how changes are found, and the false alarm rate."""
    return METHOD.format(alpha=percentage(found.alpha), tested=_tested(found))


def _tested(found: History) -> str:
    return f"{found.tested} series" if found.tested else "no series, since none has two searches or sessions"


def sentence(change: Change, found: History) -> str:
    """Say what changed, where, and by how much."""
    series = change.series
    size = f"{value(change.before, series)} to {value(change.after, series)}"
    size += f" {REFERENCE}" if series.measure == "seconds" else ""
    because = f"; {', '.join(change.libraries)}" if change.libraries else ""
    direction = "better" if change.better else "worse"
    since = where(found.points[change.at])
    what = f"{series.tuner} on {series.model}: {quantity(series)} {direction}"
    return f"{what} since {since}: {size}, p {change.p_value:.2g}{because}"


def where(point: Point) -> str:
    """Return a commit's name, date and message, as far as they are known."""
    message = point.commit.message
    shown = message if len(message) <= LONGEST else f"{message[: LONGEST - 1]}…"
    known = ", ".join(filter(None, (point.when, shown)))
    return f"{point.label} ({known})" if known else point.label


def quantity(series: Series) -> str:
    """Return what a series is of."""
    if series.measure != "score":
        return series.measure
    return f"{spoken(series.metric)}{', % from its mean' if series.relative else ''}"


def value(of: float, series: Series) -> str:
    """Return a value as people read it."""
    if series.measure == "seconds":
        return f"{of:.3g}"
    return number(of, 1 if series.relative else 3 if series.measure == "regret" else 4, sign=series.relative)


def _apart(found: History) -> list[str]:
    """Say which series do not compare with one another, and why."""
    several = dict.fromkeys((each.model, each.tuner) for each in found.series if each.number)
    lines = []
    if several:
        names = listed([f"{tuner} on {model}" for model, tuner in list(several)[:3]])
        more = f" and {len(several) - 3} more" if len(several) > 3 else ""
        lines.append(
            f"other cells, options or data at some commits: their runs are series of their own ({names}{more})"
        )
    processors = dict.fromkeys(each.processor for each in found.series if each.processor)
    if len(processors) > 1:
        lines.append(
            f"seconds of {len(processors)} kinds of processors are series of their own: {'; '.join(processors)}"
        )
    return lines


def changes_table(found: History, model: str, measure: str) -> Table:
    """Return the changes of one measure on one model."""
    columns = (
        Column("method", lambda each: each.series.tuner),
        Column("since", lambda each: found.points[each.at].label),
        Column("date", lambda each: found.points[each.at].when or NOTHING),
        Column("message", lambda each: found.points[each.at].commit.message or NOTHING),
        Column("before", lambda each: value(each.before, each.series)),
        Column("after", lambda each: value(each.after, each.series)),
        Column("", lambda each: "better" if each.better else "worse"),
        Column("p", lambda each: f"{each.p_value:.2g}"),
        Column("libraries", lambda each: ", ".join(each.libraries) or NOTHING),
    )
    rows = [each for each in found.changes if (each.series.model, each.series.measure) == (model, measure)]
    return Table.of(columns, rows)


def commits_table(found: History) -> Table:
    """Return the runs of each commit, the newest first."""
    columns = (
        Column("commit", lambda point: point.label),
        Column("date", lambda point: point.when or NOTHING),
        Column("message", lambda point: point.commit.message or NOTHING),
        Column("branch", lambda point: point.commit.branch or NOTHING),
        Column("runs", lambda point: ", ".join(run.name for run in point.runs)),
        Column("changed here", lambda point: _changed(found, point)),
    )
    return Table.of(columns, list(reversed(found.points)))


def _changed(found: History, point: Point) -> str:
    here: Sequence[Change] = [each for each in found.changes if found.points[each.at] is point]
    return ", ".join(dict.fromkeys(f"{each.series.tuner}: {each.series.measure}" for each in here)) or NOTHING


def axis_title(series: Series) -> str:
    """Return what the axis of a measure says."""
    if series.measure == "seconds":
        return f"seconds, {REFERENCE}, lower is better"
    lower = series.measure == "regret" or units.falls(series.metric)
    return f"{quantity(series)}, lower is better" if lower else quantity(series)
