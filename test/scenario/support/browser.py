"""A real browser, without a window: Debian's Chromium.

    page = browser.open(path, width=360, height=800)
    assert page.complaints == [] and page.requests == [path.as_uri()] and page.overflow <= 0
    page.texts("#entities tbody th")"""

import base64
import json
import pathlib
import shutil
import tempfile

SIZES = {"phone": (360, 800), "desktop": (1280, 900)}
PROGRAMS = "chromium", "chromedriver"
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
           --disable-sync --hide-scrollbars""".split()


def missing():
    """What has to be installed first; None when nothing is missing."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium"
    return next((name for name in PROGRAMS if not shutil.which(name)), None)


class Browser:
    def __init__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        self.profile = tempfile.mkdtemp(prefix="rehome-browser-")
        options = webdriver.ChromeOptions()
        for flag in [*FLAGS, f"--user-data-dir={self.profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.binary_location = shutil.which("chromium")
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.driver.execute_cdp_cmd("Network.enable", {})

    def open(self, path, width=1280, height=900, dark=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)  # of the page before
        self.driver.get(pathlib.Path(path).resolve().as_uri())
        return Page(self.driver)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """As it was opened last."""

    def __init__(self, driver):
        self.driver = driver
        self.complaints = driver.get_log("browser")
        events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
        self.requests = [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    @property
    def overflow(self):
        """How many pixels the page is wider than the window."""
        return self.run("return document.documentElement.scrollWidth - window.innerWidth")

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def rows(self, table):
        """[{head of the column: text}] of the table with this id."""
        heads = self.texts(f"#{table} thead th")
        rows = self.run(
            "return [...document.querySelectorAll(arguments[0])].map(row => [...row.cells].map(cell => cell.textContent))", f"#{table} tbody tr"
        )
        return [dict(zip(heads, row, strict=True)) for row in rows]

    def pdf(self):
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})["data"])
