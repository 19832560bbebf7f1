"""An open page in a real browser, with the network blocked, and what holds for every page of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

BROWSERS = ("chromium", "google-chrome", "chromium-browser", "chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-sync", "--disable-component-update", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
SIZES = {"desktop": (1200, 900), "phone": (390, 844)}
HOSTILE = '<img src=x onerror="window.hit=1"></script><script>window.hit=1</script>&amp;{{7*7}}\'"'
"""Text that would run in a page that does not escape it."""
CONTROLS = "document.querySelectorAll('select, input[type=range]')"
"""What a reader chooses with, in the order of the page."""


class Page:
    """An open report."""

    def __init__(self, driver: webdriver.Chrome, path: Path, size: str) -> None:
        """Open it, and wait until it has drawn."""
        self.driver = driver
        width, height = SIZES[size]
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.log("browser")
        self.log("performance")
        driver.get(path.as_uri())
        WebDriverWait(driver, 60).until(lambda _: self.run("return document.body.dataset.ready"))
        self.begun = self.run(f"return [...{CONTROLS}].map((each) => each.value)")

    def reset(self) -> None:
        """Choose again what was chosen when it was opened: what is chosen first decides which choices there are."""
        self.run(
            f"for (let at = 0; at < {CONTROLS}.length; at++) {{"
            f"  const each = {CONTROLS}[at], value = arguments[0][at];"
            "  if (each.value === value) continue;"
            "  each.value = value;"
            "  each.dispatchEvent(new Event(each.type === 'range' ? 'input' : 'change'));"
            "}",
            self.begun,
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what was logged since the last look."""
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def points(self, key: str, trace: int = 0) -> int:
        """Return how many points a picture's trace has."""
        return int(self.run(f"return document.querySelector('#{key} .plot').data[{trace}].x.length"))

    def select(self, css: str, value: str) -> None:
        """Choose from a list."""
        Select(self.driver.find_element(By.CSS_SELECTOR, css)).select_by_value(value)

    def check(self) -> None:
        """Check what holds for every page: no error, no request, no overflow, no script but ours."""
        severe = [entry for entry in self.log("browser") if entry["level"] == "SEVERE"]
        assert severe == []
        assert self.run("return document.getElementById('trouble').hidden")
        requested = [json.loads(entry["message"])["message"] for entry in self.log("performance")]
        addresses = [
            each["params"]["request"]["url"] for each in requested if each["method"] == "Network.requestWillBeSent"
        ]
        assert [address for address in addresses if address.partition(":")[0] not in {"file", "data", "blob"}] == []
        assert self.run("return document.documentElement.scrollWidth <= window.innerWidth + 1")
        assert self.run("return window.hit") is None
