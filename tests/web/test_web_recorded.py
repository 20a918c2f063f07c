"""Recorded sessions watched on the tablet: a stretch, two strides beside each other or overlaid."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, chromium, complaints_of
from feed import Station, new_hub
from playwright.sync_api import Browser, expect
from recordings import EXACT, record
from scenes import opened
from stored import put
from synthetic import GOOD, KNEES_FORWARD, Runner
from test_web_access import axe

from edge.serve.sessions.session_archive import SessionArchive
from edge.settings.settings import Settings

PAGE = "tablet?tab=sessions&lang=en"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    data = tmp_path_factory.mktemp("data")
    made = [
        put(data, record(Runner(form=form), 5.0).poses, runner="R-1", settings=Settings(gait=EXACT))
        for form in (KNEES_FORWARD, GOOD)
    ]
    return data, made


@pytest.fixture(scope="module")
def station(names: tuple[Path, list[str]]) -> Iterator[Station]:
    with Station(new_hub(), archive=SessionArchive(names[0], keep_free_mb=0)) as running:
        yield running


def test_two_strides_of_two_visits_are_watched(
    browser: Browser, station: Station, names: tuple[Path, list[str]]
) -> None:
    with opened(browser, station, PAGE, bypass_csp=True) as page:
        complaints = complaints_of(page)
        for name in names[1]:
            page.click(f"[data-name='{name}']")
        page.click("#recorded-open")
        expect(page.locator("#recorded-player")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("#recorded-caption-a")).to_contain_text("A · ", timeout=PATIENCE_MS)
        groups = page.locator("#recorded-a optgroup")
        expect(groups).to_have_count(2)
        screens = page.locator("#recorded-screens")
        expect(screens).to_have_attribute("data-frame", re.compile(r"\d"))
        first = str(screens.get_attribute("data-frame"))
        page.click("#recorded-forth")
        expect(screens).not_to_have_attribute("data-frame", first)
        for how in ("beside", "over"):
            page.click(f"#recorded [data-how='{how}']")
            expect(page.locator(f"#recorded-screens[data-how='{how}']")).to_be_visible(
                timeout=PATIENCE_MS
            )
            expect(page.locator("#recorded-caption-b")).to_contain_text("B · ")
        page.click("#recorded [data-rate='0.1']")
        page.click("#recorded-play")
        expect(page.locator("#recorded-play")).to_have_text("Freeze")
        page.click("#recorded-play")
        assert axe(page) == []
        # Another selection drops what was shown.
        page.click(f"[data-name='{names[1][0]}']")
        expect(page.locator("#recorded-player")).to_be_hidden()
        assert complaints == []
