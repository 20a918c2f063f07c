"""A link that dies without a word: both pages say so within 5 s, and are live 10 s after it."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from time import monotonic

import pytest
from browsing import PATIENCE_MS, chromium, until
from feed import Station, healthy, new_hub
from playwright.sync_api import Browser, Page, expect
from relay import Relay

from edge.serve.wire import commands
from edge.serve.wire.commands import Command, Done

TOLD_MS = 5_000
LIVE_MS = 10_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Marks:
    """A station that keeps the marks it is given."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def take(self, command: Command) -> "Future[Done]":
        if isinstance(command, commands.SetMark):
            self.kept.append(command.kind)
        future: Future[Done] = Future()
        future.set_result(Done())
        return future


@contextmanager
def both_pages(browser: Browser, relay: Relay) -> Iterator[tuple[Page, Page]]:
    """Open the station display and the tablet through the relay."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    display, tablet = context.new_page(), context.new_page()
    for page, path in ((display, ""), (tablet, "tablet?tab=setup")):
        page.goto(f"http://127.0.0.1:{relay.port}/{path}")
    expect(display.locator("#cue-line")).not_to_have_attribute("data-kind", "lost")
    expect(tablet.locator("#tablet")).to_have_attribute("data-linked", "true")
    yield display, tablet
    context.close()


def pain(page: Page) -> None:
    page.locator("#pain").click()


@pytest.mark.parametrize("way", ["both", "to_page", "to_station"])
def test_a_frozen_link_is_told_and_comes_back(browser: Browser, way: str) -> None:
    station = Marks()
    with (
        Station(new_hub(), control=station) as served,
        Relay(served.port) as relay,
        both_pages(browser, relay) as (display, tablet),
    ):
        served.hub.publish_health(healthy())
        expect(display.locator("#health-state")).to_contain_text("live")
        pain(tablet)
        expect(tablet.locator("#outcome")).to_have_text("Marked.")
        relay.freeze(to_station=way != "to_page", to_page=way != "to_station")
        frozen_s = monotonic()
        pain(tablet)
        lost = expect(display.locator("#cue-line"))
        lost.to_have_attribute("data-kind", "lost", timeout=TOLD_MS)
        left_ms = TOLD_MS - 1000 * (monotonic() - frozen_s)
        expect(tablet.locator("#no-link")).to_be_visible(timeout=max(1, left_ms))
        expect(tablet.locator("#link-words")).to_have_text("no connection, reconnecting")
        expect(tablet.locator("#outcome")).to_have_text(re.compile("^Not confirmed"))
        pain(tablet)
        expect(tablet.locator("#outcome")).to_have_text(re.compile("^Not carried out"))
        expect(display.locator("#health-state")).to_have_text("no connection")

        relay.thaw()
        expect(tablet.locator("#tablet")).to_have_attribute("data-linked", "true", timeout=LIVE_MS)
        expect(tablet.locator("#no-link")).to_be_hidden()
        expect(display.locator("#cue-line")).not_to_have_attribute(
            "data-kind", "lost", timeout=LIVE_MS
        )
        # The command that was on its way: the station knows whether it got there.
        arrived = way == "to_page"
        sentence = "^Carried out" if arrived else "^Failed: The station never received it"
        expect(tablet.locator("#outcome")).to_have_text(re.compile(sentence))
        pain(tablet)
        expect(tablet.locator("#outcome")).to_have_text("Marked.")
        assert station.kept == ["pain_now"] * (3 if arrived else 2)


def test_a_page_that_was_hidden_finds_out_at_once(browser: Browser) -> None:
    with (
        Station(new_hub()) as served,
        Relay(served.port) as relay,
        both_pages(browser, relay) as (display, tablet),
    ):
        tablet.evaluate(
            """() => {
              window.lostMs = 0;
              new MutationObserver(() => (window.lostMs ||= performance.now()))
                .observe(document.getElementById("tablet"), {attributeFilter: ["data-linked"]});
            }"""
        )
        relay.freeze()
        started_ms = tablet.evaluate(
            """() => {
              const now = performance.now();
              document.dispatchEvent(new Event("visibilitychange"));
              return now;
            }"""
        )
        until(tablet, "window.lostMs > 0")
        assert tablet.evaluate("window.lostMs") - started_ms < 2500
        relay.thaw()
        expect(display.locator("#cue-line")).not_to_have_attribute("data-kind", "lost")


def test_the_tablet_keeps_its_screen_on_whenever_it_is_looked_at(browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(
        """window.asked = 0;
        navigator.wakeLock.request = async () => { window.asked += 1; };"""
    )
    with Station(new_hub()) as served:
        page = context.new_page()
        page.goto(f"{served.url}tablet")
        until(page, "window.asked === 1")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        until(page, "window.asked === 2")
        # Hidden, the browser would refuse.
        page.evaluate(
            """() => {
              Object.defineProperty(document, "visibilityState", {get: () => "hidden"});
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )
        assert page.evaluate("window.asked") == 2
        context.close()
