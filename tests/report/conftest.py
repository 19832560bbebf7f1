"""A browser for the tests of pages; they skip where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver

from tests.report.browser import BROWSERS, FLAGS


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    """Start a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    helper = shutil.which("chromedriver")
    if browser is None or helper is None:
        pytest.skip("no Chromium or Chrome with its chromedriver: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.binary_location = browser
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(helper))
    started.set_script_timeout(
        120
    )  # the first script waits until all is drawn, which a busy machine takes a minute for
    yield started
    started.quit()
