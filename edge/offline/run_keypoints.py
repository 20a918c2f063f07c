"""Analysis of keypoints from another pose model or a marker system."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from edge.gait.event_weights import READINGS
from edge.gait.gait_tracker import GaitTracker
from edge.i18n.notices import english_notice
from edge.messages.arrays import Floats
from edge.messages.errors import KeypointsError
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.skeleton import LEFT_HIP, RIGHT_HIP, Skeleton
from edge.metrics.model_offsets import NO_OFFSETS
from edge.offline.run_result import Gathered, Run
from edge.pipeline import Pipeline
from edge.pose.no_pictures import NoPictures
from edge.pose.skeletons.loader import skeleton as skeleton_named
from edge.settings.changed_settings import with_gait
from edge.settings.gait_settings import MARKER_GAIT
from edge.settings.settings import Settings

_NO_OFFSETS: Final = Notice("offsets_unknown_keypoints")
# Height assumed when no picture size is given; only the centre of the picture matters.
_ANY_HEIGHT: Final = 1080


def analyze_keypoints(
    xy: ArrayLike,
    times_s: ArrayLike,
    skeleton: str = "halpe26",
    *,
    scores: ArrayLike | None = None,
    size_px: tuple[int, int] | None = None,
    speed_mps: float = 0.0,
    incline_pct: float = 0.0,
    facing: str = "auto",
    settings: Settings | None = None,
) -> Run:
    """Analyse the keypoints of one runner, seen from the side.

    Parameters
    ----------
    xy
        Shape (n, k, 2), pixels, x to the right and y down; NaN where a point is absent.
    times_s
        Shape (n,), seconds, strictly increasing. Below 30 frames/s no verdict is given.
    skeleton
        The skeleton of the k points: ``halpe26``, ``blazepose33``, ``coco17``, ``body25`` or
        another in ``edge/pose/skeletons``.
    scores
        Shape (n, k), 0 to 1; by default 1.
    size_px
        Width and height of the picture; by default, the runner is assumed to be at its centre.
    speed_mps, incline_pct, facing
        As in the settings of ``gait`` (docs/settings.md); 0 and ``auto`` if unknown.
    settings
        Settings of all rooms; by default, those for keypoints without a pose model's delay.

    Raises
    ------
    ToelineError
        If the arrays' shapes do not match, or the skeleton or a value is unknown.

    Notes
    -----
    Everything after the pose model runs as in the live station. No offsets are added for a pose
    model's systematic errors, which are known only for the bundled model (docs/gait-metrics.md,
    "Model offsets").

    Examples
    --------
    >>> import edge
    >>> from edge.offline.example import example_keypoints
    >>> xy, times_s = example_keypoints()
    >>> run = edge.analyze_keypoints(xy[:180], times_s[:180], "blazepose33", speed_mps=3.0)
    >>> run.strides["side"].tolist()
    ['left', 'right', 'left', 'right', 'left', 'right']
    """
    points = skeleton_named(skeleton)
    xy_px, seconds, score = _arrays(points, xy, times_s, scores)
    chosen = with_gait(
        settings or Settings(gait=MARKER_GAIT),
        belt_speed_mps=speed_mps,
        incline_pct=incline_pct,
        facing=facing,
    )
    pipeline = Pipeline(
        NoPictures(),
        chosen,
        NO_OFFSETS,
        gait=lambda _: GaitTracker(chosen.gait, readings=READINGS),
    )
    gathered = Gathered()
    for pose in _poses(points, xy_px, seconds, score, size_px or _size_px(points, xy_px)):
        gathered.take(pipeline.follow(pose).messages)
    gathered.take(pipeline.finish())
    return gathered.run(chosen, notices=(english_notice(_NO_OFFSETS),))


def _arrays(
    points: Skeleton, xy: ArrayLike, times_s: ArrayLike, scores: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    xy_px, seconds = np.array(xy, np.float64), np.array(times_s, np.float64)
    if xy_px.ndim != 3 or xy_px.shape[1:] != (points.count, 2):
        raise KeypointsError(
            f"keypoints of {points.name} must have shape (n, {points.count}, 2), got {xy_px.shape}"
        )
    if seconds.shape != xy_px.shape[:1]:
        raise KeypointsError(
            f"{len(xy_px)} frames of keypoints need {len(xy_px)} times, got shape {seconds.shape}"
        )
    if not np.isfinite(seconds).all() or (np.diff(seconds) <= 0).any():
        raise KeypointsError("times of keypoints must be finite and strictly increasing")
    score = np.ones(xy_px.shape[:2]) if scores is None else np.array(scores, np.float64)
    if score.shape != xy_px.shape[:2]:
        raise KeypointsError(f"scores must have shape {xy_px.shape[:2]}, got {score.shape}")
    return xy_px, seconds, score


def _poses(
    points: Skeleton, xy_px: Floats, seconds: Floats, scores: Floats, size_px: tuple[int, int]
) -> Iterator[Pose]:
    for index, time_s in enumerate(seconds):
        found = bool(np.isfinite(xy_px[index]).any())
        yield Pose(
            frame_index=index,
            time_s=float(time_s),
            size_px=size_px,
            skeleton=points,
            xy_px=xy_px[index].copy(),
            visibility=np.where(found, scores[index], np.nan),
            depth_px=np.full(points.count, np.nan),
            presence=float(found),
        )


def _size_px(points: Skeleton, xy_px: Floats) -> tuple[int, int]:
    hips = points.body_of(xy_px, axis=1)[:, [LEFT_HIP, RIGHT_HIP], 0]
    if not np.isfinite(hips).any():
        return (_ANY_HEIGHT, _ANY_HEIGHT)
    return (max(1, round(2 * float(np.nanmedian(hips)))), _ANY_HEIGHT)
