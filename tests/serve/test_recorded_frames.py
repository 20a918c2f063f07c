"""Recorded sessions to watch: their strides and frames over HTTP, as the replay has them."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from struct import unpack_from

import pytest
from feed import Station, new_hub
from paired_browser import NAME, Browser, paired
from recordings import EXACT, record
from stored import film, only, put
from synthetic import Runner

from edge.messages.gait import Phase
from edge.messages.side import Side
from edge.record.privacy import Privacy
from edge.record.store import Store
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.sessions.recorded_frames import frames
from edge.serve.sessions.session_archive import SessionArchive
from edge.serve.wire import binary
from edge.settings.settings import Settings


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    put(
        folder,
        record(Runner(), 6.0, start_s=40.0).poses,
        runner="R-1",
        settings=Settings(gait=EXACT),
    )
    with Store(folder, create=False) as store:
        film(only(store), range(60, 90), (64, 36))
    return folder


@pytest.fixture(scope="module")
def station(data: Path) -> Iterator[tuple[Station, Rights]]:
    rights = Rights(data)
    archive = SessionArchive(data, keep_free_mb=0)
    with Station(new_hub(name=NAME), rights=rights, archive=archive, name=NAME) as running:
        yield running, rights


@pytest.fixture(scope="module")
def name(data: Path) -> str:
    with Store(data, create=False) as store:
        return only(store).name


def told(body: bytes) -> list[tuple[binary.FrameHeader, bytes]]:
    found, at = [], 0
    while at < len(body):
        (length,) = unpack_from("<I", body, at)
        header, jpeg = binary.unpack(body[at + 4 : at + 4 + length])
        assert isinstance(header, binary.FrameHeader)
        found.append((header, jpeg))
        at += 4 + length
    return found


def test_the_strides_are_those_of_the_store(
    station: tuple[Station, Rights], name: str, data: Path
) -> None:
    viewer = paired(*station, Role.VIEWER)
    status, headers, body = viewer.ask("GET", f"/api/sessions/{name}/strides")
    assert (status, headers["cache-control"]) == (200, "no-store")
    outline = json.loads(body)
    with Store(data, create=False) as store:
        session = only(store)
        near = [s for s in store.read(session).strides() if s.near]
    assert (outline["origin_s"], outline["last_s"]) == (session.origin_s, session.last_s)
    assert [s["start_s"] for s in outline["strides"]] == [s.start_s for s in near]
    assert len(near) > 4


def test_a_stretch_has_the_recorded_poses_and_the_pictures_of_its_frames(
    station: tuple[Station, Rights], name: str, data: Path
) -> None:
    viewer = paired(*station, Role.VIEWER)
    query = "from_s=40.5&seconds=1.5"
    status, headers, body = viewer.ask("GET", f"/api/sessions/{name}/frames?{query}")
    assert (status, headers["content-type"]) == (200, "application/x-toeline-frames")
    found = told(body)
    assert [header.frame for header, _ in found] == list(range(30, 120))
    assert all(40.5 <= (header.time_s or 0) < 42.0 for header, _ in found)
    assert {header.frame for header, jpeg in found if jpeg} == set(range(60, 90))
    with Store(data, create=False) as store:
        poses = {p.frame_index: p for p in store.read(only(store)).poses().settled()}
        strides = store.read(only(store)).strides()
    for header, _ in found:
        pose = poses[header.frame]
        for shown, point in zip(header.xy_px, pose.xy_px, strict=True):
            assert (shown is not None) is isfinite(point[0])
            if shown is not None:
                assert shown == pytest.approx(tuple(point), abs=0.11)
    near = next(s for s in strides if s.near and s.valid and s.start_s > 40.5)
    phases = {
        (header.right_phase if near.side is Side.RIGHT else header.left_phase)
        for header, _ in found
        if near.start_s <= (header.time_s or 0) < near.toe_off_s
    }
    assert phases == {Phase.STANCE}


def test_a_stretch_beyond_the_end_is_empty_and_one_too_long_is_refused(
    station: tuple[Station, Rights], name: str
) -> None:
    viewer = paired(*station, Role.VIEWER)
    base = f"/api/sessions/{name}/frames"
    assert viewer.ask("GET", f"{base}?from_s=900")[::2] == (200, b"")
    for query in ("", "?from_s=-1", "?from_s=1&seconds=13", "?from_s=nan", "?from_s=inf"):
        assert viewer.ask("GET", base + query)[0] == 422, query
    other = "/api/sessions/2026-01-01T00-00-00Z"
    for path in (f"{other}/frames?from_s=0", f"{other}/strides"):
        assert viewer.ask("GET", path)[0] == 404
        assert Browser(station[0]).ask("GET", path)[0] == 401


def test_skeleton_only_leaves_the_pictures_out(data: Path, name: str) -> None:
    archive = SessionArchive(data, keep_free_mb=0, privacy=Privacy(data))
    Privacy(data).switch(on=True)
    made = archive.frames("somebody", name, 40.5, 42.0)
    Privacy(data).switch(on=False)
    assert all(not jpeg for _, jpeg in told(made.path.read_bytes()))
    made.discard()
    with Store(data, create=False) as store:
        reader = store.read(only(store))
        assert b"".join(frames(reader, 40.5, 42.0, pictures=True)) != b"".join(
            frames(reader, 40.5, 42.0, pictures=False)
        )
        lines = [entry.detail for entry in store.audit.entries(20)]
    assert f"{name} as a replay" in lines
