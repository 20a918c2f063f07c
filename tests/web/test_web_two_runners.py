"""Two runners one after another: nothing of the first is on any page under the second.

The rooms, the recorder and the controller are the station's own; only the camera and the pose model
are replaced, by synthetic poses that are given as fast as they are processed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from time import monotonic
from typing import Any, Final

import numpy as np
import pytest
from browsing import PATIENCE_MS, chromium, complaints_of, until
from fakes import end, hand
from feed import Station, hello
from playwright.sync_api import Browser, Page, expect
from recordings import EXACT, record
from scenes import PAINTED
from stored import HEAD, gait_rooms
from synthetic import KNEES_FORWARD, Camera, Form, Runner

from edge.messages.frame import Frame
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.serve.control.controller import Controller
from edge.serve.live.hub import Hub
from edge.serve.live.page_sink import PageSink
from edge.serve.sessions.archive import Archive
from edge.serve.wire import commands
from edge.serve.wire.commands import Done
from edge.serve.wire.protocol import Text
from edge.serve.wire.visit_messages import Visit
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

FIRST, SECOND = "A-11", "B-22"
# Enough for every verdict, and half the work of the cameras that are advised.
HZ: Final = 30
# Enough for both verdicts and a cadence of one's own.
SHOWN_S: Final = 9.0
# Longer than someone may be away and still be the same runner.
AWAY_S: Final = 11.0
# The first one's faults are far beyond the limits: within the model's error they are on the line.
_FORMS: Final = {
    FIRST: replace(
        KNEES_FORWARD,
        cadence_spm=177.0,
        belt_mps=2.6,
        knee_toe_pct=11.0,
        push_off_deg=35.0,
        peak_flexion_deg=54.0,
    ),
    SECOND: Form(cadence_spm=160.0),
}
# The same for everybody: the state of the station, and what it has recorded.
_OTHERS: Final = (
    "#health-state, #health-speed, .alarm, #outcome, #link-state, #no-link, #notices, "
    "#cue-line .sound, .scale, "
    "#page-sessions .card:has(#kept), #limits-form, .plot"
)
_SNAPSHOT: Final = """others => {
  const found = {};
  const path = e => e.id || e === document.body ? "#" + e.id
    : path(e.parentElement) + ">" + [...e.parentElement.children].indexOf(e);
  const note = (e, what, value) => { if (value) found[`${path(e)} ${what}`] = value; };
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest(others)) continue;
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join("").trim();
    note(e, "text", own);
    note(e, "label", e.getAttribute("aria-label"));
    if (e instanceof HTMLInputElement && e.type !== "checkbox") note(e, "value", e.value);
    for (const name of ["state", "value", "aim", "time", "beat", "as", "count"]) {
      note(e, name, e.dataset[name]);
    }
    if (e.matches(".marker, .interval, .zone.aim") && !e.hidden) note(e, "place", e.style.left);
    if (e.matches(".still canvas, #ribbon, #screens canvas")) {
      const data = e.getContext("2d").getImageData(0, 0, e.width, e.height).data;
      note(e, "ink", data.some(value => value > 0) && "drawn");
    }
  }
  return found;
}"""


# The pages show minutes: no two sessions begin in the same one.
_WALL_CLOCK: Final = (datetime(2026, 1, 31, tzinfo=UTC) + timedelta(minutes=n) for n in count())


class Led(Hub):
    """A hub that keeps the newest word of the visit."""

    visit: Visit | None = None

    def publish(self, message: Message | Text) -> None:
        if isinstance(message, Visit):
            self.visit = message
        super().publish(message)


class Rig:
    """A station without camera and pose model; a restarted one keeps its port and its data."""

    def __init__(
        self,
        data: Path,
        port: int = 0,
        settings: Settings | None = None,
        archive: Archive | None = None,
    ) -> None:
        settings = settings or SETTINGS
        self.hub = Led(settings.serve, hello())
        self.rooms = gait_rooms(settings)
        kept = RecordSettings(keep_free_mb=0)
        self.recorder = Recorder(data, HEAD, self.rooms, kept, now=lambda: next(_WALL_CLOCK))
        self.controller = Controller(self.hub, self.rooms, settings, self.recorder)
        self.controller.greet()
        self._sinks = (PageSink(self.hub), self.controller, self.recorder)
        self._ids = count(1)
        self._frames = 0
        self._clock_s = 0.0
        self.station = Station(self.hub, port=port, control=self.controller, archive=archive)
        self.station.__enter__()

    def order(self, of: type[Any], **fields: Any) -> Done:
        return self.controller.take(of(id=next(self._ids), **fields)).result(20)

    def give(self, poses: list[Pose]) -> None:
        """Process poses at the station's clock."""
        for pose in poses:
            now = replace(pose, frame_index=self._frames, time_s=self._clock_s)
            image = np.full((72, 128, 3), 90, np.uint8)
            frame = Frame(index=now.frame_index, time_s=now.time_s, image=image)
            outcome = self.rooms.follow(now, frame=frame)
            for sink in self._sinks:
                hand(sink, frame, outcome, 9.0)
            self._frames += 1
            self._clock_s += 1 / HZ

    @property
    def step(self) -> str:
        """The step of the visit that the pages are told of."""
        return self.hub.visit.current if self.hub.visit else ""

    @property
    def newest(self) -> int:
        """Number of the newest frame."""
        return self._frames - 1

    def wait(self, seconds: float) -> None:
        """Let time pass without frames."""
        self._clock_s += seconds

    def close(self) -> None:
        self.station.__exit__()
        self.controller.shut_down()
        end(self.recorder, self.rooms.finish())


SETTINGS = Settings(gait=EXACT)
RUNS = {
    runner: record(Runner(form, Camera(facing=side)), 30.0, HZ).poses
    for (runner, form), side in zip(_FORMS.items(), (Side.LEFT, Side.RIGHT), strict=True)
}
NOBODY = [
    replace(
        pose,
        presence=0.0,
        xy_px=np.full_like(pose.xy_px, np.nan),
        visibility=np.full_like(pose.visibility, np.nan),
    )
    for pose in RUNS[FIRST][:HZ]
]


class Pages:
    """The two pages of a station, open all the time, and what they showed before any runner."""

    def __init__(self, browser: Browser, data: Path) -> None:
        self.rig = Rig(data)
        self._data = data
        self._browser = browser
        self.complaints: list[str] = []
        self.before: dict[str, str] = {}

    def open(self) -> None:
        self.display, self.tablet = self.opened(), self.opened("tablet?tab=live")
        expect(self.tablet.locator("#session-state")).to_have_text("no session")
        # The last that a page writes of itself, without the station.
        for page in (self.display, self.tablet):
            expect(page.locator("#language")).to_have_text("Deutsch")
        expect(self.tablet.locator("#check-state")).not_to_be_empty()
        self.before = self.snapshot()

    def opened(self, path: str = "") -> Page:
        page = self._browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        self.complaints = complaints_of(page)
        page.goto(f"{self.rig.station.url}{path}")
        return page

    def snapshot(self) -> dict[str, str]:
        """Return every text and mark on both pages, seen or hidden, by its place."""
        return {
            f"{name} {place}": value
            for name, page in (("display", self.display), ("tablet", self.tablet))
            for place, value in page.evaluate(_SNAPSHOT, _OTHERS).items()
        }

    def restart(self) -> None:
        port = self.rig.station.port
        self.rig.close()
        self.rig = Rig(self._data, port)
        for page in (self.display, self.tablet):
            expect(page.locator(".alarm .loud")).not_to_contain_text("connection lost")

    def begin(self, runner: str, kmh: str = "", incline: str = "") -> None:
        """Begin a session on the tablet."""
        self.tablet.click("#tab-setup")
        self.tablet.fill("#runner", runner)
        self.tablet.fill("#speed", kmh)
        self.tablet.fill("#incline", incline)
        self.tablet.click("#start")
        expect(self.tablet.locator("#session-state")).to_contain_text(runner)

    def give_until(self, poses: list[Pose], page: Page, condition: str) -> None:
        """Let a runner run on until a page shows it: without frames it would show nothing."""
        for start in range(0, len(poses), 10):
            if page.evaluate(f"() => {condition}"):
                return
            painted = page.evaluate(PAINTED)
            self.rig.give(poses[start : start + 10])
            until(page, f"{PAINTED} !== argument", painted)
        pytest.fail(f"this never held: {condition}")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with chromium() as browser:
        pages = Pages(browser, tmp_path_factory.mktemp("two"))
        try:
            pages.open()
            yield pages
        finally:
            pages.rig.close()


SHOWN = """["knees-forward", "bent-push-off"].every(
    id => ["red", "amber"].includes(document.getElementById(id).dataset.state))
  && [...document.querySelectorAll(".still canvas")].every(c => c.dataset.time)
  && document.getElementById("cue-line").dataset.kind === "cue" """


def fill_tablet(tablet: Page) -> None:
    """Let every tab show something of the runner."""
    tablet.click("#tab-sessions")
    until(tablet, "document.querySelectorAll('#strides tr').length > 9")
    tablet.click("#tab-strides")
    tablet.click("#fetch")
    until(tablet, "document.querySelectorAll('.chip.near').length > 1")
    tablet.click("#tab-live")
    until(tablet, "!document.getElementById('metronome').classList.contains('unready')")
    tablet.click("#metronome-on")
    expect(tablet.locator("#metronome-on")).to_have_attribute("aria-pressed", "true")
    tablet.click("#tab-trend")
    expect(tablet.locator("#trend-plots canvas")).to_have_count(4)


def first_runs(pages: Pages) -> dict[str, str]:
    """Let the first runner fill every part of both pages; return what is theirs alone."""
    run, split = RUNS[FIRST], round(SHOWN_S * HZ)
    pages.begin(FIRST, "9.4", "1.5")
    pages.rig.give(run[:split])
    assert pages.rig.order(commands.SetMark, kind="pain_now", note="left calf").code == "ok"
    assert pages.rig.order(commands.GiveCue, kind="cadence").code == "ok"
    fill_tablet(pages.tablet)
    pages.give_until(run[split:], pages.display, SHOWN)
    theirs = {
        place: value
        for place, value in pages.snapshot().items()
        if value not in (pages.before.get(place), "R", "L")
    }
    shown = "\n".join(f"{place}: {value}" for place, value in theirs.items())
    for value in (
        FIRST,
        "pain · left calf",
        "too much",
        "177",
        "183",
        "+16 %",
        "text: 35\n",
        "drawn",
    ):
        assert value in shown, f"{value} is not in\n{shown}"
    return theirs


def left(pages: Pages, theirs: dict[str, str]) -> dict[str, str]:
    """Return what of the first runner is still on a page."""
    return {place: value for place, value in pages.snapshot().items() if theirs.get(place) == value}


def gone(pages: Pages, theirs: dict[str, str], session: str) -> None:
    """Wait until both pages know of the session, after whose first frames nothing may be left."""
    expect(pages.tablet.locator("#session-state")).to_contain_text(session)
    key = "document.getElementById('strides').childElementCount === 0"
    until(pages.display, key)
    # No frame comes meanwhile: what is gone later is taken away by the messages of this session.
    end_s = monotonic() + PATIENCE_MS / 1000
    while (found := left(pages, theirs)) and monotonic() < end_s:
        for page in (pages.display, pages.tablet):
            page.evaluate("() => new Promise(requestAnimationFrame)")
    assert found == {}


def pain(pages: Pages) -> None:
    pages.rig.order(commands.SetMark, kind="pain_now")


def stop(pages: Pages) -> None:
    pages.rig.order(commands.StopSession)


def leave(pages: Pages) -> None:
    pages.rig.give(NOBODY)
    pages.rig.wait(AWAY_S)
    # So much later than the frames before that it is sent for certain.
    pages.rig.give(NOBODY[:1])
    for page in (pages.display, pages.tablet):
        until(page, f"{PAINTED} === argument", pages.rig.newest)


def restart(pages: Pages) -> None:
    pages.restart()


STEPS = {step.__name__: step for step in (pain, stop, leave, restart)}
# The next session at once, or after these three in every order, with pain as the second step; the
# first runner's pain is always the first. Each step is looked at before the next.
ORDERS = [
    (),
    *((one, "pain", *others) for one, *others in permutations(("stop", "leave", "restart"))),
]


@pytest.mark.parametrize("steps", ORDERS, ids="-".join)
def test_nothing_of_the_first_runner_is_under_the_second(
    pages: Pages, steps: tuple[str, ...]
) -> None:
    theirs = first_runs(pages)
    over = False
    for step in steps:
        STEPS[step](pages)
        over |= step in ("stop", "restart")
        if step == "leave":
            # The ribbon's empty lanes are drawn again with the empty belt.
            theirs = {place: value for place, value in theirs.items() if "#ribbon" not in place}
        if over:
            gone(pages, theirs, "no session")
    pages.begin(SECOND)
    # Before the second runner's first frame.
    gone(pages, theirs, f"{SECOND} · recording 0:00")
    pages.rig.give(RUNS[SECOND][: 2 * HZ])
    expect(pages.tablet.locator("#session-state")).to_contain_text("recording 0:01")
    numbers = {place: value for place, value in theirs.items() if any(map(str.isdigit, value))}
    assert left(pages, numbers) == {}
    stop(pages)
    pages.rig.wait(AWAY_S)


def test_a_page_that_comes_later_shows_what_the_open_ones_show(pages: Pages) -> None:
    first_runs(pages)
    pages.begin(SECOND)
    pages.rig.give(RUNS[SECOND][: round(SHOWN_S * HZ)])
    assert pages.rig.order(commands.SetMark, kind="moment").code == "ok"
    # By now the pages have had all that came before.
    pages.tablet.click("#tab-sessions")
    expect(pages.tablet.locator("#marks li")).to_have_count(1)
    state = f"{SECOND} · recording 0:{SHOWN_S - 1:02.0f}"
    expect(pages.tablet.locator("#session-state")).to_have_text(state)
    until(pages.display, f"{PAINTED} >= argument", pages.rig.newest - 3)
    display, tablet = pages.opened(), pages.opened("tablet?tab=sessions")
    for old, new in ((pages.display, display), (pages.tablet, tablet)):
        for part in ("#strides", "#marks", "#session-facts"):
            if old.locator(part).count():
                expect(new.locator(part)).to_have_text(str(old.locator(part).text_content()))
    expect(tablet.locator("#session-state")).to_have_text(state)
