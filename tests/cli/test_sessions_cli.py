"""``toeline sessions``, as people type it."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import pytest
from command import sessions
from fakes import hand, still_frame
from recordings import EXACT, record
from stored import HEAD, film, gait_rooms, put
from synthetic import Runner
from typer.testing import CliRunner, Result

from edge.cli.main import app
from edge.record import station_clock
from edge.record.privacy import Privacy
from edge.record.session_log import utc
from edge.record.store import DATABASE, Store
from edge.serve.access.rights import Rights
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.settings.version import version
from edge.sinks.recorder import Recorder

SETTINGS = Settings(gait=EXACT)
POSES = record(Runner(), 5.0).poses


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TOELINE_DATA", str(folder))
    return folder


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str]]:
    folder = tmp_path_factory.mktemp("recorded") / "data"
    first = put(folder, POSES, runner="r-1", settings=SETTINGS)
    return folder, (first, put(folder, POSES, runner="r-2", settings=SETTINGS))


@pytest.fixture
def two(data: Path, recorded: tuple[Path, tuple[str, str]]) -> tuple[str, str]:
    """Return the names of two sessions in a store of the test's own."""
    folder, names = recorded
    shutil.copytree(folder, data)
    return names


@pytest.fixture(autouse=True)
def _the_clock_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_clock, "_is_synchronised", lambda: True)


def aged(data: Path, days: float, *names: str) -> None:
    """Make sessions older, as if recorded by an earlier boot with a clock that was right."""
    past_s = days * 86_400
    with Store(data) as store, store.file.transaction() as database:
        for name in names:
            session = store.session(name)
            at = datetime.fromisoformat(session.begun_at) - timedelta(seconds=past_s)
            database.execute("UPDATE sessions SET begun_at = ? WHERE id = ?", (utc(at), session.id))
            database.execute(
                "UPDATE clocks SET boot = 'earlier', synchronised = 1, wall_s = wall_s - ? "
                "WHERE session = ?",
                (past_s, session.id),
            )


def test_without_recordings_every_command_says_so(data: Path) -> None:
    for command in (["list"], ["show", "last"], ["export", "--all"], ["replay", "--all"]):
        result = sessions(*command)
        assert result.exit_code == 1
        assert result.stderr == f"toeline: nothing has been recorded in {data} yet\n"
    assert not data.exists()


def test_the_list_shows_the_newest_first(two: tuple[str, str]) -> None:
    lines = sessions("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["session", two[1], two[0]]
    assert lines[1].split()[1:4] == ["r-2", "0.1", "12"]
    only = json.loads(sessions("list", "--runner", "r-1", "--json").stdout)
    assert [session["name"] for session in only] == [two[0]]


def test_a_session_is_shown_by_its_name_or_its_beginning(two: tuple[str, str]) -> None:
    assert f"session          {two[0]}" in sessions("show", two[0]).stdout
    assert two[1] in sessions("show", "last").stdout
    told = json.loads(sessions("show", "last", "--json").stdout)
    assert told["session"]["runner"] == "r-2"
    assert told["summary"]["frames"]["processed"] == 300
    wrong = sessions("show", "2")
    assert wrong.exit_code == 1
    assert wrong.stderr == "toeline: 2 sessions begin with 2; give more of the name\n"
    assert "there is no session x; " in sessions("show", "x").stderr


def test_sessions_of_every_length_replay_to_the_last_bit(data: Path) -> None:
    # Each ends at another moment of the stride.
    for number in range(6):
        put(data, POSES[: 150 + 9 * number], settings=SETTINGS, runner=f"r-{number}")
    result = sessions("replay", "--all")
    assert result.exit_code == 0, result.output
    assert len(re.findall(r": \d+ strides, identical\n", result.stdout)) == 6


def test_other_settings_give_a_table_of_what_differs(two: tuple[str, str]) -> None:
    result = sessions("replay", "last", "--set", "gait.contact_offset_s=0.040")
    assert result.exit_code == 0
    first, header, *rows = result.stdout.splitlines()
    assert (
        first == f"{two[1]}: 12 strides before, 12 now (recorded by Toeline 0.1.0, this is 0.1.0)"
        or "(other settings)" in first
    )
    assert header.split() == ["metric", "before", "now", "most", "strides"]
    contact = next(row.split() for row in rows if "ground_contact_ms" in row)
    assert float(contact[2]) - float(contact[1]) == pytest.approx(-12, abs=0.1)


def test_a_difference_without_a_reason_fails(two: tuple[str, str], data: Path) -> None:
    with Store(data) as store, store.file.transaction() as database:
        database.execute(
            "UPDATE strides SET metrics = json_set(metrics, '$.knee_toe_offset_pct',"
            " metrics ->> 'knee_toe_offset_pct' + 1e-6)"
        )
    result = sessions("replay", "last")
    assert result.exit_code == 1
    assert "(same version, same settings)" in result.stdout


def test_exports_go_on_where_they_were_stopped(two: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert sessions("export", two[0], "--format", "trc", "--out", out).exit_code == 0
    (out / f"{two[0]}.trc").write_text("mine")
    result = sessions("export", "--all", "--format", "trc", "--out", out)
    assert result.stdout.splitlines() == [str(out / f"{name}.trc") for name in two]
    assert (out / f"{two[0]}.trc").read_text() == "mine"


def test_a_deleted_session_leaves_nothing_behind(two: tuple[str, str], data: Path) -> None:
    refused = sessions("delete", two[0])
    assert refused.exit_code == 2
    assert "add --yes" in refused.stderr
    segment = next((data / "sessions" / two[0]).glob("*.poses"))
    # A second name for the file shows what becomes of its content.
    kept = data / "kept"
    os.link(segment, kept)
    assert sessions("delete", two[0], "--yes").exit_code == 0
    assert not any(kept.read_bytes())
    assert [path.name for path in (data / "sessions").iterdir()] == [two[1]]
    left = b"".join(path.read_bytes() for path in data.glob(f"{DATABASE}*"))
    assert b"r-2" in left
    assert b"r-1" not in left
    with Store(data) as store:
        assert [session.name for session in store.sessions()] == [two[1]]
        last = store.audit.entries()[-1]
        assert (last.who, last.what, last.detail) == ("command", "delete", two[0])


def test_sessions_of_patients_who_were_mixed_up_are_put_right(
    two: tuple[str, str], data: Path
) -> None:
    run = CliRunner()
    assert f"{two[0]} is r-9's now" in run.invoke(app, ["sessions", "assign", two[0], "r-9"]).output
    again = run.invoke(app, ["sessions", "assign", two[0], "r-9"])
    assert again.output == f"{two[0]} is r-9's already\n"
    merged = run.invoke(app, ["runner", "merge", "r-9", "r-2", "--yes"])
    assert merged.output == f"{two[0]} is r-2's now\n"
    listed = json.loads(run.invoke(app, ["sessions", "list", "--runner", "r-2", "--json"]).output)
    assert [session["name"] for session in listed] == list(two[::-1])
    report = run.invoke(app, ["sessions", "report", *two, "--out", str(data / "both.html")])
    assert report.exit_code == 0, report.output
    page = (data / "both.html").read_text("utf-8")
    assert "r-2" in page
    assert "r-1" not in page
    exported = run.invoke(app, ["sessions", "export", two[0], "--out", str(data / "out")])
    assert exported.exit_code == 0, exported.output
    with Store(data, create=False) as store:
        said = [e.detail for e in store.audit.entries() if e.what == "assigned"]
    assert said == [f"{two[0]}: r-1 to r-9", f"{two[0]}: r-9 to r-2"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sessions", "assign", "last", "two words"], "is no pseudonym"),
        (["runner", "merge", "r-7", "r-2", "--yes"], "there is no session of r-7"),
        (["runner", "merge", "r-1", "r-1", "--yes"], "are the same pseudonym already"),
        (["runner", "merge", "r-1", "r-2"], "add --yes"),
    ],
)
def test_what_cannot_be_put_right_is_one_sentence(
    two: tuple[str, str], data: Path, arguments: list[str], said: str
) -> None:
    refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code != 0
    with Store(data, create=False) as store:
        assert [session.head.runner for session in store.sessions()] == ["r-2", "r-1"]
    assert said in f"{refused.output}{refused.exception}"


def test_one_audit_tells_of_pairings_and_of_sessions(two: tuple[str, str], data: Path) -> None:
    rights = Rights(data)
    rights.audit.add("viewed", "device 1", "tablet")
    rights.close()
    assert sessions("delete", two[0], "--yes").exit_code == 0
    told = CliRunner().invoke(app, ["pair", "--audit"]).stdout.splitlines()
    assert [line.split("  ")[1].split(":")[0] for line in told] == [
        *("session begun", "session ended") * 2,
        "viewed",
        "delete",
    ]
    # In order of action, even within one second.
    assert told[-2].endswith("viewed: device 1 tablet")
    assert told[-1].endswith(f"delete: command {two[0]}")


def test_only_old_sessions_are_purged(two: tuple[str, str], data: Path, tmp_path: Path) -> None:
    unset = sessions("purge", "--yes")
    assert unset.exit_code == 2
    assert "record.retention_days is 0" in unset.stderr
    aged(data, 31, two[0])
    config = tmp_path / "toeline.toml"
    config.write_text("[record]\nretention_days = 30\n")
    assert sessions("purge", "--config", config, "--yes").stdout == f"deleted {two[0]}\n"
    assert sessions("purge", "--config", config).stdout == ""


def test_a_scheduled_purge_is_content_with_nothing_and_locks_nothing(
    two: tuple[str, str], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compact(_store: Store) -> None:
        raise AssertionError("a recording would be held up")

    monkeypatch.setattr(Store, "compact", compact)
    unset = sessions("purge", "--scheduled", "--yes")
    assert (unset.exit_code, unset.output) == (0, "")
    aged(data, 31, *two)
    config = tmp_path / "toeline.toml"
    config.write_text("[record]\nretention_days = 30\n")
    purge = ("purge", "--scheduled", "--yes", "--config", config)
    most = sessions(*purge)
    assert (most.exit_code, most.stdout) == (1, "")
    assert most.stderr == (
        "toeline: nothing was deleted: 2 of 2 sessions would go at once; "
        "look whether the clock is right, then add --even-most\n"
    )
    told = sessions(*purge, "--even-most")
    assert told.stdout.split() == ["deleted", two[0], "deleted", two[1]]


def test_minutes_old_sessions_outlive_a_clock_that_was_wrong(
    two: tuple[str, str], data: Path
) -> None:
    # Labelled by a board that booted in 1970, or at its last shutdown.
    for label in ("1970-01-01T00:03:00Z", "2026-02-01T00:00:00Z"):
        with Store(data) as store:
            store.file.run("UPDATE sessions SET begun_at = ? WHERE name = ?", label, two[0])
        result = sessions("purge", "--days", "1", "--yes")
        assert (result.exit_code, result.output) == (0, "")
    assert len(sessions("list").stdout.splitlines()) == 3


def test_a_clock_that_nobody_keeps_deletes_nothing(
    two: tuple[str, str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(data, 31, two[0])
    monkeypatch.setattr(station_clock, "_is_synchronised", lambda: False)
    result = sessions("purge", "--days", "30", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "toeline: nothing was deleted: the clock is not synchronised with a time server, so ages "
        "are not certain; set it, or add --trust-clock\n"
    )
    # A clock that nobody keeps is no fault where nothing is old by it.
    assert sessions("purge", "--days", "300", "--yes").exit_code == 0
    trusted = sessions("purge", "--days", "30", "--yes", "--trust-clock")
    assert trusted.stdout == f"deleted {two[0]}\n"


def test_to_keep_none_needs_no_clock(two: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(station_clock, "_is_synchronised", lambda: False)
    told = sessions("purge", "--days", "0", "--yes")
    assert told.stdout.split() == ["deleted", two[0], "deleted", two[1]]


def moved_aside(data: Path, number: int, days: float) -> Path:
    """Make a damaged store that was last written so many days ago."""
    copy = data / f"{DATABASE}.damaged-{number}"
    for file in (copy, copy.with_name(f"{copy.name}-wal")):
        file.write_bytes(b"r-1 ran here")
        then = datetime.now().timestamp() - days * 86_400
        os.utime(file, (then, then))
    return copy


def test_a_damaged_store_moved_aside_is_purged_with_the_sessions_in_it(
    two: tuple[str, str], data: Path
) -> None:
    old, young = moved_aside(data, 1, 31), moved_aside(data, 2, 29)
    kept = data / "kept"
    os.link(old, kept)
    told = sessions("purge", "--days", "30", "--yes", "--trust-clock")
    assert told.stdout == f"deleted {old.name}\n"
    assert not list(data.glob(f"{old.name}*"))
    assert not any(kept.read_bytes())
    assert young.exists()
    with Store(data) as store:
        assert store.audit.entries()[-1].detail == old.name
    assert sessions("purge", "--days", "0", "--yes").stdout.split()[-1] == young.name
    assert not list(data.glob("*.damaged-*"))


def test_a_clock_that_nobody_keeps_purges_no_damaged_store(
    two: tuple[str, str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = moved_aside(data, 1, 31)
    monkeypatch.setattr(station_clock, "_is_synchronised", lambda: False)
    told = sessions("purge", "--days", "30", "--yes")
    assert (told.exit_code, told.stdout) == (1, "")
    assert f"{copy.name} was not deleted: the clock is not synchronised" in told.stderr
    assert copy.exists()


def test_who_deletes_a_session_is_told_of_damaged_stores(two: tuple[str, str], data: Path) -> None:
    copy = moved_aside(data, 1, 1)
    told = sessions("delete", two[0], "--yes")
    assert f"{copy.name}, moved aside when it was damaged, may still hold" in told.stderr
    assert copy.exists()


@pytest.mark.parametrize("arguments", [["export"], ["replay", "last", "--all"], ["delete"]])
def test_names_or_all(
    arguments: list[str], two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = sessions(*arguments)
    assert result.exit_code == 2
    assert "give the names of sessions, or --all" in result.stderr


def test_asking_for_help_loads_nothing_that_reads_sessions() -> None:
    code = "import sys, edge.cli.main; print('numpy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert result.stdout == "False\n", result.stderr


def test_video_is_shown_and_leaves_only_when_asked_for(
    two: tuple[str, str], data: Path, tmp_path: Path
) -> None:
    with Store(data) as store:
        session = store.session(two[1])
        first = session.first_frame
        film(session, range(first, first + 20), (32, 24))
    assert "video            none" in sessions("show", two[0]).stdout
    assert "video            20 pictures of 300 frames, 0.0 MB" in sessions("show", "last").stdout
    kept = json.loads(sessions("show", "last", "--json").stdout)["video"]
    assert kept["pictures"] == 20
    assert kept["bytes"] > 20 * 100
    plain = tmp_path / "plain"
    assert sessions("export", two[1], "--out", plain).exit_code == 0
    assert not [path for path in plain.rglob("*") if "video" in path.name]
    again = sessions("export", two[1], "--out", plain, "--video")
    assert again.exit_code == 1
    assert "already exists without video; remove it first" in again.stderr
    wrong = sessions("export", two[1], "--out", plain, "--format", "csv", "--video")
    assert "format csv cannot hold video; use --format folder" in wrong.stderr
    out = tmp_path / "out"
    Privacy(data).switch(on=True)
    hidden = sessions("export", two[1], "--out", out, "--video")
    assert (hidden.exit_code, "set to skeleton only" in hidden.stderr) == (1, True)
    assert not out.exists()
    assert sessions("export", two[1], "--out", tmp_path / "hidden").exit_code == 0
    Privacy(data).switch(on=False)
    assert sessions("export", *two, "--out", out, "--video").exit_code == 0
    assert not (out / two[0] / "video.mjpeg").exists(), "none was kept"
    lines = (out / two[1] / "video.csv").read_text().splitlines()
    assert lines[0] == "frame,time_s,width_px,height_px,offset,length,crc32"
    assert lines[1].startswith("0,0.000000,32,24,0,")
    pictures = cv2.VideoCapture(str(out / two[1] / "video.mjpeg"))
    count = 0
    while pictures.read()[0]:
        count += 1
    assert count == len(lines) - 1 == 20
    with Store(data) as store:
        done = [e.detail for e in store.audit.entries() if e.what == "export"]
        assert done[-1] == f"{two[1]} folder with video"


def test_the_audit_is_verified_and_a_removed_line_is_told(data: Path) -> None:
    def pair(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["pair", *arguments])

    assert pair("--token").exit_code == 0
    with Store(data) as store:
        for name in ("one", "two", "three"):
            store.audit.add("report", "command", name)
    checked = pair("--audit", "--verify")
    assert checked.exit_code == 0, checked.output
    first, second = checked.stdout.splitlines()
    assert re.fullmatch(r"pairings  intact: 1 lines; head 1 [0-9a-f]{64}", first)
    assert re.fullmatch(r"sessions  intact: 3 lines; head 3 [0-9a-f]{64}", second)
    with Store(data) as store, store.file.transaction() as database:
        database.execute("DROP TRIGGER audit_is_not_deleted")
        database.execute("DELETE FROM audit WHERE id = 2")
    checked = pair("--audit", "--verify")
    assert checked.exit_code == 1
    assert checked.stderr.splitlines()[0] == "toeline: audit of sessions: line 2 is missing"
    assert "sessions  broken: 2 lines" in checked.stdout
    alone = pair("--verify")
    assert (alone.exit_code, "--verify goes with --audit" in alone.stderr) == (2, True)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record a session that ends as by SIGKILL."""
    data = tmp_path_factory.mktemp("killed") / "data"
    rooms = gait_rooms(SETTINGS)
    head = replace(HEAD, toeline=version(), config=asdict(SETTINGS))
    recorder = Recorder(data, head, rooms, RecordSettings(keep_free_mb=0))
    for pose in POSES[:210]:
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        hand(recorder, frame, rooms.follow(pose), 9.0)
    recorder._sessions.writer.abandon()
    recorder.close()
    return data


@pytest.mark.parametrize("lost", ["rows", "poses", "nothing more", "a stride in the middle"])
def test_a_killed_session_replays_up_to_where_it_was_cut_off(
    data: Path, killed: Path, lost: str
) -> None:
    shutil.copytree(killed, data)
    with Store(data) as store:
        session = store.session("last")
        (segment,) = session.folder.glob("*.poses")
        content = segment.read_bytes()
        if lost == "rows":
            store.file.run("DELETE FROM strides WHERE number >= 4")
        elif lost == "poses":
            segment.write_bytes(content[: len(content) * 3 // 4])
        elif lost == "a stride in the middle":
            store.file.run("DELETE FROM strides WHERE number = 2")
    result = sessions("replay", "last")
    if lost == "a stride in the middle":
        assert result.exit_code == 1
        assert "does not replay identically, though nothing explains it" in result.stderr
        return
    assert result.exit_code == 0, result.output
    assert "strides, identical" in result.stdout
    if lost != "nothing more":
        assert "up to where the recording was cut off" in result.stdout
