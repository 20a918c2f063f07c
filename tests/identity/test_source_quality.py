"""A score without truth: high where the legs are right, low in each way of being wrong."""

from math import isnan

import numpy as np
import pytest
from leg_sources import Wrong, front_leg, hanging, hopping, read
from recordings import poses_of, record
from synthetic import GOOD, KNEES_FORWARD, WALK, Camera, Form, Runner, standing_px

from edge.identity.read_legs import read_legs
from edge.identity.source_quality import SourceQuality
from edge.messages.legs import LegFlaw
from edge.messages.side import Side

SECONDS = 3.0


def score(
    form: Form = GOOD,
    wrong: Wrong | None = None,
    fps: float = 30.0,
    scatter_legs: float = 0.0,
    missing: float = 0.0,
) -> tuple[float, LegFlaw]:
    runner = Runner(form)
    quality = SourceQuality()
    random = np.random.default_rng(2)
    for pose in record(runner, SECONDS, fps).poses:
        legs = read_legs(read(pose, Side.RIGHT, wrong)).copy()
        legs += random.normal(0.0, scatter_legs * runner.leg_px, legs.shape)
        if random.random() < missing:
            legs[0, 2] = np.nan
        quality.add(pose.time_s, legs[0], legs[1], runner.leg_px)
    return quality.score()


@pytest.mark.parametrize("form", [GOOD, KNEES_FORWARD, WALK])
@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_right_legs_score_high(form: Form, fps: float) -> None:
    assert score(form, fps=fps)[0] > 0.85


@pytest.mark.parametrize("wrong", [front_leg, hopping, hanging])
def test_wrong_legs_score_low(wrong: Wrong) -> None:
    assert score(wrong=wrong)[0] < 0.3


def test_a_leg_that_is_always_in_front_is_told_by_the_other_one() -> None:
    assert score(wrong=front_leg)[1] is LegFlaw.SIDES


def test_wandering_points_score_the_lower_the_more_they_wander() -> None:
    scores = [score(scatter_legs=share)[0] for share in (0.0, 0.03, 0.06)]
    assert scores == sorted(scores, reverse=True)
    assert score(scatter_legs=0.06)[1] is LegFlaw.LENGTHS


def test_missing_points_are_told() -> None:
    some, most = score(missing=0.3), score(missing=0.7)
    assert 0.2 < some[0] < 0.7
    assert some[1] is most[1] is LegFlaw.MISSING
    assert most[0] == 0.0


def test_who_stands_has_no_score() -> None:
    times = np.arange(0, SECONDS, 1 / 30)
    quality = SourceQuality()
    for pose in poses_of(standing_px(Camera(), times), times):
        near, far = read_legs(read(pose, Side.RIGHT))
        quality.add(pose.time_s, near, far, Runner(GOOD).leg_px)
    assert isnan(quality.score()[0])


def test_a_short_time_has_no_score() -> None:
    assert isnan(SourceQuality().score()[0])
