"""Limits on guesses at pairing codes, which no attacker can use to lock others out.

A link holds 128 random bits and cannot be guessed, so only its sender's own limit applies. Eight
typed digits are one of 10^8, for two minutes. Whatever the number of addresses, at most
60 + 60 a minute guesses come from addresses with fewer than three wrong codes, and 20 + 20 a minute
from the others: 240 while a code lives, a chance of 2.4 in a million of hitting it. So an attacker
with forty addresses does not lock out a person who mistypes, and a new code refills both reserves.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from edge.serve.access.rate_limits import Bucket, Buckets

_OWN_HZ, _OWN = 5 / 60, 5.0
_FEW_HZ, _FEW = 1.0, 60.0
_MANY_HZ, _MANY = 20 / 60, 20.0
# Two wrong codes are mistyped, three are guessed; an hour after the last one all is forgotten.
_GUESSES: Final = 3
_REMEMBERED_S: Final = 3600.0
_MOST: Final = 4096


class PairingTries:
    """The guesses of all clients; used only on the event loop.

    Parameters
    ----------
    clock
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._own = Buckets(_OWN_HZ, _OWN, clock)
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._newest = ""
        self._fill()

    def take_own(self, client: str) -> bool:
        """Take one of a client's own tries; return whether there was one."""
        return self._own.take(client)

    def take_shared(self, client: str, newest: str) -> bool:
        """Take one of everybody's tries to type a code; return whether there was one.

        Parameters
        ----------
        client
            From ``addresses.client_key``.
        newest
            What tells the newest code from every other.
        """
        if newest != self._newest:
            self._newest = newest
            self._fill()
        return (self._few if self._count(client) < _GUESSES else self._many).take()

    def note_failed(self, client: str) -> None:
        """Remember that a client's code was wrong."""
        self._wrong[client] = (self._count(client) + 1, self._clock())
        self._wrong.move_to_end(client)
        if len(self._wrong) > _MOST:
            self._wrong.popitem(last=False)

    def _count(self, client: str) -> int:
        """Return how many codes of a client were wrong lately."""
        count, last_s = self._wrong.get(client, (0, 0.0))
        return count if self._clock() - last_s < _REMEMBERED_S else 0

    def _fill(self) -> None:
        self._few = Bucket(_FEW_HZ, _FEW, self._clock)
        self._many = Bucket(_MANY_HZ, _MANY, self._clock)


def is_typed(code: str) -> bool:
    """Return whether a code was typed rather than taken from a link."""
    return code.isdecimal() and code.isascii()
