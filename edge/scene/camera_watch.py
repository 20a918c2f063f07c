"""Detection of a camera that was moved or turned while it films."""

from typing import Final

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.scene.background_motion import (
    LEAST_CORNERS,
    Motion,
    corners_of,
    motion,
    small_grey,
    wide_motion,
)

_LOOK_EVERY_S: Final = 0.5
# A camera held still by a stand stays within 0.2 % and 0.1 degrees between two looks; one held by
# hand drifts by some 0.3 %. A shift within a stride moves the planted foot's line.
_SHIFT_RATIO: Final = 0.012
_TURN_DEG: Final = 0.6
_ZOOM_RATIO: Final = 0.02
# The camera must rest this long before strides count again.
_REST_S: Final = 1.0
# 1.5 degrees move the knee by 2.4 % of the shank, more than half of the amber band.
_TURNED_DEG: Final = 1.5
# Looks in a row at which the background cannot be followed, after which it is moving.
_LOST_LOOKS: Final = 3


class CameraWatch:
    """Monitor of the background, twice a second.

    It compares each look with the first one of the session for the turn, and with the one before
    for a move. Slow drift, as of a camera held by hand, moves no planted foot and is no move.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the background: the camera stands where it stands."""
        self._anchor: tuple[Image, Floats] | None = None
        self._anchor_deg = self._turned_deg = 0.0
        self._last: tuple[Image, Floats] | None = None
        self._looked_s = self._moved_s = -np.inf
        self._lost = 0

    def update(self, frame: Frame, pose: Pose) -> tuple[Notice, ...]:
        """Look at one frame if it is time; return the notices that hold."""
        if frame.breaks:
            self.reset()
        if frame.time_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = frame.time_s
            self._look(frame, pose)
        moved = Notice("camera_moved") if frame.time_s - self._moved_s < _REST_S else Notice()
        turned = abs(self._turned_deg) > _TURNED_DEG
        return moved, Notice(
            "camera_turned", deg=round(self._turned_deg, 1)
        ) if turned else Notice()

    def _look(self, frame: Frame, pose: Pose) -> None:
        grey = small_grey(frame.image)
        seen = grey, corners_of(grey, _body_box(pose, grey.shape))
        before, self._last = self._last, seen
        if self._anchor is None or before is None or self._anchor[0].shape != grey.shape:
            self._anchor, self._anchor_deg = seen, 0.0
            return
        if len(self._anchor[1]) < LEAST_CORNERS:
            # The session began in the dark, or before a covered lens: nothing to compare with.
            self._anchor, self._anchor_deg = seen, self._turned_deg
        if len(before[1]) < LEAST_CORNERS:
            # Too plain to be followed; what comes next is compared with the first look.
            self._lost = max(self._lost, 1)
            return
        step = motion(before[0], grey, before[1])
        if step is None:
            self._lose(frame.time_s, seen)
            return
        whole = motion(self._anchor[0], grey, self._anchor[1])
        # Back after something covered the lens, or another view?
        if self._lost > 0 and whole is None:
            whole = wide_motion(self._anchor[0], grey)
        elsewhere = self._lost > 0 and (whole is None or _moves(whole))
        self._lost = 0
        if _moves(step) or elsewhere:
            self._moved_s = frame.time_s
        self._turn(step, whole, seen)

    def _turn(self, step: Motion, whole: Motion | None, seen: tuple[Image, Floats]) -> None:
        """Update the turn since the session began; small errors must not add up to a turn."""
        if whole is not None:
            self._turned_deg = self._anchor_deg + whole.turn_deg
            return
        self._turned_deg += step.turn_deg
        self._anchor, self._anchor_deg = seen, self._turned_deg

    def _lose(self, time_s: float, seen: tuple[Image, Floats]) -> None:
        """Count looks that cannot be followed; after several in a row the camera is moving."""
        if len(seen[1]) == 0:
            # A dark or empty picture shows nothing.
            return
        self._lost += 1
        if self._lost >= _LOST_LOOKS:
            self._moved_s = time_s


def _moves(step: Motion) -> bool:
    return (
        step.shift_ratio > _SHIFT_RATIO
        or abs(step.turn_deg) > _TURN_DEG
        or abs(step.zoom_ratio - 1) > _ZOOM_RATIO
    )


def _body_box(pose: Pose, shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Return the box around the person in a small picture; empty without one."""
    known = pose.xy_px[np.isfinite(pose.xy_px).all(axis=1)]
    if not known.size:
        return 0.0, 0.0, 0.0, 0.0
    points = known * (shape[1] / pose.size_px[0])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    margin = 0.1 * (bottom - top)
    return left - margin, top - margin, right + margin, bottom + margin
