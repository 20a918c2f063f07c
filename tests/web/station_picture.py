"""Take the README's moving picture of the running demo: PYTHONPATH=tests python this_file.

Chromium's screencast sends frames with their times; ffmpeg joins them at those times.
"""

import base64
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from browsing import chromium, until
from playwright.sync_api import Page
from program import Program, free_port

from edge.settings import paths

OUT: Final = paths.PACKAGE.parent / "docs" / "station.webp"
PATIENCE_MS: Final = 180_000
SECONDS: Final = 5.0
WIDTH, RATE, QUALITY = 960, 10, 55

# Both verdicts are known, both stills are drawn, and the latest stride has the sign of the mean.
READY: Final = """(() => {
  const words = [...document.querySelectorAll(".fault .word")].map(e => e.textContent);
  const known = words.every(word => ["good", "watch", "too much"].includes(word));
  const stills = [...document.querySelectorAll(".still canvas")].every(c => c.dataset.time);
  const shown = document.querySelector("#still-knee .value").textContent;
  const alike = shown[0] === document.querySelector("#knees-forward .number").textContent[0];
  return known && stills && alike && document.querySelectorAll("#strides tr").length === 6;
})()"""


def main() -> None:
    """Start the demo, wait until both verdicts are known, and record some seconds."""
    port = free_port()
    with (
        TemporaryDirectory() as folder,
        Program(
            "demo",
            "--no-browser",
            "--port",
            str(port),
            data=Path(folder) / "data",
            models=paths.models_dir(),
        ) as demo,
        chromium() as browser,
    ):
        demo.line()
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{port}/?theme=dark&lang=en")
        until(page, READY, patience_ms=PATIENCE_MS)
        join(screencast(page, SECONDS), Path(folder), OUT)


def screencast(page: Page, seconds: float) -> list[tuple[float, bytes]]:
    """Return the page's frames as JPEG, each with its time in seconds."""
    frames: list[tuple[float, bytes]] = []
    session = page.context.new_cdp_session(page)

    def keep(frame: dict[str, Any]) -> None:
        frames.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    # Encoding every frame would take the processor from the station.
    options = {"format": "jpeg", "quality": 80, "maxWidth": WIDTH, "everyNthFrame": 4}
    session.send("Page.startScreencast", options)
    page.wait_for_timeout(1000 * seconds)
    session.remove_listener("Page.screencastFrame", keep)
    session.send("Page.stopScreencast")
    return frames


def join(frames: list[tuple[float, bytes]], folder: Path, out: Path) -> None:
    """Write the frames as an animated WebP that loops forever."""
    lines = []
    for number, (time_s, data) in enumerate(frames):
        name = folder / f"{number:04}.jpg"
        name.write_bytes(data)
        later_s = frames[number + 1][0] if number + 1 < len(frames) else time_s + 1 / RATE
        lines.append(f"file '{name}'\nduration {later_s - time_s:.4f}\n")
    listing = folder / "frames.txt"
    listing.write_text("".join(lines), encoding="utf-8")
    subprocess.run(
        [
            *("ffmpeg", "-y", "-loglevel", "error", "-f", "concat", "-safe", "0"),
            *("-i", str(listing), "-vf", f"fps={RATE},scale={WIDTH}:-2"),
            *("-c:v", "libwebp_anim", "-quality", str(QUALITY), "-loop", "0", str(out)),
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
