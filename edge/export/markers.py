"""A session's keypoints as markers in metres: x forward, y up, z to the runner's right.

One camera sees a plane: x and y are measured in the runner's sagittal plane. z is taken from
average body widths and only shows which side a marker belongs to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from edge.messages.arrays import Floats
from edge.messages.errors import ExportError
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import LEFT_LEG, RIGHT_LEG
from edge.numerics.sagittal import runner_axes
from edge.record.folder_export import summary_of
from edge.record.store import Store
from edge.record.stored_session import StoredSession

# Marker names as in OpenSim's models; each skeleton maps its points to them.
MARKERS: Final = (
    "Nose",
    "RShoulder",
    "LShoulder",
    "RElbow",
    "LElbow",
    "RWrist",
    "LWrist",
    "RHip",
    "LHip",
    "RKnee",
    "LKnee",
    "RAnkle",
    "LAnkle",
    "RHeel",
    "LHeel",
    "RToe",
    "LToe",
)

# Thigh plus shank, metres: 0.49 of a body height of 1.72 m (Winter 2009, table 4.1).
_USUAL_LEG_M: Final = 0.85
_HALF_WIDTH_M: Final = {"Shoulder": 0.18, "Elbow": 0.25, "Wrist": 0.25, "Hip": 0.09}
_HALF_STANCE_M: Final = 0.05
_LONGEST_GAP_S: Final = 0.09


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Markers:
    """Markers at equal intervals.

    Attributes
    ----------
    rate_hz
        Frames per second.
    times_s
        Shape (n,), from 0.
    xyz_m
        Shape (n, 17, 3), in the order of ``MARKERS``; NaN where a point was not seen.
    metres_per_px
        The scale used.
    """

    rate_hz: float
    times_s: Floats
    xyz_m: Floats
    metres_per_px: float


def markers_of(store: Store, session: StoredSession, *, leg_m: float = _USUAL_LEG_M) -> Markers:
    """Return a session's settled poses as markers.

    Parameters
    ----------
    store, session
        The recorded session and its store.
    leg_m
        Length of thigh plus shank, which gives the scale of the picture.

    Notes
    -----
    The origin is on the floor: at the median hip position in x, at the lowest point of either foot
    (2nd percentile) in y. Gaps of up to 90 ms are interpolated linearly; longer ones stay NaN.

    Raises
    ------
    ExportError
        If nobody was seen, or the direction of running is not known.
    """
    poses = list(store.read(session).poses().settled())
    summary = summary_of(store, session)
    facing = summary["facing"]
    if not poses or facing is None:
        raise ExportError(f"session {session.name} shows nobody running, so it has no markers")
    rate_hz = summary["frame_rate_hz"]["measured"] or session.head.nominal_rate_hz
    if not isfinite(rate_hz):
        raise ExportError(f"session {session.name} is too short to estimate its frame rate")
    image = _image(poses)
    # Frame times have microsecond resolution, so further digits of the rate are noise.
    rate_hz = round(rate_hz, 3)
    points = runner_axes(image, Side(facing))
    scale = leg_m / _leg_px(poses)
    metres = _level(points * scale)
    z = np.broadcast_to(_across(), metres.shape[:2])
    seen_s = np.array([pose.time_s for pose in poses]) - session.origin_s
    times_s, xyz = _even(seen_s, np.concatenate([metres, z[..., None]], axis=2), rate_hz)
    # A marker without x and y has no z either.
    xyz[~np.isfinite(xyz[..., 0])] = np.nan
    return Markers(rate_hz=rate_hz, times_s=times_s, xyz_m=xyz, metres_per_px=scale)


def _image(poses: Sequence[Pose]) -> Floats:
    """Return the markers in pixels, shape (n, 17, 2); NaN where the skeleton has no such point."""
    skeleton = poses[0].skeleton
    points = dict(skeleton.markers)
    image = np.full((len(poses), len(MARKERS), 2), np.nan)
    known = [i for i, name in enumerate(MARKERS) if name in points]
    image[:, known] = np.array([pose.xy_px for pose in poses])[
        :, [points[MARKERS[i]] for i in known]
    ]
    return image


def _leg_px(poses: Sequence[Pose]) -> float:
    xy = np.array([pose.body_px for pose in poses])
    lengths = [
        np.hypot(*(xy[:, leg[0]] - xy[:, leg[1]]).T) + np.hypot(*(xy[:, leg[1]] - xy[:, leg[2]]).T)
        for leg in (LEFT_LEG, RIGHT_LEG)
    ]
    known = np.concatenate(lengths)
    known = known[np.isfinite(known)]
    if not known.size:
        raise ExportError("no leg was seen, so the scale is unknown")
    return float(np.median(known))


def _level(points: Floats) -> Floats:
    hips = points[:, [MARKERS.index(name) for name in ("RHip", "LHip")], 0]
    feet = points[:, [MARKERS.index(name) for name in ("RHeel", "LHeel", "RToe", "LToe")], 1]
    if np.isnan(feet).all():
        feet = points[:, [MARKERS.index(name) for name in ("RAnkle", "LAnkle")], 1]
    floor: Floats = points - np.array([np.nanmedian(hips), np.nanpercentile(feet, 2)])
    return floor


def _across() -> Floats:
    def half(name: str) -> float:
        return _HALF_WIDTH_M.get(name[1:], _HALF_STANCE_M)

    return np.array(
        [0.0 if name == "Nose" else half(name) * (1 if name[0] == "R" else -1) for name in MARKERS]
    )


def _even(seen_s: Floats, values: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Resample the markers at equal intervals from the first pose on, interpolating linearly."""
    count = round((seen_s[-1] - seen_s[0]) * rate_hz) + 1
    times_s = np.arange(count) / rate_hz
    wanted = times_s + seen_s[0]
    after = np.clip(np.searchsorted(seen_s, wanted), 1, len(seen_s) - 1)
    before = after - 1
    gap = seen_s[after] - seen_s[before]
    share = np.clip((wanted - seen_s[before]) / np.where(gap > 0, gap, 1.0), 0.0, 1.0)
    # A pose at exactly this instant is used as it is: a NaN neighbour must not erase it.
    share = np.where(np.abs(wanted - seen_s[before]) < 1e-6, 0.0, share)
    share = np.where(np.abs(wanted - seen_s[after]) < 1e-6, 1.0, share)
    weight = share[:, None, None]
    mixed = values[before] * (1 - weight) + values[after] * weight
    mixed = np.where(weight == 0.0, values[before], np.where(weight == 1.0, values[after], mixed))
    mixed[(gap > _LONGEST_GAP_S) & (share > 0) & (share < 1)] = np.nan
    return times_s, mixed
