"""Other skeletons than BlazePose's in the pipeline: what each supports and what it does not."""

from dataclasses import replace
from functools import cache
from math import isfinite

import numpy as np
import pytest
from recordings import record
from synthetic import GOOD, Camera, Runner

from edge.gait.event_offsets import gait_for
from edge.i18n.reasons import english
from edge.messages.gait import GaitState
from edge.messages.legs import LegSource
from edge.messages.message import Message
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import Skeleton
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Verdict, VerdictState
from edge.metrics.model_offsets import NO_OFFSETS, ModelOffsets, offsets_of
from edge.pipeline import Pipeline
from edge.pose.skeletons.loader import skeleton
from edge.settings.gait_settings import GaitSettings
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings

SECONDS = 10.0


class Nobody:
    """A pose room that is never called."""

    def update(self, frame: object) -> Pose:
        raise AssertionError

    def reset(self) -> None:
        """Forget nothing."""


def in_skeleton(pose: Pose, body: Skeleton) -> Pose:
    """Return the same runner in another model's skeleton."""
    seen = np.full(body.count, 0.9)
    return replace(
        pose,
        skeleton=body,
        xy_px=body.spread(pose.body_px),
        visibility=seen,
        depth_px=np.full(body.count, np.nan),
    )


@cache
def followed(name: str, facing: Side = Side.RIGHT) -> list[Message]:
    body = skeleton(name)
    pipeline = Pipeline(Nobody(), Settings(), NO_OFFSETS)
    poses = record(Runner(GOOD, Camera(facing=facing)), SECONDS).poses
    messages: list[Message] = []
    for pose in poses:
        messages += pipeline.follow(in_skeleton(pose, body)).messages
    return messages


@pytest.mark.parametrize("name", ["halpe26", "body25", "coco_wholebody133", "blazepose33"])
def test_a_skeleton_with_feet_gives_the_very_numbers_of_markers(name: str) -> None:
    markers, other = (
        [m for m in followed(n) if isinstance(m, StrideMetrics)] for n in ("body12", name)
    )
    assert len(markers) > 15
    assert [str(m) for m in other] == [str(m) for m in markers]


@pytest.mark.parametrize("facing", list(Side))
def test_without_feet_there_is_cadence_and_no_verdict(facing: Side) -> None:
    messages = followed("coco17", facing)
    states = [m for m in messages if isinstance(m, GaitState)]
    assert states[-1].facing is facing
    assert states[-1].cadence_spm == pytest.approx(GOOD.cadence_spm, rel=0.02)
    strides = [m for m in messages if isinstance(m, StrideMetrics)]
    assert len(strides) > 15
    assert not any(isfinite(m.value("knee_toe_offset_pct")) for m in strides)
    verdicts = [m for m in messages if isinstance(m, Verdict) and m.side is facing]
    assert len(verdicts) >= 2
    assert {v.state for v in verdicts} == {VerdictState.UNKNOWN}
    assert {english(v.reason) for v in verdicts} == {"the pose model sees no feet"}


def test_offsets_of_an_unknown_model_are_none_and_said() -> None:
    for model in ("lite", "full", "heavy"):
        offsets = offsets_of(model)
        assert offsets is not None
        assert set(offsets) == set(LegSource)
        assert offsets[LegSource.READER] == ModelOffsets()
        # Tracked points are BlazePose's own: their toe is the big toe.
        assert offsets[LegSource.TRACKED].knee_toe_pct < -15
    assert offsets_of("own.toml") is None
    own = Settings(pose=PoseSettings(model="own.toml"))
    assert Pipeline(Nobody(), own).notices == (Notice("offsets_unknown", model="own"),)
    assert Pipeline(Nobody(), Settings()).notices == ()
    assert Pipeline(Nobody(), own, ModelOffsets()).notices == ()


def test_events_of_an_unknown_model_are_those_of_markers_unless_set() -> None:
    assert gait_for("full", GaitSettings()) == GaitSettings()
    own = gait_for("own.toml", GaitSettings())
    assert (own.contact_offset_s, own.peak_offset_s, own.toe_off_offset_s) == (0.030, 0.0, -0.005)
    entered = GaitSettings(contact_offset_s=0.02)
    assert gait_for("own.toml", entered).contact_offset_s == 0.02


def test_toe_off_of_a_models_own_points_has_an_offset_of_its_own_unless_set() -> None:
    tracked = gait_for("full", GaitSettings(), LegSource.TRACKED)
    assert tracked == replace(GaitSettings(), turning_deg=12.0, toe_off_offset_s=-0.025)
    assert gait_for("full", GaitSettings(), LegSource.READER) == GaitSettings()
    heavy = gait_for("heavy", GaitSettings(), LegSource.TRACKED)
    assert heavy == replace(GaitSettings(), turning_deg=12.0)
    entered = GaitSettings(turning_deg=30.0, toe_off_offset_s=0.01)
    assert gait_for("full", entered, LegSource.TRACKED) == entered
