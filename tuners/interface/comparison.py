"""What `tuners.compare` returns: the runs, and all that a report says of them, as frames, figures and files."""

from __future__ import annotations

from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.comparison import values
from tuners.comparison.conclusion import report_of
from tuners.errors import TuningError
from tuners.interface import charts, final, frames, saving
from tuners.report.document import Report
from tuners.report.formats import text, write
from tuners.report.sections import blocks
from tuners.text.printable import printable

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from tuners.interface.sitting import Sitting
    from tuners.report.subject import Subject
    from tuners.results.record import Record
    from tuners.results.run import Run

PLOT = "plot_"
"""How the names of methods begin that draw a chart of the report, by its key."""


class Comparison:
    """The runs of a comparison, and what they say.

    Scores are larger for better: losses, whose metrics' names begin with `neg_`, are negated. Times are seconds.
    `plot_KEY(model=None)` draws a chart of the report as a plotly figure, such as `plot_regret()`; `dir()` and `plots`
    list them.
    """

    def __init__(self, sitting: Sitting) -> None:
        """Take what a sitting has measured."""
        self._sitting = sitting

    @property
    def records(self) -> list[Record]:
        """A record a cell, as saved runs have them."""
        return self._sitting.records

    @property
    def runs(self) -> list[Run]:
        """A run a cell, with its trials and repeats."""
        return list(self._sitting.runs.values())

    @property
    def metric(self) -> str:
        """The metric that steers, as records have it: the name of a loss begins with `neg_`."""
        return self._sitting.plan.metric

    @property
    def cut_short(self) -> str:
        """How many cells have ended of how many, where Ctrl-C ended it; else empty."""
        return self._sitting.partial

    @property
    def notes(self) -> list[str]:
        """What must be known of the session, a line each."""
        return list(self._sitting.messages.notes)

    @property
    def journal(self) -> Path | None:
        """The file in `.tuning/` with every trial; None where none could be written."""
        return self._sitting.journal.path

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a run: model, dataset, tuner, seed, repeat, status, scores, regret, evaluations, seconds, params.

        `params` is the winner's; `default_test_score` the untuned model's, on the same test rows. A cell without a run
        has a row with its status and reason.
        """
        return frames.frame_of(self.runs)

    @cached_property
    def trials(self) -> pd.DataFrame:
        """A row a trial: its run, position, status, fidelity, score, fold scores, times, and `param_NAME` columns.

        Those of a run that Ctrl-C interrupted are there, too. Trials that were looked up again in a problem's table
        have no times.
        """
        return frames.trials_of([*self.runs, *self._sitting.cut])

    @cached_property
    def verdict(self) -> pd.DataFrame:
        """A row a method and model, the best first: the word said of it, gain over the default, regret, seconds."""
        return frames.verdict_of(self._report.subjects)

    @property
    def summary(self) -> list[str]:
        """The report's sentences: who wins, what tuning gains, what to use, and what would settle the rest."""
        return [*self._report.summary, *self._report.summary_more]

    @property
    def best_model_(self) -> str:
        """The model of `best_estimator_`: of several, that of the highest mean test score of its best method.

        Models have no test of their own: each is judged apart.
        """
        return self._best.group.model

    @property
    def best_estimator_(self) -> Any:
        """The estimator to use, refitted on all rows, with its preprocessing; chosen when it is first asked for.

        The winners of the best method's runs and the untuned model are scored once more by cross-validation on all
        rows, the best is fitted. Raises `TuningError` where nothing has a score.
        """
        return self._final.estimator

    @property
    def best_params_(self) -> dict[str, Any]:
        """The hyperparameters of `best_estimator_`; empty where the untuned model is the best."""
        return dict(self._final.params)

    @property
    def best_score_(self) -> float:
        """The score of `best_estimator_` in cross-validation on all rows, of which it was chosen as the best.

        It is thus too good by a little; what `summary` says of test rows is not.
        """
        return self._final.cv_score

    @property
    def untuned_score_(self) -> float:
        """The untuned model's score in the same cross-validation; NaN where it failed."""
        return self._final.untuned

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the report in the format that the suffix names, and return its path; raise `TuningError` for another.

        `.html` is one file for a browser; `.md`, `.csv`, `.json`; `.png` and `.svg` are its charts.
        """
        try:
            to = values.report(str(path))
        except ValueError as error:
            message = f"report: expected {error}, got {str(path)!r}"
            raise TuningError(message) from None
        write(self._with_provenance, to)
        return to

    def save(self, name: str | PathLike[str]) -> Path:
        """Keep it as a saved run with its trials beside it, and return the file.

        A name goes into `.benchmarks/`, under the next number, as with `--benchmark-save=NAME`; a path that ends in
        `.json` is written there. `pytest --benchmark-compare` and `python -m tuners` read both.
        """
        return saving.save(self._sitting, name)

    @property
    def plots(self) -> list[str]:
        """The names of the methods that draw something of this comparison."""
        return [f"{PLOT}{key}" for key in charts.known(self._report)]

    def plot(self, key: str, model: str | None = None) -> go.Figure:
        """Draw a chart of the report, by its key, of a model, the first by default.

        Raises `TuningError` for a key or a model that is not there, or where there is nothing to draw.
        """
        return charts.drawn(self._report, key, model)

    def __getattr__(self, name: str) -> Any:
        """Return a method that draws a chart."""
        if name.startswith(PLOT) and name.removeprefix(PLOT) in charts.known():
            return lambda model=None: self.plot(name.removeprefix(PLOT), model)
        message = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(message)

    def __dir__(self) -> list[str]:
        """List the charts, too."""
        return [*super().__dir__(), *(f"{PLOT}{key}" for key in charts.known())]

    def text(self, *, verbose: bool = False) -> str:
        """Return the terminal's table and sentences; all of them, and what stands behind them, if verbose."""
        return "\n".join([*self._heading, text(self._report, verbose=verbose)])

    def __repr__(self) -> str:
        """Return the terminal's table and sentences."""
        return self.text()

    def _repr_html_(self) -> str:
        """Return the same for a notebook."""
        parts = [f"<p>{escape(printable(line, None))}</p>" for line in self._heading]
        for block in blocks(self._report, {"terminal"}):
            parts += [table.tabulated("unsafehtml", _html) for table in block.tables]
            parts.append(f"<ul>{''.join(f'<li>{_html(note)}</li>' for note in block.notes)}</ul>")
        return "".join(parts)

    @property
    def _heading(self) -> list[str]:
        return [f"cut short by Ctrl-C: {self.cut_short}"] if self.cut_short else []

    @cached_property
    def _report(self) -> Report:
        return self._made({})

    @property
    def _with_provenance(self) -> Report:
        return self._made(self._sitting.about)

    def _made(self, about: dict[str, Any]) -> Report:
        sitting = self._sitting
        runs = [run for run in self.runs if run.trials or run.repeats]
        command = sitting.how["command"]
        return report_of(sitting.plan, self.records, cells=sitting.cells, runs=runs, about=about, command=command)

    @cached_property
    def _best(self) -> Subject:
        scored = [each for each in self._report.subjects if each.of("best", "equal", "undecided", "behind")]
        if not scored:
            message = "best_estimator_: expected a method with a score, got none: the frame's column reason says why"
            raise TuningError(message)
        return max(scored, key=_highest)

    @cached_property
    def _final(self) -> final.Final:
        subject, plan = self._best, self._sitting.plan
        tuner = subject.findings.advice.use or (subject.first.tuner if subject.first is not None else "default")
        datasets = list(dict.fromkeys(record.dataset for record in self.records))
        if len(datasets) > 1:
            message = f"best_estimator_: expected one dataset, got {', '.join(datasets)}: compare on one"
            raise TuningError(message)
        cell = next(each for each in self._sitting.cells if each.model == subject.group.model)
        problem = plan.problem(cell.model, cell.dataset, cell.seed)
        winners = [r.best_params for r in self.records if (r.model, r.tuner) == (cell.model, tuner) and r.ok]
        return final.chosen(problem, winners, jobs=plan.jobs)


def _highest(subject: Subject) -> float:
    """Return the mean test score of a model's best method."""
    return max(row.test_score for row in subject.group.rows if row.test_score is not None)


def _html(value: str) -> str:
    return escape(printable(value, None))
