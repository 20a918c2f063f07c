"""What the clinician lets the station show, and how soon it says that something is wrong."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browsing import PATIENCE_MS, chromium, until, until_gives
from feed import ClipFeed, Player, Station, healthy, new_hub
from msgspec import structs
from playwright.sync_api import Browser, Page, expect
from scenes import NEVER, PAINTED, ROUND_S, clip_playing, keep_cues, opened, until_frames

from edge.i18n.word_catalogue import load
from edge.messages.verdict import Cue
from edge.serve.access.roles import Role
from edge.serve.control.command_router import FIRST_DISPLAY, qr_rows
from edge.serve.control.control_messages import limits_message
from edge.serve.wire.commands import Mode, Panel, Shown
from edge.serve.wire.status_messages import Limits, Pairing
from edge.settings.coaching_settings import CoachingSettings

SIZE = (1920, 1080)
KNOWN = "willReadFrequently"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def playing(clips_dir: Path) -> Iterator[tuple[Station, Player]]:
    with clip_playing(clips_dir, "good_right") as playing:
        yield playing


@pytest.fixture
def page(browser: Browser, playing: tuple[Station, Player]) -> Iterator[Page]:
    station, _ = playing
    station.hub.publish(FIRST_DISPLAY)
    with opened(browser, station, size=SIZE, known=KNOWN) as page:
        until_frames(page)
        yield page
    station.hub.publish(FIRST_DISPLAY)


def show(playing: tuple[Station, Player], **changes: Any) -> None:
    playing[0].hub.publish(structs.replace(FIRST_DISPLAY, **changes))


# In the page: which parts of the display are to be seen.
SEEN = """() => ["view", "knees-forward", "bent-push-off", "cadence", "still-knee",
    "still-push-off", "table", "cue-line", "elapsed"]
  .filter(id => document.getElementById(id).checkVisibility()).sort()"""


COACH = {
    *("view", "knees-forward", "bent-push-off", "cadence"),
    *("still-knee", "still-push-off", "cue-line"),
}


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        (Mode.COACH, COACH),
        (Mode.MIRROR, {"view"}),
        (Mode.METRONOME, {"cadence", "cue-line"}),
        (Mode.BLANK, {"elapsed"}),
        (Mode.REPLAY, {"view"}),
    ],
)
def test_each_mode_shows_its_parts_and_nothing_else(
    page: Page, playing: tuple[Station, Player], mode: Mode, parts: set[str]
) -> None:
    show(playing, mode=mode)
    expect(page.locator("#station")).to_have_attribute("data-mode", mode)
    until(page, f"document.getElementById('elapsed').hidden === {str(mode != 'blank').lower()}")
    until_gives(page, SEEN, sorted(parts))


def test_parts_are_hidden_by_choice_and_a_table_takes_the_stills_place(
    page: Page, playing: tuple[Station, Player]
) -> None:
    show(playing, panels=(Panel.CADENCE, Panel.STRIDES, Panel.CUE))
    expect(page.locator("#table")).to_be_visible()
    until_gives(page, SEEN, sorted(("view", "cadence", "table", "cue-line")))


def test_skeleton_only_paints_no_picture(page: Page, playing: tuple[Station, Player]) -> None:
    show(playing, shown=Shown.SKELETON)
    expect(page.locator("#view-note")).to_have_text("skeleton only: no picture leaves the station")
    count = """selector => {
      const c = document.querySelector(selector);
      const data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      let count = 0;
      for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
      return count;
    }"""
    # A frame from before may still be on its way.
    until_gives(page, count, 0, "#picture")
    until_frames(page, 5)
    assert page.evaluate(count, "#picture") == 0
    until(page, f"({count})('#overlay') > 2000")


def test_replay_goes_on_slowly_and_live_comes_back(
    page: Page, playing: tuple[Station, Player]
) -> None:
    show(playing, mode=Mode.REPLAY)
    expect(page.locator("#view-note")).to_have_text("slow motion, the last strides")
    shown = page.evaluate(PAINTED)
    drawn = "document.getElementById('overlay').toDataURL()"
    for _ in range(3):
        until(page, f"{drawn} !== argument", page.evaluate(drawn))
    assert page.evaluate(PAINTED) == shown, "a live picture came between"
    show(playing, mode=Mode.COACH)
    expect(page.locator("#view-note")).to_be_hidden()
    until_frames(page, 3)


def test_the_cadence_says_where_its_target_lies(
    page: Page, playing: tuple[Station, Player]
) -> None:
    limits = Limits(
        knee_toe_amber_pct=0.0,
        knee_toe_red_pct=4.0,
        push_off_amber_deg=22.5,
        push_off_red_deg=27.5,
        baseline_spm=160.0,
        target_low_spm=None,
        target_high_spm=None,
        cadence_is_cue=True,
    )
    hub = playing[0].hub
    for low, word in (
        (190.0, "a little quicker"),
        (150.0, "a little calmer"),
        (160.0, "on target"),
    ):
        high = low + (20 if word == "on target" else 3)
        hub.publish(structs.replace(limits, target_low_spm=low, target_high_spm=high))
        expect(page.locator("#cadence .word")).to_have_text(word)
        expect(page.locator("#cadence .activity")).to_have_text(f"target {low:.0f} to {high:.0f}")
        expect(page.locator("#cadence .zone.aim")).to_be_visible()
    hub.publish(limits)
    expect(page.locator("#cadence .word")).to_be_empty()


def test_the_biggest_numbers_are_150_px_tall(page: Page) -> None:
    """As painted: the digits' own height, not the size of their type."""
    tall = """() => [...document.querySelectorAll(".gauge .number")].map(e => {
      const style = getComputedStyle(e);
      const ink = document.createElement("canvas").getContext("2d");
      ink.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = ink.measureText("5");
      return up + down;
    })"""
    # The typeface may still be loading.
    until(page, f"Math.min(...({tall})()) >= 150")


def test_a_long_cue_is_never_cut(browser: Browser, clips_dir: Path) -> None:
    # A separate station: a page would first finish showing the cue of an earlier test.
    with (
        clip_playing(clips_dir, "good_right") as (station, _),
        opened(browser, station, "?lang=de", SIZE) as page,
    ):
        until_frames(page)
        station.hub.publish(
            limits_message(CoachingSettings(), (166.0, 171.0, 174.0), cadence_is_cue=True)
        )
        expect(page.locator("#cadence")).not_to_have_attribute("data-aim", "none")
        station.hub.publish(Cue(kind="cadence", wording="", issued_at_s=1e6))
        for width, height in (SIZE, (1280, 720), (820, 1180)):
            page.set_viewport_size({"width": width, "height": height})
            until(page, "innerWidth === argument", width)
            # One question: a cue that has had its time is not cut either.
            until(page, f"({WHOLE})()", patience_ms=5000)


# In the page: whether the cue is there, in its line, and nothing of it is left out.
WHOLE = """() => {
  const cue = document.getElementById("cue");
  const inner = cue.getBoundingClientRect();
  const outer = document.getElementById("cue-line").getBoundingClientRect();
  return cue.textContent.includes("171 bis 174 pro Minute")
    && cue.scrollWidth <= cue.clientWidth && cue.scrollHeight <= cue.clientHeight
    && inner.top >= outer.top && inner.bottom <= outer.bottom;
}"""


def test_a_pairing_code_is_shown_and_goes(page: Page, playing: tuple[Station, Player]) -> None:
    url = "http://station.clinic:8765/pair#ABCDEFGH"
    told = Pairing(role=Role.VIEWER, url=url, code="1234 5678", qr=qr_rows(url), left_s=3.0)
    playing[0].hub.publish(told)
    expect(page.locator("#pairing")).to_be_visible()
    expect(page.locator("#pairing-code")).to_have_text("1234 5678")
    expect(page.locator("#pairing-url")).to_contain_text("http://station.clinic:8765/pair")
    expect(page.locator("#pairing-url")).not_to_contain_text("ABCDEFGH")
    # Asked in the page: it stands for one second only.
    left = "document.getElementById('pairing-left').textContent === argument"
    until(page, left, "Valid for 1 s, one use.")
    expect(page.locator("#pairing")).to_be_hidden()


SPOKEN = """
  window.spoken = [];
  speechSynthesis.speak = words => window.spoken.push([words.lang, words.text]);
"""


def test_a_cue_is_spoken_once_in_its_language_and_not_when_muted(
    browser: Browser, playing: tuple[Station, Player]
) -> None:
    station = playing[0]
    with opened(browser, station) as page:
        page.add_init_script(SPOKEN)
        page.goto(f"{station.url}?lang=de")
        until_frames(page)
        cue = Cue(kind="sit_back", wording="Sit back a touch", issued_at_s=1e6)
        station.hub.publish(cue)
        said = ["de-DE", "Etwas zurücksetzen, wie auf einen hohen Barhocker"]
        # The cue of a test before may be told again to a page that is new, and be spoken first.
        until(page, "spoken.some(words => words[1] === argument)", said[1])
        assert page.evaluate("spoken").count(said) == 1
        spoken = page.evaluate("spoken.length")
        expect(page.locator("#cue")).to_have_text(said[1])
        show(playing, muted=True)
        expect(page.locator("#sound")).to_have_attribute("data-sound", "off")
        station.hub.publish(Cue(kind="long_push", wording="Finish it", issued_at_s=1e6 + 1))
        # The first one has its six seconds.
        words = "Abdruck zu Ende führen: langes Bein nach hinten"
        expect(page.locator("#cue")).to_have_text(words, timeout=PATIENCE_MS)
        assert page.evaluate("spoken.length") == spoken
    show(playing)


def test_a_cue_that_would_come_late_is_not_given_and_late_is_said(
    page: Page, playing: tuple[Station, Player]
) -> None:
    station, player = playing
    cues = keep_cues(page)
    # Not told from here: a report that the feed is about to tell would take its place.
    player.health = replace(healthy(), capture_to_pose_p95_ms=180.0)
    try:
        expect(page.locator("#health-speed")).to_contain_text("180 ms LATE")
        station.hub.publish(Cue(kind="praise", wording="", issued_at_s=2e6))
        # The mode comes after the cue on the same link.
        station.hub.publish(structs.replace(FIRST_DISPLAY, mode=Mode.MIRROR))
        expect(page.locator("#station")).to_have_attribute("data-mode", "mirror")
    finally:
        player.health = healthy()
    show(playing)
    expect(page.locator("#health-speed")).not_to_contain_text("LATE")
    # One that comes in time has its turn after whatever was taken before it.
    station.hub.publish(Cue(kind="long_push", wording="", issued_at_s=2e6 + 1))
    words = load("en")
    until(page, "window.cues.some(([, text]) => text === argument)", words.text("cue.long_push"))
    assert words.text("cue.praise") not in [text for _, text in cues()]


# In the page: how long after the last painted picture the alarm was to be seen, in seconds.
ALARMED = """() => new Promise(done => {
  const view = document.getElementById("view");
  let painted = performance.now();
  let frame = view.dataset.frame;
  const look = () => {
    if (view.dataset.frame !== frame) { frame = view.dataset.frame; painted = performance.now(); }
    if (!document.querySelector(".alarm").hidden) done((performance.now() - painted) / 1000);
    else requestAnimationFrame(look);
  };
  look();
})"""


@pytest.mark.parametrize("path", ["", "tablet?tab=live"], ids=["station", "tablet"])
def test_a_frozen_camera_is_shown_within_a_second(
    browser: Browser, clips_dir: Path, path: str
) -> None:
    with (
        clip_playing(clips_dir, "good_right", NEVER) as (station, player),
        opened(browser, station, path) as page,
    ):
        until_frames(page, 10)
        expect(page.locator(".alarm")).to_be_hidden()
        # Looked for before there is anything to see: it must not miss the last picture.
        page.evaluate(f"() => {{ window.alarmed = ({ALARMED})(); }}")
        player.paused.set()
        assert 0 < page.evaluate("window.alarmed") <= 1.0
        expect(page.locator(".alarm .loud")).to_contain_text("no picture for")
        expect(page.locator("#view")).to_have_class(
            "view panel stale" if not path else "card view stale"
        )
        player.paused.clear()
        expect(page.locator(".alarm")).to_be_hidden()


# In the page: how long after its station was back a new picture was painted, in seconds.
BACK = """() => new Promise(done => {
  const began = performance.now();
  const frame = document.getElementById("view").dataset.frame;
  const look = () => {
    const hidden = document.querySelector(".alarm").hidden;
    if (hidden && document.getElementById("view").dataset.frame !== frame)
      done((performance.now() - began) / 1000);
    else requestAnimationFrame(look);
  };
  look();
})"""


@pytest.mark.parametrize("path", ["", "tablet?tab=live"], ids=["station", "tablet"])
def test_a_station_that_was_started_again_is_live_within_five_seconds_without_a_reload(
    browser: Browser, clips_dir: Path, path: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    feed = ClipFeed(clips_dir, "good_right", NEVER)
    with ExitStack() as first:
        station = first.enter_context(Station(new_hub()))
        first.enter_context(Player(feed, station.hub, ROUND_S))
        page.goto(station.url + path)
        page.evaluate("window.still = 'the same page'")
        until_frames(page, 10)
    expect(page.locator(".alarm .loud")).to_contain_text("connection lost")
    with Station(new_hub(), port=station.port) as again, Player(feed, again.hub, ROUND_S):
        assert page.evaluate(BACK) <= 5.0
        assert page.evaluate("window.still") == "the same page"
    context.close()
