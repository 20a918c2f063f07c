"""The made-up camera and its flaws: what each setting changes, and what it leaves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from filmed_figure import BREADTH_M, as_trial
from synthetic import Runner

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.skeleton import ANKLE, HEEL, HIP, KNEE, LEFT_LEG, RIGHT_LEG, TOE
from edge.offline.evaluate.flaws import Flaws, bursts, crossings_s, exchanged, merged, noise_m
from edge.offline.evaluate.force_plate import Trial
from edge.offline.evaluate.keypoint_run import KeypointRun, filmed
from edge.offline.evaluate.side_camera import (
    PX_PER_M,
    SIZE_PX,
    SideCamera,
    film,
    image_px,
    plane_m,
)

CLEAN = Flaws(noise_mm=0.0)


@pytest.fixture(scope="module")
def trial() -> Trial:
    return as_trial(Runner(), 6.0)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def seen(trial: Trial, flaws: Flaws = CLEAN, seed: int = 1, **camera: float) -> list[Pose]:
    return film(trial, SideCamera(**camera), flaws, 6.0, rng(seed))


def xy(poses: list[Pose]) -> Floats:
    return np.array([p.xy_px for p in poses])


def middle_px() -> Floats:
    return np.array(SIZE_PX) / 2


def test_the_right_leg_is_nearer_and_so_larger_and_runs_to_the_right(trial: Trial) -> None:
    points = xy(seen(trial))
    near, far = points[:, list(RIGHT_LEG)], points[:, list(LEFT_LEG)]
    lengths = [float(np.median(np.hypot(*(leg[:, KNEE] - leg[:, ANKLE]).T))) for leg in (near, far)]
    scale = 3.5 / (3.5 - BREADTH_M)
    assert lengths[0] / lengths[1] == pytest.approx((3.5 + BREADTH_M) / 3.5 * scale, rel=1e-6)
    assert np.median(near[:, TOE, 0] - near[:, HEEL, 0]) > 0


def test_what_lies_in_the_middle_plane_is_equally_large_from_everywhere(trial: Trial) -> None:
    flat = replace(trial, markers_m=trial.markers_m * [1.0, 1.0, 0.0])
    near = xy(seen(flat, distance_m=2.0))
    assert xy(seen(flat, distance_m=8.0)) == pytest.approx(near, abs=1e-9)


def test_from_far_away_both_legs_are_equally_large(trial: Trial) -> None:
    flat = replace(trial, markers_m=trial.markers_m * [1.0, 1.0, 0.0])
    far = plane_m(trial.markers_m, 1e6)
    assert far == pytest.approx(plane_m(flat.markers_m, 3.5), abs=1e-5)


def test_the_tip_is_drawn_out_of_heel_and_ball(trial: Trial) -> None:
    tip = plane_m(trial.markers_m, 1e9)[:, 1, TOE]
    markers = trial.markers_m[:, 1, :, :2] - [0.0, 0.9]
    heel, ball = markers[:, HEEL], markers[:, TOE]
    assert 0.74 * (tip - heel) == pytest.approx(ball - heel, abs=1e-6)


@pytest.mark.parametrize("roll_deg", [-7.0, 2.0, 30.0])
def test_roll_turns_the_picture_clockwise_about_its_middle(trial: Trial, roll_deg: float) -> None:
    level, rolled = (xy(seen(trial, roll_deg=r)) - middle_px() for r in (0.0, roll_deg))
    turn = np.deg2rad(roll_deg)
    # Right goes down in a picture whose y points down: clockwise.
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert rolled @ back == pytest.approx(level, abs=1e-9)


def test_a_metre_is_its_pixels() -> None:
    points = image_px(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), 0.0) - middle_px()
    assert points == pytest.approx(PX_PER_M * np.array([[0, 0], [1, 0], [0, -1]]), abs=1e-9)


def test_another_frame_rate_shows_the_same_run(trial: Trial) -> None:
    fast, slow = seen(trial, frame_rate_hz=60.0), seen(trial, frame_rate_hz=30.0)
    assert [p.time_s for p in slow] == [p.time_s for p in fast[::2]]
    assert xy(slow) == pytest.approx(xy(fast[::2]), abs=1e-9)


def test_the_same_seed_films_the_same_and_another_does_not(trial: Trial) -> None:
    flaws = Flaws(swap_pct=5, merge_pct=50, drop_pct=5)
    run = KeypointRun(camera=SideCamera(), flaws=flaws, seconds=6.0)
    once, again = filmed(trial, run), filmed(trial, run)
    assert [p.frame_index for p in once] == [p.frame_index for p in again]
    assert (xy(once) == xy(again)).all()
    other = filmed(trial, replace(run, seed=2))
    assert xy(once)[:50].tolist() != xy(other)[:50].tolist()


def test_noise_is_as_large_as_said_and_half_of_it_lasts() -> None:
    noise = noise_m((20_000, 10), 60.0, Flaws(noise_mm=5.0), rng())
    assert noise.std() == pytest.approx(np.sqrt(2) * 0.005, rel=0.03)
    # One frame on, the lasting half has faded by exp(-1 / 3.6).
    along = float(np.mean(noise[1:] * noise[:-1])) / noise.var()
    assert along == pytest.approx(np.exp(-1 / (60 * 0.06)) / 2, abs=0.02)
    assert not noise_m((10, 2), 60.0, CLEAN, rng()).any()


@pytest.mark.parametrize("share", [0.0, 0.03, 0.2])
def test_bursts_cover_their_share_in_twos_on_average(share: float) -> None:
    found = bursts(200_000, share, rng())
    lengths = np.array([last - first for first, last in found])
    assert lengths.sum() / 200_000 == pytest.approx(share, rel=0.1)
    if share:
        assert lengths.mean() == pytest.approx(2.0, rel=0.05)
        # A right frame stands between two bursts, or they would be one.
        assert all(after[0] > before[1] for before, after in pairwise(found))


def legs_of_figure(frames: int = 600) -> tuple[Floats, Floats]:
    times = np.arange(frames) / 60
    runner = Runner()
    legs = np.stack([runner.leg(times - runner.stride_s / 2), runner.leg(times)], axis=1)
    return legs, times


def test_an_exchange_takes_both_legs_from_the_hips_or_from_the_knees_down() -> None:
    legs, _ = legs_of_figure()
    seen_legs = exchanged(legs, Flaws(swap_pct=10.0), rng())
    moved = np.abs(seen_legs - legs).max(axis=(1, 3)) > 1e-9
    assert (seen_legs == legs).all(axis=(1, 2, 3)).mean() == pytest.approx(0.9, abs=0.04)
    frames = np.flatnonzero(moved[:, KNEE])
    assert (seen_legs[frames][:, :, KNEE:] == legs[frames][:, ::-1, KNEE:]).all()
    hips_too = (seen_legs[frames][:, 0, HIP] == legs[frames][:, 1, HIP]).all(axis=-1)
    own_hips = (seen_legs[frames][:, 0, HIP] == legs[frames][:, 0, HIP]).all(axis=-1)
    assert (hips_too | own_hips).all()


def test_legs_cross_twice_a_stride() -> None:
    legs, times = legs_of_figure()
    crossings = crossings_s(legs, times)
    assert crossings.size == pytest.approx(2 * times[-1] / Runner().stride_s, abs=2)
    assert np.diff(crossings) == pytest.approx(Runner().stride_s / 2, abs=0.02)


def test_a_merge_lays_both_legs_on_one_for_a_moment_of_a_crossing() -> None:
    legs, times = legs_of_figure()
    seen_legs = merged(legs, times, Flaws(merge_pct=100.0), rng())
    gone = (seen_legs != legs).any(axis=(1, 2, 3))
    same = np.abs(seen_legs[:, 0, KNEE:] - seen_legs[:, 1, KNEE:]).max(axis=(1, 2)) < 1e-12
    assert (gone <= same).all()
    crossings = crossings_s(legs, times)
    nearest = np.abs(times[gone][:, None] - crossings[None]).min(axis=1)
    assert nearest.max() < 0.12
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], gone, [0]]).astype(int))))[::2]
    assert runs.max() <= 4
    # A moment may fall between two frames.
    assert len(runs) > 0.7 * crossings.size


def test_without_flaws_nothing_is_changed() -> None:
    legs, times = legs_of_figure()
    flawless = merged(exchanged(legs, CLEAN, rng()), times, CLEAN, rng())
    assert (flawless == legs).all()


def test_dropped_frames_leave_gaps_and_keep_their_times(trial: Trial) -> None:
    all_poses, fewer = seen(trial), seen(trial, Flaws(noise_mm=0.0, drop_pct=20.0))
    assert len(fewer) / len(all_poses) == pytest.approx(0.8, abs=0.08)
    whole = {p.frame_index: p for p in all_poses}
    for pose in fewer:
        assert pose.time_s == whole[pose.frame_index].time_s
        assert (pose.xy_px == whole[pose.frame_index].xy_px).all()
