"""A page that watches a served station, and what was served to it."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from browsing import PATIENCE_MS, complaints_of, until
from feed import ClipFeed, Player, Station, new_hub
from playwright.sync_api import Browser, Page

from edge.serve.wire import binary

PAINTED = "Number(document.getElementById('view').dataset.frame ?? -1)"
# The clip is played in rounds of these seconds, so that a round is soon over.
ROUND_S = 8.0
# No verdict within the length of any clip.
NEVER = 10**6


@contextmanager
def opened(
    browser: Browser,
    station: Station,
    path: str = "",
    size: tuple[int, int] = (1280, 800),
    known: str = "nothing is known",
    **how: Any,
) -> Iterator[Page]:
    """Open a page of the station; it must complain of nothing but what is known."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints = complaints_of(page)
    page.goto(station.url + path)
    try:
        yield page
    except BaseException as error:
        error.add_note(f"What the page complained of before: {complaints}")
        raise
    context.close()
    assert [text for text in complaints if known not in text] == []


@contextmanager
def clip_playing(
    clips_dir: Path, name: str, judged_after: int = 2
) -> Iterator[tuple[Station, Player]]:
    """Serve a clip with its truth, round after round."""
    with (
        Station(new_hub()) as station,
        Player(ClipFeed(clips_dir, name, judged_after), station.hub, ROUND_S) as player,
    ):
        yield station, player


# In the page: keep every text that the cue line shows from here on, with its time in seconds.
_KEEP_CUES = """() => {
  window.cues = [];
  const cue = document.getElementById("cue");
  new MutationObserver(() => window.cues.push([performance.now() / 1000, cue.textContent]))
    .observe(cue, {childList: true});
}"""


def keep_cues(page: Page) -> Callable[[], list[tuple[float, str]]]:
    """Return what tells the texts of the cue line since now, each with its time in seconds."""
    page.evaluate(_KEEP_CUES)
    return lambda: [(time_s, text) for time_s, text in page.evaluate("window.cues")]


def until_frames(page: Page, count: int = 1) -> None:
    """Wait until this many more frames have been painted."""
    until(page, f"{PAINTED} >= argument", int(page.evaluate(PAINTED)) + count)


def replayed(station: Station, seconds: float = 3.0) -> list[binary.FrameHeader]:
    """Return the headers of the last frames, as the station serves them."""
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"{station.url}api/replay?seconds={seconds:g}", timeout=30) as reply:
        data = reply.read()
    headers = []
    while data:
        (length,) = struct.unpack_from("<I", data)
        header, _ = binary.unpack(data[4 : 4 + length])
        assert isinstance(header, binary.FrameHeader)
        headers.append(header)
        data = data[4 + length :]
    return headers
