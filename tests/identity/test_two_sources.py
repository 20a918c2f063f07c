"""Reader and tracking side by side: a bad one never silences a good one."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from leg_sources import Wrong, front_leg, hanging, hopping, read
from recordings import EXACT, Flaws, record
from synthetic import GOOD, Camera, Runner

from edge.gait.gait_tracker import GaitMessage, GaitTracker
from edge.gait.two_sources import SourcedGait
from edge.identity.leg_identity import LegIdentity
from edge.messages.gait import Activity, EventKind, GaitEvent, GaitState
from edge.messages.legs import LegClarity, LegSource
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.stride import Stride

SECONDS = 6.0
FPS = 30.0
# As BlazePose does: the legs exchanged in bursts.
FLAWS = Flaws(exchanged=0.1, noise_px=1.0, seed=3)


def follow(poses: list[Pose]) -> tuple[list[GaitMessage], LegIdentity]:
    identity, gait = LegIdentity(), SourcedGait(lambda _: GaitTracker(EXACT))
    found: list[GaitMessage] = []
    for pose in poses:
        window = identity.update(pose)
        view = identity.view
        found += gait.update(window, identity.rival, view.facing, view.leg_px, identity.legs)
    return found, identity


def filmed(wrong: Wrong | None, side: Side = Side.RIGHT, flaws: Flaws = FLAWS) -> list[Pose]:
    """Return poses of exchanged model legs with a reader that is right or wrong."""
    runner = Runner(GOOD, Camera(facing=side))
    clean = record(runner, SECONDS, FPS).poses
    spoilt = record(runner, SECONDS, FPS, flaws).poses
    return [
        replace(model, legs_px=seen.legs_px, legs_error_px=seen.legs_error_px)
        for model, seen in zip(spoilt, (read(p, side, wrong) for p in clean), strict=True)
    ]


def near_strides(found: list[GaitMessage]) -> list[Stride]:
    return [m for m in found if isinstance(m, Stride) and m.near]


def true_strides(side: Side = Side.RIGHT) -> int:
    runner = Runner(GOOD, Camera(facing=side))
    # The last contact is settled a look-ahead later.
    return len(runner.events(EventKind.INITIAL_CONTACT, side, SECONDS - 0.2)) - 1


@pytest.mark.parametrize("wrong", [front_leg, hopping, hanging])
def test_a_wrong_reader_does_not_silence_tracking(wrong: Wrong) -> None:
    found, identity = follow(filmed(wrong))
    assert identity.legs.source is LegSource.TRACKED
    assert identity.legs.clarity is not LegClarity.NOT_CLEAR
    strides = near_strides(found)
    # The first contacts come before the model's legs are known.
    assert len([s for s in strides if s.valid]) >= true_strides() - 2


def test_a_right_reader_stays_and_its_strides_are_as_without_a_rival() -> None:
    poses = filmed(None)
    found, identity = follow(poses)
    assert identity.legs.source is LegSource.READER
    assert {s.legs.source for s in near_strides(found)} == {LegSource.READER}
    alone, tracker = LegIdentity(), GaitTracker(EXACT)
    plain: list[GaitMessage] = []
    for pose in poses:
        plain += tracker.update(alone.update(pose), alone.view.facing, alone.view.leg_px)
    assert [s.start_s for s in near_strides(found)] == [s.start_s for s in near_strides(plain)]


def test_a_wrong_model_does_not_harm_the_reader() -> None:
    _, identity = follow(filmed(None, flaws=Flaws(exchanged=0.7, noise_px=8.0, seed=4)))
    assert identity.legs.source is LegSource.READER


def test_the_reader_may_fail_in_the_middle_and_recover() -> None:
    wrong, right = filmed(hanging), filmed(None)
    poses = [w if 2.0 < w.time_s < 4.0 else r for w, r in zip(wrong, right, strict=True)]
    found, _ = follow(poses)
    sources = {s.legs.source for s in near_strides(found)}
    assert sources == {LegSource.READER, LegSource.TRACKED}
    assert sum(s.valid for s in near_strides(found)) >= true_strides() - 4


@pytest.mark.parametrize("wrong", [front_leg, hanging])
def test_no_stride_is_told_twice(wrong: Wrong) -> None:
    found, _ = follow(filmed(wrong))
    valid = [s for s in near_strides(found) if s.valid]
    assert all(a.end_s <= b.start_s + 0.1 for a, b in pairwise(valid))
    contacts = [
        m.time_s
        for m in found
        if isinstance(m, GaitEvent)
        and m.near
        and m.kind is EventKind.INITIAL_CONTACT
        and m.confirmed
    ]
    assert np.diff(sorted(contacts)).min() > 0.15


def test_what_is_decided_late_says_when() -> None:
    found, _ = follow(filmed(front_leg))
    now_s = 0.0
    for message in found:
        if isinstance(message, GaitState):
            now_s = message.time_s
        else:
            assert message.decided_at_s > now_s - 1e-9


def test_frames_without_anybody_do_not_change_the_source() -> None:
    poses = [
        replace(p, xy_px=p.xy_px * np.nan, legs_px=None, legs_error_px=None)
        if 2.0 < p.time_s < 2.1 or 3.0 < p.time_s < 3.2
        else p
        for p in filmed(None)
    ]
    found, _ = follow(poses)
    assert {m.legs.source for m in found if isinstance(m, GaitState)} == {LegSource.READER}
    states = [m for m in found if isinstance(m, GaitState) and m.time_s > 1.5]
    assert {m.activity for m in states} == {Activity.RUNNING}


def test_poses_without_a_reader_are_tracked() -> None:
    poses = [replace(p, legs_px=None, legs_error_px=None) for p in filmed(None)]
    found, identity = follow(poses)
    assert identity.legs.source is LegSource.MODEL
    assert identity.rival == []
    assert {s.legs.source for s in near_strides(found)} == {LegSource.MODEL}


def test_two_bad_sources_are_not_standing() -> None:
    both = Flaws(exchanged=0.9, noise_px=2.0, seed=5)
    states = [m for m in follow(filmed(hopping, flaws=both))[0] if isinstance(m, GaitState)]
    assert Activity.STANDING not in {s.activity for s in states if s.time_s > 2.6}


def test_reset_makes_the_next_run_like_the_first() -> None:
    poses = filmed(hanging)
    identity = LegIdentity()
    once = [identity.update(p)[-1].xy_px for p in poses]
    identity.reset()
    again = [identity.update(p)[-1].xy_px for p in poses]
    np.testing.assert_array_equal(np.array(once), np.array(again))
