"""The pose model's own left and right, as the baseline for leg identity."""

from collections import deque
from dataclasses import replace

import numpy as np

from edge.identity.tracked_legs import KEPT_S
from edge.identity.view import View, ViewFinder
from edge.messages.legs import UNKNOWN_LEGS
from edge.messages.pose import Pose


class OwnLabels:
    """A stand-in for leg identity that keeps the pose model's labels, uncorrected."""

    def __init__(self) -> None:
        self._finder = ViewFinder()
        self._window: deque[Pose] = deque()
        self.view = View(facing=None, leg_px=np.nan)
        self.legs = UNKNOWN_LEGS
        self.rival: list[Pose] = []

    def reset(self) -> None:
        """Forget the tracked person."""
        self._finder.reset()
        self._window.clear()

    def update(self, pose: Pose) -> list[Pose]:
        """Add one raw pose and return the poses of the last 0.3 s, oldest first."""
        if pose.breaks:
            self.reset()
        # The leg reader's evidence is ignored, too.
        pose = replace(pose, legs_px=None, legs_error_px=None)
        self.view = self._finder.update(pose)
        self._window.append(pose)
        while self._window[0].time_s < pose.time_s - KEPT_S:
            self._window.popleft()
        return list(self._window)
