"""How many different pictures a source gives per second: some repeat each picture."""

from collections import deque
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.messages.arrays import Image
from edge.messages.notice import Notice

_WINDOW_S: Final = 1.5
_LEAST_SPAN_S: Final = 1.3
_SMALL_PX: Final = (96, 54)
_STEP: Final = 4
# The parts of a picture that change most: half a percent, about a foot or a hand.
_MOST: Final = 26
# Grey levels by which those parts change at least while somebody moves: a runner changes them by
# 50 to 120 at 60 frames per second, noise and compression by 1 to 3.
_MOVES: Final = 12.0
# A repeated picture changes by up to 0.08 of the usual after compression and noise; real ones, on
# 20 clips at 30 to 120 frames per second, by 0.39 at least while the runner runs or walks.
_REPEAT_SHARE: Final = 0.2
# Noise alone, from one picture to the next, crosses only one of the two shares.
_DIFFERS_SHARE: Final = 0.35
# So many changes back and forth cannot come from somebody who stops or starts.
_LEAST_RUNS: Final = 6
_FEW: Final = 2
# A runner is never still this long between two pictures that differ fully.
_FREEZE_S: Final = 0.15
_JUMP_SHARE: Final = 0.7
_GOES_ON: Final = 6
_BEGINS: Final = 0.1
_ENDS: Final = 0.05
# A notice that follows every picture would flicker.
_STEP_HZ: Final = 2.0


class PictureRate:
    """Finds repeated pictures, and counts the different ones over the last 1.5 s.

    A picture repeats the one before if hardly anything changed while the pictures around them
    change much. While nobody moves, nothing is known and the last finding stands.
    """

    def __init__(self) -> None:
        self._notice = Notice()
        self.begin_again()

    def begin_again(self) -> None:
        """Forget all pictures, as after the source was opened again; keep what was found."""
        self._before: NDArray[np.uint8] | None = None
        self._times_s: deque[float] = deque()
        self._changes: deque[float] = deque()

    @property
    def notice(self) -> Notice:
        """The notice that pictures are repeated; empty if they are not."""
        return self._notice

    @property
    def suspicious(self) -> bool:
        """Whether some pictures seem repeated, though too few to tell."""
        changes = np.array(self._changes)
        if not changes.size or (usual := float(np.percentile(changes, 80))) < _MOVES:
            return False
        return int(np.sum(changes < _REPEAT_SHARE * usual)) >= _FEW

    def update(self, time_s: float, image: Image) -> bool:
        """Add one picture; return whether it is one of many that repeat their predecessor.

        Parameters
        ----------
        time_s
            Its time, increasing.
        image
            Shape (h, w, 3), uint8; only a sample of its pixels is compared.
        """
        small = _small(image)
        before, self._before = self._before, small
        if before is None:
            return False
        self._times_s.append(time_s)
        self._changes.append(_change(before, small))
        while time_s - self._times_s[0] > _WINDOW_S:
            self._times_s.popleft()
            self._changes.popleft()
        changes = np.array(self._changes)
        usual = float(np.percentile(changes, 80))
        if usual < _MOVES:
            return False
        repeats = changes < _REPEAT_SHARE * usual
        self._judge(repeats, changes / usual)
        return bool(self._notice) and bool(repeats[-1])

    def _judge(self, repeats: NDArray[np.bool_], relative: NDArray[np.float64]) -> None:
        share = float(np.mean(repeats))
        span_s = self._times_s[-1] - self._times_s[0]
        if span_s < _LEAST_SPAN_S:
            return
        if share < _ENDS:
            self._notice = Notice()
        elif share >= _BEGINS and (self._notice or self._proves(repeats, relative)):
            self._tell(share, (len(repeats) - 1) / span_s)

    def _proves(self, repeats: NDArray[np.bool_], relative: NDArray[np.float64]) -> bool:
        """Return whether the repeated pictures lie between different ones."""
        edges = np.flatnonzero(np.diff(repeats.astype(int)))
        ends = edges[repeats[edges] & (relative[edges + 1] > _DIFFERS_SHARE)]
        if len(ends) >= _LEAST_RUNS:
            return True
        times_s = np.array(self._times_s)
        for end in ends:
            begins = edges[edges < end]
            still_s = times_s[end] - times_s[begins[-1]] if len(begins) else 0.0
            after = repeats[end + 1 : end + 1 + _GOES_ON]
            # Only one change after it is a cut in the film, or somebody who steps off.
            jumps = relative[end + 1] >= _JUMP_SHARE and len(after) == _GOES_ON
            if still_s >= _FREEZE_S and jumps and not after.any():
                return True
        return False

    def _tell(self, share: float, rate_hz: float) -> None:
        different_hz = round((1 - share) * rate_hz)
        told = dict(self._notice.params).get("rate_hz")
        if told is None or abs(different_hz - float(told)) >= _STEP_HZ:
            self._notice = Notice(
                "pictures_repeated", rate_hz=different_hz, given_hz=round(rate_hz)
            )


def _small(image: Image) -> NDArray[np.uint8]:
    """Return a small grey copy: averaged, so that noise does not count."""
    step = max(1, min(_STEP, image.shape[0] // (2 * _SMALL_PX[1])))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    return np.asarray(cv2.resize(green, _SMALL_PX, interpolation=cv2.INTER_AREA), np.uint8)


def _change(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> float:
    """Return the mean change of the parts that changed most, in grey levels."""
    apart = cv2.absdiff(before, now).ravel()
    return float(np.partition(apart, -_MOST)[-_MOST:].mean())
