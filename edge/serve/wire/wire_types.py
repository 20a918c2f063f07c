"""Base classes of the wire messages, and the field types that they share."""

from typing import Annotated

import msgspec

from edge.messages import pseudonym

Number = float | None
Point = tuple[float, float] | None
Params = dict[str, str | float]


class ToClient(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """The base of every message from the station: its tag."""


class ToStation(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    """The base of every message from a client: its tag; unknown fields are rejected."""


OrderId = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
HeartbeatNumber = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class CommandBase(ToStation, frozen=True, kw_only=True):
    """The base of every command.

    ``id`` is chosen by the client; the answer repeats it. ``heartbeat`` is the number of the last
    heartbeat that the client received: a command that names an old one was held up on the way and
    is refused. Without it the age of a command is unknown, and it is executed.
    """

    id: OrderId
    heartbeat: HeartbeatNumber | msgspec.UnsetType = msgspec.UNSET


Speed = Annotated[float, msgspec.Meta(ge=0, le=12)]
Incline = Annotated[float, msgspec.Meta(ge=-15, le=40)]
Stature = Annotated[float, msgspec.Meta(ge=0.8, le=2.4)]
Mass = Annotated[float, msgspec.Meta(ge=15, le=300)]
RaiseCount = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Cadence = Annotated[float, msgspec.Meta(ge=60, le=260)]
Percent = Annotated[float, msgspec.Meta(ge=-60, le=60)]
Degrees = Annotated[float, msgspec.Meta(ge=0, le=90)]
# A place in the picture; a point may be dragged a little out of it.
Pixel = Annotated[float, msgspec.Meta(ge=-20_000, le=20_000)]
Place = tuple[Pixel, Pixel]
# Capture time: a station may run for months.
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
# "$" alone also matches before a final newline. The schema needs a pattern that Python and
# JavaScript read alike, which "\\Z" is not.
_END = r"$(?!\n)"
RunnerId = Annotated[str, msgspec.Meta(pattern=pseudonym.PATTERN + _END, max_length=pseudonym.MOST)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}" + _END, max_length=32)]
MOST_NOTE = 120
Note = Annotated[str, msgspec.Meta(max_length=MOST_NOTE)]
