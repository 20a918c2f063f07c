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
from edge.pose.rivals import LegMotion, Looker, Rivals
from edge.pose.subject import breadth_ratio

# Least time between full searches while nobody is in view, so that an empty belt costs little.
_SEARCH_EVERY_S = 0.1
# Breadth in trunk lengths above which a person is not seen from the side: 95 % of the frames of
# the shared side views are below 0.28, a person facing the camera is above 0.45.
_BROAD = 0.4
_BROAD_OVER_S = 1.0
_LOOK_ROUND_EVERY_S = 0.5
# While the person followed stands, somebody else may be running; else a search costs a frame. The
# first search may miss somebody at the edge.
_OTHERS_EVERY_S, _OTHERS_MOVING_EVERY_S = 1.0, 10.0
_FIRST_ROUNDS = 2
# Around the person who is blanked out, as a share of their height; and the grey in their place.
_BODY_MARGIN = 0.1
_BLANK = 128
_SURELY_PRESENT = 0.9
# A body that is further from the last one than this share of its region is another person.
_ELSEWHERE = 0.6


class Detector(Protocol):
    """A person detector for a whole picture."""

    def find(self, image: Image) -> list[Region]:
        """Return body regions, the preferred person first."""


class PoseEstimator:
    """Converter of frames to raw poses that tracks one person until lost.

    On a treadmill the runner is the person seen from the side whose legs move. Among several people
    that one is chosen; a tracked person who keeps facing the camera is dropped for one seen from
    the side, and one who stands for one who strides.

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
        self._motion = LegMotion(skeleton)
        self._rivals = Rivals(skeleton)
        self.reset()

    def reset(self) -> None:
        """Forget the person and the time of the last search."""
        self._region: Region | None = None
        self._last: Region | None = None
        self._searched_s = -np.inf
        self._looked_round_s = -np.inf
        self._others_s = -np.inf
        self._crowd: list[Region] = []
        self._others = False
        self._rounds = 0
        self._forget_legs()

    def _forget_legs(self) -> None:
        self._breadths.clear()
        self._motion.clear()
        self._rivals.clear()

    def update(self, frame: Frame) -> Pose:
        """Return the pose of one frame; NaN keypoints if nobody is found."""
        if frame.breaks:
            self.reset()
        seen = self._see(frame)
        if seen is None:
            self._forget_legs()
            return _nobody(frame, self._skeleton)
        other = self._someone_from_the_side(frame) if self._broad(frame.time_s, seen) else None
        strider = self._someone_who_strides(frame, seen)
        seen = other or strider or seen
        changed = strider is not None or self._elsewhere(seen.next_region)
        if changed:
            self._forget_legs()
        self._region = seen.next_region if seen.next_region.usable else None
        self._last = self._region or self._last
        return _pose(frame, seen, self._skeleton, changed=changed, others=self._others)

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
        return self._search(frame)

    def _search(self, frame: Frame) -> Landmarks | None:
        self._others_s, self._others = frame.time_s, False
        regions = self._detector.find(frame.image)
        found: tuple[Region, Landmarks] | None = None
        for region in regions:
            seen = self._landmarks.look(frame.image, region)
            if seen.presence < self._min_presence:
                continue
            # Found: after the next loss, search at once.
            self._searched_s = -np.inf
            sideways = not self._breadth(seen) > _BROAD
            if sideways or found is None:
                found = region, seen
            if sideways:
                break
        if found is None:
            return None
        self._crowd = [region for region in regions if region is not found[0]]
        return found[1]

    def _breadth(self, seen: Landmarks) -> float:
        return breadth_ratio(seen.xy_px, self._skeleton)

    def _broad(self, time_s: float, seen: Landmarks) -> bool:
        """Return whether the tracked person has been facing the camera for a while."""
        self._breadths.add(time_s, self._breadth(seen))
        self._breadths.forget_before(time_s)
        lasting = time_s - self._breadths.first_s >= 0.8 * _BROAD_OVER_S
        return lasting and self._breadths.median > _BROAD

    def _someone_who_strides(self, frame: Frame, seen: Landmarks) -> Landmarks | None:
        """Return another person who strides while the one followed does not, if there is one."""
        self._motion.add(frame.time_s, seen.xy_px)
        if not seen.next_region.usable:
            return None
        if not self._rivals.watching:
            self._look_for_others(frame, seen)
            return None
        over = self._rivals.update(frame, self._landmarks, seen.next_region, self._min_presence)
        self._others = self._rivals.present
        return self._rivals.striding() if over and not self._motion.strides else None

    def _look_for_others(self, frame: Frame, seen: Landmarks) -> None:
        """Begin to watch the other people of this frame, if it is time to look for them."""
        often = self._motion.still or self._rounds < _FIRST_ROUNDS
        every_s = _OTHERS_EVERY_S if often else _OTHERS_MOVING_EVERY_S
        if frame.time_s - self._others_s >= every_s:
            self._others_s = frame.time_s
            self._rounds += 1
            self._crowd = self._detector.find(_without(frame.image, seen.xy_px))
            self._others = False
        self._rivals.begin(self._crowd, seen.next_region, frame.time_s)
        self._crowd = []

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


def _without(image: Image, xy_px: Floats) -> Image:
    """Return the picture without the columns of a body: the detector prefers the clearest one."""
    known = xy_px[np.isfinite(xy_px).all(axis=1)]
    if not known.size:
        return image
    (left, top), (right, bottom) = known.min(axis=0), known.max(axis=0)
    margin = _BODY_MARGIN * (bottom - top)
    blank = image.copy()
    blank[:, max(int(left - margin), 0) : max(int(right + margin), 0)] = _BLANK
    return blank


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


def _pose(
    frame: Frame, seen: Landmarks, skeleton: Skeleton, *, changed: bool, others: bool
) -> Pose:
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
        others=others,
        legs_px=None if seen.legs_px is None else _kept(seen.legs_px),
        legs_error_px=None if seen.legs_error_px is None else _kept(seen.legs_error_px),
    )


def _kept(values: Floats) -> Floats:
    """Return the values rounded to float32, which changes them by less than 0.0001 px.

    The measurement then uses exactly the recorded values, which take half the space.
    """
    return values.astype(np.float32).astype(float)
