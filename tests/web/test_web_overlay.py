"""What is drawn on the picture lies where the served keypoints of that very frame are."""

from collections.abc import Iterator
from itertools import pairwise
from math import dist
from pathlib import Path

import pytest
from browsing import chromium, until
from playwright.sync_api import Browser
from scenes import NEVER, PAINTED, clip_playing, opened, replayed, until_frames

from edge.messages.side import Side
from edge.serve.wire.binary import FrameHeader
from edge.serve.wire.wire_types import Point

# Hip, ankle and toe of the near leg carry a bright dot.
DOTTED = {Side.LEFT: (23, 27, 31), Side.RIGHT: (24, 28, 32)}

# Which frame is shown and, round each of its expected places, the middle of the opaque bright
# pixels; in pixels of the picture. One call, so that no other frame comes between.
DOTS = """([expected, size]) => {
  const frame = document.getElementById("view").dataset.frame;
  const points = expected[frame];
  if (!points) return { frame, dots: null };
  const canvas = document.querySelector("#view .overlay");
  const [left, top, width] = canvas.dataset.box.split(" ").map(Number);
  const scale = width / size[0];
  const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const round = Math.ceil(14 * Math.max(scale, 0.5));
  const dots = points.map(([px, py]) => {
    const [cx, cy] = [Math.round(left + px * scale), Math.round(top + py * scale)];
    let [n, sx, sy] = [0, 0, 0];
    for (let y = cy - round; y <= cy + round; y += 1)
      for (let x = cx - round; x <= cx + round; x += 1) {
        const at = 4 * (y * canvas.width + x);
        if (image.data[at] > 235 && image.data[at + 1] > 235 && image.data[at + 3] > 250) {
          n += 1; sx += x + 0.5; sy += y + 0.5;
        }
      }
    return n ? [(sx / n - left) / scale, (sy / n - top) / scale] : null;
  });
  return { frame, dots };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize(
    ("path", "size", "clip"),
    [
        ("", (1920, 1080), "good_right"),
        ("", (1280, 720), "both_right_720p"),
        ("tablet?tab=live", (820, 1180), "good_left"),
    ],
    ids=["station", "station-720p", "tablet"],
)
def test_the_points_lie_where_the_served_frame_has_them(
    browser: Browser, clips_dir: Path, path: str, size: tuple[int, int], clip: str
) -> None:
    with (
        clip_playing(clips_dir, clip, NEVER) as (station, player),
        opened(browser, station, path, size, known="willReadFrequently") as page,
    ):
        toes: list[tuple[float, float]] = []
        until_frames(page, 5)
        for _ in range(4):
            player.paused.set()
            until(page, f"{PAINTED} >= argument", replayed(station, 0.2)[-1].frame)
            served = {str(header.frame): header for header in replayed(station, 0.5)}
            size_px = next(iter(served.values())).size_px
            shown = page.evaluate(DOTS, [{n: places(h) for n, h in served.items()}, list(size_px)])
            expected = places(served[shown["frame"]])
            for at, place in zip(shown["dots"], expected, strict=True):
                assert at is not None
                assert place is not None
                assert dist(at, place) <= 2.0, f"frame {shown['frame']}"
            toes.append(shown["dots"][-1])
            player.paused.clear()
            until_frames(page, 9)
        # The foot moves so far between them that another frame's points would have been noticed.
        assert max(dist(a, b) for a, b in pairwise(toes)) > 10.0


def places(header: FrameHeader) -> list[Point]:
    assert header.near_side is not None
    return [header.xy_px[i] for i in DOTTED[header.near_side]]
