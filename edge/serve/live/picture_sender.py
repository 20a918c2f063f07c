"""Live pictures and stills on their way to the clients."""

from collections import deque
from collections.abc import Collection

from edge.serve.live.client_queue import ClientQueue
from edge.serve.live.history import Still
from edge.serve.live.picture_gate import PictureGate
from edge.serve.live.preview import Preview, Shot
from edge.serve.live.stride_replay import Replay


class PictureSender:
    """Sender of the newest picture and of every still, each encoded once for all clients.

    Parameters
    ----------
    preview
        The encoder.
    gate
        Says whether pictures are hidden.
    runner_key
        Whom the pictures are about.

    Attributes
    ----------
    replay
        The packets of the last seconds.
    """

    def __init__(self, preview: Preview, gate: PictureGate, runner_key: str) -> None:
        self._preview = preview
        self._gate = gate
        self.replay = Replay()
        self._runner_key = runner_key
        self._seq = 0
        self._newest: Shot | None = None
        # The last encoded frame, for clients that have room for it later.
        self._made = (0, b"")
        self._stills: deque[tuple[Still, tuple[ClientQueue, ...]]] = deque()

    def begin_runner(self, runner_key: str) -> None:
        """Drop everything about the previous runner."""
        self._runner_key = runner_key
        self._stills.clear()
        self.replay.clear()
        self._made, self._newest = (0, b""), None

    def hide_or_show(self) -> None:
        """Drop every picture after the gate was switched."""
        self.replay.clear()
        self._made = (0, b"")
        if self._gate.hidden:
            for still, _ in self._stills:
                still.picture = still.packet = None
        else:
            self._newest = None

    def take_shot(self, shot: Shot) -> None:
        """Send this frame next, in place of an older one."""
        self._seq += 1
        self._newest = shot

    def take_still(self, still: Still, clients: Collection[ClientQueue]) -> None:
        """Send a still to these clients."""
        if clients:
            self._stills.append((still, tuple(clients)))

    async def send(self, clients: Collection[ClientQueue]) -> None:
        """Encode and send all stills, and the newest frame to clients that can take it."""
        await self._send_stills()
        await self._send_frame(clients)

    async def _send_stills(self) -> None:
        while self._stills:
            still, clients = self._stills.popleft()
            packet = still.packet or await self._still_packet(still)
            if still.runner_key != self._runner_key:
                continue
            for client_queue in clients:
                client_queue.post(packet)

    async def _still_packet(self, still: Still) -> bytes:
        """Return a still's packet, encoded anew if pictures were hidden meanwhile."""
        while True:
            hidden = self._gate.hidden
            packet = await self._preview.of_still(still)
            if hidden == self._gate.hidden:
                still.packet, still.picture = packet, None
                return packet

    async def _send_frame(self, clients: Collection[ClientQueue]) -> None:
        shot, seq = self._newest, self._seq
        if shot is None or not clients:
            return
        # A client that does not read does not reduce the others' frame rate. The replay takes
        # every frame while any client is connected.
        wanting = sum(client_queue.wants_frame(seq) for client_queue in clients)
        made_seq, packet = self._made
        fresh = seq > made_seq
        if not (wanting or fresh) or not self._preview.is_due(shot, wanting):
            return
        if fresh:
            hidden = self._gate.hidden
            packet = await self._preview.of_frame(seq, shot)
            if shot.runner_key != self._runner_key or hidden != self._gate.hidden:
                # Encoded before the switch; the next frame will be right.
                return
            self._made = (seq, packet)
            self.replay.add(shot.frame.time_s, packet)
        for client_queue in clients:
            if client_queue.wants_frame(seq):
                client_queue.offer(seq, packet, shot.frame.arrived_s)
