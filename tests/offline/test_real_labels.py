"""Labels by eye: their file, and what they say of a stride, by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.messages.errors import EvaluationError
from edge.messages.side import Side
from edge.offline.evaluate.real.eye_values import (
    expected_strides,
    eye_values,
    knee_toe_series,
    leg_px,
    stride_time_s,
)
from edge.offline.evaluate.real.labels import LabelledClip, load_labels

# A shank of 100 px upright, the thigh 45 degrees back from it, the shoe tip 20 px ahead.
BENT_45 = {
    "hip": [100 - 70.71067811865476, 200 - 70.71067811865476],
    "knee": [100.0, 200.0],
    "ankle": [100.0, 300.0],
    "heel": [80.0, 310.0],
    "toe": [120.0, 310.0],
}
STRAIGHT = BENT_45 | {"hip": [100.0, 100.0]}
HIDDEN = BENT_45 | {"toe": None}


def frame(
    index: int, points: dict[str, Any], other: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "frame": index,
        "around": "peak_knee_flexion",
        "points_px": {"A": points, "B": other or points},
    }


def stride(contact: float, off: float, *frames: dict[str, Any]) -> dict[str, Any]:
    return {
        "initial_contact_frame": {"A": contact, "B": contact},
        "toe_off_frame": {"A": off, "B": off},
        "frames": list(frames) or [frame(int(contact) + 2, BENT_45)],
    }


def entry(*strides: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"near_side": "right", "facing": "right", "fps": 30.0, "strides": list(strides)}
    return known | more


def written(folder: Path, content: object, film: str = "run") -> Path:
    (folder / f"{film}.mp4").write_bytes(b"")
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "labels.json").write_text(text)
    return folder


def clip_of(folder: Path, content: dict[str, Any]) -> LabelledClip:
    (clip,) = load_labels(written(folder, {"run": content}))
    return clip


def test_points_are_read_as_written(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, entry(stride(30, 40, frame(33, BENT_45, HIDDEN))))
    (labelled,) = clip.strides[0].frames
    assert np.isnan(labelled.leg_px["B"][4]).all()
    # Who did not see the toe does not move it.
    assert labelled.mean_px[4].tolist() == [120.0, 310.0]
    assert (clip.near, clip.facing, clip.frame_rate_hz) == (Side.RIGHT, Side.RIGHT, 30.0)
    assert clip.last_frame == 40


def test_values_of_a_stride_follow_the_catalogue(tmp_path: Path) -> None:
    push = frame(39, STRAIGHT) | {"around": "toe_off"}
    clip = clip_of(tmp_path, entry(stride(30, 40, frame(33, STRAIGHT), frame(34, BENT_45), push)))
    values = eye_values(clip.strides[0], clip.facing)
    assert values.knee_toe_pct == pytest.approx(-20.0)
    assert values.peak_deg == pytest.approx(45.0)
    assert values.push_off_deg == pytest.approx(0.0, abs=1e-9)
    assert leg_px(clip) == pytest.approx(200.0)


def test_a_runner_to_the_left_has_the_knee_ahead_the_other_way(tmp_path: Path) -> None:
    clip = clip_of(
        tmp_path, entry(stride(30, 40, frame(34, BENT_45)), near_side="left", facing="left")
    )
    values = eye_values(clip.strides[0], clip.facing)
    assert values.knee_toe_pct == pytest.approx(20.0)
    assert values.peak_deg == pytest.approx(-45.0)


def test_a_hidden_toe_leaves_no_knee_toe_and_the_knee_all_the_same(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, entry(stride(30, 40, frame(34, HIDDEN))))
    values = eye_values(clip.strides[0], clip.facing)
    assert np.isnan(values.knee_toe_pct)
    assert values.peak_deg == pytest.approx(45.0)
    assert np.isnan(values.push_off_deg)
    assert np.isnan(knee_toe_series(clip.strides[0], clip.facing)).all()


@pytest.mark.parametrize(
    ("contacts", "duration_s", "stride_s", "whole"),
    [
        # One, two and three strides of 0.7 s apart, at 30 frames a second: first contact at 0.3 s.
        ((30, 51, 93, 156), 10.0, 0.7, 13),
        # Never one stride apart: 0.72 s fits four, four and three times.
        ((59, 145.4, 231.8, 296.6), 12.0, 0.72, 15),
    ],
)
def test_strides_that_a_film_holds_follow_from_the_labels(
    tmp_path: Path, contacts: tuple[float, ...], duration_s: float, stride_s: float, whole: int
) -> None:
    clip = clip_of(tmp_path, entry(*(stride(c, c + 8) for c in contacts)))
    assert stride_time_s(clip) == pytest.approx(stride_s, abs=0.005)
    assert expected_strides(clip, duration_s) == whole


def test_strides_counted_by_a_person_win(tmp_path: Path) -> None:
    strides = [stride(c, c + 8) for c in (30, 51)]
    assert expected_strides(clip_of(tmp_path, entry(*strides, near_strides=7)), 10.0) == 7
    # Contacts at 2.4, 3.1, ... 5.9 s.
    running = clip_of(tmp_path, entry(*strides, running_s=[2.0, 6.0]))
    assert expected_strides(running, 10.0) == 5
    # One contact says nothing of the stride time.
    assert expected_strides(clip_of(tmp_path, entry(strides[0])), 10.0) is None


GOOD = entry(stride(30, 40))
NEGATIVE = entry(stride(-1, 40))
NOBODY = entry({"initial_contact_frame": {"A": None}, "toe_off_frame": {"A": 40}, "frames": []})
ODD = entry(stride(30, 40, frame(33, BENT_45) | {"around": "landing"}))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ([], "has no clips"),
        ({}, "has no clips"),
        ({"gone": GOOD}, "gone.mp4 does not exist"),
        ({"../run": GOOD}, "is not the name of a film"),
        ({"run": entry()}, "run has no labelled strides"),
        ({"run": {"fps": 30.0}}, "run has no strides"),
        ({"run": 3}, "the labels of run cannot be read"),
        ({"run": GOOD | {"fps": 0}}, "fps must be above 0"),
        ({"run": GOOD | {"near_side": "up"}}, "the labels of run cannot be read"),
        ({"run": GOOD | {"running_s": [5, 2]}}, "running_s must be a start and a later end"),
        ({"run": GOOD | {"near_strides": 2.5}}, "a whole number"),
        ({"run": NEGATIVE}, "a frame must not be negative"),
        ({"run": NOBODY}, "an event needs a frame"),
        ({"run": ODD}, "around must be"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_in_one_sentence(
    tmp_path: Path, content: object, says: str
) -> None:
    with pytest.raises(EvaluationError, match=says) as refused:
        load_labels(written(tmp_path, content))
    assert "\n" not in str(refused.value)


def test_missing_labels_folders_and_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"has no labels\.json"):
        load_labels(tmp_path)
    with pytest.raises(EvaluationError, match="gone does not exist"):
        load_labels(tmp_path / "gone")
    written(tmp_path, {"run": GOOD})
    with pytest.raises(EvaluationError, match="is not a folder"):
        load_labels(tmp_path / "run.mp4")
    with pytest.raises(EvaluationError, match="has no clip walk; it has run"):
        load_labels(tmp_path, ("walk",))
