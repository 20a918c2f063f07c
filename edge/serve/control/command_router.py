"""Router of operators' commands: display and pairing are handled here, the rest by the station."""

import asyncio
import logging
from typing import Final, TextIO

import segno
from msgspec.structs import replace

from edge.messages.errors import AccessError, RecordError
from edge.record.privacy import Privacy
from edge.serve.access.access_log import AccessLog, described
from edge.serve.access.pairing_store import CODE_LIFE_S, PairingStore
from edge.serve.access.principal import Principal
from edge.serve.access.rights import Rights
from edge.serve.access.roles import Role
from edge.serve.control.outcomes import Outcomes
from edge.serve.live.client_queue import ClientQueue
from edge.serve.live.client_registry import ClientRegistry
from edge.serve.live.hub import Hub
from edge.serve.wire import commands
from edge.serve.wire.commands import Control, Done
from edge.serve.wire.feedback_messages import Feedback
from edge.serve.wire.protocol import encode_text
from edge.serve.wire.status_messages import Answer, Display, Pairing

WAIT_S: Final = 10.0
LATE: Final = Done("too_late", "The connection was interrupted: this came too late.")
_LOOK_EVERY_S: Final = 1.0
# A viewer's page that repeats a command is one line of the audit.
_SAME_REFUSAL_S: Final = 60.0

_log = logging.getLogger(__name__)


NOTHING_SHOWN: Final = Pairing(role=None, url="", code="", qr=(), left_s=0.0)
FIRST_DISPLAY: Final = Display(
    mode=commands.Mode.COACH,
    shown=commands.Shown.PICTURE,
    panels=tuple(commands.Panel),
    muted=False,
    metronome_on=False,
    metronome_spm=None,
    metronome_from_spm=None,
    metronome_ramp_s=0.0,
    metronome_age_s=0.0,
)


class CommandRouter:
    """Entry point of every command; used only on the event loop.

    Parameters
    ----------
    hub
        Sends changes to every page.
    registry
        Knows which pages are on the station itself.
    control
        Executes the commands that go beyond the display; None if the station takes none.
    rights
        Creates pairing codes; None where pairing is not available.
    log
        The audit; every command is in it.
    privacy
        Keeps *skeleton only*; pages begin with what was chosen last.
    wait_s
        Longest wait for a command, in seconds.
    """

    def __init__(
        self,
        hub: Hub,
        registry: ClientRegistry,
        control: Control | None = None,
        rights: Rights | None = None,
        *,
        log: AccessLog | None = None,
        privacy: Privacy | None = None,
        wait_s: float = WAIT_S,
    ) -> None:
        self._hub = hub
        self._registry = registry
        self._control = control
        self._rights = rights
        self._log = log or AccessLog()
        self._privacy = privacy or Privacy()
        self._wait_s = wait_s
        self._outcomes = Outcomes()
        self._display = replace(FIRST_DISPLAY, shown=self._shown())
        self._pairing = NOTHING_SHOWN
        self._over: asyncio.TimerHandle | None = None
        self._feedback: Feedback | None = None

    def open(self) -> None:
        """Send the initial display."""
        self._hub.on_session = self._end_metronome
        self._hub.on_feedback = self._follow_feedback
        self._hub.broadcast(self._display)

    def greet(self, client_queue: ClientQueue, principal: Principal) -> None:
        """Send a new client what only pages on the station itself may see."""
        if principal.local and self._pairing.url and self._over is not None:
            left_s = max(0.0, self._over.when() - asyncio.get_running_loop().time())
            client_queue.post(encode_text(replace(self._pairing, left_s=left_s)))

    async def watch(self) -> None:
        """Show a code whenever ``toeline pair --on-display`` requests one, until cancelled."""
        said = ""
        while self._rights is not None:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                role = await asyncio.to_thread(self._rights.pairings.asked_to_show)
            except AccessError as error:
                if str(error) != said:
                    said = str(error)
                    _log.error("%s", said)
                continue
            said = ""
            if role is not None:
                done = await self._offer_pairing(self._rights.pairings, role, "toeline pair")
                _log.info("a pairing code was requested: %s", done.text or "it is on screen")

    async def take(self, command: commands.Command, principal: Principal) -> Answer:
        """Execute a command and return its answer."""
        if isinstance(command, commands.AskOutcome):
            return _answer(command, self._outcomes.ask(principal.who, command.command))
        if self._outcomes.refuses(principal.who, command.id):
            return _answer(command, LATE)
        self._outcomes.begin(principal.who, command.id)
        answer = _answer(command, await self._permitted(command, principal))
        self._outcomes.end(principal.who, answer)
        return answer

    async def _permitted(self, command: commands.Command, principal: Principal) -> Done:
        """Execute a command of someone who may give it, and write it to the audit before."""
        said = described(command)
        # Looked up anew: the pairing may have ended since the last command.
        if not await self._registry.is_paired(principal):
            return Done("revoked", "This pairing was ended.")
        if principal.role is not Role.OPERATOR:
            await self._log.note("command refused", principal, said, again_s=_SAME_REFUSAL_S)
            return Done("viewer", "Only an operator may do that.")
        if not await self._log.note("command", principal, said):
            return Done("disk", "This cannot be written to the audit, so it is not done.")
        done = await self._carry_out(command, principal)
        if done.code != "ok":
            await self._log.note("command failed", principal, f"{said}: {done.code}")
        return done

    def pairing_used(self) -> None:
        """Hide the code on screen: one has been used."""
        self._show_pairing(NOTHING_SHOWN)

    async def _carry_out(self, command: commands.Command, principal: Principal) -> Done:
        match command:
            case commands.SetDisplay():
                return await self._set_display(command)
            case commands.SetMute():
                return self._show(replace(self._display_now(), muted=command.muted))
            case commands.SetMetronome():
                return self._set_metronome(command)
            case commands.ShowPairing():
                if self._rights is None:
                    return Done("no_orders", "This station serves only itself: use --listen.")
                return await self._offer_pairing(self._rights.pairings, command.role, principal.who)
            case _:
                return await self._control_station(command)

    async def _control_station(self, command: commands.Command) -> Done:
        if self._control is None:
            return Done("no_orders", "This station takes no such commands.")
        try:
            async with asyncio.timeout(self._wait_s):
                return await asyncio.wrap_future(self._control.take(command))
        except TimeoutError:
            return Done("busy", "The station is busy; look whether it was done.")

    async def _set_display(self, command: commands.SetDisplay) -> Done:
        done = Done() if command.shown is None else await self._set_shown(command.shown)
        was = self._display_now()
        chosen = was.panels if command.panels is None else set(command.panels)
        self._show(
            replace(
                was,
                mode=command.mode or was.mode,
                shown=self._shown(),
                panels=tuple(panel for panel in commands.Panel if panel in chosen),
            )
        )
        return done

    async def _set_shown(self, shown: commands.Shown) -> Done:
        """Hide pictures at once, then keep the choice; show them only once it is kept."""
        hidden = shown is commands.Shown.SKELETON
        if hidden:
            self._show(replace(self._display_now(), shown=shown))
        try:
            await asyncio.to_thread(self._privacy.switch, on=hidden)
        except RecordError as error:
            return Done("disk", f"{error}.")
        return Done()

    def _shown(self) -> commands.Shown:
        hidden = self._privacy.skeleton_only
        return commands.Shown.SKELETON if hidden else commands.Shown.PICTURE

    def _set_metronome(self, command: commands.SetMetronome) -> Done:
        if command.on and self._feedback is not None and not self._feedback.on:
            return Done("no_feedback", "The runner gets no feedback now.")
        target_spm = command.target_spm or self._display.metronome_spm
        if command.on and target_spm is None:
            return Done("no_rate", "Say how many steps a minute the metronome should beat.")
        return self._show(
            replace(
                self._display,
                metronome_on=command.on,
                metronome_spm=target_spm,
                metronome_from_spm=command.from_spm,
                metronome_ramp_s=command.ramp_s if command.from_spm else 0.0,
                metronome_age_s=0.0,
            )
        )

    def _follow_feedback(self, feedback: Feedback) -> None:
        """Let the metronome beat as the step of a visit asks, or end it."""
        before, self._feedback = self._feedback, feedback
        if feedback.metronome_spm is not None:
            self._show(
                replace(
                    self._display_now(),
                    metronome_on=True,
                    metronome_spm=feedback.metronome_spm,
                    metronome_from_spm=feedback.metronome_from_spm,
                    metronome_ramp_s=feedback.metronome_ramp_s,
                    metronome_age_s=0.0,
                )
            )
        elif not feedback.on or (before is not None and before.metronome_spm is not None):
            self._end_metronome()

    def _end_metronome(self) -> None:
        """Forget the tempo, which was derived from the previous runner's cadence."""
        if self._display.metronome_spm is not None:
            self._show(
                replace(
                    self._display_now(),
                    metronome_on=False,
                    metronome_spm=None,
                    metronome_from_spm=None,
                    metronome_ramp_s=0.0,
                    metronome_age_s=0.0,
                )
            )

    def _display_now(self) -> Display:
        """Return the display with the current age of the metronome ramp."""
        return self._hub.aged(self._display)

    def _show(self, display: Display) -> Done:
        self._display = display
        self._hub.broadcast(display)
        return Done()

    async def _offer_pairing(self, pairings: PairingStore, role: Role, who: str) -> Done:
        if not self._registry.local():
            return Done("no_screen", "No page is open on the station itself; use `toeline pair`.")
        try:
            url = await asyncio.to_thread(pairings.announced)
            code = await asyncio.to_thread(pairings.new_code, role, who)
        except AccessError as error:
            return Done("disk", f"{error}.")
        link = pairing_link(url, code.text)
        self._show_pairing(
            Pairing(
                role=role,
                url=link,
                code=code.digits,
                qr=qr_rows(link),
                left_s=CODE_LIFE_S,
            )
        )
        return Done()

    def _show_pairing(self, pairing: Pairing) -> None:
        if self._over is not None:
            self._over.cancel()
        self._over = None
        if pairing.url:
            loop = asyncio.get_running_loop()
            self._over = loop.call_later(pairing.left_s, self.pairing_used)
        if pairing != self._pairing:
            self._pairing = pairing
            for client_queue in self._registry.local():
                client_queue.post(encode_text(pairing))


def _answer(command: commands.Command, done: Done) -> Answer:
    return Answer(id=command.id, ok=done.code == "ok", code=done.code, text=done.text)


def pairing_link(url: str, code: str) -> str:
    """Return the link for a code; browsers do not send the fragment after # to any server."""
    return f"{url}pair#{code}"


def print_qr(text: str, stream: TextIO) -> None:
    """Draw the QR code of a text on a terminal."""
    segno.make(text, error="m", micro=False).terminal(stream, compact=True)


def qr_rows(text: str) -> tuple[str, ...]:
    """Return the QR code of a text, one string of 0 and 1 per row, without the quiet zone."""
    matrix = segno.make(text, error="m", micro=False).matrix
    return tuple("".join("1" if cell else "0" for cell in row) for row in matrix)
