import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest
from browsing import PATIENCE_MS, chromium, complaints_of, until, until_gives
from feed import ClipFeed, Player, Station, healthy, new_hub
from msgspec import structs
from playwright.sync_api import Browser, Page, expect
from reasons import said
from recordings import EXACT, record
from scenes import keep_cues
from stored import NoCamera
from synthetic import GOOD, Runner

from edge.i18n.notices import english_notice
from edge.i18n.word_catalogue import load
from edge.messages.health import StageTime, StationState
from edge.messages.notice import Notice
from edge.messages.reading import BeltSource
from edge.messages.side import Side
from edge.messages.verdict import Bands, Cue, Fault, Verdict, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS
from edge.pipeline import Pipeline
from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.wire.commands import Panel
from edge.settings.settings import Settings

SIZES = [(1920, 1080), (1280, 720)]
NEVER = 10**6
# The clip is played in rounds of these seconds, so that a round is soon over.
ROUND_S = 8.0
# What still does not fit after these never will.
FITTED_MS = 5_000
CANNOT_TELL = "can\u2019t tell"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Scene:
    """A page that watches a station; complaints of the page are collected."""

    def __init__(self, page: Page, station: Station) -> None:
        self.page = page
        self.station = station
        self.complaints = complaints_of(page)
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self) -> None:
        self.page.goto(self.station.url)

    def until_frame(self, count: int = 1) -> None:
        """Wait until this many more frames have been painted."""
        now = int(self.page.evaluate("document.getElementById('view').dataset.frame ?? -1"))
        painted = "Number(document.getElementById('view').dataset.frame ?? -1)"
        until(self.page, f"{painted} >= argument", now + count)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def scene(browser: Browser, stack: ExitStack) -> Iterator[Scene]:
    station = stack.enter_context(Station(new_hub()))
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    scene = Scene(page, station)
    scene.open()
    yield scene
    page.close()
    assert scene.complaints == []
    assert all(re.split("[/:]+", url)[1] == "127.0.0.1" for url in scene.asked)


def play(
    stack: ExitStack,
    scene: Scene,
    clips_dir: Path,
    name: str,
    judged_after: int = 2,
    *,
    limits: bool = True,
) -> Player:
    feed = ClipFeed(clips_dir, name, judged_after, limits=limits)
    return stack.enter_context(Player(feed, scene.station.hub, ROUND_S))


# In the page: the share of a canvas that is drawn on.
INK = """(selector => {
  const c = document.querySelector(selector);
  const data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let count = 0;
  for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
  return count / (c.width * c.height);
})"""


def picture(page: Page, selector: str) -> str:
    return str(page.evaluate("s => document.querySelector(s).toDataURL()", selector))


def test_a_run_with_both_faults_fills_the_whole_display(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    page = scene.page
    play(stack, scene, clips_dir, "both_right_720p")
    scene.until_frame()
    before = picture(page, "#picture"), picture(page, "#overlay"), picture(page, "#ribbon")
    scene.until_frame(30)
    after = picture(page, "#picture"), picture(page, "#overlay"), picture(page, "#ribbon")
    assert all(old != new for old, new in zip(before, after, strict=True))
    # 5000 pixels of the smallest canvas that is advised.
    until(page, f"{INK}('#overlay') > 0.005")

    until(page, "document.querySelectorAll('#strides tr').length === 6")
    row = page.locator("#strides tr.near").first.locator("td").all_text_contents()
    assert re.fullmatch(r"0:\d\d\.\d", row[0])
    assert row[1] == "R near"
    assert re.fullmatch(r"\+\d+\.\d %", row[2])
    assert re.fullmatch(r"\d+\.\d°", row[3])
    assert re.fullmatch(r"2\d\d ms", row[4])

    for panel, number in (("#knees-forward", "+5"), ("#bent-push-off", "30")):
        expect(page.locator(f"{panel} .word")).to_have_text("too much")
        expect(page.locator(f"{panel} .shape use")).to_have_attribute("href", "#shape-octagon")
        expect(page.locator(f"{panel} .number")).to_have_text(number)
        expect(page.locator(f"{panel} .note")).to_have_text("mean of 10 strides")
        for mark in (".marker.mean", ".marker.latest", ".interval"):
            expect(page.locator(f"{panel} {mark}")).to_be_visible()

    expect(page.locator("#near-leg")).to_have_text("R near leg")
    expect(page.locator("#far-leg")).to_have_text("L far leg: not judged from this side")
    expect(page.locator("#cadence .number")).to_have_text(re.compile(r"16\d"))
    expect(page.locator("#cadence .activity")).to_have_text("running")
    expect(page.locator("#cue")).to_have_text("Sit back a touch, as onto a high barstool")
    expect(page.locator("#health-state")).to_have_text("live · 60 fps")
    expect(page.locator("#health-speed")).to_have_text("p95 14 ms · 2 dropped")


def test_the_page_tells_when_it_painted(scene: Scene, stack: ExitStack, clips_dir: Path) -> None:
    play(stack, scene, clips_dir, "both_right_720p")
    # A busy page is sent the newest frames only, so more go by than are sent.
    scene.until_frame(120)
    told: dict[str, StageTime] = {}
    while "send" not in told or told["send"].count < 10:
        scene.until_frame()
        told = {time.stage: time for time in scene.station.hub.times()}
    # The feed's frames have no arrival, so nothing can be said of the whole way.
    assert told["capture_to_paint"].count == 0


def test_a_station_that_is_too_slow_says_so(scene: Scene) -> None:
    given_up = "pose_rate model_size preview_size"
    coded = Notice("machine_slow", shed=given_up, model="lite")
    notice = english_notice(coded)
    slow = replace(healthy(), notice=coded, shed="pose_rate", model="lite")
    scene.station.hub.publish_health(slow)
    expect(scene.page.locator("#cue")).to_have_text(notice)
    expect(scene.page.locator("#health-state")).to_have_text("live · 60 fps · reduced")
    # The worst comes first; it must be read whole.
    cue = "document.getElementById('cue')"
    until(scene.page, f"{cue}.scrollWidth <= {cue}.clientWidth", patience_ms=FITTED_MS)


def test_the_stills_renew_with_each_stride(scene: Scene, stack: ExitStack, clips_dir: Path) -> None:
    page = scene.page
    play(stack, scene, clips_dir, "kneesfwd_left")
    for still in ("#still-knee", "#still-push-off"):
        canvas = f"document.querySelector('{still} canvas')"
        until(page, f"{canvas}.dataset.time")
        # Asked at once: the next stride's may come between two questions.
        time, before = page.evaluate(f"[{canvas}.dataset.time, {canvas}.toDataURL()]")
        until(page, f"{canvas}.dataset.time !== argument", time)
        assert picture(page, f"{still} canvas") != before
    # The picture of the very frame was still there, so the whole canvas is painted.
    until(page, f"{INK}('#still-knee canvas') > 0.9")
    expect(page.locator("#still-knee .value")).to_have_text(re.compile(r"\+\d+ %"))
    expect(page.locator("#still-knee .words")).to_have_text("knee ahead of toe")
    expect(page.locator("#still-push-off .value")).to_have_text(re.compile(r"\d+°"))


def verdict(state: VerdictState, reason: str = "", mean: float = -4.0) -> Verdict:
    return Verdict(
        side=Side.RIGHT,
        fault=Fault.KNEES_FORWARD,
        state=state,
        reason=said(reason),
        cue=None,
        decided_at_s=1.0,
        mean=mean,
        ci95=(mean - 1, mean + 1),
        strides=10,
    )


def decimal_bands(side: Side) -> Bands:
    """Return limits of the knee that an operator set between whole percents."""
    return Bands(
        side=side,
        fault=Fault.KNEES_FORWARD,
        metric="knee_toe_offset_pct",
        amber=-1.5,
        red=2.5,
        inside=1.0,
        worse=1,
        speed_mps=3.0,
        speed_source=BeltSource.ENTERED,
        decided_at_s=0.0,
    )


def test_the_limit_drawn_is_the_one_judged_by_at_a_speed_nobody_entered(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    # Before, the page drew 21 degrees: the limit at the 3 m/s that stand for an unknown speed.
    fast = replace(GOOD, belt_mps=4.5, push_off_deg=19.5, cadence_spm=195.0, duty=0.24)
    rooms = Pipeline(NoCamera(), Settings(gait=EXACT), NO_OFFSETS)
    for pose in record(Runner(fast), 14.0).poses:
        for message in rooms.follow(pose).messages:
            if isinstance(message, Bands | Verdict):
                scene.station.hub.publish(message)
    play(stack, scene, clips_dir, "good_right", NEVER, limits=False)
    panel = scene.page.locator("#bent-push-off")
    expect(panel.locator(".limit.amber")).to_have_text("17.5°")
    expect(panel).to_have_attribute("data-state", "amber")
    for side in Side:
        scene.station.hub.publish(decimal_bands(side))
    knee = scene.page.locator("#knees-forward")
    expect(knee.locator(".limit.amber")).to_have_text("\u22121.5 %")
    expect(knee.locator(".limit.red")).to_have_text("+2.5 %")
    ends = [knee.locator(f".limit.{name}").bounding_box() for name in ("amber", "red")]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0]["x"] + ends[0]["width"] < ends[1]["x"], "the two limits run together"


def test_every_state_has_its_own_word_and_shape(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    page = scene.page
    play(stack, scene, clips_dir, "good_right", NEVER)
    scene.until_frame(30)
    shown = {
        VerdictState.GREEN: ("good", "circle"),
        VerdictState.AMBER: ("watch", "triangle"),
        VerdictState.RED: ("too much", "octagon"),
        VerdictState.BORDERLINE: ("on the line", "outline"),
        VerdictState.UNKNOWN: (CANNOT_TELL, "ring"),
    }
    looks = set()
    for state, (word, shape) in shown.items():
        scene.station.hub.publish(verdict(state, "" if state is VerdictState.GREEN else "why"))
        expect(page.locator("#knees-forward .word")).to_have_text(word)
        use = page.locator("#knees-forward .shape use")
        expect(use).to_have_attribute("href", f"#shape-{shape}")
        if state is not VerdictState.GREEN:
            expect(page.locator("#knees-forward .note")).to_have_text("why")
        looks.add(page.locator("#knees-forward .shape").screenshot())
    assert len(looks) == 5


def test_a_verdict_of_the_far_leg_is_not_shown(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    play(stack, scene, clips_dir, "good_left", NEVER)
    scene.station.hub.publish(verdict(VerdictState.RED))
    scene.until_frame(30)
    expect(scene.page.locator("#knees-forward .word")).to_have_text(CANNOT_TELL)


def test_walking_is_told_in_words(scene: Scene, stack: ExitStack, clips_dir: Path) -> None:
    page = scene.page
    play(stack, scene, clips_dir, "walk_right")
    expect(page.locator("#cadence .activity")).to_have_text("walking: cadence only")
    expect(page.locator("#knees-forward .note")).to_have_text("walking: cadence only")
    expect(page.locator("#knees-forward .word")).to_have_text(CANNOT_TELL)
    expect(page.locator("#cadence .number")).to_have_text(re.compile(r"11\d"))


def test_an_empty_belt_is_told_in_words(scene: Scene, stack: ExitStack, clips_dir: Path) -> None:
    page = scene.page
    play(stack, scene, clips_dir, "session_right")
    expect(page.locator("#cadence .activity")).to_have_text("nobody on the belt")
    expect(page.locator("#bent-push-off .note")).to_have_text("nobody on the belt")


def test_stale_is_loud_and_goes_when_pictures_come_back(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    page = scene.page
    player = play(stack, scene, clips_dir, "good_right", NEVER)
    scene.until_frame(10)
    expect(page.locator("#alarm")).to_be_hidden()
    player.paused.set()
    expect(page.locator("#alarm-loud")).to_have_text(re.compile(r"^no picture for \d\.\d s$"))
    expect(page.locator("#view")).to_have_class(re.compile("stale"))
    colour = "getComputedStyle(document.querySelector('#picture')).filter"
    until(page, f"{colour}.includes('grayscale(1)')")
    expect(page.locator("#knees-forward .note")).to_have_text("no picture")
    player.paused.clear()
    expect(page.locator("#alarm")).to_be_hidden()
    until_gives(page, colour, "none")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (StationState.NO_CAMERA, re.compile(r"^no camera for \d+\.\d s$")),
        (StationState.ENDED, "the recording has ended"),
        (StationState.FAILED, "the station has failed"),
    ],
)
def test_a_station_without_pictures_says_why(
    scene: Scene, state: StationState, words: str | re.Pattern[str]
) -> None:
    scene.station.hub.publish_health(healthy(state, "The camera was unplugged."))
    expect(scene.page.locator("#alarm-loud")).to_have_text(words)
    remedies = scene.page.locator(".alarm .remedies")
    expect(remedies).to_be_visible(visible=state is StationState.NO_CAMERA)
    expect(scene.page.locator("#cue")).to_have_text("The camera was unplugged.")


def test_the_page_comes_back_by_itself_after_a_restart(
    browser: Browser, stack: ExitStack, clips_dir: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    stack.callback(page.close)
    with ExitStack() as first_life:
        station = first_life.enter_context(Station(new_hub()))
        scene = Scene(page, station)
        scene.open()
        play(first_life, scene, clips_dir, "both_right_720p")
        expect(page.locator("#knees-forward .word")).to_have_text("too much")
    expect(page.locator("#alarm-loud")).to_have_text(re.compile("^connection lost"))
    expect(page.locator("#cue")).to_have_text("connection lost, reconnecting")
    expect(page.locator("#knees-forward .note")).to_have_text("no connection to the station")
    expect(page.locator("#cadence .activity")).to_have_text("no connection to the station")
    expect(page.locator("#health-state")).to_have_text("no connection")
    scene.station = stack.enter_context(Station(new_hub(), port=station.port))
    play(stack, scene, clips_dir, "good_left")
    expect(page.locator("#alarm")).to_be_hidden()
    expect(page.locator("#near-leg")).to_have_text("L near leg")
    expect(page.locator("#knees-forward .word")).to_have_text("good")
    # Only refused connections, which the browser itself reports, may have been complained of.
    assert all("ERR_CONNECTION_REFUSED" in text for text in scene.complaints)


OUTSIDE = """() => [...document.querySelectorAll(
    ".panel h2, .panel p, .panel .fitted, .panel .limit:not(:empty), .still header, .legs, td, th")]
  .filter(e => e.offsetParent && e.textContent.trim())
  .filter(e => getComputedStyle(e).clipPath === "none")
  .filter(e => {
    const inner = e.getBoundingClientRect();
    const outer = e.closest(".panel").getBoundingClientRect();
    const cut = (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
      && getComputedStyle(e).overflow === "hidden";
    return cut || inner.left < outer.left - 1 || inner.right > outer.right + 1
      || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  })
  .map(e => `${e.className || e.id || e.tagName}: ${e.textContent}`)"""

SMALL = """least => [...document.querySelectorAll("body *")]
  .filter(e => e.offsetParent && !e.closest(".operator"))
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < least - 0.01)
  .map(e => `${e.className || e.id || e.tagName}: ${getComputedStyle(e).fontSize}`)"""

FAINT = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = e => {
    for (let at = e; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.7) return colour.slice(0, 3);
    }
    return [0, 0, 0];
  };
  return [...document.querySelectorAll("body *")]
    .filter(e => e.offsetParent && !e.closest(".operator"))
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => {
      const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className || e.id || e.tagName];
    })
    .filter(([contrast]) => contrast < 4.5);
}"""


@pytest.mark.parametrize("size", SIZES, ids=["1080p", "720p"])
def test_nothing_scrolls_is_cut_is_small_or_faint(
    scene: Scene, stack: ExitStack, clips_dir: Path, size: tuple[int, int]
) -> None:
    page = scene.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    faces = "[...document.fonts].map(f => [f.family, f.weight, f.status])"
    until_gives(page, faces, [["Barlow", "400", "loaded"], ["Barlow", "700", "loaded"]])
    # No verdict of the clip may take the place of those that follow.
    play(stack, scene, clips_dir, "kneesfwd_right", NEVER)
    until(page, "document.querySelectorAll('#strides tr').length === 6")
    push_off = replace(verdict(VerdictState.RED, "", mean=31.4), fault=Fault.BENT_PUSH_OFF)
    scene.station.hub.publish(push_off)
    expect(page.locator("#bent-push-off .word")).to_have_text("too much")
    scene.station.hub.publish(verdict(VerdictState.AMBER, "", mean=-12.4))
    expect(page.locator("#knees-forward .word")).to_have_text("watch")
    for state in (VerdictState.BORDERLINE, VerdictState.UNKNOWN):
        for reason in ("", "only 5 valid strides of the 8 that are needed"):
            mean = nan if state is VerdictState.UNKNOWN else -12.4
            scene.station.hub.publish(verdict(state, reason, mean))
            word = CANNOT_TELL if state is VerdictState.UNKNOWN else "on the line"
            expect(page.locator("#knees-forward .word")).to_have_text(word)
            expect(page.locator("#knees-forward .note")).to_contain_text(
                reason or ("more strides" if state is VerdictState.UNKNOWN else "mean of")
            )
            # Text is made to fit in the frame after.
            until_gives(page, OUTSIDE, [], patience_ms=FITTED_MS)
    unit = size[1] / 1080
    until_gives(page, SMALL, [], 45 * unit, FITTED_MS)
    assert page.evaluate(FAINT) == []
    # The table of strides has its place where the key stills are not wanted.
    without_stills = tuple(panel for panel in Panel if panel is not Panel.STILLS)
    scene.station.hub.publish(structs.replace(FIRST_DISPLAY, panels=without_stills))
    expect(page.locator("#table")).to_be_visible()
    until_gives(page, OUTSIDE, [], patience_ms=FITTED_MS)
    scroll = (
        "(d => [d.scrollWidth, d.scrollHeight, innerWidth, innerHeight])(document.documentElement)"
    )
    until_gives(page, scroll, [*size, *size], patience_ms=FITTED_MS)
    until_gives(page, SMALL, [], 45 * unit, FITTED_MS)
    assert page.evaluate(FAINT) == []
    number = "parseFloat(getComputedStyle(document.querySelector('#cadence .number')).fontSize)"
    until(page, f"{number} >= argument", 150 * unit, FITTED_MS)


def test_a_cue_stays_for_its_time(scene: Scene, stack: ExitStack, clips_dir: Path) -> None:
    page, hub = scene.page, scene.station.hub
    cues = keep_cues(page)
    praise, quick, push = (load("en").text(f"cue.{k}") for k in ("praise", "cadence", "long_push"))
    hub.publish(Cue(kind="praise", wording="", issued_at_s=1.0))
    # Messages arrive in order: by now the page has received the cue, with nobody in view.
    for notice in ("a notice", ""):
        hub.publish_health(healthy(notice=notice))
        expect(page.locator("#cue")).to_have_text(notice)
    play(stack, scene, clips_dir, "good_right", NEVER)
    scene.until_frame(1)
    expect(page.locator("#cue")).to_have_text("")
    hub.publish(Cue(kind="cadence", wording="", issued_at_s=1.0))
    expect(page.locator("#cue")).to_have_text(quick)
    expect(page.locator("#cue-line")).to_have_attribute("data-kind", "cue")
    hub.publish(Cue(kind="long_push", wording="", issued_at_s=2.0))
    until(page, "window.cues.some(([, text]) => text === argument)", push)
    shown_s = {text: time_s for time_s, text in reversed(cues())}
    assert 5.9 < shown_s[push] - shown_s[quick] < 12
    assert praise not in shown_s


def test_nothing_moves_by_itself(scene: Scene) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none";
    }).map(element => element.className)"""
    assert scene.page.evaluate(moving) == []


def test_nothing_is_written_again_that_is_there(
    scene: Scene, stack: ExitStack, clips_dir: Path
) -> None:
    """What is written again, though it is the same, makes the browser lay out and paint anew."""
    play(stack, scene, clips_dir, "both_right_720p")
    until(scene.page, "document.querySelector('#knees-forward')?.dataset.value === 'some'")
    written = scene.page.evaluate(
        """async () => {
          const text = nodes => [...nodes].map(node => node.textContent).join("");
          const again = ({ target, type, attributeName, oldValue, removedNodes, addedNodes }) =>
            type === "attributes"
              ? target.getAttribute(attributeName) === oldValue
              : removedNodes.length > 0 && text(removedNodes) === text(addedNodes);
          const counts = {};
          let frames = 0;
          const observer = new MutationObserver((records) => {
            for (const record of records) {
              const { target, type, attributeName } = record;
              const what = [target.tagName, target.id, target.getAttribute("class"),
                type, attributeName].join(" ");
              if (again(record)) counts[what] = (counts[what] ?? 0) + 1;
              frames += attributeName === "data-frame";
            }
          });
          observer.observe(document.body,
            { subtree: true, childList: true, attributes: true, attributeOldValue: true });
          const end = performance.now() + 60000;
          while (frames < 120 && performance.now() < end) await new Promise(requestAnimationFrame);
          observer.disconnect();
          return { frames, counts };
        }"""
    )
    assert written["frames"] >= 120
    assert sorted(written["counts"].items()) == []


def test_the_interface_is_described(browser: Browser, stack: ExitStack) -> None:
    station = stack.enter_context(Station(new_hub()))
    page = browser.new_page()
    stack.callback(page.close)
    page.goto(station.url + "api/docs")
    expect(page.locator("#paths tr td").first).to_have_text("GET /healthz")
