"""The history's page in a real browser, opened from disk with the network blocked; skipped where there is none."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.past import past
from tests.report.browser import HOSTILE, SIZES, Page
from tuners.analysis.history import History, history
from tuners.report.history.page import page


@pytest.fixture(scope="module")
def found() -> History:
    """Return the history of twelve commits, at the seventh of which `random` became worse."""
    return history(past(12, worse_from=6, models=("forest", "svm")))


@pytest.mark.parametrize("size", SIZES)
def test_charts_marks_and_commits_are_shown(
    driver: webdriver.Chrome,
    tmp_path: Path,
    found: History,
    size: str,
) -> None:
    """From disk, without a network: three charts, the change marked and told, each commit with date and message."""
    path = tmp_path / "history.html"
    path.write_text(page(found), encoding="utf-8")
    shown = Page(driver, path, size)
    assert shown.run("return [...document.querySelectorAll('figure')].map((f) => f.id)") == [
        "regret",
        "score",
        "seconds",
    ]
    for key in ("regret", "score", "seconds"):
        assert shown.run(f"return document.querySelectorAll('#{key} .main-svg').length > 0"), key
    marks = shown.run("return document.querySelector('#regret .plot').data.filter((t) => t.name === 'change')")
    assert [mark["x"] for mark in marks] == [[found.points[6].label]]
    assert [mark["marker"]["symbol"] for mark in marks] == ["triangle-down"]
    assert "random on forest: regret worse since" in shown.driver.find_element(By.ID, "verdict").text
    table = shown.driver.find_element(By.CSS_SELECTOR, "#commits table")
    assert len(table.find_elements(By.CSS_SELECTOR, "tbody tr")) == len(found.points)
    assert "commit number 7" in table.text
    shown.select("#group", "1")
    assert shown.run("return document.querySelector('#regret .plot').data.length") > 0
    shown.check()


def test_names_from_outside_are_text(driver: webdriver.Chrome, tmp_path: Path) -> None:
    """Markup and script in a commit's message, a branch and a method are shown, and never run."""
    runs = past(4)
    hostile = [
        dataclasses.replace(
            run,
            commit=dataclasses.replace(run.commit, message=HOSTILE, branch=HOSTILE),
            cells=[dataclasses.replace(cell, tuner=HOSTILE) if cell.tuner == "random" else cell for cell in run.cells],
        )
        for run in runs
    ]
    path = tmp_path / "history.html"
    path.write_text(page(history(hostile)), encoding="utf-8")
    shown = Page(driver, path, "desktop")
    assert "onerror" in shown.driver.find_element(By.ID, "commits").text
    shown.check()
