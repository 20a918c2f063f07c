"""Pages get the estimates that the verdict has, over the last ten valid strides of a leg."""

import numpy as np

from edge.coaching.coach import Coach
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.serve.live.recent_strides import DRAWN, RecentStrides
from edge.settings.coaching_settings import CoachingSettings


def a_stride(
    *, side: Side = Side.RIGHT, near: bool = True, valid: bool = True, **values: float
) -> StrideMetrics:
    return StrideMetrics(
        side=side,
        near=near,
        start_s=1.0,
        peak_knee_flexion_s=1.1,
        toe_off_s=1.3,
        end_s=1.7,
        valid=valid,
        reason=Reason() if valid else Reason("tracking_gap"),
        values=values,
    )


OFFSETS = (3.1, 3.4, 2.9, 3.3, 12.0, 3.6, 4.1, 3.2, 2.2, 3.5, 3.0, 3.8)


def test_a_page_draws_the_mean_and_interval_of_the_verdict() -> None:
    recent, coach = RecentStrides(), Coach(CoachingSettings())
    for offset in OFFSETS:
        stride = a_stride(knee_toe_offset_pct=offset)
        found = recent.update(stride)["knee_toe_offset_pct"]
        verdict = coach.update(stride, 3.0)[0]
    assert found.count == verdict.strides == 10
    assert (found.mean, found.low, found.high) == (verdict.mean, *verdict.ci95)


def test_an_invalid_stride_and_the_other_leg_change_nothing() -> None:
    recent = RecentStrides()
    before = recent.update(a_stride(knee_toe_offset_pct=3.0))
    assert recent.update(a_stride(valid=False, knee_toe_offset_pct=90.0)) == before
    other = recent.update(a_stride(side=Side.LEFT, near=False, knee_toe_offset_pct=-4.0))
    assert other["knee_toe_offset_pct"].mean == -4.0
    assert recent.update(a_stride(valid=False)) == before


def test_what_was_not_measured_is_left_out_and_one_stride_has_no_interval() -> None:
    found = RecentStrides().update(a_stride(knee_toe_offset_pct=3.0, ground_contact_ms=np.nan))
    assert set(found) <= set(DRAWN) - {"ground_contact_ms"}
    assert (found["knee_toe_offset_pct"].low, found["knee_toe_offset_pct"].high) == (None, None)


def test_nothing_is_left_of_the_session_before() -> None:
    recent = RecentStrides()
    recent.update(a_stride(cadence_spm=160.0))
    recent.clear()
    assert recent.update(a_stride(cadence_spm=170.0))["cadence_spm"].mean == 170.0
