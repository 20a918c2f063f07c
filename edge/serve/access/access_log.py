"""The audit as the web server writes it: without blocking, and without repeats."""

import logging
import time
from asyncio import to_thread
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from edge.messages.errors import ToelineError
from edge.record.audit import Audit
from edge.serve.access.principal import Principal
from edge.serve.wire.commands import Command

_MOST_REMEMBERED: Final = 1024
# The pseudonym and the note are about the runner: they go with the session, the audit stays.
_LEFT_OUT: Final = frozenset({"type", "id", "runner", "note", "heartbeat"})

_log = logging.getLogger(__name__)


class AccessLog:
    """Writer of who did what; used only on the event loop.

    Parameters
    ----------
    audit
        Where it is written; None for a station that keeps nothing, such as the demo.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, audit: Audit | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._audit = audit
        self._clock = clock
        self._noted_s: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    async def note(
        self, what: str, principal: Principal, detail: str = "", *, again_s: float = 0.0
    ) -> bool:
        """Write a line; return whether the action is permitted.

        If the line cannot be written, only a client on the station itself may go on. A repeat
        within ``again_s`` is not written.
        """
        key = (what, principal.who, detail)
        now_s = self._clock()
        if self._audit is None or now_s - self._noted_s.get(key, -again_s) < again_s:
            return True
        try:
            await to_thread(self._audit.add, what, principal.who, detail)
        except ToelineError as error:
            _log.error("%s by %s cannot be written to the audit: %s", what, principal.who, error)
            return principal.local
        if again_s:
            self._remember(key, now_s)
        return True

    def _remember(self, key: tuple[str, str, str], now_s: float) -> None:
        self._noted_s[key] = now_s
        self._noted_s.move_to_end(key)
        if len(self._noted_s) > _MOST_REMEMBERED:
            self._noted_s.popitem(last=False)


def described(command: Command) -> str:
    """Return a command as in the audit: its name, and what it sets.

    Examples
    --------
    >>> from edge.serve.wire.commands import SetBelt
    >>> described(SetBelt(id=7, speed_mps=2.8))
    'set_belt speed_mps=2.8'
    """
    fields = msgspec.to_builtins(command)
    told = {k: v for k, v in fields.items() if k not in _LEFT_OUT and v is not None}
    return " ".join((fields["type"], *(f"{name}={_value(value)}" for name, value in told.items())))


def _value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
