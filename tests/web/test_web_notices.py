"""Notices about the pictures on the station display and the tablet."""

from collections.abc import Iterator

import pytest
from browsing import PATIENCE_MS, chromium, complaints_of
from feed import Station, healthy, new_hub
from playwright.sync_api import Browser, expect

from edge.messages.notice import Notice, NoticeChange

SLOW = Notice("slow_motion", stride_s=1.44)
CUT = Notice("cut_short")
WIDE = Notice("pixel_aspect_unknown", size="1440x1080")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def change(notice: Notice, *, holds: bool = True) -> NoticeChange:
    return NoticeChange(notice=notice, time_s=1.0, holds=holds)


def test_notices_stand_on_both_pages_while_they_hold(browser: Browser) -> None:
    with Station(new_hub()) as station:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE_MS)
        hub = station.hub
        hub.publish_health(healthy())
        hub.publish(change(SLOW))
        display, tablet = context.new_page(), context.new_page()
        complaints = [complaints_of(page) for page in (display, tablet)]
        display.goto(station.url)
        tablet.goto(f"{station.url}tablet?tab=live")
        # Both pages came after the notice.
        expect(display.locator("#cue")).to_contain_text("slow motion (stride times of 1.44 s)")
        expect(display.locator("#cue-line")).to_have_attribute("data-kind", "notice")
        hub.publish(change(CUT))
        expect(tablet.locator("#notices li")).to_have_count(2)
        expect(tablet.locator("#notices li").nth(0)).to_contain_text("slow motion")
        assert tablet.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        hub.publish(change(SLOW, holds=False))
        expect(display.locator("#cue")).to_contain_text("cut short")
        hub.publish(change(CUT, holds=False))
        expect(display.locator("#cue")).to_have_text("")
        expect(tablet.locator("#notices")).to_be_hidden()
        assert complaints == [[], []]
        context.close()


def test_notices_are_in_the_page_s_language_and_fit(browser: Browser) -> None:
    with Station(new_hub()) as station:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="de-DE")
        context.set_default_timeout(PATIENCE_MS)
        station.hub.publish_health(healthy())
        station.hub.publish(change(WIDE))
        display, tablet = context.new_page(), context.new_page()
        display.goto(station.url)
        tablet.goto(f"{station.url}tablet")
        for page, place in ((display, "#cue"), (tablet, "#notices")):
            expect(page.locator(place)).to_contain_text("1440x1080 wird meist")
        # The longest of them is read whole.
        cue = "document.getElementById('cue')"
        assert display.evaluate(f"{cue}.scrollWidth <= {cue}.clientWidth")
        assert display.evaluate(f"{cue}.scrollHeight <= {cue}.clientHeight + 2")
        context.close()
