"""What people do on the page, in a real browser: Debian's chromium, driven by selenium. scripts/test_page.sh runs it."""

import json
import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from page import THRESHOLD, URL, PageTestCase, ask, start_server


class RankingTests(PageTestCase):
    def rank_until_a_code(self) -> str:
        for number in range(THRESHOLD + 4):
            self.rank("12"[number % 2])
            if self.all("#code code"):
                break
        self.until(lambda: self.all("#code code"), "no code")
        return self.text("#code code")

    def test_a_new_person_ranks_with_keys_until_a_code_appears_that_another_blends(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)
        self.assertNotIn("token", self.browser.current_url)
        self.until(lambda: self.browser.execute_script(
            "return [...document.querySelectorAll('.choices img')].every(image => image.naturalWidth > 0)"), "no picture")
        self.says("of 20 comparisons", "#progress")
        code = self.rank_until_a_code()
        self.says("A quarter more ranking would change about", "#progress")
        self.button("Copy").click()
        self.says("is copied")
        self.assertEqual(self.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])"), code)
        # Another person blends it with ada's.
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")
        adas = self.text("#code code")
        self.go("try")
        field = self.one("#prompt")
        field.clear()
        field.send_keys(f"a harbour --p {code}::2 {adas}", Keys.ENTER)
        self.says("comparisons", "#answer")
        self.says(f"--p {code}::2 {adas}", "#answer")
        self.check_quiet()

    def test_skipping_counts_nothing_and_undoing_takes_back(self) -> None:
        self.sign_in(self.user)
        first = self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        [event] = [one for one in ask(self.user, "events") if one["kind"] == "rank"]
        self.assertEqual([event["winner"], event["loser"]], first)
        skipped = self.rank("s")
        self.until(lambda: self.count(self.user, "skip") == 1)
        self.assertEqual(ask(self.user, "progress")["have"], 1)
        self.press("u")
        self.until(lambda: self.shown() == skipped, "what was skipped is asked again")
        self.press("u")
        self.until(lambda: self.shown() == first, "what was answered is asked again")
        self.says("Taken back")
        self.assertEqual(ask(self.user, "progress")["have"], 0)
        self.rank("2")
        self.until(lambda: ask(self.user, "progress")["have"] == 1)
        events = [one for one in ask(self.user, "events") if one["kind"] == "rank"]
        self.assertEqual([events[0]["winner"], events[0]["loser"]], first[::-1])

    def test_four_pictures_are_answered_with_one_key(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)
        self.one("#size").send_keys("Four")
        self.until(lambda: len(self.shown()) == 4)
        shown = self.rank("3")
        self.until(lambda: self.count(self.user, "pick") == 1)
        [pick] = [one for one in ask(self.user, "events") if one["kind"] == "pick"]
        self.assertEqual((pick["shown"], pick["chosen"]), (shown, [shown[2]]))
        self.assertEqual(ask(self.user, "progress")["have"], 3)
        self.press("u")
        self.until(lambda: self.shown() == shown)
        self.until(lambda: ask(self.user, "progress")["have"] == 0)
        # The choice of how many is kept.
        self.browser.refresh()
        self.until(lambda: len(self.shown()) == 4)
        self.check_quiet()

    def test_keyboard_alone_is_enough(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)

        def tab_to(wanted: str) -> None:
            for _ in range(40):
                ActionChains(self.browser).send_keys(Keys.TAB).perform()
                active = self.browser.switch_to.active_element
                if wanted in (active.accessible_name, active.text):
                    return
            self.fail(f"Tab does not reach '{wanted}'")

        shown = self.shown()
        tab_to(f"Prefer picture 2: {shown[1]}")
        ActionChains(self.browser).send_keys(Keys.ENTER).perform()
        self.until(lambda: self.shown() not in ([], shown))
        self.until(lambda: self.count(self.user, "rank") == 1)
        # The focus stays where it was, for the next question.
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("aria-label"), f"Prefer picture 2: {self.shown()[1]}")
        self.browser.find_element(By.TAG_NAME, "body").click()
        self.browser.refresh()
        self.until(self.shown)
        tab_to("Like")
        ActionChains(self.browser).send_keys(Keys.ENTER).perform()
        self.until(lambda: self.all(".tiles.large button"))
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "main")

    def test_nothing_is_lost_or_doubled_when_the_server_goes_away(self) -> None:
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        type(self).server.kill()
        type(self).server.wait()
        # Two more, which were loaded ahead; then the page is loaded again as far as it can be.
        self.rank("2")
        self.press("1")
        self.says("cannot be reached")
        type(self).server = start_server()
        self.until(lambda: self.count(self.user, "rank") == 3)
        type(self).server.kill()
        type(self).server.wait()
        self.press("2")
        self.says("cannot be reached")
        self.browser.get("about:blank")
        type(self).server = start_server()
        self.browser.get(URL)
        self.until(lambda: self.count(self.user, "rank") == 4)
        time.sleep(1)
        self.assertEqual(self.count(self.user, "rank"), 4)

    def test_an_expired_token_is_said_and_a_new_one_goes_on(self) -> None:
        self.sign_in(self.user, seconds=-10)
        self.says("signed out", "#alert")
        self.sign_in(self.user, seconds=4)
        self.until(self.shown)
        time.sleep(5)
        self.press("1")
        self.says("signed out", "#alert")
        # The choice was made when the token had expired; it is sent with the next one.
        self.sign_in(self.user)
        self.until(lambda: self.count(self.user, "rank") == 1)


class CodesTests(PageTestCase):
    def test_a_code_is_named_looked_at_revoked_restored_and_compared(self) -> None:
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")
        for _ in range(3):
            self.rank("1")
        self.button("Make a new one").click()
        self.until(lambda: len({code["code"] for code in ask("ada", "codes")["codes"]}) > 1)
        self.go("codes")
        card = self.one(".card")
        code = card.get_attribute("data-code")
        self.until(lambda: len(self.all(f"[data-code='{code}'] .tiles img")) == 12, "no pictures")
        field = card.find_element(By.CSS_SELECTOR, "input[type=text]")
        field.clear()
        field.send_keys("warm", Keys.ENTER)
        self.says("kept")
        self.button("Revoke", f"[data-code='{code}']").click()
        self.browser.switch_to.alert.accept()
        self.one(".card.revoked")
        self.until(lambda: self.browser.switch_to.active_element.tag_name == "h3")
        self.button("Restore", f"[data-code='{code}']").click()
        self.until(lambda: not self.all(".card.revoked"))
        self.assertEqual(self.one(".card input").get_attribute("value"), "warm")
        self.button("Compare").click()
        self.until(lambda: len(self.all("#comparison tbody tr")) == 12)
        self.until(lambda: len(self.all(".frame > img")) == 2)
        self.until(lambda: len(self.all(".thumbnails img")) > 20, "no pictures on the map")
        self.until(lambda: self.all(".strip li"), "no pictures along the time")
        self.check_quiet()

    def test_going_back_to_a_code_and_starting_over(self) -> None:
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")
        had = ask("ada", "progress")["have"]
        self.go("settings")
        self.button("Start over").click()
        self.browser.switch_to.alert.accept()
        self.says("started over")
        self.assertEqual(ask("ada", "progress")["have"], 0)
        self.go("codes")
        self.button("Go back to it").click()
        self.browser.switch_to.alert.accept()
        self.says("what it was then")
        self.assertGreaterEqual(ask("ada", "progress")["have"], min(had, THRESHOLD))

    def test_an_error_of_a_prompt_stands_at_its_column_and_pictures_are_steered(self) -> None:
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")
        self.go("try")
        field = self.one("#prompt")
        field.clear()
        field.send_keys("a harbour --s abc", Keys.ENTER)
        self.assertIn("abc", self.one("mark").text + self.text("#answer"))
        self.says("At column", "#answer")
        names = lambda: [one.text.split()[0] for one in self.all("[aria-label=Nearest] li span")]
        self.until(lambda: len(names()) == 12)
        plain = names()
        slider = self.one("#stylize")
        slider.send_keys(Keys.END)
        self.until(lambda: "1000" in self.text("output") and names() != plain, "the slider changes nothing")
        slider.send_keys(Keys.HOME)
        chosen = self.one(".tiles button[aria-pressed=true]").get_attribute("aria-label")
        self.until(lambda: names()[0] == chosen, "without a taste a picture is the nearest to itself")
        self.check_quiet()


class SettingsTests(PageTestCase):
    def test_what_is_liked_is_shown_as_liked(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)
        self.go("like")
        first, second = self.until(lambda: self.all(".tiles.large button")[:2])
        first.click()
        self.says("You like")
        second.click()
        self.until(lambda: ask(self.user, "progress")["likes"] == 2)
        second.click()
        self.says("no more")
        self.until(lambda: ask(self.user, "progress")["likes"] == 1)
        self.browser.refresh()
        self.until(lambda: [one.get_attribute("aria-pressed") for one in self.all(".tiles.large button")[:2]] == ["true", "false"])
        count = len(self.all(".tiles.large li"))
        self.button("More pictures").click()
        self.until(lambda: len(self.all(".tiles.large li")) > count)

    def test_settings_are_kept_and_ones_data_comes_down(self) -> None:
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.downloads())})
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        self.go("settings")
        self.one("#always").click()
        self.one("#own-only").click()
        self.button("Keep these settings").click()
        self.says("kept")
        self.browser.refresh()
        self.assertTrue(self.one("#always").is_selected())
        self.assertTrue(self.one("#own-only").is_selected())
        self.button("Download what is known about me").click()
        self.says("taste.json")
        path = self.downloads() / "taste.json"
        self.until(path.exists)
        document = json.loads(path.read_text())
        self.assertEqual(document["user"], self.user)
        [profile] = document["profiles"]
        self.assertEqual(sum(event["kind"] == "rank" for event in profile["events"]), 1)
        [settings] = document["settings"]
        self.assertTrue(settings["settings"]["always"])
        self.check_quiet()

    def downloads(self):
        from page import FOLDER
        folder = FOLDER / self.user
        folder.mkdir(exist_ok=True)
        return folder


if __name__ == "__main__":
    unittest.main()
