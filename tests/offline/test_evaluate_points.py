"""Whose points they are and how far off, by hand."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.messages.arrays import Floats
from edge.messages.errors import EvaluationError
from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, TOE
from edge.offline.evaluate.clip_truth import LEG_JOINTS, find_clips, load_clip, load_points
from edge.offline.evaluate.clips import verdict_relation
from edge.offline.evaluate.leg_points import PointScore, identity_table, point_table, score_points

LEG_PX = 200.0


def legs(frames: int, apart_px: float = 100.0) -> tuple[Floats, Floats]:
    """Return a near leg, and a far one shifted to the right."""
    near = np.zeros((frames, 5, 2))
    near[:, :, 1] = np.array([0.0, 100.0, 190.0, 200.0, 200.0])
    return near, near + np.array([apart_px, 0.0])


def score(seen: Floats, near: Floats, far: Floats) -> PointScore:
    return score_points(seen, near, far, LEG_PX)


def test_points_on_the_far_leg_are_swapped() -> None:
    near, far = legs(4)
    seen = near.copy()
    seen[1:3] = far[1:3]
    result = score(seen, near, far)
    assert result.swapped.tolist() == [False, True, True, False]
    assert result.longest_swap == 2


def test_the_hip_has_no_say() -> None:
    near, far = legs(1)
    seen = near.copy()
    seen[:, HIP] += 1000.0
    assert not score(seen, near, far).swapped.any()


def test_only_points_that_are_there_decide() -> None:
    near, far = legs(1)
    seen = np.full_like(near, np.nan)
    seen[:, KNEE] = far[:, KNEE]
    assert score(seen, near, far).swapped.tolist() == [True]
    assert not score(np.full_like(near, np.nan), near, far).judged.any()


def test_the_sum_decides_and_not_the_count() -> None:
    near, far = legs(1)
    seen = near.copy()
    # Three points a little nearer to the far leg, one all the way on the near one.
    seen[:, [KNEE, ANKLE, HEEL], 0] = 55.0
    assert not score(seen, near, far).swapped.any()
    seen[:, TOE, 0] = 55.0
    assert score(seen, near, far).swapped.all()


@pytest.mark.parametrize(("apart_px", "judged"), [(19.9, False), (20.1, True)])
def test_legs_that_are_not_apart_are_not_judged(apart_px: float, judged: bool) -> None:
    near, far = legs(1, apart_px)
    result = score(far, near, far)
    assert result.judged.tolist() == [judged]
    assert result.swapped.tolist() == [judged]


def test_a_frame_that_is_not_judged_does_not_end_a_swap() -> None:
    near, far = legs(5)
    seen = far.copy()
    far[2] = near[2] + 1.0
    result = score(seen, near, far)
    assert result.judged.tolist() == [True, True, False, True, True]
    assert result.longest_swap == 4


def test_identity_over_clips() -> None:
    near, far = legs(4)
    half = near.copy()
    half[:2] = far[:2]
    table = identity_table({"good": score(near, near, far), "bad": score(half, near, far)})
    assert table == {
        "swapped_frames_pct": 25.0,
        "judged_frames": 8,
        "longest_swap_frames": 2,
        "longest_swap_clip": "bad",
    }
    assert identity_table({"good": score(near, near, far)})["longest_swap_clip"] is None
    assert identity_table({})["swapped_frames_pct"] is None


def test_distances_are_told_in_pixels_and_in_legs() -> None:
    near, far = legs(4)
    seen = near + np.array([0.0, 4.0])
    seen[:1, TOE] = np.nan
    table = point_table([score(seen, near, far)])
    assert list(table) == list(LEG_JOINTS)
    assert table["knee"] == {
        "median_px": 4.0,
        "median_pct_leg": 2.0,
        "p95_pct_leg": 2.0,
        "absent_pct": 0.0,
    }
    assert table["toe"]["absent_pct"] == 25.0
    nobody = score(np.full_like(near, np.nan), near, far)
    assert set(point_table([nobody])["hip"].values()) == {None}


@pytest.mark.parametrize(
    ("expected", "got", "relation"),
    [
        ("green", "green", "same"),
        ("unknown", "unknown", "same"),
        ("green", "amber", "neighbour"),
        ("red", "amber", "neighbour"),
        ("red", "borderline", "neighbour"),
        ("green", "red", "opposite"),
        ("red", "green", "opposite"),
        ("green", "unknown", "unknown"),
        ("unknown", "red", "unknown"),
    ],
)
def test_how_a_light_stands_to_the_expected_one(expected: str, got: str, relation: str) -> None:
    assert verdict_relation(expected, got) == relation


def truth(**changes: Any) -> dict[str, Any]:
    verdicts = {"left": "unknown", "right": "green"}
    content = {
        "mode": "run", "fps": 60.0, "near_side": "right", "belt_speed_mps": None,
        "cadence_spm": 160.0, "judged_s": [1.5, 3.0], "body": {"leg_m": 0.9},
        "camera": {"px_per_m_at_runner": 200.0},
        "expected": {"knees_forward": verdicts, "bent_push_off": verdicts},
        "events": [
            {"time_s": 2.0, "side": "right", "kind": "toe_off"},
            {"time_s": 2.1, "side": "left", "kind": "toe_off"},
        ],
        "strides": [
            {"side": "right", "near": 1, "gait": "run", "start_s": 0.0, "end_s": 0.7,
             "knee_toe_offset_pct": -4.0, "trunk_lean_deg": None},
            {"side": "right", "near": 1, "gait": "run", "start_s": 0.7, "end_s": None},
            {"side": "right", "near": 1, "gait": "walk", "start_s": 0.7, "end_s": 1.5},
        ],
    }  # fmt: skip
    return {k: v for k, v in (content | changes).items() if v != "left out"}


def write_clip(folder: Path, name: str = "a", **changes: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.truth.json"
    path.write_text(json.dumps(truth(**changes)))
    return path


def test_a_clips_truth_is_read(tmp_path: Path) -> None:
    clip = load_clip(write_clip(tmp_path))
    assert clip.name == "a"
    assert clip.video == tmp_path / "a.mp4"
    assert clip.leg_px == pytest.approx(180.0)
    assert np.isnan(clip.belt_speed_mps)
    assert clip.events_s[Side.RIGHT, EventKind.TOE_OFF].tolist() == [2.0]
    assert clip.events_s[Side.RIGHT, EventKind.INITIAL_CONTACT].size == 0
    # Neither the stride that the clip cuts off nor the one that was walked; the one from 0 is kept.
    assert [s.end_s for s in clip.strides[Side.RIGHT]] == [0.7]
    assert np.isnan(clip.strides[Side.RIGHT][0].metrics["trunk_lean_deg"])


def test_truth_that_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"a\.truth\.json has no judged_s$"):
        load_clip(write_clip(tmp_path, judged_s="left out"))
    path = write_clip(tmp_path)
    for text in ("no JSON", "[1, 2]", '"text"'):
        path.write_text(text)
        with pytest.raises(EvaluationError, match=r"is not a clip's truth file$"):
            load_clip(path)


def test_folders_of_clips_are_searched_in_order(tmp_path: Path) -> None:
    for folder, name in (("one", "b"), ("one", "a"), ("two", "c")):
        write_clip(tmp_path / folder, name)
    folders = (tmp_path / "two", tmp_path / "one")
    assert [p.name[0] for p in find_clips(folders)] == ["c", "a", "b"]
    assert [p.name[0] for p in find_clips(folders, ("b", "c"))] == ["b", "c"]


def test_folders_without_clips_are_named(tmp_path: Path) -> None:
    file = write_clip(tmp_path / "one")
    (tmp_path / "empty").mkdir()
    for folders, says in (
        ((tmp_path / "gone",), "gone does not exist"),
        ((file,), "is not a folder of clips"),
        ((tmp_path / "empty",), r"contains no clip \(NAME.mp4 with NAME.truth.json\)"),
        ((tmp_path / "one", write_clip(tmp_path / "two").parent), "two clips have the name a"),
    ):
        with pytest.raises(EvaluationError, match=says):
            find_clips(folders)
    with pytest.raises(EvaluationError, match="there is no clip z; known: a"):
        find_clips((tmp_path / "one",), ("z",))


def write_points(path: Path, header: str, *rows: str) -> None:
    with gzip.open(path.with_name("a.keypoints.csv.gz"), "wt") as file:
        file.write("\n".join([header, *rows]) + "\n")


def test_points_are_read_by_name(tmp_path: Path) -> None:
    path = write_clip(tmp_path)
    # In a different order from ours, and with an extra column.
    joints = (*LEG_JOINTS, "shoe_tip")
    names = [f"{s}_{j}_{a}_px" for s in ("right", "left") for j in joints for a in "vu"]
    rows = (",".join(map(str, range(n, n + 25))) for n in (0, 50))
    write_points(path, ",".join(["frame", *names]), *rows)
    points = load_points(path)
    assert points[Side.RIGHT].shape == (2, 6, 2)
    assert points[Side.RIGHT][0, 0].tolist() == [2.0, 1.0]
    assert points[Side.LEFT][1, 5].tolist() == [74.0, 73.0]


def test_points_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    path = write_clip(tmp_path)
    with pytest.raises(EvaluationError, match=r"a\.keypoints\.csv\.gz does not exist"):
        load_points(path)
    write_points(path, "frame,left_hip_u_px", "0,1")
    with pytest.raises(EvaluationError, match="lacks a column"):
        load_points(path)
    path.with_name("a.keypoints.csv.gz").write_text("not compressed")
    with pytest.raises(EvaluationError, match="is not a table of points"):
        load_points(path)
