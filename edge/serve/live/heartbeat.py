"""Heartbeats of one client's link: whether the client still replies, and how old a command is."""

import asyncio
from typing import Final

from edge.serve.wire.status_messages import Heartbeat

EVERY_S: Final = 0.5
# Three seconds: longer than a busy wireless network delays a packet, and short enough for both
# ends to say "no connection" within five. The pages use the same time.
MOST_UNANSWERED: Final = 6


class Heartbeats:
    """Counter of the heartbeats of one client, which begin when the client asks for them.

    Ages are counted in heartbeats rather than seconds: while the station itself is held up, no
    heartbeat is made, and no client is blamed for it.
    """

    def __init__(self) -> None:
        self._number = 0
        self._answered = 0
        self.wanted = asyncio.Event()

    def beat(self) -> Heartbeat:
        """Return the next heartbeat."""
        self._number += 1
        return Heartbeat(number=self._number)

    def answer(self, number: int) -> None:
        """Note the reply to a heartbeat; number 0 asks for the first one."""
        self.wanted.set()
        if number <= self._number:
            self._answered = max(number, self._answered)

    @property
    def silent(self) -> bool:
        """Whether the client has stopped replying."""
        return self._is_old(self._answered)

    def is_late(self, number: int) -> bool:
        """Return whether a command that names this heartbeat was held up on its way."""
        return self._is_old(number) or number > self._number

    def _is_old(self, number: int) -> bool:
        return self._number - number > MOST_UNANSWERED
