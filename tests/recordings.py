"""Record a synthetic runner, optionally with flaws, and run the first rooms on the poses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from skeletons import BLAZEPOSE33
from synthetic import Runner, legs_of

from edge.gait.gait_tracker import GaitMessage, GaitTracker
from edge.identity.leg_identity import LegIdentity
from edge.messages.arrays import Floats
from edge.messages.gait import EventKind, GaitEvent
from edge.messages.pose import Pose
from edge.messages.side import Side
from edge.messages.skeleton import ANKLE
from edge.messages.stride import Stride
from edge.offline.evaluate.side_camera import poses_of as film_poses
from edge.settings.gait_settings import GaitSettings

# Exact points have no pose model's delay, like markers.
EXACT = GaitSettings(contact_offset_s=0.028, peak_offset_s=0.0, toe_off_offset_s=-0.005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """The flaws of a recording. Spans are ``(start_s, end_s)`` in the recording's own time.

    ``exchanged`` and ``dropped`` are shares of the frames, in bursts of two on average.
    """

    jitter_s: float = 0.0
    noise_px: float = 0.0
    dropped: float = 0.0
    exchanged: float = 0.0
    dropped_spans: Sequence[tuple[float, float]] = ()
    lost_spans: Sequence[tuple[float, float]] = ()
    exchanged_spans: Sequence[tuple[float, float]] = ()
    # While the ankles are nearer to each other than this, the far leg is put on the near one.
    merged_m: float = 0.0
    seed: int = 1


CLEAN = Flaws()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Poses, and per pose the correct keypoints and whether its legs were swapped."""

    poses: list[Pose]
    times_s: Floats
    true_px: Floats
    exchanged: NDArray[np.bool_]


def record(
    runner: Runner, seconds: float, fps: float = 60.0, flaws: Flaws = CLEAN, start_s: float = 0.0
) -> Recording:
    """Record a runner; ``start_s`` is added to all times."""
    random = np.random.default_rng(flaws.seed)
    index = np.arange(round(seconds * fps))
    times = index / fps + random.uniform(-flaws.jitter_s, flaws.jitter_s, index.size)
    kept = ~(_bursts(random, index.size, flaws.dropped) | _inside(times, flaws.dropped_spans))
    index, times = index[kept], times[kept]
    true_px = runner.points_px(times)
    near, far = legs_of(runner.near)
    seen = true_px.copy()
    ankles = true_px[:, near[ANKLE], 0] - true_px[:, far[ANKLE], 0]
    merged = np.abs(ankles) < flaws.merged_m * runner.camera.px_per_m
    rows = np.flatnonzero(merged)[:, None]
    seen[rows, far] = seen[rows, near]
    # As many numbers as a pose model has points, so that the tests keep their random sequences.
    noise = random.normal(0.0, 1.0, (index.size, BLAZEPOSE33.count, 2))
    seen += noise[:, BLAZEPOSE33.body] * flaws.noise_px
    exchanged = _bursts(random, index.size, flaws.exchanged) | _inside(times, flaws.exchanged_spans)
    rows = np.flatnonzero(exchanged)[:, None]
    seen[rows, near + far] = seen[rows, far + near]
    seen[_inside(times, flaws.lost_spans)] = np.nan
    times = times + start_s
    return Recording(
        poses=poses_of(seen, times, index, runner.camera.size_px),
        times_s=times,
        true_px=true_px,
        exchanged=exchanged,
    )


def poses_of(
    xy_px: Floats,
    times_s: Floats,
    index: NDArray[np.int64] | None = None,
    size_px: tuple[int, int] = (1280, 720),
) -> list[Pose]:
    """Return one pose per row of ``xy_px``, shape (n, 12, 2); an all-NaN row has no person."""
    indices = np.arange(times_s.size) if index is None else index
    return film_poses(xy_px, times_s, indices, size_px)


def mirrored(pose: Pose) -> Pose:
    """Return the mirrored pose: the picture flipped, left and right renamed."""
    names = pose.skeleton.points
    order = [names.index(_other_side(name)) for name in names]
    return replace(
        pose,
        xy_px=(pose.xy_px * [-1.0, 1.0] + [pose.size_px[0], 0.0])[order],
        visibility=pose.visibility[order],
        depth_px=pose.depth_px[order],
    )


def shifted(pose: Pose, by_s: float) -> Pose:
    """Return the pose at a later time."""
    return replace(pose, time_s=pose.time_s + by_s)


def _other_side(name: str) -> str:
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


def _bursts(random: np.random.Generator, count: int, share: float) -> NDArray[np.bool_]:
    """Return a mask that is true in bursts of one to three, for about ``share`` of the frames."""
    mask = np.zeros(count, bool)
    for start in np.flatnonzero(random.random(count) < share / 2):
        mask[start : start + random.integers(1, 4)] = True
    return mask


def _inside(times_s: Floats, spans: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    mask = np.zeros(times_s.size, bool)
    for start, end in spans:
        mask |= (times_s >= start) & (times_s < end)
    return mask


def settled(poses: Iterable[Pose], identity: LegIdentity | None = None) -> list[Pose]:
    """Return each pose with its final leg identity."""
    identity = identity or LegIdentity()
    last: dict[float, Pose] = {}
    for pose in poses:
        last.update({p.time_s: p for p in identity.update(pose)})
    return [last[t] for t in sorted(last)]


def tracked(
    poses: Iterable[Pose],
    settings: GaitSettings = EXACT,
    identity: LegIdentity | None = None,
    tracker: GaitTracker | None = None,
) -> list[GaitMessage]:
    """Return the results of identity and gait for raw poses."""
    identity, tracker = identity or LegIdentity(), tracker or GaitTracker(settings)
    messages: list[GaitMessage] = []
    for pose in poses:
        window = identity.update(pose)
        messages += tracker.update(window, identity.view.facing, identity.view.leg_px)
    return messages


def events_of(
    messages: Iterable[GaitMessage], kind: EventKind, side: Side, *, confirmed: bool = True
) -> Floats:
    """Return the times of one kind of event of one leg."""
    return np.array(
        [
            m.time_s
            for m in messages
            if isinstance(m, GaitEvent) and (m.kind, m.side, m.confirmed) == (kind, side, confirmed)
        ]
    )


def strides_of(messages: Iterable[GaitMessage], side: Side) -> list[Stride]:
    """Return the strides of one leg."""
    return [m for m in messages if isinstance(m, Stride) and m.side is side]
