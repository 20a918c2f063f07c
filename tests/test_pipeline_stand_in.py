"""Strides seen by another model are marked, not judged, and have no lasting effect."""

from collections.abc import Iterable

import pytest
from recordings import EXACT as EXACT_GAIT
from recordings import record
from synthetic import BENT_PUSH_OFF, Runner

from edge.i18n.reasons import english
from edge.messages.message import Message
from edge.messages.pose import Pose
from edge.messages.reason import Reason
from edge.messages.side import Side
from edge.messages.stride import KeyPose, StrideMetrics
from edge.messages.verdict import Verdict, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS
from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.settings.settings import Settings

EXACT = Settings(gait=EXACT_GAIT)
STAND_IN = Reason("smaller_model", model="lite")
REASON = english(STAND_IN)
SECONDS = 17.5
# Long enough after the start for a verdict, and before the end for another.
FROM_S, TO_S = 8.0, 9.5


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    return record(Runner(BENT_PUSH_OFF), SECONDS, 60.0).poses


def told(poses: Iterable[Pose], from_s: float, to_s: float) -> list[Message]:
    """Return the messages of a run whose middle was seen by a fallback model."""
    pipeline = Pipeline(NoPictures(), EXACT, NO_OFFSETS)
    messages: list[Message] = []
    for pose in poses:
        pipeline.fallback.use(STAND_IN if from_s <= pose.time_s < to_s else Reason())
        messages += pipeline.follow(pose).messages
    return messages


@pytest.fixture(scope="module")
def plain(poses: list[Pose]) -> list[Message]:
    return told(poses, 0.0, 0.0)


@pytest.fixture(scope="module")
def marked(poses: list[Pose]) -> list[Message]:
    return told(poses, FROM_S, TO_S)


def strides(messages: Iterable[Message]) -> list[StrideMetrics]:
    return [m for m in messages if isinstance(m, StrideMetrics)]


def test_every_stride_with_a_frame_of_a_stand_in_is_marked_and_keeps_its_numbers(
    plain: list[Message], marked: list[Message]
) -> None:
    pairs = list(zip(strides(plain), strides(marked), strict=True))
    for one, other in pairs:
        assert (one.side, one.start_s, one.end_s) == (other.side, other.start_s, other.end_s)
        assert one.value("knee_flexion_push_off_deg") == pytest.approx(
            other.value("knee_flexion_push_off_deg"), nan_ok=True
        )
        if other.start_s < TO_S and other.end_s > FROM_S:
            assert not other.valid
            assert english(other.reason) == (english(one.reason) or REASON)
        elif other.end_s < FROM_S - 0.5 or other.start_s > TO_S + 0.5:
            # A stride is measured with a margin before and after it.
            assert (other.valid, english(other.reason)) == (one.valid, english(one.reason))
    assert sum(english(other.reason) == REASON for _, other in pairs) >= 4


def near_verdicts(messages: Iterable[Message]) -> list[Verdict]:
    return [m for m in messages if isinstance(m, Verdict) and m.side is Side.RIGHT]


def test_verdicts_pause_with_the_reason_and_come_back(marked: list[Message]) -> None:
    verdicts = near_verdicts(marked)
    before = [v for v in verdicts if v.decided_at_s < FROM_S]
    assert before[-1].state is not VerdictState.UNKNOWN
    during = [v for v in verdicts if FROM_S + 0.8 < v.decided_at_s < TO_S]
    assert {(v.state, english(v.reason), v.cue) for v in during} == {
        (VerdictState.UNKNOWN, REASON, None)
    }
    assert verdicts[-1].state is before[-1].state


def test_no_still_is_shown_of_a_marked_stride(marked: list[Message]) -> None:
    keys = [m for m in marked if isinstance(m, KeyPose)]
    assert keys
    assert not [key for key in keys if FROM_S <= key.time_s < TO_S]


def test_a_reset_forgets_what_was_seen_through_a_stand_in(poses: list[Pose]) -> None:
    pipeline = Pipeline(NoPictures(), EXACT, NO_OFFSETS)
    pipeline.fallback.use(STAND_IN)
    for pose in poses[:300]:
        pipeline.follow(pose)
    pipeline.fallback.use(Reason())
    pipeline.reset()
    messages = [m for pose in poses[:600] for m in pipeline.follow(pose).messages]
    assert REASON not in {english(stride.reason) for stride in strides(messages)}


def test_rooms_are_told_as_a_frame_leaves_them(poses: list[Pose]) -> None:
    laps: list[str] = []
    pipeline = Pipeline(NoPictures(), EXACT, NO_OFFSETS, lap=laps.append)
    for pose in poses[:3]:
        pipeline.follow(pose)
    assert laps == ["identity", "gait", "metrics"] * 3
