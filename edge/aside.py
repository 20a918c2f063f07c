"""Sinks that may have to wait for a disk or a reader, kept away from the thread that measures."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from queue import Queue
from threading import Thread
from typing import Final

import numpy as np

from edge.messages import Frame, Health, Message
from edge.pipeline import Outcome
from edge.station import Sink

# Minutes of frames: a disk may stall for as long without holding up a pose or losing a record.
MAX_WAITING = 10_000

Call = Callable[[Sink], None]

_NO_PICTURE: Final = np.empty((0, 0, 3), np.uint8)


class Aside:
    """Runs sinks in a thread of its own, in order; nothing that is given is left out.

    Bringing a second of poses to a memory card may take longer than a frame lasts. What a sink
    raises is raised at the next thing that is given, or at the end; it gets nothing more but the
    end.

    Parameters
    ----------
    sinks
        Each gets everything.
    max_waiting
        What may wait; beyond it, whoever gives waits too.
    """

    def __init__(self, sinks: Sequence[Sink], max_waiting: int = MAX_WAITING) -> None:
        self._sinks = list(sinks)
        self._well = list(sinks)
        self._errors: list[Exception] = []
        self._waiting: Queue[Call | None] = Queue(max_waiting)
        self._thread: Thread | None = None
        self._over = False

    @property
    def notice(self) -> str:
        """The sentence of the first sink that has one."""
        return next((sink.notice for sink in self._sinks if sink.notice), "")

    @property
    def storage_full(self) -> bool:
        """Whether one of the sinks can record nothing."""
        return any(sink.storage_full for sink in self._sinks)

    def frame(self, frame: Frame, outcome: Outcome, latency_ms: float) -> None:
        """Hand one processed frame over, without its picture."""
        # Minutes of pictures would fill the memory, and nothing that waits here records any.
        frame = replace(frame, image=_NO_PICTURE, jpeg=None)
        self._give(lambda sink: sink.frame(frame, outcome, latency_ms))

    def health(self, health: Health) -> None:
        """Hand the health over."""
        self._give(lambda sink: sink.health(health))

    def finish(self, messages: list[Message], captured: int, dropped: int) -> None:
        """Hand the end over, and wait until everything is done."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        self._over = True
        self._well = list(self._sinks)
        self._run(lambda sink: sink.finish(messages, captured, dropped))
        self._raise()

    def _give(self, call: Call) -> None:
        self._raise()
        if self._over:
            self._run(call)
            self._raise()
            return
        if self._thread is None:
            self._thread = Thread(target=self._work, name="record", daemon=True)
            self._thread.start()
        self._waiting.put(call)

    def _work(self) -> None:
        for call in iter(self._waiting.get, None):
            self._run(call)

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
