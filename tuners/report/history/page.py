"""The history as a page, in the manner of the report's."""

from __future__ import annotations

from tuners.analysis.followed import MEASURES
from tuners.analysis.history import History
from tuners.report.history.charts import CAPTIONS, TITLES, draw
from tuners.report.history.words import changes_table, commits_table, sentences
from tuners.report.section import Block, Chapter
from tuners.report.single_page import Drawn, Part, plain, single_page
from tuners.report.templates import table_html

TITLE = "History of tuning methods"
CHANGES = Chapter("verdict", "Changes", "What changed")
CHARTS = Chapter("charts", "Charts", "Over commits")
COMMITS = Chapter("commits", "Commits", "Commits and their runs")
MARKS = "A triangle marks a change: up is better, down is worse. Methods are chosen in the legend."


def page(found: History) -> str:
    """Set a history as one HTML file, which opens from disk without a network."""
    names = [measure.name for measure in MEASURES]
    charts = [
        Drawn(name, TITLES[name], CAPTIONS[name], [MARKS], numbered=True, table="Its changes as a table")
        for name in names
    ]
    parts = [
        Part(CHANGES, [Block(CHANGES.heading, notes=sentences(found))], []),
        Part(CHARTS, [], charts),
        Part(COMMITS, [Block(COMMITS.heading, [commits_table(found)])], []),
    ]
    data = {
        "groups": [{"title": model} for model in found.models],
        "start": 0,
        "figures": {name: [plain(draw(found, model, name)) for model in found.models] for name in names},
        "numbers": {
            name: [table_html(changes_table(found, model, name), f"Changes: {TITLES[name]}") for model in found.models]
            for name in names
        },
        "pictures": [],
        "landscapes": {},
    }
    return single_page(TITLE, [f"{found.points[-1].label} is the newest commit"], parts, data, groups="Model")
