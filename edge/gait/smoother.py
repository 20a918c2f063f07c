"""Smoothing of raw poses to positions and velocities, robust against single bad points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.gait.smoothing import MIN_SAMPLES, robust_quadratic
from edge.messages.arrays import Floats
from edge.messages.frame import MAIN_CAMERA
from edge.messages.pose import Pose
from edge.numerics.quantiles import median

# A sample further than this from the fit, in leg lengths, is on the wrong leg, not noise.
_OUTLIER_LEGS = 0.06
_FULL_WINDOW = 7
_MIN_VISIBILITY = 0.1
_LEAST_WEIGHT = 0.3
# Weight of a point predicted from previous strides: it bridges a gap and yields to real samples.
_EXPECTED_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothPose:
    """The smoothed body at one frame, without phase lag.

    Only the measured points: smoothing face and hands would cost more than the rest.

    Attributes
    ----------
    frame_index, time_s
        The frame described.
    decided_at_s
        The frame whose arrival completed the window.
    xy_px, velocity_px_s, acceleration_px_s2
        Shape (12, 2) each; NaN if the window has too few good samples.
    measured
        Shape (12,), whether the point is based on real samples: at least four in the window, one of
        them at the frame or next to it. Other points are predictions from previous strides, good
        enough for an event but not for a measurement.
    score
        Mean visibility of the leg points, 0 to 1.
    camera
        Name of the camera.
    """

    frame_index: int
    time_s: float
    decided_at_s: float
    xy_px: Floats
    velocity_px_s: Floats
    acceleration_px_s2: Floats
    measured: NDArray[np.bool_]
    score: float
    camera: str = MAIN_CAMERA


class PoseSmoother:
    """Smoother that fits each keypoint over a window centred a few frames back.

    Parameters
    ----------
    window_s
        Full width of the window; the look-ahead is half of it, at least two frames.
    """

    def __init__(self, window_s: float) -> None:
        self._half_s = window_s / 2
        self._last_s = -np.inf

    def reset(self) -> None:
        """Forget the last frame described."""
        self._last_s = -np.inf

    def update(self, window: Sequence[Pose], leg_px: float) -> list[SmoothPose]:
        """Return the smoothed pose of every frame whose window is now complete.

        Parameters
        ----------
        window
            The latest poses with repaired legs, oldest first, without a break.
        leg_px
            Leg length in pixels, the scale of the outlier test.
        """
        times = np.array([p.time_s for p in window])
        interval_s = _typical_interval(times)
        ready = []
        for i, pose in enumerate(window):
            if pose.time_s <= self._last_s or not self._complete(times, i, interval_s):
                continue
            self._last_s = pose.time_s
            ready.append(self._fit(window, times, i, leg_px))
        return ready

    def _complete(self, times: Floats, i: int, interval_s: float) -> bool:
        # Half a millisecond of tolerance: three frames at 60 Hz are only nearly 50 ms.
        reach = self._half_s - interval_s / 2
        return times.size - i > 2 and bool(times[-1] - times[i] >= reach - 5e-4)

    def _fit(self, window: Sequence[Pose], times: Floats, i: int, leg_px: float) -> SmoothPose:
        near = np.abs(times - times[i])
        reach = max(self._half_s, float(np.sort(near)[min(4, near.size - 1)]) + 1e-6)
        chosen = np.flatnonzero(near <= reach)
        t = times[chosen] - times[i]
        points, weights, real = _samples([window[int(j)] for j in chosen])
        xy, velocity, acceleration = robust_quadratic(
            t, points, weights, _outlier_legs(t.size) * leg_px
        )
        close = np.abs(t) <= np.sort(np.abs(t))[min(2, t.size - 1)]
        measured = (real.sum(axis=0) >= MIN_SAMPLES) & real[close].any(axis=0)
        pose = window[i]
        return SmoothPose(
            frame_index=pose.frame_index,
            time_s=pose.time_s,
            decided_at_s=window[-1].time_s,
            xy_px=xy,
            velocity_px_s=velocity,
            acceleration_px_s2=acceleration,
            measured=measured,
            score=float(np.mean(pose.visibility[pose.skeleton.legs])),
            camera=pose.camera,
        )


def extrapolated(pose: SmoothPose, by_s: float) -> SmoothPose:
    """Return the pose at a later time on the same parabolas, within the fitted window.

    Closer to the window's end there is less lag but more noise: one frame from the end this equals
    the fit of Savitzky and Golay (1964) for that frame. ``frame_index`` and ``measured`` stay.
    """
    step = by_s * (pose.velocity_px_s + by_s / 2 * pose.acceleration_px_s2)
    return replace(
        pose,
        time_s=pose.time_s + by_s,
        xy_px=pose.xy_px + step,
        velocity_px_s=pose.velocity_px_s + by_s * pose.acceleration_px_s2,
    )


def _outlier_legs(samples: int) -> float:
    """Return the outlier limit for a window with this many samples, in leg lengths.

    In a short window, a left-out sample is predicted from farther away, and the path of a foot
    curves in between: at 30 frames/s the limit for 60 would discard true motion at contact and
    toe-off.
    """
    return _OUTLIER_LEGS * max(1.0, _FULL_WINDOW / samples) ** 2


def _samples(poses: list[Pose]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return points (n, k, 2), their weights (n, k) and which of them are real samples (n, k)."""
    points = np.array([p.body_px for p in poses])
    seen = np.array([p.skeleton.body_of(p.visibility) for p in poses])
    weights = np.where(seen >= _MIN_VISIBILITY, np.maximum(seen, _LEAST_WEIGHT), 0.0)
    real = np.isfinite(points).all(axis=2) & (weights > 0)
    for i, pose in enumerate(poses):
        if pose.expected_px is not None:
            absent = ~np.isfinite(points[i]).all(axis=1)
            points[i, absent] = pose.skeleton.body_of(pose.expected_px)[absent]
            weights[i, absent] = _EXPECTED_WEIGHT
    return points, weights, real


def _typical_interval(times: Floats) -> float:
    return median(np.diff(times).tolist()) if times.size > 1 else 0.0
