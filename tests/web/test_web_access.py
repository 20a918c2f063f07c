"""Both pages for everybody: axe finds nothing, all is reached by keyboard, text is not faint."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import chromium, until
from feed import Player, Station
from playwright.sync_api import Browser, Page, expect
from scenes import clip_playing, opened, until_frames
from test_web_modules import NODE_MODULES

TABS = ("visit", "setup", "live", "strides", "trend", "sessions")
AXE = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + n.failureSummary).join("; ")}`)
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def playing(clips_dir: Path) -> Iterator[tuple[Station, Player]]:
    with clip_playing(clips_dir, "both_right_720p") as playing:
        yield playing


def axe(page: Page) -> list[Any]:
    """Return what axe has against the page as it is now."""
    page.add_script_tag(path=NODE_MODULES / "axe-core" / "axe.min.js")
    return list(page.evaluate(AXE))


@pytest.mark.parametrize("look", ["theme=dark&lang=en", "theme=light&lang=de"])
def test_axe_has_nothing_against_the_station(
    browser: Browser, playing: tuple[Station, Player], look: str
) -> None:
    with opened(browser, playing[0], f"?{look}", (1920, 1080), bypass_csp=True) as page:
        until_frames(page, 5)
        expect(page.locator("#knees-forward .word")).to_have_text(re.compile("too much|zu viel"))
        assert axe(page) == []


@pytest.mark.parametrize("look", ["theme=dark&lang=en", "theme=light&lang=de"])
def test_axe_has_nothing_against_the_tablet(
    browser: Browser, playing: tuple[Station, Player], look: str
) -> None:
    with opened(browser, playing[0], f"tablet?tab=live&{look}", bypass_csp=True) as page:
        until_frames(page, 5)
        for tab in TABS:
            page.click(f"#tab-{tab}")
            if tab == "strides":
                page.click("#fetch")
                expect(page.locator(".chip").first).to_be_visible()
                page.click("#play")
            assert axe(page) == [], tab


def test_everything_on_the_tablet_is_large_enough_to_touch(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    small = """() => [...document.querySelectorAll("button, input, label:has(input)")]
      .filter(e => e.offsetParent && !e.closest("label:has(input[type=checkbox])")
        || e.matches("label:has(input[type=checkbox])") && e.offsetParent)
      .filter(e => e.getBoundingClientRect().height < 47.5)
      .map(e => e.id || e.textContent)"""
    wide = "document.documentElement.scrollWidth - innerWidth"
    for size in ((820, 1180), (1280, 800), (390, 844)):
        with opened(browser, playing[0], "tablet?lang=de", size) as page:
            expect(page.locator("#tab-visit")).to_have_text("Besuch")
            for tab in TABS:
                page.click(f"#tab-{tab}")
                expect(page.locator(f"#page-{tab}")).to_be_visible()
                assert page.evaluate(small) == [], tab
                assert page.evaluate(wide) <= 0, tab


def test_the_tabs_are_steered_by_keyboard(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    with opened(browser, playing[0], "tablet?tab=visit") as page:
        # Steered once the page has its words.
        expect(page.locator("#tab-visit")).to_have_text("Visit")
        page.locator("#tab-visit").focus()
        for tab in (*TABS[1:], TABS[0]):
            page.keyboard.press("ArrowRight")
            expect(page.locator(f"#tab-{tab}")).to_be_focused()
            expect(page.locator(f"#page-{tab}")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator("#page-visit")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("#visit-form [name=runner]")).to_be_focused()


def test_the_station_speaks_the_language_and_wears_the_theme_that_was_chosen(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    with opened(browser, playing[0], "?lang=en&theme=dark", (1920, 1080)) as page:
        expect(page.locator("#knees-forward h2")).to_have_text("Knee over toe")
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = page.evaluate(ground)
        page.locator("#language").focus()
        page.keyboard.press("Enter")
        page.locator("#theme").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#knees-forward h2")).to_have_text("Knie über Zehe")
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        assert page.evaluate(ground) != dark
        page.reload()
        expect(page.locator("#knees-forward h2")).to_have_text("Knie über Zehe")
        expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_a_browser_without_the_features_used_says_so(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    station = playing[0]
    for path in ("", "tablet"):
        context = browser.new_context()
        context.add_init_script("delete window.createImageBitmap; delete window.ResizeObserver;")
        page = context.new_page()
        page.goto(station.url + path)
        notice = page.locator("#unsupported")
        expect(notice).to_be_visible()
        expect(notice).to_contain_text("createImageBitmap, ResizeObserver")
        context.close()


def test_a_browser_without_sound_shows_everything_else(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    station = playing[0]
    context = browser.new_context()
    context.add_init_script("delete window.AudioContext; delete window.speechSynthesis;")
    page = context.new_page()
    page.goto(station.url)
    until(page, "Number(document.getElementById('view').dataset.frame) > 0")
    context.close()
