"""A camera that is moved or turned while it films is told; a runner, a drift, a visitor is not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from filmed import film, held, images_of, painted, posed, truth_of, turned

from edge.messages.arrays import Floats, Image
from edge.scene.camera_watch import CameraWatch

COUNT = 240
MOVED_AT = 120
RNG = np.random.default_rng(5)


@pytest.fixture(scope="module", params=["yaw10_tilt3_right"])
def run(request: pytest.FixtureRequest, clips_dir: Path) -> tuple[list[Image], Floats]:
    clip = clips_dir / f"{request.param}.mp4"
    return images_of(clip, COUNT), truth_of(clip, COUNT)


Run = tuple[list[Image], Floats]


def told(images: Sequence[Image], points: Floats) -> list[set[str]]:
    watch = CameraWatch()
    return held(watch.update, film(images), posed(points, images))


def after(run: Run, deg: float = 0.0, dx: float = 0.0) -> Run:
    """Return the run with the camera turned and shifted from one frame to the next."""
    images, points = run
    angle, middle = np.radians(deg), np.array([480.0, 270.0])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = points.copy()
    moved[MOVED_AT:] = (moved[MOVED_AT:] - middle) @ turn + middle + np.array([dx, 0.0])
    return [*images[:MOVED_AT], *(turned(image, deg, dx) for image in images[MOVED_AT:])], moved


def test_a_camera_that_stands_still_is_never_told(run: Run) -> None:
    images, points = run
    noisy = [np.clip(x + RNG.normal(0, 5, x.shape), 0, 255).astype(np.uint8) for x in images[::4]]
    assert set.union(*told(images, points)) == set()
    assert set.union(*told(noisy, points[::4])) == set()


@pytest.mark.parametrize("dx", [20.0, -60.0, 250.0])
def test_a_push_is_told_until_the_camera_rests(run: Run, dx: float) -> None:
    codes = told(*after(run, dx=dx))
    assert set.union(*codes[:MOVED_AT]) == set()
    assert {"camera_moved"} in codes[MOVED_AT : MOVED_AT + 70]
    assert "camera_moved" not in codes[-1]


@pytest.mark.parametrize("deg", [2.5, -6.0, 12.0])
def test_a_turn_is_told_to_the_end(run: Run, deg: float) -> None:
    codes = told(*after(run, deg=deg))
    assert set.union(*codes[:MOVED_AT]) == set()
    assert any("camera_moved" in now for now in codes[MOVED_AT:])
    assert codes[-1] == {"camera_turned"}


def test_a_camera_that_is_turned_back_is_as_it_was(run: Run) -> None:
    images, points = run
    there = [turned(image, 5.0) for image in images[60:140]]
    codes = told([*images[:60], *there, *images[140:]], points)
    assert any("camera_turned" in now for now in codes)
    assert codes[-1] == set()


def test_a_slow_drift_is_no_move(run: Run) -> None:
    images, points = run
    drifting = [turned(image, 0.0, 0.08 * i) for i, image in enumerate(images)]
    assert set.union(*told(drifting, points)) == set()


def test_a_shaking_camera_is_told_all_the_time(run: Run) -> None:
    images, points = run
    shaking = [turned(image, 0.0, 25 * np.sin(i / 7)) for i, image in enumerate(images)]
    assert all("camera_moved" in now for now in told(shaking, points)[60:])


def test_somebody_who_walks_past_the_camera_does_not_move_it(run: Run) -> None:
    images, points = run
    passing = [
        painted([image], (max(0, 12 * i - 500), 0, min(12 * i - 100, 960), 540))[0]
        if 10 < i < 120
        else image
        for i, image in enumerate(images)
    ]
    codes = told(passing, points)
    assert codes[-1] == set()
    assert not any("camera_turned" in now for now in codes)


def test_a_light_that_is_switched_off_does_not_move_it(run: Run) -> None:
    images, points = run
    darker = [*images[:100], *((image * 0.45).astype(np.uint8) for image in images[100:])]
    assert not any("camera_turned" in now for now in told(darker, points))
    blind = [*images[:100], *(np.zeros_like(image) for image in images[100:])]
    assert set.union(*told(blind, points)) == set()


@pytest.mark.parametrize("dark", [1, 40, 100])
def test_a_start_in_the_dark_is_no_move(run: Run, dark: int) -> None:
    images, points = run
    assert set.union(*told([*[np.zeros_like(images[0])] * dark, *images[dark:]], points)) == set()


def test_a_camera_pushed_while_its_lens_is_covered_is_told(run: Run) -> None:
    images, points = after(run, dx=60.0)
    covered = [*images[:90], *[np.zeros_like(images[0])] * 60, *images[150:]]
    codes = told(covered, points)
    assert set.union(*codes[:150]) == set()
    assert any("camera_moved" in now for now in codes[150:])


def test_a_wall_too_plain_to_be_followed_is_no_move(run: Run) -> None:
    images, points = run
    plain = [np.full_like(image, 180) for image in images]
    for i, image in enumerate(plain):
        # A runner in front of it.
        image[200:400, 300 + i // 4 : 420 + i // 4] = images[i][200:400, 300:420]
    assert set.union(*told(plain, points)) == set()


def test_a_break_begins_anew(run: Run) -> None:
    images, points = after(run, deg=8.0)
    watch = CameraWatch()
    frames, poses = film(images), posed(points, images)
    broken = [
        frame
        if frame.index != MOVED_AT
        else type(frame)(index=frame.index, time_s=frame.time_s, image=frame.image, breaks=True)
        for frame in frames
    ]
    assert set.union(*held(watch.update, broken, poses)) == set()
