"""Recordings in which the scene hides the number, with the real networks."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from pathlib import Path

import numpy as np
import pytest
from filmed import film, images_of

from edge.messages.arrays import Image
from edge.messages.message import Message
from edge.messages.metric import Metric
from edge.messages.notice import NoticeChange
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import Verdict, VerdictState
from edge.pipeline import Pipeline
from edge.settings.pose_settings import PoseSettings
from edge.settings.settings import Settings
from edge.station.assembly import build_rig

FOOT_METRICS = (Metric.KNEE_TOE, Metric.PUSH_OFF, Metric.PLANTARFLEXION)


@pytest.fixture(scope="module")
def pipeline(models_dir: Path) -> Pipeline:
    settings = Settings(pose=PoseSettings(threads=1))
    return build_rig(settings, models_dir, smaller=False).pipeline


@dataclass(frozen=True)
class Told:
    """What the pipeline told: near strides, verdicts, and codes of notices with their times."""

    strides: list[StrideMetrics]
    verdicts: list[Verdict]
    notices: dict[str, float]


def told(pipeline: Pipeline, images: Sequence[Image]) -> Told:
    pipeline.reset()
    messages: list[Message] = []
    for frame in film(images):
        messages += pipeline.update(frame).messages
    return Told(
        strides=[m for m in messages if isinstance(m, StrideMetrics) and m.near],
        verdicts=[m for m in messages if isinstance(m, Verdict)],
        notices={
            m.notice.code: m.time_s for m in messages if isinstance(m, NoticeChange) and m.holds
        },
    )


@pytest.mark.parametrize(
    ("file", "code"), [("g_rail_feet", "feet_hidden"), ("g_feet_cut", "feet_cut")]
)
def test_without_feet_the_foot_s_numbers_are_absent_and_the_cadence_is_not(
    pipeline: Pipeline, shared_dir: Path, file: str, code: str
) -> None:
    images = images_of(shared_dir / "data" / "faults" / f"{file}.mp4", 240, first=0)
    seen = told(pipeline, images)
    assert seen.notices[code] < 1.0
    valid = [stride for stride in seen.strides if stride.valid]
    assert len(valid) >= 3
    assert all(isnan(stride.value(name)) for stride in valid for name in FOOT_METRICS)
    assert all(isfinite(stride.value("cadence_spm")) for stride in valid)
    last = [v for v in seen.verdicts if v.reason.code != "far_leg"][-2:]
    assert {(v.state, v.reason.code) for v in last} == {(VerdictState.UNKNOWN, code)}


def upside_down(image: Image) -> Image:
    return np.ascontiguousarray(image[::-1, ::-1])


def clockwise(image: Image) -> Image:
    return np.ascontiguousarray(np.rot90(image, -1))


def counterclockwise(image: Image) -> Image:
    return np.ascontiguousarray(np.rot90(image))


@pytest.mark.parametrize(
    ("clip", "turn", "code"),
    [
        ("good_left", upside_down, "picture_upside_down"),
        ("kneesfwd_right", clockwise, "picture_sideways"),
        ("bentpush_left", counterclockwise, "picture_sideways"),
    ],
)
def test_a_picture_that_is_not_upright_is_told_and_no_stride_is_measured(
    pipeline: Pipeline, clips_dir: Path, clip: str, turn: object, code: str
) -> None:
    assert callable(turn)
    images = [turn(image) for image in images_of(clips_dir / f"{clip}.mp4", 120)]
    seen = told(pipeline, images)
    assert code in seen.notices
    assert not any(stride.valid for stride in seen.strides)


def test_the_file_that_is_upside_down_is_told(pipeline: Pipeline, shared_dir: Path) -> None:
    images = images_of(shared_dir / "data" / "faults" / "upsidedown_nometa.mp4", 90, first=0)
    assert told(pipeline, images).notices == {"picture_upside_down": pytest.approx(0.8, abs=0.1)}
