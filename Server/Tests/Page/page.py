"""A server with a sample, a browser, and what tests do with both."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import time
import unittest
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

BUILD = pathlib.Path(os.environ["SERVER_BUILD"])
FOLDER = pathlib.Path(os.environ["PAGE_FOLDER"])
PORT = int(os.environ.get("PAGE_PORT", "18181"))
URL = f"http://127.0.0.1:{PORT}"
THRESHOLD = 20
PAGES = ("rank", "like", "codes", "profiles", "try", "settings")


def start_server(*flags: str) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [BUILD / "storeserver", "--store-path", FOLDER / "store", "--keys-file", FOLDER / "keys.json",
         "--http-port", str(PORT), "--pictures", FOLDER / "sample/pictures", *flags], stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(URL + "/v1/health").close()
            return server
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def token(user: str, seconds: int = 3600) -> str:
    key = json.loads((FOLDER / "keys.json").read_text())["userKeys"][0]

    def encoded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    text = ".".join(encoded(json.dumps(part).encode()) for part in (
        {"alg": "HS256", "typ": "JWT", "kid": key["id"]}, {"sub": user, "exp": int(time.time()) + seconds}))
    return text + "." + encoded(hmac.new(key["secret"].encode(), text.encode(), hashlib.sha256).digest())


def ask(user: str, path: str, place: str = "spaces/v6/") -> Any:
    """What the server says to a user, in v6 or, with another place, elsewhere."""
    request = urllib.request.Request(
        f"{URL}/v1/users/{user}/{place}{path}", headers={"Authorization": "Bearer " + token(user)})
    with urllib.request.urlopen(request) as response:
        if "ndjson" in response.headers["Content-Type"]:
            return [json.loads(line) for line in response.read().splitlines()]
        return json.load(response)


class PageTestCase(unittest.TestCase):
    """A browser for each test, and one server for all tests of a class."""

    server: subprocess.Popen[bytes]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = start_server()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.terminate()
        cls.server.wait(30)

    def setUp(self) -> None:
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.binary_location = "/usr/bin/chromium"
        self.browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.addCleanup(self.browser.quit)
        self.browser.execute_cdp_cmd("Browser.grantPermissions", {
            "origin": URL, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        self.user = "page-" + uuid.uuid4().hex[:8]

    def sign_in(self, user: str, seconds: int = 3600) -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{URL}/#token={token(user, seconds)}")

    def until(self, condition: Callable[[], Any], message: str = "", seconds: int = 30) -> Any:
        """Waits; what is drawn anew while it is looked at is looked at again."""
        wait = WebDriverWait(self.browser, seconds, ignored_exceptions=[Exception])
        return wait.until(lambda _: condition(), message)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, selector), f"no {selector}")

    def text(self, selector: str) -> str:
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def says(self, text: str, place: str = "#status") -> None:
        self.until(lambda: text in self.text(place), f"'{text}' is not said")

    def button(self, name: str, place: str = "main") -> WebElement:
        return self.until(
            lambda: next(one for one in self.all(f"{place} button") if one.text == name), f"no button '{name}'")

    def press(self, key: str) -> None:
        self.browser.find_element(By.TAG_NAME, "body").send_keys(key)

    def go(self, page: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, f"nav a[href='#{page}']").click()
        self.until(lambda: self.all(f"nav a[href='#{page}'][aria-current]") and self.all("main[aria-busy=false]"), page)

    def shown(self) -> list[str]:
        """The pictures that are asked about."""
        return [one.get_attribute("aria-label").split(": ", 1)[1] for one in self.all(".choices button[aria-label]")]

    def rank(self, key: str) -> list[str]:
        """Presses a key, and waits for the next question; gives the one that was answered."""
        before = self.until(self.shown, "nothing is asked")
        self.press(key)
        self.until(lambda: self.shown() not in ([], before), "no next question")
        return before

    def count(self, user: str, kind: str) -> int:
        """How many events of a kind the user has in the log."""
        return sum(event["kind"] == kind for event in ask(user, "events?limit=500"))

    def resize(self, width: int, height: int = 800, scale: int = 1) -> None:
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": False})

    def prefer(self, **features: str) -> None:
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-" + name.replace("_", "-"), "value": value} for name, value in features.items()]})

    def check_quiet(self) -> None:
        """Nothing was blocked by the policy, and no script failed."""
        messages = [entry["message"] for entry in self.browser.get_log("browser")]
        bad = [one for one in messages if "Content Security Policy" in one or "Uncaught" in one]
        self.assertEqual(bad, [])
