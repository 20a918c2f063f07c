"""Points that an operator sets on a still: checked, in force, recorded, undone, forgotten."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bridge import SETTINGS, Bridge, at
from misread import SET, misread_px, true_leg_px
from recordings import poses_of
from stored import gait_rooms
from synthetic import Runner

from edge.messages.arrays import Floats
from edge.messages.gait import EventKind
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import TOE
from edge.messages.stride import KeyPose, StrideMetrics
from edge.messages.verdict import Verdict
from edge.record.store import Store
from edge.serve.wire import commands
from edge.serve.wire.commands import Done
from edge.serve.wire.status_messages import Points

RUNNER = Runner()
KNEE_TOE = "knee_toe_offset_pct"
# A toe that is read 8 % of shank too far back, about half of that in leg lengths.
TOE_ONLY = {TOE: (-0.04, 0.0)}


def seen_poses(seconds: float, runner: Runner = RUNNER, **how: Any) -> list[Pose]:
    times_s = np.arange(round(seconds * 60)) / 60
    return poses_of(misread_px(runner, runner.points_px(times_s), **how), times_s)


RUN = seen_poses(6.0)


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    made = Bridge(tmp_path)
    yield made
    made.close()


def places(px: Floats) -> dict[str, tuple[float, float]]:
    pairs = [(float(x), float(y)) for x, y in px]
    return dict(zip(("knee", "ankle", "heel", "toe"), pairs, strict=True))


def set_on(bridge: Bridge, still: KeyPose, px: Floats | None = None, **changes: Any) -> Done:
    hand = true_leg_px(RUNNER, still.frame_index / 60 % 6.0)[SET] if px is None else px
    given = {"kind": still.kind, "side": still.side, "time_s": still.time_s, **places(hand)}
    return bridge.order(commands.SetPoints, **(given | changes))


def begun(bridge: Bridge, runner: str = "R-07", poses: list[Pose] = RUN) -> KeyPose:
    """Begin a session; return its last still."""
    bridge.order(commands.StartSession, runner=runner)
    bridge.give(poses)
    return bridge.stills[-2]


def test_true_points_on_one_still_correct_every_later_stride(
    bridge: Bridge, tmp_path: Path
) -> None:
    still = begun(bridge)
    assert bridge.hub.last(Points).points == ()
    assert set_on(bridge, still) == Done()
    later = bridge.give(at(RUN, 6.0))
    told = bridge.hub.last(Points)
    assert (told.side, told.kind, told.still_s) == (still.side, still.kind, still.time_s)
    assert [point.name for point in told.points] == ["knee", "ankle", "heel", "toe"]
    assert told.points[3].forward_pct == pytest.approx(8.0, abs=0.5)
    strides = [s for s in later if s.near and s.valid]
    truth = RUNNER.metrics[KNEE_TOE]
    assert len(strides) >= 5
    assert all(stride.by_hand for stride in strides)
    assert np.mean([s.value(KNEE_TOE) for s in strides]) == pytest.approx(truth, abs=2.0)
    assert abs(np.mean([s.model_value(KNEE_TOE) for s in strides]) - truth) > 8
    assert not any(stride.by_hand for stride in later if not stride.near)
    bridge.close()
    with Store(tmp_path, create=False) as store:
        session = store.sessions(runner="R-07")[0]
        reader = store.read(session)
        (change,) = reader.points_by_hand()
        assert change.points is not None
        assert (change.points.set_by, change.points.still_s) == ("operator", still.time_s)
        (mark,) = reader.marks()
        assert mark.kind == "points_set"
        # The stored poses give the same strides again, both numbers of each.
        replayed: list[StrideMetrics] = []
        rooms = gait_rooms(SETTINGS)
        for seen, _ in reader.poses().seen():
            replayed += [m for m in rooms.replay(seen).messages if isinstance(m, StrideMetrics)]
        assert [repr(s) for s in replayed] == [repr(s) for s in reader.strides()]
        assert sum(s.by_hand for s in replayed) >= 5


@pytest.mark.parametrize("kind", [EventKind.PEAK_KNEE_FLEXION, EventKind.TOE_OFF])
def test_a_wrong_toe_alone_is_put_right_on_either_still(bridge: Bridge, kind: EventKind) -> None:
    bridge.order(commands.StartSession, runner="R-07")
    bridge.give(seen_poses(6.0, errors=TOE_ONLY))
    still = next(s for s in reversed(bridge.stills) if s.kind is kind)
    assert set_on(bridge, still) == Done()
    later = bridge.give(at(seen_poses(6.0, errors=TOE_ONLY), 6.0))
    truth = RUNNER.metrics[KNEE_TOE]
    values = [s.value(KNEE_TOE) for s in later if s.near and s.valid]
    models = [s.model_value(KNEE_TOE) for s in later if s.near and s.valid]
    assert np.mean(values) == pytest.approx(truth, abs=2.0)
    assert np.mean(models) > truth + 4


def test_the_verdict_counts_strides_anew_by_the_new_points(bridge: Bridge) -> None:
    still = begun(bridge, poses=seen_poses(9.0))
    assert set_on(bridge, still, true_leg_px(RUNNER, still.frame_index / 60)[SET]) == Done()
    outcome = bridge.give_one(at(RUN, 9.0)[0])
    withdrawn = [m for m in outcome.messages if isinstance(m, Verdict)]
    assert [verdict.reason.code for verdict in withdrawn] == ["points_changed"] * 2
    # The same points once more change nothing.
    assert not [m for m in bridge.give_one(at(RUN, 9.0)[1]).messages if isinstance(m, Verdict)]


def test_the_undo_goes_back_to_the_model_and_is_on_record(bridge: Bridge, tmp_path: Path) -> None:
    set_on(bridge, begun(bridge))
    bridge.give(at(RUN, 6.0))
    assert bridge.order(commands.ClearPoints) == Done()
    strides = bridge.give(at(RUN, 12.0))
    assert bridge.hub.last(Points).points == ()
    assert not any(stride.by_hand for stride in strides)
    bridge.close()
    with Store(tmp_path, create=False) as store:
        reader = store.read(store.sessions(runner="R-07")[0])
        assert [mark.kind for mark in reader.marks()] == ["points_set", "points_cleared"]
        assert [change.points is None for change in reader.points_by_hand()] == [False, True]


def test_points_set_again_replace_those_before_and_do_not_add_up(bridge: Bridge) -> None:
    first = begun(bridge)
    set_on(bridge, first, true_leg_px(RUNNER, first.frame_index / 60)[SET] + 9.0)
    bridge.give(at(RUN, 6.0))
    # The still now shows the corrected points; the truth is set on it.
    assert set_on(bridge, bridge.stills[-2]) == Done()
    strides = [s for s in bridge.give(at(RUN, 12.0)) if s.near and s.valid]
    values = [stride.value(KNEE_TOE) for stride in strides]
    assert np.mean(values) == pytest.approx(RUNNER.metrics[KNEE_TOE], abs=2.0)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("unknown time", "still_gone"),
        ("another kind", "still_gone"),
        ("other side", "still_gone"),
        ("far", "points_far"),
        ("shank", "points_shank"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    bridge: Bridge, case: str, code: str
) -> None:
    still = begun(bridge)
    true = true_leg_px(RUNNER, still.frame_index / 60)[SET]
    moved = true.copy()
    wrong: dict[str, dict[str, Any]] = {
        "unknown time": {"time_s": still.time_s + 0.02},
        "another kind": {"kind": EventKind.INITIAL_CONTACT},
        "other side": {"side": still.side.other},
    }
    if case == "far":
        moved[3] += [90.0, 0.0]
    if case == "shank":
        moved[0] -= [0.0, 22.0]
    done = set_on(bridge, still, moved, **wrong.get(case, {}))
    assert done.code == code
    assert done.text.endswith(".")
    assert bridge.give_one(at(RUN, 6.0)[0]).seen.points is None


def test_a_runner_who_turned_round_shows_the_other_leg(bridge: Bridge) -> None:
    still = begun(bridge)
    bridge.controller._points._near = Side.LEFT if still.side is Side.RIGHT else Side.RIGHT
    assert set_on(bridge, still).code == "other_leg"


def test_without_a_session_nothing_can_be_set(bridge: Bridge, tmp_path: Path) -> None:
    still = begun(bridge)
    bridge.order(commands.StopSession)
    assert set_on(bridge, still).code == "no_session"
    assert bridge.order(commands.ClearPoints).code == "no_session"
    plain = Bridge(None)
    assert set_on(plain, still).code == "no_recording"
    plain.close()


@pytest.mark.parametrize("next_runner", ["R-07", "R-08"])
def test_another_session_knows_nothing_of_the_last(
    bridge: Bridge, tmp_path: Path, next_runner: str
) -> None:
    still = begun(bridge)
    set_on(bridge, still)
    bridge.give(at(RUN, 6.0))
    bridge.order(commands.StartSession, runner=next_runner)
    strides = bridge.give(at(RUN, 12.0))
    assert not any(stride.by_hand for stride in strides)
    assert bridge.hub.last(Points).points == ()
    assert set_on(bridge, still).code == "still_gone"
    bridge.close()
    with Store(tmp_path, create=False) as store:
        newest = store.sessions()[0]
        assert store.read(newest).points_by_hand() == []
        assert all(was.points is None for was, _ in store.read(newest).poses().seen())


def test_a_runner_who_steps_off_and_back_keeps_the_points_only_if_entered(
    bridge: Bridge, tmp_path: Path
) -> None:
    set_on(bridge, begun(bridge))
    bridge.give(at(RUN, 6.0))
    # The belt stays empty for twenty seconds.
    back = at(RUN, 32.0)
    assert bridge.give_one(back[0]).seen.fresh
    assert bridge.give_one(back[1]).seen.points is not None

    unnamed = Bridge(tmp_path / "unnamed")
    unnamed.give(RUN)
    assert set_on(unnamed, unnamed.stills[-2]) == Done()
    assert unnamed.give_one(at(RUN, 6.0)[0]).seen.points is not None
    outcome = unnamed.give_one(back[0])
    assert outcome.seen.fresh
    assert outcome.seen.points is None
    unnamed.close()
