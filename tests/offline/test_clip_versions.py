"""One clip seen in several ways gives one answer: mirrored, or at 30, 60 and 120 frames/s."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.record.result_folder import EVENTS, SESSION, STRIDES
from edge.settings.settings_file import read_settings
from edge.station.assembly import build_rig

# The first test waits for the analysis of all clips.
pytestmark = pytest.mark.timeout(1500)

QUICK, PLAIN = "highcad_120fps_left", "kneesfwd_right"
# Of each clip its beginning; what comes last in it may not be decided in every version.
SECONDS, SETTLED_S, ENDS_S = 9.0, 1.5, 8.7
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
    """What came of one version: near-leg contacts, valid near strides by side, and the facing."""

    contacts_s: Floats
    strides: tuple[tuple[Side, dict[str, float]], ...]
    facing: Side

    def mean(self, metric: str) -> float:
        return float(np.nanmean([metrics[metric] for _, metrics in self.strides]))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def analysis(folder: Path) -> Seen:
    """Return what `toeline analyze` made of a clip, as far as the versions go."""
    contacts = [
        float(event["time_s"])
        for event in rows(folder / EVENTS)
        if event["near"] == "1" and event["kind"] == EventKind.INITIAL_CONTACT
    ]
    strides = [
        (Side(stride["side"]), {metric: float(stride[metric] or "nan") for metric in CLOSE})
        for stride in rows(folder / STRIDES)
        if stride["near"] == stride["valid"] == "1"
        if lies_inside(float(stride["start_s"]), float(stride["end_s"]))
    ]
    facing = Side(json.loads((folder / SESSION).read_text())["facing"])
    return Seen(before_the_end(contacts), tuple(strides), facing)


def lies_inside(start_s: float, end_s: float) -> bool:
    return start_s > SETTLED_S and end_s < ENDS_S


def before_the_end(times_s: list[float]) -> Floats:
    times = np.array(times_s)
    return np.asarray(times[times < ENDS_S])


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
    return stride.near and stride.valid and lies_inside(stride.start_s, stride.end_s)


def seen(clip: Path, models: Path, *, every: int = 1, mirrored: bool = False) -> Seen:
    """Return what comes of a clip of which every so-manieth frame is seen, or a mirrored one."""
    pipeline = build_rig(read_settings(None, []), models, smaller=False).pipeline
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
                metrics = {metric: message.value(metric) for metric in CLOSE}
                strides.append((message.side, metrics))
    assert facing is not None
    return Seen(before_the_end(contacts), tuple(strides), facing)


@pytest.fixture(scope="session")
def versions(clips_dir: Path, models_dir: Path) -> dict[str, Seen]:
    """Return what is seen in every version."""
    quick, plain = (clips_dir / f"{name}.mp4" for name in (QUICK, PLAIN))
    return {
        "every 2": seen(quick, models_dir, every=2),
        "every 4": seen(quick, models_dir, every=4),
        "mirrored": seen(plain, models_dir, mirrored=True),
    }


# This one needs no analysis, so it comes before those that wait for them.
def test_a_mirrored_clip_is_of_a_runner_to_the_other_side(versions: dict[str, Seen]) -> None:
    assert versions["mirrored"].facing is Side.LEFT
    assert {side for side, _ in versions["mirrored"].strides} == {Side.LEFT}


@pytest.mark.parametrize("version", ["every 2", "every 4"])
def test_fewer_frames_a_second_give_the_same_numbers(
    versions: dict[str, Seen], analysed: dict[str, Path], version: str
) -> None:
    most, fewer = analysis(analysed[QUICK]), versions[version]
    assert len(most.strides) > 5
    assert abs(len(most.strides) - len(fewer.strides)) <= 1
    for metric, limit in CLOSE.items():
        assert fewer.mean(metric) == pytest.approx(most.mean(metric), abs=limit), metric


def test_a_mirrored_clip_gives_mirrored_results(
    versions: dict[str, Seen], analysed: dict[str, Path]
) -> None:
    plain, turned = analysis(analysed[PLAIN]), versions["mirrored"]
    assert plain.facing is Side.RIGHT
    assert {side for side, _ in plain.strides} == {Side.RIGHT}
    assert plain.contacts_s.size == turned.contacts_s.size > 5
    assert np.abs(plain.contacts_s - turned.contacts_s).max() < 0.034
    for metric, limit in CLOSE.items():
        assert turned.mean(metric) == pytest.approx(plain.mean(metric), abs=limit), metric
