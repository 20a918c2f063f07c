"""What a page watches of a recorded session: strides to choose from, stretches of frames."""

from collections.abc import Iterator, Sequence
from math import isfinite
from struct import pack
from typing import Final

import msgspec

from edge.messages.gait import Phase
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.record.session_reader import SessionReader
from edge.record.stored_session import StoredSession
from edge.serve.wire import binary
from edge.serve.wire.encode import recorded_header, text_for

LONGEST_S: Final = 12.0
"""Of one stretch: at 60 frames a second about 0.6 MB without pictures."""


def outline(reader: SessionReader, session: StoredSession) -> bytes:
    """Return a session's begin, end and strides as JSON; times are capture times."""
    return msgspec.json.encode(
        {
            "name": session.name,
            "origin_s": _known(session.origin_s),
            "last_s": _known(session.last_s),
            "strides": [text_for(stride) for stride in reader.strides() if stride.near],
        }
    )


def frames(reader: SessionReader, from_s: float, to_s: float, *, pictures: bool) -> Iterator[bytes]:
    """Yield each frame of a stretch, its length before it, as the replay of the live view has them.

    Parameters
    ----------
    reader
        Of the session.
    from_s, to_s
        Capture times; the end is left out.
    pictures
        Whether recorded pictures go along.
    """
    gait = {
        seen.pose.frame_index: state
        for seen, state in reader.poses().seen()
        if from_s <= seen.pose.time_s < to_s
    }
    poses = [pose for pose in reader.poses().settled() if pose.frame_index in gait]
    poses.sort(key=lambda pose: pose.frame_index)
    inside = [s for s in reader.strides() if s.start_s < to_s and s.end_s > from_s]
    found = reader.video().pictures(gait.keys()) if pictures else ()
    shown = {place.frame_index: jpeg for place, jpeg in found}
    for seq, pose in enumerate(poses):
        phases = {side: _phase(inside, side, pose.time_s) for side in Side}
        header = recorded_header(seq, pose, gait[pose.frame_index], phases)
        packet = binary.pack(header, shown.get(pose.frame_index, b""))
        yield pack("<I", len(packet)) + packet


def _known(time_s: float) -> float | None:
    return time_s if isfinite(time_s) else None


def _phase(strides: Sequence[StrideMetrics], side: Side, time_s: float) -> Phase:
    for stride in strides:
        if stride.side is side and stride.start_s <= time_s < stride.end_s:
            return Phase.STANCE if time_s < stride.toe_off_s else Phase.SWING
    return Phase.UNKNOWN
