"""The recorded sessions over HTTP: who may look, who may take along and delete, and the audit."""

import fcntl
import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feed import Station, new_hub
from paired_browser import NAME, Browser, paired
from recordings import EXACT, record
from stored import put
from synthetic import Runner

from edge.messages.visit import Block, StepKind
from edge.record.leftovers import HANDED_OUT
from edge.record.recording_lock import LOCK
from edge.record.store import DATABASE, Store
from edge.record.visits import cut_blocks
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.sessions.archive import GivenOut
from edge.serve.sessions.session_archive import SessionArchive
from edge.settings.clinic_settings import ClinicSettings
from edge.settings.settings import Settings

SETTINGS = Settings(gait=EXACT)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str, str]]:
    """Two visits of one runner, and one of another."""
    data = tmp_path_factory.mktemp("recorded")
    poses = record(Runner(), 8.0).poses
    first, second, third = (
        put(data, poses, runner=runner, settings=SETTINGS) for runner in ("R-1", "R-1", "R-2")
    )
    return data, (first, second, third)


@pytest.fixture
def data(recorded: tuple[Path, tuple[str, str, str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded[0], tmp_path / "data"))


@pytest.fixture
def names(recorded: tuple[Path, tuple[str, str, str]]) -> tuple[str, str, str]:
    return recorded[1]


@pytest.fixture
def rights(data: Path) -> Rights:
    return Rights(data)


@pytest.fixture
def station(data: Path, rights: Rights) -> Iterator[Station]:
    archive = SessionArchive(data, keep_free_mb=0)
    with Station(new_hub(name=NAME), rights=rights, archive=archive, name=NAME) as running:
        yield running


@pytest.fixture
def operator(station: Station, rights: Rights) -> Browser:
    return paired(station, rights, Role.OPERATOR)


@pytest.fixture
def viewer(station: Station, rights: Rights) -> Browser:
    return paired(station, rights, Role.VIEWER)


def listed(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    status, _, body = browser.ask("GET", f"/api/sessions{query}")
    assert status == 200
    sessions: list[dict[str, Any]] = json.loads(body)
    return sessions


def audited(browser: Browser) -> list[str]:
    lines = json.loads(browser.ask("GET", "/api/audit")[2])
    return [f"{line['who']} {line['what']} {line['detail']}" for line in lines]


def test_the_list_is_that_of_the_store(viewer: Browser, names: tuple[str, str, str]) -> None:
    assert [session["name"] for session in listed(viewer)] == list(reversed(names))
    first = listed(viewer, "?runner=R-1&most=1&skip=1")
    assert [session["name"] for session in first] == [names[0]]
    assert first[0]["state"] == "ended"
    assert first[0]["belt_speed_mps"] == 2.8
    assert first[0]["duration_s"] == pytest.approx(8, abs=0.1)
    assert first[0]["strides"] >= first[0]["valid_strides"] > 10
    assert listed(viewer, "?runner=nobody") == []


def test_the_unpaired_get_nothing_and_a_viewer_takes_nothing_along(
    station: Station, viewer: Browser, names: tuple[str, str, str]
) -> None:
    base = f"/api/sessions/{names[0]}"
    doors = (
        ("GET", "/api/sessions"),
        ("GET", f"/api/sessions/compare?one={names[0]}&other={names[1]}"),
        ("GET", f"/api/sessions/report?name={names[0]}"),
        ("GET", f"{base}/experiment"),
        ("GET", f"/api/sessions/document/letter?name={names[0]}"),
        ("POST", f"{base}/export"),
        ("DELETE", base),
    )
    for method, path in doors:
        assert Browser(station).ask(method, path)[0] == 401, path
    for method, path in doors[5:]:
        assert viewer.ask(method, path)[0] == 403, path
    assert len(listed(viewer)) == 3


def test_two_visits_are_compared_the_earlier_first(
    viewer: Browser, names: tuple[str, str, str]
) -> None:
    status, _, body = viewer.ask("GET", f"/api/sessions/compare?one={names[1]}&other={names[0]}")
    told = json.loads(body)
    assert status == 200
    assert (told["before"], told["after"], told["same_runner"]) == (names[0], names[1], True)
    (leg,) = told["legs"]
    knee = next(c for c in leg["changes"] if c["metric"] == "knee_toe_offset_pct")
    assert (knee["change"], knee["limit"], knee["judged"]) == (0, 5, "within_error")
    other = viewer.ask("GET", f"/api/sessions/compare?one={names[1]}&other={names[2]}")
    assert json.loads(other[2])["same_runner"] is False
    same = viewer.ask("GET", f"/api/sessions/compare?one={names[1]}&other={names[1]}")
    assert same[0] == 404


def test_a_visits_blocks_are_compared(
    data: Path, operator: Browser, viewer: Browser, names: tuple[str, str, str]
) -> None:
    with Store(data) as store, store.file.transaction() as database:
        origin_s = store.session(names[0]).origin_s
        cut_blocks(
            database,
            [
                Block(
                    number=number,
                    session=names[0],
                    step=kind.value,
                    kind=kind,
                    start_s=origin_s + 4 * number,
                    end_s=origin_s + 4 * (number + 1),
                )
                for number, kind in enumerate((StepKind.BASELINE, StepKind.RETENTION))
            ],
        )
    base = f"/api/sessions/{names[0]}/experiment"
    status, headers, body = viewer.ask("GET", f"{base}?language=de")
    told = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    (leg,) = told["legs"]
    assert [block["kind"] for block in leg["blocks"]] == ["baseline", "retention"]
    # Four seconds have five strides.
    assert leg["conclusion"]["code"] == "too_few_strides"
    assert leg["conclusion"]["text"].startswith("Zu wenige Schritte")
    status, headers, body = viewer.ask("GET", f"{base}?format=csv")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/csv")
    assert headers["content-disposition"] == 'attachment; filename="blocks.csv"'
    assert body.startswith(b"side,block,kind,cue,")
    assert viewer.ask("GET", base.replace("2", "1", 1))[0] == 404
    assert viewer.ask("GET", f"{base}?language=xx")[0] == 404
    assert audited(operator)[-1] == f"device 2 viewed the blocks of {names[0]}"


def test_sheet_and_letter_are_opened_in_the_clinics_name(
    data: Path, rights: Rights, names: tuple[str, str, str]
) -> None:
    clinic = ClinicSettings(name="Physio am Park")
    archive = SessionArchive(data, keep_free_mb=0, clinic=clinic)
    with Station(new_hub(name=NAME), rights=rights, archive=archive, name=NAME) as station:
        viewer = paired(station, rights, Role.VIEWER)
        for what in GivenOut:
            query = f"name={names[1]}&name={names[0]}&language=de"
            status, headers, page = viewer.ask("GET", f"/api/sessions/document/{what}?{query}")
            assert (status, headers["cache-control"]) == (200, "no-store")
            assert headers["content-disposition"].startswith("inline")
            assert b"Physio am Park" in page
            assert b'<html lang="de">' in page
            kept = f"/api/sessions/document/{what}?name={names[0]}&format=pdf&download=true"
            assert viewer.ask("GET", kept)[2].startswith(b"%PDF-")
        for query in (f"name={names[0]}&language=xx", "name=2026-01-01T00-00-00Z"):
            assert viewer.ask("GET", f"/api/sessions/document/sheet?{query}")[0] == 404
        three = "&".join(f"name={name}" for name in names)
        assert viewer.ask("GET", f"/api/sessions/document/sheet?{three}")[0] == 422
        assert viewer.ask("GET", f"/api/sessions/document/bill?name={names[0]}")[0] == 422
        others = viewer.ask("GET", f"/api/sessions/document/sheet?name={names[0]}&name={names[2]}")
        assert others[0] == 503
        assert b"belong to different runners" in others[2]
        lines = audited(paired(station, rights, Role.OPERATOR))
    for what in GivenOut:
        assert any(line.endswith(f"{what} {names[1]} html") for line in lines)


def test_a_report_is_opened_or_kept(viewer: Browser, names: tuple[str, str, str]) -> None:
    status, headers, page = viewer.ask("GET", f"/api/sessions/report?name={names[0]}")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert headers["content-disposition"].startswith("inline")
    # Its own style is let in, and nothing else; no cache keeps it.
    assert headers["content-security-policy"] == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert b"R-1" in page
    query = "&".join(f"name={name}" for name in names[:2])
    status, headers, pdf = viewer.ask(
        "GET", f"/api/sessions/report?{query}&format=pdf&download=true"
    )
    assert status == 200
    assert headers["content-disposition"] == f'attachment; filename="toeline-{names[1]}.pdf"'
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["folder", "json", "trc", "parquet"])
def test_a_session_is_handed_out(kind: str, operator: Browser, names: tuple[str, str, str]) -> None:
    status, headers, body = operator.ask("POST", f"/api/sessions/{names[0]}/export?format={kind}")
    assert status == 200, body
    assert headers["content-disposition"].startswith(f'attachment; filename="{names[0]}.')
    if kind in ("folder", "parquet"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            tables = {Path(name).name for name in packed.namelist()}
        wanted = "session.json" if kind == "folder" else "poses.parquet"
        assert wanted in tables
    elif kind == "json":
        assert json.loads(body)["session"]["name"] == names[0]
    else:
        assert body.startswith(b"PathFileType")


def test_what_was_handed_out_does_not_stay(data: Path, names: tuple[str, str, str]) -> None:
    with Station(archive=SessionArchive(data, keep_free_mb=0)) as station:
        local = Browser(station, "127.0.0.1")
        assert local.ask("POST", f"/api/sessions/{names[0]}/export?format=json")[0] == 200
        assert local.ask("GET", f"/api/sessions/compare?one={names[0]}&other={names[1]}")[0] == 200
    assert list((data / HANDED_OUT).iterdir()) == []


def test_a_deleted_session_is_gone(
    operator: Browser, names: tuple[str, str, str], data: Path
) -> None:
    assert operator.ask("DELETE", f"/api/sessions/{names[1]}")[0] == 204
    assert [session["name"] for session in listed(operator)] == [names[2], names[0]]
    assert not (data / "sessions" / names[1]).exists()
    assert operator.ask("DELETE", f"/api/sessions/{names[1]}")[0] == 404


def test_deletion_names_the_stores_it_did_not_reach(
    operator: Browser, names: tuple[str, str, str], data: Path
) -> None:
    for ending in (".damaged-2", ".damaged-1", ".damaged-1-wal", ".damaged-old"):
        (data / f"{DATABASE}{ending}").write_bytes(b"rows")
    os.utime(data / f"{DATABASE}.damaged-2", (2e9, 2e9))
    status, _, body = operator.ask("DELETE", f"/api/sessions/{names[1]}")
    assert status == 200
    left = [f"{DATABASE}.damaged-1", f"{DATABASE}.damaged-2"]
    assert json.loads(body) == {"damaged_stores": left}
    assert [session["name"] for session in listed(operator)] == [names[2], names[0]]


def test_an_operator_puts_right_whose_a_session_is(
    operator: Browser, viewer: Browser, names: tuple[str, str, str]
) -> None:
    address = f"/api/sessions/{names[0]}/runner"
    assert viewer.ask("PUT", address, {"runner": "R-2"})[0] == 403
    assert viewer.ask("POST", "/api/runners/R-1/merge", {"runner": "R-2"})[0] == 403
    status, _, body = operator.ask("PUT", address, {"runner": "R-2"})
    assert (status, json.loads(body)) == (200, {"sessions": [names[0]]})
    assert [s["name"] for s in listed(viewer, "?runner=R-2")] == [names[2], names[0]]
    assert json.loads(operator.ask("PUT", address, {"runner": "R-2"})[2]) == {"sessions": []}
    status, _, body = operator.ask("POST", "/api/runners/R-1/merge", {"runner": "R-2"})
    assert (status, json.loads(body)) == (200, {"sessions": [names[1]]})
    assert listed(viewer, "?runner=R-1") == []
    both = operator.ask("GET", f"/api/sessions/compare?one={names[0]}&other={names[2]}")
    assert json.loads(both[2])["same_runner"]
    assert [line for line in audited(operator) if "assigned" in line] == [
        f"device 1 assigned {names[0]}: R-1 to R-2",
        f"device 1 assigned {names[1]}: R-1 to R-2",
    ]


def test_what_is_no_pseudonym_or_nobody_is_refused(
    operator: Browser, data: Path, names: tuple[str, str, str]
) -> None:
    address = f"/api/sessions/{names[0]}/runner"
    for wrong in ({"runner": "Anna Muster"}, {"runner": ""}, {"runner": "R-2\n"}, {}, {"name": 1}):
        assert operator.ask("PUT", address, wrong)[0] == 422, wrong
    assert operator.ask("PUT", "/api/sessions/2000-01-01T00-00-00Z/runner", {"runner": "R-2"})[
        0
    ] == (404)
    assert operator.ask("POST", "/api/runners/R-9/merge", {"runner": "R-2"})[0] == 404
    with (data / "sessions" / names[0] / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert operator.ask("PUT", address, {"runner": "R-2"})[0] == 409
        assert operator.ask("POST", "/api/runners/R-1/merge", {"runner": "R-2"})[0] == 409
    assert [s["runner"] for s in listed(operator)] == ["R-2", "R-1", "R-1"]


def test_a_session_that_is_being_recorded_stays(
    operator: Browser, names: tuple[str, str, str], data: Path
) -> None:
    with (data / "sessions" / names[0] / LOCK).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        status, _, body = operator.ask("DELETE", f"/api/sessions/{names[0]}")
    assert status == 409
    assert "is being recorded" in json.loads(body)["detail"]
    assert len(listed(operator)) == 3


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2f..%2fetc",
        "last",
        "2026",
        "2026-01-31T09-05-07Z%2f..",
        "2026-01-31T09-05-07Z%0a",
        "%D9%A2026-01-31T09-05-07Z",
        "%00",
        "'--",
    ],
)
def test_no_name_leads_elsewhere(name: str, operator: Browser) -> None:
    for method, path in (("DELETE", name), ("POST", f"{name}/export")):
        status, _, body = operator.ask(method, f"/api/sessions/{path}")
        assert status in (404, 405, 422), body
    assert operator.ask("GET", f"/api/sessions/report?name={name}")[0] == 422
    assert len(listed(operator)) == 3


def test_the_beginning_of_a_name_is_not_a_name(
    operator: Browser, names: tuple[str, str, str], data: Path
) -> None:
    with Store(data) as store, store.file.transaction() as database:
        database.execute("UPDATE sessions SET name = name || '-7' WHERE name = ?", (names[0],))
    assert operator.ask("DELETE", f"/api/sessions/{names[0]}")[0] == 404
    assert len(listed(operator)) == 3


def test_who_looked_took_along_and_deleted_is_in_the_audit_once(
    operator: Browser, viewer: Browser, names: tuple[str, str, str]
) -> None:
    for _ in range(3):
        listed(viewer)
    viewer.ask("GET", f"/api/sessions/compare?one={names[0]}&other={names[1]}")
    viewer.ask("GET", f"/api/sessions/report?name={names[0]}")
    operator.ask("POST", f"/api/sessions/{names[0]}/export?format=csv")
    operator.ask("DELETE", f"/api/sessions/{names[0]}")
    told = audited(operator)
    assert told[-5:] == [
        "device 2 viewed the list of sessions",
        f"device 2 viewed {names[0]} and {names[1]}",
        f"device 2 report {names[0]} html",
        f"device 1 export {names[0]} csv",
        f"device 1 delete {names[0]}",
    ]
    assert [line.split()[:3] for line in told if "paired" in line] == [
        ["device", "1", "paired"],
        ["device", "2", "paired"],
    ]


def test_too_little_room_is_said(data: Path, names: tuple[str, str, str]) -> None:
    with Station(archive=SessionArchive(data, keep_free_mb=1e12)) as station:
        local = Browser(station, "127.0.0.1")
        status, _, body = local.ask("POST", f"/api/sessions/{names[0]}/export")
        assert status == 503
        assert json.loads(body)["detail"] == "the disk has too little room for an export"


def test_before_anything_is_recorded_there_is_nothing(tmp_path: Path) -> None:
    data = tmp_path / "none"
    with Station(archive=SessionArchive(data, keep_free_mb=0)) as station:
        local = Browser(station, "127.0.0.1")
        assert listed(local) == []
        assert local.ask("DELETE", "/api/sessions/2026-01-31T09-05-07Z")[0] == 404
        assert json.loads(local.ask("GET", "/api/audit")[2]) == []
    assert not data.exists()


def test_a_station_that_keeps_no_sessions_says_so() -> None:
    with Station() as station:
        local = Browser(station, "127.0.0.1")
        assert listed(local) == []
        assert local.ask("DELETE", "/api/sessions/2026-01-31T09-05-07Z")[0] == 503
