"""Take the README's picture of the running demo: PYTHONPATH=tests python this_file."""

import struct
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from browsing import chromium, until
from numpy.typing import NDArray
from program import Program, free_port

from edge.messages.arrays import Image
from edge.settings import paths

OUT = paths.PACKAGE.parent / "docs" / "station.png"
COLOURS = 256
PATIENCE_MS = 180_000

TOLD = """(() => {
  const words = [...document.querySelectorAll(".fault .word")].map(e => e.textContent);
  const told = words.every(word => ["good", "watch", "too much"].includes(word));
  const stills = [...document.querySelectorAll(".still canvas")].every(c => c.dataset.time);
  const shown = document.querySelector("#still-knee .value").textContent;
  // The latest stride should be like the mean, for a reader to see what belongs together.
  const alike = shown[0] === document.querySelector("#knees-forward .number").textContent[0];
  return told && stills && alike && document.querySelectorAll("#strides tr").length === 6;
})()"""


PAINTED = "Number(document.getElementById('view').dataset.frame)"


def main() -> None:
    """Start the demo, wait until both verdicts are told, and write the picture."""
    port = free_port()
    with (
        TemporaryDirectory() as folder,
        Program(
            "demo",
            "--no-browser",
            "--port",
            str(port),
            data=Path(folder),
            models=paths.models_dir(),
        ) as demo,
        chromium() as browser,
    ):
        demo.line()
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"http://127.0.0.1:{port}/?theme=dark&lang=en")
        until(page, TOLD, patience_ms=PATIENCE_MS)
        # The markers of the bars move to their places.
        painted = int(page.evaluate(PAINTED))
        until(page, f"{PAINTED} >= argument", painted + 25)
        data = np.frombuffer(page.screenshot(), np.uint8)
    picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(palette_png(picture))


def palette_png(image: Image) -> bytes:
    """Return the picture, BGR, as a PNG of few colours, which is small."""
    pixels = image.reshape(-1, 3)
    sample = pixels[:: max(1, len(pixels) // 40_000)].astype(np.float32)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 12, 0.0)
    cv2.setRNGSeed(1)
    how = cv2.KMEANS_PP_CENTERS
    _, _, found = cv2.kmeans(sample, COLOURS, np.empty(0, np.int32), stop, 1, how)
    centres = np.asarray(found, dtype=np.float32)
    coarse, place = np.unique(pixels >> 1, axis=0, return_inverse=True)
    table = np.array([_nearest(colour, centres) for colour in coarse * 2.0 + 0.5], np.uint8)
    rows = table[place.reshape(image.shape[:2])]
    height, width = rows.shape
    # No filter: neighbouring numbers of a palette have nothing to do with each other.
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", np.round(centres[:, ::-1]).astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _nearest(colour: NDArray[np.float64], centres: NDArray[np.float32]) -> int:
    return int(((centres - colour) ** 2).sum(axis=1).argmin())


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
