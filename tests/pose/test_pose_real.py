"""The real networks on rendered runners: near the truth, repeatable, and as they were.

The golden file `pose_demo.json` holds keypoints of three frames of the bundled clip, found without
tracking, and a checksum of each frame's pixels. A change that is meant to move them renews it:

    TOELINE_UPDATE_GOLDEN=1 python -m pytest tests/pose/test_pose_real.py

Its frames were chosen because no point in them lies at the edge of a heatmap cell: there, moving
the crop by 0.001 px may move a point by half a pixel.
"""

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from pose_samples import (
    GOLDEN,
    UPDATE,
    Networks,
    a_frame,
    frames_of,
    golden,
    read_golden,
    real_networks,
    true_points,
)

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.pose.region import Region
from edge.pose.skeletons.loader import BLAZEPOSE, skeleton
from edge.settings import paths

FRAMES = (120, 137, 154, 171, 188, 205)
DEMO_FRAMES = (60, 125, 225)
TRACKED = range(120, 132)

# Median distance from the truth over six frames, pixels, of a runner about 430 px tall. The
# model's hip is not the joint's centre, and its foot point is not the tip of the big toe.
NEAR_LEG_PX = {"hip": 18, "knee": 10, "ankle": 13, "heel": 9, "toe": 22}
MODEL_POINTS = ("hip", "knee", "ankle", "heel", "foot_index")


@pytest.fixture(scope="module")
def networks(models_dir: Path) -> Networks:
    return real_networks(models_dir)


@pytest.fixture(scope="module")
def demo() -> dict[int, Image]:
    numbers = sorted({*DEMO_FRAMES, *TRACKED})
    return dict(zip(numbers, frames_of(paths.demo_clip(), numbers), strict=True))


@pytest.mark.parametrize("facing", ["right", "left"])
def test_the_near_leg_is_near_the_truth(networks: Networks, clips_dir: Path, facing: str) -> None:
    clip = clips_dir / f"good_{facing}.mp4"
    truth = true_points(clip, FRAMES, [f"{facing}_{name}" for name in NEAR_LEG_PX])
    points = skeleton(BLAZEPOSE).points
    leg = [points.index(f"{facing}_{name}") for name in MODEL_POINTS]
    found = np.array(
        [networks.detect_and_look(image).xy_px[leg] for image in frames_of(clip, FRAMES)]
    )
    distance = np.linalg.norm(found - truth, axis=2)
    for name, median, limit in zip(
        NEAR_LEG_PX, np.median(distance, axis=0), NEAR_LEG_PX.values(), strict=True
    ):
        assert median <= limit, f"{name}: {median:.1f} px"
    assert np.median(distance) <= 12


def tracked(demo: dict[int, Image]) -> list[Frame]:
    return [a_frame(i / 60, index=i, image=demo[i]) for i in TRACKED]


def test_two_runs_are_identical_bit_for_bit(
    networks: Networks, models_dir: Path, demo: dict[int, Image]
) -> None:
    frames = tracked(demo)
    estimator = networks.estimator()
    first = [estimator.update(frame) for frame in frames]
    estimator.reset()
    again = [estimator.update(frame) for frame in frames]
    fresh = real_networks(models_dir).estimator()
    anew = [fresh.update(frame) for frame in frames]
    for poses in (again, anew):
        for one, other in zip(first, poses, strict=True):
            assert one.xy_px.tobytes() == other.xy_px.tobytes()
            assert one.depth_px.tobytes() == other.depth_px.tobytes()
            assert one.visibility.tobytes() == other.visibility.tobytes()
            assert one.presence == other.presence


def test_a_runner_is_followed_with_one_search(
    networks: Networks, demo: dict[int, Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Image] = []
    find = networks.detector.find

    def counted(image: Image) -> list[Region]:
        searched.append(image)
        return find(image)

    monkeypatch.setattr(networks.detector, "find", counted)
    estimator = networks.estimator()
    assert all(estimator.update(frame).found for frame in tracked(demo))
    assert len(searched) == 1


def test_nobody_is_seen_in_an_empty_picture(networks: Networks) -> None:
    pose = networks.estimator().update(a_frame(image=np.full((540, 960, 3), 90, np.uint8)))
    assert not pose.found
    assert pose.presence == 0


def test_the_same_runner_is_found_in_a_wider_picture(
    networks: Networks, demo: dict[int, Image]
) -> None:
    image = demo[DEMO_FRAMES[0]]
    wider = np.pad(image, ((0, 0), (100, 140), (0, 0)), mode="edge")
    moved = networks.detect_and_look(wider).xy_px - networks.detect_and_look(image).xy_px
    np.testing.assert_allclose(np.median(moved, axis=0), [100, 0], atol=2)


def test_keypoints_of_the_bundled_clip_are_as_they_were(
    networks: Networks, demo: dict[int, Image]
) -> None:
    seen = [networks.detect_and_look(demo[i]) for i in DEMO_FRAMES]
    sums = [crc32(demo[i].tobytes()) for i in DEMO_FRAMES]
    xy_px = np.array([s.xy_px for s in seen])
    before = golden(
        "pose_demo",
        {
            "frames": DEMO_FRAMES,
            "pixels_crc32": sums,
            "presence": [round(s.presence, 4) for s in seen],
            "xy_px": xy_px.round(3).tolist(),
            "visibility": [s.visibility.round(4).tolist() for s in seen],
        },
    )
    distance = np.abs(xy_px - before["xy_px"]).max(axis=2)
    if before["pixels_crc32"] == sums:
        assert distance.max() <= 0.1
        np.testing.assert_allclose([s.visibility for s in seen], before["visibility"], atol=0.01)
    else:
        # A video decoder that rounds colours in another way moves some points over a cell's edge.
        assert np.quantile(distance, 0.9) <= 1
    np.testing.assert_allclose([s.presence for s in seen], before["presence"], atol=0.01)


def test_a_missing_golden_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(UPDATE, raising=False)
    with pytest.raises(pytest.fail.Exception, match=r"no_such\.json is missing"):
        read_golden("no_such")
    with pytest.raises(pytest.fail.Exception, match=r"no_such\.json is missing"):
        golden("no_such", {})
    assert not (GOLDEN / "no_such.json").exists()


def test_goldens_are_not_updated_where_they_must_be_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(UPDATE, "1")
    monkeypatch.setenv("TOELINE_NO_SKIP", "1")
    with pytest.raises(pytest.fail.Exception, match="must only be checked"):
        golden("no_such", {})
    assert not (GOLDEN / "no_such.json").exists()
