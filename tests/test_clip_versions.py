"""One clip seen in several ways gives one answer: mirrored, or at 30, 60 and 120 frames/s."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.assembly import build_pipeline
from edge.messages import EventKind, Floats, Frame, GaitEvent, Image, Side, StrideMetrics
from edge.settings import load_settings

SECONDS, SETTLED_S = 9.0, 1.5
# Agreement of clip means: about twice what one clip's mean is off by, at most what is stated of it.
CLOSE = {
    "knee_toe_offset_pct": 3.0,
    "knee_flexion_peak_deg": 2.0,
    "knee_flexion_push_off_deg": 2.0,
    "thigh_extension_deg": 3.0,
    "cadence_spm": 0.6,
    "ground_contact_ms": 12.0,
}


@dataclass(frozen=True)
class Seen:
    """What came of one version: near-leg contacts, valid near strides, and the facing."""

    contacts_s: Floats
    strides: tuple[StrideMetrics, ...]
    facing: Side | None

    def mean(self, metric: str) -> float:
        return float(np.nanmean([getattr(s, metric) for s in self.strides]))


def frames_of(clip: Path) -> Iterator[tuple[float, Image]]:
    source = cv2.VideoCapture(str(clip))
    fps = source.get(cv2.CAP_PROP_FPS)
    number = 0
    while number < SECONDS * fps:
        more, image = source.read()
        if not more:
            break
        yield number / fps, np.asarray(image, np.uint8)
        number += 1
    source.release()


def is_near_contact(event: GaitEvent) -> bool:
    return event.near and event.confirmed and event.kind is EventKind.INITIAL_CONTACT


def is_settled(stride: StrideMetrics) -> bool:
    return stride.near and stride.valid and stride.start_s > SETTLED_S


@cache
def seen(clip: Path, models: Path, every: int, mirrored: bool) -> Seen:
    pipeline = build_pipeline(load_settings(None, ["pose.threads=1"]), models)
    contacts, strides, facing = [], [], None
    for number, (time_s, image) in enumerate(frames_of(clip)):
        if number % every:
            continue
        if mirrored:
            image = np.ascontiguousarray(image[:, ::-1])
        outcome = pipeline.update(Frame(index=number // every, time_s=time_s, image=image))
        facing = outcome.state.facing or facing
        for message in outcome.messages:
            if isinstance(message, GaitEvent) and is_near_contact(message):
                contacts.append(message.time_s)
            elif isinstance(message, StrideMetrics) and is_settled(message):
                strides.append(message)
    return Seen(np.array(contacts), tuple(strides), facing)


@pytest.mark.parametrize("every", [2, 4])
def test_fewer_frames_a_second_give_the_same_numbers(
    clips_dir: Path, models_dir: Path, every: int
) -> None:
    clip = clips_dir / "highcad_120fps_left.mp4"
    most, fewer = (seen(clip, models_dir, n, False) for n in (1, every))
    assert abs(len(most.strides) - len(fewer.strides)) <= 1
    for metric, limit in CLOSE.items():
        assert fewer.mean(metric) == pytest.approx(most.mean(metric), abs=limit), metric


def test_a_mirrored_clip_gives_mirrored_results(clips_dir: Path, models_dir: Path) -> None:
    clip = clips_dir / "kneesfwd_right.mp4"
    plain, turned = (seen(clip, models_dir, 1, mirrored) for mirrored in (False, True))
    assert (plain.facing, turned.facing) == (Side.RIGHT, Side.LEFT)
    assert {s.side for s in plain.strides} == {Side.RIGHT}
    assert {s.side for s in turned.strides} == {Side.LEFT}
    assert plain.contacts_s.size == turned.contacts_s.size
    assert np.abs(plain.contacts_s - turned.contacts_s).max() < 0.034
    for metric, limit in CLOSE.items():
        assert turned.mean(metric) == pytest.approx(plain.mean(metric), abs=limit), metric
