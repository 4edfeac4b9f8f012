"""How the page looks and what assistive technology sees, in a real browser.

AXE is axe-core's script. With PAGE_SCREENSHOTS, a folder, every page is photographed there at three widths, in light and
dark.
"""

import os
import pathlib
import time
import unittest

from page import PAGES, URL, PageTestCase

SIZES = {"360 px": (360, 800, 1), "768 px": (768, 1024, 1), "1280 px": (1280, 900, 1), "1280 px at 200 %": (640, 450, 2)}


class LookTests(PageTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sign_in("ada")
        self.until(self.shown)
        self.one("#code code")

    def open(self, page: str) -> None:
        self.go(page)
        self.until(lambda: self.browser.execute_script(
            "return [...document.querySelectorAll('main img')].every(image => image.complete || image.loading === 'lazy')"))

    def test_every_page_fits_and_every_control_has_a_name(self) -> None:
        for size, (width, height, scale) in SIZES.items():
            self.resize(width, height, scale)
            for page in PAGES:
                self.open(page)
                found = self.browser.execute_script("return document.documentElement.scrollWidth")
                self.assertLessEqual(found, width, (page, size))
                for one in self.all("a, button, input, select"):
                    self.assertTrue(one.accessible_name, (page, one.get_attribute("outerHTML")))

    def test_the_whole_question_is_seen_without_scrolling(self) -> None:
        for size, (width, height, scale) in SIZES.items():
            if scale > 1:
                continue
            self.resize(width, height, scale)
            self.open("rank")
            bottom = self.browser.execute_script(
                "return Math.max(...[...document.querySelectorAll('.choices button')].map(one => one.getBoundingClientRect().bottom))")
            self.assertLessEqual(bottom, height, size)

    @unittest.skipUnless("AXE" in os.environ, "AXE names axe-core's script")
    def test_axe_finds_nothing(self) -> None:
        script = pathlib.Path(os.environ["AXE"]).read_text()
        for scheme in ("light", "dark"):
            self.prefer(color_scheme=scheme, reduced_motion="reduce")
            for page in PAGES:
                self.open(page)
                self.check_with(script, f"{page} in {scheme}")
        self.browser.get(URL + "/v1/docs")
        self.until(lambda: self.all("section"))
        self.check_with(script, "docs")

    def check_with(self, script: str, place: str) -> None:
        self.browser.execute_script(script)
        violations = self.browser.execute_async_script("axe.run().then(found => arguments[0](found.violations))")
        found = [(one["id"], one["nodes"][0]["html"], one["nodes"][0].get("failureSummary")) for one in violations]
        self.assertEqual(found, [], place)

    def test_motion_is_left_out_for_who_wants_none(self) -> None:
        style = "return getComputedStyle(document.querySelector('.choices button')).transitionDuration"
        self.prefer(reduced_motion="no-preference")
        self.assertNotEqual(self.browser.execute_script(style), "0s")
        self.prefer(reduced_motion="reduce")
        self.assertEqual(self.browser.execute_script(style), "0s")

    def test_what_happens_is_said_to_who_cannot_see_it(self) -> None:
        self.assertEqual(self.one("#status").aria_role, "status")
        self.assertEqual(self.one("#alert").get_attribute("role"), "alert")
        self.rank("1")
        self.says("You prefer")
        self.assertEqual(self.one(".choices").aria_role, "group")
        self.assertEqual(self.one(".choices").accessible_name, "Which picture do you prefer?")

    @unittest.skipUnless("PAGE_SCREENSHOTS" in os.environ, "PAGE_SCREENSHOTS names a folder for them")
    def test_screenshots(self) -> None:
        folder = pathlib.Path(os.environ["PAGE_SCREENSHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        for scheme in ("light", "dark"):
            self.prefer(color_scheme=scheme)
            for size in ("360 px", "768 px", "1280 px"):
                self.resize(*SIZES[size])
                for page in PAGES:
                    self.open(page)
                    time.sleep(0.7)
                    self.browser.save_screenshot(str(folder / f"{page}-{size.split()[0]}-{scheme}.png"))
                self.browser.execute_script("window.scrollTo(0, 0)")


if __name__ == "__main__":
    unittest.main()
