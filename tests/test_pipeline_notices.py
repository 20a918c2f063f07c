"""Notices about the pictures on their way: from the source through the rooms to every sink."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import end, hand, still_frame
from recordings import EXACT, record
from skeletons import BLAZEPOSE33
from stored import HEAD, gait_rooms, only
from synthetic import Runner

from edge.cli.sessions import show
from edge.i18n.word_catalogue import load
from edge.messages.message import Message
from edge.messages.notice import Notice, NoticeChange
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.verdict import Verdict, VerdictState
from edge.offline.replay import replay
from edge.pipeline import Pipeline
from edge.record.folder_export import summary_of
from edge.record.store import Store
from edge.report.page import render
from edge.report.visit_facts import visit_of
from edge.serve.live.history import History
from edge.serve.live.plugin_records import plugin_record
from edge.serve.live.standing_notices import StandingNotices
from edge.serve.wire import health_messages, protocol, session_messages
from edge.serve.wire.encode import hello_for
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.notice_log import NoticeLog
from edge.sinks.recorder import Recorder

Capture = pytest.CaptureFixture[str]

SETTINGS = Settings(gait=EXACT)
FEW = Notice("frame_rate_low", rate_hz=24.0)
CUT = Notice("cut_short")
HELLO = hello_for(SETTINGS, "0.1.0", skeleton=BLAZEPOSE33)


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    return record(Runner(), 5.0).poses


def changes(messages: list[Message]) -> list[tuple[Notice, bool]]:
    return [(m.notice, m.holds) for m in messages if isinstance(m, NoticeChange)]


def test_a_notice_is_told_when_it_begins_changes_and_ends(poses: list[Pose]) -> None:
    rooms = gait_rooms(SETTINGS)
    slower = Notice("frame_rate_low", rate_hz=20.0)
    given = [(), (FEW,), (FEW, CUT), (slower, CUT), (CUT,), (CUT,)]
    told = [
        changes(rooms.follow(pose, notices=notices).messages)
        for pose, notices in zip(poses, given, strict=False)
    ]
    assert told == [[], [(FEW, True)], [(CUT, True)], [(slower, True)], [(slower, False)], []]


def test_what_holds_is_told_again_to_a_new_session_and_after_a_reset(poses: list[Pose]) -> None:
    rooms = gait_rooms(SETTINGS)
    assert changes(rooms.follow(poses[0], notices=(CUT,)).messages) == [(CUT, True)]
    rooms.begin_anew()
    assert changes(rooms.follow(poses[1], notices=(CUT,)).messages) == [(CUT, True)]
    rooms.reset()
    assert changes(rooms.follow(poses[0], notices=(CUT,)).messages) == [(CUT, True)]
    assert changes(rooms.follow(poses[1]).messages) == [(CUT, False)]


def test_unknown_offsets_are_told_with_the_first_frame(poses: list[Pose]) -> None:
    own = replace(SETTINGS, pose=replace(SETTINGS.pose, model="own.toml"))
    rooms = gait_rooms(own)
    unknown = Notice("offsets_unknown", model="own")
    assert changes(rooms.follow(poses[0]).messages) == [(unknown, True)]


def recorded(data: Path, poses: list[Pose]) -> str:
    """Record a session that is slow throughout and said to be cut short for two seconds."""
    rooms = gait_rooms(SETTINGS)
    recorder = Recorder(data, HEAD, rooms, RecordSettings(keep_free_mb=0))
    recorder.begin("r-17")
    for pose in poses:
        notices = (FEW, CUT) if 1.0 <= pose.time_s < 3.0 else (FEW,)
        hand(recorder, still_frame(pose.frame_index), rooms.follow(pose, notices=notices), 9.0)
    end(recorder, rooms.finish())
    return recorder.recorded[0]


def test_a_session_keeps_its_notices(poses: list[Pose], tmp_path: Path) -> None:
    name = recorded(tmp_path, poses)
    with Store(tmp_path) as store:
        session = only(store)
        assert session.name == name
        content = summary_of(store, session)["notices"]
        assert content == [
            {
                "code": "frame_rate_low",
                "text": "24 frames per second: below 30, events and verdicts cannot be trusted",
                "from_s": 0.0,
                "until_s": None,
                "rate_hz": 24.0,
            },
            {
                "code": "cut_short",
                "text": "file is cut short: the end of the recording is missing",
                "from_s": 1.0,
                "until_s": 3.0,
            },
        ]
        # A session whose summary was never written, as after a power cut, gives the same.
        assert summary_of(store, replace(session, summary=None))["notices"] == content
        assert replay(store, session, SETTINGS).identical


def test_a_session_is_shown_with_its_notices(
    poses: list[Pose], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    recorded(tmp_path, poses)
    monkeypatch.setenv("TOELINE_DATA", str(tmp_path))
    show("last")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("notice ")]
    assert [line.split(maxsplit=1)[1].split()[0] for line in lines] == ["24", "file"]


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "Notices", "24 frames per second: below 30"),
        ("de", "Hinweise", "24 Bilder pro Sekunde: unter 30"),
    ],
)
def test_a_report_made_later_has_them(
    language: str, title: str, said: str, poses: list[Pose], tmp_path: Path
) -> None:
    recorded(tmp_path, poses)
    with Store(tmp_path) as store:
        html = render([visit_of(store, only(store))], load(language))
    section = html.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]
    assert said in section
    assert section.count("<li>") == 2


def test_a_page_that_connects_later_gets_those_that_hold() -> None:
    standing = StandingNotices()
    history = History(HELLO, session_messages.Runner(session_key="s", runner_key="r"))
    for notice, holds in [(FEW, True), (CUT, True), (CUT, True), (FEW, False)]:
        message = standing.update(NoticeChange(notice=notice, time_s=1.0, holds=holds))
        history.note(message, protocol.encode_text(message))
    told = [protocol.decode_text(text) for text in history.greeting()]
    (notices,) = [message for message in told if isinstance(message, health_messages.Notices)]
    assert [notice.notice_code for notice in notices.notices] == ["cut_short"]
    assert notices.notices[0].notice.startswith("file is cut short")


def test_a_plug_in_gets_each_change() -> None:
    record_of = plugin_record(NoticeChange(notice=FEW, time_s=1.5, holds=False))
    assert record_of is not None
    assert (record_of["type"], record_of["notice_code"]) == ("notice", "frame_rate_low")
    assert (record_of["notice_params"], record_of["holds"]) == ({"rate_hz": 24.0}, False)


def test_the_log_says_each_once(poses: list[Pose], caplog: pytest.LogCaptureFixture) -> None:
    rooms: Pipeline = gait_rooms(SETTINGS)
    log = NoticeLog()
    with caplog.at_level(logging.WARNING):
        for pose in poses[:4]:
            rooms.begin_anew()
            hand(log, still_frame(pose.frame_index), rooms.follow(pose, notices=(CUT,)), 9.0)
    assert caplog.messages == ["file is cut short: the end of the recording is missing"]


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        (
            Notice("pictures_repeated", given_hz=60, rate_hz=24),
            Reason("frame_rate_low", rate_hz=24),
        ),
        (
            Notice("pixel_aspect_unknown", size="720x576"),
            Reason("pixel_aspect_unknown", size="720x576"),
        ),
        (Notice("pictures_never_change"), Reason("pictures_never_change")),
        (Notice("pictures_repeated", given_hz=60, rate_hz=30), None),
        (Notice("times_overridden", own_hz=30.0, rate_hz=60.0), None),
    ],
)
def test_nothing_is_judged_where_the_number_suffers(notice: Notice, reason: Reason | None) -> None:
    rooms = gait_rooms(SETTINGS)
    verdicts: list[Verdict] = []
    for pose in record(Runner(), 9.0).poses:
        found = rooms.follow(pose, notices=(notice,)).messages
        verdicts += [m for m in found if isinstance(m, Verdict) and m.side is Side.RIGHT]
    if reason is None:
        assert verdicts[-1].state is not VerdictState.UNKNOWN
    else:
        assert {verdict.state for verdict in verdicts} == {VerdictState.UNKNOWN}
        assert verdicts[-1].reason == reason
