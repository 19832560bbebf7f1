"""The pictures of the gallery: a session on data that come along, and its page in a browser."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

ROOT = Path(__file__).parents[2]
SESSION = (
    "--tuning-models=forest", "--tuning-datasets=breast_cancer,wine", "--tuning-seeds=5",
    "--tuning-tuners=default,manual,random,grid,optuna,cmaes,evolution",
)  # fmt: skip
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-unsafe-swiftshader")
DESKTOP, PHONE = (1000, 720), (390, 844)
CHOOSE = "const all = document.getElementById('group'); all.value = '0'; all.dispatchEvent(new Event('change'))"
"""Takes the first group of one dataset in place of all."""
PATIENCE = 300
"""Seconds that drawing may take on a machine that others use."""


@dataclass(frozen=True)
class Picture:
    """One file: a part of the page, or what is seen of it first."""

    name: str
    part: str = ""
    """CSS of the element; empty for the window."""
    size: tuple[int, int] = DESKTOP
    """Of the window, in pixels."""
    dark: bool = False
    one: bool = False
    """Whether it is of one dataset, and not of all."""


PICTURES = (
    Picture("verdict"),
    Picture("gains", "#gains"),
    Picture("regret", "#regret"),
    Picture("reached", "#reached"),
    Picture("wins", "#wins"),
    Picture("ranks", "#ranks"),
    Picture("cost", "#cost"),
    Picture("best-so-far", "#evaluations", one=True),
    Picture("heatmap", "#heatmap"),
    Picture("space", "#space"),
    Picture("trials", "#trials"),
    Picture("tuned", "#tuned-model"),
    Picture("phone-dark", size=PHONE, dark=True),
)


def draw(folder: Path) -> None:
    """Run the session, in minutes, and write each picture into a folder."""
    with tempfile.TemporaryDirectory() as temporary:
        page = Path(temporary, "report.html")
        shutil.copy(ROOT / "benchmarks" / "test_tuning.py", temporary)
        subprocess.run([sys.executable, "-m", "pytest", *SESSION, f"--tuning-report={page}"], cwd=temporary, check=True)
        shoot(page, folder)


def shoot(page: Path, folder: Path) -> None:
    """Open a report, and write each picture into a folder."""
    driver = _browser()
    try:
        opened: tuple[object, ...] = ()
        for picture in PICTURES:
            if opened != (picture.size, picture.dark, picture.one):
                _open(driver, page, picture)
                opened = picture.size, picture.dark, picture.one
            (folder / f"{picture.name}.png").write_bytes(_png(driver, picture))
            print(picture.name)
    finally:
        driver.quit()


def _browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_page_load_timeout(PATIENCE)
    driver.set_script_timeout(PATIENCE)
    return driver


def _open(driver: webdriver.Chrome, page: Path, picture: Picture) -> None:
    """Open the page anew, in a window and a theme, and wait until it has drawn."""
    width, height = picture.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": picture.size == PHONE}
    theme = {"name": "prefers-color-scheme", "value": "dark" if picture.dark else "light"}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})
    driver.get(page.as_uri())
    WebDriverWait(driver, PATIENCE).until(lambda _: driver.execute_script("return document.body.dataset.ready"))
    if picture.one:
        driver.execute_script(CHOOSE)


def _png(driver: webdriver.Chrome, picture: Picture) -> bytes:
    """Return a part as it is drawn, or the window; by the browser's own protocol, which waits for a slow machine."""
    area: dict[str, Any] = {}
    if picture.part:
        part = driver.find_element(By.CSS_SELECTOR, picture.part)
        driver.execute_script("arguments[0].scrollIntoView()", part)
        WebDriverWait(driver, PATIENCE).until(lambda _: part.find_elements(By.CSS_SELECTOR, ".main-svg, table"))
        area = {"captureBeyondViewport": True, "clip": _settled(driver, part) | {"scale": 1}}
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", **area})
    return base64.b64decode(taken["data"])


def _settled(driver: webdriver.Chrome, part: WebElement) -> dict[str, float]:
    """Return where a part is, once the charts above it, which are drawn as they come into view, no longer move it."""
    places: list[dict[str, float]] = []

    def still(_: webdriver.Chrome) -> bool:
        places.append(part.rect)
        return places[-2:] == [part.rect] * 2

    WebDriverWait(driver, PATIENCE, poll_frequency=2).until(still)
    return places[-1]
