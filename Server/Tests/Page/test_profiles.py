"""Profiles, boards, references that two people share, and being erased, in a real browser."""

import unittest

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from page import URL, PageTestCase, ask, start_server


class ProfilesTests(PageTestCase):
    def make(self, kind: str, name: str) -> None:
        field = self.one(f"#new-{kind}")
        field.send_keys(name, Keys.ENTER)

    def in_card(self, name: str, selector: str) -> str:
        return self.one(f"[data-profile='{name}'] {selector}").text

    def press_in_card(self, name: str, words: str) -> None:
        self.button(words, f"[data-profile='{name}']").click()

    def use(self, name: str) -> None:
        Select(self.one("#profile-choice")).select_by_value(name)

    def try_prompt(self, words: str) -> None:
        self.go("try")
        field = self.one("#prompt")
        field.clear()
        field.send_keys(words, Keys.ENTER)

    def test_each_profile_has_rankings_and_codes_of_its_own(self) -> None:
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        self.go("profiles")
        self.make("profile", "evenings")
        self.says("counts for it")
        self.until(lambda: self.browser.switch_to.active_element.text == "evenings")
        self.go("rank")
        self.says("0 of 20 comparisons", "#progress")
        self.rank("1")
        self.rank("2")
        self.until(lambda: ask(self.user, "progress?profile=evenings")["rankings"] == 2)
        self.assertEqual(ask(self.user, "progress")["rankings"], 1)
        # The choice is kept when the page is loaded again, and can be changed above every page.
        self.browser.refresh()
        self.says("2 of 20 comparisons", "#progress")
        self.use("default")
        self.says("1 of 20 comparisons", "#progress")
        # A name, and putting it away.
        self.go("profiles")
        label = self.one("[data-profile=evenings] input")
        label.send_keys("Warm evenings", Keys.ENTER)
        self.says("The name is kept")
        self.assertEqual(self.in_card("evenings", "h3"), "Warm evenings (evenings)")
        self.press_in_card("evenings", "Archive")
        self.says("archived")
        self.until(lambda: not self.all("[data-profile=evenings]"))
        self.assertEqual(self.all("#profile-choice"), [])
        self.one("#archived").click()
        self.press_in_card("evenings", "Restore")
        self.says("as it was")
        self.one("#profile-choice")
        self.check_quiet()

    def test_a_board_is_made_of_pictures_of_the_gallery(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)
        self.go("profiles")
        self.make("board", "harbours")
        first, second = self.until(lambda: self.all(".tiles.large button")[:2])
        self.assertIn("harbours", self.text("main p"))
        names = [one.get_attribute("aria-label").split(": ")[1] for one in (first, second)]
        first.click()
        self.says("is on the board")
        second.click()
        self.until(lambda: ask(self.user, "boards/harbours")["images"] == names)
        second.click()
        self.says("is off the board")
        self.until(lambda: ask(self.user, "boards/harbours")["images"] == names[:1])
        self.browser.refresh()
        pressed = lambda: [one.get_attribute("aria-pressed") for one in self.all(".tiles.large button")[:2]]
        self.until(lambda: pressed() == ["true", "false"])
        self.go("rank")
        self.assertIn("is a board", self.text("main"))
        # One picture is enough for a code, by the board's reference.
        self.go("profiles")
        reference = self.in_card("harbours", ".reference")
        self.assertIn("A board", self.in_card("harbours", ".facts"))
        self.try_prompt(f"a harbour --p {reference}")
        self.says("comparisons", "#answer")
        [code] = ask(self.user, "codes?profile=harbours")["codes"]
        self.says(f"--p {code['code']}", "#answer")
        self.check_quiet()

    def test_a_reference_is_shared_with_another_person_and_taken_back(self) -> None:
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")
        self.go("profiles")
        reference = self.in_card("default", ".reference")
        self.press_in_card("default", "Copy")
        self.says("is copied")
        self.assertEqual(
            self.browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])"), reference)
        # To somebody else it is as if it were nothing.
        self.sign_in(self.user)
        self.until(self.shown)
        self.try_prompt(f"a harbour --p {reference}")
        self.says("not shared with you", "#alert")
        self.sign_in("ada")
        self.until(self.shown)
        self.go("profiles")
        self.press_in_card("default", "Share")
        self.says("works for everybody")
        self.assertIn("shared", self.in_card("default", ".facts"))
        self.sign_in(self.user)
        self.until(self.shown)
        self.try_prompt(f"a harbour --p {reference}::2")
        self.says("comparisons", "#answer")
        codes = {one["code"] for one in ask("ada", "codes")["codes"]}
        self.assertTrue(any(code in self.text("#answer") for code in codes), self.text("#answer"))
        self.assertNotIn("ada", self.text("#answer"))
        self.sign_in("ada")
        self.until(self.shown)
        self.go("profiles")
        self.press_in_card("default", "Share no more")
        self.says("unknown now")
        self.sign_in(self.user)
        self.until(self.shown)
        self.try_prompt(f"a harbour --p {reference}")
        self.says("not shared with you", "#alert")
        self.check_quiet()

    def test_several_profiles_are_what_a_prompt_means(self) -> None:
        self.sign_in(self.user)
        self.until(self.shown)
        for name in ("one", "two"):
            self.go("profiles")
            self.make("board", name)
            self.until(lambda: name in self.text("main p"))
            tiles = self.until(lambda: self.all(".tiles.large button"))
            tiles[0 if name == "one" else 5].click()
            self.says("is on the board")
        self.go("settings")
        for name in ("one", "two"):
            self.one(f"#meant input[value={name}]").click()
        self.one("#meant input[value=default]").click()
        weight = self.one("#meant input[aria-label='Weight of one']")
        weight.clear()
        weight.send_keys("3")
        self.button("Keep these settings").click()
        self.says("kept")
        self.assertEqual(
            ask(self.user, "settings")["profiles"], [{"profile": "one", "weight": 3}, {"profile": "two", "weight": 1}])
        self.try_prompt("a harbour --p")
        self.says("::3", "#answer")
        # None at all is not to be meant.
        self.go("settings")
        for name in ("one", "two"):
            self.one(f"#meant input[value={name}]").click()
        self.button("Keep these settings").click()
        self.says("at least one", "#alert")
        self.check_quiet()


class ErasingTests(PageTestCase):
    def restart(self, *flags: str) -> None:
        type(self).server.terminate()
        type(self).server.wait(30)
        type(self).server = start_server(*flags)

    def ask_to_be_erased(self, name: str) -> None:
        self.go("settings")
        field = self.one("#erase-name")
        field.clear()
        field.send_keys(name, Keys.ENTER)

    def test_who_wants_to_be_erased_is_told_when_and_can_take_it_back(self) -> None:
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        self.ask_to_be_erased("somebody else")
        self.says("nothing is erased", "#alert")
        self.ask_to_be_erased(self.user)
        self.says("You will be erased on")
        # The focus is on the way back, which is above every page.
        self.until(lambda: self.browser.switch_to.active_element.text == "Do not erase me")
        self.go("rank")
        self.until(self.shown)
        self.press("1")
        self.says("to be erased", "#alert")
        self.browser.refresh()
        self.until(lambda: "You will be erased on" in self.text("#erasure"))
        self.assertEqual(self.count(self.user, "rank"), 1)
        self.button("Do not erase me", "#erasure").click()
        self.until(lambda: not self.one("#erasure").is_displayed())
        self.until(self.shown)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 2)
        self.check_quiet()

    def test_who_has_no_time_to_take_it_back_is_erased_at_once(self) -> None:
        self.restart("--erasure-grace-days", "0")
        self.addCleanup(self.restart)
        self.sign_in(self.user)
        self.rank("1")
        self.until(lambda: self.count(self.user, "rank") == 1)
        self.go("settings")
        self.assertIn("done at once", self.text("main"))
        self.ask_to_be_erased(self.user)
        self.until(lambda: self.text("main h2") == "You are erased")
        self.assertEqual(ask(self.user, "info", place="")["profiles"], [])
        self.assertFalse(self.one("header nav").is_displayed())
        self.browser.get(URL)
        self.until(lambda: self.text("main h2") == "Sign in")
        self.check_quiet()


if __name__ == "__main__":
    unittest.main()
