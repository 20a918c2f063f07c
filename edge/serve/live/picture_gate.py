"""Recent pictures, and whether any picture may leave the station."""

import time
from collections.abc import Callable
from math import inf
from threading import Lock

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.serve.live.pictures import Picture, PictureRing


class PictureGate:
    """Keeper of the recent pictures, which gives none away while only skeletons are shown.

    All methods may be called from any thread.

    Parameters
    ----------
    clock
        Monotonic seconds, as in ``Frame.arrived_s``.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ring = PictureRing()
        self._hidden = False
        # A frame that arrived before is not sent, nor its picture kept.
        self._shown_from_s = -inf

    @property
    def hidden(self) -> bool:
        """Whether no picture may leave the station now."""
        return self._hidden

    @property
    def nbytes(self) -> int:
        """Bytes held by the pictures."""
        return self._ring.nbytes

    def keep(self, frame: Frame) -> bool:
        """Keep a frame's picture; return whether the frame may be sent at all.

        One that was taken while pictures were hidden, and is processed only now, may not.
        """
        if frame.arrived_s < self._shown_from_s:
            return False
        with self._lock:
            self._ring.add(frame)
        return True

    def replace(self, index: int, image: Image) -> None:
        """Keep a smaller picture in place of a frame's original."""
        with self._lock:
            self._ring.replace(index, image)

    def picture(self, index: int) -> Picture | None:
        """Return the picture of a frame; None if it is gone, or if pictures are hidden."""
        with self._lock:
            return None if self._hidden else self._ring.get(index)

    def switch(self, *, hidden: bool) -> bool:
        """Switch between pictures and skeletons only; return whether that is a change.

        Every picture that is kept is dropped, at the switch back, too: one taken in between must
        not be sent later.
        """
        with self._lock:
            if hidden == self._hidden:
                return False
            self._hidden = hidden
            self._ring = PictureRing()
            if not hidden:
                self._shown_from_s = self._clock()
        return True
