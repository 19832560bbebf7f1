"""The report as LaTeX: it compiles, nothing from outside is a command, and it cites what was used and no more."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import runs
from tuners.analysis.methods import evaluate
from tuners.catalog import MODELS, TUNERS
from tuners.methods._traits import TRAITS
from tuners.models._traits import TRAITS as MODEL_TRAITS
from tuners.report.document import Report
from tuners.report.formats import latex, references
from tuners.report.formats.paper import PREAMBLE, ROWS, _table
from tuners.report.paper import cited
from tuners.report.paper.bibliography import entries, item
from tuners.report.paper.methods import keys
from tuners.report.paper.plots import MOST_POINTS, plot
from tuners.report.paper.tex import escaped
from tuners.report.tables import Table
from tuners.results.run import Run

ABOUT = {
    "libraries": {"scikit-learn": "1.9.1", "tpot": "1.1.0", "hyperopt": "0.3.0", "smac": "2.4.1", "xgboost-cpu": "3.1"},
    "machine_info": {"system": "Linux", "python_version": "3.11.7"},
    "tuning": {
        "version": "0.1.0",
        "command": f"pytest benchmarks/ --tuning-datasets={','.join(['breast_cancer'] * 20)}",
        "own": {"tuner": [], "model": []},
    },
}
NASTY = "\\input{x} $& #_^~%{}<|>\"'`-- Ünïcødé ŝĕ 中文 \u202e✓ \x1b[31m"


def report(made: list[Run], **about: Any) -> Report:
    """Return the report of runs."""
    records = [run.record for run in made]
    return Report(records, evaluate(records), header=["here"], runs=made, about=ABOUT | about)


def usual() -> list[Run]:
    """Return runs of four methods on two datasets."""
    return runs.sessions(
        ["default", "random", "bayesian", "genetic"], ["wine", "iris"], 4, protocol="4 folds, 30 % test"
    )


def compiled(text: str, folder: Path) -> str:
    """Compile twice, as references need; return what TeX said the second time."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed: apt-get install texlive-latex-recommended texlive-pictures lmodern")
    (folder / "paper.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
        said = done.stdout.decode(errors="replace")
        assert done.returncode == 0, said[-3000:]
    return said


def test_it_compiles_with_text_from_outside(tmp_path: Path) -> None:
    """Names, reasons and labels of any kind; every reference is found, and nothing is wider than the page."""
    made = usual()
    mine = [dataclasses.replace(each, record=dataclasses.replace(each.record, tuner=NASTY)) for each in made[4:8]]
    lost = runs.lost("smac", f"RuntimeError: {NASTY}", dataset="wine")
    named = dataclasses.replace(lost, record=dataclasses.replace(lost.record, dataset_notes=(NASTY,)))
    said = compiled(latex(report([*made, *mine, named])), tmp_path)
    assert "undefined" not in said
    assert "Overfull" not in said
    assert (tmp_path / "paper.pdf").stat().st_size > 50_000


@pytest.mark.parametrize("text", ["random", "svm__C", "95 % of 3 & 4", "a--b", "naïve Bayes"])
def test_plain_text_reads_as_it_is(text: str) -> None:
    """What TeX would read otherwise is escaped, and the rest left alone."""
    plain = re.sub(r"\\([%&_])", r"\1", escaped(text)).replace("-{}-", "--")
    assert plain == text


@given(st.text())
def test_no_text_is_a_command(text: str) -> None:
    """Each backslash begins one of ours, and each brace and dollar is escaped or ours; letters are T1 fonts'."""
    left = escaped(text)
    for command in (r"\textbackslash{}", r"\textasciicircum{}", r"\textasciitilde{}", r"\textless{}", r"\textgreater{}",
                    r"\textbar{}", r"\textquotedbl{}", r"\textquotesingle{}", r"\textasciigrave{}", r"\textdagger{}",
                    r"\textdaggerdbl{}", r"\dots{}", r"\texteuro{}", "-{}-",
                    r"\textendash{}", r"\textemdash{}", r"$\times$", r"$\pm$", r"$\leq$", r"$\geq$",
                    r"$\rightarrow$", r"$\mu$", r"$^\circ$"):  # fmt: skip
        left = left.replace(command, "")
    left = re.sub(r"\\[{}$&#%_]", "", left)
    assert not set(left) & set('\\{}$&#%_^~<>|"')
    assert all(ord(each) < 0x180 for each in left)


def test_every_method_and_model_has_its_source() -> None:
    """By the library that its traits have; every key is a reference's, and every reference is somebody's."""
    assert sorted(cited.METHODS) == sorted(name for name in TUNERS if TUNERS.has(name))
    assert sorted(cited.MODELS) == sorted(name for name in MODELS if MODELS.has(name))
    for name, traits in TRAITS.items():
        assert (cited.METHODS[name].library or "none") == traits.library.lower(), name
    for name, known in MODEL_TRAITS.items():
        assert cited.MODELS[name].library == {"scikeras": "keras"}.get(known.library.lower(), known.library.lower())
    sources = [*cited.METHODS.values(), *cited.MODELS.values()]
    used = {key for source in sources for key in source.keys} | {
        key for each in cited.LIBRARIES.values() for key in each
    }
    assert {*used, cited.HARNESS, *cited.TESTS, *cited.RUNNING_TIME, *cited.PROFILES} == set(entries())
    assert {source.library for source in sources} - {""} <= set(cited.LIBRARIES)


def test_references_are_whole() -> None:
    """Each has authors, a title, a year and where it appeared, or an address."""
    for key, entry in entries().items():
        assert {"author", "title", "year"} <= set(entry.fields), key
        assert key == cited.HARNESS or {"journal", "booktitle", "publisher", "url"} & set(entry.fields), key
        assert item(key).startswith(rf"\bibitem{{{key}}} ")
        assert entry.text.count("{") == entry.text.count("}")
        assert entry.fields["year"] in key or key in {"nomura2024", cited.HARNESS}


def test_what_was_used_is_cited_and_nothing_else() -> None:
    """Methods, models, their libraries with versions, and the statistics; by the same keys in both files."""
    found = report(usual())
    text = latex(found)
    cites = {key for group in re.findall(r"\\cite\{([^}]*)\}", text) for key in group.split(",")}
    assert cites == set(re.findall(r"\\bibitem\{(\w+)\}", text)) == set(keys(found))
    assert re.findall(r"^@\w+\{(\w+),", references(found), re.MULTILINE) == keys(found)
    assert {"bergstra2012", "bergstra2011", "ribeiro2024", "breiman2001", "pedregosa2011"} <= cites
    assert not {"akiba2019", "lindauer2022", "chen2016", "abadi2016"} & cites
    assert r"\texttt{genetic} (tpot 1.1.0)~\cite{ribeiro2024}" in text
    assert "scikit-learn 1.9.1" in text
    assert r"with pytest-tuners 0.1.0~\cite{pytesttuners}" in text
    assert "smac" not in text
    assert "Rows were divided so: 4 folds, 30 \\% test." in text
    assert "Each method made 5 runs of a problem" in text


def test_ones_own_are_not_given_another_ones_references() -> None:
    """Neither a name of one's own, nor one that stands in for a method that comes along."""
    made = [*usual(), *runs.sessions(["mine"], ["wine", "iris"], 4)]
    text = latex(report(made, tuning={"own": {"tuner": ["genetic"], "model": ["forest"]}}))
    for name in ("mine", "genetic", "forest"):
        assert rf"\texttt{{{name}}} (our own)" in text
    assert "ribeiro2024" not in text
    assert "breiman2001" not in text


def test_it_has_the_rows_of_other_formats() -> None:
    """Every table of the Markdown report is a booktabs table, with its caption."""
    found = report(usual())
    text = latex(found)
    assert (
        text.count(r"\toprule") == text.count(r"\midrule") == text.count(r"\bottomrule") == text.count(r"\begin{table}")
    )
    for row in ("bayesian & best & ", "Regret over the search: forest on all datasets", "The problems"):
        assert row in text
    assert text.startswith(PREAMBLE)


def test_a_long_table_goes_on() -> None:
    """On further pages, each under its heading, with every row once."""
    rows = [[str(number), "x"] for number in range(2 * ROWS + 1)]
    parts = list(_table(Table(["number", "what"], rows), "long"))
    assert len(parts) == 3
    assert [r"\caption{long (continued)}" in part for part in parts] == [False, True, True]
    assert re.findall(r"^(\d+) & x", "\n".join(parts), re.MULTILINE) == [str(number) for number in range(2 * ROWS + 1)]


def test_charts_are_drawn_as_the_page_has_them() -> None:
    """Lines with steps and bands, points with error bars, reversed and logarithmic axes; no bars, no tiles."""
    trace = {"type": "scatter", "x": [1, 10, 100], "y": [3.0, 2.0, 1.0]}
    line = {**trace, "mode": "lines", "name": "a &lt;b&gt;", "line": {"color": "#0072B2", "shape": "hv", "dash": "dot"}}
    low = {**trace, "y": [2.0, 1.0, 0.5], "mode": "lines", "showlegend": False, "line": {"width": 0}}
    band = {**trace, "y": [4.0, 3.0, 2.0], "fill": "tonexty", "fillcolor": "rgba(0,114,178,0.18)", "line": {"width": 0}}
    dots = {"type": "scatter", "mode": "markers", "x": [1.0], "y": [0], "showlegend": False,
            "error_x": {"array": [0.5], "arrayminus": [0.25]},
            "marker": {"color": "#E69F00", "symbol": "square"}}  # fmt: skip
    layout = {"xaxis": {"type": "log", "title": {"text": "x"}, "tickvals": [1, 10], "ticktext": ["1", "10"]},
              "yaxis": {"range": [2.5, -0.5]}}  # fmt: skip
    drawn = plot({"data": [low, band, line, dots], "layout": layout})
    assert drawn is not None
    assert "xmode=log" in drawn
    assert "ymin=-0.5,ymax=2.5,\n  y dir=reverse" in drawn
    assert "coordinates {(1,3) (10,3) (10,2) (100,2) (100,1)}" in drawn
    assert "(1,2) (10,1) (100,0.5) (100,2) (10,3) (1,4)} -- cycle" in drawn
    assert "(1,0) += (0.5,0) -= (0.25,0)" in drawn
    assert r"\addlegendentry{a \textless{}b\textgreater{}}" in drawn
    assert drawn.count(r"\addlegendentry") == 1
    assert plot({"data": [{"type": "bar", "x": [1], "y": [1]}], "layout": {}}) is None
    assert plot({"data": [{"type": "scatter", "x": [None], "y": [None]}], "layout": {}}) is None


def test_long_lines_fit_into_tex() -> None:
    """A line of thousands of evaluations has a few hundred points, its ends among them."""
    x = list(range(1, 5001))
    drawn = plot({"data": [{"type": "scatter", "mode": "lines", "x": x, "y": x}], "layout": {}})
    assert drawn is not None
    points = re.findall(r"\(([\d.]+),", drawn.partition("coordinates")[2])
    assert (points[0], points[-1]) == ("1", "5000")
    assert len(points) == MOST_POINTS
