"""Background thread for sinks that may block on a disk or a reader."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import Queue
from threading import Lock, Thread
from typing import Final

import numpy as np

from edge.messages.arrays import Image
from edge.messages.frame import Frame
from edge.messages.notice import Notice
from edge.messages.session import StationRun
from edge.sinks.base import Ended, Processed, Sink, SinkMessage

# Minutes of frames: a disk may stall that long without delaying a pose or losing a record.
MAX_WAITING = 10_000
# About a second of small pictures; minutes of them would fill the memory.
MAX_PICTURE_BYTES = 100_000_000
# A stride that a page shows is on disk within this time, or the station says that it is not.
LAGS_S: Final = 2.0

Call = Callable[[Sink], None]

_NO_PICTURE: Final = np.empty((0, 0, 3), np.uint8)


class _Kept:
    """A queued frame, whose picture may be dropped while it waits."""

    __slots__ = ("frame", "picture_bytes")

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.picture_bytes = 0


class _Pictures:
    """The pictures of queued frames, bounded in size: the oldest are dropped, their frames stay."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self.left_out = 0

    def keep(self, frame: Frame) -> _Kept:
        kept = _Kept(_light(frame))
        kept.picture_bytes = frame.image.nbytes if frame.jpeg is None else len(frame.jpeg)
        with self._lock:
            self._kept.append(kept)
            self._bytes += kept.picture_bytes
            while self._bytes > self._max_bytes:
                oldest = self._kept.popleft()
                oldest.frame = _bare(oldest.frame)
                self._bytes -= oldest.picture_bytes
                self.left_out += 1
        return kept

    def let_go(self, kept: _Kept) -> None:
        """Release a processed frame; earlier ones have been released already."""
        with self._lock:
            if self._kept and self._kept[0] is kept:
                self._bytes -= self._kept.popleft().picture_bytes


class BackgroundSink(Sink):
    """Runs sinks on a separate thread, in order and without dropping messages.

    Writing a second of poses to a memory card may take longer than a frame interval. An error of a
    sink is raised at the next call, or at the end; that sink then gets only the final calls.

    Parameters
    ----------
    sinks
        Each gets every message.
    max_waiting
        Queue length, beyond which the caller blocks.
    pictures
        Pass pictures on too. They may be dropped, oldest first, beyond ``max_picture_bytes`` in
        the queue.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        sinks: Sequence[Sink],
        max_waiting: int = MAX_WAITING,
        *,
        pictures: bool = False,
        max_picture_bytes: int = MAX_PICTURE_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._given_s: float | None = None
        self._sinks = list(sinks)
        self._well = list(sinks)
        self._errors: list[Exception] = []
        self._waiting: Queue[tuple[Call, _Kept | None, float] | None] = Queue(max_waiting)
        self._pictures = _Pictures(max_picture_bytes) if pictures else None
        self._thread: Thread | None = None
        self._over = False

    @property
    def notice(self) -> Notice:
        """The notice of the first sink that has one, or that the sinks are behind."""
        lags = Notice("recording_lags") if self.lag_s > LAGS_S else Notice()
        return next((sink.notice for sink in self._sinks if sink.notice), lags)

    @property
    def lag_s(self) -> float:
        """Time for which the message that the sinks work on has waited."""
        given_s = self._given_s
        return 0.0 if given_s is None else self._clock() - given_s

    @property
    def records_video(self) -> bool:
        """Whether any sink records pictures."""
        return any(sink.records_video for sink in self._sinks)

    @property
    def pictures_left_out(self) -> int:
        """Number of pictures dropped because the queue was too large."""
        return 0 if self._pictures is None else self._pictures.left_out

    @property
    def storage_full(self) -> bool:
        """Whether any sink is unable to record."""
        return any(sink.storage_full for sink in self._sinks)

    def open(self, session: StationRun) -> None:
        """Open each sink; errors are raised immediately."""
        for sink in self._sinks:
            sink.open(session)

    def write(self, message: SinkMessage) -> None:
        """Queue a message; for ``Ended``, wait until everything has been written."""
        match message:
            case Ended():
                self._finish(message)
            case Processed() if self._pictures is not None:
                # The picture may be dropped while the frame waits.
                kept = self._pictures.keep(message.frame)
                bare = replace(message, frame=_bare(message.frame))
                self._give(lambda sink: sink.write(replace(bare, frame=kept.frame)), kept)
            case Processed():
                bare = replace(message, frame=_bare(message.frame))
                self._give(lambda sink: sink.write(bare))
            case _:
                self._give(lambda sink: sink.write(message))

    def close(self) -> None:
        """Close each sink once the queue is empty."""
        self._join()
        self._run(lambda sink: sink.close())
        self._raise()

    def _finish(self, end: Ended) -> None:
        self._join()
        self._run(lambda sink: sink.write(end))
        self._raise()

    def _join(self) -> None:
        if self._thread is not None and not self._over:
            self._waiting.put(None)
            self._thread.join()
        self._over = True
        self._well = list(self._sinks)

    def _give(self, call: Call, kept: _Kept | None = None) -> None:
        self._raise()
        if self._over:
            self._do(call, kept)
            self._raise()
            return
        if self._thread is None:
            self._thread = Thread(target=self._work, name="record", daemon=True)
            self._thread.start()
        self._waiting.put((call, kept, self._clock()))

    def _work(self) -> None:
        for call, kept, given_s in iter(self._waiting.get, None):
            self._given_s = given_s
            self._do(call, kept)
            self._given_s = None

    def _do(self, call: Call, kept: _Kept | None) -> None:
        self._run(call)
        if kept is not None and self._pictures is not None:
            self._pictures.let_go(kept)

    def _run(self, call: Call) -> None:
        for sink in list(self._well):
            try:
                call(sink)
            except Exception as error:
                self._well.remove(sink)
                self._errors.append(error)

    def _raise(self) -> None:
        if self._errors:
            raise self._errors.pop(0)


def _bare(frame: Frame) -> Frame:
    """Return a frame without its picture."""
    return replace(frame, image=_NO_PICTURE, jpeg=None)


def _light(frame: Frame) -> Frame:
    """Return a frame that holds its picture once: with a JPEG, the image keeps only its shape."""
    if frame.jpeg is None:
        return frame
    size: Image = np.broadcast_to(np.zeros((), np.uint8), frame.image.shape)
    return replace(frame, image=size)
