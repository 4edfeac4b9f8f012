"""The page in a real browser: Debian's chromium, driven by selenium. scripts/test_page.sh runs it.

With PAGE_SCREENSHOTS, a folder, every page is photographed there at three widths, in light and dark.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest
import urllib.request
import uuid

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BUILD = pathlib.Path(os.environ["SERVER_BUILD"])
FOLDER = pathlib.Path(os.environ["PAGE_FOLDER"])
PORT = int(os.environ.get("PAGE_PORT", "18181"))
URL = f"http://127.0.0.1:{PORT}"
THRESHOLD = 20


def start_server() -> subprocess.Popen:
    server = subprocess.Popen(
        [BUILD / "storeserver", "--store-path", FOLDER / "store", "--keys-file", FOLDER / "keys.json",
         "--http-port", str(PORT), "--pictures", FOLDER / "sample/pictures"], stderr=subprocess.DEVNULL)
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


class PageTests(unittest.TestCase):
    server: subprocess.Popen

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = start_server()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(30)

    def setUp(self) -> None:
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.binary_location = "/usr/bin/chromium"
        self.browser = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        self.addCleanup(self.browser.quit)
        self.user = "page-" + uuid.uuid4().hex[:8]

    # Helpers

    def sign_in(self, user: str, seconds: int = 3600) -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{URL}/#token={token(user, seconds)}")

    def until(self, condition, message: str = "", seconds: int = 30):
        return WebDriverWait(self.browser, seconds).until(lambda _: condition(), message)

    def text(self, selector: str) -> str:
        return self.browser.find_element(By.CSS_SELECTOR, selector).text

    def press(self, key: str) -> None:
        self.browser.find_element(By.TAG_NAME, "body").send_keys(key)

    def pair(self) -> list[str]:
        return [one.get_attribute("aria-label").split(": ", 1)[1]
                for one in self.browser.find_elements(By.CSS_SELECTOR, ".pair button")]

    def rank(self, key: str) -> None:
        before = self.until(self.shown_pair)
        self.press(key)
        self.until(lambda: self.shown_pair() not in (None, before), "no next pair")

    def shown_pair(self) -> list[str] | None:
        buttons = self.browser.find_elements(By.CSS_SELECTOR, ".pair button[aria-label]")
        return self.pair() if len(buttons) == 2 else None

    def go(self, page: str) -> None:
        self.browser.find_element(By.CSS_SELECTOR, f"nav a[href='#{page}']").click()
        self.until(lambda: self.browser.find_element(
            By.CSS_SELECTOR, f"nav a[href='#{page}']").get_attribute("aria-current") == "page")

    def progress(self, user: str) -> dict:
        request = urllib.request.Request(
            f"{URL}/v1/users/{user}/spaces/v6/progress", headers={"Authorization": "Bearer " + token(user)})
        return json.load(urllib.request.urlopen(request))

    def check_quiet(self) -> None:
        """Nothing was blocked by the policy, and no script failed."""
        messages = [entry["message"] for entry in self.browser.get_log("browser")]
        bad = [one for one in messages if "Content Security Policy" in one or "Uncaught" in one]
        self.assertEqual(bad, [])

    # Tests

    def test_a_new_person_ranks_with_keys_until_a_code_appears_that_another_can_use(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown_pair)
        self.assertNotIn("token", self.browser.current_url)
        self.until(lambda: self.browser.execute_script(
            "return [...document.querySelectorAll('.pair img')].every(image => image.naturalWidth > 0)"), "no picture")
        for number in range(THRESHOLD + 4):
            self.rank("12"[number % 2])
            if self.browser.find_elements(By.CSS_SELECTOR, "#code code"):
                break
        else:
            self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, "#code code"), "no code")
        code = self.text("#code code")
        stored = self.progress(self.user)["rankings"]
        self.rank("s")
        self.assertEqual(self.progress(self.user)["rankings"], stored)
        self.press("u")
        self.until(lambda: self.progress(self.user)["rankings"] == stored - 1, "undo takes back")
        # Another person uses the code.
        self.sign_in("another-" + self.user)
        self.until(self.shown_pair)
        self.go("try")
        field = self.until(lambda: self.browser.find_element(By.ID, "prompt"))
        field.clear()
        field.send_keys(f"a harbour --p {code}", Keys.ENTER)
        self.until(lambda: "comparisons" in self.text("main form + div"))
        self.check_quiet()

    def test_a_code_is_named_revoked_and_restored(self) -> None:
        self.sign_in("ada")
        self.until(self.shown_pair)
        self.go("codes")
        if not self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".card") or self.text("main")):
            self.fail("nothing is shown")
        if not self.browser.find_elements(By.CSS_SELECTOR, ".card"):
            self.go("rank")
            self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, "#code code"))
            self.go("codes")
        card = self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, ".card"))
        field = card.find_element(By.CSS_SELECTOR, "input[type=text]")
        field.clear()
        field.send_keys("warm", Keys.ENTER)
        self.until(lambda: "kept" in self.text("#status"))
        self.button(card, "Pictures").click()
        self.until(lambda: len(card.find_elements(By.CSS_SELECTOR, ".tiles li")) == 12)
        self.button(card, "Revoke").click()
        self.browser.switch_to.alert.accept()
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".card.revoked"))
        self.assertEqual(self.browser.switch_to.active_element.tag_name, "h3")
        self.button(self.browser.find_element(By.CSS_SELECTOR, ".card.revoked"), "Restore").click()
        self.until(lambda: not self.browser.find_elements(By.CSS_SELECTOR, ".card.revoked"))
        self.assertEqual(self.browser.find_element(By.CSS_SELECTOR, ".card input").get_attribute("value"), "warm")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".picture img")) == 2)
        # Going on ranking makes another code, and the two are compared picture by picture.
        self.go("rank")
        for number in range(3):
            self.rank("1")
        self.go("codes")
        self.until(lambda: self.browser.find_elements(By.ID, "first"))
        self.button(self.browser, "Compare").click()
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, "form + div .tiles li")) == 12)
        self.check_quiet()

    def button(self, element, name: str):
        return next(one for one in element.find_elements(By.TAG_NAME, "button") if one.text == name)

    def test_an_error_of_a_prompt_stands_at_its_column(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown_pair)
        self.go("try")
        field = self.until(lambda: self.browser.find_element(By.ID, "prompt"))
        field.clear()
        field.send_keys("a harbour --s abc", Keys.ENTER)
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, "mark"))
        self.assertIn("At column", self.text("main form + div"))
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, "[aria-label=Nearest] li")) == 12)
        self.check_quiet()

    def test_settings_are_kept(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown_pair)
        self.go("settings")
        box = self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, "input[type=checkbox]"))
        box.click()
        self.button(self.browser, "Keep these settings").click()
        self.until(lambda: "kept" in self.text("#status"))
        self.browser.refresh()
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, "input[type=checkbox]"))
        self.assertTrue(self.browser.find_element(By.CSS_SELECTOR, "input[type=checkbox]").is_selected())

    def test_an_expired_token_is_said(self) -> None:
        self.sign_in(self.user, seconds=-10)
        self.until(lambda: "signed out" in self.text("#alert"))

    def test_nothing_is_lost_or_doubled_when_the_server_goes_away(self) -> None:
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.progress(self.user)["rankings"] == 1)
        type(self).server.kill()
        type(self).server.wait()
        self.press("2")
        self.until(lambda: "cannot be reached" in self.text("#status"))
        type(self).server = start_server()
        self.until(lambda: self.progress(self.user)["rankings"] == 2)
        time.sleep(1)
        self.assertEqual(self.progress(self.user)["rankings"], 2)

    def test_every_control_has_a_name_and_fits_the_narrowest_window(self) -> None:
        self.sign_in("ada")
        self.until(self.shown_pair)
        self.narrow(360)
        for page in ("rank", "codes", "try", "settings"):
            self.go(page)
            time.sleep(1)
            width = self.browser.execute_script("return document.documentElement.scrollWidth")
            self.assertLessEqual(width, 360, page)
            for one in self.browser.find_elements(By.CSS_SELECTOR, "a, button, input, select"):
                self.assertTrue(one.accessible_name, (page, one.get_attribute("outerHTML")))

    def narrow(self, width: int) -> None:
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})

    @unittest.skipUnless("PAGE_SCREENSHOTS" in os.environ, "PAGE_SCREENSHOTS names a folder for them")
    def test_screenshots(self) -> None:
        folder = pathlib.Path(os.environ["PAGE_SCREENSHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        self.sign_in("ada")
        self.until(self.shown_pair)
        for scheme in ("light", "dark"):
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            for width in (360, 768, 1280):
                self.narrow(width)
                for page in ("rank", "codes", "try", "settings"):
                    self.go(page)
                    time.sleep(1)
                    self.browser.save_screenshot(str(folder / f"{page}-{width}-{scheme}.png"))


if __name__ == "__main__":
    unittest.main()
