"""The page in a real browser, opened from disk with the network blocked; skipped where there is none."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests import runs
from tests.bench import PLAIN
from tests.report.browser import BROWSERS, HOSTILE, SIZES, Page
from tuners.__main__ import main
from tuners.analysis.comparison import compare
from tuners.errors import TuningError
from tuners.report.document import Report
from tuners.report.formats import json_text, markdown, text, write
from tuners.report.formats.comment import COMMENT
from tuners.report.formats.page import page
from tuners.report.sections import times
from tuners.results.trial import Trial

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def tab() -> dict[str, Any]:
    """Keep what the browser shows: drawing all charts takes it five seconds."""
    return {}


@pytest.fixture
def opened(driver: webdriver.Chrome, tmp_path: Path, tab: dict[str, Any]) -> Open:
    """Open a report as a page; the one that is open already is as it was when it was opened."""

    def open_(report: Report, size: str = "desktop", *, anew: bool = False) -> Page:
        if not anew and tab and tab["report"] is report and tab["size"] == size:
            tab["page"].reset()
        else:
            path = tmp_path / "out.html"
            path.write_text(page(report), encoding="utf-8")
            tab.clear()
            tab.update(report=report, size=size, page=Page(driver, path, size))
        opened_: Page = tab["page"]
        return opened_

    return open_


METHODS = ["default", "random", "grid"]


@pytest.fixture(scope="module")
def whole() -> Report:
    """Return the report of a comparison on two datasets beside an earlier run."""
    now = runs.grid(METHODS, ["wine", "iris"], 3)
    then = [replace(run.record, test_score=(run.record.test_score or 0) - 0.01, trials_sha256="x") for run in now]
    return runs.report(
        now, comparison=compare([run.record for run in now], then), baseline="0001_then", then=now,
        header=["tuning: a test"], about={"tuning": {"command": "pytest benchmarks"}},
    )  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_every_chart_is_drawn(opened: Open, whole: Report, size: str) -> None:
    """From disk, without a network: no error in the console, nothing wider than the window, axes that name things."""
    shown = opened(whole, size)
    charts = shown.run("return [...document.querySelectorAll('figure')].map((f) => f.id)")
    assert charts == ["gains", "worse", "wins", "cost", "ranks", "change", "regret", "targets", "profiles", "reached",
                      "evaluations", "seconds", "time", "overtuning", "heatmap", "curve", "space", "trials", "parallel",
                      "importance"]  # fmt: skip
    one_scale = {"evaluations", "seconds"}  # which scores of two datasets have not
    for key in charts:
        drawn = shown.run(f"return document.querySelectorAll('#{key} .main-svg').length > 0")
        assert drawn == (key not in one_scale), key
    shown.select("#group", "0")
    assert all(shown.run(f"return document.querySelectorAll('#{key} .main-svg').length > 0") for key in one_scale)
    script = "[...document.querySelectorAll('.plot')].flatMap((p) => p.layout.xaxis ? [p.layout.xaxis.title.text] : [])"
    titles = shown.run(f"return {script}")
    assert all(titles)
    buttons = shown.run("return [...document.querySelectorAll('.modebar-btn')].map((button) => button.dataset.title)")
    assert "Download plot" in buttons
    assert [title for title in buttons if "Share" in title or "Cloud" in title] == []
    assert "needs 6 datasets" in shown.driver.find_element(By.ID, "ranks").text
    assert titles[0].startswith("gain over the default on the")
    shown.check()


@pytest.mark.parametrize("size", list(SIZES)[::-1])
def test_the_slider_filters(opened: Open, whole: Report, size: str) -> None:
    """Levels of the fourth hyperparameter share out the trials of the 3-D scatter."""
    shown = opened(whole, size)
    every = shown.points("space")
    slider = shown.driver.find_element(By.CSS_SELECTOR, "#space input[type=range]")
    counts = []
    for _ in range(int(slider.get_attribute("max") or 0) + 1):
        slider.send_keys(Keys.ARROW_RIGHT)
        counts.append(shown.points("space"))
    assert sum(counts) == every == 2 * 3 * 12
    assert max(counts) < every
    assert shown.driver.find_element(By.CSS_SELECTOR, "#space output").text != "all"
    shown.check()


def test_a_table_sorts_by_keyboard(opened: Open, whole: Report) -> None:
    """A heading's button sorts its rows by number, down on the second press, and says so."""
    shown = opened(whole)
    table = shown.driver.find_element(By.CSS_SELECTOR, "details[open] table")
    heading = table.find_elements(By.CSS_SELECTOR, "thead th")[3]

    def column() -> list[float]:
        cells = table.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(4)")
        return [float(cell.text) for cell in cells]

    button = heading.find_element(By.TAG_NAME, "button")
    button.send_keys(Keys.ENTER)
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())
    button.send_keys(Keys.SPACE)
    assert heading.get_attribute("aria-sort") == "descending"
    assert column() == sorted(column(), reverse=True)
    assert len(set(column())) == len(METHODS)
    shown.check()


def test_hyperparameters_are_switched(opened: Open, whole: Report) -> None:
    """Another choice changes values, axis and levels; what the page computes is what Python computes."""
    from tuners.analysis.landscape import landscape
    from tuners.report.charts.binding import means

    shown = opened(whole)
    shown.select("#heatmap select[data-role=across]", "criterion")
    shown.select("#heatmap select[data-role=up]", "max_depth")
    drawn = shown.run(
        "const p = document.querySelector('#heatmap .plot'); return [p.data[0].z, p.layout.xaxis.title.text]"
    )
    found = landscape(whole.runs, "forest", "wine")
    assert found is not None
    by_name = {parameter.name: parameter for parameter in found.parameters}
    expected_means = means(found, by_name["max_depth"], by_name["criterion"])
    assert drawn[1] == "criterion"
    for row, expected in zip(drawn[0], expected_means, strict=True):
        assert row == pytest.approx(expected, abs=1e-5)
    shown.select("#curve select[data-role=across]", "n_estimators")
    expected_curve = [row.mean for row in found.curve(by_name["n_estimators"])]
    curve = "return document.querySelector('#curve .plot').data[2].y"
    assert shown.run(curve) == pytest.approx(expected_curve)
    shown.select("#method", "0")
    one = [row.mean for row in found.curve(by_name["n_estimators"], found.tuners[0])]
    assert shown.run(curve) == pytest.approx(one)
    assert shown.points("trials") == 3 * 12
    shown.check()


def test_inactive_hyperparameters_are_left_out(opened: Open) -> None:
    """The page leaves out of each chart the trials that lack its hyperparameter, as Python does; lines pass a place."""
    from tuners.analysis.landscape import landscape
    from tuners.report.charts.binding import means, places

    def gini_alone(trial: Trial) -> Trial:
        params = dict(trial.params)
        if params["criterion"] != "gini":
            del params["C"]
        return replace(trial, params=params)

    made = [
        replace(run, trials=tuple(map(gini_alone, run.trials))) for run in runs.grid(["random", "grid"], ["wine"], 3)
    ]
    shown = opened(runs.report(made))
    found = landscape(made, "forest", "wine")
    assert found is not None
    by_name = {parameter.name: parameter for parameter in found.parameters}
    active = sum(level is not None for level in by_name["C"].level)
    assert 0 < active < len(found.scores)
    shown.select("#heatmap select[data-role=across]", "C")
    shown.select("#heatmap select[data-role=up]", "criterion")
    drawn = shown.run("return document.querySelector('#heatmap .plot').data[0].z")
    assert drawn[0] == [None] * len(by_name["C"].levels)  # entropy
    assert drawn == [pytest.approx(row, abs=1e-5) for row in means(found, by_name["criterion"], by_name["C"])]
    shown.select("#trials select[data-role=across]", "C")
    x = shown.run("return document.querySelector('#trials .plot').data[0].x")
    assert sum(value is not None for value in x) == active
    lines = shown.run("return document.querySelector('#parallel .plot').data[0].dimensions")
    line = next(each for each in lines if each["label"] == "C")
    assert line["values"] == places(by_name["C"])
    assert line["ticktext"][-1] == "inactive"
    shown.check()


def test_groups_and_runs_are_chosen(opened: Open, whole: Report) -> None:
    """A dataset changes the charts; each tuned model has its matrix and report."""
    shown = opened(whole)
    before = shown.run("return document.querySelector('#cost .plot').data[2].y[0]")
    shown.select("#group", "1")
    assert shown.run("return document.querySelector('#cost .plot').data[2].y[0]") != before
    assert shown.driver.find_element(By.ID, "landscape").text == "forest on iris"
    shown.select("#run", "4")
    tuned = shown.driver.find_element(By.ID, "tuned-model").text
    assert "forest-wine-random-1" in tuned
    assert "precision" in tuned
    shown.check()


def test_text_is_sorted_as_text(opened: Open) -> None:
    """A column whose cells do not begin with numbers is in alphabetical order, whatever digits it has."""
    reasons = ["b 1", "a 9", "c -5"]
    shown = opened(runs.report([runs.lost("grid", reason, seed=seed) for seed, reason in enumerate(reasons)]))
    shown.driver.find_elements(By.CSS_SELECTOR, "#failures th button")[4].send_keys(Keys.ENTER)
    cells = [cell.text for cell in shown.driver.find_elements(By.CSS_SELECTOR, "#failures tbody td:nth-child(5)")]
    assert cells == sorted(reasons)
    shown.check()


def test_a_chart_is_a_table_too(opened: Open, whole: Report) -> None:
    """Charts have their numbers, of the chosen dataset, in a table that sorts by keyboard."""
    shown = opened(whole)
    details = shown.driver.find_element(By.CSS_SELECTOR, "#time details")
    details.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)

    def cells() -> list[str]:
        return [cell.text for cell in details.find_elements(By.CSS_SELECTOR, "tbody tr > *")]

    assert cells() == [cell for row in times.table(whole, whole.groups[-1]).rows for cell in row]
    shown.select("#group", "0")
    on_wine = times.table(whole, whole.groups[0]).rows
    assert cells() == [cell for row in on_wine for cell in row]
    heading = details.find_elements(By.CSS_SELECTOR, "th button")[2]
    heading.send_keys(Keys.ENTER)
    assert cells()[2::5] == sorted((row[2] for row in on_wine), key=float)
    searching = len(METHODS) - 1  # the untuned model does not search
    rows = {"ranks": len(METHODS), "wins": len(METHODS), "regret": len(METHODS), "gains": searching,
            "worse": searching, "overtuning": searching}  # fmt: skip
    for key, count in rows.items():
        assert len(shown.driver.find_elements(By.CSS_SELECTOR, f"#{key} details tbody tr")) == count, key
    shown.check()


@pytest.fixture(scope="module")
def recorded() -> Report:
    """Return the report of a session whose methods differ, with every word that there is."""
    made = runs.sessions(["default", "random", "bayesian", "grid"], ["wine", "iris"], 4)
    near = [run for run in made if run.record.tuner == "bayesian"]
    equal = [
        replace(run, record=replace(run.record, tuner="tpe", test_score=(run.record.test_score or 0) - 0.0005))
        for run in near
    ]
    lost = [runs.lost("genetic", "it broke", dataset=name, seed=seed) for name in ("wine", "iris") for seed in range(4)]
    return runs.report([*made, *equal, *lost])


def test_a_phone_shows_method_verdict_and_gain_first(opened: Open, recorded: Report) -> None:
    """In the verdict's table, without scrolling; the rest scrolls within the table, whose methods stay."""
    shown = opened(recorded, "phone")
    table = shown.driver.find_element(By.CSS_SELECTOR, ".verdict table")
    headings = [each.text for each in table.find_elements(By.CSS_SELECTOR, "thead th")]
    assert [heading.split("\n")[0].rstrip(" ↕") for heading in headings[1:3]] == ["verdict", "gain, points"]
    ends = (
        "return [...document.querySelectorAll('.verdict tbody tr')].map((row) => row.cells[2].getBoundingClientRect())"
    )
    assert all(0 < end["left"] < end["right"] <= 390 for end in shown.run(ends))
    shown.run("document.querySelector('.verdict .scroll').scrollLeft = 1000")
    assert shown.run("return document.querySelector('.verdict .scroll').scrollLeft") > 0
    assert shown.run("return document.querySelector('.verdict tbody th').getBoundingClientRect().left") >= 0
    shown.check()


def test_verdicts_have_a_word_a_sign_and_a_colour(opened: Open, recorded: Report) -> None:
    """Each word has its own sign, and none is told by its colour alone; the verdict comes first on the page."""
    shown = opened(recorded, "phone")
    script = (
        "return [...document.querySelectorAll('.verdict td.tone')].map((cell) => { const sign = getComputedStyle(cell, "
        "'::before'); return [cell.textContent, sign.content, sign.color]; })"
    )
    found = {tuple(each) for each in shown.run(script)}
    words = {each.word for each in recorded.subjects[0].standings}
    assert {word for word, *_ in found} == words >= {"best", "equal to best", "behind", "failed"}
    assert len({sign for _, sign, _ in found}) == len(words)
    assert all(sign not in {"none", "normal"} for _, sign, _ in found)
    first = shown.run("return document.querySelector('main section').id")
    assert first == "verdict"


def hostile() -> dict[str, Report]:
    """Return reports with whatever a name may be, and with whatever may be missing."""
    long = "x" * 400
    named = [
        replace(run, record=replace(run.record, dataset=HOSTILE, tuner=f"{run.record.tuner}{HOSTILE}"))
        for run in runs.grid(["random", "grid"], ["wine"], 2)
    ]
    params = [
        replace(
            run, trials=tuple(replace(t, params={HOSTILE: HOSTILE, long: t.params["n_estimators"]}) for t in run.trials)
        )
        for run in runs.grid(["random"], [long], 2)
    ]
    params = [
        replace(run, record=replace(run.record, best_params={HOSTILE: long}, classes=(HOSTILE, long))) for run in params
    ]
    return {
        "names": runs.report(named, header=[HOSTILE], note=HOSTILE),
        "parameters": runs.report(params),
        "error text": runs.report([runs.lost("random", HOSTILE + long), runs.run("grid")]),
        "thousands of trials": runs.report(runs.grid(["default", "random"], ["wine"], 2, trials=3_000)),
        "no trial": Report([run.record for run in runs.grid(METHODS, ["wine"], 3)],
                           runs.report(runs.grid(METHODS, ["wine"], 3)).groups),
        "one seed": runs.report(runs.grid(METHODS, ["wine"], 1)),
        "one method": runs.report(runs.grid(["random"], ["wine"], 3)),
        "all failed": runs.report([runs.lost("random", "broken", seed=seed) for seed in range(3)]),
        "nothing": Report((), ()),
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", [pytest.param(each, marks=pytest.mark.slow) if "thousands" in each else each for each in hostile()]
)
def test_hostile_input_is_harmless(opened: Open, what: str) -> None:
    """Names are shown as they are, and what is missing is said; other formats stand it, too."""
    report = hostile()[what]
    shown = opened(report, "phone")
    shown.check()
    if what == "names":
        assert HOSTILE in shown.driver.find_element(By.TAG_NAME, "header").text
        assert "7*7" in shown.driver.find_element(By.TAG_NAME, "main").text
    if what == "no trial":
        assert "no trial with hyperparameters" in shown.driver.find_element(By.ID, "heatmap").text
    if what == "all failed":
        assert "broken" in shown.driver.find_element(By.ID, "failures").text
    assert len(markdown(report)) <= COMMENT
    assert json.loads(json_text(report))["verdict"] == [*report.summary, *report.summary_more]
    assert text(report) is not None


def test_dark_mode_is_readable(opened: Open, whole: Report, driver: webdriver.Chrome) -> None:
    """The charts' text has the page's colour, light on dark."""
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
    try:
        shown = opened(whole, anew=True)
        colour = "return document.querySelector('#cost .plot').layout.font.color"
        assert shown.run(colour) == "#e6edf3"
        assert shown.run("return getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
        shown.check()
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    WebDriverWait(driver, 60).until(lambda _: shown.run(colour) == "#1b1f24")


def test_numbers_are_the_same_in_all_formats(opened: Open, whole: Report) -> None:
    """Every cell of the page's evaluation tables is in the terminal's and in the comment; the verdict, too."""
    shown = opened(whole)
    cells = shown.run("return [...document.querySelectorAll('#table tbody td')].map((cell) => cell.textContent)")
    assert len(cells) > 50
    plain, comment = text(whole, verbose=True), markdown(whole).replace("&#62;", ">")
    assert [cell for cell in cells if cell not in plain or cell not in comment] == []
    sentences = [each.text for each in shown.driver.find_elements(By.CSS_SELECTOR, ".verdict li")]
    assert sentences == [" ".join(sentence.split()) for sentence in (*whole.summary, *whole.summary_more)]


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no Chromium or Chrome: apt-get install chromium")
@pytest.mark.parametrize("suffix", [".png", pytest.param(".svg", marks=pytest.mark.slow)])
def test_charts_are_static_images(whole: Report, tmp_path: Path, suffix: str) -> None:
    """All charts below each other in one picture."""
    pytest.importorskip("kaleido", reason="pip install 'pytest-tuners[images]'")
    path = tmp_path / f"out{suffix}"
    write(whole, path)
    content = path.read_bytes()
    if suffix == ".png":
        assert content.startswith(b"\x89PNG")
        width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
        assert width == 900
        assert height > 4_000
    else:
        assert content.startswith(b"<svg")
        assert content.count(b"<text") > 50
        assert b"Gain against cost: forest on all datasets" in content


@pytest.mark.slow
def test_a_page_is_rebuilt_from_a_saved_run(
    pytester: pytest.Pytester, driver: webdriver.Chrome, tab: dict[str, Any]
) -> None:
    """The session's page and the one made of its saved run, or of its journal, show the same."""
    tab.clear()
    pytester.makepyfile(test_it="def test_tuning(tune, tuner, problem):\n    tune(tuner, problem)\n")
    options = ["--tuning-models=forest", "--tuning-datasets=wine", "--tuning-tuners=default,random", *PLAIN]
    result = pytester.runpytest_subprocess(
        *options, "--tuning-seeds=2", "--tuning-budget=3", "--benchmark-save=a", "--tuning-report=now.html"
    )
    assert result.ret == 0
    (journal,) = (pytester.path / ".tuning").glob("*.jsonl")
    again = ["--report", "saved.html", "--compare", "a"]
    subprocess.run([sys.executable, "-m", "tuners", "rebuild", "a", *again], cwd=pytester.path, check=True)
    assert main(["rebuild", str(journal), "--report", "journal.html", "--compare", "a"]) == 0
    shown = []
    for name in ("now.html", "saved.html", "journal.html"):
        opened = Page(driver, pytester.path / name, "desktop")
        opened.check()
        tables = opened.run(
            "return [...document.querySelectorAll('#table details[open] table')].slice(0, 2).map((t) => t.innerText)"
        )
        trials = opened.run("return [...document.querySelector('#trials .plot').data[0].y]")
        command_line = "pytest" in opened.driver.find_element(By.ID, "provenance").text
        shown.append((tables, trials, command_line))
    assert shown[0] == shown[1] == shown[2]
    assert len(shown[0][1]) == 6
    assert shown[0][2]


def test_no_browser_is_one_line(whole: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts as pictures need a browser: without one, the error says so and what to do."""
    kaleido = pytest.importorskip("kaleido", reason="pip install 'pytest-tuners[images]'")

    def missing(**_: Any) -> None:
        message = "ChromeNotFoundError"
        raise RuntimeError(message)

    monkeypatch.setattr(kaleido, "Kaleido", missing)
    expected = r"expected Chrome or Chromium to draw them, got .*ChromeNotFoundError.*: install one"
    with pytest.raises(TuningError, match=expected):
        write(whole, tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_the_compared_run_is_dotted(whole: Report) -> None:
    """As far as its cells compare; of other data, it would be another curve."""
    from tuners.report.charts import anytime

    def dotted(report: Report) -> list[str]:
        drawn = anytime.draw(report, report.groups[0], over="evaluations")
        assert not isinstance(drawn, str)
        return [trace["name"] for trace in drawn["data"] if trace.get("line", {}).get("dash") == "dot"]

    assert dotted(whole) == ["random, before", "grid, before"] * 2
    other = [replace(run, record=replace(run.record, dataset_sha256="other")) for run in whole.then]
    assert dotted(replace(whole, then=other)) == []
