"""The real thing, as a newcomer meets it: ``toeline demo``, the real model, and a browser."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from browsing import chromium, complaints_of, until
from playwright.sync_api import Browser, expect
from program import Program, free_port, health

CANNOT_TELL: Final = "can\u2019t tell"
# A verdict needs eight strides, which are six seconds; a busy machine may need another round.
PATIENCE_MS: Final = 120_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def text_of(selector: str) -> str:
    return f"document.querySelector('{selector}').textContent"


def only_what_is_pulled(folder: Path, models_dir: Path) -> Path:
    """Return a folder with the models of `make demo`: no smaller one can stand in for them."""
    folder.mkdir()
    for path in models_dir.glob("*.onnx"):
        if path.name in ("pose_detection.onnx", "pose_landmark_full.onnx"):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.mark.timeout(400)
def test_the_demo_shows_a_newcomer_the_whole_station(
    browser: Browser, models_dir: Path, tmp_path: Path
) -> None:
    port = free_port()
    arguments = ("demo", "--no-browser", "--port", str(port))
    models = only_what_is_pulled(tmp_path / "models", models_dir)
    with Program(*arguments, data=tmp_path / "data", models=models) as demo:
        url = f"http://127.0.0.1:{port}/"
        assert demo.line() == f"Toeline is running at {url}  (Ctrl-C to stop)\n"
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        complaints = complaints_of(page)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)

        expect(page.locator("#near-leg")).to_have_text("R near leg")
        for canvas in ("#picture", "#overlay", "#ribbon"):
            drawn = f"document.querySelector('{canvas}').toDataURL()"
            until(page, f"{drawn} !== argument", page.evaluate(drawn), PATIENCE_MS)
        expect(page.locator("#alarm")).to_be_hidden()

        told = " && ".join(
            (
                f"{text_of('#knees-forward .word')} !== argument",
                f"{text_of('#bent-push-off .word')} !== argument",
                f"Math.abs(Number({text_of('#cadence .number')}) - 166) <= 3",
                "document.querySelectorAll('#strides tr').length >= 4",
                "document.querySelector('#strides tr.near')",
            )
        )
        until(page, told, CANNOT_TELL, PATIENCE_MS)
        page.screenshot(path=tmp_path / "station.png")

        for still in ("#still-knee", "#still-push-off"):
            # It comes with a stride after the verdict.
            time = page.locator(f"{still} canvas")
            expect(time).to_have_attribute("data-time", re.compile(r"\d"), timeout=PATIENCE_MS)
            expect(page.locator(f"{still} .value")).to_have_text(re.compile(r"\d"))
        # A busy machine leaves something out, and says so.
        live = re.compile(r"^live(, limited)? · \d+ fps( · reduced)?$")
        expect(page.locator("#health-state")).to_have_text(live)
        assert complaints == []

        now = health(port)
        assert now["source"] == "demo.mp4"
        # A machine that cannot keep up is live with limits, and names them.
        assert now["state"] == "live" or (now["state"] == "degraded" and now["shed"])
        assert now["model"] == "full"
        # The page is still open and connected: that must not keep the station from ending.
        demo.signal(signal.SIGINT)
        assert demo.ended(within_s=15) == 0, demo.stderr
        assert "Traceback" not in demo.stderr
        page.close()
    # A demo is no session: it records nothing.
    assert not (tmp_path / "data").exists()
