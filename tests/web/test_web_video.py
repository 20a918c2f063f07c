"""While pictures of a runner are kept, every page says so, whatever else it shows."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from browsing import chromium
from feed import Station, healthy, new_hub
from msgspec import structs
from playwright.sync_api import Browser, expect
from scenes import opened

from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.wire.commands import Mode

SIZES = [(1920, 1080), (1080, 1920)]
FILMED = replace(healthy(), video=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def station() -> Iterator[Station]:
    with Station(new_hub()) as station:
        yield station


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", list(Mode))
def test_the_station_says_that_it_films_in_every_mode(
    browser: Browser, station: Station, mode: Mode, size: tuple[int, int]
) -> None:
    station.hub.publish(structs.replace(FIRST_DISPLAY, mode=mode))
    station.hub.publish_health(FILMED)
    with opened(browser, station, "?lang=en", size=size, known="replay") as page:
        badge = page.locator("#on-record")
        expect(badge).to_have_text("Recording video")
        expect(badge).to_be_in_viewport(ratio=1)
        station.hub.publish_health(healthy())
        expect(badge).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Recording video"), ("de", "Video wird aufgenommen")]
)
@pytest.mark.parametrize("path", ["", "tablet"])
def test_both_pages_say_it_in_both_languages(
    browser: Browser, station: Station, path: str, language: str, words: str
) -> None:
    station.hub.publish(FIRST_DISPLAY)
    station.hub.publish_health(FILMED)
    with opened(browser, station, f"{path}?lang={language}", size=(820, 1180)) as page:
        expect(page.locator("#on-record")).to_have_text(words)
        expect(page.locator("#on-record")).to_be_in_viewport(ratio=1)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
