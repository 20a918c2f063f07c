"""Take the screenshots in docs/screens.

``PYTHONPATH=tests:tests/web python tests/tools/make_screens.py SHARED/data/clips``. The real server
and pages are used, with clips played from their ground truth; ``--only NAME`` takes one.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import isnan, nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from browsing import chromium, until
from feed import ClipFeed, Player, Station, healthy, new_hub
from msgspec import structs
from playwright.sync_api import Browser, Page
from recordings import EXACT, record
from stored import put
from synthetic import Form, Runner

from edge.exercises.set_up_check.findings import (
    blur_line,
    centre_line,
    feet_line,
    frame_rate_line,
    lens_height_line,
    light_line,
    roll_line,
    runner_size_line,
    squareness_line,
)
from edge.i18n.word_catalogue import load
from edge.messages.health import StationState
from edge.messages.verdict import Cue
from edge.record.store import Store
from edge.serve.access.roles import Role
from edge.serve.control.command_router import FIRST_DISPLAY, qr_rows
from edge.serve.live.hub import Hub
from edge.serve.sessions.session_archive import SessionArchive
from edge.serve.wire import session_messages, status_messages
from edge.serve.wire.commands import Mode, Panel, Shown
from edge.settings.settings import Settings

OUT: Final = Path(__file__).parents[2] / "docs" / "screens"
QUALITY: Final = 72
SESSION: Final = "20261123-101500-R-017"
PATIENCE_MS: Final = 120_000
WIDE, FLAT, TALL = (1920, 1080), (1280, 800), (820, 1180)
STRIDES_SEEN: Final = "document.querySelectorAll('#strides tr').length >= 6"
STILLS_SEEN: Final = (
    "[...document.querySelectorAll('.still canvas')].every(canvas => canvas.dataset.time)"
)


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One screenshot: page, clip, size, and the actions before it is taken."""

    name: str
    size: tuple[int, int]
    path: str = ""
    clip: str = "both_right_720p"
    before: Callable[[Page, Station, Player], None] | None = None
    ready: str = f"{STRIDES_SEEN} && {STILLS_SEEN}"
    look: str = "theme=dark&lang=en"


def display(hub: Hub, **changes: Any) -> None:
    """Change the station's display."""
    hub.publish(structs.replace(FIRST_DISPLAY, **changes))


def limits(hub: Hub) -> None:
    """Publish the limits and a cadence target."""
    hub.publish(
        status_messages.Limits(
            knee_toe_amber_pct=0.0,
            knee_toe_red_pct=4.0,
            push_off_amber_deg=22.5,
            push_off_red_deg=27.5,
            baseline_spm=166.0,
            target_low_spm=171.0,
            target_high_spm=174.0,
            cadence_is_cue=True,
        )
    )


def session(hub: Hub) -> None:
    """Publish a session that is being recorded."""
    hub.publish(
        session_messages.Session(
            name=SESSION,
            started_at="2026-11-23T10:15:00",
            recording=True,
            runner="R-017",
            started_s=0.0,
            belt_speed_mps=3.0,
            incline_pct=1.0,
        )
    )


def marks(hub: Hub) -> None:
    """Publish two marks and a neutral stance."""
    for kind, time_s in (("pain_now", 4.2), ("moment", 6.8)):
        hub.publish(status_messages.Mark(kind=kind, note="", time_s=time_s, session=SESSION))
    hub.publish(
        status_messages.Neutral(
            state=status_messages.Progress.DONE,
            progress=1.0,
            code="ok",
            text="",
            kept=True,
            captured_at_s=1.0,
            knee_flexion_deg=3.1,
            shank_angle_deg=4.0,
            foot_angle_deg=1.2,
        )
    )


def checked(hub: Hub) -> None:
    """Publish a finished set-up check with each of the three results."""
    lines = (
        frame_rate_line(np.full(300, 1 / 60)),
        light_line(120.0, 0.05, 0.01),
        blur_line(0.2, 100),
        runner_size_line(0.71, 0.75),
        centre_line(0.1),
        squareness_line(nan),
        roll_line(1.4),
        lens_height_line(0.8),
        feet_line(0.0, (), 100),
    )
    checks = tuple(
        status_messages.Check(
            name=line.name,
            finding=status_messages.Finding(line.result),
            code=line.code,
            text=line.text(load("en")),
            value=None if isnan(line.value) else round(line.value, 2),
            unit=line.unit,
        )
        for line in lines
    )
    hub.publish(
        status_messages.SetUp(
            state=status_messages.Progress.DONE, progress=1.0, text="", checks=checks
        )
    )


def published(page: Page, station: Station, _: Player) -> None:
    """Send the pages limits, a session and a check."""
    limits(station.hub)
    marks(station.hub)
    checked(station.hub)
    settle(page)


def coaching(page: Page, station: Station, _: Player) -> None:
    """Send a cue and a target."""
    limits(station.hub)
    station.hub.publish(
        Cue(kind="cadence", wording="Quicker, lighter steps: 171 to 174 a minute", issued_at_s=1e6)
    )
    settle(page)


def filming(page: Page, station: Station, player: Player) -> None:
    """Record video of the runner."""
    published(page, station, player)
    player.health = replace(healthy(), video=True)
    until(page, "!document.getElementById('on-record').hidden")
    settle(page)


def frozen(page: Page, station: Station, player: Player) -> None:
    """Stop the camera."""
    player.paused.set()
    station.hub.publish_health(
        replace(healthy(StationState.NO_CAMERA, "camera lost, trying again"), frame_age_s=3.0)
    )
    page.wait_for_timeout(3000)


def in_mode(**changes: Any) -> Callable[[Page, Station, Player], None]:
    """Return an action that changes the station's display."""

    def change(page: Page, station: Station, _: Player) -> None:
        limits(station.hub)
        display(station.hub, **changes)
        settle(page, 2500)

    return change


def pairing(page: Page, station: Station, _: Player) -> None:
    """Show a code for a tablet."""
    url = "http://station.local:8765/pair"
    station.hub.publish(
        status_messages.Pairing(
            role=Role.OPERATOR, url=url, code="4821-7730", qr=qr_rows(url + "#x" * 12), left_s=118.0
        )
    )
    settle(page)


def replay(how: str) -> Callable[[Page, Station, Player], None]:
    """Return an action that fetches the last seconds and compares two strides."""

    def fetch(page: Page, station: Station, player: Player) -> None:
        published(page, station, player)
        page.click("#fetch")
        page.wait_for_selector(".chip", timeout=PATIENCE_MS)
        page.click(f"[data-how={how}]")
        page.evaluate("document.getElementById('scrub').value = 330")
        page.dispatch_event("#scrub", "input")
        settle(page)

    return fetch


def choosing(*numbers: int) -> Callable[[Page, Station, Player], None]:
    """Return an action that selects sessions, counted from the newest, and compares two."""

    def choose(page: Page, station: Station, player: Player) -> None:
        published(page, station, player)
        for number in numbers:
            page.locator("#kept .chip").nth(number).click()
        if len(numbers) == 2:
            page.wait_for_selector("#compared-rows tr", timeout=PATIENCE_MS)
        settle(page)

    return choose


def deleting(page: Page, station: Station, player: Player) -> None:
    """Request a deletion without confirming it."""
    choosing(2)(page, station, player)
    page.click("#delete")
    settle(page)


def wrong(page: Page, station: Station, player: Player) -> None:
    """Type a name with a space into the form."""
    published(page, station, player)
    page.fill("#runner", "Anna K")
    page.fill("#speed", "10,8")
    page.click("#start")
    settle(page)


def viewer(page: Page, station: Station, player: Player) -> None:
    """Give the page a viewer's role."""
    published(page, station, player)
    station.hub.publish(status_messages.You(role=Role.VIEWER, local=False, label="Tablet 2"))
    settle(page)


def settle(page: Page, pause_ms: int = 1200) -> None:
    """Wait until bars and pictures have settled."""
    page.wait_for_timeout(pause_ms)


METRONOME: Final = {
    "metronome_on": True,
    "metronome_spm": 172.0,
    "metronome_from_spm": 166.0,
    "metronome_ramp_s": 90.0,
}
PAINTED: Final = "Number(document.getElementById('view').dataset.frame) > 240"
TABLET: Final = "document.getElementById('link-state').dataset.linked === 'true'"


def tab_before(
    tab: str, how: str, size: tuple[int, int]
) -> Callable[[Page, Station, Player], None]:
    """Return the action in a tab before its screenshot."""
    if tab == "strides":
        return replay(how)
    if tab == "sessions":
        return choosing(0, 1) if size == FLAT else choosing(1)
    return published


def tablet_shots() -> Iterator[Shot]:
    """Yield the tablet's tabs in both orientations."""
    for size, suffix in ((FLAT, "1280x800"), (TALL, "820x1180"), (WIDE, "1920x1080")):
        look = "theme=light&lang=en" if size == TALL else "theme=dark&lang=en"
        for tab in ("setup", "live", "strides", "trend", "sessions"):
            if size == WIDE and tab not in ("live", "strides"):
                continue
            how = "beside" if size == FLAT else "over"
            yield Shot(
                name=f"tablet-{tab}-{suffix}",
                size=size,
                path=f"tablet?tab={tab}&",
                before=tab_before(tab, how, size),
                ready=TABLET,
                look=look,
            )
    light = "theme=light&lang=en"
    for name, tab, before in (
        ("wrong", "setup", wrong),
        ("viewer", "live", viewer),
        ("deleting", "sessions", deleting),
        ("filming", "live", filming),
    ):
        yield Shot(
            name=f"tablet-{name}-1280x800",
            size=FLAT,
            path=f"tablet?tab={tab}&",
            before=before,
            ready=TABLET,
            look=light,
        )
    for tab in ("live", "setup", "sessions"):
        yield Shot(
            name=f"tablet-german-{tab}-820x1180",
            size=TALL,
            path=f"tablet?tab={tab}&",
            before=choosing(0, 1) if tab == "sessions" else published,
            ready=TABLET,
            look="theme=dark&lang=de",
        )


def station_shots() -> Iterator[Shot]:
    """Yield the station display in its states."""
    yield Shot(name="station-coach-1920x1080", size=WIDE, before=coaching)
    yield Shot(name="station-coach-1280x800", size=FLAT, before=coaching)
    yield Shot(name="station-coach-820x1180", size=TALL, before=coaching)
    light = "theme=light&lang=de"
    yield Shot(name="station-good-light-german", size=WIDE, clip="good_left", look=light)
    yield Shot(
        name="station-walking", size=WIDE, clip="walk_right", ready=PAINTED, before=in_mode()
    )
    yield Shot(name="station-no-camera", size=WIDE, before=frozen)
    yield Shot(name="station-mirror", size=WIDE, before=in_mode(mode=Mode.MIRROR))
    yield Shot(
        name="station-metronome", size=WIDE, before=in_mode(mode=Mode.METRONOME, **METRONOME)
    )
    yield Shot(name="station-blank", size=WIDE, before=in_mode(mode=Mode.BLANK))
    yield Shot(name="station-replay", size=WIDE, before=in_mode(mode=Mode.REPLAY))
    yield Shot(name="station-skeleton", size=WIDE, before=in_mode(shown=Shown.SKELETON))
    table = (Panel.KNEES_FORWARD, Panel.STRIDES, Panel.RIBBON, Panel.CUE, Panel.CADENCE)
    yield Shot(name="station-table", size=WIDE, before=in_mode(panels=table))
    yield Shot(name="station-filming", size=WIDE, before=filming)
    yield Shot(name="station-pairing", size=WIDE, before=pairing)


def keep_visits(data: Path) -> None:
    """Record visits of two runners, some weeks apart."""
    visits = (
        ("R-017", 164.0, "2026-10-12T08:05:00Z"),
        ("R-021", 170.0, "2026-10-30T15:40:00Z"),
        ("R-017", 170.0, "2026-11-09T08:10:00Z"),
        ("R-017", 174.0, "2026-11-23T10:15:00Z"),
    )
    for runner, cadence_spm, begun_at in visits:
        poses = record(Runner(form=Form(cadence_spm=cadence_spm)), 12.0).poses
        name = put(data, poses, runner=runner, settings=Settings(gait=EXACT))
        with Store(data) as store, store.file.transaction() as database:
            database.execute("UPDATE sessions SET begun_at = ? WHERE name = ?", (begun_at, name))


@contextmanager
def playing(clips: Path, clip: str, data: Path) -> Iterator[tuple[Station, Player]]:
    """Serve a clip and the recorded sessions."""
    with (
        Station(new_hub(), archive=SessionArchive(data, keep_free_mb=0)) as station,
        Player(ClipFeed(clips, clip), station.hub, 8.0) as player,
    ):
        yield station, player


def take(browser: Browser, clips: Path, data: Path, shot: Shot) -> None:
    """Take one screenshot."""
    width, height = shot.size
    with playing(clips, shot.clip, data) as (station, player):
        page = browser.new_page(viewport={"width": width, "height": height})
        joined = "" if shot.path.endswith("&") else "?"
        page.goto(f"{station.url}{shot.path}{joined}{shot.look}")
        until(page, shot.ready, patience_ms=PATIENCE_MS)
        if shot.path:
            # Strides of this session, of which the trends are.
            session(station.hub)
            page.wait_for_timeout(9000)
        if shot.before:
            shot.before(page, station, player)
        page.screenshot(path=OUT / f"{shot.name}.jpg", type="jpeg", quality=QUALITY)
        page.close()


def main() -> None:
    """Take the screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    with chromium() as browser, TemporaryDirectory() as folder:
        data = Path(folder)
        keep_visits(data)
        for shot in (*station_shots(), *tablet_shots()):
            if asked.only in shot.name:
                take(browser, asked.clips, data, shot)


if __name__ == "__main__":
    main()
