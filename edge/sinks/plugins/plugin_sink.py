"""Wrapper that runs one plug-in on a separate thread and isolates the station from it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import inf
from threading import Thread
from typing import Any, Final

from edge.i18n.notices import english_notice
from edge.messages.gait import GaitState
from edge.messages.health import Health
from edge.messages.notice import Notice
from edge.messages.pose import Pose
from edge.messages.session import SessionNews, StationRun
from edge.sinks.base import Processed, Sink, SinkMessage
from edge.sinks.plugins.discovery import Factory, reason
from edge.sinks.plugins.dropping_queue import DroppingQueue

MAX_WAITING: Final = 1000
# A call that takes longer is reported as hanging.
PATIENCE_S: Final = 5.0
CLOSE_S: Final = 2.0
# A plug-in has caught up when nothing was dropped for this long.
_CAUGHT_UP_S: Final = 10.0

_log = logging.getLogger(__name__)

# Encodes a message as plain JSON; None for a message that is not for plug-ins.
Encode = Callable[[Any], Mapping[str, Any] | None]


class PluginSink(Sink):
    """Run one plug-in.

    Import, construction, ``open``, ``write`` and ``close`` all run on a separate thread. Messages
    that the plug-in does not take in time are dropped, oldest first, and counted. After an error
    the plug-in gets nothing but ``close``.

    Parameters
    ----------
    name
        Name of the plug-in.
    load
        Imports the plug-in and returns its sink factory.
    encode
        Returns a message as plain JSON; None for one that is not for plug-ins.
    max_waiting, patience_s, close_s
        Queue length, timeout after which a call is reported as hanging, and timeout of the end.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], Factory],
        encode: Encode,
        *,
        max_waiting: int = MAX_WAITING,
        patience_s: float = PATIENCE_S,
        close_s: float = CLOSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._load = load
        self._encode = encode
        self._patience_s = patience_s
        self._close_s = close_s
        self._clock = clock
        self._queue: DroppingQueue[object] = DroppingQueue(max_waiting)
        self._thread = Thread(target=self._run, name=f"sink {name}", daemon=True)
        self._busy_since_s = inf
        self._dropped_at_s = -inf
        self._failure = ""
        self._warned: set[str] = set()
        self._state: tuple[object, ...] = ()

    @property
    def dropped(self) -> int:
        """Number of messages dropped because the plug-in was too slow."""
        return self._queue.dropped

    @property
    def notice(self) -> Notice:
        """Why the plug-in misses messages; empty while it does not."""
        now_s = self._clock()
        if self._failure:
            return Notice("sink_stopped", sink=self.name, error=self._failure)
        if now_s - self._busy_since_s > self._patience_s:
            return Notice("sink_silent", sink=self.name)
        if now_s - self._dropped_at_s < _CAUGHT_UP_S:
            return Notice("sink_dropping", sink=self.name)
        return Notice()

    def open(self, session: StationRun) -> None:
        """Start the plug-in's thread, which imports, constructs and opens it."""
        self._run_facts = asdict(session)
        self._thread.start()

    def write(self, message: SinkMessage) -> None:
        """Queue the messages that are for plug-ins; never blocks."""
        match message:
            case Processed(outcome=outcome):
                for decided in outcome.messages:
                    self._give(decided)
            case Health() | SessionNews():
                self._give(message)
                self._warn()

    def close(self) -> None:
        """Let the plug-in drain its queue and end, with a timeout."""
        self._queue.close()
        if self._thread.ident is None:
            return
        self._thread.join(self._close_s)
        if self._thread.is_alive():
            _log.warning("the sink %s did not end within %g s", self.name, self._close_s)
        if self.dropped:
            _log.warning("the sink %s: %d messages were dropped", self.name, self.dropped)

    # On the station's threads.

    def _give(self, message: object) -> None:
        if self._failure or isinstance(message, Pose) or self._repeats(message):
            return
        if not self._queue.put(message):
            self._dropped_at_s = self._clock()

    def _repeats(self, message: object) -> bool:
        """Return whether a state repeats the previous one: there is one for every frame."""
        if not isinstance(message, GaitState):
            return False
        before, self._state = self._state, message.gist
        return self._state == before

    def _warn(self) -> None:
        """Log each kind of trouble once; a failure has been logged by the thread."""
        notice = self.notice
        if notice and not self._failure and notice.code not in self._warned:
            self._warned.add(notice.code)
            _log.warning("%s", english_notice(notice))

    # On the plug-in's thread.

    def _run(self) -> None:
        sink = self._guarded(lambda: self._timed(lambda: self._load()()))
        if sink is not None:
            self._guarded(lambda: self._feed(sink))
            self._guarded(lambda: self._call(sink, "close"))

    def _feed(self, sink: object) -> None:
        self._call(sink, "open", self._run_facts)
        for message in self._queue:
            record = self._encode(message)
            if record is not None:
                self._call(sink, "write", record)

    def _call(self, sink: object, method: str, *given: object) -> None:
        call = getattr(sink, method, None)
        if call is not None:
            self._timed(lambda: call(*given))

    def _timed(self, call: Callable[[], object]) -> object:
        self._busy_since_s = self._clock()
        try:
            return call()
        finally:
            self._busy_since_s = inf

    def _guarded(self, step: Callable[[], object]) -> object:
        """Run one step of the plug-in; log its first error and do not propagate errors."""
        try:
            return step()
        except BaseException as error:
            if not self._failure:
                self._failure = reason(error)
                self._queue.close()
                _log.error("the sink %s has stopped: %s", self.name, self._failure)
            return None
