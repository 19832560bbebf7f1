"""The report as LaTeX, for a paper: booktabs tables, pgfplots figures, the methods with versions and references.

The file is whole: it compiles by itself, in two passes of pdfLaTeX, without BibTeX. Its references are those of the
`.bib` that the same report writes, by the same keys, for a paper that has a bibliography of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuners.report.document import Report, widest
from tuners.report.paper.bibliography import bibtex, item
from tuners.report.paper.methods import keys, paragraphs
from tuners.report.paper.plots import plot
from tuners.report.paper.tex import escaped
from tuners.report.section import Block
from tuners.report.sections import blocks, shown
from tuners.report.tables import Table

ROWS = 40
"""Of a table on one page; a longer one goes on in the next."""
PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[margin=2.5cm]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern,textcomp,booktabs,graphicx,pgfplots,url}
\pgfplotsset{compat=1.16}
\extrafloats{500}
\emergencystretch=3em
% A table that is wider than the page is made smaller.
\newsavebox\tablebox
\newenvironment{fitted}{\begin{lrbox}{\tablebox}}{\end{lrbox}\ifdim\wd\tablebox>\linewidth
  \resizebox{\linewidth}{!}{\usebox{\tablebox}}\else\usebox{\tablebox}\fi}
"""


def tex(report: Report) -> str:
    """Set the report: methods and what stands open in other formats first, then what they fold as an appendix."""
    found = blocks(report, {"terminal", "verbose", "comment"})
    parts = [
        PREAMBLE + r"\begin{document}",
        r"\section*{Methods}",
        *paragraphs(report),
        r"\section*{Results}",
        *(part for block in found if not block.folded for part in _block(block)),
        *_figures(report),
        r"\clearpage\appendix\section*{Further tables}",
        *(part for block in found if block.folded for part in _block(block)),
        r"\clearpage",
        r"% In a paper with a bibliography of its own: \bibliography{FILE}, with the .bib that the same report writes.",
        rf"\begin{{thebibliography}}{{{len(keys(report))}}}",
        *map(item, keys(report)),
        r"\end{thebibliography}",
        r"\end{document}",
    ]
    return "\n\n".join(parts) + "\n"


def bib(report: Report) -> str:
    """Return the references of what was used, as BibTeX."""
    return bibtex(keys(report))


def _block(block: Block) -> Iterator[str]:
    """Yield a heading, its tables, and what is said of them."""
    yield rf"\subsection*{{{escaped(block.title)}}}"
    for table in block.tables:
        yield from _table(table, table.caption or block.title)
    notes = [*block.notes, *block.spare]
    if notes:
        items = "\n".join(rf"\item {escaped(note)}" for note in notes)
        yield f"\\begin{{itemize}}\\footnotesize\n{items}\n\\end{{itemize}}"


def _table(table: Table, caption: str) -> Iterator[str]:
    for first in range(0, max(1, len(table.rows)), ROWS):
        more = " (continued)" if first else ""
        rows = [table.headings, *table.rows[first : first + ROWS]]
        head, *body = (" & ".join(map(escaped, row)) + r" \\" for row in rows)
        columns = "l" * len(table.headings)
        yield "\n".join([
            r"\begin{table}[!htbp]\centering\small", rf"\caption{{{escaped(caption)}{more}}}", r"\begin{fitted}",
            rf"\begin{{tabular}}{{{columns}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}",
            r"\end{fitted}", r"\end{table}",
        ])  # fmt: skip


def _figures(report: Report) -> Iterator[str]:
    """Yield the charts of each model over all of its datasets, as far as they are of points and lines."""
    for group in widest(report.groups):
        for section in shown(report):
            drawn = None if section.chart is None else section.chart.draw(report, group)
            picture = plot(drawn) if isinstance(drawn, dict) else None
            if section.chart is not None and picture is not None:
                caption = f"{section.title}: {group.title}. {section.chart.caption}"
                yield _figure(picture, caption)


def _figure(picture: str, caption: str) -> str:
    return "\n".join([r"\begin{figure}[!htbp]\centering", picture, rf"\caption{{{escaped(caption)}}}", r"\end{figure}"])
