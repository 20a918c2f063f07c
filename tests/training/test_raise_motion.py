"""Rendered raises are what their truth says: the ball stays, the heel rises by the height drawn."""

from types import SimpleNamespace

import numpy as np
import pytest
from raise_motion import Floats, RaiseMotion, TrueRaise, draw_raises, truth_of

BODY = SimpleNamespace(
    thigh=0.43,
    shank=0.42,
    hip_half=0.12,
    c_heel=np.array([-0.05, 0.0, -0.1]),
    c_ball=np.array([0.13, 0.0, -0.1]),
    c_tip=np.array([0.2, 0.0, -0.1]),
)
TIMES_S = np.linspace(0, 5, 301)


def heel_and_ball(motion: RaiseMotion, side: str) -> tuple[Floats, Floats]:
    ankle, pitch_deg = motion._ankle(TIMES_S, side)
    pitch = np.deg2rad(pitch_deg)
    points = []
    for x, _, z in (BODY.c_heel, BODY.c_ball):
        points.append(
            ankle[:, [0, 2]]
            + np.stack(
                [np.cos(pitch) * x - np.sin(pitch) * z, np.sin(pitch) * x + np.cos(pitch) * z], -1
            )
        )
    return points[0], points[1]


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("drawn", [TrueRaise(start_s=1.0, end_s=2.6, height_m=0.09)])
def test_the_ball_stays_and_the_heel_rises_by_the_height(side: str, drawn: TrueRaise) -> None:
    heel, ball = heel_and_ball(RaiseMotion(BODY, [drawn], side), side)
    assert np.ptp(ball, axis=0) == pytest.approx(0.0, abs=1e-9)
    assert heel[:, 1] == pytest.approx(drawn.rise_m(TIMES_S), abs=1e-9)
    assert heel[:, 1].max() == pytest.approx(0.09, abs=1e-4)


@pytest.mark.parametrize("bend_deg", [0.0, 30.0])
def test_the_knee_bends_by_what_was_drawn(bend_deg: float) -> None:
    drawn = TrueRaise(start_s=1.0, end_s=2.6, height_m=0.09, knee_deg=bend_deg)
    knee = RaiseMotion(BODY, [drawn], "L").legs(TIMES_S)["L"]["k"]
    assert knee.max() - knee[0] == pytest.approx(bend_deg, abs=0.6)


def test_truth_grades_by_the_best_three_of_the_first_five() -> None:
    heights_m = [0.08, 0.10, 0.10, 0.10, 0.09, 0.07, 0.04]
    drawn = [
        TrueRaise(start_s=2.0 * i, end_s=2.0 * i + 1.6, height_m=height)
        for i, height in enumerate(heights_m)
    ]
    truth = truth_of(drawn)
    kinds = ["partial", "full", "full", "full", "full", "partial", "failed"]
    # 0.09 of 0.10 is full to the last digit of its rounding.
    assert [one["kind"] for one in truth][:4] == kinds[:4]
    assert [one["kind"] for one in truth][5:] == kinds[5:]
    assert truth[1]["height_pct"] == pytest.approx(100.0)


def test_a_seed_gives_the_same_set_and_others_others() -> None:
    one, again, other = (draw_raises(np.random.default_rng(s), 25, 0.09) for s in (1, 1, 2))
    assert one == again
    assert one != other
    starts_s = [raised.start_s for raised in one[0]]
    assert len(starts_s) == 25
    assert (np.diff(starts_s) > 1.5).all()
