"""A guided visit on both pages: the tablet leads, the station shows the screen of each step.

Rooms, recorder and controller are the station's own; poses are given as fast as they are processed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from browsing import PATIENCE_MS, chromium, complaints_of, until
from msgspec import structs
from playwright.sync_api import Browser, Page, ViewportSize, expect
from raising import Film, Up
from recordings import EXACT, poses_of, record
from scenes import PAINTED
from synthetic import KNEES_FORWARD, Camera, Runner, standing_px
from test_web_access import axe
from test_web_two_runners import HZ, NOBODY, Rig

from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.verdict import Cue
from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.sessions.session_archive import SessionArchive
from edge.settings.settings import Settings
from edge.settings.visit_settings import VisitSettings

TEMPLATE: Final = """
title = "Test"
[[steps]]
kind = "patient"
[[steps]]
kind = "set_up"
[[steps]]
kind = "neutral"
[[steps]]
kind = "warm_up"
seconds = 2
[[steps]]
kind = "baseline"
seconds = 4
strides = 4
[[steps]]
kind = "cue"
cue = "auto"
seconds = 4
[[steps]]
kind = "cue"
cue = "cadence"
metronome = true
seconds = 3
[[steps]]
kind = "retention"
strides = 4
[[steps]]
kind = "pain"
[[steps]]
kind = "other_side"
[[steps]]
kind = "baseline"
side = "other"
strides = 3
[[steps]]
kind = "calf_raises"
side = "other"
[[steps]]
kind = "result"
"""
LEFT_CAMERA: Final = Camera(facing=Side.LEFT)
RUN: Final = record(Runner(KNEES_FORWARD, LEFT_CAMERA), 40.0, HZ).poses
OTHER: Final = record(Runner(KNEES_FORWARD, Camera(facing=Side.RIGHT)), 12.0, HZ).poses
_TIMES_S: Final = np.arange(0, 6, 1 / HZ)
STAND: Final = list(poses_of(standing_px(LEFT_CAMERA, _TIMES_S), _TIMES_S))

# In the page: every sound that is started and every sentence that is spoken, with the mode of that
# moment; every text, picture and colour that is to be seen while the time alone may be; every mode.
RECORD: Final = """() => {
  const station = document.getElementById("station");
  window.heard = [];
  window.seen = [];
  window.modes = [station.dataset.mode];
  const hear = what => window.heard.push([station.dataset.mode, what]);
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...at) { hear("beat"); start.apply(this, at); };
  speechSynthesis.speak = words => hear(words.text);
  new MutationObserver(() => window.modes.push(station.dataset.mode))
    .observe(station, { attributeFilter: ["data-mode"] });
  const coloured = colour => {
    const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number);
    return a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 32;
  };
  const look = e => {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
    const style = getComputedStyle(e);
    const colours = [own ? style.color : "", style.backgroundColor, style.borderTopColor];
    return [own, e.tagName === "CANVAS" ? "a picture" : "", ...colours.filter(coloured)];
  };
  const found = new Set();
  const watch = () => {
    requestAnimationFrame(watch);
    if (station.dataset.mode !== "blank") return;
    for (const e of station.querySelectorAll("*")) {
      if (!e.closest(".operator") && e.checkVisibility()) look(e).forEach(each => found.add(each));
    }
    window.seen = [...found].filter(Boolean);
  };
  watch();
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "test.toml").write_text(TEMPLATE, encoding="utf-8")
    settings = Settings(gait=EXACT, visit=VisitSettings(templates=str(folder)))
    data = tmp_path / "data"
    rig = Rig(data, settings=settings, archive=SessionArchive(data, keep_free_mb=0))
    yield rig
    rig.close()


SIZES: Final = ((390, 844), (820, 1180), (1280, 800))


class Tour:
    """The two pages of one visit, whose taps are counted."""

    def __init__(self, browser: Browser, rig: Rig) -> None:
        self.rig = rig
        self.taps = 0
        self.complaints: list[str] = []
        self.display = self._opened(browser, "?lang=en&theme=dark", (1920, 1080))
        # German has the longer words.
        self.tablet = self._opened(browser, "tablet?tab=visit&lang=de&theme=dark", SIZES[-1])
        self.display.evaluate(RECORD)

    def _opened(self, browser: Browser, path: str, size: tuple[int, int]) -> Page:
        viewport = ViewportSize(width=size[0], height=size[1])
        page = browser.new_context(viewport=viewport, bypass_csp=True).new_page()
        page.set_default_timeout(PATIENCE_MS)
        self.complaints = complaints_of(page)
        page.goto(f"{self.rig.station.url}{path}")
        return page

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.tablet.click(selector)

    def begin(self, runner: str) -> None:
        self.tablet.fill("#visit-form [name=runner]", runner)
        self.tap("#visit-form [name=template]")
        self.tablet.select_option("#visit-form [name=template]", "test")
        self.tap("#visit-form button.next")
        self.until_step("set_up")

    def until_step(self, step: str) -> None:
        expect(self.tablet.locator("#visit-step")).to_have_attribute("data-step", step)

    def give_until(self, poses: list[Pose], step: str, look: str = "") -> None:
        """Let poses pass until the tablet leads to a step; look once on the way."""
        for start in range(0, len(poses), 10):
            self.rig.give(poses[start : start + 10])
            until(self.display, f"{PAINTED} >= argument", self.rig.newest - 3)
            if start == 40 and look:
                self.look(look)
            # Asked of the station: meanwhile the tablet may be a step behind.
            if self.rig.step == step:
                self.until_step(step)
                return
        pytest.fail(f"{step} never came, but {self.rig.step}")

    def raise_heels(self) -> None:
        """Raise the heel three times, the last one half; the station counts along."""
        ups = [Up(), Up(), Up(height_m=0.06)]
        film = Film(facing=Side.RIGHT, fps=HZ, ups=ups, ends_s=1.0)
        poses = film.poses()
        for start in range(0, len(poses), 10):
            self.rig.give(poses[start : start + 10])
        expect(self.display.locator("#step .count")).to_have_text("2")
        expect(self.display.locator("#step .partial")).to_have_text("1 partial")
        expect(self.tablet.locator("#visit-exercise")).to_contain_text("2 voll, 1 halb")

    def result(self) -> None:
        """See what the cues moved, and open both documents and the report."""
        expect(self.tablet.locator("#visit-result-of")).to_contain_text("R-017")
        # Four strides to a block are too few for a change.
        expect(self.tablet.locator("#visit-tables td[data-judged]").first).to_be_visible()
        expect(self.tablet.locator("#visit-told")).not_to_be_empty()
        judged = {
            str(cell.get_attribute("data-judged"))
            for cell in self.tablet.locator("#visit-tables td[data-judged]").all()
        }
        assert judged <= {"", "too_few"}
        for document in ("visit-sheet", "visit-letter", "visit-report"):
            link = self.tablet.locator(f"#{document}")
            expect(link).to_have_attribute("href", re.compile("."))
            address = link.get_attribute("href")
            reply = self.tablet.request.get(f"{self.rig.station.url.rstrip('/')}{address}")
            assert reply.status == 200, reply.text()
            assert "R-017" in reply.text(), document

    def mode(self, mode: str) -> None:
        expect(self.display.locator("#station")).to_have_attribute("data-mode", mode)

    def look(self, name: str) -> None:
        """Check at each size that the large button is there to be tapped."""
        for width, height in SIZES:
            self.tablet.set_viewport_size(ViewportSize(width=width, height=height))
            shown = self.tablet.locator("button.next:visible")
            box = shown.bounding_box()
            assert box is not None
            assert box["height"] >= 64, name
            assert 0 <= box["y"] <= height - box["height"], f"{name} at {width}"
            scroll = "document.documentElement.scrollWidth - innerWidth"
            assert self.tablet.evaluate(scroll) <= 0, f"{name} at {width}"
        if name in ("start", "cue", "pain", "result"):
            assert axe(self.tablet) == [], name


def walk(tour: Tour) -> None:
    """Go through the whole visit, as an operator would."""
    tour.look("start")
    tour.begin("R-017")
    tour.mode("mirror")
    tour.rig.give(STAND[:HZ])
    tour.look("set_up")
    tour.tap("#visit-next")
    tour.until_step("neutral")
    tour.mode("stand_still")
    tour.give_until(STAND, "warm_up", "neutral")
    tour.mode("blank")
    tour.give_until(RUN, "baseline", "warm_up")
    # What nobody should send now is neither shown nor heard.
    tour.rig.hub.publish(Cue(kind="sit_back", wording="", issued_at_s=1e6))
    beating = structs.replace(FIRST_DISPLAY, metronome_on=True, metronome_spm=180.0)
    tour.rig.hub.publish(beating)
    tour.give_until(RUN, "cue", "baseline")
    tour.rig.hub.publish(FIRST_DISPLAY)
    tour.give_until(RUN, "cue.2", "cue")
    tour.give_until(RUN, "retention", "metronome")
    tour.give_until(RUN, "pain", "retention")
    tour.tap("#visit-pain [data-level='3']")
    tour.tap("#visit-pain [data-change=better]")
    tour.look("pain")
    tour.tap("#visit-next")
    tour.until_step("other_side")
    tour.mode("mirror")
    tour.look("other_side")
    tour.rig.give(NOBODY)
    tour.give_until(OTHER, "baseline.2")
    tour.give_until(OTHER, "calf_raises", "other_baseline")
    tour.mode("raises")
    tour.rig.give(NOBODY)
    tour.raise_heels()
    tour.look("raises")
    tour.tap("#visit-next")
    tour.until_step("result")
    tour.mode("thanks")
    tour.result()
    tour.look("result")
    tour.tap("#visit-next")
    expect(tour.tablet.locator("#visit-over")).to_be_visible()
    tour.look("over")
    expect(tour.tablet.locator("#visit-result")).to_be_visible()
    tour.tablet.click("#tab-setup")
    tour.tablet.fill("#runner", "R-018")
    tour.tablet.click("#start")
    expect(tour.tablet.locator("#session-state")).to_contain_text("R-018")
    tour.tablet.click("#tab-visit")
    expect(tour.tablet.locator("#visit-result")).to_be_hidden()


def test_a_whole_visit_takes_ten_taps_and_shows_the_time_alone_where_it_must(
    browser: Browser, rig: Rig
) -> None:
    tour = Tour(browser, rig)
    walk(tour)
    assert tour.taps <= 10
    assert tour.complaints == []
    expect(tour.tablet.locator("#visit-form [name=runner]")).to_have_value("")
    seen, heard, modes = tour.display.evaluate("() => [window.seen, window.heard, window.modes]")
    assert [each for each in seen if not re.fullmatch(r"\d+:\d\d", each)] == []
    assert len(seen) >= 3
    assert [what for mode, what in heard if mode == "blank"] == []
    # Baseline follows warm-up on the same screen; nothing else came between.
    assert modes[:4] == ["coach", "mirror", "stand_still", "blank"]
    assert modes[-5:] == ["mirror", "blank", "raises", "thanks", "coach"]
