"""Blocks that a person cuts a recorded session into, afterwards."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

from edge.messages.errors import RecordError
from edge.messages.reading import BeltInForce, BeltSource
from edge.messages.side import Side
from edge.messages.stride import StrideMetrics
from edge.messages.verdict import CueKind
from edge.messages.visit import BLOCK_KINDS, Block, StepKind, StepState
from edge.record.recording_lock import being_recorded
from edge.record.stored_session import StoredSession
from edge.record.visits import blocks_of, cut_blocks

if TYPE_CHECKING:
    from edge.record.store import Store

# As in a visit: beyond this, running differs.
_SPEED_MPS: Final = 0.2
_CUES: Final = tuple(kind.value for kind in CueKind if kind is not CueKind.PRAISE)


class CutError(RecordError):
    """A session cannot be cut like this; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stretch of a session; times are seconds from its first frame.

    ``cue`` is what the runner was told in a block of kind ``cue``; empty in any other.
    """

    from_s: float
    to_s: float
    kind: StepKind
    cue: str = ""


def parse_cut(text: str) -> Cut:
    """Return the cut of ``FROM-TO=KIND`` or ``FROM-TO=cue:CUE``; raises ``CutError``.

    Examples
    --------
    >>> parse_cut("75-195=cue:sit_back")
    Cut(from_s=75.0, to_s=195.0, kind=<StepKind.CUE: 'cue'>, cue='sit_back')
    """
    span, _, what = text.partition("=")
    kind, _, cue = what.partition(":")
    try:
        from_s, to_s = (float(each) for each in span.split("-"))
    except ValueError:
        raise CutError(f"a cut is FROM-TO=KIND in seconds, as 0-60=baseline, got {text}") from None
    if kind not in BLOCK_KINDS:
        raise CutError(f"{kind or text} is no kind of block; there are {', '.join(BLOCK_KINDS)}")
    return Cut(from_s=from_s, to_s=to_s, kind=StepKind(kind), cue=cue)


def cut_session(store: "Store", session: StoredSession, cuts: Iterable[Cut], who: str) -> None:
    """Add blocks to a session; nothing changes if one of them does not fit.

    Raises
    ------
    CutError
        If a cut lies outside the session or overlaps another block, or the belt speed changed in
        it.
    RecordError
        If the store cannot be written.
    """
    _cut(store, session, cuts, who, blocks_of(store, session))


def recut_session(store: "Store", session: StoredSession, cuts: Iterable[Cut], who: str) -> None:
    """Cut a session in place of earlier cuts; blocks of a visit stay. Raises like the former."""
    rows = store.file.rows(
        "SELECT number FROM blocks WHERE session = ? AND visit IS NULL", session.id
    )
    by_hand = {row["number"] for row in rows}
    blocks = [block for block in blocks_of(store, session) if block.number not in by_hand]
    _cut(store, session, cuts, who, blocks)


def _cut(
    store: "Store",
    session: StoredSession,
    cuts: Iterable[Cut],
    who: str,
    blocks: list[Block],
) -> None:
    """Write new blocks beside ``blocks``, and remove all others."""
    _require_ended(session)
    strides, belts = store.read(session).strides(), store.read(session).belt()
    first = 1 + max((block.number for block in blocks), default=-1)
    new: list[Block] = []
    for number, cut in enumerate(cuts, first):
        block = _block(session, cut, number, strides, belts)
        _require_room(block, [*blocks, *new], session)
        new.append(block)
    kept = [block.number for block in blocks]
    with store.file.transaction() as database:
        places = ", ".join("?" * len(kept))
        database.execute(
            f"DELETE FROM blocks WHERE session = ? AND visit IS NULL AND number NOT IN ({places})",
            (session.id, *kept),
        )
        cut_blocks(database, new)
        head = store.audit.put(database, "blocks cut", who, f"{session.name}, {len(new)}")
    store.audit.keep(head)


def _require_ended(session: StoredSession) -> None:
    if being_recorded(session.folder):
        raise CutError(f"session {session.name} is being recorded; end it first")


def _block(
    session: StoredSession,
    cut: Cut,
    number: int,
    strides: list[StrideMetrics],
    belts: list[BeltInForce],
) -> Block:
    _require_sense(session, cut)
    start_s, end_s = session.origin_s + cut.from_s, session.origin_s + cut.to_s
    return Block(
        number=number,
        session=session.name,
        step=cut.kind.value,
        kind=cut.kind,
        side=_near_side(strides, start_s, end_s),
        cue=cut.cue,
        speed_mps=_speed_mps(session, belts, start_s, end_s),
        start_s=start_s,
        end_s=end_s,
        state=StepState.DONE,
    )


def _require_sense(session: StoredSession, cut: Cut) -> None:
    if not 0 <= cut.from_s < cut.to_s <= session.duration_s:
        raise CutError(
            f"a block of session {session.name} lies in 0 to {session.duration_s:.1f} s, "
            f"got {cut.from_s:g} to {cut.to_s:g}"
        )
    if cut.kind is StepKind.CUE and cut.cue not in _CUES:
        raise CutError(f"a block cue needs its cue: cue:{', cue:'.join(_CUES)}")
    if cut.kind is not StepKind.CUE and cut.cue:
        raise CutError(f"a block {cut.kind} has no cue, got {cut.cue}")


def _require_room(block: Block, others: list[Block], session: StoredSession) -> None:
    for other in others:
        if block.start_s < other.end_s and other.start_s < block.end_s:
            span = (other.start_s - session.origin_s, other.end_s - session.origin_s)
            raise CutError(
                f"the block {block.kind} overlaps the block {other.kind} "
                f"of {span[0]:.1f} to {span[1]:.1f} s"
            )


def _near_side(strides: list[StrideMetrics], start_s: float, end_s: float) -> Side | None:
    """Return the leg of most near strides; None without any."""
    sides = Counter(s.side for s in strides if s.near and start_s <= s.start_s and s.end_s <= end_s)
    return sides.most_common(1)[0][0] if sides else None


def _speed_mps(
    session: StoredSession, belts: list[BeltInForce], start_s: float, end_s: float
) -> float:
    """Return the belt speed of a block; NaN if unknown, an error if it changed."""
    before = [belt for belt in belts if not belt.time_s > start_s]
    known = [belt.speed_mps for belt in before[-1:] if isfinite(belt.speed_mps)]
    for belt in belts:
        told = belt.source in (BeltSource.ENTERED, BeltSource.TREADMILL)
        if not (start_s < belt.time_s < end_s and told and isfinite(belt.speed_mps)):
            continue
        if known and abs(belt.speed_mps - known[0]) > _SPEED_MPS:
            raise CutError(
                f"the belt speed changed from {known[0]:.2f} to {belt.speed_mps:.2f} m/s at "
                f"{belt.time_s - session.origin_s:.1f} s: cut the block there"
            )
        known = known or [belt.speed_mps]
    return known[0] if known else nan
