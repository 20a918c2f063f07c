"""Notices about the pictures on the station display and the tablet."""

from collections.abc import Iterator
from dataclasses import replace
from math import nan

import pytest
from browsing import PATIENCE_MS, chromium, complaints_of, until
from feed import Station, healthy, new_hub, plain_frame
from playwright.sync_api import Browser, expect

from edge.messages.gait import Activity, GaitState, Phase
from edge.messages.legs import LegFlaw, LegQuality
from edge.messages.notice import Notice, NoticeChange
from edge.messages.side import Side

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
        until(tablet, "document.documentElement.scrollWidth <= window.innerWidth")
        hub.publish(change(SLOW, holds=False))
        expect(display.locator("#cue")).to_contain_text("cut short")
        hub.publish(change(CUT, holds=False))
        expect(display.locator("#cue")).to_have_text("")
        expect(tablet.locator("#notices")).to_be_hidden()
        assert complaints == [[], []]
        context.close()


def test_the_tablet_says_how_clear_the_legs_are_and_what_to_change(browser: Browser) -> None:
    state = GaitState(
        frame_index=0,
        time_s=0.0,
        activity=Activity.RUNNING,
        facing=Side.RIGHT,
        near_side=Side.RIGHT,
        left_phase=Phase.SWING,
        right_phase=Phase.STANCE,
        cadence_spm=168.0,
        belt_speed_px_s=nan,
    )
    with Station(new_hub()) as station:
        context = browser.new_context(viewport={"width": 820, "height": 1180}, locale="de-DE")
        context.set_default_timeout(PATIENCE_MS)
        tablet = context.new_page()
        tablet.goto(f"{station.url}tablet?tab=live")
        clarity = tablet.locator("#clarity")
        for frame, (legs, words) in enumerate(
            (
                (LegQuality(score=0.5, flaw=LegFlaw.RHYTHM), "Beine teils deutlich: nahes und"),
                (LegQuality(score=0.0, flaw=LegFlaw.STRIDES), "Beine undeutlich: kein Schritt"),
                (LegQuality(score=0.9), "Beine deutlich"),
            )
        ):
            shown = replace(state, frame_index=frame, time_s=frame / 60, legs=legs)
            station.hub.publish_frame(plain_frame(frame), None, shown)
            expect(clarity).to_contain_text(words)
        still = replace(state, frame_index=9, time_s=0.2, activity=Activity.STANDING)
        station.hub.publish_frame(plain_frame(9), None, still)
        expect(clarity).to_be_hidden()
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
        until(display, f"{cue}.scrollWidth <= {cue}.clientWidth")
        until(display, f"{cue}.scrollHeight <= {cue}.clientHeight + 2")
        context.close()
