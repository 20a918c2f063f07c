"""A clinician's visit with the real program: a paired tablet steers it, another only looks on."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from browsing import chromium, settled, until
from playwright.sync_api import Browser, Page, expect
from program import TOELINE, Program, free_port

from edge.messages.verdict import CueKind
from edge.metrics.catalogue import METRICS

# A name in the clinic's network, so that the browser is not on the station itself.
NAME: Final = "station.clinic"
# The runner of the clip stands, walks and runs within 15 s; a busy machine takes longer.
PATIENCE_MS: Final = 150_000
CLIP: Final = Path(__file__).parents[1] / "clips" / "stands_then_runs.mp4"
# How far the angles of the neutral stance may be off the truth; the page rounds them.
NEUTRAL_DEG: Final = 4.5


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
        yield browser


def paired(browser: Browser, data: Path, port: int, role: str) -> Page:
    """Pair a tablet, as the printed link does when it is scanned."""
    told = subprocess.run(
        [TOELINE, "pair", "--role", role],
        env={"TOELINE_DATA": str(data), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    link = re.search(r"http://\S+/pair#\S+", told)
    assert link, told
    page = browser.new_context(viewport={"width": 820, "height": 1180}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(link.group())
    page.wait_for_url("**/tablet")
    return page


@pytest.mark.timeout(600)
def test_a_visit_with_two_tablets(browser: Browser, models_dir: Path, tmp_path: Path) -> None:
    port = free_port()
    where = ("--listen", "0.0.0.0", "--port", str(port), "--set", f"serve.name={NAME}")
    # Strides seen through a smaller model, as on a busy machine, would not count.
    whole = ("--set", "load.shed=false")
    with Program(
        "run", "--source", CLIP, "--loop", *where, *whole, data=tmp_path, models=models_dir
    ) as run:
        run.line()
        stranger = browser.new_context().new_page()
        stranger.goto(f"http://{NAME}:{port}/tablet")
        assert stranger.url.endswith("/pair")
        expect(stranger.locator("canvas")).to_have_count(0)

        tablet = paired(browser, tmp_path, port, "operator")
        begin(tablet)
        ask_for_neutral(tablet)
        looking_on(paired(browser, tmp_path, port, "viewer"))
        mark_pain(tablet)
        see_strides(tablet)
        replay(tablet)
        neutral_captured(tablet)
        tablet.click("#stop")
        expect(tablet.locator("#outcome")).to_have_text("Session stopped and saved.")
        run.signal(signal.SIGINT)
        assert run.ended() == 0, run.stderr
        assert "Traceback" not in run.stderr


def begin(page: Page) -> None:
    expect(page.locator("#link-words")).to_have_text("connected")
    page.click("#tab-setup")
    page.fill("#runner", "Anna K")
    page.click("#start")
    expect(page.locator("#session-wrong")).to_contain_text("32 letters, digits")
    page.fill("#runner", "R-017")
    page.fill("#speed", "10,8")
    page.fill("#incline", "1")
    expect(page.locator("#speed-words")).to_have_text("3.00 m/s")
    page.reload()
    # What was typed is still there.
    expect(page.locator("#speed")).to_have_value("10,8")
    page.click("#start")
    expect(page.locator("#outcome")).to_have_text("Session started.")
    expect(page.locator("#session-state")).to_contain_text("R-017 · recording")


def ask_for_neutral(page: Page) -> None:
    """Begin the measurement, wherever in the film it is: the runner stands before it is over."""
    page.click("#capture")
    expect(page.locator("#neutral")).to_have_attribute("data-state", "measuring")
    expect(page.locator("#neutral-progress")).to_be_visible()


def neutral_captured(page: Page) -> None:
    """It is there, with the angles at which this runner really stands."""
    page.click("#tab-setup")
    expect(page.locator("#neutral")).to_have_attribute("data-state", "done")
    angle = "(\u2212?\\d+)\u00b0"
    captured = re.compile(f"^Captured: knee {angle}, shin {angle}, foot {angle}\\.$")
    words = page.locator("#neutral-words")
    expect(words).to_have_text(captured)
    told = captured.match(words.inner_text())
    assert told is not None
    angles_deg = [int(degrees.replace("\u2212", "-")) for degrees in told.groups()]
    truth = json.loads(CLIP.with_suffix(".truth.json").read_text(encoding="utf-8"))
    true_deg = list(truth["standing"].values())
    assert angles_deg == pytest.approx(true_deg, abs=NEUTRAL_DEG)


def looking_on(page: Page) -> None:
    """A viewer sees everything, and can press nothing."""
    page.click("#tab-live")
    until(page, "Number(document.getElementById('view').dataset.frame) > 0")
    expect(page.locator("#role")).to_have_text("view only")
    expect(page.locator("#session-state")).to_contain_text("R-017")
    expect(page.locator("#cue-buttons button")).to_have_count(len(CueKind))
    controls = page.locator("[data-command]").all()
    assert controls
    for control in controls:
        expect(control).to_be_disabled()
    page.context.close()


def mark_pain(page: Page) -> None:
    page.click("#pain")
    expect(page.locator("#outcome")).to_have_text("Marked.")
    page.click("#tab-sessions")
    expect(page.locator("#marks li")).to_have_text(re.compile(r"^\d+:\d\d\.\d · pain$"))


def see_strides(page: Page) -> None:
    valid = "document.querySelectorAll('#strides tr.near:not(.invalid)').length >= 3"
    until(page, valid, None, PATIENCE_MS)
    page.click("#tab-trend")
    expect(page.locator("#trend-plots canvas")).to_have_count(4)
    expect(page.locator("#trend-none")).to_be_empty()


def replay(page: Page) -> None:
    """Freeze, step and compare the last ten seconds while the live view goes on."""
    page.click("#tab-strides")
    page.click("#fetch")
    expect(page.locator("#replay-words")).to_have_text(re.compile(r"^\d+ frames, "))
    expect(page.locator("#play")).to_have_text("Freeze")
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Play")
    shown = page.locator("#screens")
    # The frame at which it was stopped may still be decoded.
    frame = settled(page, "document.getElementById('screens').dataset.frame")
    page.click("#forth")
    expect(shown).not_to_have_attribute("data-frame", frame)
    page.click("#back")
    expect(shown).to_have_attribute("data-frame", frame)
    expect(page.locator(".chip.near").first).to_be_visible()
    for how in ("beside", "over"):
        page.click(f"[data-how={how}]")
        expect(page.locator(".chip[data-as=A]")).to_have_count(1)
        expect(page.locator(".chip[data-as=B]")).to_have_count(1)
    expect(page.locator("#curve-plots canvas")).to_have_count(3)
    expect(page.locator("#stride-metrics tr")).to_have_count(len(METRICS))
