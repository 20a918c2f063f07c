"""What a client that has just joined is told of the time before."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from edge.messages import EventKind, Fault, KeyPose, Side
from edge.serve import wire
from edge.serve.pictures import Picture

KEPT_STRIDES: Final = 30
RENEWED: Final = (wire.Session, wire.State, wire.Health)


@dataclass(slots=True, kw_only=True, eq=False)
class Still:
    """A key pose, and its picture if it was still there; ``packet`` waits for a first viewer."""

    key: KeyPose
    picture: Picture | None
    facing: Side | None
    packet: bytes | None = None


class History:
    """The latest of everything, as it goes over the wire."""

    def __init__(self, hello: wire.Hello) -> None:
        self._hello = wire.encode_text(hello)
        self._latest: dict[str, str] = {}
        self._strides: deque[str] = deque(maxlen=KEPT_STRIDES)
        self._verdicts: dict[tuple[Side, Fault], str] = {}
        self._cue: str | None = None
        self._stills: dict[tuple[EventKind, Side], Still] = {}

    @property
    def stills(self) -> list[Still]:
        """The last still of each kind and leg."""
        return list(self._stills.values())

    def note(self, message: wire.Text, text: str) -> None:
        """Remember a message and its text, as far as a newcomer needs it."""
        match message:
            case wire.Session() | wire.State() | wire.Health():
                self._latest[type(message).__name__] = text
            case wire.Stride():
                self._strides.append(text)
            case wire.Verdict():
                self._verdicts[message.side, message.fault] = text
            case wire.Cue():
                self._cue = text
            case _:
                # An event is over when it is told, and the greeting is fixed.
                pass

    def note_still(self, still: Still) -> None:
        """Remember a still in the place of the one before."""
        self._stills[still.key.kind, still.key.side] = still

    def greeting(self) -> list[str]:
        """Return the texts for a newcomer, in the order in which to send them."""
        texts = [self._hello]
        texts += [self._latest[kind.__name__] for kind in RENEWED if kind.__name__ in self._latest]
        texts += self._strides
        texts += self._verdicts.values()
        if self._cue is not None:
            texts.append(self._cue)
        return texts
