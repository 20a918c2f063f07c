"""The beat in the samples that the audio engine renders, and on the live audio clock."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsing import PATIENCE_MS, chromium, until
from feed import Station, new_hub
from msgspec import structs
from playwright.sync_api import Browser, Page, expect
from relay import Relay
from scenes import opened

from edge.serve.control.command_router import FIRST_DISPLAY
from edge.serve.wire.session_messages import Session
from edge.serve.wire.status_messages import Display

# Two minutes are rendered; the page's timer is late by up to a second now and then, as in a tab
# that is busy or hidden. What counts is where the clicks begin in the rendered samples.
RENDER = """async ({fromSpm, toSpm, rampS, seconds, rate}) => {
  const { BeatPlan, Clicker } = await import("/metronome.js");
  const context = new OfflineAudioContext(1, seconds * rate, rate);
  const clicker = new Clicker(context, new BeatPlan({ fromSpm, toSpm, rampS }));
  clicker.pump();
  let seed = 7;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let at = 0.25; at < seconds - 0.1; at += 0.25 + (chance() < 0.1 ? 1.0 : 0.1) * chance()) {
    // The engine halts at whole blocks of 128 samples.
    const block = Math.ceil((at * rate) / 128) * 128 / rate;
    void context.suspend(block).then(() => {
      clicker.pump();
      context.resume();
    });
  }
  const samples = (await context.startRendering()).getChannelData(0);
  const onsets = [];
  for (let i = 0, quiet = 0; i < samples.length; i += 1) {
    if (Math.abs(samples[i]) < 1e-4) quiet += 1;
    else {
      if (quiet > 0.1 * rate || i === quiet) onsets.push(i / rate);
      quiet = 0;
    }
  }
  return { onsets, missed: clicker.missed };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def station() -> Iterator[Station]:
    with Station(new_hub()) as station:
        yield station


def ideal_s(count: int, from_spm: float, to_spm: float, ramp_s: float) -> list[float]:
    """Return beat times by stepping the rate in fine steps: nothing is shared with the page."""
    step_s = 1e-4
    times, beats, now_s = [0.0], 0.0, 0.0
    while len(times) < count:
        share = min(1.0, (now_s + step_s / 2) / ramp_s) if ramp_s else 1.0
        more = step_s * (from_spm + (to_spm - from_spm) * share) / 60
        if beats + more >= len(times):
            times.append(now_s + step_s * (len(times) - beats) / more)
        beats += more
        now_s += step_s
    return times


@pytest.mark.parametrize(
    ("from_spm", "to_spm", "ramp_s"),
    [(172.0, 172.0, 0.0), (166.0, 172.0, 90.0)],
    ids=["even", "ramp"],
)
def test_two_minutes_of_beats_are_within_five_milliseconds(
    browser: Browser,
    station: Station,
    record_property: Callable[[str, object], None],
    from_spm: float,
    to_spm: float,
    ramp_s: float,
) -> None:
    with opened(browser, station) as page:
        asked = {
            "fromSpm": from_spm,
            "toSpm": to_spm,
            "rampS": ramp_s,
            "seconds": 120,
            "rate": 44100,
        }
        rendered = page.evaluate(RENDER, asked)
    onsets = rendered["onsets"]
    assert rendered["missed"] == 0
    ideal = ideal_s(len(onsets), from_spm, to_spm, ramp_s)
    errors_ms = [1000 * (a - b - onsets[0]) for a, b in zip(onsets, ideal, strict=True)]
    record_property("largest_error_ms", round(max(map(abs, errors_ms)), 3))
    assert len(onsets) >= 338
    assert max(map(abs, errors_ms)) < 5.0


def sounding(**changes: Any) -> Display:
    beating = {"metronome_on": True, "metronome_spm": 180.0, "metronome_from_spm": 180.0}
    return structs.replace(FIRST_DISPLAY, **beating, **changes)


def beat(page: Page) -> str:
    return str(page.locator("#cadence").get_attribute("data-beat"))


def test_the_station_beats_when_told_and_is_silent_when_muted(
    browser: Browser, station: Station
) -> None:
    with opened(browser, station) as page:
        page.locator("h1").click(force=True)
        station.hub.publish(sounding())
        expect(page.locator("#sound")).to_have_attribute("data-sound", "on")
        changed = "document.getElementById('cadence').dataset.beat !== argument"
        for _ in range(4):
            until(page, changed, beat(page))
        station.hub.publish(sounding(muted=True))
        expect(page.locator("#sound")).to_have_attribute("data-sound", "off")
        assert page.evaluate(BEATS_IN_A_SECOND) == 0


def test_another_session_silences_the_page_before_the_station_says_so(
    browser: Browser, station: Station
) -> None:
    """This hub has no command handler, which would end the metronome by a message of its own."""
    with opened(browser, station) as page:
        page.locator("h1").click(force=True)
        station.hub.publish(sounding())
        until(page, "document.getElementById('cadence').dataset.beat")
        station.hub.publish(
            Session(
                name="20260131-1200", started_at="2026-01-31T12:00Z", recording=True, runner="A-12"
            )
        )
        until(page, "!document.getElementById('cadence').dataset.beat")
        assert page.evaluate(BEATS_IN_A_SECOND) == 0


def test_a_dead_link_silences_the_page_which_says_so(browser: Browser, station: Station) -> None:
    """Nobody could stop it: neither the tablet nor the end of the session reaches the page."""
    with Relay(station.port) as relay:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"http://127.0.0.1:{relay.port}/")
        page.locator("h1").click(force=True)
        station.hub.publish(sounding())
        until(page, "document.getElementById('cadence').dataset.beat")
        relay.freeze()
        told = "connection lost: the metronome has stopped"
        expect(page.locator("#cue-line")).to_contain_text(told, timeout=5_000)
        assert page.evaluate(BEATS_IN_A_SECOND) == 0
        relay.thaw()
        until(page, "document.getElementById('cadence').dataset.beat")
        page.close()


# In the page: beats that are shown within a second, of which there would be three.
BEATS_IN_A_SECOND = """() => new Promise(done => {
  let beats = 0;
  const watch = new MutationObserver(seen => { beats += seen.length; });
  watch.observe(document.getElementById("cadence"), {attributeFilter: ["data-beat"]});
  setTimeout(() => { watch.disconnect(); done(beats); }, 1000);
})"""


def test_a_browser_that_waits_for_a_tap_says_so(browser: Browser, station: Station) -> None:
    refusal = "AudioContext was not allowed to start"
    with opened(browser, station, known=refusal) as page:
        # Asking the page anything counts as a tap: the browser has to have refused before.
        with page.expect_console_message(lambda message: refusal in message.text):
            station.hub.publish(sounding())
        expect(page.locator("#sound")).to_have_text("Tap for sound")
        page.locator("#cadence").click()
        expect(page.locator("#sound")).to_have_text("Sound on")


def test_this_screen_can_be_muted_by_itself_and_stays_so(
    browser: Browser, station: Station
) -> None:
    with opened(browser, station) as page:
        # While the link is not known to stand the button may vanish, and the focus with it.
        for muted, shown in ((True, "off"), (False, "on")):
            station.hub.publish(structs.replace(FIRST_DISPLAY, muted=muted))
            expect(page.locator("#sound")).to_have_attribute("data-sound", shown)
        expect(page.locator("#sound")).to_be_visible()
        page.locator("#sound").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#sound")).to_have_text("Sound off")
        page.reload()
        expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
