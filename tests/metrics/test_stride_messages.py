"""What is sent of one stride: all its numbers, and what is drawn of one that counts."""

import numpy as np
import pytest
from recordings import record
from strides_by_hand import cut, with_points
from synthetic import Runner

from edge.messages.metric import Metric
from edge.messages.reason import Reason
from edge.messages.seen import Seen
from edge.messages.stride import KeyPose, Stride, StrideCurves, StrideMetrics
from edge.metrics.model_errors import NO_ERRORS
from edge.metrics.model_offsets import NO_OFFSETS
from edge.metrics.stride_messages import Drawn, stride_messages

SEEN = Seen(pose=record(Runner(), 0.1).poses[0])
NONE = Reason()
SMALLER = Reason("smaller_model", model="lite")
FEET_CUT, TURNED = Reason("feet_cut"), Reason("camera_turned", deg=4.0)


def sent(
    stride: Stride, stand_in: Reason = NONE, why_not: Reason = NONE
) -> tuple[StrideMetrics, list[Drawn]]:
    return stride_messages(
        stride, NO_OFFSETS, SEEN, errors=NO_ERRORS, stand_in=stand_in, why_not=why_not
    )


def test_a_stride_that_counts_is_drawn_with_both_key_poses_and_its_curves() -> None:
    metrics, drawn = sent(cut(Runner()))
    assert (metrics.valid, metrics.reason) == (True, NONE)
    assert [type(each) for each in drawn] == [KeyPose, KeyPose, StrideCurves]


@pytest.mark.parametrize(
    ("stand_in", "why_not", "reason"),
    [
        (SMALLER, NONE, SMALLER),
        (NONE, TURNED, TURNED),
        (SMALLER, TURNED, SMALLER),
        (SMALLER, FEET_CUT, SMALLER),
    ],
)
def test_one_that_does_not_count_says_why_keeps_its_numbers_and_is_not_drawn(
    stand_in: Reason, why_not: Reason, reason: Reason
) -> None:
    metrics, drawn = sent(cut(Runner()), stand_in, why_not)
    assert (metrics.valid, metrics.reason, drawn) == (False, reason, [])
    assert np.isfinite(metrics.value("vertical_oscillation_pct"))


def test_the_strides_own_reason_comes_first() -> None:
    own = Reason("walking")
    metrics, drawn = sent(cut(Runner(), valid=False, reason=own), SMALLER)
    assert (metrics.reason, drawn) == (own, [])


def test_without_feet_the_rest_is_measured_and_counts() -> None:
    metrics, drawn = sent(cut(Runner()), why_not=FEET_CUT)
    assert metrics.valid
    assert np.isnan(metrics.value(Metric.KNEE_TOE))
    assert np.isfinite(metrics.value("vertical_oscillation_pct"))
    assert StrideCurves in map(type, drawn)


def test_the_far_leg_is_not_drawn() -> None:
    runner = Runner()
    metrics, drawn = sent(cut(runner, runner.near.other))
    assert metrics.valid
    assert not metrics.near
    assert drawn == []


def test_a_stride_without_any_point_has_no_curves() -> None:
    stride = cut(Runner())
    assert sent(with_points(stride, np.full_like(stride.xy_px, np.nan)))[1] == []
