"""Recent messages, for clients that have just connected."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from edge.messages.gait import EventKind
from edge.messages.side import Side
from edge.messages.stride import KeyPose
from edge.messages.verdict import Fault
from edge.serve.live.pictures import Picture
from edge.serve.wire import greeting, health_messages, protocol, session_messages
from edge.serve.wire.feedback_messages import Feedback
from edge.serve.wire.status_messages import (
    Display,
    Exercise,
    Limits,
    Mark,
    Neutral,
    Points,
    SetUp,
    You,
)
from edge.serve.wire.stride_message import Curves, Stride
from edge.serve.wire.visit_messages import Visit, VisitTemplates

KEPT_STRIDES: Final = 30
KEPT_MARKS: Final = 500
# Only the newest of each of these counts; sent to a new client in this order.
RENEWED: Final = (
    session_messages.Session,
    Display,
    Limits,
    Feedback,
    Neutral,
    Points,
    SetUp,
    protocol.State,
    protocol.Belt,
    health_messages.Health,
    health_messages.Notices,
    VisitTemplates,
    Visit,
)
# Of these, what belongs to one session alone.
OF_SESSION: Final = (Points, Visit)
# And what the pipeline sends again for another runner.
OF_RUNNER: Final = (protocol.State, protocol.Belt)


@dataclass(slots=True, kw_only=True, eq=False)
class Still:
    """A key pose and its picture, if available; ``packet`` is encoded for the first client."""

    key: KeyPose
    picture: Picture | None
    facing: Side | None
    runner_key: str = ""
    packet: bytes | None = None


class History:
    """The latest messages of each kind, encoded for the wire.

    Parameters
    ----------
    hello
        The initial greeting.
    runner
        Whom the messages are about.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        hello: greeting.Hello,
        runner: session_messages.Runner,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._hello = protocol.encode_text(hello)
        self._latest: dict[type[protocol.Text], str] = {}
        self._display: tuple[Display, float] | None = None
        self._limits: Limits | None = None
        self._runner = protocol.encode_text(runner)
        self._exercises: dict[str, str] = {}
        self._marks: deque[str] = deque(maxlen=KEPT_MARKS)
        self._strides: deque[str] = deque(maxlen=KEPT_STRIDES)
        self._curves: deque[str] = deque(maxlen=KEPT_STRIDES)
        self._bands: dict[tuple[Side, Fault], str] = {}
        self._verdicts: dict[tuple[Side, Fault], str] = {}
        self._cue: str | None = None
        self._stills: dict[tuple[EventKind, Side], Still] = {}

    @property
    def stills(self) -> list[Still]:
        """The last still of each kind and leg."""
        return list(self._stills.values())

    def note(self, message: protocol.Text, text: str) -> None:
        """Keep a message and its text if new clients need it."""
        match message:
            case greeting.Hello():
                self._hello = text
            case session_messages.Runner():
                self._runner = text
            case Mark():
                self._marks.append(text)
            case Display():
                self._display = (message, self._clock())
            case _ if isinstance(message, RENEWED):
                self._latest[type(message)] = text
                if isinstance(message, Limits):
                    self._limits = message
            case Stride() | Curves():
                (self._strides if isinstance(message, Stride) else self._curves).append(text)
            case Exercise() | protocol.Bands() | protocol.Verdict():
                self._note_each(message, text)
            case protocol.Cue():
                self._cue = text
            case _:
                # An event does not outlive its sending; an answer goes to one client only.
                pass

    def _note_each(self, message: Exercise | protocol.Bands | protocol.Verdict, text: str) -> None:
        """Keep the newest of each kind, or of each leg and fault."""
        match message:
            case Exercise():
                self._exercises[message.kind] = text
            case protocol.Bands():
                # Limits outlive the session: those in force are not sent again.
                self._bands[message.side, message.fault] = text
            case protocol.Verdict():
                self._verdicts[message.side, message.fault] = text

    def note_still(self, still: Still) -> None:
        """Keep a still in place of the previous one."""
        self._stills[still.key.kind, still.key.side] = still

    def hide_pictures(self) -> None:
        """Drop the pictures of all stills: only skeletons may be shown."""
        for still in self._stills.values():
            still.picture = still.packet = None

    def greeting(self, you: You | None = None) -> list[str]:
        """Return the texts for a new client, in sending order."""
        texts = [self._hello]
        if you is not None:
            texts.append(protocol.encode_text(you))
        texts.append(self._runner)
        latest = self._latest | self._aged_display()
        texts += [latest[kind] for kind in RENEWED if kind in latest]
        texts += self._exercises.values()
        texts += self._marks
        texts += self._bands.values()
        texts += self._strides
        texts += self._curves
        texts += self._verdicts.values()
        if self._cue is not None:
            texts.append(self._cue)
        return texts

    def aged(self, display: Display) -> Display:
        """Return a display with the time since its ramp began, if it is the last one sent."""
        if self._display is None or self._display[0] is not display:
            return display
        age_s = display.metronome_age_s + self._clock() - self._display[1]
        return replace(display, metronome_age_s=age_s)

    def _aged_display(self) -> dict[type[protocol.Text], str]:
        if self._display is None:
            return {}
        return {Display: protocol.encode_text(self.aged(self._display[0]))}

    def forget_runner(self) -> Limits | None:
        """Drop what was measured: the next messages are about another runner.

        Returns
        -------
        The last limits, which have a cadence of the previous runner.
        """
        for kind in OF_RUNNER:
            self._latest.pop(kind, None)
        self._strides.clear()
        self._curves.clear()
        self._verdicts.clear()
        self._cue = None
        self._stills.clear()
        return self._limits

    def forget_session(self) -> None:
        """Drop what belongs to the previous session alone."""
        for kind in OF_SESSION:
            self._latest.pop(kind, None)
        self._marks.clear()
        self._exercises.clear()
