"""Toe-off by the turn of the foot, and by knee and ball where the foot is not seen to turn."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from edge.gait.event_offsets import IN_PICTURES
from edge.gait.event_weights import READINGS
from edge.gait.foot_signals import LegSignals
from edge.gait.foot_turn import TURNED_DEG, FootTurn, flat_deg
from edge.gait.toe_off import TURN_LEAD_S, OpenStance, ToeOffRule
from edge.messages.gait import EventKind

STRIDE_S, BELT_PX_S = 0.72, 600.0
FLAT_DEG = -8.0
# The foot turns by 400 degrees/s and has turned by 45 degrees at 0.28 s; the knee is straightest 50
# ms before, as in films of real runners, and the ball has then long begun to rise.
LEFT_S, STRAIGHT_S = 0.28, 0.23
RATE_DEG_S = 400.0

Like = Callable[[LegSignals], LegSignals]


def same(sample: LegSignals) -> LegSignals:
    return sample


def sample(since_s: float) -> LegSignals:
    """Return a leg ``since_s`` after contact."""
    turned = max(0.0, TURNED_DEG + RATE_DEG_S * (since_s - LEFT_S))
    return LegSignals(
        time_s=since_s,
        decided_at_s=since_s + 0.05,
        reach=0.3 - 2.5 * since_s,
        knee_flexion_deg=15 + 4000 * (since_s - STRAIGHT_S) ** 2,
        knee_rate_deg_s=8000 * (since_s - STRAIGHT_S),
        foot_deg=FLAT_DEG - turned,
        ball_forward_px_s=-BELT_PX_S,
        ball_up_px_s=BELT_PX_S * max(0.0, since_s - 0.17) * 3,
        speeds_px_s=(0.0,) * 9,
        score=0.9,
    )


def toe_offs(
    strides: int = 1,
    fps: float = 60.0,
    like: Like = same,
    last: Like | None = None,
    turning_deg: float = 35.0,
) -> list[tuple[float, float, bool]]:
    """Return time after contact, time of the newest sample then, and by turn, of each toe-off.

    ``last`` changes the last stride's samples instead of ``like``.
    """
    rule = ToeOffRule(foretold_s=0.008, turning_deg=turning_deg)
    found = []
    for stride in range(strides):
        seen: list[LegSignals] = []
        change = last if last and stride == strides - 1 else like
        for i in range(round(0.5 * fps)):
            seen.append(change(sample(i / fps)))
            stance = OpenStance(
                samples=seen,
                contact_s=0.0,
                knee_peak_s=0.1,
                stride_s=STRIDE_S,
                belt_px_s=BELT_PX_S,
            )
            left = rule.find(stance)
            if left is not None:
                found.append((left.time_s, seen[-1].time_s, left.turned))
                break
    return found


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_the_tip_leaves_when_the_foot_has_turned_not_when_the_knee_is_straightest(
    fps: float,
) -> None:
    ((time_s, _, turned),) = toe_offs(fps=fps)
    assert turned
    assert time_s == pytest.approx(LEFT_S + TURN_LEAD_S, abs=1e-3)


@pytest.mark.parametrize("by_deg", [-6.0, -2.0, 3.0])
def test_neither_roll_nor_incline_nor_the_height_of_the_heel_moves_it(by_deg: float) -> None:
    def tilted(s: LegSignals) -> LegSignals:
        return replace(s, foot_deg=s.foot_deg + by_deg)

    assert toe_offs(like=tilted)[0][0] == pytest.approx(toe_offs()[0][0], abs=1e-6)


@pytest.mark.parametrize("earlier_s", [0.0, 0.03, 0.06])
def test_where_the_ball_is_along_the_shoe_does_not_move_it(earlier_s: float) -> None:
    # A point further back on the shoe rises earlier as the heel comes up.
    def further_back(s: LegSignals) -> LegSignals:
        return replace(s, ball_up_px_s=sample(s.time_s + earlier_s).ball_up_px_s)

    assert toe_offs(like=further_back)[0][0] == pytest.approx(LEFT_S + TURN_LEAD_S, abs=1e-3)


def test_after_three_strides_it_is_decided_as_soon_as_the_foot_has_turned() -> None:
    found = toe_offs(strides=5)
    assert [turned for _, _, turned in found] == [True] * 5
    waits = [now_s - LEFT_S for _, now_s, _ in found]
    assert max(waits[3:]) < 1 / 60
    assert max(waits[3:]) < min(waits[:3])
    assert [t for t, _, _ in found] == pytest.approx([LEFT_S + TURN_LEAD_S] * 5, abs=1e-3)


def test_feet_exchanged_for_two_frames_are_no_toe_off() -> None:
    def exchanged(s: LegSignals) -> LegSignals:
        return replace(s, foot_deg=-85.0) if 0.15 < s.time_s < 0.18 else s

    usual, with_it = toe_offs(strides=5), toe_offs(strides=5, last=exchanged)
    np.testing.assert_allclose(with_it, usual)


def test_a_foot_that_does_not_turn_leaves_by_knee_and_ball() -> None:
    def stiff(s: LegSignals) -> LegSignals:
        return replace(s, foot_deg=FLAT_DEG)

    found = toe_offs(strides=5, like=stiff)
    assert not any(turned for _, _, turned in found)
    # The ball rises through 0.15 of belt speed at 0.22 s; 10 ms are added, and 7 taken off midway.
    midway_s = (0.22 + 0.01 + STRAIGHT_S) / 2 - 0.007
    assert [t for t, _, _ in found] == pytest.approx([midway_s] * 5, abs=2e-3)
    # The first is waited for, as the foot might still turn.
    assert found[0][1] > midway_s + 0.1 > found[-1][1]


def test_a_foot_lost_while_it_turns_left_between_the_knees_sign_and_the_end_of_the_wait() -> None:
    def lost(s: LegSignals) -> LegSignals:
        return replace(s, foot_deg=np.nan) if s.time_s > LEFT_S - 0.01 else s

    ((time_s, now_s, turned),) = toe_offs(like=lost)
    assert not turned
    assert STRAIGHT_S < time_s < now_s
    assert time_s == pytest.approx(LEFT_S, abs=0.03)


def test_a_foot_that_has_turned_so_far_is_waited_for_though_the_last_did_not_turn() -> None:
    def still(one: LegSignals) -> LegSignals:
        return replace(one, foot_deg=FLAT_DEG)

    # It has turned by 17 degrees when the knee is straightest, and by 45 far later.
    def slowly(one: LegSignals) -> LegSignals:
        return replace(one, foot_deg=FLAT_DEG + (one.foot_deg - FLAT_DEG) * 0.7)

    for turning_deg, waits in ((35.0, False), (12.0, True)):
        (_, _, turned), (time_s, _, last_turned) = toe_offs(
            2, like=still, last=slowly, turning_deg=turning_deg
        )
        assert not turned
        assert last_turned is waits
        assert (time_s > LEFT_S) is waits


def test_no_foot_at_all_leaves_by_the_knee() -> None:
    def unseen(s: LegSignals) -> LegSignals:
        return replace(s, foot_deg=np.nan, ball_up_px_s=np.nan)

    ((time_s, _, turned),) = toe_offs(like=unseen)
    assert not turned
    assert time_s == pytest.approx(STRAIGHT_S - 0.007, abs=5e-3)


def test_a_flat_foot_is_the_median_of_mid_stance_and_of_the_last_strides() -> None:
    stance = [sample(i / 60) for i in range(12)]
    assert flat_deg(stance, 0.0, STRIDE_S) == FLAT_DEG
    assert np.isnan(flat_deg(stance[:3], 0.0, STRIDE_S))
    foot = FootTurn()
    for _ in range(4):
        foot.close(stance, 0.0, STRIDE_S)
    # One stance in which the foot was read 30 degrees off.
    off = [replace(s, foot_deg=s.foot_deg + 30) for s in stance]
    times, turned = foot.turned_deg(off, 0.0, STRIDE_S)
    assert times.shape == turned.shape == (12,)
    assert turned[6] == pytest.approx(-30.0)


def test_only_markers_are_read_against_the_end_of_force() -> None:
    assert set(READINGS) == {EventKind.INITIAL_CONTACT, EventKind.TOE_OFF}
    assert set(IN_PICTURES) == {EventKind.INITIAL_CONTACT}
