"""Follow one person from frame to frame: detect when lost, track while found."""

from typing import Protocol

import numpy as np

from edge.messages import Floats, Frame, Image, Pose
from edge.pose.landmarks import Landmarks
from edge.pose.region import Region
from edge.skeleton import KEYPOINT_COUNT

# While nobody is in view a full search runs at most this often, so an empty belt costs little.
_SEARCH_EVERY_S = 0.1


class Detector(Protocol):
    """Finds people in a whole picture."""

    def find(self, image: Image) -> list[Region]:
        """Return body regions, the preferred person first."""


class Looker(Protocol):
    """Finds the keypoints of the person in one region."""

    def look(self, image: Image, region: Region) -> Landmarks:
        """Return the keypoints in ``region``."""


class PoseEstimator:
    """Frames in, raw poses out; one person is followed until lost.

    Parameters
    ----------
    detector, landmarks
        The two networks.
    min_presence
        Least presence score, 0 to 1, with which a track goes on.
    """

    def __init__(self, detector: Detector, landmarks: Looker, min_presence: float) -> None:
        self._detector = detector
        self._landmarks = landmarks
        self._min_presence = min_presence
        self._region: Region | None = None
        self._searched_s = -np.inf

    def reset(self) -> None:
        """Forget the person and the time of the last search."""
        self._region = None
        self._searched_s = -np.inf

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame; NaN keypoints when nobody is found in it."""
        if frame.breaks:
            self.reset()
        seen = self._see(frame)
        if seen is None:
            return _nobody(frame)
        self._region = seen.next_region if seen.next_region.usable else None
        return _pose(frame, seen)

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
        for region in self._detector.find(image):
            seen = self._landmarks.look(image, region)
            if seen.presence >= self._min_presence:
                # Found: the next loss may be searched for at once.
                self._searched_s = -np.inf
                return seen
        return None


def _nobody(frame: Frame) -> Pose:
    nothing = np.full(KEYPOINT_COUNT, np.nan)
    return _record(frame, np.full((KEYPOINT_COUNT, 2), np.nan), nothing, nothing.copy(), 0.0)


def _pose(frame: Frame, seen: Landmarks) -> Pose:
    return _record(frame, seen.xy_px, seen.visibility, seen.depth_px, seen.presence)


def _record(
    frame: Frame, xy_px: Floats, visibility: Floats, depth_px: Floats, presence: float
) -> Pose:
    height, width = frame.image.shape[:2]
    return Pose(
        frame_index=frame.index,
        time_s=frame.time_s,
        size_px=(width, height),
        xy_px=xy_px,
        visibility=visibility,
        depth_px=depth_px,
        presence=presence,
        breaks=frame.breaks,
    )
