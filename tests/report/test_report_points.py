"""The report on a session in which an operator set points by hand states both numbers."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from fakes import end, hand, still_frame
from misread import SET, misread_px, true_leg_px
from recordings import EXACT, poses_of
from stored import HEAD, gait_rooms, only
from synthetic import Runner

from edge.i18n.word_catalogue import load
from edge.messages.points_by_hand import PointsByHand
from edge.messages.side import Side
from edge.messages.stride import KeyPose
from edge.metrics.corrected_leg import offsets_legs
from edge.numerics.sagittal import runner_axes
from edge.record.folder_export import summary_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession
from edge.report.changes import changes
from edge.report.facts import Visit
from edge.report.page import render
from edge.report.visit_facts import visit_of
from edge.settings.record_settings import RecordSettings
from edge.settings.settings import Settings
from edge.sinks.recorder import Recorder

RUNNER = Runner()
TIMES_S = np.arange(600) / 60
POSES = poses_of(misread_px(RUNNER, RUNNER.points_px(TIMES_S)), TIMES_S)
KNEE_TOE = "knee_toe_offset_pct"
TRUTH = RUNNER.metrics[KNEE_TOE]
SETTINGS = Settings(gait=EXACT)


def true_points(still: KeyPose) -> PointsByHand:
    """Return the true points, as an operator sets them on a still."""
    assert still.model_px is not None
    facing = RUNNER.camera.facing
    px = true_leg_px(RUNNER, still.frame_index / 60)[SET]
    return PointsByHand(
        side=still.side,
        source=still.source,
        kind=still.kind,
        still_s=still.time_s,
        set_at="2026-11-30T21:14:00+00:00",
        set_by="operator",
        offsets_legs=offsets_legs(runner_axes(still.model_px, facing), runner_axes(px, facing)),
        model_px=((0.0, 0.0),) * 4,
        hand_px=((0.0, 0.0),) * 4,
    )


def recorded(data: Path, *, undo: bool = False) -> None:
    """Record ten seconds; the points are set after five, and taken back after eight."""
    rooms = gait_rooms(SETTINGS)
    head = replace(HEAD, config=asdict(SETTINGS))
    recorder = Recorder(data, head, rooms, RecordSettings(keep_free_mb=0))
    recorder.begin("r-17")
    stills: list[KeyPose] = []
    for pose in POSES:
        if pose.frame_index == 300:
            rooms.points.use(true_points(stills[-1]), vouched=True)
        if undo and pose.frame_index == 480:
            rooms.points.use(None, vouched=True)
        outcome = rooms.follow(pose)
        stills += [m for m in outcome.messages if isinstance(m, KeyPose)]
        frame = replace(still_frame(pose.frame_index), time_s=pose.time_s)
        hand(recorder, frame, outcome, 9.0)
    end(recorder, rooms.finish())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("data")
    recorded(folder)
    with Store(folder, create=False) as store:
        yield store


@pytest.fixture(scope="module")
def session(store: Store) -> StoredSession:
    return only(store)


@pytest.fixture(scope="module")
def visit(store: Store, session: StoredSession) -> Visit:
    return visit_of(store, session)


def test_the_report_says_who_set_what_when_and_both_numbers(visit: Visit) -> None:
    page = render([visit], load("en"))
    leg = visit.legs[Side.RIGHT]
    by_hand, by_model = leg.both(KNEE_TOE)
    assert by_hand.mean == pytest.approx(TRUTH, abs=2.0)
    assert abs(by_model.mean - TRUTH) > 8
    assert leg.metrics[KNEE_TOE] == by_hand
    words = load("en")
    said = words.text(
        "report.points.both",
        when="30 Nov 2026",
        still="Toe-off",
        hand=f"{words.number(by_hand.mean, 1, signed=True)} % of shank",
        model=f"{words.number(by_model.mean, 1, signed=True)} % of shank",
        count=by_hand.count,
    )
    start, _, rest = said.partition("30 Nov 2026")
    assert start + "30 Nov 2026" in page
    assert rest.split("still: ")[1] in page
    assert "Punkte von Hand gesetzt" in render([visit], load("de"))


def test_a_session_that_was_cut_off_has_the_same_entry(
    store: Store, session: StoredSession
) -> None:
    assert session.summary is not None
    again = summary_of(store, replace(session, summary=None))
    assert again["points_by_hand"] == session.summary["points_by_hand"]
    assert again["sides"] == session.summary["sides"]


def test_a_part_before_the_points_is_compared_by_the_models_points(
    store: Store, session: StoredSession
) -> None:
    before = visit_of(store, session, to_s=session.origin_s + 5)
    after = visit_of(store, session, from_s=session.origin_s + 5)
    (change,) = [c for c in changes(before, after, Side.RIGHT) if c.metric == KNEE_TOE]
    # The same run: its model values do not differ, however far the truth is from them.
    assert change.change == pytest.approx(0, abs=1.0)
    assert before.legs[Side.RIGHT].metrics[KNEE_TOE].mean == pytest.approx(change.before.mean)


def test_points_taken_back_leave_the_models_number_and_a_sentence(tmp_path: Path) -> None:
    recorded(tmp_path, undo=True)
    with Store(tmp_path, create=False) as store:
        visit = visit_of(store, only(store))
    leg = visit.legs[Side.RIGHT]
    assert not leg.by_hand
    assert abs(leg.metrics[KNEE_TOE].mean - TRUTH) > 8
    assert "were taken back" in render([visit], load("en"))
