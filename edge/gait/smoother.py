"""Raw poses to positions and velocities at a fixed look-ahead, robust against single bad points."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.gait.smoothing import MIN_SAMPLES, robust_quadratic
from edge.messages.arrays import Floats
from edge.messages.frame import MAIN_CAMERA
from edge.messages.pose import Pose
from edge.numerics.quantiles import median

# A sample this far from the fit, in leg lengths, is a point on the wrong leg, not noise.
_OUTLIER_LEGS = 0.06
_FULL_WINDOW = 7
_MIN_VISIBILITY = 0.1
_LEAST_WEIGHT = 0.3
# What the strides before say of an absent point bridges a gap and yields to any real sample.
_EXPECTED_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SmoothPose:
    """The body without phase lag at one frame.

    Only what is measured: smoothing face and hands would cost more than all the rest.

    Attributes
    ----------
    frame_index, time_s
        The frame described.
    decided_at_s
        The frame whose arrival completed the window.
    xy_px, velocity_px_s, acceleration_px_s2
        Shape (12, 2) each; NaN where the window held too few good samples.
    measured
        Shape (12,), whether the point rests on real samples: at least four in the window, one of
        them at the frame or next to it. Elsewhere the strides before carried it, which is good
        enough for an event and not for a number.
    score
        Mean visibility of the leg points, 0 to 1.
    camera
        Which camera saw it.
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
    """Fit each keypoint over a window centred some frames back.

    Parameters
    ----------
    window_s
        Full width of the window; the look-ahead is half of it, at least two frames.
    """

    def __init__(self, window_s: float) -> None:
        self._half_s = window_s / 2
        self._last_s = -np.inf

    def reset(self) -> None:
        """Forget which frame was last described."""
        self._last_s = -np.inf

    def update(self, window: Sequence[Pose], leg_px: float) -> list[SmoothPose]:
        """Describe every frame whose window is now complete.

        Parameters
        ----------
        window
            The latest poses with repaired legs, oldest first, all of one unbroken piece.
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
        # Half a millisecond of tolerance: three frames of 60 Hz are 50 ms only nearly.
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
    """Return the pose a little later on the same parabolas, within the window they were fitted to.

    The nearer to the window's end, the less lag and the more noise: at one frame from it this is
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
    """Return the outlier limit for a window of so many samples, in leg lengths.

    A sample left out of few is foretold from farther away, and a foot bends its path in between:
    at 30 frames/s the limit of 60 would throw out true motion at contact and toe-off.
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
