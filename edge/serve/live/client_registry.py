"""Registry of connected clients: limits per device, and disconnection of revoked devices."""

import asyncio
import logging
from asyncio import to_thread
from collections import Counter
from typing import Final

from edge.messages.errors import AccessError
from edge.serve.access.access_log import AccessLog
from edge.serve.access.principal import Principal
from edge.serve.access.rights import Rights
from edge.serve.live.client_queue import ClientQueue

REVOKED: Final = 4401
MOST_OF_ONE_DEVICE: Final = 8
# Reserved for the station's own screen.
KEPT_FOR_STATION: Final = 4
# The next picture must not go to a device that was just revoked by another program.
_LOOK_EVERY_S: Final = 0.25
# A page that reconnects within this time does not count as a second view.
_SAME_VIEW_S: Final = 600.0

_log = logging.getLogger(__name__)


class ClientRegistry:
    """The clients with a live link; used only on the event loop.

    Parameters
    ----------
    most
        Maximum number of clients in total.
    rights
        The pairings; None where pairing is not available.
    log
        The audit.
    """

    def __init__(
        self, most: int, rights: Rights | None = None, log: AccessLog | None = None
    ) -> None:
        self._most = most
        self._rights = rights
        self._log = log or AccessLog()
        self._there: dict[ClientQueue, Principal] = {}

    def __len__(self) -> int:
        return len(self._there)

    async def note_view(self, principal: Principal) -> bool:
        """Record a view in the audit; return False if that fails and the view must be refused."""
        what = "live" if principal.local else f"live, {principal.label}"
        return await self._log.note("viewed", principal, what, again_s=_SAME_VIEW_S)

    def has_room(self, principal: Principal) -> bool:
        """Return whether one more page of this principal may connect."""
        if principal.local:
            return len(self._there) < self._most
        others = sum(not client.local for client in self._there.values())
        same = Counter(client.who for client in self._there.values())[principal.who]
        most_others = max(1, self._most - KEPT_FOR_STATION)
        return others < most_others and same < MOST_OF_ONE_DEVICE

    def enter(self, client_queue: ClientQueue, principal: Principal) -> None:
        """Add a client."""
        self._there[client_queue] = principal

    def leave(self, client_queue: ClientQueue) -> None:
        """Remove a client."""
        self._there.pop(client_queue, None)

    def local(self) -> list[ClientQueue]:
        """Return the pages on the station itself."""
        return [client_queue for client_queue, principal in self._there.items() if principal.local]

    async def is_paired(self, principal: Principal) -> bool:
        """Return whether a client may still do something; disconnect it if its pairing ended."""
        if self._rights is None or principal.device_id is None:
            return principal.local
        try:
            paired = await to_thread(self._rights.pairings.is_paired, principal.device_id)
        except AccessError as error:
            _log.error("cannot read the pairings: %s", error)
            return False
        if not paired:
            self.end_device(principal.device_id)
        return paired

    def end_device(self, device_id: int) -> None:
        """Disconnect a device whose pairing has ended."""
        for client_queue, principal in list(self._there.items()):
            if principal.device_id == device_id:
                client_queue.close(REVOKED, "this pairing was ended")

    async def watch(self) -> None:
        """Disconnect devices whose pairing was ended by another program, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if self._rights is not None and any(not v.local for v in self._there.values()):
                await self._disconnect_revoked(self._rights)

    async def _disconnect_revoked(self, rights: Rights) -> None:
        try:
            paired = {device.id for device in await to_thread(rights.pairings.devices)}
        except AccessError as error:
            _log.error("cannot read the pairings: %s", error)
            return
        for principal in list(self._there.values()):
            if principal.device_id is not None and principal.device_id not in paired:
                self.end_device(principal.device_id)
