"""What a client that has just joined is told of the time before."""

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
from edge.serve.wire import protocol
from edge.serve.wire.status_messages import (
    Display,
    Exercise,
    Limits,
    Mark,
    Neutral,
    SetUp,
    You,
)
from edge.serve.wire.stride_message import Stride

KEPT_STRIDES: Final = 30
KEPT_MARKS: Final = 500
# Of these only the newest counts; told to a newcomer in this order.
RENEWED: Final = (
    protocol.Session,
    Display,
    Limits,
    Neutral,
    SetUp,
    protocol.State,
    protocol.Belt,
    protocol.Health,
)


@dataclass(slots=True, kw_only=True, eq=False)
class Still:
    """A key pose, and its picture if it was still there; ``packet`` waits for a first viewer."""

    key: KeyPose
    picture: Picture | None
    facing: Side | None
    packet: bytes | None = None


class History:
    """The latest of everything, as it goes over the wire.

    Parameters
    ----------
    hello
        The first greeting.
    clock
        Monotonic seconds.
    """

    def __init__(self, hello: protocol.Hello, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hello = protocol.encode_text(hello)
        self._latest: dict[type[protocol.Text], str] = {}
        self._display: tuple[Display, float] | None = None
        self._session = ""
        self._exercises: dict[str, str] = {}
        self._marks: deque[str] = deque(maxlen=KEPT_MARKS)
        self._strides: deque[str] = deque(maxlen=KEPT_STRIDES)
        self._bands: dict[tuple[Side, Fault], str] = {}
        self._verdicts: dict[tuple[Side, Fault], str] = {}
        self._cue: str | None = None
        self._stills: dict[tuple[EventKind, Side], Still] = {}

    @property
    def stills(self) -> list[Still]:
        """The last still of each kind and leg."""
        return list(self._stills.values())

    def note(self, message: protocol.Text, text: str) -> None:
        """Remember a message and its text, as far as a newcomer needs it."""
        match message:
            case protocol.Hello():
                self._hello = text
            case Mark():
                self._marks.append(text)
            case protocol.Session() if message.name and message.name != self._session:
                self._forget_session()
                self._session = message.name
                self._latest[protocol.Session] = text
            case Display():
                self._display = (message, self._clock())
            case _ if isinstance(message, RENEWED):
                self._latest[type(message)] = text
            case Stride():
                self._strides.append(text)
            case Exercise() | protocol.Bands() | protocol.Verdict():
                self._note_each(message, text)
            case protocol.Cue():
                self._cue = text
            case _:
                # An event is over when it is told; an answer is for one client alone.
                pass

    def _note_each(self, message: Exercise | protocol.Bands | protocol.Verdict, text: str) -> None:
        """Remember the newest of each kind, or of each leg and fault."""
        match message:
            case Exercise():
                self._exercises[message.kind] = text
            case protocol.Bands():
                # They outlive the session: what is in force is not told anew.
                self._bands[message.side, message.fault] = text
            case protocol.Verdict():
                self._verdicts[message.side, message.fault] = text

    def note_still(self, still: Still) -> None:
        """Remember a still in the place of the one before."""
        self._stills[still.key.kind, still.key.side] = still

    def hide_pictures(self) -> None:
        """Keep no still's picture any longer: only skeletons may be shown."""
        for still in self._stills.values():
            still.picture = still.packet = None

    def greeting(self, you: You | None = None) -> list[str]:
        """Return the texts for a newcomer, in the order in which to send them."""
        texts = [self._hello]
        if you is not None:
            texts.append(protocol.encode_text(you))
        latest = self._latest | self._aged_display()
        texts += [latest[kind] for kind in RENEWED if kind in latest]
        texts += self._exercises.values()
        texts += self._marks
        texts += self._bands.values()
        texts += self._strides
        texts += self._verdicts.values()
        if self._cue is not None:
            texts.append(self._cue)
        return texts

    def aged(self, display: Display) -> Display:
        """Return a display with the time since its ramp began, if it is the one told last."""
        if self._display is None or self._display[0] is not display:
            return display
        age_s = display.metronome_age_s + self._clock() - self._display[1]
        return replace(display, metronome_age_s=age_s)

    def _aged_display(self) -> dict[type[protocol.Text], str]:
        if self._display is None:
            return {}
        return {Display: protocol.encode_text(self.aged(self._display[0]))}

    def _forget_session(self) -> None:
        """Keep nothing of the session before: another runner may have come."""
        self._marks.clear()
        self._strides.clear()
        self._verdicts.clear()
        self._cue = None
        self._stills.clear()
