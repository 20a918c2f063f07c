"""Tracking of one person from frame to frame: detect when lost, track while found."""

from math import hypot
from typing import Protocol

import numpy as np

from edge.messages.arrays import Floats, Image
from edge.messages.frame import Frame
from edge.messages.pose import Pose
from edge.messages.skeleton import Skeleton
from edge.numerics.running_median import RunningWindow
from edge.pose.models.port import Landmarks
from edge.pose.region import Region
from edge.pose.subject import breadth_ratio

# Least time between full searches while nobody is in view, so that an empty belt costs little.
_SEARCH_EVERY_S = 0.1
# Breadth in trunk lengths above which a person is not seen from the side: 95 % of the frames of
# the shared side views are below 0.28, a person facing the camera is above 0.45.
_BROAD = 0.4
_BROAD_OVER_S = 1.0
_LOOK_ROUND_EVERY_S = 0.5
_SURELY_PRESENT = 0.9
# A body that is further from the last one than this share of its region is another person.
_ELSEWHERE = 0.6


class Detector(Protocol):
    """A person detector for a whole picture."""

    def find(self, image: Image) -> list[Region]:
        """Return body regions, the preferred person first."""


class Looker(Protocol):
    """A keypoint model for the person in one region."""

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints in ``region``."""


class PoseEstimator:
    """Converter of frames to raw poses that tracks one person until lost.

    On a treadmill the runner is the person seen from the side. Among several people that one is
    chosen, and a tracked person who keeps facing the camera is dropped for one seen from the side.

    Parameters
    ----------
    detector, landmarks
        The two networks.
    skeleton
        Definition of the points that ``landmarks`` finds.
    min_presence
        Least presence score, 0 to 1, to continue a track.
    """

    def __init__(
        self, detector: Detector, landmarks: Looker, skeleton: Skeleton, min_presence: float
    ) -> None:
        self._detector = detector
        self._skeleton = skeleton
        self._landmarks = landmarks
        self._min_presence = min_presence
        self._breadths = RunningWindow(_BROAD_OVER_S)
        self.reset()

    def reset(self) -> None:
        """Forget the person and the time of the last search."""
        self._region: Region | None = None
        self._last: Region | None = None
        self._searched_s = -np.inf
        self._looked_round_s = -np.inf
        self._breadths.clear()

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame; NaN keypoints if nobody is found."""
        if frame.breaks:
            self.reset()
        seen = self._see(frame)
        if seen is None:
            self._breadths.clear()
            return _nobody(frame, self._skeleton)
        other = self._someone_from_the_side(frame) if self._broad(frame.time_s, seen) else None
        seen = other or seen
        changed = self._elsewhere(seen.next_region)
        if changed:
            self._breadths.clear()
        self._region = seen.next_region if seen.next_region.usable else None
        self._last = self._region or self._last
        return _pose(frame, seen, self._skeleton, changed=changed)

    def _elsewhere(self, region: Region) -> bool:
        """Return whether a body is too far from the last one to be the same person."""
        if self._last is None:
            return False
        away_px = hypot(
            region.center_x_px - self._last.center_x_px, region.center_y_px - self._last.center_y_px
        )
        return away_px > _ELSEWHERE * max(region.side_px, self._last.side_px)

    def _see(self, frame: Frame) -> Landmarks | None:
        if self._region is not None:
            seen = self._landmarks.look(frame.image, self._region)
            if seen.presence >= self._min_presence:
                return seen
            self._region = None
        if frame.time_s - self._searched_s < _SEARCH_EVERY_S:
            return None
        self._searched_s = frame.time_s
        return self._search(frame.image)

    def _search(self, image: Image) -> Landmarks | None:
        found = None
        for region in self._detector.find(image):
            seen = self._landmarks.look(image, region)
            if seen.presence < self._min_presence:
                continue
            # Found: after the next loss, search at once.
            self._searched_s = -np.inf
            if not self._breadth(seen) > _BROAD:
                return seen
            found = found or seen
        return found

    def _breadth(self, seen: Landmarks) -> float:
        return breadth_ratio(seen.xy_px, self._skeleton)

    def _broad(self, time_s: float, seen: Landmarks) -> bool:
        """Return whether the tracked person has been facing the camera for a while."""
        self._breadths.add(time_s, self._breadth(seen))
        self._breadths.forget_before(time_s)
        lasting = time_s - self._breadths.first_s >= 0.8 * _BROAD_OVER_S
        return lasting and self._breadths.median > _BROAD

    def _someone_from_the_side(self, frame: Frame) -> Landmarks | None:
        if frame.time_s - self._looked_round_s < _LOOK_ROUND_EVERY_S:
            return None
        self._looked_round_s = frame.time_s
        for region in self._detector.find(frame.image):
            seen = self._landmarks.look(frame.image, region)
            sideways = self._breadth(seen) <= _BROAD
            # The tracked person may look narrow for a moment; that is not another person.
            if sideways and seen.presence >= _SURELY_PRESENT and self._elsewhere(seen.next_region):
                return seen
        return None


def _nobody(frame: Frame, skeleton: Skeleton) -> Pose:
    height, width = frame.image.shape[:2]
    nothing = np.full(skeleton.count, np.nan)
    return Pose(
        frame_index=frame.index,
        time_s=frame.time_s,
        size_px=(width, height),
        skeleton=skeleton,
        xy_px=np.full((skeleton.count, 2), np.nan),
        visibility=nothing,
        depth_px=nothing.copy(),
        presence=0.0,
        breaks=frame.breaks,
        camera=frame.camera,
    )


def _pose(frame: Frame, seen: Landmarks, skeleton: Skeleton, *, changed: bool) -> Pose:
    height, width = frame.image.shape[:2]
    return Pose(
        frame_index=frame.index,
        time_s=frame.time_s,
        size_px=(width, height),
        skeleton=skeleton,
        xy_px=_kept(seen.xy_px),
        visibility=_kept(seen.visibility),
        depth_px=_kept(seen.depth_px),
        presence=seen.presence,
        # No state may carry over from one person to another.
        breaks=frame.breaks or changed,
        camera=frame.camera,
        legs_px=None if seen.legs_px is None else _kept(seen.legs_px),
        legs_error_px=None if seen.legs_error_px is None else _kept(seen.legs_error_px),
    )


def _kept(values: Floats) -> Floats:
    """Return the values rounded to float32, which changes them by less than 0.0001 px.

    The measurement then uses exactly the recorded values, which take half the space.
    """
    return values.astype(np.float32).astype(float)
