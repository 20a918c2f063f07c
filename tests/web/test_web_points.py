"""Points set by hand on the tablet: a still is enlarged, and its points dragged where they are."""

import re
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from browsing import chromium
from feed import ClipFeed, Player, Station, new_hub
from msgspec import structs
from playwright.sync_api import Browser, Locator, Page, expect
from scenes import NEVER, ROUND_S, opened
from test_web_access import axe

from edge.i18n.word_catalogue import load
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.control.control_messages import points_message
from edge.serve.wire import commands
from edge.serve.wire.commands import Done, Shown
from edge.serve.wire.session_messages import Session
from edge.serve.wire.status_messages import Points, SetPoint

SIZES = [(1280, 800), (820, 1180), (390, 844)]
WORDS = load("en")
PEAK = '.still-button[data-kind="peak_knee_flexion"]'


class Executed:
    """A controller that notes what it was given; it answers ``done``."""

    def __init__(self) -> None:
        self.taken: list[commands.Command] = []
        self.done = Done()

    def take(self, command: commands.Command) -> "Future[Done]":
        self.taken.append(command)
        done: Future[Done] = Future()
        done.set_result(self.done)
        return done


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def executed() -> Executed:
    return Executed()


@pytest.fixture(scope="module")
def station(clips_dir: Path, executed: Executed) -> Iterator[Station]:
    feed = ClipFeed(clips_dir, "good_right", NEVER)
    with (
        Station(new_hub(), control=executed) as station,
        Player(feed, station.hub, ROUND_S),
    ):
        station.hub.publish(FIRST_DISPLAY)
        station.hub.publish(points_message(None))
        yield station


@pytest.fixture(autouse=True)
def accepting(executed: Executed) -> None:
    executed.taken.clear()
    executed.done = Done()


def editing(page: Page) -> Locator:
    """Open the editor on the still of peak knee bend; return its ring of the shoe tip."""
    page.locator(PEAK).click()
    expect(page.locator("#point-editor")).to_be_visible()
    return page.locator('.handle[data-point="toe"]')


def middle(handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, handle: Locator, by: tuple[float, float]) -> None:
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2)
    page.mouse.move(x + by[0], y + by[1])
    page.mouse.up()


def given(executed: Executed) -> commands.SetPoints:
    (command,) = executed.taken
    assert isinstance(command, commands.SetPoints)
    return command


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_dragged_point_is_set_where_it_was_dropped(
    browser: Browser, station: Station, executed: Executed, size: tuple[int, int]
) -> None:
    with opened(browser, station, "tablet?tab=live", size, bypass_csp=True) as page:
        toe = editing(page)
        rings = page.locator(".handle")
        expect(rings).to_have_count(4)
        for ring in rings.all():
            box = ring.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44
        before = middle(toe)
        drag(page, toe, (18, -6))
        after = middle(toe)
        assert after == pytest.approx((before[0] + 18, before[1] - 6), abs=1.0)
        expect(page.locator("#point-glass")).to_be_visible()
        assert axe(page) == []
        page.click("#point-reset")
        assert middle(toe) == pytest.approx(before, abs=0.5)
        drag(page, toe, (18, -6))
        page.click("#point-apply")
        expect(page.locator("#point-editor")).to_be_hidden()
    command = given(executed)
    assert (command.kind, command.side) == (EventKind.PEAK_KNEE_FLEXION, Side.RIGHT)
    # A crop of the lower leg: each pixel of the page is less than one of the picture.
    assert command.toe[0] > command.ankle[0] > command.heel[0]
    assert command.knee[1] < command.ankle[1] < command.toe[1]


def test_arrow_keys_move_a_point_by_pixels_of_the_picture(
    browser: Browser, station: Station, executed: Executed
) -> None:
    executed.done = Done("busy", "The station is busy.")
    with opened(browser, station, "tablet?tab=live") as page:
        toe = editing(page)
        expect(toe).to_have_attribute("aria-label", "Shoe tip")
        page.click("#point-apply")
        expect(page.locator("#point-words")).to_contain_text("busy")
        toe.focus()
        for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowUp", "Shift+ArrowUp"):
            toe.press(key)
        executed.done = Done()
        page.click("#point-apply")
        expect(page.locator("#point-editor")).to_be_hidden()
    first, second = executed.taken
    assert isinstance(first, commands.SetPoints)
    assert isinstance(second, commands.SetPoints)
    assert second.toe == pytest.approx((first.toe[0] + 7, first.toe[1] - 6))
    assert (second.knee, second.heel) == (first.knee, first.heel)


def test_what_is_refused_is_said_in_the_editor_and_stays(
    browser: Browser, station: Station, executed: Executed
) -> None:
    executed.done = Done("points_far", "Too far.")
    with opened(browser, station, "tablet?tab=live&lang=de") as page:
        editing(page)
        page.click("#point-apply")
        expect(page.locator("#point-words")).to_contain_text("mehr als 15 % des Beins")
        expect(page.locator("#point-editor")).to_be_visible()
        page.click("#point-cancel")
        expect(page.locator("#point-editor")).to_be_hidden()


def in_force() -> Points:
    point = {"forward_pct": 4.0, "up_pct": 0.0, "model_px": (1.0, 1.0), "hand_px": (2.0, 1.0)}
    return Points(
        side=Side.RIGHT,
        kind=EventKind.PEAK_KNEE_FLEXION,
        still_s=1.0,
        set_at="2026-11-30T21:14:00+00:00",
        set_by="operator",
        points=tuple(SetPoint(name=n, **point) for n in ("knee", "ankle", "heel", "toe")),  # type: ignore[arg-type]
    )


def test_what_is_in_force_is_shown_and_undone(
    browser: Browser, station: Station, executed: Executed
) -> None:
    station.hub.publish(in_force())
    with opened(browser, station, "tablet?tab=live") as page:
        words = page.locator("#points-words")
        expect(words).to_contain_text(re.compile(r"^Set .*2026.* on: Peak knee bend"))
        page.click("#points-undo")
        expect(page.locator("#outcome")).to_have_text(WORDS.text("did.points_undo"))
        assert isinstance(executed.taken[0], commands.ClearPoints)
        station.hub.publish(points_message(None))
        expect(words).to_have_text(WORDS.text("page.points_none"))
        expect(page.locator("#points-undo")).to_be_hidden()


def test_another_session_takes_stills_editor_and_points_away(
    browser: Browser, station: Station
) -> None:
    station.hub.publish(in_force())
    with opened(browser, station, "tablet?tab=live") as page:
        editing(page)
        station.hub.publish(Session(name="next", started_at="", recording=True, runner="R-08"))
        expect(page.locator("#point-editor")).to_be_hidden()
        expect(page.locator("#points-words")).to_have_text(WORDS.text("page.points_none"))
    station.hub.publish(Session(name="", started_at="", recording=False))


def test_skeleton_only_offers_no_still(browser: Browser, station: Station) -> None:
    with opened(browser, station, "tablet?tab=live") as page:
        expect(page.locator(PEAK)).to_be_visible()
        station.hub.publish(structs.replace(FIRST_DISPLAY, shown=Shown.SKELETON))
        expect(page.locator(PEAK)).to_be_hidden()
        expect(page.locator("#points-still-words")).to_contain_text("Skeleton only")
    station.hub.publish(FIRST_DISPLAY)
