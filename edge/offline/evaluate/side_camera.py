"""A simulated camera beside the belt that projects marker trials; the right leg is near.

A pinhole at hip height, perpendicular to the belt, on the runner's right; the picture is zoomed so
that the runner has the same size at every distance. The shoulders have no markers and are placed
above the midpoint of the hips.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Floats
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import BODY_COUNT, LEFT_LEG, LEFT_SHOULDER, RIGHT_LEG, RIGHT_SHOULDER
from edge.numerics.sagittal import image_axes
from edge.offline.evaluate.flaws import Flaws, dropped, exchanged, merged, noise_m
from edge.offline.evaluate.force_plate import LEGS, MARKER_HZ, Trial
from edge.offline.evaluate.marker_truth import with_shoe_tip
from edge.pose.skeletons.loader import skeleton

NEAR = Side.RIGHT
MARKERS = "body12"
SIZE_PX = (1280, 720)
PX_PER_M = 260.0
_LENS_HEIGHT_M = 0.9
_SHOULDERS_M = np.array([0.08, 0.50])
_SEEN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCamera:
    """The simulated camera's parameters.

    Attributes
    ----------
    frame_rate_hz
        Frames per second.
    distance_m
        From the lens to the middle of the belt.
    roll_deg
        Rotation of the picture, positive clockwise in the picture.
    """

    frame_rate_hz: float = 60.0
    distance_m: float = 3.5
    roll_deg: float = 0.0


def film(
    trial: Trial, camera: SideCamera, flaws: Flaws, seconds: float, random: np.random.Generator
) -> list[Pose]:
    """Return a camera's poses of the beginning of a trial.

    Parameters
    ----------
    trial
        The trial.
    camera, flaws
        The camera, and the simulated errors of the pose model.
    seconds
        Duration to use; at most the trial's.
    random
        The source of all randomness.

    Returns
    -------
    One pose per frame that was not dropped.
    """
    frames = np.arange(int(min(seconds, trial.duration_s) * camera.frame_rate_hz))
    times = frames / camera.frame_rate_hz
    legs = plane_m(_at_times(trial.markers_m, times), camera.distance_m)
    legs = merged(legs, times, flaws, random)
    legs = legs + noise_m(legs.shape, camera.frame_rate_hz, flaws, random)
    legs = exchanged(legs, flaws, random)
    kept = ~dropped(frames.size, flaws, random)
    xy = image_px(_body_m(legs), camera.roll_deg)
    return poses_of(xy[kept], times[kept], frames[kept], SIZE_PX)


def plane_m(markers_m: Floats, distance_m: float) -> Floats:
    """Project markers through the lens onto the vertical plane along the middle of the belt.

    Parameters
    ----------
    markers_m
        Shape (n, 2, 5, 3): legs as in ``Trial``, z to the runner's right, where the lens is.
    distance_m
        From the lens to that plane.

    Returns
    -------
    Shape (n, 2, 5, 2), metres in the plane, x forward and y up from the lens, toe at the shoe tip.
    """
    points = with_shoe_tip(markers_m)
    larger = distance_m / (distance_m - points[..., 2])
    flat = points[..., :2] - np.array([0.0, _LENS_HEIGHT_M])
    return np.asarray(flat * larger[..., None])


def image_px(points_m: Floats, roll_deg: float) -> Floats:
    """Convert points in the projection plane, shape (..., 2), from metres to pixels."""
    middle = np.array(SIZE_PX) / 2
    return np.asarray(image_axes(PX_PER_M * points_m, NEAR, roll_deg) + middle)


def poses_of(
    xy_px: Floats,
    times_s: Floats,
    frame_indices: NDArray[np.int64],
    size_px: tuple[int, int],
) -> list[Pose]:
    """Return one pose per row of ``xy_px``, shape (n, 12, 2); an all-NaN row has no person."""
    poses = []
    for index, time_s, points in zip(frame_indices, times_s, xy_px, strict=True):
        found = bool(np.isfinite(points).any())
        poses.append(
            Pose(
                frame_index=int(index),
                time_s=float(time_s),
                size_px=size_px,
                skeleton=skeleton(MARKERS),
                xy_px=points.copy(),
                visibility=np.full(BODY_COUNT, _SEEN if found else np.nan),
                depth_px=np.full(BODY_COUNT, 0.0 if found else np.nan),
                presence=1.0 if found else 0.0,
            )
        )
    return poses


def _at_times(markers_m: Floats, times_s: Floats) -> Floats:
    """Interpolate markers, shape (n, ...), linearly at the frame times."""
    marker_times = np.arange(len(markers_m)) / MARKER_HZ
    flat = markers_m.reshape(len(markers_m), -1)
    columns = [np.interp(times_s, marker_times, column) for column in flat.T]
    return np.stack(columns, axis=1).reshape(times_s.size, *markers_m.shape[1:])


def _body_m(legs: Floats) -> Floats:
    """Return the body, shape (n, 12, 2), from legs of shape (n, 2, 5, 2)."""
    body = np.empty((len(legs), BODY_COUNT, 2))
    hips = legs[:, :, 0].mean(axis=1)[:, None]
    body[:, [LEFT_SHOULDER, RIGHT_SHOULDER]] = hips + _SHOULDERS_M
    body[:, list(LEFT_LEG)] = legs[:, LEGS.index(Side.LEFT)]
    body[:, list(RIGHT_LEG)] = legs[:, LEGS.index(Side.RIGHT)]
    return body
